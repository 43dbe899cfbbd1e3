#include "device/breaker.hpp"
#include <algorithm>

namespace godwit::device {

std::optional<std::chrono::seconds> Breaker::refuse(Moment now) const {
    if (!open(now)) return std::nullopt;
    return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(until_ - now));
}

void Breaker::welcomed() {
    provisions_ = 0;
    ++welcomes_;
}

void Breaker::provisioned(Moment now, Limits const& limits) {
    turn_window(now, limits);
    if (++provisions_ > limits.provisions) trip(now, limits);
}

void Breaker::failed(Moment now, Limits const& limits) {
    turn_window(now, limits);
    if (++failures_ > limits.failures && failures_ >= welcomes_ / 2) trip(now, limits);
}

void Breaker::turn_window(Moment now, Limits const& limits) {
    if (now - window_ < limits.window) return;
    // A whole quiet window after the last refusal: the phone is well again.
    if (now - until_ >= limits.window) trips_ = 0;
    window_ = now;
    provisions_ = failures_ = 0;
    welcomes_ = 0;
}

void Breaker::trip(Moment now, Limits const& limits) {
    auto wait = limits.first_wait * (1U << std::min(trips_, 16U)); // MS-ASHTTP_R278: it may grow exponentially
    until_ = now + std::min<std::chrono::seconds>(wait, limits.longest_wait);
    ++trips_;
    window_ = until_;
    provisions_ = failures_ = 0;
    welcomes_ = 0;
}

} // namespace godwit::device
