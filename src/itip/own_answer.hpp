#pragma once
// What an attendee's own answer does to his calendar.
#include "itip/compose.hpp"

namespace godwit::itip {

enum class NoAnswer : std::uint8_t {
    no_meeting,    // nobody to answer to
    organizer,     // it is his own
    cancelled,     // there is nothing to come to
    not_recurring, // an occurrence of what has none
    no_occurrence,
};

struct OwnAnswer {
    Answer answer = Answer::accepted;
    std::optional<ical::Instant> occurrence = {}; // when it would begin; absent: all
    ical::Instant now = {};
};

/// As who of his addresses he was invited, the first of them if as none (incident 1.3).
mime::Address invited_as(ical::Component const& calendar, std::span<std::string const> owner, std::string_view name);

/// When he says what he says now: later than anything that he has done to the event before, also in the same second or
/// by a clock that was set back. By that the organizer knows which of his answers is the last.
ical::Instant next_word(ical::Component const& stored, ical::Instant now);

/// The stored event as he has answered it; equal to what it was if he has said so before. An occurrence that he
/// declines is none of his; the event as a whole stays, its place is the caller's.
std::expected<ical::Component, NoAnswer> answered(ical::Component const& stored, OwnAnswer const& own,
                                                  std::span<std::string const> owner);

/// Whether he has declined each event of it that is not cancelled.
bool nothing_is_left(ical::Component const& calendar, std::span<std::string const> owner);

} // namespace godwit::itip
