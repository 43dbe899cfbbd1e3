// What is kept of a device's folder hierarchy: which keys it may hold, and what it knows with each of them.
#pragma once
#include "sync/hierarchy.hpp"
#include "sync/token.hpp"

namespace godwit::sync {

struct HierarchyView { // what the phone knows of the folders once it shows key n: all that happened until `since` ...
    std::uint32_t n = 0;
    Modseq since = {};
    bool first = false;       // answered to key 0
    Stamps own = {};          // ... and, later than that, what it did itself
    std::uint64_t done = 0;   // the edit that was answered with this key: recognised when it comes again
    CollectionId folder = {}; // that this edit made
};
struct HierarchyState {
    std::uint64_t epoch = 0;
    std::uint32_t next = 1;
    std::vector<HierarchyView> previous = {}, current = {}; // at most one; newest last

    Modseq oldest() const; // tombstones of folders after it are still needed
};

std::optional<HierarchyState> load_hierarchy(index::Transaction&, DeviceKey);
void save_hierarchy(index::Transaction&, DeviceKey, HierarchyState const&);
void forget_hierarchy(index::Transaction&, DeviceKey);

struct FoundView {
    HierarchyView const* view = nullptr;
    bool repeats = false; // the older key: the answer to it was lost
};
FoundView find_view(HierarchyState const&, std::string_view key);
// The phone is answered with a new key; what it showed becomes the generation before. Returns the key.
std::string turn(HierarchyState&, HierarchyView const& base, bool repeats, HierarchyView told);

} // namespace godwit::sync
