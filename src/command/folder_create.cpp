// MS-ASCMD 2.2.1.3 FolderCreate: a folder below another one, or below the root ("0"). Its id is good for ever; the new
// key says that the phone knows of it.
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "eas/folders.hpp"
#include "sync/hierarchy.hpp"

namespace godwit::command {

using eas::FolderStatus;

awaitable<eas::FolderCreateResponse> folder_create(Session& s, eas::FolderCreateRequest request) {
    auto parent = parse_collection(request.parent_id);
    if (!parent) co_return eas::FolderCreateResponse{.status = FolderStatus::ParentNotFound};
    sync::FolderWish wish{.parent = *parent,
                          .name = std::move(request.display_name),
                          .type = index::FolderType(std::to_underlying(request.type))};
    auto work = s.rooms.accounts.write(s.user.id, [device = s.device, key = std::move(request.sync_key),
                                                   wish = std::move(wish)](index::Transaction& tx) {
        return sync::create_folder(tx, device, key, wish);
    });
    auto made = co_await std::move(work);
    auto status = FolderStatus(std::to_underlying(made.status));
    if (status != FolderStatus::Success) co_return eas::FolderCreateResponse{.status = status}; // R4570, R3904
    co_return eas::FolderCreateResponse{.sync_key = std::move(made.key), .server_id = format(made.folder)};
}

} // namespace godwit::command
