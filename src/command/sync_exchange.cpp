#include "command/sync_exchange.hpp"
#include "command/email_view.hpp"
#include "command/ids.hpp"
#include "command/sync_options.hpp"
#include <algorithm>
#include <limits>

namespace godwit::command {
namespace {

using eas::SyncCollectionRequest, eas::SyncCollectionResponse, eas::SyncStatus;

// What the whole answer may still hold. MS-ASCMD_R4773 to R4783: the global window limits all collections together.
struct Room {
    std::uint32_t changes = std::numeric_limits<std::uint32_t>::max();
    std::uint64_t bytes = 16 << 20;
    bool left_out = false; // news that did not fit, of a collection that cannot say so itself
    bool none() const { return changes == 0 || bytes == 0; }
};

constexpr std::uint32_t window_of(std::optional<std::uint32_t> window) {
    auto n = window.value_or(100);      // R4767
    return n == 0 || n > 512 ? 512 : n; // R4768
}

SyncCollectionResponse refused(SyncCollectionRequest const& wanted, SyncStatus status) {
    // After status 3 the phone starts over with key 0.
    auto key = status == SyncStatus::InvalidSyncKey ? "0" : wanted.sync_key;
    return {.sync_key = std::move(key), .collection_id = wanted.collection_id, .status = status};
}

// The sticky options that this request makes: a block replaces the one before whole (R3599); Supported counts at key
// 0 (R4551).
std::optional<sync::Options> options_of(index::Transaction& tx, SyncContext const& context,
                                        SyncCollectionRequest const& wanted, index::CollectionId id) {
    auto const* block = own_block(wanted.options);
    bool primes = wanted.sync_key == "0" && wanted.supported;
    if (!block && !primes) return std::nullopt;
    StickyOptions sticky;
    auto before = sync::sticky_options(tx, context.device, id);
    if (before && wanted.sync_key != "0") sticky = from_engine(*before); // key 0 begins anew
    if (block) sticky.block = *block;
    if (wanted.sync_key == "0") sticky.supported = wanted.supported;
    return to_engine(sticky);
}

sync::Options in_force(index::Transaction& tx, SyncContext const& context, std::optional<sync::Options> const& options,
                       index::CollectionId id) {
    return options ? *options : sync::sticky_options(tx, context.device, id).value_or(to_engine(StickyOptions{}));
}

// Whether what is wanted of a collection has something to tell that the full answer has no room for.
bool has_news(index::Transaction& tx, SyncContext const& context, SyncCollectionRequest const& wanted,
              index::CollectionId id, std::string const& key) {
    if (!wanted.get_changes.value_or(true)) return false;
    auto options = options_of(tx, context, wanted, id);
    auto estimate = sync::estimate(tx, context.device, id, key, options, context.now, 1);
    return estimate.status != sync::EstimateStatus::Success || estimate.count > 0; // a key 0 or a wrong one is news too
}

// MS-ASCMD_R4779, R4780: what is absent counts as unchanged, so another collection says that there is more. One whose
// key has moved: AOSP takes MoreAvailable with the same key for a loop.
void tell_left_out(eas::SyncRequest const& request, std::vector<SyncCollectionResponse>& told) {
    auto moved = [&](SyncCollectionResponse const& one) {
        if (one.status != SyncStatus::Success) return false;
        auto wanted = std::ranges::find(*request.collections, one.collection_id, &SyncCollectionRequest::collection_id);
        return wanted->sync_key != "0" && wanted->sync_key != one.sync_key;
    };
    auto last = std::find_if(told.rbegin(), told.rend(), moved);
    if (last != told.rend()) last->more_available = true;
}

std::optional<SyncCollectionResponse> run(index::Transaction& tx, SyncContext& context,
                                          SyncCollectionRequest const& wanted, Room& room) {
    auto id = parse_collection(wanted.collection_id);
    auto folder = id ? tx.folder(*id) : std::nullopt;
    if (!folder) return refused(wanted, SyncStatus::FolderHierarchyChanged);
    auto const* block = own_block(wanted.options);
    if (block && block->filter_type && !filter_allowed(*block->filter_type, folder->type))
        return refused(wanted, SyncStatus::ProtocolError); // R3041 to R3043, R3080
    bool const mail = class_of(folder->type) == "Email";
    if ((wanted.conversation_mode && !mail) || !classes_go_together(wanted.options, mail)) // R2117, R935
        return refused(wanted, SyncStatus::ProtocolError);
    // R6298, MS-ASNOTE_R114. Up to 12.1 a phone could say no more than the text, and so take the categories away.
    if (class_of(folder->type) == "Notes" && (wanted.supported || context.version < eas::v14_0))
        return refused(wanted, SyncStatus::ProtocolError);
    std::vector<eas::ClientCommand> const none;
    auto const& commands = wanted.commands ? *wanted.commands : none;
    bool full = room.none();
    if (full && commands.empty()) { // R4782: not processed at all
        room.left_out |= has_news(tx, context, wanted, *id, wanted.sync_key);
        return std::nullopt;
    }

    sync::CollectionRequest request{.collection = *id, .key = wanted.sync_key};
    request.options = options_of(tx, context, wanted, *id);
    auto const options = in_force(tx, context, request.options, *id);
    auto given = to_engine(commands, *folder, options, context);
    request.get_changes = full ? std::optional(false) : wanted.get_changes;
    request.deletes_as_moves = wanted.deletes_as_moves.value_or(true);
    request.window = std::max(1U, std::min(window_of(wanted.window_size), room.changes));
    request.max_bytes = std::max<std::uint64_t>(1, room.bytes);
    request.max_item_bytes = largest_item(body_options(from_engine(options).block));
    request.commands = std::move(given.commands);
    auto result = sync::exchange(tx, context.device, request, context.now);
    if (result.status != sync::Status::Success) return refused(wanted, SyncStatus(std::to_underlying(result.status)));
    if (full && has_news(tx, context, wanted, *id, result.key))
        (result.key != wanted.sync_key ? result.more : room.left_out) = true;
    bool refusals = std::ranges::any_of(given.refused, [](auto const& status) { return status.has_value(); });
    if (!result.news && !refusals) return std::nullopt; // what was refused here the engine has not seen

    SyncCollectionResponse out{
        .sync_key = std::move(result.key), .collection_id = wanted.collection_id, .more_available = result.more};
    // MS-ASCMD_R1330 and R6290 allow it up to 12.1, the published schema has no place for it: for who names it himself.
    if (wanted.item_class) out.item_class = std::string(class_of(folder->type));
    Told to{tx, context, *folder, result.options};
    auto fetched = context.fetched;
    tell_results(to, commands, given, result.results, out);
    tell_changes(to, result.changes, out);
    room.changes -= std::min<std::uint32_t>(room.changes, std::uint32_t(result.changes.size()));
    // Fetches leave room for one change: a collection that is left out for them alone would have nobody to say so.
    if (room.bytes > 0) room.bytes -= std::min(room.bytes - 1, context.fetched - fetched);
    std::uint64_t told = 0;
    for (auto const& change : result.changes)
        if (change.item) told += std::min(change.item->size, request.max_item_bytes);
    room.bytes -= std::min(room.bytes, told);
    return out;
}

} // namespace

eas::SyncResponse exchange(index::Transaction& tx, SyncContext& context, eas::SyncRequest request) {
    eas::SyncResponse response;
    add_own(context.holder, tx);
    Room room;
    if (request.window_size) room.changes = window_of(request.window_size);
    for (auto const& collection : *request.collections)
        if (auto told = run(tx, context, collection, room)) response.collections.push_back(std::move(*told));
    if (room.left_out) tell_left_out(request, response.collections);
    return response;
}

} // namespace godwit::command
