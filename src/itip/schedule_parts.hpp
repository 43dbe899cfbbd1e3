#pragma once
// What itip/schedule is made of.
#include "itip/record.hpp"
#include "itip/schedule.hpp"

namespace godwit::itip {

inline constexpr std::string_view busy = "X-MICROSOFT-CDO-BUSYSTATUS", intended = "X-MICROSOFT-CDO-INTENDEDSTATUS";

Outcome refused(std::string_view why);
Outcome without_effect(std::string_view why);

/// REPLY and COUNTER, to the organizer (attendee_word.cpp).
Outcome attendee_says(ical::Component const* stored, Message const& message, Sender sender,
                      std::span<std::string const> owner);

/// The revision at which everybody was asked anew, of the organizer's own event: what was answered to an older one is
/// no answer. Nothing: he has been asked once, or it is not known (attendee_word.cpp).
inline constexpr std::string_view asked_property = "X-GODWIT-ASKED";
std::optional<Revision> asked_at(ical::Component const& event);
std::string written(Revision const& revision);

/// The event as the organizer says it, with what its owner has added to it since `invited`, whose zones are in `zones`
/// (own_part.cpp).
ical::Component with_own_part(ical::Component said, ical::Component const& own, ical::Component const& invited,
                              bool moved, std::span<std::string const> owner, ical::Component const& zones);
/// The event as it comes into a calendar: nothing answered yet, the time taken with reservation.
ical::Component as_invited(ical::Component said, std::span<std::string const> owner);

/// Only what the others may see, and what they need (changes.cpp).
ical::Component public_part(ical::Component event);
/// Without control characters: for a field of the header, a parameter (compose.cpp).
std::string printable(std::string text);
/// Unless its organizer wants no other times (DisallowNewTimeProposal, MS-ASCAL 2.2.2.17; compose.cpp).
bool takes_proposals(ical::Component const& event);
bool is_off(ical::Component const& event); // cancelled
/// Where an occurrence has been spoken of by name: an index into the calendar's components (occurrence.cpp).
std::optional<std::size_t> said_of(ical::Component const& calendar, ical::Instant at);
/// Whether the rule's occurrence at this instant is left out (occurrence.cpp).
bool is_left_out(ical::Component const& calendar, ical::Component const& master, ical::Instant at);

} // namespace godwit::itip
