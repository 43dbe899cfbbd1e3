#include "ical/range.hpp"

#include "ical/object.hpp"
#include "ical/rule.hpp"

#include <algorithm>
#include <set>

namespace godwit::ical {
namespace {

using namespace std::chrono;

bool is_range(Component const& event) {
    auto const* id = event.find("RECURRENCE-ID");
    return id && same_name(id->parameter("RANGE"), "THISANDFUTURE");
}

// A series by the wall clock of its start.
struct Series {
    Object object;
    Moment start;
    Zone zone;
    Clocks clocks;

    Local local(Moment const& at) {
        bool same = at.is_date() || (at.kind == start.kind && at.zone == start.zone);
        return same ? at.at : zone.to_local(clocks.instant(at, zone));
    }
    // As far from `at` as the wall clock says, written as that is.
    Moment moved(Moment at, Local by_clock) {
        at.at = at.kind == Moment::Kind::utc ? Local(zone.to_utc(by_clock).time_since_epoch())
                                             : at.at + (by_clock - local(at));
        return at;
    }
};

struct Range {
    Local from;
    Component event; // without files
    Extent extent;
};

std::set<Local> spoken_of(Series& series) {
    std::set<Local> out;
    for (auto index : series.object.overrides())
        if (auto id = moment(*series.object.calendar().components[index].find("RECURRENCE-ID")))
            out.insert(series.local(*id));
    for (auto const& property : series.object.main().properties)
        if (property.name == "EXDATE")
            for (auto const& one : moments(property)) out.insert(series.local(one));
    return out;
}

std::vector<Range> ranges_of(Series& series) {
    std::vector<Range> out;
    for (auto index : series.object.overrides()) {
        auto const& event = series.object.calendar().components[index];
        auto id = moment(*event.find("RECURRENCE-ID"));
        if (!is_range(event) || !id || !event.find("DTSTART") || !moment(*event.find("DTSTART"))) continue;
        auto& range = out.emplace_back(series.local(*id), event);
        remove_files(range.event);
        range.extent = extent_of(range.event);
    }
    std::ranges::sort(out, {}, &Range::from);
    return out;
}

Component occurrence(Series& series, Range const& range, Local at) {
    auto out = range.event;
    auto id = series.start;
    id.at = at;
    out.set(property("RECURRENCE-ID", id));
    for (auto name : {"DTSTART", "DTEND"}) {
        auto const* said = range.event.find(name);
        auto when = said ? moment(*said) : std::nullopt;
        if (when) out.set(property(name, series.moved(*when, series.local(*when) + (at - range.from))));
    }
    return out;
}

} // namespace

Ranged ranged(Component& calendar) {
    if (std::ranges::none_of(calendar.components, is_range)) return {};
    auto object = Object::of(calendar, Kind::event);
    auto const* first = object && object->has_master() ? object->main().find("DTSTART") : nullptr;
    auto const* written = first ? object->main().find("RRULE") : nullptr;
    auto start = first ? moment(*first) : std::nullopt;
    auto rule = written ? parse_rule(written->value) : std::nullopt;
    if (!start || !rule) return {};
    auto zone = start->kind == Moment::Kind::zoned ? object->zone(start->zone, start->at) : Zone::utc();
    Series series{*object, *start, zone, Clocks(calendar)};
    auto const ranges = ranges_of(series);
    if (ranges.empty()) return {};
    if (rule->until && rule->until->kind == Moment::Kind::utc && !start->is_date())
        rule->until = Moment{.at = zone.to_local(Instant(rule->until->at.time_since_epoch()))};
    auto const taken = spoken_of(series);
    constexpr std::size_t most_followed = 20'000;
    Ranged out;
    Extent all; // also of what is spoken of by name: the same events have room, whatever has been written out before
    std::size_t count = 0;
    for (auto at : expand(*rule, start->at, {ranges.back().from + years(10), most_followed})) {
        if (at <= ranges.front().from) continue;
        auto const& range = *std::prev(std::ranges::upper_bound(ranges, at, {}, &Range::from));
        all = {all.bytes + range.extent.bytes, all.lines + range.extent.lines};
        out.cut = all.bytes > most_range_bytes || all.lines > most_range_lines;
        if (out.cut || ++count > most_in_range) break;
        if (!taken.contains(at)) out.events.push_back(occurrence(series, range, at));
    }
    return out;
}

} // namespace godwit::ical
