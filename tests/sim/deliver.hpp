// A command without a sync key on its way there and back.
#pragma once
#include "fate.hpp"
#include "world.hpp"

namespace godwit::sim {

// All is done but the commit: nothing of it may remain, in the index or in what the simulator takes for done.
template <class Serve> void World::dies_before_commit(Serve serve) {
    auto const own = own_;
    auto const sent = sent_;
    auto const made = drafts_made_;
    auto const names = made_;
    dies_ = true;
    try {
        serve();
    } catch (Crash const&) {
        own_ = own;
        sent_ = sent;
        drafts_made_ = made;
        made_ = names;
    }
    dies_ = false;
    reopen();
}

// The answer, if the phone hears one.
template <class Serve> auto World::deliver(std::uint32_t pick, Serve serve) {
    std::optional<decltype(serve())> answer;
    auto const fate = fate_of(pick);
    if (fate == Fate::RequestLost) return answer;
    if (fate == Fate::DiesBefore) {
        dies_before_commit([&] { serve(); });
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
