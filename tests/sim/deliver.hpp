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

template <class Serve> auto World::deliver(std::uint32_t pick, Serve serve) {
    return heard(pick, serve, [&] { dies_before_commit([&] { serve(); }); }, [&] { reopen(); });
}

} // namespace godwit::sim
