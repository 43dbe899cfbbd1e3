#include "sync/hierarchy_state.hpp"
#include "sync/blob.hpp"
#include <algorithm>

namespace godwit::sync {
namespace {

constexpr std::uint8_t hierarchy_layout = 2, without_edits = 1;
constexpr std::string_view hierarchy_name = "sync.hierarchy";

void write(BlobWriter& w, std::vector<HierarchyView> const& views) {
    w.number(views.size());
    for (auto const& v : views) {
        w.number(v.n);
        w.number(v.since);
        w.number(v.first ? 1U : 0U);
        write(w, v.own);
        w.number(v.done);
        w.number(v.folder);
    }
}

std::vector<HierarchyView> read_views(BlobReader& r, std::size_t at_most, bool edits) {
    std::vector<HierarchyView> views;
    for (auto n = r.count(at_most); n > 0 && r.ok(); --n) {
        auto& v = views.emplace_back();
        v.n = r.as<std::uint32_t>();
        v.since = r.as<Modseq>();
        v.first = r.number() != 0;
        if (!edits) continue;
        v.own = read_stamps(r);
        v.done = r.number();
        v.folder = r.as<CollectionId>();
    }
    return views;
}

std::optional<HierarchyState> read(BlobReader r, bool edits) {
    HierarchyState state;
    state.epoch = r.number();
    state.next = r.as<std::uint32_t>();
    state.previous = read_views(r, 1, edits);
    state.current = read_views(r, max_current, edits);
    if (!r.at_end() || state.current.empty()) return std::nullopt;
    return state;
}

} // namespace

Modseq HierarchyState::oldest() const {
    auto oldest = Modseq::Max;
    for (auto const* views : {&previous, &current})
        for (auto const& v : *views) oldest = std::min(oldest, v.since);
    return oldest;
}

std::optional<HierarchyState> load_hierarchy(index::Transaction& tx, DeviceKey device) {
    auto const blob = tx.state(device, hierarchy_name);
    if (!blob) return std::nullopt;
    auto state = read(BlobReader(*blob, hierarchy_layout), true);
    return state ? std::move(state) : read(BlobReader(*blob, without_edits), false);
}

void save_hierarchy(index::Transaction& tx, DeviceKey device, HierarchyState const& state) {
    BlobWriter w(hierarchy_layout);
    w.number(state.epoch);
    w.number(state.next);
    write(w, state.previous);
    write(w, state.current);
    tx.put_state(device, hierarchy_name, std::move(w).finish());
}

void forget_hierarchy(index::Transaction& tx, DeviceKey device) { tx.remove_state(device, hierarchy_name); }

FoundView find_view(HierarchyState const& state, std::string_view key) {
    auto const parts = parse_key(key);
    if (!parts || parts->epoch != state.epoch) return {};
    auto const fits = [&](HierarchyView const& v) { return v.n == parts->n; };
    if (auto const v = std::ranges::find_if(state.current, fits); v != state.current.end()) return {&*v, false};
    if (auto const v = std::ranges::find_if(state.previous, fits); v != state.previous.end()) return {&*v, true};
    return {};
}

std::string turn(HierarchyState& state, HierarchyView const& base, bool repeats, HierarchyView told) {
    told.n = state.next++;
    if (repeats) {
        if (state.current.size() >= max_current) state.current.erase(state.current.begin());
    } else {
        state.previous = {HierarchyView(base)};
        state.current.clear();
    }
    state.current.push_back(std::move(told));
    return key_text(state.epoch, state.current.back().n);
}

} // namespace godwit::sync
