// MoveItems and EmptyFolderContents: what a phone does to the contents of folders by commands that have no sync key.
// So nobody can know whether it has seen the answer, and the next Sync tells it of what it did like anybody else: a
// move is a Delete and an Add (MS-ASCMD_R289), and nothing is lost if the answer was. What can be known is kept: a
// repeated move is not done again although somebody has moved the item back meanwhile (law 1), and a change to a
// moved item is no conflict, although the phone has not been told of the item in its new place.
#pragma once
#include "sync/engine.hpp"
#include <span>

namespace godwit::sync {

// MS-ASCMD 2.2.3.177.10 Status (MoveItems)
enum class MoveStatus : std::uint8_t {
    InvalidSource = 1,
    InvalidDestination = 2,
    Success = 3,
    SameFolder = 4,
    CannotMove = 5,
    Locked = 7, // the store fails at this item: it is where it was, and the others have moved
};
struct Move {
    std::optional<ItemId> item = {}; // absent: no item of the source can have the id that was sent
    std::optional<CollectionId> source = {}, destination = {};
};
enum class Told : std::uint8_t {
    AsAdd,    // MS-ASCMD_R289
    AsChange, // to phones that keep what they moved and show an Add of it twice
};

// One status for each, in order. Run it inside Accounts::write.
std::vector<MoveStatus> move_items(index::Transaction&, DeviceKey, std::span<Move const>, Told);

// MS-ASCMD 2.2.3.58. False: there is no such folder. Special folders below it stay, emptied.
bool empty_contents(index::Transaction&, DeviceKey, CollectionId, bool sub_folders);

// Of a device that has not been seen for long all keys are forgotten, so that it starts over by status instead of
// keeping every tombstone alive; its partnership and its policy stay. Then the tombstones of folders that nobody needs
// any more go. How many states and tombstones went.
std::size_t sweep_idle(index::Transaction&, Time idle_since);

} // namespace godwit::sync
