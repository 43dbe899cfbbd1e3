#include "index/schema.hpp"
#include <array>

namespace godwit::index {
namespace {

// Times are UTC microseconds; `since`, `modseq`, `entered` ... are stamps of the one counter in `account`.
constexpr char const* first = R"sql(
CREATE TABLE account (
    id INTEGER PRIMARY KEY CHECK (id = 1), modseq INTEGER NOT NULL, next_item INTEGER NOT NULL,
    next_folder INTEGER NOT NULL, sweep INTEGER NOT NULL);
INSERT INTO account VALUES (1, 0, 1, 1, 0);

CREATE TABLE folder (
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, type INTEGER NOT NULL, junk INTEGER NOT NULL, name TEXT NOT NULL,
    created INTEGER NOT NULL, changed INTEGER NOT NULL, contents INTEGER NOT NULL, items INTEGER NOT NULL,
    swept INTEGER NOT NULL);
CREATE INDEX folder_type ON folder (type, junk, id);
CREATE INDEX folder_changed ON folder (changed);
CREATE INDEX folder_parent ON folder (parent, id);
CREATE TABLE folder_tombstone (removed INTEGER PRIMARY KEY, id INTEGER NOT NULL, created INTEGER NOT NULL);

CREATE TABLE item (
    id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, class INTEGER NOT NULL, received INTEGER NOT NULL,
    modseq INTEGER NOT NULL, entered INTEGER NOT NULL, rewritten INTEGER NOT NULL, content BLOB NOT NULL,
    size INTEGER NOT NULL, thread BLOB NOT NULL, seen INTEGER NOT NULL, flag_status INTEGER NOT NULL, flag BLOB NOT NULL,
    categories BLOB NOT NULL, last_verb INTEGER NOT NULL, last_verb_time INTEGER NOT NULL,
    place INTEGER NOT NULL GENERATED ALWAYS AS (id) STORED); -- SQLite takes no pair with the row's own id as a range
CREATE UNIQUE INDEX item_modseq ON item (folder, modseq);
CREATE INDEX item_entered ON item (folder, entered);
CREATE INDEX item_walk ON item (folder, received, place, entered);
CREATE INDEX item_content ON item (content, folder, id);
CREATE TABLE tombstone (
    folder INTEGER NOT NULL, removed INTEGER NOT NULL, id INTEGER NOT NULL, entered INTEGER NOT NULL,
    received INTEGER NOT NULL, PRIMARY KEY (folder, removed)) WITHOUT ROWID;
CREATE INDEX tombstone_entered ON tombstone (folder, entered);

CREATE TABLE content (id INTEGER PRIMARY KEY, hash BLOB NOT NULL, bytes BLOB NOT NULL);
CREATE UNIQUE INDEX content_hash ON content (hash);
CREATE TABLE loose (hash BLOB PRIMARY KEY, generation INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX loose_generation ON loose (generation);

CREATE TABLE device (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, user_agent TEXT NOT NULL, first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL, protocol_version TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE state (
    device TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (device, name)) WITHOUT ROWID;
CREATE TABLE collection_state (
    device TEXT NOT NULL, folder INTEGER NOT NULL, since INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (device, folder)) WITHOUT ROWID;
CREATE INDEX collection_state_since ON collection_state (folder, since);

CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE remembered (
    scope TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (scope, name)) WITHOUT ROWID;
CREATE INDEX remembered_at ON remembered (scope, at);
CREATE TABLE isolated (item INTEGER PRIMARY KEY, folder INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX isolated_folder ON isolated (folder);
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, recipients BLOB NOT NULL, content BLOB NOT NULL,
    attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL, last_error TEXT NOT NULL);
CREATE INDEX outbox_due ON outbox (next_attempt);
CREATE INDEX outbox_content ON outbox (content);
)sql";

// What each folder holds is counted as it changes, so that a quota costs no sum over its items.
constexpr char const* folder_bytes = R"sql(
ALTER TABLE folder ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
UPDATE folder SET bytes = (SELECT COALESCE(SUM(size), 0) FROM item WHERE item.folder = folder.id);
)sql";

// Conversations (threads.cpp): `name` is the hash of a Message-ID that some message bears or names. What was there
// before keeps its thread and has no names: who names the first message of such a conversation finds it all the same.
constexpr char const* conversations = R"sql(
CREATE TABLE thread_name (name BLOB PRIMARY KEY, thread BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX thread_name_thread ON thread_name (thread);
CREATE TABLE thread_loose (thread BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX item_thread ON item (thread, received, place) WHERE length(thread) > 0;
CREATE INDEX item_flagged ON item (flag_status, received, place) WHERE flag_status = 2;
CREATE INDEX item_flagged_folder ON item (folder, received, place) WHERE flag_status = 2;
)sql";

// Folders of the other classes, where an account was made without them. A name that somebody has given to a folder of
// mail already is left to it. Deleted Items holds things of every class from now on: a tombstone says of which.
constexpr char const* other_classes = R"sql(
ALTER TABLE tombstone ADD COLUMN class INTEGER NOT NULL DEFAULT 1;
INSERT INTO folder (id, parent, type, junk, name, created, changed, contents, items, swept, bytes)
    SELECT next_folder, 0, 8, 0, 'Calendar' || CASE WHEN EXISTS (SELECT 1 FROM folder WHERE parent = 0 AND
        name = 'Calendar' COLLATE NOCASE) THEN ' (Exchange)' ELSE '' END, modseq + 1, modseq + 1, 0, 0, 0, 0
    FROM account WHERE EXISTS (SELECT 1 FROM folder) AND NOT EXISTS (SELECT 1 FROM folder WHERE type = 8);
UPDATE account SET next_folder = next_folder + changes(), modseq = modseq + changes();
INSERT INTO folder (id, parent, type, junk, name, created, changed, contents, items, swept, bytes)
    SELECT next_folder, 0, 9, 0, 'Contacts' || CASE WHEN EXISTS (SELECT 1 FROM folder WHERE parent = 0 AND
        name = 'Contacts' COLLATE NOCASE) THEN ' (Exchange)' ELSE '' END, modseq + 1, modseq + 1, 0, 0, 0, 0
    FROM account WHERE EXISTS (SELECT 1 FROM folder) AND NOT EXISTS (SELECT 1 FROM folder WHERE type = 9);
UPDATE account SET next_folder = next_folder + changes(), modseq = modseq + changes();
INSERT INTO folder (id, parent, type, junk, name, created, changed, contents, items, swept, bytes)
    SELECT next_folder, 0, 7, 0, 'Tasks' || CASE WHEN EXISTS (SELECT 1 FROM folder WHERE parent = 0 AND
        name = 'Tasks' COLLATE NOCASE) THEN ' (Exchange)' ELSE '' END, modseq + 1, modseq + 1, 0, 0, 0, 0
    FROM account WHERE EXISTS (SELECT 1 FROM folder) AND NOT EXISTS (SELECT 1 FROM folder WHERE type = 7);
UPDATE account SET next_folder = next_folder + changes(), modseq = modseq + changes();
INSERT INTO folder (id, parent, type, junk, name, created, changed, contents, items, swept, bytes)
    SELECT next_folder, 0, 10, 0, 'Notes' || CASE WHEN EXISTS (SELECT 1 FROM folder WHERE parent = 0 AND
        name = 'Notes' COLLATE NOCASE) THEN ' (Exchange)' ELSE '' END, modseq + 1, modseq + 1, 0, 0, 0, 0
    FROM account WHERE EXISTS (SELECT 1 FROM folder) AND NOT EXISTS (SELECT 1 FROM folder WHERE type = 10);
UPDATE account SET next_folder = next_folder + changes(), modseq = modseq + changes();
)sql";

// How long a message waits counts from when it was handed in; what waits already counts from its next attempt. Until
// then its sender was told of the delay at the attempt by which the pauses made up `delay_notice`: of four hours, where
// nobody has set another, that was the tenth.
constexpr char const* waiting = R"sql(
ALTER TABLE outbox ADD COLUMN handed_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN delay_told INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET handed_in = next_attempt, delay_told = attempts >= 10;
)sql";

// Of a message of which only the Read flag has changed only that is told (MS-ASEMAIL_R75 to R80).
constexpr char const* marked = R"sql(
ALTER TABLE item ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN flag_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN categories_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN verb_at INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::array list{first, folder_bytes, conversations, other_classes, waiting, marked};

} // namespace

std::span<char const* const> migrations() { return list; }

} // namespace godwit::index
