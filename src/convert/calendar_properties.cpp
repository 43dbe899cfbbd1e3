// What a phone's edit does to properties as such.
#include "convert/calendar_parts.hpp"

#include <algorithm>
#include <array>

namespace godwit::convert::calendar_parts {
namespace {

using ical::Component, ical::Instant, ical::Moment;

constexpr std::size_t max_categories = 300; // MS-ASCAL_R187
constexpr std::array<std::string_view, 4> classes{"PUBLIC", "X-PERSONAL", "PRIVATE", "CONFIDENTIAL"};

template <class F> void each_name(std::string_view names, F f) {
    while (!names.empty()) {
        auto blank = std::min(names.find(' '), names.size());
        f(names.substr(0, blank));
        names.remove_prefix(std::min(blank + 1, names.size()));
    }
}

} // namespace

// All properties (or alarms) of a name, in order: as they are in one component, so in the other.
void copy_properties(Component const& from, Component& to, std::string_view names) {
    each_name(names, [&](std::string_view name) {
        if (name == "VALARM") {
            auto is_alarm = [](Component const& one) { return one.name == "VALARM"; };
            std::erase_if(to.components, is_alarm);
            std::ranges::copy_if(from.components, std::back_inserter(to.components), is_alarm);
            return;
        }
        to.remove(name);
        for (auto const& one : from.properties)
            if (one.name == name) to.properties.push_back(one);
    });
}

bool same_properties(Component const& a, Component const& b, std::string_view names) {
    Component left, right;
    copy_properties(a, left, names);
    copy_properties(b, right, names);
    return left == right;
}

// DtStamp never goes back (incident 1.9).
void stamp(Component& event, Instant now) {
    auto last = ical::instant(event.value("DTSTAMP")), modified = ical::instant(event.value("LAST-MODIFIED"));
    auto at = std::max({now, last.value_or(now), modified.value_or(now)});
    event.set("DTSTAMP", ical::raw(at));
    event.set("LAST-MODIFIED", ical::raw(at));
}

std::vector<std::string> categories_of(Component const& component) {
    std::vector<std::string> list;
    for (auto const& property : component.properties) {
        if (property.name != "CATEGORIES") continue;
        for (auto& one : ical::text_list(property.value))
            if (!one.empty() && list.size() < max_categories) list.push_back(std::move(one));
    }
    return list;
}

void set_categories(Component& component, std::vector<std::string> const& list) {
    std::string value;
    for (auto const& one : list) {
        if (one.empty()) continue;
        if (!value.empty()) value += ',';
        value += ical::escaped(one);
    }
    if (value.empty())
        component.remove("CATEGORIES");
    else
        component.set("CATEGORIES", value);
}

std::uint8_t sensitivity_of(Component const& component) {
    auto name = ical::upper(component.value("CLASS"));
    auto found = std::ranges::find(classes, name);
    // A class that nobody knows is private (RFC 5545 3.8.1.3).
    int value = name.empty() ? 0 : found == classes.end() ? 2 : static_cast<int>(found - classes.begin());
    return static_cast<std::uint8_t>(value);
}

void set_sensitivity(Component& component, std::uint8_t value) {
    if (value == 0 && !component.find("CLASS")) return;
    component.set("CLASS", std::string(classes.at(value)));
}

void raise_sequence(Component& event) {
    unsigned n = 0;
    if (!eas::parse(event.value("SEQUENCE"), n) || n > 1'000'000'000) n = 0;
    event.set("SEQUENCE", std::to_string(n + 1));
}

// The occurrence's own event: all of the master but what makes it a series.
Component occurrence_of(Component const& master, Moment const& at) {
    auto out = master;
    auto times = times_of(master);
    for (auto name : {"RRULE", "RDATE", "EXDATE", "EXRULE", "DURATION", "X-GODWIT-CALENDAR-TYPE"}) out.remove(name);
    out.set(ical::property("RECURRENCE-ID", at));
    auto end = times.end;
    end.at += at.at - times.start.at;
    out.set(ical::property("DTSTART", at));
    out.set(ical::property("DTEND", end));
    return out;
}

} // namespace godwit::convert::calendar_parts
