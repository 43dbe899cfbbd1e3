// The engine of Sync (DESIGN section 3): what one phone has been told of one folder, and what it must be told next.
// Pure: a transaction, a request and the time go in; statuses, a key and changes come out. No socket, thread or clock.
// - What a phone holds is a few numbers (token.hpp), never a list; an exchange costs its changes, not its folder.
// - The key that was sent may be the newest or the one before it (law 2): the older gets the changes since then again,
//   and what the phone repeats is recognised and applied once (law 1). Any other key: InvalidSyncKey.
// - A phone is never told its own change, but is told when somebody else changed the same item later (law 3).
// - Run it inside Accounts::write: the commands, the changes told and the new key commit together (law 7). When there
//   is no news nothing is written, the key stays the same and the commit is free.
#pragma once
#include "index/transaction.hpp"
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace godwit::sync {
using index::CollectionId;
using index::ItemId;
using index::Time;
using DeviceKey = std::string_view; // the partnership's id in the index, lower case

// MS-ASCMD 2.2.3.177.17 Status (Sync), for a collection and for one command.
enum class Status : std::uint8_t {
    Success = 1,
    InvalidSyncKey = 3,
    ProtocolError = 4,
    ServerError = 5,
    ConversionError = 6,
    Conflict = 7, // the server's version won; the phone gets it as a change
    ObjectNotFound = 8,
    FolderHierarchyChanged = 12,
    Retry = 16,
};

// Sticky (trap 19): a request with an Options block replaces all of them, one without keeps what the last one said.
struct Options {
    std::uint8_t filter = 0;  // FilterType 0 to 8; Drafts are never filtered (trap 71)
    bool client_wins = false; // Conflict: 0 the client's version replaces, 1 (default) the server's stays
    std::string rest = {};    // the command room's own (body preferences, Supported ...), opaque, at most 4096 bytes
    bool operator==(Options const&) const = default;
};

// ---- what the phone says; `fingerprint` is of the command's ApplicationData: a repeated request shows the same one
std::uint64_t fingerprint(std::string_view application_data);

// What a command has made of an item: called in the same transaction, once however often the phone repeats itself, and
// not for what was refused. None before: it was added; none after: it has gone, to Deleted Items perhaps.
using Heard = std::function<void(index::Transaction&, index::Item const* before, index::Item const* after)>;

struct Rewrite {
    std::string content; // from Transaction::put_content
    std::uint64_t size = 0;
    Time received = {};
};
struct Edit {
    index::Marks marks; // the whole of it; equal to the item's: nothing to do, and no stamp
    std::optional<Rewrite> rewrite = {};
    bool passed_over = false; // some of it was not the phone's to say: it is told the item as it is
};
struct AddCommand {
    std::string client_id; // at most 64 characters
    std::uint64_t fingerprint = 0;
    // Called only if the item is really new; puts the content and describes the item (its folder is set by the engine).
    // A value of Status (ConversionError ...) refuses it; Success: it became no item (a draft that was sent at once).
    std::function<std::expected<index::NewItem, Status>(index::Transaction&)> make;
    // Whether that item is what the phone says, for one that adds again what it had before a reset and has edited since
    // (incident 2.7). May be empty.
    std::function<bool(index::Transaction&, index::Item const&)> same = {};
    // Of which items `same` is asked; empty: of the newest of the folder.
    std::function<std::vector<ItemId>(index::Transaction&)> candidates = {};
    // The item of the folder that it is, by a name of its own that lasts longer than a client id, reset or not
    // (MS-ASCAL_R2062). May be empty.
    std::function<std::optional<ItemId>(index::Transaction&)> known = {};
    // What becomes of that one, as by a Change: another's word that the phone has not heard stands against it in the
    // same way, and a refusal is the Add's. The phone is told the item as it is then. Empty: nothing becomes of it.
    std::function<std::expected<Edit, Status>(index::Transaction&, index::Item const&)> edit = {};
    Heard heard = {};
};
struct ChangeCommand {
    ItemId item = {};
    std::uint64_t fingerprint = 0;
    std::function<std::expected<Edit, Status>(index::Transaction&, index::Item const&)> edit;
    Heard heard = {};
};
struct DeleteCommand {
    ItemId item = {};
    Heard heard = {};
};
struct FetchCommand {
    ItemId item = {};
};
using Command = std::variant<AddCommand, ChangeCommand, DeleteCommand, FetchCommand>;

struct CollectionRequest {
    CollectionId collection = {};
    std::string key = "0";
    std::optional<Options> options = {};  // an Options block was sent
    std::optional<bool> get_changes = {}; // absent: false for key 0, true otherwise (trap 14)
    bool deletes_as_moves = true;
    std::uint32_t window = 100;             // changes to tell at most; 0 or more than 512 count as 512
    std::uint64_t max_bytes = 16 << 20;     // the page ends when its items' sizes reach this ...
    std::uint64_t max_item_bytes = 1 << 20; // ... each counted with at most this (what truncation leaves of it)
    std::vector<Command> commands = {};
};

// ---- what the phone is told
struct CommandResult { // one for each command, in order
    Status status = Status::Success;
    ItemId item = {};                        // of an Add: the item that it became
    std::optional<index::Item> fetched = {}; // of a Fetch
};
struct MarksTold { // which of a message's marks are new to the phone (MS-ASEMAIL_R80)
    bool read = true, flag = true, categories = true;
    bool operator==(MarksTold const&) const = default;
};
struct ServerChange {
    enum class Kind : std::uint8_t { Add, Change, Delete, SoftDelete };
    Kind kind = Kind::Add;
    ItemId id = {};
    std::optional<index::Item> item = {}; // of Add and Change
    bool content = false;                 // of Change: not only its marks, its content is new too
    MarksTold marks = {};                 // of a Change of marks alone
};
struct CollectionResult {
    Status status = Status::Success;
    std::string key;   // to answer; unchanged when there is no news
    bool news = false; // false: this collection needs no place in the answer (trap 12)
    bool more = false; // MoreAvailable
    std::vector<CommandResult> results;
    std::vector<ServerChange> changes;
    Options options; // those in force
};

// Never throws but for the store's own StoreFull and StoreBroken.
CollectionResult exchange(index::Transaction&, DeviceKey, CollectionRequest const&, Time now);

// GetItemEstimate: how many changes an exchange with this key and these options would tell (at most `at_most`).
enum class EstimateStatus : std::uint8_t { Success = 1, InvalidCollection = 2, NotPrimed = 3, InvalidSyncKey = 4 };
struct Estimate {
    EstimateStatus status = EstimateStatus::Success;
    std::uint64_t count = 0;
};
Estimate estimate(index::Transaction&, DeviceKey, CollectionId, std::string_view key, std::optional<Options> const&,
                  Time now, std::uint64_t at_most = 100'000);

// The options of the last Options block of this collection, if it has ever been synced.
std::optional<Options> sticky_options(index::Transaction&, DeviceKey, CollectionId);

} // namespace godwit::sync
