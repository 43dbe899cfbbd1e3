// An invitation in the calendar of who was invited: what is the organizer's, and what is his own.
#include "ical/object.hpp"
#include "itip/schedule_parts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace godwit::itip {
namespace {

using ical::Component, ical::Property;

// Always as the organizer says it last; all else may have been changed by its owner.
constexpr std::array<std::string_view, 26> organizers{"UID",           "DTSTART",
                                                      "DTEND",         "DURATION",
                                                      "RRULE",         "RDATE",
                                                      "EXDATE",        "EXRULE",
                                                      "RECURRENCE-ID", "SUMMARY",
                                                      "URL",           "LOCATION",
                                                      "GEO",           "DTSTAMP",
                                                      "CREATED",       "ORGANIZER",
                                                      "ATTENDEE",      "SEQUENCE",
                                                      "STATUS",        "ATTACH",
                                                      "CONFERENCE",    "LAST-MODIFIED",
                                                      "PRIORITY",      "CONTACT",
                                                      "RESOURCES",     "X-MICROSOFT-CDO-INTENDEDSTATUS"};
constexpr std::string_view reply_time = "X-GODWIT-REPLY-TIME";

bool is_organizers(std::string_view name) { return std::ranges::find(organizers, name) != organizers.end(); }

std::vector<Property> all_of(Component const& event, std::string_view name) {
    std::vector<Property> out;
    std::ranges::copy_if(event.properties, std::back_inserter(out), [&](auto const& one) { return one.name == name; });
    return out;
}

std::vector<Component> alarms(Component const& event) {
    std::vector<Component> out;
    std::ranges::copy_if(event.components, std::back_inserter(out),
                         [](auto const& one) { return one.name == "VALARM"; });
    return out;
}

using ByName = std::map<std::string_view, std::vector<Property const*>>;

// What is not the organizer's.
ByName own_properties(Component const& event) {
    ByName out;
    for (auto const& one : event.properties)
        if (!is_organizers(one.name)) out[one.name].push_back(&one);
    return out;
}

bool same(std::vector<Property const*> const* a, std::vector<Property const*> const* b) {
    if (!a || !b) return a == b;
    return std::ranges::equal(*a, *b, [](auto const* one, auto const* other) { return *one == *other; });
}

using Instants = std::set<ical::Instant>;
void add_left_out(Component const& event, ical::Clocks& clocks, Instants& out) {
    for (auto const& one : event.properties)
        if (one.name == "EXDATE")
            for (auto const& date : ical::moments(one)) out.insert(clocks.instant(date, ical::Zone::utc()));
}

// The occurrences that the owner has taken out of his calendar himself, however what the organizer leaves out is
// written by now: one that he brings back is taken from the list that it stood in.
void keep_own_deletions(Component& said, Component const& own, Component const& invited, Component const& zones) {
    Instants known;
    ical::Clocks clocks(zones);
    for (auto const* event : {&invited, static_cast<Component const*>(&said)}) add_left_out(*event, clocks, known);
    for (auto& one : all_of(own, "EXDATE")) {
        auto const dates = ical::moments(one);
        if (dates.empty()) continue;
        auto const is_known = [&](ical::Moment const& date) {
            return known.contains(clocks.instant(date, ical::Zone::utc()));
        };
        if (std::ranges::none_of(dates, is_known)) {
            said.properties.push_back(std::move(one));
            continue;
        }
        for (auto const& date : dates)
            if (!is_known(date)) said.properties.push_back(ical::property("EXDATE", date));
    }
}

void keep_own_answer(Component& said, Component const& own, std::span<std::string const> owner) {
    for (auto const& address : owner) {
        auto const* before = attendee(own, address);
        if (!before) continue;
        if (auto* now = attendee(said, address))
            now->set_parameter("PARTSTAT", std::string(before->parameter("PARTSTAT")));
        else if (!ical::same_name(before->parameter("PARTSTAT"), "NEEDS-ACTION"))
            said.properties.push_back(*before); // invited as one of a group
    }
}

} // namespace

Component as_invited(Component said, std::span<std::string const> owner) {
    for (auto const& address : owner)
        if (auto* self = attendee(said, address)) self->set_parameter("PARTSTAT", "NEEDS-ACTION");
    bool free = ical::same_name(said.value("TRANSP"), "TRANSPARENT") || ical::same_name(said.value(busy), "FREE");
    if (free) return said;
    if (!said.find("X-MICROSOFT-CDO-INTENDEDSTATUS"))
        said.set("X-MICROSOFT-CDO-INTENDEDSTATUS", said.find(busy) ? std::string(said.value(busy)) : "BUSY");
    said.set(busy, "TENTATIVE");
    return said;
}

Component with_own_part(Component said, Component const& own, Component const& invited, bool moved,
                        std::span<std::string const> owner, Component const& zones) {
    auto const mine = own_properties(own), before = own_properties(invited);
    auto found = [](ByName const& in, std::string_view name) {
        auto at = in.find(name);
        return at == in.end() ? nullptr : &at->second;
    };
    std::set<std::string> names, seen; // those that are as the owner has them
    for (auto const* event : {&own, static_cast<Component const*>(&said)})
        for (auto const& one : event->properties) {
            if (is_organizers(one.name) || !seen.insert(one.name).second) continue;
            bool asked_anew = moved && (one.name == busy || one.name == "TRANSP" || one.name == reply_time);
            if (!asked_anew && !same(found(mine, one.name), found(before, one.name))) names.insert(one.name);
        }
    std::erase_if(said.properties, [&](Property const& one) { return names.contains(one.name); });
    for (auto const& name : names)
        if (auto const* kept = found(mine, name))
            for (auto const* one : *kept) said.properties.push_back(*one);
    if (alarms(own) != alarms(invited)) {
        std::erase_if(said.components, [](auto const& one) { return one.name == "VALARM"; });
        for (auto& one : alarms(own)) said.components.push_back(std::move(one));
    }
    if (moved) return said; // there are no such occurrences any more
    keep_own_deletions(said, own, invited, zones);
    keep_own_answer(said, own, owner);
    return said;
}

} // namespace godwit::itip
