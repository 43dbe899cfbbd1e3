#include "sync/hierarchy.hpp"
#include "sync/blob.hpp"
#include "sync/token.hpp"
#include <algorithm>
#include <map>

namespace godwit::sync {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::string_view name = "sync.hierarchy";

struct View { // what the phone knows of the folders once it shows key n: all that happened until `since`
    std::uint32_t n = 0;
    Modseq since = {};
    bool first = false; // answered to key 0
};
struct State {
    std::uint64_t epoch = 0;
    std::uint32_t next = 1;
    std::vector<View> previous, current; // at most one; newest last
};

void write(BlobWriter& w, std::vector<View> const& views) {
    w.number(views.size());
    for (auto const& v : views) {
        w.number(v.n);
        w.number(v.since);
        w.number(v.first ? 1U : 0U);
    }
}
std::vector<View> read_views(BlobReader& r, std::size_t at_most) {
    std::vector<View> views;
    for (auto n = r.count(at_most); n > 0 && r.ok(); --n) {
        auto const number = r.as<std::uint32_t>();
        auto const since = r.as<Modseq>();
        views.push_back({number, since, r.number() != 0});
    }
    return views;
}

std::optional<State> load(index::Transaction& tx, DeviceKey device) {
    auto const blob = tx.state(device, name);
    if (!blob) return std::nullopt;
    BlobReader r(*blob, version);
    State state{.epoch = r.number(), .next = r.as<std::uint32_t>(), .previous = {}, .current = {}};
    state.previous = read_views(r, 1);
    state.current = read_views(r, max_current);
    if (!r.at_end() || state.current.empty()) return std::nullopt;
    return state;
}

void save(index::Transaction& tx, DeviceKey device, State const& state) {
    BlobWriter w(version);
    w.number(state.epoch);
    w.number(state.next);
    write(w, state.previous);
    write(w, state.current);
    tx.put_state(device, name, std::move(w).finish());
}

// What came, changed and went since; the stamp of the last of it.
Modseq news(index::Transaction& tx, Modseq since, HierarchyResult& result) {
    auto newest = since;
    for (auto& folder : tx.folders_changed(since)) {
        newest = std::max(newest, folder.changed);
        (folder.created > since ? result.added : result.updated).push_back(std::move(folder));
    }
    for (auto const& gone : tx.folders_removed(since)) {
        newest = std::max(newest, gone.removed);
        if (gone.created <= since) result.removed.push_back(gone.id); // else it came and went unseen
    }
    return newest;
}

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

HierarchyResult from_nothing(index::Transaction& tx, DeviceKey device, std::optional<State> state, Time now) {
    HierarchyResult result{.added = tx.folders()};
    parents_first(result.added);
    HierarchyResult changed;
    // The same first request once more, and nothing has happened since: the same key, which may be in use already.
    if (state && state->current.back().first &&
        news(tx, state->current.back().since, changed) == state->current.back().since) {
        result.key = key_text(state->epoch, state->current.back().n);
        return result;
    }
    State fresh{.epoch = draw_epoch(tx, now), .next = 2, .previous = {}, .current = {{1, tx.modseq(), true}}};
    save(tx, device, fresh);
    result.key = key_text(fresh.epoch, 1);
    return result;
}

} // namespace

HierarchyResult folder_sync(index::Transaction& tx, DeviceKey device, std::string_view key, Time now) {
    auto state = load(tx, device);
    if (key == "0") return from_nothing(tx, device, std::move(state), now);
    auto const parts = parse_key(key);
    HierarchyResult result{.status = HierarchyStatus::InvalidSyncKey, .key = std::string(key)};
    if (!state || !parts || parts->epoch != state->epoch) return result;
    auto const fits = [&](View const& v) { return v.n == parts->n; };
    auto const newest = std::ranges::find_if(state->current, fits);
    bool const repeats = newest == state->current.end();
    auto const older = std::ranges::find_if(state->previous, fits);
    if (repeats && older == state->previous.end()) return result;

    result.status = HierarchyStatus::Success;
    auto const base = repeats ? *older : *newest;
    View told{.n = state->next, .since = news(tx, base.since, result)};
    parents_first(result.added);
    if (told.since == base.since) return result; // no news, the same key
    if (repeats) {
        for (auto const& v : state->current)
            if (v.since == told.since) {
                result.key = key_text(state->epoch, v.n);
                return result;
            }
        if (state->current.size() >= max_current) state->current.erase(state->current.begin());
    } else {
        state->previous = {base};
        state->current.clear();
    }
    ++state->next;
    state->current.push_back(told);
    save(tx, device, *state);
    result.key = key_text(state->epoch, told.n);
    return result;
}

bool hierarchy_changed(index::Transaction& tx, DeviceKey device) {
    auto const state = load(tx, device);
    if (!state) return false;
    HierarchyResult result;
    news(tx, state->current.back().since, result);
    return !result.added.empty() || !result.updated.empty() || !result.removed.empty();
}

} // namespace godwit::sync
