#pragma once
// RECURRENCE-ID;RANGE=THISANDFUTURE (RFC 5545 3.2.13): an override that speaks of its occurrence and of all after it.
#include "ical/component.hpp"

#include <vector>

namespace godwit::ical {

inline constexpr std::size_t most_in_range = 200; // later occurrences of a series that are looked at
inline constexpr std::size_t most_range_bytes = 4 << 20, most_range_lines = 50'000; // that they take together

/// What the ranges of a calendar's events make of the occurrences behind their own: for each that nobody has spoken of
/// by name (RECURRENCE-ID, EXDATE) an override that says the same, as long and as much earlier or later as the range's.
/// Without the files that lie in that. Of the `most_in_range` that come next, those that have room; none where there is
/// no series. split() puts them beside what a file holds.
struct Ranged {
    std::vector<Component> events;
    bool cut = false; // some had no room: those are as in the series
};
Ranged ranged(Component& calendar);

} // namespace godwit::ical
