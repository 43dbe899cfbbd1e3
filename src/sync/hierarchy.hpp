// FolderSync, FolderCreate, FolderUpdate and FolderDelete: what one phone has been told of the folders, and what it
// does to them. The same two generations of keys as an item collection has (law 2); key 0 gets every folder with the
// ids that it always had, and never touches the state of any collection (trap 6). An edit gives a new key, after
// which the phone is not told its own doing; repeated with the older key, because its answer was lost, it is
// recognised and gets the same answer (law 1).
#pragma once
#include "sync/engine.hpp"

namespace godwit::sync {

// MS-ASCMD 2.2.3.177.3 to .6 Status (FolderCreate, FolderDelete, FolderSync, FolderUpdate)
enum class HierarchyStatus : std::uint8_t {
    Success = 1,
    AlreadyExists = 2, // a sibling has this name; of FolderUpdate also: a special folder
    SystemFolder = 3,
    NotFound = 4,
    ParentNotFound = 5,
    ServerError = 6,
    InvalidSyncKey = 9,
    Malformed = 10,
    TooManyFolders = 151, // MS-ASCMD_R4932
};
inline constexpr std::size_t most_folders = 1000;

struct HierarchyResult {
    HierarchyStatus status = HierarchyStatus::Success;
    std::string key = {};                                // unchanged when there is no news
    std::vector<index::Folder> added = {}, updated = {}; // parents before their children
    std::vector<CollectionId> removed = {};
};
HierarchyResult folder_sync(index::Transaction&, DeviceKey, std::string_view key, Time now);

struct FolderWish {
    CollectionId parent = {}; // Root: at the top
    std::string name = {};
    index::FolderType type = {}; // of a new one
};
struct FolderEdit {
    HierarchyStatus status = HierarchyStatus::Success;
    std::string key = {};     // the new one, if it succeeded
    CollectionId folder = {}; // that was made
};
// Run these inside Accounts::write. A refusal changes nothing, the key included.
FolderEdit create_folder(index::Transaction&, DeviceKey, std::string_view key, FolderWish const&);
FolderEdit update_folder(index::Transaction&, DeviceKey, std::string_view key, CollectionId, FolderWish const&);
// With all that is in it and below it, for good: the specification knows no other way.
FolderEdit delete_folder(index::Transaction&, DeviceKey, std::string_view key, CollectionId);

// Those that the protocol gives a place of their own: never renamed, moved or deleted by a phone.
bool is_special(index::Folder const&);

// Whether the phone has yet to be told of a folder that came, changed or went (Ping status 7).
// False for a device that has never asked.
bool hierarchy_changed(index::Transaction&, DeviceKey);

} // namespace godwit::sync
