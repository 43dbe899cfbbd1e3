#pragma once
// When somebody has no time (RFC 5545 3.6.4): of one stored event, and of all of them together.
#include "ical/zone.hpp"
#include "itip/message.hpp"

#include <vector>

namespace godwit::itip {

enum class Busy : std::uint8_t { tentative = 1, busy = 2, out_of_office = 3 }; // the digits of MS-ASCMD 2.2.3.107

struct BusyTime {
    ical::Instant start = {}, end = {};
    Busy how = Busy::busy;
    bool operator==(BusyTime const&) const = default;
};
struct Range { // [from, until)
    ical::Instant from = {}, until = {};
};

/// How many occurrences may still be looked at, of all events together.
struct Effort {
    std::size_t occurrences = 500'000;
    bool spent = false; // something was left out for it
};

/// What an event takes of its owner's time within the range, cut to it; none if it is cancelled or free, or spent in
/// another place, where he works as well. A rule is followed from its beginning to the end of the range, for 40,000
/// occurrences at most. `floating`: where days and times without a zone lie.
std::vector<BusyTime> busy_times(ical::Component& calendar, Range range, ical::Zone const& floating, Effort& effort);

/// In order and apart: where several lie over each other, the one that binds most.
std::vector<BusyTime> merged(std::vector<BusyTime> const& times);

} // namespace godwit::itip
