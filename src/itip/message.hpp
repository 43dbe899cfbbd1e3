#pragma once
// Scheduling between people by mail (RFC 5546 over RFC 6047): what a mail says of a meeting, what becomes of the stored
// event by it, and what is to be mailed when an event changes. Pure: bytes and addresses in, values out; no clock, no
// log. What is stored is one object per UID for ever. The organizer speaks of the meeting, an attendee of his own
// answer; nobody else changes anything (law 9). The order in which messages arrive does not matter, nor how often.
#include "ical/component.hpp"
#include "ical/value.hpp"
#include "mime/message.hpp"

#include <compare>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace godwit::itip {

enum class Method : std::uint8_t { publish, request, reply, add, cancel, refresh, counter, decline_counter };
std::string_view name_of(Method method); // as RFC 5546 1.4 writes it
std::optional<Method> method_named(std::string_view name);

/// A message of scheduling: the events of one UID and the zones that they name.
struct Message {
    Method method = Method::publish;
    std::string uid = {};          // its text: what an event is found by
    ical::Component calendar = {}; // without METHOD
};
/// The error is static text for the log.
using Reading = std::expected<Message, std::string_view>;
/// `method` is the parameter of Content-Type, empty if there was none; RFC 6047 2.4 wants it to be that of the object.
Reading read(std::string_view icalendar, std::string_view method = {});

/// Nothing if the mail schedules nothing. A file that is attached is one only if its type says a method.
std::optional<Reading> in_mail(mime::Message const& mail);

/// Which of two words of the organizer on one component, or of an attendee on one, is the later (RFC 5546 2.1.5).
struct Revision {
    std::uint32_t sequence = 0;
    ical::Instant stamp = {};
    auto operator<=>(Revision const&) const = default;
};
Revision revision_of(ical::Component const& event);

bool same_address(std::string_view a, std::string_view b);                   // empty ones are nobody's
bool is_owner(std::span<std::string const> owner, std::string_view address); // among all that are his
/// The attendee of that address; null: there is none.
ical::Property* attendee(ical::Component& event, std::string_view address);
ical::Property const* attendee(ical::Component const& event, std::string_view address);
std::string_view organizer_of(ical::Component const& event); // address; empty: none
/// Of the first event that has one: an appointment may be a meeting in one occurrence alone. Null: none has.
ical::Property const* organizer_in(ical::Component const& calendar);
bool organizes(std::span<std::string const> owner, ical::Component const& calendar); // he, and nobody else

} // namespace godwit::itip
