// A command without a sync key on its way there and back.
#pragma once
#include "fate.hpp"
#include "world.hpp"

namespace godwit::sim {

// The answer, if the phone hears one.
template <class Serve> auto World::deliver(std::uint32_t pick, Serve serve) {
    std::optional<decltype(serve())> answer;
    auto const fate = fate_of(pick);
    if (fate == Fate::RequestLost) return answer;
    if (fate == Fate::DiesBefore) {
        reopen();
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
