// The nouns of the index (DESIGN section 3). Every row is stamped from one counter per account, the modseq.
#pragma once
#include "net/time.hpp"
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::index {
using net::Time;

enum class AccountId : std::int64_t {};
enum class CollectionId : std::uint32_t { Root = 0 }; // given once in an account, never reused
enum class ItemId : std::int64_t {};                  // given once in an account; an item keeps it when it moves
enum class Modseq : std::int64_t { None = 0, Max = std::numeric_limits<std::int64_t>::max() };

// Values are the protocol's (MS-ASCMD 2.2.3.186.3 Type (FolderSync)).
enum class FolderType : std::uint8_t {
    UserGeneric = 1,
    Inbox,
    Drafts,
    DeletedItems,
    SentItems,
    Outbox,
    Tasks,
    Calendar,
    Contacts,
    Notes,
    Journal,
    UserMail,
    UserCalendar,
    UserContacts,
    UserTasks,
    UserJournal,
    UserNotes,
    Unknown,
    RecipientCache,
};
enum class ItemClass : std::uint8_t { Email = 1, Contacts, Calendar, Tasks, Notes, Sms };

struct Folder {
    CollectionId id = {};
    CollectionId parent = CollectionId::Root;
    FolderType type = FolderType::UserMail;
    bool junk = false;    // the Junk folder: EAS has no type for it
    std::string name;     // UTF-8, 1 to 256 characters
    Modseq created = {};  // when it came into being
    Modseq changed = {};  // its own last change: name, parent (FolderSync)
    Modseq contents = {}; // the last change among its items (Ping, Sync)
    Modseq swept = {};    // tombstones up to here are forgotten: a state that is older must start over
};
struct FolderTombstone {
    CollectionId id = {};
    Modseq created = {}, removed = {};
};

// What a user may change on a message without changing its content.
struct Marks {
    bool read = false;
    std::uint8_t flag_status = 0; // 0 cleared, 1 complete, 2 active (MS-ASEMAIL Status in Flag)
    std::string flag = {};        // the rest of the follow-up flag in convert's own encoding; empty if none
    std::vector<std::string> categories = {};
    std::uint8_t last_verb = 0; // LastVerbExecuted: 0 none, 1 reply, 2 reply all, 3 forward
    Time last_verb_time = {};
    bool operator==(Marks const&) const = default;
};

// When each of them changed last; None: never since the item came.
struct MarkStamps {
    Modseq read = {}, flag = {}, categories = {}, verb = {};
    bool operator==(MarkStamps const&) const = default;
};

struct Item {
    ItemId id = {};
    CollectionId folder = {};
    ItemClass item_class = ItemClass::Email;
    Time received = {};       // the sort key of the initial download and of the date filter
    Modseq modseq = {};       // last change of any kind
    Modseq entered = {};      // when it came into this folder: Add or Change?
    Modseq rewritten = {};    // when its content last changed (drafts): whole item or marks only?
    std::string content = {}; // the hash under which its bytes lie in the content store
    std::uint64_t size = 0;   // bytes of content
    std::string thread = {};  // 16 bytes that all messages of a conversation share; an event's, say, is of its UID
    Marks marks = {};
    MarkStamps marked = {};
};
struct NewItem {
    CollectionId folder = {};
    ItemClass item_class = ItemClass::Email;
    Time received = {};
    std::string content = {}; // from Transaction::put_content
    std::uint64_t size = 0;
    std::string thread = {}; // its conversation if none of the names is known yet
    // Its own Message-ID, then those that it names, the nearest first, each as a hash: the first that is known decides
    // the thread. All are remembered, so let them be few.
    std::vector<std::string> names = {};
    Marks marks = {};
};
struct Tombstone {
    ItemId id = {};
    Modseq entered = {}; // of what left
    Modseq removed = {};
    Time received = {}; // of what left: was it in the phone's filter?
    ItemClass item_class = ItemClass::Email;
};

// One event in a folder's life after some stamp: an item came in (entry) or changed since, or it left; or, with both
// `tombstone` and `entry`, it came in and has left again (its leaving is an event of its own).
struct Change {
    Modseq at = {};
    bool entry = false;
    std::optional<Item> item = {}; // as it is now: exactly one of the two is set
    std::optional<Tombstone> tombstone = {};
};

// A place in the walk (received, id) downwards; items strictly below it come next.
struct Position {
    Time received = {};
    ItemId id = {};
    auto operator<=>(Position const&) const = default;
};

struct Outgoing { // a message that waits to leave (delivery's durable outbox)
    std::int64_t id = 0;
    std::string sender = {}; // envelope sender
    std::vector<std::string> recipients = {};
    std::string content = {}; // hash
    Time handed_in = {};
    unsigned attempts = 0;
    Time next_attempt = {};
    bool delay_told = false; // its sender knows that it takes long
    std::string last_error = {};
};

struct Isolated { // law 4: what could not be converted, and why
    ItemId item = {};
    CollectionId folder = {};
    std::string reason;
    Time when = {};
};

struct DeviceRow {  // one partnership; what it means is the device room's affair
    std::string id; // lower case
    std::string type;
    std::string user_agent;
    Time first_seen = {}, last_seen = {};
    std::string protocol_version;
};

} // namespace godwit::index
