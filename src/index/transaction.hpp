// One transaction on one account's index. Every request, delivery or command-line action is one (law 7).
// All methods are synchronous and run on a pool thread; none is thread-safe; a Transaction lives inside the function
// given to Accounts::read or Accounts::write. Failures of the store (disk full, corruption) are exceptions: StoreFull,
// StoreBroken; so is a mailbox over its quota. Each statement lies in index/queries.cpp with its index and its cost; a
// test explains every one and refuses a scan.
#pragma once
#include "index/types.hpp"
#include <functional>
#include <span>
#include <stdexcept>

namespace godwit::index {

struct StoreFull : std::runtime_error {
    using runtime_error::runtime_error;
}; // 503, and the phone comes back
struct QuotaExceeded : StoreFull {
    using StoreFull::StoreFull;
}; // 113: waiting does not help, deleting does
struct StoreBroken : std::runtime_error {
    using runtime_error::runtime_error;
};
class Database;

class Transaction {
public:
    explicit Transaction(Database&);
    Transaction(Transaction const&) = delete;

    Modseq modseq() const; // the account's newest stamp, this transaction's own included

    // Runs a part of this transaction. If it throws StoreBroken, what it did is undone, false is returned, and the rest
    // can go on: one bad item's affair (law 4). A full store is everybody's and passes. Its stamps are not used again.
    bool attempt(std::function<void()> const& part);

    // ---- folders
    std::vector<Folder> folders(); // all, by id
    std::optional<Folder> folder(CollectionId);
    std::optional<Folder> folder_of(FolderType); // the first of that type
    std::optional<Folder> junk();
    std::vector<Folder> folders_changed(Modseq since); // created or changed after `since`
    std::vector<FolderTombstone> folders_removed(Modseq since);
    CollectionId create_folder(CollectionId parent, FolderType, std::string_view name, bool junk = false);
    void update_folder(CollectionId, CollectionId parent, std::string_view name);
    void remove_folder(CollectionId); // with its items and its folders' items; its own stamp is the last
    // Removes all of a folder's items, each with a tombstone, by as many statements as a folder of one needs.
    std::uint64_t empty_folder(CollectionId);
    std::size_t forget_removed_folders(Modseq until);

    // ---- items
    ItemId add_item(NewItem const&);
    std::optional<Item> item(ItemId);
    void set_marks(ItemId, Marks const&); // no stamp if nothing changes (no echo of a no-op)
    void rewrite_item(ItemId, std::string_view content, std::uint64_t size, Time received);
    void move_item(ItemId, CollectionId to); // leaves a tombstone; `entered` becomes the new stamp
    void remove_item(ItemId);                // leaves a tombstone
    std::uint64_t item_count(CollectionId);  // kept, not counted

    // ---- quota, in bytes of items; 0: none. Who brings something new claims its room first; moving, deleting and
    // files that the administrator imports need none.
    std::uint64_t used();
    std::uint64_t quota();
    void set_quota(std::uint64_t bytes);
    bool has_room(std::uint64_t bytes);
    void claim(std::uint64_t bytes); // throws QuotaExceeded

    // What happened in the folder after `since`, in the order of the stamps, at most `limit`. What came in and changed
    // later is there twice, both times as it is now: so the list can be cut anywhere, and whoever has seen the first part
    // has seen exactly the items that had entered by then.
    std::vector<Change> changes(CollectionId, Modseq since, std::size_t limit);
    // Items of the folder strictly below `from` (all, if absent) and not below `floor`, newest first. Those that
    // entered after `entered_until` are left out: a walk that takes several requests sees what was there when it began.
    std::vector<Item> walk(CollectionId, std::optional<Position> from, Position floor, std::size_t limit,
                           Modseq entered_until = Modseq::Max);
    std::uint64_t count_walk(CollectionId, std::optional<Position> from, Position floor, std::size_t at_most,
                             Modseq entered_until = Modseq::Max);
    // Items in [low, high), oldest first: what a moving filter lets in or out.
    std::vector<Item> between(CollectionId, Position low, Position high, std::size_t limit);
    // Of every folder, strictly below `from` (all, if absent) and not below `floor`, newest first: a conversation's
    // items, and those whose follow-up flag is active. The third: of one folder.
    std::vector<Item> in_thread(std::string_view thread, std::optional<Position> from, Position floor,
                                std::size_t limit);
    std::vector<Item> flagged(std::optional<Position> from, Position floor, std::size_t limit);
    std::vector<Item> flagged(CollectionId, std::optional<Position> from, Position floor, std::size_t limit);
    std::optional<ItemId> item_with_content(CollectionId, std::string_view hash);

    // ---- conversations: an item gets its thread when it is added (NewItem::names) and keeps it for ever
    std::optional<std::string> thread_of(std::string_view name);
    // Forgets the names of conversations whose last item has gone; looks at so many that have lost one, and returns at
    // how many it has looked.
    std::size_t sweep_threads(std::size_t at_most);

    // ---- content: immutable, once per account
    std::string put_content(std::string_view bytes);                   // returns its hash (SHA-256, 32 bytes)
    std::string put_content(std::span<std::string_view const> pieces); // what they are together; large ones not copied
    std::string content(std::string_view hash);                        // whole
    std::string content_range(std::string_view hash, std::uint64_t offset, std::uint64_t length);
    // The same in pieces, each good until the next: for what is too large to be held.
    void content_pieces(std::string_view hash, std::uint64_t offset, std::uint64_t length,
                        std::function<void(std::string_view)> const& take);
    // Drops what no row names any more; how many were dropped. Content that was put and not named yet is kept until the
    // sweep after the next, so that a delivery may put in one transaction and name in the next.
    std::size_t sweep_content(std::size_t at_most);

    // ---- devices and what they have been told; values are opaque to the index
    std::vector<DeviceRow> devices();
    std::optional<DeviceRow> device(std::string_view id);
    void put_device(DeviceRow const&);
    void remove_device(std::string_view id); // with all its states
    std::optional<std::string> state(std::string_view device, std::string_view name);
    void put_state(std::string_view device, std::string_view name, std::string_view value);
    void remove_state(std::string_view device, std::string_view name);
    // A collection's two generations in one value; `since` keeps the tombstones it still needs.
    std::optional<std::string> collection_state(std::string_view device, CollectionId);
    void put_collection_state(std::string_view device, CollectionId, std::string_view value, Modseq since);
    std::size_t remove_collection_states(std::string_view device); // of every folder
    std::size_t sweep_tombstones(std::size_t at_most);             // those older than every device's `since`

    // ---- account-wide memory
    std::optional<std::string> time_zone();                    // IANA name, of the account's owner
    void set_time_zone(std::string_view);                      // empty: none
    std::optional<std::string> setting(std::string_view name); // e.g. "display_name"
    void put_setting(std::string_view name, std::string_view value);
    bool remember(std::string_view scope, std::string_view key, Time now);    // false if known: exactly-once guard
    bool remembers(std::string_view scope, std::string_view key, Time since); // and not for longer than that
    std::size_t forget(std::string_view scope, Time older_than);
    void isolate(Isolated const&);
    std::vector<Isolated> isolated();

    // ---- outbox
    std::int64_t enqueue(Outgoing const&);
    // And what would be due after `latest`: nobody sets it so far ahead, so the clock has been set back since.
    std::vector<Outgoing> due(Time now, Time latest, std::size_t at_most);
    std::vector<Outgoing> outbox();
    void update_outgoing(Outgoing const&); // all but sender and content
    void remove_outgoing(std::int64_t id);

    // What this transaction has touched so far, for the announcement after its commit.
    std::vector<CollectionId> const& touched() const;
    bool hierarchy_touched() const;

    Database& database_for_test() { return db_; }

private:
    friend class Accounts;
    Modseq stamp(CollectionId touched); // the next stamp, and the folder that it is for
    Modseq stamp_hierarchy();
    void touch(CollectionId);
    void leave(Item const&, Modseq); // a tombstone where it was
    void loosen(std::string_view hash);
    std::string join_thread(NewItem const&); // which it is, and its names are known from now on
    Item must_have(ItemId);
    std::vector<Folder> read_folders(class Statement);
    void save(); // the counters, before the commit

    Database& db_;
    Modseq modseq_ = {};
    std::int64_t next_item_ = 0, next_folder_ = 0, sweep_ = 0;
    bool counted_ = false; // the counters moved
    bool hierarchy_ = false;
    std::vector<CollectionId> touched_;
};

} // namespace godwit::index
