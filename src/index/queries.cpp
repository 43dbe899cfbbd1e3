#include "index/queries.hpp"
#include <array>

namespace godwit::index {
namespace {

// What read_item (items.cpp) reads.
#define ITEM_COLUMNS                                                                                                   \
    "id, folder, class, received, modseq, entered, rewritten, content, size, thread, seen, flag_status, flag, "        \
    "categories, last_verb, last_verb_time, seen_at, flag_at, categories_at, verb_at"

// Plain SQL that SQLite and PostgreSQL both take. Columns are read by number, in the order given here.
constexpr std::array<QueryRow, query_count> rows{{
    {Query::AccountRow, "account", "one row", "SELECT modseq, next_item, next_folder, sweep FROM account WHERE id = 1"},
    {Query::AccountSave, "account", "one row",
     "UPDATE account SET modseq = ?1, next_item = ?2, next_folder = ?3, sweep = ?4 WHERE id = 1"},
    {Query::FolderAll, "folder", "rows returned",
     "SELECT id, parent, type, junk, name, created, changed, contents, swept FROM folder WHERE id > 0 "
     "ORDER BY id"},
    {Query::FolderOne, "folder", "one row",
     "SELECT id, parent, type, junk, name, created, changed, contents, swept FROM folder WHERE id = ?1"},
    {Query::FolderOfType, "folder_type", "one row",
     "SELECT id, parent, type, junk, name, created, changed, contents, swept FROM folder WHERE type = ?1 "
     "AND junk = ?2 ORDER BY id LIMIT 1"},
    {Query::FolderChanged, "folder_changed", "rows returned",
     "SELECT id, parent, type, junk, name, created, changed, contents, swept FROM folder WHERE changed > "
     "?1 ORDER BY changed"},
    {Query::FolderChildren, "folder_parent", "rows returned", "SELECT id FROM folder WHERE parent = ?1 ORDER BY id"},
    {Query::FolderRemoved, "folder_tombstone", "rows returned",
     "SELECT id, created, removed FROM folder_tombstone WHERE removed > ?1 ORDER BY removed"},
    {Query::FolderAdd, "folder", "one row",
     "INSERT INTO folder (id, parent, type, junk, name, created, changed, contents, items, swept, bytes) VALUES "
     "(?1, ?2, ?3, ?4, ?5, ?6, ?6, 0, 0, 0, 0)"},
    {Query::FolderUpdate, "folder", "one row", "UPDATE folder SET parent = ?2, name = ?3, changed = ?4 WHERE id = ?1"},
    {Query::FolderTouch, "folder", "one row",
     "UPDATE folder SET contents = ?2, items = items + ?3, bytes = bytes + ?4 WHERE id = ?1"},
    {Query::FolderSwept, "folder", "one row", "UPDATE folder SET swept = ?2 WHERE id = ?1"},
    {Query::FolderEmptied, "folder", "one row", "UPDATE folder SET contents = ?2, items = 0, bytes = 0 WHERE id = ?1"},
    {Query::FolderBury, "item_modseq", "the folder's items",
     "INSERT INTO tombstone (folder, removed, id, entered, received, class) SELECT folder, ?2 + row_number() OVER "
     "(ORDER BY modseq), id, entered, received, class FROM item WHERE folder = ?1"},
    {Query::FolderItems, "folder", "one row", "SELECT items FROM folder WHERE id = ?1"},
    {Query::FolderBytes, "folder", "one account's folders", "SELECT COALESCE(SUM(bytes), 0) FROM folder WHERE id > 0"},
    {Query::FolderDelete, "folder", "one row", "DELETE FROM folder WHERE id = ?1"},
    {Query::FolderDeleteItems, "item_entered", "the folder's items", "DELETE FROM item WHERE folder = ?1"},
    {Query::FolderDeleteTombstones, "tombstone_entered", "the folder's tombstones",
     "DELETE FROM tombstone WHERE folder = ?1"},
    {Query::FolderDeleteStates, "collection_state_since", "one row a device",
     "DELETE FROM collection_state WHERE folder = ?1"},
    {Query::FolderDeleteIsolated, "isolated_folder", "rows deleted", "DELETE FROM isolated WHERE folder = ?1"},
    {Query::FolderLoosen, "item_walk", "the folder's items",
     "INSERT OR IGNORE INTO loose (hash, generation) SELECT content, 0 FROM item WHERE folder = ?1"},
    {Query::FolderTombstoneAdd, "folder_tombstone", "one row",
     "INSERT INTO folder_tombstone (removed, id, created) VALUES (?1, ?2, ?3)"},
    {Query::FolderTombstoneForget, "folder_tombstone", "rows deleted",
     "DELETE FROM folder_tombstone WHERE removed <= ?1"},
    {Query::ItemAdd, "item", "one row",
     "INSERT INTO item (id, folder, class, received, modseq, entered, rewritten, content, size, thread, "
     "seen, flag_status, flag, categories, last_verb, last_verb_time) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
     "?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"},
    {Query::ItemOne, "item", "one row", "SELECT " ITEM_COLUMNS " FROM item WHERE id = ?1"},
    {Query::ItemMarks, "item", "one row",
     "UPDATE item SET modseq = ?2, seen = ?3, flag_status = ?4, flag = ?5, categories = ?6, last_verb = "
     "?7, last_verb_time = ?8, seen_at = ?9, flag_at = ?10, categories_at = ?11, verb_at = ?12 WHERE id = ?1"},
    {Query::ItemRewrite, "item", "one row",
     "UPDATE item SET modseq = ?2, entered = ?3, rewritten = ?2, content = ?4, size = ?5, received = ?6 "
     "WHERE id = ?1"},
    {Query::ItemMove, "item", "one row", "UPDATE item SET folder = ?2, modseq = ?3, entered = ?3 WHERE id = ?1"},
    {Query::ItemDelete, "item", "one row", "DELETE FROM item WHERE id = ?1"},
    {Query::ItemWithContent, "item_content", "one row",
     "SELECT id FROM item WHERE content = ?1 AND folder = ?2 ORDER BY id LIMIT 1"},
    {Query::ItemChanges, "item_modseq", "rows returned",
     "SELECT " ITEM_COLUMNS " FROM item WHERE folder = ?1 AND modseq > ?2"
     " ORDER BY modseq LIMIT ?3"},
    {Query::ItemEntries, "item_entered", "rows returned",
     "SELECT " ITEM_COLUMNS " FROM item WHERE folder = ?1 AND entered > ?2 "
     "ORDER BY entered LIMIT ?3"},
    {Query::ItemWalk, "item_walk", "rows returned, and those that entered since the walk began",
     "SELECT " ITEM_COLUMNS " FROM item WHERE folder = ?1 AND (received, "
     "place) < (?2, ?3) AND (received, place) >= (?4, ?5) AND entered <= ?6 ORDER BY received DESC, place DESC "
     "LIMIT ?7"},
    {Query::ItemBetween, "item_walk", "rows returned",
     "SELECT " ITEM_COLUMNS " FROM item WHERE folder = ?1 AND (received, "
     "place) >= (?2, ?3) AND (received, place) < (?4, ?5) ORDER BY received, place LIMIT ?6"},
    {Query::ItemInThread, "item_thread", "rows returned",
     "SELECT " ITEM_COLUMNS " FROM item WHERE thread = ?1 AND length(thread) > "
     "0 AND (received, place) < (?2, ?3) AND (received, place) >= (?4, ?5) ORDER BY received DESC, place DESC "
     "LIMIT ?6"},
    {Query::ItemFlagged, "item_flagged", "rows returned",
     "SELECT " ITEM_COLUMNS " FROM item WHERE flag_status = 2 AND (received, "
     "place) < (?1, ?2) AND (received, place) >= (?3, ?4) ORDER BY received DESC, place DESC LIMIT ?5"},
    {Query::ItemFlaggedInFolder, "item_flagged_folder", "rows returned",
     "SELECT " ITEM_COLUMNS " FROM item WHERE folder = ?1 AND flag_status = 2 "
     "AND (received, place) < (?2, ?3) AND (received, place) >= (?4, ?5) ORDER BY received DESC, place DESC "
     "LIMIT ?6"},
    {Query::ItemCount, "item_walk", "index entries counted, at most the limit",
     "SELECT count(*) FROM (SELECT 1 FROM item WHERE folder = ?1 AND (received, place) < (?2, ?3) AND "
     "(received, place) >= (?4, ?5) AND entered <= ?6 LIMIT ?7)"},
    {Query::TombstoneAdd, "tombstone", "one row",
     "INSERT INTO tombstone (folder, removed, id, entered, received, class) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
    {Query::TombstoneChanges, "tombstone", "rows returned",
     "SELECT removed, id, entered, received, class FROM tombstone WHERE folder = ?1 AND removed > ?2 ORDER BY "
     "removed LIMIT ?3"},
    {Query::TombstoneEntries, "tombstone_entered", "rows returned",
     "SELECT removed, id, entered, received, class FROM tombstone WHERE folder = ?1 AND entered > ?2 "
     "ORDER BY entered LIMIT ?3"},
    {Query::TombstoneSweepable, "tombstone", "rows returned",
     "SELECT removed FROM tombstone WHERE folder = ?1 AND removed <= ?2 ORDER BY removed LIMIT ?3"},
    {Query::TombstoneDelete, "tombstone", "rows deleted", "DELETE FROM tombstone WHERE folder = ?1 AND removed <= ?2"},
    {Query::ThreadOfName, "thread_name", "one row", "SELECT thread FROM thread_name WHERE name = ?1"},
    {Query::ThreadNameAdd, "thread_name", "one row",
     "INSERT OR IGNORE INTO thread_name (name, thread) VALUES (?1, ?2)"},
    {Query::ThreadNamesDelete, "thread_name_thread", "rows deleted", "DELETE FROM thread_name WHERE thread = ?1"},
    {Query::ThreadHasItem, "item_thread", "one row",
     "SELECT 1 FROM item WHERE thread = ?1 AND length(thread) > 0 LIMIT 1"},
    {Query::ThreadLoosen, "thread_loose", "one row", "INSERT OR IGNORE INTO thread_loose (thread) VALUES (?1)"},
    {Query::ThreadLoosenFolder, "item_walk", "the folder's items",
     "INSERT OR IGNORE INTO thread_loose (thread) SELECT thread FROM item WHERE folder = ?1 AND length(thread) > 0"},
    {Query::ThreadLooseSome, "thread_loose", "rows returned",
     "SELECT thread FROM thread_loose WHERE thread > ?1 ORDER BY thread LIMIT ?2"},
    {Query::ThreadLooseDelete, "thread_loose", "one row", "DELETE FROM thread_loose WHERE thread = ?1"},
    {Query::ContentFind, "content_hash", "one row", "SELECT id FROM content WHERE hash = ?1"},
    {Query::ContentAdd, "content", "one row", "INSERT INTO content (hash, bytes) VALUES (?1, ?2)"},
    {Query::ContentReserve, "content", "one row", "INSERT INTO content (hash, bytes) VALUES (?1, zeroblob(?2))"},
    {Query::ContentDelete, "content_hash", "one row", "DELETE FROM content WHERE hash = ?1"},
    {Query::ContentNamedByItem, "item_content", "one row", "SELECT 1 FROM item WHERE content = ?1 LIMIT 1"},
    {Query::ContentNamedByOutbox, "outbox_content", "one row", "SELECT 1 FROM outbox WHERE content = ?1 LIMIT 1"},
    {Query::LooseKeep, "loose", "one row",
     "INSERT INTO loose (hash, generation) VALUES (?1, ?2) ON CONFLICT (hash) DO UPDATE SET generation = "
     "excluded.generation"},
    {Query::LooseAdd, "loose", "one row", "INSERT OR IGNORE INTO loose (hash, generation) VALUES (?1, 0)"},
    {Query::LooseDue, "loose_generation", "rows returned",
     "SELECT hash FROM loose WHERE generation <= ?1 ORDER BY generation LIMIT ?2"},
    {Query::LooseLater, "loose_generation", "one row", "SELECT 1 FROM loose WHERE generation > ?1 LIMIT 1"},
    {Query::LooseDelete, "loose", "one row", "DELETE FROM loose WHERE hash = ?1"},
    {Query::DeviceAll, "device", "rows returned",
     "SELECT id, type, user_agent, first_seen, last_seen, protocol_version FROM device WHERE id > '' ORDER"
     " BY id"},
    {Query::DeviceOne, "device", "one row",
     "SELECT id, type, user_agent, first_seen, last_seen, protocol_version FROM device WHERE id = ?1"},
    {Query::DevicePut, "device", "one row",
     "INSERT INTO device (id, type, user_agent, first_seen, last_seen, protocol_version) VALUES (?1, ?2, "
     "?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET type = ?2, user_agent = ?3, first_seen = ?4, "
     "last_seen = ?5, protocol_version = ?6"},
    {Query::DeviceDelete, "device", "one row", "DELETE FROM device WHERE id = ?1"},
    {Query::DeviceDeleteStates, "state", "the device's states", "DELETE FROM state WHERE device = ?1"},
    {Query::DeviceDeleteCollections, "collection_state", "the device's folders",
     "DELETE FROM collection_state WHERE device = ?1"},
    {Query::StateOne, "state", "one row", "SELECT value FROM state WHERE device = ?1 AND name = ?2"},
    {Query::StatePut, "state", "one row",
     "INSERT INTO state (device, name, value) VALUES (?1, ?2, ?3) ON CONFLICT (device, name) DO UPDATE SET"
     " value = excluded.value"},
    {Query::StateDelete, "state", "one row", "DELETE FROM state WHERE device = ?1 AND name = ?2"},
    {Query::CollectionOne, "collection_state", "one row",
     "SELECT value FROM collection_state WHERE device = ?1 AND folder = ?2"},
    {Query::CollectionPut, "collection_state", "one row",
     "INSERT INTO collection_state (device, folder, since, value) VALUES (?1, ?2, ?3, ?4) ON CONFLICT "
     "(device, folder) DO UPDATE SET since = excluded.since, value = excluded.value"},
    {Query::CollectionOldest, "collection_state_since", "one row",
     "SELECT since FROM collection_state WHERE folder = ?1 ORDER BY since LIMIT 1"},
    {Query::SettingOne, "setting", "one row", "SELECT value FROM setting WHERE name = ?1"},
    {Query::SettingPut, "setting", "one row",
     "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = "
     "excluded.value"},
    {Query::RememberAdd, "remembered", "one row",
     "INSERT OR IGNORE INTO remembered (scope, name, at) VALUES (?1, ?2, ?3)"},
    {Query::RememberForget, "remembered_at", "rows deleted", "DELETE FROM remembered WHERE scope = ?1 AND at < ?2"},
    {Query::RememberOne, "remembered", "one row", "SELECT at FROM remembered WHERE scope = ?1 AND name = ?2"},
    {Query::IsolatedPut, "isolated", "one row",
     "INSERT INTO isolated (item, folder, reason, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (item) DO "
     "NOTHING"},
    {Query::IsolatedAll, "isolated", "rows returned",
     "SELECT item, folder, reason, at FROM isolated WHERE item > 0 ORDER BY item"},
    {Query::IsolatedDelete, "isolated", "one row", "DELETE FROM isolated WHERE item = ?1"},
    {Query::IsolatedMove, "isolated", "one row", "UPDATE isolated SET folder = ?2 WHERE item = ?1"},
    {Query::OutboxAdd, "outbox", "one row",
     "INSERT INTO outbox (sender, recipients, content, handed_in, attempts, next_attempt, delay_told, last_error) "
     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
    {Query::OutboxDue, "outbox_due", "rows returned",
     "SELECT id, sender, recipients, content, handed_in, attempts, next_attempt, delay_told, last_error "
     "FROM outbox WHERE next_attempt <= ?1 ORDER BY next_attempt LIMIT ?2"},
    {Query::OutboxAhead, "outbox_due", "rows returned",
     "SELECT id, sender, recipients, content, handed_in, attempts, next_attempt, delay_told, last_error "
     "FROM outbox WHERE next_attempt > ?1 ORDER BY next_attempt LIMIT ?2"},
    {Query::OutboxAll, "outbox", "rows returned",
     "SELECT id, sender, recipients, content, handed_in, attempts, next_attempt, delay_told, last_error "
     "FROM outbox WHERE id > 0 ORDER BY id"},
    {Query::OutboxOne, "outbox", "one row", "SELECT content FROM outbox WHERE id = ?1"},
    {Query::OutboxUpdate, "outbox", "one row",
     "UPDATE outbox SET recipients = ?2, handed_in = ?3, attempts = ?4, next_attempt = ?5, delay_told = ?6, "
     "last_error = ?7 "
     "WHERE id = ?1"},
    {Query::OutboxDelete, "outbox", "one row", "DELETE FROM outbox WHERE id = ?1"},
}};
#undef ITEM_COLUMNS

constexpr bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows[i].query != static_cast<Query>(i)) return false;
    return true;
}
static_assert(in_order());

} // namespace

QueryRow const& row(Query query) { return rows[static_cast<std::size_t>(query)]; }

} // namespace godwit::index
