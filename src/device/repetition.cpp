#include "device/repetition.hpp"
#include <algorithm>

namespace godwit::device {

std::optional<std::chrono::seconds> Repetition::refuse(std::uint64_t fingerprint, Moment now, Limits const& limits) {
    using std::chrono::seconds;
    if (fingerprint != fingerprint_) {
        *this = Repetition();
        fingerprint_ = fingerprint;
    }
    if (now < until_) return std::max(seconds(1), std::chrono::ceil<seconds>(until_ - now));
    if (now - std::max(window_, until_) >= limits.window) {
        trips_ = 0;
        count_ = 0;
        window_ = now;
    }
    // Who was sent away and says the same again gets one try at a time.
    auto allowed = trips_ == 0 ? limits.repeats : std::uint16_t(1);
    if (++count_ <= allowed) return std::nullopt;
    auto wait = std::min<seconds>(limits.first_wait * (1U << std::min<unsigned>(trips_, 10)), limits.longest_wait);
    until_ = now + wait;
    ++trips_;
    count_ = 0;
    return wait;
}

} // namespace godwit::device
