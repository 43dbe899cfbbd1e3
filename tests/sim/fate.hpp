// What becomes of a request and its answer.
#pragma once
#include <cstdint>

namespace godwit::sim {

struct Crash {};
enum class Fate { Fine, RequestLost, AnswerLost, DiesBefore, DiesAfter, TwiceFirst, TwiceSecond };

inline Fate fate_of(std::uint32_t pick) {
    auto const n = pick % 100;
    if (n < 60) return Fate::Fine;
    if (n < 67) return Fate::RequestLost;
    if (n < 79) return Fate::AnswerLost;
    if (n < 85) return Fate::DiesBefore;
    if (n < 88) return Fate::DiesAfter;
    return n < 94 ? Fate::TwiceFirst : Fate::TwiceSecond;
}

} // namespace godwit::sim
