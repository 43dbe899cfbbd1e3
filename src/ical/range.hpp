#pragma once
// RECURRENCE-ID;RANGE=THISANDFUTURE (RFC 5545 3.2.13): an override that speaks of its occurrence and of all after it.
#include "ical/component.hpp"

#include <vector>

namespace godwit::ical {

inline constexpr std::size_t most_in_range = 200; // later occurrences of a series that are looked at

/// What the ranges of a calendar's events make of the occurrences behind their own: for each that nobody has spoken of
/// by name (RECURRENCE-ID, EXDATE) an override that says the same, as long and as much earlier or later as the range's.
/// At most `most_in_range`; none where there is no series. split() puts them beside what a file holds.
std::vector<Component> ranged(Component& calendar);

} // namespace godwit::ical
