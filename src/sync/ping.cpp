#include "sync/ping.hpp"
#include "sync/blob.hpp"
#include "sync/tell.hpp"
#include <algorithm>
#include <map>

#include "sync/hierarchy.hpp"

namespace godwit::sync {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::string_view name = "sync.ping";
constexpr std::size_t enough = 512; // so many events are worth a wake, whatever they are

struct Marks { // a phone's own watermark: what it has been woken for
    Time woken = Time::min();
    std::map<CollectionId, Modseq> folders = {};
};

Marks load(index::Transaction& tx, DeviceKey device) {
    auto const blob = tx.state(device, name);
    if (!blob) return {};
    BlobReader r(*blob, version);
    Marks marks;
    marks.woken = r.time();
    for (auto n = r.count(10'000); n > 0 && r.ok(); --n) {
        auto const folder = r.as<CollectionId>();
        marks.folders[folder] = r.as<Modseq>();
    }
    return r.at_end() ? marks : Marks{};
}

// Of the keys that the phone may hold, the one that was answered last: what it was told goes furthest.
Token const& returned_last(CollectionState const& state) {
    auto const* last = &state.current.back();
    for (auto const& token : state.current)
        if (token.since > last->since) last = &token;
    return state.previous && state.previous->since > last->since ? *state.previous : *last;
}

struct Seen {
    bool fresh = false;   // something that the phone does not have
    Modseq gathered = {}; // the last change or delete of what it has
};

Seen see(index::Transaction& tx, index::Folder const& folder, Token token, Modseq from) {
    Seen seen;
    auto const events = tx.changes(folder.id, from, enough);
    for (auto const& event : events) {
        auto const what = meaning(token, event);
        if (what == Meaning::Add) seen.fresh = true;
        if (what == Meaning::Change || what == Meaning::Delete) seen.gathered = event.at;
        if (seen.fresh) break;
        auto const since = token.since;
        told(token, event, what);
        token.since = std::max(since, token.since);
    }
    if (events.size() == enough && !seen.fresh && seen.gathered != Modseq::None) seen.fresh = true;
    return seen;
}

} // namespace

PingLook look(index::Transaction& tx, DeviceKey device, std::vector<CollectionId> const& folders,
              Gathering const& gathering, PingMemory& memory, Time now) {
    PingLook result;
    auto const marks = load(tx, device);
    std::vector<CollectionId> gathered;
    Modseq newest = {};
    for (auto const id : folders) {
        auto const folder = tx.folder(id);
        auto const blob = tx.collection_state(device, id);
        auto const state = blob ? decode_state(*blob) : std::nullopt;
        if (!folder || !state) {
            result.unsynced.push_back(id);
            continue;
        }
        auto const& token = returned_last(*state);
        auto const mark = marks.folders.find(id);
        auto const from = std::max(token.since, mark == marks.folders.end() ? Modseq::None : mark->second);
        if (folder->contents <= from) continue;
        auto const seen = see(tx, *folder, token, from);
        if (seen.fresh)
            result.wake.push_back(id);
        else if (seen.gathered != Modseq::None)
            gathered.push_back(id);
        newest = std::max(newest, seen.gathered);
    }
    if (newest > memory.gathered) memory = {newest, now};
    if (!gathered.empty()) {
        auto due = memory.gathered_at + gathering.quiet;
        if (marks.woken != Time::min()) due = std::max(due, marks.woken + gathering.interval);
        if (now >= due || !result.wake.empty())
            result.wake.insert(result.wake.end(), gathered.begin(), gathered.end());
        else
            result.wake_at = due;
    }
    result.hierarchy = hierarchy_changed(tx, device);
    return result;
}

void woken(index::Transaction& tx, DeviceKey device, std::vector<CollectionId> const& folders, Time now) {
    auto marks = load(tx, device);
    marks.woken = now;
    for (auto const id : folders)
        if (auto const folder = tx.folder(id)) marks.folders[id] = folder->contents;
    std::erase_if(marks.folders, [&](auto const& mark) { return !tx.folder(mark.first); });
    BlobWriter w(version);
    w.time(marks.woken);
    w.number(marks.folders.size());
    for (auto const& [folder, stamp] : marks.folders) {
        w.number(folder);
        w.number(stamp);
    }
    tx.put_state(device, name, std::move(w).finish());
}

} // namespace godwit::sync
