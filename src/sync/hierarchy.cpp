#include "sync/hierarchy.hpp"
#include "sync/hierarchy_state.hpp"
#include <algorithm>
#include <map>

namespace godwit::sync {
namespace {

// What came, changed and went that the phone does not know; returns the stamp of the last of it.
Modseq news(index::Transaction& tx, HierarchyView const& view, HierarchyResult& result) {
    auto newest = view.since;
    auto const unseen = [&view](Modseq created) { return created > view.since && !view.own.contains(created); };
    for (auto& folder : tx.folders_changed(view.since)) {
        newest = std::max(newest, folder.changed);
        if (unseen(folder.created))
            result.added.push_back(std::move(folder));
        else if (!view.own.contains(folder.changed))
            result.updated.push_back(std::move(folder));
    }
    for (auto const& gone : tx.folders_removed(view.since)) {
        newest = std::max(newest, gone.removed);
        if (!unseen(gone.created) && !view.own.contains(gone.removed)) result.removed.push_back(gone.id);
    }
    return newest;
}

bool empty(HierarchyResult const& r) { return r.added.empty() && r.updated.empty() && r.removed.empty(); }

// A folder that moved below one which came after it: it must not arrive before it.
void parents_first(std::vector<index::Folder>& folders) {
    std::map<CollectionId, CollectionId> parents;
    for (auto const& f : folders) parents[f.id] = f.parent;
    auto const depth = [&](index::Folder const& f) {
        std::size_t steps = 0;
        for (auto at = parents.find(f.parent); at != parents.end() && steps < parents.size(); ++steps)
            at = parents.find(at->second);
        return std::pair(steps, f.id);
    };
    std::ranges::sort(folders, {}, depth);
}

HierarchyResult from_nothing(index::Transaction& tx, DeviceKey device, std::optional<HierarchyState> state, Time now) {
    HierarchyResult result{.added = tx.folders()};
    parents_first(result.added);
    HierarchyResult changed;
    // The same first request once more, and nothing has happened since: the same key, which may be in use already.
    if (state && state->current.back().first) {
        news(tx, state->current.back(), changed);
        if (empty(changed)) {
            result.key = key_text(state->epoch, state->current.back().n);
            return result;
        }
    }
    HierarchyState fresh{.epoch = draw_epoch(tx, now), .next = 2};
    fresh.current.push_back({.n = 1, .since = tx.modseq(), .first = true});
    save_hierarchy(tx, device, fresh);
    result.key = key_text(fresh.epoch, 1);
    return result;
}

} // namespace

HierarchyResult folder_sync(index::Transaction& tx, DeviceKey device, std::string_view key, Time now) {
    auto state = load_hierarchy(tx, device);
    if (key == "0") return from_nothing(tx, device, std::move(state), now);
    HierarchyResult result{.status = HierarchyStatus::InvalidSyncKey, .key = std::string(key)};
    if (!state) return result;
    auto const [found, repeats] = find_view(*state, key);
    if (!found) return result;

    result.status = HierarchyStatus::Success;
    auto const base = *found;
    HierarchyView const told{.since = news(tx, base, result)};
    parents_first(result.added);
    // No news, the same key; but one who shows the older key does not know what a lost answer told, if that is gone.
    if (empty(result) && (!repeats || told.since == base.since)) {
        if (!repeats && state->current.back().n != base.n) { // it holds this one: what a Ping looks at
            auto const shown = std::ranges::find(state->current, base.n, &HierarchyView::n);
            std::rotate(shown, shown + 1, state->current.end());
            save_hierarchy(tx, device, *state);
        }
        return result;
    }
    if (repeats)
        for (auto const& v : state->current)
            if (v.since == told.since && v.own.empty() && v.done == 0) {
                result.key = key_text(state->epoch, v.n);
                return result;
            }
    result.key = turn(*state, base, repeats, told);
    save_hierarchy(tx, device, *state);
    return result;
}

bool hierarchy_changed(index::Transaction& tx, DeviceKey device) {
    auto const state = load_hierarchy(tx, device);
    if (!state) return false;
    HierarchyResult result;
    news(tx, state->current.back(), result);
    return !empty(result);
}

} // namespace godwit::sync
