#include "net/time.hpp"

namespace godwit::net {

std::optional<Clock::time_point> Clock::frozen;
std::optional<Time> Clock::frozen_utc;

Clock::time_point Clock::now() {
    return frozen ? *frozen : time_point(std::chrono::steady_clock::now().time_since_epoch());
}

Time Clock::utc() {
    if (frozen_utc) return *frozen_utc;
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

} // namespace godwit::net
