// FolderSync: what one phone has been told of the folders. The same two generations of keys as an item collection has
// (law 2); key 0 gets every folder with the ids that it always had, and never touches the state of any collection (trap
// 6).
#pragma once
#include "sync/engine.hpp"

namespace godwit::sync {

// MS-ASCMD 2.2.3.177.4 Status (FolderSync)
enum class HierarchyStatus : std::uint8_t { Success = 1, ServerError = 6, InvalidSyncKey = 9 };

struct HierarchyResult {
    HierarchyStatus status = HierarchyStatus::Success;
    std::string key = {};                                // unchanged when there is no news
    std::vector<index::Folder> added = {}, updated = {}; // parents before their children
    std::vector<CollectionId> removed = {};
};
HierarchyResult folder_sync(index::Transaction&, DeviceKey, std::string_view key, Time now);

// Whether the phone has yet to be told of a folder that came, changed or went (Ping status 7, Sync status 12).
// False for a device that has never asked.
bool hierarchy_changed(index::Transaction&, DeviceKey);

} // namespace godwit::sync
