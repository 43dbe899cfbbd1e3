// When an event is, and what is an occurrence of it.
#include "ical/object.hpp"
#include "ical/rule.hpp"
#include "itip/record.hpp"
#include "itip/schedule_parts.hpp"

#include <algorithm>

namespace godwit::itip {

using ical::Component, ical::Instant, ical::Local, ical::Moment, ical::Property, ical::Zone;

Times times_of(Component& calendar, Component const& event) {
    auto object = ical::Object::of(calendar, ical::Kind::event);
    auto instant = [&](Moment const& at) {
        return object ? object->instant(at, Zone::utc()) : Instant(at.at.time_since_epoch());
    };
    auto const *start = event.find("DTSTART"), *end = event.find("DTEND");
    auto first = start ? ical::moment(*start) : std::nullopt, last = end ? ical::moment(*end) : std::nullopt;
    if (!first) return {};
    Times out{instant(*first), instant(*first)};
    if (last)
        out.end = instant(*last);
    else if (auto length = ical::duration(event.value("DURATION")))
        out.end += *length;
    else if (first->is_date())
        out.end += std::chrono::days(1);
    return out;
}

Component occurrence_of(Component const& master, Property occurrence) {
    auto out = master;
    auto const *start = master.find("DTSTART"), *end = master.find("DTEND");
    auto at = ical::moment(occurrence), first = start ? ical::moment(*start) : std::nullopt,
         last = end ? ical::moment(*end) : std::nullopt;
    for (auto name : {"RRULE", "RDATE", "EXDATE", "EXRULE"}) out.remove(name);
    if (at && first) {
        out.set(ical::property("DTSTART", *at));
        if (last) {
            last->at += at->at - first->at;
            if (last->kind == first->kind && last->zone == first->zone) { // else the form of the identifier rules
                last->kind = at->kind;
                last->zone = at->zone;
            }
            out.set(ical::property("DTEND", *last));
        }
    }
    occurrence.name = "RECURRENCE-ID";
    out.set(std::move(occurrence));
    return out;
}

bool is_off(Component const& event) { return ical::same_name(event.value("STATUS"), "CANCELLED"); }

std::optional<std::size_t> said_of(Component const& calendar, Instant at) {
    ical::Clocks clocks(calendar);
    for (std::size_t i = 0; i < calendar.components.size(); ++i) {
        auto const& one = calendar.components[i];
        auto const* id = one.name == "VEVENT" ? one.find("RECURRENCE-ID") : nullptr;
        auto const moment = id ? ical::moment(*id) : std::nullopt;
        if (id && (moment ? clocks.instant(*moment, Zone::utc()) : Instant()) == at) return i;
    }
    return std::nullopt;
}

bool is_left_out(Component const& calendar, Component const& master, Instant at) {
    constexpr auto farthest = std::chrono::days(2); // no zone is: its rules need not be read for most dates
    ical::Clocks clocks(calendar);
    auto const* start = master.find("DTSTART");
    auto const first = start ? ical::moment(*start) : std::nullopt;
    auto is_day_of = [&](Moment const& date) { // a phone is told a day that is left out (docs/calendar.md)
        if (!date.is_date() || !first || first->is_date()) return false;
        Zone zone = Zone::utc();
        if (first->kind == Moment::Kind::zoned) zone = clocks.zone(first->zone, first->at);
        return std::chrono::floor<std::chrono::days>(zone.to_local(at)) == date.at;
    };
    return std::ranges::any_of(master.properties, [&](Property const& one) {
        auto dates = one.name == "EXDATE" ? ical::moments(one) : std::vector<Moment>();
        return std::ranges::any_of(dates, [&](Moment const& date) {
            auto const apart = date.at.time_since_epoch() - at.time_since_epoch();
            return abs(apart) < farthest && (is_day_of(date) || clocks.instant(date, Zone::utc()) == at);
        });
    });
}

Instant answer_horizon(Component& calendar, Component const& master, Instant now) {
    return std::max(times_of(calendar, master).start, now) + std::chrono::years(40);
}

Occurrences::Occurrences(Component& calendar, Component const& master, Instant until, std::size_t most)
    : zone_(Zone::utc()) {
    auto with = calendar;
    with.components.push_back(master);
    auto object = *ical::Object::of(with, ical::Kind::event);
    auto const* start = master.find("DTSTART");
    auto first = start ? ical::moment(*start) : std::nullopt;
    if (!first) return;
    start_ = *first;
    if (start_.kind == Moment::Kind::zoned) zone_ = object.zone(start_.zone, start_.at);
    all_.push_back(start_.at);
    ical::Clocks clocks(with);
    for (auto const& one : master.properties)
        if (one.name == "RDATE")
            for (auto const& date : ical::moments(one)) all_.push_back(zone_.to_local(clocks.instant(date, zone_)));
    if (auto const* property = master.find("RRULE")) {
        auto rule = ical::parse_rule(property->value);
        if (rule && rule->until && rule->until->kind == Moment::Kind::utc && !start_.is_date())
            rule->until->at = zone_.to_local(Instant(rule->until->at.time_since_epoch()));
        auto more = rule ? ical::expand(*rule, start_.at, {zone_.to_local(until), most}) : std::vector<Local>();
        unknown_ = !rule || more.size() >= most;
        all_.insert(all_.end(), more.begin(), more.end());
    }
    std::ranges::sort(all_);
}

bool Occurrences::has(Instant at) const { return unknown_ || is_known(at); }

bool Occurrences::is_known(Instant at) const { return std::ranges::binary_search(all_, moment(at).at); }

std::vector<Instant> Occurrences::instants() const {
    std::vector<Instant> out;
    out.reserve(all_.size());
    for (auto at : all_) out.push_back(zone_.to_utc(at));
    auto same = std::ranges::unique(out);
    out.erase(same.begin(), same.end());
    return out;
}

Moment Occurrences::moment(Instant at) const {
    auto out = start_;
    out.at = zone_.to_local(at);
    if (out.is_date()) out.at = std::chrono::floor<std::chrono::days>(out.at);
    return out;
}

} // namespace godwit::itip
