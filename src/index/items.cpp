#include "index/database.hpp"
#include "index/encoding.hpp"
#include "index/transaction.hpp"
#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace godwit::index {
namespace {

Item read_item(Statement const& row) {
    return {.id = row.as<ItemId>(0),
            .folder = row.as<CollectionId>(1),
            .item_class = row.as<ItemClass>(2),
            .received = row.as<Time>(3),
            .modseq = row.as<Modseq>(4),
            .entered = row.as<Modseq>(5),
            .rewritten = row.as<Modseq>(6),
            .content = row.text(7),
            .size = row.as<std::uint64_t>(8),
            .thread = row.text(9),
            .marks = {.read = row.integer(10) != 0,
                      .flag_status = row.as<std::uint8_t>(11),
                      .flag = row.text(12),
                      .categories = unpack(row.text(13)),
                      .last_verb = row.as<std::uint8_t>(14),
                      .last_verb_time = row.as<Time>(15)},
            .marked = {.read = row.as<Modseq>(16),
                       .flag = row.as<Modseq>(17),
                       .categories = row.as<Modseq>(18),
                       .verb = row.as<Modseq>(19)}};
}

std::vector<Item> read_items(Statement rows) {
    std::vector<Item> items;
    while (rows.step()) items.push_back(read_item(rows));
    return items;
}

Tombstone read_tombstone(Statement const& row) {
    return {.id = row.as<ItemId>(1),
            .entered = row.as<Modseq>(2),
            .removed = row.as<Modseq>(0),
            .received = row.as<Time>(3),
            .item_class = row.as<ItemClass>(4)};
}

constexpr Position top{Time::max(), ItemId(std::numeric_limits<std::int64_t>::max())};

} // namespace

Item Transaction::must_have(ItemId id) {
    if (auto found = item(id)) return std::move(*found);
    throw std::out_of_range("no item " + std::to_string(std::int64_t(id)));
}

ItemId Transaction::add_item(NewItem const& n) {
    auto const id = ItemId(next_item_++);
    auto const now = stamp(n.folder);
    auto const& m = n.marks;
    auto const categories = pack(m.categories);
    auto const thread = join_thread(n);
    db_.execute(Query::ItemAdd, id, n.folder, n.item_class, n.received, now, now, now, Blob{n.content}, n.size,
                Blob{thread}, m.read, m.flag_status, Blob{m.flag}, Blob{categories}, m.last_verb, m.last_verb_time);
    db_.execute(Query::FolderTouch, n.folder, now, 1, n.size);
    return id;
}

std::optional<Item> Transaction::item(ItemId id) {
    auto row = db_.select(Query::ItemOne, id);
    return row.step() ? std::optional(read_item(row)) : std::nullopt;
}

void Transaction::set_marks(ItemId id, Marks const& m) {
    auto const was = must_have(id);
    if (was.marks == m) return;
    auto const now = stamp(was.folder);
    auto const categories = pack(m.categories);
    auto const& old = was.marks;
    auto stamps = was.marked;
    if (m.read != old.read) stamps.read = now;
    if (m.flag_status != old.flag_status || m.flag != old.flag) stamps.flag = now;
    if (m.categories != old.categories) stamps.categories = now;
    if (m.last_verb != old.last_verb || m.last_verb_time != old.last_verb_time) stamps.verb = now;
    db_.execute(Query::ItemMarks, id, now, m.read, m.flag_status, Blob{m.flag}, Blob{categories}, m.last_verb,
                m.last_verb_time, stamps.read, stamps.flag, stamps.categories, stamps.verb);
    db_.execute(Query::FolderTouch, was.folder, now, 0, 0);
}

// The tombstone knows when the item had come and where it stood, so that each phone can tell whether it held it.
void Transaction::leave(Item const& item, Modseq now) {
    db_.execute(Query::TombstoneAdd, item.folder, now, item.id, item.entered, item.received, item.item_class);
}

void Transaction::loosen(std::string_view hash) { db_.execute(Query::LooseAdd, Blob{hash}); }

// An item whose place in the walk changes leaves it and enters anew: whoever is half way down knows what to make of it.
void Transaction::rewrite_item(ItemId id, std::string_view content, std::uint64_t size, Time received) {
    auto const was = must_have(id);
    if (was.content == content && was.size == size && was.received == received) return;
    bool const moves = was.received != received;
    if (moves) leave(was, stamp(was.folder));
    auto const now = stamp(was.folder);
    db_.execute(Query::ItemRewrite, id, now, moves ? now : was.entered, Blob{content}, size, received);
    db_.execute(Query::FolderTouch, was.folder, now, 0, std::int64_t(size) - std::int64_t(was.size));
    if (was.content == content) return;
    loosen(was.content);
    db_.execute(Query::IsolatedDelete, id); // the new one may be readable
}

void Transaction::move_item(ItemId id, CollectionId to) {
    auto const was = must_have(id);
    if (was.folder == to) return;
    auto const now = stamp(was.folder);
    touch(to);
    leave(was, now);
    db_.execute(Query::ItemMove, id, to, now);
    db_.execute(Query::IsolatedMove, id, to);
    db_.execute(Query::FolderTouch, was.folder, now, -1, -std::int64_t(was.size));
    db_.execute(Query::FolderTouch, to, now, 1, was.size);
}

void Transaction::remove_item(ItemId id) {
    auto const was = must_have(id);
    auto const now = stamp(was.folder);
    leave(was, now);
    db_.execute(Query::ItemDelete, id);
    db_.execute(Query::IsolatedDelete, id);
    db_.execute(Query::FolderTouch, was.folder, now, -1, -std::int64_t(was.size));
    loosen(was.content);
    if (!was.thread.empty()) db_.execute(Query::ThreadLoosen, Blob{was.thread});
}

std::uint64_t Transaction::item_count(CollectionId folder) {
    return static_cast<std::uint64_t>(db_.number(Query::FolderItems, folder).value_or(0));
}

std::uint64_t Transaction::used() { return static_cast<std::uint64_t>(db_.number(Query::FolderBytes).value_or(0)); }

std::uint64_t Transaction::quota() {
    std::uint64_t bytes = 0;
    auto const kept = setting("quota").value_or("0");
    std::from_chars(kept.data(), kept.data() + kept.size(), bytes);
    return bytes;
}

std::optional<std::string> Transaction::time_zone() {
    auto zone = setting("time_zone");
    return zone && !zone->empty() ? zone : std::nullopt;
}

void Transaction::set_time_zone(std::string_view iana) { put_setting("time_zone", iana); }

void Transaction::set_quota(std::uint64_t bytes) { put_setting("quota", std::to_string(bytes)); }

bool Transaction::has_room(std::uint64_t bytes) {
    auto const most = quota();
    return most == 0 || bytes == 0 || (bytes <= most && used() <= most - bytes);
}

void Transaction::claim(std::uint64_t bytes) {
    if (!has_room(bytes))
        throw QuotaExceeded(std::to_string(used()) + " of " + std::to_string(quota()) + " bytes used, " +
                            std::to_string(bytes) + " more do not fit");
}

// Four lists, each in the order of its stamps, merged: what came in, what changed, what left, what came in and left.
std::vector<Change> Transaction::changes(CollectionId folder, Modseq since, std::size_t limit) {
    std::vector<Change> events;
    for (auto rows = db_.select(Query::ItemEntries, folder, since, limit); rows.step();)
        events.push_back({.at = rows.as<Modseq>(5), .entry = true, .item = read_item(rows)});
    for (auto rows = db_.select(Query::ItemChanges, folder, since, limit); rows.step();)
        if (rows.integer(4) != rows.integer(5)) events.push_back({.at = rows.as<Modseq>(4), .item = read_item(rows)});
    for (auto rows = db_.select(Query::TombstoneChanges, folder, since, limit); rows.step();)
        events.push_back({.at = rows.as<Modseq>(0), .tombstone = read_tombstone(rows)});
    for (auto rows = db_.select(Query::TombstoneEntries, folder, since, limit); rows.step();)
        events.push_back({.at = rows.as<Modseq>(2), .entry = true, .tombstone = read_tombstone(rows)});
    std::ranges::sort(events, {}, &Change::at);
    if (events.size() > limit) events.resize(limit);
    return events;
}

std::vector<Item> Transaction::walk(CollectionId folder, std::optional<Position> from, Position floor,
                                    std::size_t limit, Modseq entered_until) {
    auto const below = from.value_or(top);
    return read_items(
        db_.select(Query::ItemWalk, folder, below.received, below.id, floor.received, floor.id, entered_until, limit));
}

std::uint64_t Transaction::count_walk(CollectionId folder, std::optional<Position> from, Position floor,
                                      std::size_t at_most, Modseq entered_until) {
    auto const below = from.value_or(top);
    return static_cast<std::uint64_t>(*db_.number(Query::ItemCount, folder, below.received, below.id, floor.received,
                                                  floor.id, entered_until, at_most));
}

std::vector<Item> Transaction::between(CollectionId folder, Position low, Position high, std::size_t limit) {
    return read_items(db_.select(Query::ItemBetween, folder, low.received, low.id, high.received, high.id, limit));
}

std::vector<Item> Transaction::in_thread(std::string_view thread, std::optional<Position> from, Position floor,
                                         std::size_t limit) {
    auto const below = from.value_or(top);
    return read_items(
        db_.select(Query::ItemInThread, Blob{thread}, below.received, below.id, floor.received, floor.id, limit));
}

std::vector<Item> Transaction::flagged(std::optional<Position> from, Position floor, std::size_t limit) {
    auto const below = from.value_or(top);
    return read_items(db_.select(Query::ItemFlagged, below.received, below.id, floor.received, floor.id, limit));
}

std::vector<Item> Transaction::flagged(CollectionId folder, std::optional<Position> from, Position floor,
                                       std::size_t limit) {
    auto const below = from.value_or(top);
    return read_items(
        db_.select(Query::ItemFlaggedInFolder, folder, below.received, below.id, floor.received, floor.id, limit));
}

std::optional<ItemId> Transaction::item_with_content(CollectionId folder, std::string_view hash) {
    auto const id = db_.number(Query::ItemWithContent, Blob{hash}, folder);
    return id ? std::optional(ItemId(*id)) : std::nullopt;
}

std::size_t Transaction::sweep_tombstones(std::size_t at_most) {
    std::size_t swept = 0;
    for (auto const& folder : folders()) {
        auto const oldest = db_.number(Query::CollectionOldest, folder.id).value_or(std::int64_t(Modseq::Max));
        std::int64_t last = 0;
        std::size_t found = 0;
        for (auto rows = db_.select(Query::TombstoneSweepable, folder.id, oldest, at_most - swept); rows.step();
             ++found)
            last = rows.integer(0);
        if (found == 0) continue;
        db_.execute(Query::TombstoneDelete, folder.id, last);
        db_.execute(Query::FolderSwept, folder.id, last);
        swept += found;
    }
    return swept;
}

} // namespace godwit::index
