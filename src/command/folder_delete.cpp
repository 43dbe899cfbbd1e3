// MS-ASCMD 2.2.1.4 FolderDelete: the folder with all that is in it and below it. Special folders stay.
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "command/leaving.hpp"
#include "eas/folders.hpp"
#include "sync/hierarchy.hpp"

namespace godwit::command {

using eas::FolderStatus;

awaitable<eas::FolderDeleteResponse> folder_delete(Session& s, eas::FolderDeleteRequest request) {
    auto folder = parse_collection(request.server_id);
    if (!folder) co_return eas::FolderDeleteResponse{.status = FolderStatus::NotFound};
    Leaving leaving(s);
    auto work = s.rooms.accounts.write(s.user.id, [&](index::Transaction& tx) {
        leaving.folder(tx, *folder);
        auto done = sync::delete_folder(tx, s.device, request.sync_key, *folder);
        leaving.done(tx);
        return done;
    });
    auto deleted = co_await std::move(work);
    leaving.announce();
    auto status = FolderStatus(std::to_underlying(deleted.status));
    if (status != FolderStatus::Success) co_return eas::FolderDeleteResponse{.status = status}; // R5785
    co_return eas::FolderDeleteResponse{.sync_key = std::move(deleted.key)};
}

} // namespace godwit::command
