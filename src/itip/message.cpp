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
    auto objects = ical::split(std::move(*calendars)).objects;
    std::erase_if(objects, [](auto const& one) { return one.kind != ical::Kind::event; });
    if (objects.size() != 1) return std::unexpected(objects.empty() ? "no event" : "several events");
    auto& object = objects.front();
    auto events = std::ranges::count(object.calendar.components, "VEVENT", &ical::Component::name);
    if (static_cast<std::size_t>(events) > max_events) return std::unexpected("too many occurrences");
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

} // namespace godwit::itip
