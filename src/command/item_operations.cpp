// MS-ASCMD 2.2.1.10 ItemOperations: each operation has its own status; none fails another.
#include "eas/item_operations.hpp"
#include "command/fetch.hpp"
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "command/leaving.hpp"
#include "index/accounts.hpp"
#include "source/conversations.hpp"
#include "sync/contents.hpp"

namespace godwit::command {
namespace {

using eas::ItemOperationsStatus;
using Answer = WithParts<eas::ItemOperationsResponse>;

// MS-ASCMD 2.2.3.58: the items, and with DeleteSubFolders (2.2.3.44) what lies below too.
ItemOperationsStatus empty(index::Transaction& tx, std::string const& device, eas::EmptyFolderContents const& wanted,
                           Leaving& leaving) {
    auto id = parse_collection(wanted.collection_id);
    bool sub_folders = wanted.options && wanted.options->delete_sub_folders.value;
    if (id) leaving.folder(tx, *id);
    bool there = id && sync::empty_contents(tx, device, *id, sub_folders);
    leaving.done(tx);
    return there ? ItemOperationsStatus::Success : ItemOperationsStatus::NotFound;
}

awaitable<eas::ItemOperationResponse> operate(Session& s, eas::EmptyFolderContents wanted) {
    auto id = wanted.collection_id;
    Leaving leaving(s);
    auto work =
        s.rooms.accounts.write(s.user.id, [&leaving, device = s.device, wanted = std::move(wanted)](
                                              index::Transaction& tx) { return empty(tx, device, wanted, leaving); });
    auto status = co_await std::move(work);
    leaving.announce();
    co_return eas::EmptyFolderContentsResponse{.status = status, .collection_id = std::move(id)};
}

bool holds_mail(index::FolderType type) {
    using enum index::FolderType;
    return type == UserGeneric || type == UserMail || (type >= Inbox && type <= Outbox);
}

// MS-ASCMD 2.2.3.117.1, MS-ASCON 3.2.5.3: a conversation is moved for good, or not at all. Every phone hears of it by
// its next Sync.
ItemOperationsStatus moved(index::Transaction& tx, eas::ConversationMove const& wanted) {
    using enum eas::CommonStatus;
    auto const common = [](eas::CommonStatus status) { return ItemOperationsStatus(std::to_underlying(status)); };
    if (!wanted.options || !wanted.options->move_always) return common(MoveCommandDisallowedForNonPersistentMoveAction);
    auto const id = parse_collection(wanted.destination_folder_id);
    auto const folder = id ? tx.folder(*id) : std::nullopt;
    if (!folder) return ItemOperationsStatus::NotFound;
    if (!holds_mail(folder->type)) return common(MoveCommandInvalidDestinationFolder);
    bool const any = source::move_conversation(tx, wanted.conversation_id.bytes, folder->id);
    return any ? ItemOperationsStatus::Success : ItemOperationsStatus::NotFound;
}

awaitable<eas::ItemOperationResponse> operate(Session& s, eas::ConversationMove wanted) {
    auto work = s.rooms.accounts.write(s.user.id, [&](index::Transaction& tx) { return moved(tx, wanted); });
    auto const status = co_await std::move(work);
    co_return eas::ConversationMoveResponse{.status = status, .conversation_id = std::move(wanted.conversation_id)};
}

awaitable<eas::ItemOperationResponse> operate_any(Session& s, eas::ItemOperation operation,
                                                  std::vector<std::string>& parts, FetchBudget& budget) {
    if (auto* fetch = std::get_if<eas::ItemFetch>(&operation)) {
        auto work = fetch_item(s, std::move(*fetch), parts, budget);
        auto response = co_await std::move(work);
        co_return std::move(response);
    }
    auto* emptied = std::get_if<eas::EmptyFolderContents>(&operation);
    auto work =
        emptied ? operate(s, std::move(*emptied)) : operate(s, std::get<eas::ConversationMove>(std::move(operation)));
    auto response = co_await std::move(work);
    co_return std::move(response);
}

} // namespace

awaitable<Answer> item_operations(Session& s, eas::ItemOperationsRequest request) {
    Answer answer;
    if (request.operations.empty()) {
        answer.response.status = ItemOperationsStatus::ProtocolError;
        co_return answer;
    }
    if (request.operations.size() > eas::max_item_operations) { // MS-ASCMD_R7490
        answer.response.status = ItemOperationsStatus::TooLarge;
        co_return answer;
    }
    FetchBudget budget;
    for (auto& operation : request.operations) {
        auto work = operate_any(s, std::move(operation), answer.parts, budget);
        auto response = co_await std::move(work);
        answer.response.responses.push_back(std::move(response));
    }
    co_return answer;
}

} // namespace godwit::command
