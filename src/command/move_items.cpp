// MS-ASCMD 2.2.1.12 MoveItems: items from folder to folder, each with a status of its own. An item keeps its number, so
// its new ServerId is the old one behind another folder.
#include "eas/move_items.hpp"
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "command/leaving.hpp"
#include "sync/contents.hpp"

namespace godwit::command {
namespace {

using eas::MoveItemsStatus;

// A quirk of Outlook and of Windows' own mail (clients.md 4.4; tine20 issue 5627; SOGo and Horde do the same): they
// keep what they moved and show it twice when the next Sync brings the Add of MS-ASCMD_R289. iOS and Android want it.
bool shows_a_moved_item_twice(Session const& s) {
    return s.line.device_type.starts_with("WindowsOutlook") || s.line.device_type == "WindowsMail" ||
           s.user_agent.starts_with("Microsoft.Outlook") || s.user_agent.starts_with("MSFT-WIN");
}

sync::Move to_engine(eas::ItemMove const& wanted) {
    sync::Move move{.source = parse_collection(wanted.source_folder_id),
                    .destination = parse_collection(wanted.destination_folder_id)};
    auto id = parse_server_id(wanted.source_message_id);
    if (id && id->folder == move.source) move.item = id->item;
    return move;
}

} // namespace

awaitable<eas::MoveItemsResponse> move_items(Session& s, eas::MoveItemsRequest request) {
    if (request.moves.empty() || request.moves.size() > eas::max_moves) // MS-ASCMD_R5653
        co_return eas::MoveItemsResponse{.status = eas::common<MoveItemsStatus>(eas::CommonStatus::InvalidXML)};
    auto told = shows_a_moved_item_twice(s) ? sync::Told::AsChange : sync::Told::AsAdd;
    std::vector<sync::Move> moves;
    for (auto const& wanted : request.moves) moves.push_back(to_engine(wanted));
    Leaving leaving(s);
    auto work = s.rooms.accounts.write(s.user.id, [&](index::Transaction& tx) {
        for (auto const& one : moves)
            if (one.item) leaving.item(tx, *one.item);
        auto done = sync::move_items(tx, s.device, moves, told);
        leaving.done(tx);
        return done;
    });
    auto statuses = co_await std::move(work);
    leaving.announce();
    eas::MoveItemsResponse response;
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        auto& one = response.responses.emplace_back();
        one.source_message_id = std::move(request.moves[i].source_message_id);
        one.status = MoveItemsStatus(std::to_underlying(statuses[i]));
        if (one.status != MoveItemsStatus::Success) continue;
        one.destination_message_id = format(ServerId{*moves[i].destination, *moves[i].item});
    }
    co_return response;
}

// MS-ASCMD_R4222: more than one destination for one item.
unsigned move_items_malformed(eas::Violation const& violation) {
    bool two_places =
        violation.rule == eas::Rule::Duplicate && violation.element.find("DstFldId") != std::string_view::npos;
    return two_places ? std::to_underlying(MoveItemsStatus::CannotMove)
                      : std::to_underlying(eas::CommonStatus::InvalidXML);
}

} // namespace godwit::command
