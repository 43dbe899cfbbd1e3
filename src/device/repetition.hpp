// Incident 2.8 (KB2711053): the same Sync again and again at full speed, because the answer does not move the phone
// forward. Such a phone is told to come back later, each time twice as late, until it says something else or rests for
// a whole window. Only the repeated request is refused. Pure: the caller gives the time.
#pragma once
#include "net/time.hpp"
#include <chrono>
#include <cstdint>
#include <optional>

namespace godwit::device {

class Repetition {
public:
    using Moment = net::Clock::time_point;
    struct Limits {
        std::uint16_t repeats = 40; // in a window; a phone that is only impatient says it a few times
        std::chrono::seconds window{60};
        std::chrono::seconds first_wait{10}, longest_wait{900};
    };

    // One more request comes in: how long the phone must stay away, if it must.
    std::optional<std::chrono::seconds> refuse(std::uint64_t fingerprint, Moment now, Limits const& limits);
    std::uint16_t trips() const { return trips_; }

private:
    std::uint64_t fingerprint_ = 0;
    Moment window_ = {}; // when the counting began
    Moment until_ = {};  // refused until then
    std::uint16_t count_ = 0, trips_ = 0;
};

} // namespace godwit::device
