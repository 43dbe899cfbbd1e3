// An invitation in the calendar of who was invited: what is the organizer's, and what is his own.
#include "itip/schedule_parts.hpp"

#include <algorithm>
#include <array>
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

// The occurrences that the owner has taken out of his calendar himself.
void keep_own_deletions(Component& said, Component const& own, Component const& invited) {
    auto theirs = all_of(invited, "EXDATE"), now = all_of(said, "EXDATE");
    for (auto& one : all_of(own, "EXDATE"))
        if (std::ranges::find(theirs, one) == theirs.end() && std::ranges::find(now, one) == now.end())
            said.properties.push_back(std::move(one));
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
                        std::span<std::string const> owner) {
    std::set<std::string> names;
    for (auto const* event : {&own, static_cast<Component const*>(&said)})
        for (auto const& one : event->properties)
            if (!is_organizers(one.name)) names.insert(one.name);
    for (auto const& name : names) {
        auto mine = all_of(own, name);
        if (mine == all_of(invited, name)) continue;
        if (moved && (name == busy || name == "TRANSP" || name == reply_time)) continue; // it is asked anew
        said.remove(name);
        said.properties.insert(said.properties.end(), mine.begin(), mine.end());
    }
    if (alarms(own) != alarms(invited)) {
        std::erase_if(said.components, [](auto const& one) { return one.name == "VALARM"; });
        for (auto& one : alarms(own)) said.components.push_back(std::move(one));
    }
    if (moved) return said; // there are no such occurrences any more
    keep_own_deletions(said, own, invited);
    keep_own_answer(said, own, owner);
    return said;
}

} // namespace godwit::itip
