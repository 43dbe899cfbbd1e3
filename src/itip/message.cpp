#include "itip/message.hpp"

#include "ical/object.hpp"
#include "mime/content.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace godwit::itip {
namespace {

constexpr std::array<std::string_view, 8> names{"PUBLISH", "REQUEST", "REPLY",   "ADD",
                                                "CANCEL",  "REFRESH", "COUNTER", "DECLINECOUNTER"};
constexpr std::size_t max_bytes = 16 << 20, max_lines = 200'000, max_events = 1000;
constexpr std::size_t max_properties = 10'000; // of an event: people, for the most part

// What this server has written into its own calendars is nobody else's to say.
void strip_own_marks(ical::Component& component) {
    auto ours = [](std::string_view name) {
        return name.size() > 9 && ical::same_name(name.substr(0, 9), "X-GODWIT-");
    };
    std::erase_if(component.properties, [&](auto const& one) { return ours(one.name); });
    for (auto& one : component.properties)
        std::erase_if(one.parameters, [&](auto const& parameter) { return ours(parameter.name); });
    std::erase_if(component.components, [&](auto const& one) { return ours(one.name); });
    for (auto& one : component.components) strip_own_marks(one);
}

// Only what speaks of one event is taken apart: each event of another UID would get its own copy of the head.
std::string_view keep_one_event(ical::Component& calendar) {
    std::erase_if(calendar.components, [](auto const& one) { return one.name != "VEVENT" && one.name != "VTIMEZONE"; });
    std::size_t events = 0;
    ical::Component const* first = nullptr;
    for (auto const& one : calendar.components) {
        if (one.name != "VEVENT") continue;
        if (!first) first = &one;
        auto uid = ical::trimmed(one.value("UID"));
        if (++events > 1 && (uid.empty() || uid != ical::trimmed(first->value("UID")))) return "several events";
        if (events > max_events) return "too many occurrences";
        if (one.properties.size() > max_properties) return "an event of too many properties";
    }
    return first ? std::string_view() : "no event";
}

// RFC 5546 wants the organizer in every component; who is named in one of them is that of all.
void share_organizer(ical::Component& calendar) {
    auto const* found = organizer_in(calendar);
    if (!found) return;
    auto const organizer = *found;
    for (auto& one : calendar.components)
        if (one.name == "VEVENT" && !one.find("ORGANIZER")) one.set(organizer);
}

} // namespace

std::string_view name_of(Method method) { return names[static_cast<std::size_t>(method)]; }

std::optional<Method> method_named(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (ical::same_name(names[i], name)) return static_cast<Method>(i);
    return std::nullopt;
}

Reading read(std::string_view icalendar, std::string_view method) {
    auto calendars = ical::parse(icalendar, {.bytes = max_bytes, .lines = max_lines, .line_bytes = max_bytes});
    if (!calendars) return std::unexpected(calendars.error().reason);
    if (calendars->empty()) return std::unexpected("no iCalendar");
    auto inside = ical::text(calendars->front().value("METHOD"));
    if (inside.empty() && method.empty()) return std::unexpected("no method");
    if (!inside.empty() && !method.empty() && !ical::same_name(inside, method))
        return std::unexpected("a method that is not that of its part");
    auto named = method_named(inside.empty() ? method : inside);
    if (!named) return std::unexpected("an unknown method");
    calendars->resize(1);
    strip_own_marks(calendars->front());
    bool tells_when =
        *named == Method::publish || *named == Method::request || *named == Method::add || *named == Method::counter;
    for (auto& component : calendars->front().components)
        if (component.name == "VEVENT" && !component.find("DTSTART")) {
            if (tells_when) return std::unexpected("an event without a start");
            component.set("DTSTART", "19700101T000000Z"); // nobody looks at it
        }
    if (auto why = keep_one_event(calendars->front()); !why.empty()) return std::unexpected(why);
    share_organizer(calendars->front());
    auto parts = ical::split(std::move(*calendars));
    if (parts.objects.empty())
        return std::unexpected(parts.refused.empty() ? "no event" : parts.refused.front().reason);
    auto& object = parts.objects.front();
    for (auto const& event : object.calendar.components)
        if (*named != Method::request && event.name == "VEVENT" && event.find("RECURRENCE-ID") &&
            !event.find("RECURRENCE-ID")->parameter("RANGE").empty())
            return std::unexpected("a range of occurrences"); // to be cancelled or answered: nobody sends it
    return Message{*named, std::move(object.uid), std::move(object.calendar)};
}

std::optional<Reading> in_mail(mime::Message const& mail) {
    auto const* part = mail.calendar();
    if (!part) return std::nullopt;
    auto type = mime::HeaderBlock(part->header).raw("Content-Type");
    if (!type) type = mail.header().raw("Content-Type"); // the mail is nothing else
    auto method = std::string(type ? mime::parse_parameterised(*type).find("method") : std::string());
    if (part->attachment && method.empty()) return std::nullopt;
    auto text = mime::text_content(*part, max_bytes + 1);
    auto reading = read(text, method);
    if (!reading && reading.error() == "no method") return std::nullopt; // somebody's calendar
    return reading;
}

Revision revision_of(ical::Component const& event) {
    Revision out;
    auto text = event.value("SEQUENCE");
    std::from_chars(text.data(), text.data() + text.size(), out.sequence);
    out.stamp = ical::instant(event.value("DTSTAMP")).value_or(ical::Instant{});
    return out;
}

bool same_address(std::string_view a, std::string_view b) { return !a.empty() && ical::same_name(a, b); }
bool is_owner(std::span<std::string const> owner, std::string_view address) {
    return std::ranges::any_of(owner, [&](std::string const& one) { return same_address(one, address); });
}

ical::Property const* attendee(ical::Component const& event, std::string_view address) {
    for (auto const& one : event.properties)
        if (one.name == "ATTENDEE" && same_address(ical::mail_address(one), address)) return &one;
    return nullptr;
}
ical::Property* attendee(ical::Component& event, std::string_view address) {
    return const_cast<ical::Property*>(attendee(std::as_const(event), address));
}

std::string_view organizer_of(ical::Component const& event) {
    auto const* organizer = event.find("ORGANIZER");
    return organizer ? ical::mail_address(*organizer) : std::string_view();
}

ical::Property const* organizer_in(ical::Component const& calendar) {
    for (auto const& one : calendar.components)
        if (auto const* organizer = one.name == "VEVENT" ? one.find("ORGANIZER") : nullptr) return organizer;
    return nullptr;
}

bool organizes(std::span<std::string const> owner, ical::Component const& calendar) {
    return organizer_in(calendar) && std::ranges::all_of(calendar.components, [&](auto const& one) {
               return one.name != "VEVENT" || !one.find("ORGANIZER") || is_owner(owner, organizer_of(one));
           });
}

} // namespace godwit::itip
