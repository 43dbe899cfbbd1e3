#include "itip/free_busy.hpp"

#include "ical/object.hpp"
#include "itip/record.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace godwit::itip {
namespace {

using ical::Component, ical::Instant, ical::Local, ical::Moment, ical::Zone;

std::optional<Busy> busy_of(Component const& event) {
    if (ical::same_name(event.value("STATUS"), "CANCELLED")) return std::nullopt;
    auto said = event.value("X-MICROSOFT-CDO-BUSYSTATUS");
    if (ical::same_name(said, "FREE") || ical::same_name(said, "WORKINGELSEWHERE")) return std::nullopt;
    if (ical::same_name(said, "OOF")) return Busy::out_of_office;
    if (ical::same_name(said, "TENTATIVE")) return Busy::tentative;
    if (ical::same_name(said, "BUSY")) return Busy::busy;
    if (ical::same_name(event.value("TRANSP"), "TRANSPARENT")) return std::nullopt;
    return ical::same_name(event.value("STATUS"), "TENTATIVE") ? Busy::tentative : Busy::busy;
}

bool is_floating(Component const& event) {
    auto const* start = event.find("DTSTART");
    auto at = start ? ical::moment(*start) : std::nullopt;
    return at && (at->kind == Moment::Kind::floating || at->is_date());
}

// Times that float were read as UTC: the clock on the wall.
Instant as_lived(Instant at, bool floats, Zone const& floating) {
    return floats ? floating.to_utc(Local(at.time_since_epoch())) : at;
}

class Taken {
public:
    Taken(Range range, Zone const& floating) : range_(range), floating_(floating) {}

    void add(Times const& times, bool floats, Busy how) {
        auto start = std::max(as_lived(times.start, floats, floating_), range_.from);
        auto end = std::min(as_lived(times.end, floats, floating_), range_.until);
        if (start < end) out_.push_back({start, end, how});
    }
    std::vector<BusyTime> take() { return std::move(out_); }

private:
    Range range_;
    Zone const& floating_;
    std::vector<BusyTime> out_;
};

// The occurrences that the rule gives and that are not the series'. A phone knows them by their day (docs/calendar.md),
// so that a date, or what is left out and names no occurrence, is that of the day.
class Apart {
public:
    Apart(ical::Clocks clocks, Occurrences const& all, std::vector<Moment> const& elsewhere,
          std::vector<Moment> const& left_out)
        : all_(all) {
        auto add = [&](Moment const& one, bool by_day) {
            auto const at = clocks.instant(one, Zone::utc());
            if (one.is_date())
                days_.insert(std::chrono::floor<std::chrono::days>(one.at));
            else if (by_day && !all.is_known(at))
                days_.insert(day_of(at));
            else
                exactly_.insert(at);
        };
        for (auto const& one : elsewhere) add(one, false);
        for (auto const& one : left_out) add(one, true);
    }
    bool has(Instant at) const { return exactly_.contains(at) || (!days_.empty() && days_.contains(day_of(at))); }

private:
    std::chrono::local_days day_of(Instant at) const {
        return std::chrono::floor<std::chrono::days>(all_.moment(at).at);
    }
    Occurrences const& all_;
    std::set<Instant> exactly_;
    std::set<std::chrono::local_days> days_;
};

} // namespace

std::vector<BusyTime> busy_times(Component& calendar, Range range, Zone const& floating, Effort& effort) {
    Taken taken(range, floating);
    auto object = ical::Object::of(calendar, ical::Kind::event);
    if (!object) return {};
    std::vector<Moment> elsewhere, left_out; // what is spoken of on its own, or is not
    for (auto const& one : calendar.components) {
        auto const* id = one.name == "VEVENT" ? one.find("RECURRENCE-ID") : nullptr;
        if (!id) continue;
        if (auto at = ical::moment(*id)) elsewhere.push_back(*at);
        if (auto how = busy_of(one)) taken.add(times_of(calendar, one), is_floating(one), *how);
    }
    auto const& master = object->main();
    auto how = object->has_master() ? busy_of(master) : std::nullopt;
    if (!how) return taken.take();
    for (auto const& property : master.properties)
        if (property.name == "EXDATE") std::ranges::copy(ical::moments(property), std::back_inserter(left_out));
    auto const times = times_of(calendar, master);
    auto const length = times.end - times.start;
    bool const floats = is_floating(master);
    constexpr auto a_day = std::chrono::days(1); // as_lived() moves less
    if (effort.occurrences == 0) {
        effort.spent = true;
        return taken.take();
    }
    constexpr std::size_t least = 100; // a rule that gives nothing has to be followed too
    auto const most = std::min(effort.occurrences, Occurrences::most_followed);
    Occurrences const all(calendar, master, range.until + a_day, most);
    auto const starts = all.instants();
    effort.occurrences -= std::min(effort.occurrences, master.find("RRULE") ? starts.size() + least : 1);
    effort.spent |= !all.is_whole() && starts.size() >= most;
    Apart const apart(ical::Clocks(calendar), all, elsewhere, left_out);
    for (auto at : starts)
        if (at + length + a_day > range.from && !apart.has(at)) taken.add({at, at + length}, floats, *how);
    return taken.take();
}

std::vector<BusyTime> merged(std::vector<BusyTime> const& times) {
    struct Edge {
        Instant at;
        std::size_t how;
        int step;
    };
    std::vector<Edge> edges;
    edges.reserve(times.size() * 2);
    for (auto const& one : times) {
        edges.push_back({one.start, static_cast<std::size_t>(one.how), 1});
        edges.push_back({one.end, static_cast<std::size_t>(one.how), -1});
    }
    std::ranges::sort(edges, {}, &Edge::at);
    std::vector<BusyTime> out;
    std::array<int, 4> open{};
    for (std::size_t i = 0; i < edges.size(); ++i) {
        open[edges[i].how] += edges[i].step;
        if (i + 1 == edges.size() || edges[i + 1].at == edges[i].at) continue;
        auto most = std::ranges::find_if(open.rbegin(), open.rend(), [](int count) { return count > 0; });
        if (most == open.rend()) continue;
        auto how = static_cast<Busy>(open.rend() - most - 1);
        if (!out.empty() && out.back().end == edges[i].at && out.back().how == how)
            out.back().end = edges[i + 1].at;
        else
            out.push_back({edges[i].at, edges[i + 1].at, how});
    }
    return out;
}

} // namespace godwit::itip
