// What lies in Drafts, and what a request makes leave.
#pragma once
#include "world.hpp"

namespace godwit::sim {

struct World::Leaving {
    std::map<ItemId, Words> drafts = {}; // that the request sends, as they were
    std::map<std::string, ItemId> saved =
        {};                             // what it adds and sends at once has been saved before, the answer was lost
    std::set<std::string> crossed = {}; // and somebody else has changed or sent that meanwhile
    std::size_t rows = 0;
    std::uint64_t copies = 0;
};

} // namespace godwit::sim
