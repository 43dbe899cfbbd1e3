#include "index/transaction.hpp"
#include "index/database.hpp"
#include <algorithm>
#include <ranges>

// The counters, the folders, and what a transaction has touched. Items: items.cpp; content: content.cpp; the rest:
// memory.cpp.
namespace godwit::index {

Transaction::Transaction(Database& database) : db_(database) {
    auto row = db_.select(Query::AccountRow);
    if (!row.step()) throw StoreBroken("the account's file has no counters");
    modseq_ = row.as<Modseq>(0);
    next_item_ = row.integer(1);
    next_folder_ = row.integer(2);
    sweep_ = row.integer(3);
}

void Transaction::save() {
    if (counted_) db_.execute(Query::AccountSave, modseq_, next_item_, next_folder_, sweep_);
    counted_ = false;
}

Modseq Transaction::modseq() const { return modseq_; }
std::vector<CollectionId> const& Transaction::touched() const { return touched_; }
bool Transaction::hierarchy_touched() const { return hierarchy_; }

void Transaction::touch(CollectionId folder) {
    if (std::ranges::find(touched_, folder) == touched_.end()) touched_.push_back(folder);
}

// Every row gets a stamp of its own, so that a range of stamps can be cut anywhere.
Modseq Transaction::stamp(CollectionId touched) {
    touch(touched);
    counted_ = true;
    return modseq_ = Modseq(std::int64_t(modseq_) + 1);
}

Modseq Transaction::stamp_hierarchy() {
    hierarchy_ = counted_ = true;
    return modseq_ = Modseq(std::int64_t(modseq_) + 1);
}

bool Transaction::attempt(std::function<void()> const& part) {
    db_.write_sql("SAVEPOINT part");
    try {
        part();
    } catch (StoreBroken const&) {
        db_.write_sql("ROLLBACK TO part"); // throws if SQLite has given up the whole transaction
        db_.write_sql("RELEASE part");
        return false;
    }
    db_.write_sql("RELEASE part");
    return true;
}

// ---- folders

std::vector<Folder> Transaction::read_folders(Statement rows) {
    std::vector<Folder> found;
    while (rows.step())
        found.push_back({.id = rows.as<CollectionId>(0),
                         .parent = rows.as<CollectionId>(1),
                         .type = rows.as<FolderType>(2),
                         .junk = rows.integer(3) != 0,
                         .name = rows.text(4),
                         .created = rows.as<Modseq>(5),
                         .changed = rows.as<Modseq>(6),
                         .contents = rows.as<Modseq>(7),
                         .swept = rows.as<Modseq>(8)});
    return found;
}

namespace {
std::optional<Folder> only(std::vector<Folder> found) {
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}
} // namespace

std::vector<Folder> Transaction::folders() { return read_folders(db_.select(Query::FolderAll)); }
std::optional<Folder> Transaction::folder(CollectionId id) {
    return only(read_folders(db_.select(Query::FolderOne, id)));
}
std::optional<Folder> Transaction::folder_of(FolderType type) {
    return only(read_folders(db_.select(Query::FolderOfType, type, 0)));
}
std::optional<Folder> Transaction::junk() {
    return only(read_folders(db_.select(Query::FolderOfType, FolderType::UserMail, 1)));
}
std::vector<Folder> Transaction::folders_changed(Modseq since) {
    return read_folders(db_.select(Query::FolderChanged, since));
}

std::vector<FolderTombstone> Transaction::folders_removed(Modseq since) {
    std::vector<FolderTombstone> found;
    for (auto rows = db_.select(Query::FolderRemoved, since); rows.step();)
        found.push_back({rows.as<CollectionId>(0), rows.as<Modseq>(1), rows.as<Modseq>(2)});
    return found;
}

CollectionId Transaction::create_folder(CollectionId parent, FolderType type, std::string_view name, bool junk) {
    auto const id = CollectionId(next_folder_++);
    db_.execute(Query::FolderAdd, id, parent, type, junk, name, stamp_hierarchy());
    return id;
}

void Transaction::update_folder(CollectionId id, CollectionId parent, std::string_view name) {
    auto const now = folder(id);
    if (!now || (now->parent == parent && now->name == name)) return;
    db_.execute(Query::FolderUpdate, id, parent, name, stamp_hierarchy());
}

void Transaction::remove_folder(CollectionId id) {
    std::vector<CollectionId> doomed{id}; // and below it, breadth first
    for (std::size_t i = 0; i < doomed.size(); ++i)
        for (auto rows = db_.select(Query::FolderChildren, doomed[i]); rows.step();)
            if (auto const child = rows.as<CollectionId>(0); std::ranges::find(doomed, child) == doomed.end())
                doomed.push_back(child);
    for (auto const gone : doomed | std::views::reverse) { // whoever is told hears of the innermost first
        auto const was = folder(gone);
        if (!was) continue;
        for (auto const query : {Query::FolderLoosen, Query::ThreadLoosenFolder}) db_.execute(query, gone);
        for (auto const query : {Query::FolderDeleteItems, Query::FolderDeleteTombstones, Query::FolderDeleteStates,
                                 Query::FolderDeleteIsolated, Query::FolderDelete})
            db_.execute(query, gone);
        db_.execute(Query::FolderTombstoneAdd, stamp_hierarchy(), gone, was->created);
        touch(gone);
    }
}

std::uint64_t Transaction::empty_folder(CollectionId id) {
    if (item_count(id) == 0) return 0;
    for (auto const query : {Query::FolderLoosen, Query::ThreadLoosenFolder}) db_.execute(query, id);
    db_.execute(Query::FolderBury, id, modseq_);
    auto const buried = db_.changes();
    for (auto const query : {Query::FolderDeleteItems, Query::FolderDeleteIsolated}) db_.execute(query, id);
    modseq_ = Modseq(std::int64_t(modseq_) + buried - 1);
    db_.execute(Query::FolderEmptied, id, stamp(id));
    return static_cast<std::uint64_t>(buried);
}

std::size_t Transaction::forget_removed_folders(Modseq until) {
    db_.execute(Query::FolderTombstoneForget, until);
    return static_cast<std::size_t>(db_.changes());
}

} // namespace godwit::index
