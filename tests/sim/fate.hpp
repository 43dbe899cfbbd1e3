// What becomes of a request and its answer.
#pragma once
#include <cstdint>
#include <optional>
#include <type_traits>

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

// What is written in a transaction: of a server that dies nothing is committed.
template <class F, class Transaction> auto written(bool const& dies, F f, Transaction& tx) {
    if constexpr (std::is_void_v<decltype(f(tx))>) {
        f(tx);
        if (dies) throw Crash();
    } else {
        auto result = f(tx);
        if (dies) throw Crash();
        return result;
    }
}

// The answer, if the phone hears one. A server dies before it commits, or afterwards, and starts again.
template <class Serve, class DiesBefore, class Reopen>
auto heard(std::uint32_t pick, Serve serve, DiesBefore dies_before_commit, Reopen reopen) {
    std::optional<decltype(serve())> answer;
    auto const fate = fate_of(pick);
    if (fate == Fate::RequestLost) return answer;
    if (fate == Fate::DiesBefore) {
        dies_before_commit();
        return answer;
    }
    answer = serve();
    if (fate == Fate::TwiceFirst) serve();
    if (fate == Fate::TwiceSecond) answer = serve();
    if (fate == Fate::DiesAfter) reopen();
    if (fate == Fate::AnswerLost || fate == Fate::DiesAfter) answer.reset();
    return answer;
}

} // namespace godwit::sim
