// When an event is: written. What is said as it was told is not touched; what is new is brought into the clock that the
// event has, or into that which the phone names.
#include "convert/calendar_parts.hpp"
#include "convert/omission.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace godwit::convert::calendar_parts {
namespace {

using namespace std::chrono;
using ical::Component, ical::Instant, ical::Local, ical::Moment, ical::Zone;

// What the phone means, as one.
struct Meant {
    bool all_day = false;
    Instant start, end;
    std::optional<eas::TimeZone> structure = {}; // of a timed event, and of a date up to 14.1
    bool another_zone = false;
};

struct ZonedPlace { // where the new times lie
    Moment::Kind kind = Moment::Kind::utc;
    std::string zone;
};

Meant meant(Editor const& e, eas::Calendar const& said, eas::Calendar const& told) {
    auto at = [](auto const& one, auto const& other) { return floor<seconds>((one ? one : other)->at); };
    Meant out{.all_day = said.all_day_event.value_or(told.all_day_event.value_or(false)),
              .start = at(said.start_time, told.start_time),
              .end = at(said.end_time, told.end_time)};
    if (!said.end_time && said.start_time) // it keeps its length
        out.end = out.start + (floor<seconds>(told.end_time->at) - floor<seconds>(told.start_time->at));
    auto before = told.time_zone ? eas::parse_time_zone(*told.time_zone) : std::nullopt;
    out.structure = before;
    auto now = said.time_zone ? eas::parse_time_zone(*said.time_zone) : std::nullopt;
    if (now && (!before || !eas::same_rules(*now, *before))) {
        out.structure = now;
        out.another_zone = true;
    }
    // From 16.0 a day is told as it stands on the calendar, whatever zone a client adds (MS-ASCAL_R2008).
    bool midnight = out.start == floor<days>(out.start) && out.end == floor<days>(out.end);
    if (out.all_day && e.rules.version >= eas::v16_0 && midnight) out.structure.reset(), out.another_zone = false;
    return out;
}

bool same_times(Meant const& m, eas::Calendar const& told) {
    return told.start_time && told.end_time && !m.another_zone && m.all_day == told.all_day_event &&
           m.start == floor<seconds>(told.start_time->at) && m.end == floor<seconds>(told.end_time->at);
}

// Incident 1.4: phones have said of what lasts longer than a day that it is one. Who means it says midnights.
bool cannot_be_a_day(Meant const& m, eas::Calendar const& told) {
    if (!m.all_day || told.all_day_event != false || !told.start_time || !told.end_time) return false;
    bool const as_told = m.start == floor<seconds>(told.start_time->at) && m.end == floor<seconds>(told.end_time->at);
    auto midnights = [&](Zone const& zone) {
        return std::ranges::all_of(std::array{m.start, m.end}, [&](Instant at) {
            auto const local = zone.to_local(at);
            return local == floor<days>(local);
        });
    };
    return as_told && !midnights(Zone::utc()) && !(m.structure && midnights(zone_of(*m.structure)));
}

bool names_zone(Editor const& e, std::string const& tzid) {
    return e.object.vtimezone(tzid) ||
           std::ranges::any_of(e.zones, [&](Component const& one) { return one.value("TZID") == tzid; });
}

// The zone of the phone's structure, by its name or as itself, with the VTIMEZONE that it needs.
ZonedPlace place_of(Editor& e, Meant const& m, std::string_view said_zone) {
    auto old = times_of(e.event).start;
    bool had_zone = old.kind == Moment::Kind::zoned;
    if (!m.structure) return {};
    std::vector<std::string> preferred;
    if (had_zone) preferred.push_back(old.zone);
    if (!e.owner.zone.empty()) preferred.emplace_back(e.owner.zone);
    auto name = zone_for(*m.structure, {m.start, m.end}, e.rules.now, preferred);
    if (name == "UTC") return {};
    if (had_zone && !name.empty() && ical::iana_name(old.zone) == name) return {old.kind, old.zone};
    if (name.empty()) {
        name = own_tzid(*m.structure);
        if (!names_zone(e, name)) e.zones.push_back(vtimezone_of(*m.structure, name, said_zone));
    } else if (!names_zone(e, name)) {
        if (auto zone = ical::vtimezone(name, m.start)) e.zones.push_back(std::move(*zone));
    }
    return {Moment::Kind::zoned, name};
}

Local nearest_midnight(Local at) { return floor<days>(at + hours(12)); }

void put_dates(Editor& e, Meant const& m, Zone const& clock) {
    Local start = nearest_midnight(clock.to_local(m.start)), end = nearest_midnight(clock.to_local(m.end));
    end = std::max(end, start + days(1));
    e.event.set(ical::property("DTSTART", {Moment::Kind::date, start, {}}));
    e.event.set(ical::property("DTEND", {Moment::Kind::date, end, {}}));
    e.event.remove("DURATION");
    if (!m.structure || !m.another_zone) return;
    std::vector<std::string> preferred{std::string(e.owner.zone)};
    auto name = zone_for(*m.structure, {m.start, m.end}, e.rules.now, preferred);
    if (name.empty() || name == e.owner.zone)
        e.event.remove("X-GODWIT-TZID");
    else
        e.event.set("X-GODWIT-TZID", name);
}

void put_times(Editor& e, Meant const& m, eas::Calendar const& said, EventClock const& clock) {
    auto old = times_of(e.event).start;
    ZonedPlace place{old.kind, old.zone};
    auto zone = clock.told;
    if (m.another_zone || old.is_date() || !e.event.find("DTSTART")) {
        place = place_of(e, m, said.time_zone.value_or(""));
        zone = m.structure && place.kind == Moment::Kind::zoned ? zone_of(*m.structure) : Zone::utc();
    }
    for (auto [name, at] : {std::pair{"DTSTART", m.start}, std::pair{"DTEND", m.end}})
        e.event.set(ical::property(name, {place.kind, zone.to_local(at), place.zone}));
    if (m.end == m.start) e.event.remove("DTEND"); // it would have to be later (RFC 5545 3.8.2.2)
    e.event.remove("DURATION");
    e.event.remove("X-GODWIT-TZID");
}

struct Move { // of a series
    Moment before, after;
    Zone old_clock;
    bool other_rule = false;
};

// The occurrences that a phone says are others, or gone.
std::set<local_days> days_said(eas::Calendar const& said, EventClock const& clock) {
    std::set<local_days> out;
    for (auto const& one : said.exceptions.value_or(std::vector<eas::Exception>()))
        if (one.exception_start_time)
            out.insert(floor<days>(clock.told.to_local(floor<seconds>(one.exception_start_time->at))));
    return out;
}

// How far the exceptions go with the series. A phone that says exceptions has them where it says them.
days shift_of(Editor& e, Move const& move, std::set<local_days> const& exceptions, std::set<local_days> const& said) {
    bool follows = move.other_rule || rule_of(e.event).value_or(ical::Rule{}).days.empty();
    auto shift = follows ? floor<days>(move.after.at) - floor<days>(move.before.at) : days(0);
    auto by = [&](days far) {
        return std::ranges::count_if(exceptions, [&](auto day) { return said.contains(day + far); });
    };
    auto const stay = by(days(0));
    return stay > 0 && stay >= by(shift) ? days(0) : shift;
}

// The days of the exceptions stay; their clock follows the master's.
void move_exceptions(Editor& e, Move const& move, std::set<local_days> const& said) {
    auto day_before = [&](Moment const& one) { return day_of(e.object, one, move.before, move.old_clock); };
    auto overrides = e.object.overrides();
    auto id_of = [&](std::size_t index) { return e.object.calendar().components[index].find("RECURRENCE-ID"); };
    std::set<local_days> gone, exceptions;
    for (auto const& property : e.event.properties)
        if (property.name == "EXDATE")
            for (auto const& one : ical::moments(property)) gone.insert(day_before(one));
    exceptions = gone;
    for (auto index : overrides)
        if (auto id = ical::moment(*id_of(index))) exceptions.insert(day_before(*id));
    auto const shift = shift_of(e, move, exceptions, said);
    e.event.remove("EXDATE");
    for (auto day : gone) e.event.properties.push_back(ical::property("EXDATE", on_day(move.after, day + shift)));
    for (auto index : overrides)
        if (auto id = ical::moment(*id_of(index)))
            e.object.calendar().components[index].set(
                ical::property("RECURRENCE-ID", on_day(move.after, day_before(*id) + shift)));
}

// From 16.0 another time or rule of a series ends its exceptions (MS-ASCAL_R2114).
void drop_exceptions(Editor& e) {
    e.event.remove("EXDATE");
    std::vector<std::size_t> indices = e.object.overrides();
    auto& all = e.object.calendar().components;
    // Marked, not erased: who edits holds a reference into the list.
    for (auto index : indices) all[index].name.clear();
}

std::string_view put_rule(Editor& e, eas::Calendar const& said, EventClock const& clock) {
    auto start = times_of(e.event).start;
    if (!said.recurrence || *said.recurrence == eas::Recurrence{}) { // an empty one: a single event (MS-ASCAL_R2180002)
        if (said.recurrence && e.rules.version < eas::v16_0) return "a recurrence without Type (MS-ASCAL_R374)";
        for (auto name : {"RRULE", "RDATE", "EXRULE", "X-GODWIT-CALENDAR-TYPE"}) e.event.remove(name);
        drop_exceptions(e);
        return {};
    }
    auto rule = convert::rule_of(*said.recurrence, {start, &clock.told});
    if (!rule) return rule.error();
    e.event.set("RRULE", ical::raw(*rule));
    e.event.remove("EXRULE");
    auto type = said.recurrence->calendar_type.value_or(0);
    if (rule->frequency >= ical::Frequency::monthly && type > 1 && type != calendar_type_of(*rule))
        e.event.set("X-GODWIT-CALENDAR-TYPE", std::to_string(type));
    else
        e.event.remove("X-GODWIT-CALENDAR-TYPE");
    return {};
}

// UNTIL names the last day; with another clock its instant is another.
void keep_last_day(Editor& e, eas::Calendar const& told, EventClock const& before, EventClock const& after) {
    auto rule = rule_of(e.event);
    if (!rule || !rule->until || !told.recurrence || !told.recurrence->until) return;
    auto start = times_of(e.event).start;
    auto day = floor<days>(before.told.to_local(floor<seconds>(told.recurrence->until->at)));
    auto last = on_day(start, std::min(day, last_day_written));
    if (last.kind == Moment::Kind::zoned)
        last = {Moment::Kind::utc, Local(after.zone.to_utc(last.at).time_since_epoch()), {}};
    last.zone.clear();
    rule->until = last;
    e.event.set("RRULE", ical::raw(*rule));
}

// Phones leave out what is as usual (Interval 1, CalendarType 0) and say Until at another hour of the day.
bool same_pattern(eas::Recurrence said, eas::Recurrence const& told, SeriesStart const& series) {
    if (!said.first_day_of_week) said.first_day_of_week = told.first_day_of_week;
    auto usual = [](eas::Recurrence const& one) {
        auto type = one.calendar_type.value_or(0);
        return type == 1 ? 0 : type; // MS-ASCAL_R176
    };
    auto one = convert::rule_of(said, series), other = convert::rule_of(told, series);
    return one && other && *one == *other && usual(said) == usual(told);
}

EventClock clock_now(Editor& e, eas::TimeZone const* structure) {
    auto start = times_of(e.event).start;
    bool own = structure && start.kind == Moment::Kind::zoned && !e.object.vtimezone(start.zone);
    if (own) return {zone_of(*structure), zone_of(*structure), *structure};
    BodyOptions none;
    return clock_of(View{e.object, e.event, e.owner, e.rules.version, none});
}

// A Change that moves an event, and says nothing else of it, is silent about its series (ARCHITECTURE.md, omission).
bool says_more_than_times(eas::Calendar const& said) {
    eas::Calendar const times{.time_zone = said.time_zone,
                              .all_day_event = said.all_day_event,
                              .dt_stamp = said.dt_stamp,
                              .end_time = said.end_time,
                              .start_time = said.start_time};
    return said != times;
}

enum class RuleSaid : std::uint8_t { same, other, none };

RuleSaid rule_said(Editor const& e, eas::Calendar const& said, eas::Calendar const& told, EventClock const& clock) {
    if (e.event.find("RECURRENCE-ID")) return RuleSaid::same;
    // Up to 14.1 there is no other word for a series that ends to be one: who says all of it says its rule.
    bool whole = said.start_time && e.rules.version < eas::v16_0 && says_more_than_times(said);
    if (e.rules.supported)
        whole = whole && omission_removes(eas::calendar::Recurrence, e.rules.version, e.rules.supported);
    if (!said.recurrence) return whole && told.recurrence ? RuleSaid::none : RuleSaid::same;
    if (said.recurrence == told.recurrence) return RuleSaid::same;
    bool same =
        told.recurrence && same_pattern(*said.recurrence, *told.recurrence, {times_of(e.event).start, &clock.told});
    return same ? RuleSaid::same : RuleSaid::other;
}

bool written_alike(Component const& a, Component const& b) {
    auto x = times_of(a), y = times_of(b);
    return x.start == y.start && x.end == y.end && a.value("RRULE") == b.value("RRULE") &&
           a.value("X-GODWIT-TZID") == b.value("X-GODWIT-TZID");
}

} // namespace

bool says_other_times(Editor const& e, eas::Calendar const& said, eas::Calendar const& told, EventClock const& clock) {
    auto m = meant(e, said, told);
    m.another_zone = false;
    return !same_times(m, told) || rule_said(e, said, told, clock) != RuleSaid::same;
}

Moment on_day(Moment const& start, local_days day) {
    auto out = start;
    out.at = day + (start.at - floor<days>(start.at));
    return out;
}

std::string_view write_times(Editor& e, eas::Calendar const& said, eas::Calendar const& told, EventClock const& clock) {
    auto m = meant(e, said, told);
    if (cannot_be_a_day(m, told)) m.all_day = false, e.passed_over = true;
    if (m.end < m.start) return "an event that ends before it starts";
    auto rule = rule_said(e, said, told, clock);
    bool moved = !same_times(m, told);
    if (!moved && rule == RuleSaid::same) return {};
    if (moved && (m.start < first_written || m.end > last_written))
        return "a time that cannot be written in every zone";
    auto const was = e.event;
    auto const zones = e.zones.size();
    auto before = times_of(e.event).start;
    bool is_override = e.event.find("RECURRENCE-ID") != nullptr, had_rule = e.event.find("RRULE") != nullptr;
    if (moved && m.all_day) {
        auto zone = m.structure ? zone_of(*m.structure) : Zone::utc();
        put_dates(e, m, zone);
    } else if (moved) {
        put_times(e, m, said, clock);
    }
    auto after = clock_now(e, m.structure ? &*m.structure : nullptr);
    if (rule != RuleSaid::same) {
        if (auto why = put_rule(e, said, after); !why.empty()) return why;
    } else if (moved && had_rule) {
        keep_last_day(e, told, clock, after);
    }
    if (rule == RuleSaid::same && written_alike(was, e.event)) { // another spelling of the zone that it has
        e.event = was;
        e.zones.resize(zones);
        return {};
    }
    if (had_rule && !is_override && e.event.find("RRULE")) {
        if (e.rules.version >= eas::v16_0)
            drop_exceptions(e);
        else if (moved)
            move_exceptions(e, {before, times_of(e.event).start, clock.zone, rule == RuleSaid::other},
                            days_said(said, after));
    }
    e.rescheduled = true;
    return {};
}

} // namespace godwit::convert::calendar_parts
