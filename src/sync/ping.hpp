// Ping: which folders have something to wake a phone for. It compares with the key that was *returned* last (trap 4)
// and with a watermark of its own, and never counts as an acknowledgement (trap 3). New items wake at once; flags and
// deletes are gathered: they wake `quiet` after the last of them, at most once per `interval` and device (trap 21). A
// Ping does: Watch, look(); if due: answer and woken(); otherwise wait until look.wake_at or the heartbeat's end, and
// look again.
#pragma once
#include "sync/engine.hpp"
#include <chrono>

namespace godwit::sync {

struct PingLook {
    std::vector<CollectionId> wake;     // answer these now, if not empty
    std::vector<CollectionId> unsynced; // asked for, but the phone has no key for them, or they do not exist
    bool hierarchy = false;             // Ping status 7: folders came, changed or went
    std::optional<Time> wake_at = {};   // something is being gathered: look again then
};
struct Gathering {
    std::chrono::seconds quiet{20}, interval{120};
};
// What one held Ping remembers between its looks.
struct PingMemory {
    index::Modseq gathered = {}; // the newest flag or delete seen
    Time gathered_at = {};       // and when it was seen first
};

// Reads only: run it inside Accounts::read.
PingLook look(index::Transaction&, DeviceKey, std::vector<CollectionId> const& folders, Gathering const&, PingMemory&,
              Time now);
// The phone is being woken for these folders: for the same changes not again until it has synced, or until it has asked
// long enough without (the answer may have been lost): `quiet` later, then twice that, up to an hour.
// Run it inside Accounts::write; it need not be durable (a lost mark costs one more wake).
void woken(index::Transaction&, DeviceKey, std::vector<CollectionId> const& folders, Time now);

} // namespace godwit::sync
