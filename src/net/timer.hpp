// A timer on the server's own clock: real time in production, a frozen clock in tests (net/time.hpp).
#pragma once
#include "net/time.hpp"
#include <boost/asio/basic_waitable_timer.hpp>

namespace godwit::net {

// While the clock is frozen a pending timer looks again every millisecond whether a test has moved the clock.
struct FrozenAwareWait {
    static Clock::duration to_wait_duration(Clock::duration d) {
        return Clock::frozen && d > d.zero() ? std::chrono::milliseconds(1) : d;
    }
    static Clock::duration to_wait_duration(Clock::time_point t) { return to_wait_duration(t - Clock::now()); }
};
using Timer = boost::asio::basic_waitable_timer<Clock, FrozenAwareWait>;

} // namespace godwit::net
