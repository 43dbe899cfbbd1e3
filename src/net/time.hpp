// The only clocks of the server (STYLE "Coroutines, threads, time"). `now()` is called nowhere else.
// Steady time drives timers; UTC time stamps what is stored. Tests freeze both: a 59-minute heartbeat then takes no time,
// and a simulation is a function of its seed.
#pragma once
#include <chrono>
#include <optional>

namespace godwit::net {

// UTC, microseconds since 1970-01-01: the only form of time in the index and between rooms.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

struct Clock {
    using duration = std::chrono::steady_clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;

    static time_point now();
    static Time utc();

    // Set by tests only; both clocks stand still while set.
    static std::optional<time_point> frozen;
    static std::optional<Time> frozen_utc;
};

} // namespace godwit::net
