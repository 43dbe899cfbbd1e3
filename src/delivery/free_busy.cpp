#include "delivery/free_busy.hpp"
#include "delivery/scheduling.hpp"
#include "source/local.hpp"
#include <algorithm>

namespace godwit::delivery {
namespace {

constexpr std::size_t page = 200;

ical::Zone zone_of(index::Transaction& tx, std::string_view otherwise) {
    auto const own = tx.time_zone();
    auto const named = ical::Zone::named(own ? std::string_view(*own) : otherwise);
    return named ? *named : ical::Zone::utc();
}

// What cannot be read takes no time (law 4).
void add(index::Transaction& tx, index::Item const& item, itip::Range range, ical::Zone const& zone,
         itip::Effort& effort, std::vector<itip::BusyTime>& out) {
    try {
        auto calendar = calendar_of(source::fetch(tx, item));
        if (!calendar) return;
        auto times = itip::busy_times(*calendar, range, zone, effort);
        out.insert(out.end(), times.begin(), times.end());
    } catch (index::StoreBroken const&) {
    }
}

} // namespace

FreeBusy free_busy(index::Transaction& tx, itip::Range range, std::string_view zone, std::size_t most_events) {
    FreeBusy out;
    auto const folder = tx.folder_of(index::FolderType::Calendar);
    if (!folder || range.until <= range.from) return out;
    auto const local = zone_of(tx, zone);
    // An event's place is its end (scheduling.cpp); of a day it is that in UTC.
    index::Position const floor{index::Time(range.from) - std::chrono::days(1), {}};
    std::optional<index::Position> from;
    itip::Effort effort;
    for (std::size_t seen = 0; out.whole;) {
        auto const items = tx.walk(folder->id, from, floor, page);
        for (auto const& item : items) {
            if (item.item_class == index::ItemClass::Calendar) add(tx, item, range, local, effort, out.times);
            from = index::Position{item.received, item.id};
        }
        out.times = itip::merged(out.times);
        seen += items.size();
        if (items.size() < page) break;
        out.whole = seen < most_events;
    }
    out.whole = out.whole && !effort.spent;
    return out;
}

} // namespace godwit::delivery
