// When an event is: read.
#include "convert/calendar_parts.hpp"

#include <algorithm>

namespace godwit::convert {

using namespace std::chrono;
using ical::Component, ical::Instant, ical::Local, ical::Moment, ical::Zone;

namespace calendar_parts {
namespace {

constexpr Instant far_future = sys_days(year(2037) / 7 / 1); // the last rule that zones are sure of

eas::CompactDateTime wire(Instant at) { return {eas::Instant(at)}; }

// A series is told with the rule that its last occurrences follow: those are the ones to come.
Instant rule_year(Component const& event, EventTimes const& times, Zone const& zone) {
    auto start = zone.to_utc(times.start.at);
    auto rule = rule_of(event);
    if (!rule) return start;
    if (rule->until) return std::clamp(Instant(rule->until->at.time_since_epoch()), start, std::max(start, far_future));
    if (!rule->count) return std::max(start, far_future);
    // About when the last one is: which year is all that matters.
    constexpr int step_days[]{0, 0, 0, 1, 7, 31, 366};
    auto per_step = rule->frequency == ical::Frequency::weekly ? std::max<std::size_t>(rule->days.size(), 1) : 1;
    auto steps = static_cast<std::int64_t>(*rule->count / per_step) * rule->interval;
    auto last =
        start + days(std::min<std::int64_t>(steps * step_days[static_cast<std::size_t>(rule->frequency)], 36'525));
    return std::clamp(last, start, std::max(start, far_future));
}

Zone home(CalendarOwner const& owner) {
    return owner.zone.empty() ? Zone::utc() : Zone::named(owner.zone).value_or(Zone::utc());
}

EventClock date_clock(View const& view, EventTimes const& times) {
    if (view.version >= eas::v16_0) return {Zone::utc(), Zone::utc(), std::nullopt}; // MS-ASCAL_R2006
    auto name = view.event.value("X-GODWIT-TZID");
    auto zone = name.empty() ? home(view.owner) : Zone::named(name).value_or(home(view.owner));
    auto structure = structure_of(zone, rule_year(view.event, times, zone));
    return {zone, zone_of(structure), structure};
}

} // namespace

EventTimes times_of(Component const& event) {
    EventTimes out;
    auto const *start = event.find("DTSTART"), *end = event.find("DTEND"), *length = event.find("DURATION");
    if (start)
        if (auto at = ical::moment(*start)) out.start = *at;
    out.end = out.start;
    if (out.start.is_date()) out.end.at += days(1); // RFC 5545 3.6.1
    auto at = end ? ical::moment(*end) : std::nullopt;
    auto lasts = length ? ical::duration(length->value) : std::nullopt;
    if (at)
        out.end = *at;
    else if (lasts && *lasts >= seconds(0))
        out.end.at = out.start.at + *lasts;
    if (out.start.is_date()) {
        out.end.kind = Moment::Kind::date;
        out.end.zone.clear();
        out.end.at = std::max(Local(ceil<days>(out.end.at)), out.start.at + days(1));
    } else if (out.end.is_date()) {
        out.end.kind = out.start.kind;
        out.end.zone = out.start.zone;
    }
    return out;
}

seconds EventTimes::length(ical::Object const& object, Zone const& clock) const {
    if (start.kind == end.kind && start.zone == end.zone) return end.at - start.at;
    return std::max(seconds(0), object.instant(end, clock) - object.instant(start, clock));
}

local_days day_of(ical::Object const& object, Moment const& one, Moment const& start, Zone const& clock) {
    bool as_written = one.is_date() || start.is_date() || (one.kind == start.kind && one.zone == start.zone);
    return floor<days>(as_written ? one.at : clock.to_local(object.instant(one, clock)));
}

std::optional<ical::Rule> rule_of(Component const& event) {
    auto const* property = event.find("RRULE");
    return property ? ical::parse_rule(property->value) : std::nullopt;
}

ical::Rule in_local_time(ical::Rule rule, Zone const& zone, Moment const& start) {
    if (rule.until && rule.until->kind == Moment::Kind::utc && !start.is_date()) {
        rule.until->at = zone.to_local(Instant(rule.until->at.time_since_epoch()));
        rule.until->kind = Moment::Kind::floating;
    }
    return rule;
}

EventClock clock_of(View const& view) {
    auto times = times_of(view.event);
    if (times.all_day()) return date_clock(view, times);
    if (times.start.kind == Moment::Kind::utc) return {Zone::utc(), Zone::utc(), eas::TimeZone{}};
    bool zoned = times.start.kind == Moment::Kind::zoned;
    auto zone = zoned ? view.object.zone(times.start.zone, times.start.at) : home(view.owner);
    auto const* stored = zoned ? view.object.vtimezone(times.start.zone) : nullptr;
    auto structure = stored ? kept_structure(*stored) : std::nullopt;
    if (!structure) structure = structure_of(zone, rule_year(view.event, times, zone));
    if (!rule_of(view.event)) return {zone, zone, structure};
    return {zone, zone_of(*structure), structure};
}

void read_times(View const& view, EventClock const& clock, eas::Calendar& out) {
    auto times = times_of(view.event);
    out.all_day_event = times.all_day();
    auto start = clock.told.to_utc(times.start.at);
    Instant end;
    if (times.all_day())
        end = clock.told.to_utc(times.end.at);
    else if (times.end.kind == times.start.kind && times.end.zone == times.start.zone)
        end = start + (clock.zone.to_utc(times.end.at) - clock.zone.to_utc(times.start.at));
    else
        end = start + (view.object.instant(times.end, clock.zone) - clock.zone.to_utc(times.start.at));
    out.start_time = wire(start);
    out.end_time = wire(std::max(start, end)); // what ends before it starts lasts no time
    if (clock.structure) out.time_zone = eas::to_base64(*clock.structure);
    auto rule = rule_of(view.event);
    if (!rule) return;
    SeriesStart series{times.start, &clock.told, view.owner.last_day_as_rule};
    auto local = in_local_time(*rule, clock.zone, times.start);
    out.recurrence = nearest_recurrence(local, series, view.version);
    auto kept = view.event.value("X-GODWIT-CALENDAR-TYPE");
    unsigned type = 0;
    if (out.recurrence && out.recurrence->calendar_type && eas::parse(kept, type) && type <= 20)
        out.recurrence->calendar_type = static_cast<std::uint8_t>(type);
}

} // namespace calendar_parts

Instant occurrence_named(Component calendar, eas::Instant instance, CalendarOwner const& owner, eas::Version version) {
    using namespace calendar_parts;
    auto const at = floor<seconds>(instance);
    auto object = ical::Object::of(calendar, ical::Kind::event);
    if (!object || !object->main().find("DTSTART")) return at;
    BodyOptions const none;
    View const view{*object, object->main(), owner, version, none};
    auto start = times_of(view.event).start;
    start.at = clock_of(view).told.to_local(at);
    if (start.is_date()) start.at = floor<days>(start.at);
    return object->instant(start, ical::Zone::utc());
}

} // namespace godwit::convert
