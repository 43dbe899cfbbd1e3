// MS-ASCMD 2.2.1.5 FolderSync: the folders, and what has changed among them. Key 0 gets them all, with the ids that
// they always had, and leaves every collection's state alone (trap 6, Gmail 2025.11). X-MS-RP goes with key 0 alone:
// there a phone may ignore it, elsewhere it throws its data away (trap 7, MS-ASHTTP_R1104, R907, R263).
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "command/table.hpp"
#include "device/partnership.hpp"
#include "eas/folders.hpp"
#include "sync/hierarchy.hpp"

namespace godwit::command {
namespace {

using eas::FolderStatus;

template <class Told> Told told(index::Folder const& folder) {
    return {.server_id = format(folder.id),
            .parent_id = format(folder.parent),
            .display_name = folder.name,
            .type = eas::FolderType(std::to_underlying(folder.type))};
}

eas::FolderChanges changes(sync::HierarchyResult const& result) {
    eas::FolderChanges out;
    out.count = std::uint32_t(result.added.size() + result.updated.size() + result.removed.size());
    for (auto const& folder : result.updated) out.updates.push_back(told<eas::FolderUpdated>(folder));
    for (auto id : result.removed) out.deletes.push_back({format(id)});
    for (auto const& folder : result.added) out.adds.push_back(told<eas::FolderAdded>(folder));
    return out;
}

} // namespace

awaitable<eas::FolderSyncResponse> folder_sync(Session& s, eas::FolderSyncRequest request) {
    bool first = request.sync_key == "0";
    auto now = net::Clock::utc();
    auto work = s.rooms.accounts.write(
        s.user.id, [device = s.device, key = std::move(request.sync_key), now](index::Transaction& tx) {
            auto result = sync::folder_sync(tx, device, key, now);
            if (!device::makes_partnership(device)) tx.remove_device(device); // a trial leaves no state
            return result;
        });
    auto result = co_await std::move(work);
    if (result.status != sync::HierarchyStatus::Success)
        co_return eas::FolderSyncResponse{.status = FolderStatus(std::to_underlying(result.status))};
    if (first) {
        s.headers.emplace_back("X-MS-RP", eas::protocol_versions_header);
        s.headers.emplace_back("MS-ASProtocolVersions", eas::protocol_versions_header);
        s.headers.emplace_back("MS-ASProtocolCommands", protocol_commands());
    }
    co_return eas::FolderSyncResponse{.sync_key = std::move(result.key), .changes = changes(result)};
}

} // namespace godwit::command
