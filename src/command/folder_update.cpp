// MS-ASCMD 2.2.1.6 FolderUpdate: another name, another parent, or both. What is in the folder is not touched: a folder
// of any size moves at once, and every id stays.
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "eas/folders.hpp"
#include "sync/hierarchy.hpp"

namespace godwit::command {

using eas::FolderStatus;

awaitable<eas::FolderUpdateResponse> folder_update(Session& s, eas::FolderUpdateRequest request) {
    auto folder = parse_collection(request.server_id);
    auto parent = parse_collection(request.parent_id);
    if (!folder) co_return eas::FolderUpdateResponse{.status = FolderStatus::NotFound};
    if (!parent) co_return eas::FolderUpdateResponse{.status = FolderStatus::ParentNotFound};
    sync::FolderWish wish{.parent = *parent, .name = std::move(request.display_name)};
    auto work = s.rooms.accounts.write(s.user.id, [device = s.device, key = std::move(request.sync_key),
                                                   folder = *folder, wish = std::move(wish)](index::Transaction& tx) {
        return sync::update_folder(tx, device, key, folder, wish);
    });
    auto updated = co_await std::move(work);
    auto status = FolderStatus(std::to_underlying(updated.status));
    if (status != FolderStatus::Success) co_return eas::FolderUpdateResponse{.status = status}; // R5786
    co_return eas::FolderUpdateResponse{.sync_key = std::move(updated.key)};
}

} // namespace godwit::command
