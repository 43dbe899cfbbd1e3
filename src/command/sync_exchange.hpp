// One pass over the collections of a Sync request inside one transaction: what the phone says is applied
// (sync_apply), what it must be told is written down (sync_answer), in the order of the request and within its
// windows.
#pragma once
#include "command/fetch_budget.hpp"
#include "command/item_kind.hpp"
#include "convert/draft.hpp"
#include "eas/sync.hpp"
#include "index/transaction.hpp"
#include "sync/engine.hpp"
#include <map>

namespace godwit::command {

struct Postbox; // command/drafts.hpp

// What a phone has done to an event: in the transaction that does it, once (law 1), and not for what was refused.
struct EventEdit {
    index::Transaction& tx;
    std::string_view before, after; // the stored bytes; empty: it was not there, or has gone
    Voice const& voice;
};
using EventHeard = std::function<void(EventEdit const&)>;

// An edited event as other servers are to know it (SEQUENCE).
using EventRevised = std::function<std::string(std::string_view before, std::string_view after, Voice const&)>;

using ItemKeys = std::multimap<std::string, index::ItemId>; // ItemKind::key_of

// What of the session the transaction needs: it runs on another thread.
struct SyncContext {
    std::string device;
    eas::Version version = eas::v16_1;
    index::Time now = {};
    FetchBudget fetches = FetchBudget(); // what the phone's Fetches may still take of the answer
    std::uint64_t fetched = 0;           // and what they have taken
    Postbox* postbox = nullptr;          // by which drafts leave; without one none does
    Holder holder = {};                  // what names none of his addresses was sent blind
    std::string device_type = {}, user_agent = {};
    std::map<index::CollectionId, ItemKeys> keys = {}; // of folders in which something is looked for (sync_items.cpp)
    std::size_t isolated = 0;                          // items that could not be converted on the way (law 4)
    std::vector<std::string> refusals = {};            // why the phone's commands were refused, for the log
    std::map<unsigned, unsigned> failed = {};          // how many of them got each status, likewise
    EventHeard event_heard = {};                       // may be empty
    EventRevised event_revised = {};                   // likewise
};

// Only collections with news; an empty response means that there is none (trap 12).
eas::SyncResponse exchange(index::Transaction& tx, SyncContext& context, eas::SyncRequest request);

// ---- sync_apply.cpp: the phone's commands in the engine's words
struct ClientCommands {
    std::vector<sync::Command> commands;              // for the engine
    std::vector<std::optional<sync::Status>> refused; // one for each of the phone's: refused here, or the engine's next
    std::map<std::size_t, std::vector<convert::Uploaded>> drafts; // those that are drafts, and what they bring
};
// The commands refer to the context. `options`: those in force.
Voice voice_of(SyncContext const& context, sync::Options const& options);
ClientCommands to_engine(std::vector<eas::ClientCommand> const& commands, index::Folder const& folder,
                         sync::Options const& options, SyncContext& context);

// ---- sync_answer.cpp: what the engine says in the phone's words
struct Told {
    index::Transaction& tx;
    SyncContext& context;
    index::Folder const& folder;
    sync::Options const& options;
};
void tell_results(Told const& to, std::vector<eas::ClientCommand> const& commands, ClientCommands const& given,
                  std::vector<sync::CommandResult> const& results, eas::SyncCollectionResponse& out);
void tell_changes(Told const& to, std::vector<sync::ServerChange> const& changes, eas::SyncCollectionResponse& out);
std::string_view class_of(index::FolderType type); // the Class of a folder's items, as the wire has it

} // namespace godwit::command
