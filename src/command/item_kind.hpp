// What Sync, ItemOperations and their like need of a class that is no mail: one row each, so that none of them knows a
// class by name. Content is a standard's (vCard, iCalendar); the class translates, and what a phone says is merged
// into what is stored. To add a class: its row in item_kind.cpp, made from a View in a file of its own (item_view.hpp,
// contact_view.cpp).
#pragma once
#include "config/config.hpp"
#include "convert/body_options.hpp"
#include "directory/directory.hpp"
#include "eas/sync.hpp"
#include "index/transaction.hpp"
#include <expected>

namespace godwit::command {

// Whose account it is.
struct Holder {
    std::vector<std::string> addresses = {}; // all that are his, the one he writes from first
    std::string name = {};
    std::string zone = {};         // IANA: where all-day events and floating times lie
    bool last_day_as_rule = false; // incident 1.10
};
Holder holder_of(directory::User const& user, config::Config const& config);
void add_own(Holder& holder, index::Transaction& tx); // what the account itself says of him

// How the phone that speaks means what it says, and is shown things.
struct Voice {
    eas::Version version = eas::v16_1;
    std::optional<eas::ElementNames> supported = {};
    convert::BodyOptions body = {};
    std::string device_type = {}, user_agent = {};
    index::Time now = {};
    Holder holder = {};
};

// What an item becomes: its content, and its place in the walk (sync/tell.hpp) if that is not when it came.
struct Becomes {
    std::string bytes;
    std::optional<index::Time> received = {};
    bool passed_over = false; // sync::Edit
};
// Why not: for the log, and on the wire.
struct Refusal {
    std::string why;
    eas::SyncStatus status = eas::SyncStatus::ConversionError;
    Refusal(std::string_view reason) : why(reason) {}
    Refusal(eas::Violation const& violation) : why(eas::to_string(violation)) {}
    Refusal(std::string_view reason, eas::SyncStatus wire) : why(reason), status(wire) {}
};
using Merged = std::expected<Becomes, Refusal>;

struct ItemFile {
    std::string name, type, content;
};

struct ItemKind {
    index::ItemClass item_class;
    std::string_view name; // Class on the wire
    // Total (law 4): where it cannot, `isolated` has the reason, and something that names the item is shown.
    eas::Fragment (*show)(index::ItemId, std::string_view bytes, Voice const&, std::string& isolated);
    eas::Fragment (*lost)(eas::Version); // what is shown of one whose content the store does not give
    Merged (*make)(eas::Fragment const& said, Voice const&, std::string_view uid);
    Merged (*merge)(std::string_view stored, eas::Fragment const& said, Voice const&);
    // Incident 2.7: whether the item is what the phone says. Only those of the same key are looked at.
    bool (*same)(std::string_view stored, eas::Fragment const& said, Voice const&);
    std::string (*key_of)(std::string_view stored);
    std::string (*key_said)(eas::Fragment const& said, Voice const&);
    // The UID of an object (source/objects.hpp), and the one that the phone says of what it adds; empty: none.
    std::string (*uid_of)(std::string_view stored);
    std::string (*uid_said)(eas::Fragment const& said, Voice const&);

    std::optional<index::Time> (*place_of)(std::string_view stored, Voice const&);

    // ---- null where the class has no such thing
    // One occurrence of a series, by when it would have begun; nothing said: it goes.
    Merged (*merge_one)(std::string_view stored, eas::Instant, eas::Fragment const* said, Voice const&) = nullptr;
    // What the phone is told of what it has added or changed.
    std::optional<eas::Fragment> (*answer)(index::ItemId, std::string_view stored, eas::Fragment const& said,
                                           bool is_new, Voice const&) = nullptr;
    std::optional<ItemFile> (*file)(std::string_view stored, std::string_view part) = nullptr; // of a FileReference
    // Whether an Add of a UID that is there is that item, whatever else it says.
    bool (*uid_is_enough)(Voice const&) = [](Voice const&) { return false; };
};

ItemKind const* kind_of(index::ItemClass item); // null: mail
ItemKind const* kind_of(index::FolderType folder);

// Becomes::received of what is stored as such; nothing: when it came.
std::optional<index::Time> place_of(index::ItemClass item, std::string_view stored, Voice const& voice);

// ---- the rows
extern ItemKind const calendar_kind, contact_kind, note_kind, task_kind;

} // namespace godwit::command
