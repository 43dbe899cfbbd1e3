// A circuit breaker per phone (law 8; KB2851708: thousands of Provision requests in a row after one error). Too many
// Provisions that lead to nothing, or too many failures of any command, at least half of what it says, within the
// window open it: the phone is told to come back later, each time twice as late, until it behaves. It costs nothing
// while shut. Pure: the caller gives the time.
#pragma once
#include "net/time.hpp"
#include <chrono>
#include <cstdint>
#include <optional>

namespace godwit::device {

class Breaker {
public:
    using Moment = net::Clock::time_point;
    struct Limits {
        unsigned provisions = 20; // a healthy phone needs two
        unsigned failures = 20;
        std::chrono::seconds window{60};
        std::chrono::seconds first_wait{30}, longest_wait{3600};
    };

    // Before a command: how long the phone must stay away, if it must.
    std::optional<std::chrono::seconds> refuse(Moment now) const;
    void welcomed(); // a command came with a good policy key: what was provisioned was of use
    void provisioned(Moment now, Limits const& limits); // a Provision came in
    void failed(Moment now, Limits const& limits);      // a command was malformed or failed on our side
    bool open(Moment now) const { return now < until_; }
    std::uint32_t trips() const { return trips_; }

private:
    void turn_window(Moment now, Limits const& limits);
    void trip(Moment now, Limits const& limits);

    Moment window_ = {}; // when the counting began
    Moment until_ = {};  // open until then
    std::uint16_t provisions_ = 0, failures_ = 0;
    std::uint32_t welcomes_ = 0; // in the window
    std::uint32_t trips_ = 0;
};

} // namespace godwit::device
