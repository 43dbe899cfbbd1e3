#include "directory/table.hpp"
#include <algorithm>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace godwit::directory {
namespace {

constexpr std::int64_t schema_version = 2;
constexpr std::size_t max_kept_logins = 20000;

// AUTOINCREMENT: the number of a removed account is never given again, its index file might still be there.
constexpr char const* create_tables = R"(
CREATE TABLE IF NOT EXISTS schema_versions(room TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts(
    id INTEGER PRIMARY KEY AUTOINCREMENT, address TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    enabled INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS addresses(
    address TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts(id), place INTEGER NOT NULL,
    local_part TEXT NOT NULL, domain TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS addresses_by_local_part ON addresses(local_part, place);
CREATE INDEX IF NOT EXISTS addresses_by_domain ON addresses(domain);
CREATE INDEX IF NOT EXISTS addresses_by_account ON addresses(account, place);
INSERT OR IGNORE INTO schema_versions VALUES('directory', 1);
)";

// What each version adds to the one before it; the first is in create_tables.
constexpr char const* migrations[] = {"ALTER TABLE accounts ADD COLUMN home TEXT NOT NULL DEFAULT ''"};
static_assert(std::size(migrations) + 1 == schema_version);

std::string file_in(std::filesystem::path const& directory) {
    if (directory.empty()) return ":memory:";
    std::filesystem::create_directories(directory);
    auto const file = (directory / "server.db").string();
    // The hashes are nobody else's business; SQLite gives its -wal and -shm the same rights.
    auto const descriptor = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) ::close(descriptor);
    return file;
}

std::int64_t prepare_schema(Connection& db) {
    db.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON");
    Change change(db);
    db.run(create_tables);
    Statement version(db, "SELECT version FROM schema_versions WHERE room = 'directory'");
    version.row();
    auto const found = version.number(0);
    version.reset();
    if (found > schema_version) throw SqlError("server.db was written by a newer Godwit", SQLITE_ERROR);
    for (auto from = found; from < schema_version; ++from) db.run(migrations[from - 1]);
    Statement(db, "UPDATE schema_versions SET version = ? WHERE room = 'directory'").with(schema_version).run();
    change.commit();
    return -1;
}

std::string_view first_label(std::string_view domain) { return domain.substr(0, domain.find('.')); }

} // namespace

Table::Table(std::filesystem::path const& directory)
    : db_(file_in(directory)), seen_version_(prepare_schema(db_)), data_version_(db_, "PRAGMA data_version"),
      account_(db_, "SELECT id, address, name, enabled, hash, home FROM accounts WHERE id = ?"),
      aliases_(db_, "SELECT address FROM addresses WHERE account = ? AND place > 0 ORDER BY place"),
      owner_(db_, "SELECT account FROM addresses WHERE address = ?"),
      by_local_part_(db_, "SELECT account, domain FROM addresses WHERE local_part = ? AND (place > 0) = ? LIMIT 100"),
      all_(db_, "SELECT id FROM accounts ORDER BY address"),
      domain_(db_, "SELECT 1 FROM addresses WHERE domain = ? LIMIT 1"),
      enabled_(db_, "SELECT id, hash || ' ' || home FROM accounts WHERE enabled = 1"),
      insert_account_(db_, "INSERT INTO accounts(address, name, enabled, hash) VALUES(?, ?, ?, ?)"),
      insert_address_(db_, "INSERT INTO addresses(address, account, place, local_part, domain) VALUES(?, ?, ?, ?, ?)"),
      update_account_(db_, "UPDATE accounts SET address = ?, name = ?, enabled = ?, home = ? WHERE id = ?"),
      update_hash_(db_, "UPDATE accounts SET hash = ? WHERE id = ?"),
      delete_addresses_(db_, "DELETE FROM addresses WHERE account = ?"),
      delete_account_(db_, "DELETE FROM accounts WHERE id = ?") {}

void Table::forget() {
    logins_.clear();
    changed_ = true;
}

void Table::notice_changes() {
    data_version_.with().row();
    auto const version = data_version_.number(0);
    data_version_.reset();
    if (version != seen_version_) forget();
    seen_version_ = version;
}

Resolved Table::by_login(Login const& login) {
    notice_changes();
    auto key = login.domain + '\\' + login.user;
    if (auto const kept = logins_.find(key); kept != logins_.end()) return kept->second;
    Resolved found;
    if (login.is_address()) {
        found.row = exact(login.user);
    } else {
        found = among(with_local_part(login.user, true), login.domain);
        if (!found.row && !found.ambiguous) found = among(with_local_part(login.user, false), login.domain);
    }
    if (!found.row) return found; // what is not there is not kept: attackers choose those names
    if (logins_.size() >= max_kept_logins) logins_.clear();
    logins_.emplace(std::move(key), found);
    return found;
}

std::vector<std::pair<std::int64_t, std::string>> Table::with_local_part(std::string_view user, bool primary) {
    std::vector<std::pair<std::int64_t, std::string>> found;
    by_local_part_.with(user, std::int64_t(primary ? 0 : 1));
    while (by_local_part_.row()) found.emplace_back(by_local_part_.number(0), by_local_part_.text(1));
    return found;
}

// DOMAIN is a domain of ours, or its first label. A name that is neither says nothing (Windows domains are often called
// differently from mail domains, and phones demand that something be typed in).
Resolved Table::among(std::vector<std::pair<std::int64_t, std::string>> candidates, std::string_view domain) {
    auto fits = [&](auto const& candidate) {
        return candidate.second == domain || first_label(candidate.second) == domain;
    };
    if (!domain.empty()) {
        auto const some_fit = std::ranges::any_of(candidates, fits);
        if (!some_fit && serves(domain)) return {};
        if (some_fit) std::erase_if(candidates, [&](auto const& candidate) { return !fits(candidate); });
    }
    if (candidates.empty()) return {};
    auto const same = [&](auto const& candidate) { return candidate.first == candidates.front().first; };
    if (!std::ranges::all_of(candidates, same)) return {.row = {}, .ambiguous = true};
    return {.row = by_id(index::AccountId(candidates.front().first)), .ambiguous = false};
}

std::optional<std::int64_t> Table::owner(std::string_view address) {
    if (!owner_.with(address).row()) return {};
    auto const id = owner_.number(0);
    owner_.reset();
    return id;
}

std::optional<Row> Table::exact(std::string_view address) {
    auto const id = owner(address);
    return id ? by_id(index::AccountId(*id)) : std::nullopt;
}

std::optional<Row> Table::by_address(std::string_view address) {
    if (auto found = exact(address)) return found;
    auto const local = local_part(address);
    auto const plus = local.find('+');
    if (plus == std::string_view::npos || plus == 0) return {};
    auto const plain = std::string(local.substr(0, plus)).append("@").append(domain_part(address));
    return exact(plain);
}

std::optional<Row> Table::by_id(index::AccountId id) {
    if (!account_.with(static_cast<std::int64_t>(id)).row()) return {};
    Row row;
    row.user.id = id;
    row.user.address = account_.text(1);
    row.user.name = account_.text(2);
    row.user.enabled = account_.number(3) != 0;
    row.hash = account_.text(4);
    row.user.home = account_.text(5);
    account_.reset();
    aliases_.with(static_cast<std::int64_t>(id));
    while (aliases_.row()) row.user.aliases.push_back(aliases_.text(0));
    return row;
}

std::vector<User> Table::list() {
    std::vector<std::int64_t> ids;
    all_.with();
    while (all_.row()) ids.push_back(all_.number(0));
    std::vector<User> users;
    for (auto const id : ids)
        if (auto row = by_id(index::AccountId(id))) users.push_back(std::move(row->user));
    return users;
}

bool Table::serves(std::string_view domain) {
    auto const found = domain_.with(domain).row();
    domain_.reset();
    return found;
}

void Table::put_addresses(User const& user) {
    std::int64_t place = 0;
    auto put = [&](std::string_view address) {
        insert_address_
            .with(address, static_cast<std::int64_t>(user.id), place++, local_part(address), domain_part(address))
            .run();
    };
    put(user.address);
    for (auto const& alias : user.aliases) put(alias);
}

std::expected<User, AddResult> Table::add(User user, std::string_view hash) {
    Change change(db_);
    if (owner(user.address)) return std::unexpected(AddResult::Exists);
    for (auto const& alias : user.aliases)
        if (owner(alias)) return std::unexpected(AddResult::AliasTaken);
    insert_account_.with(user.address, user.name, std::int64_t(user.enabled), hash).run();
    user.id = index::AccountId(db_.last_id());
    put_addresses(user);
    change.commit();
    forget();
    return user;
}

bool Table::set(User const& user, std::optional<std::string> const& hash) {
    Change change(db_);
    auto const id = static_cast<std::int64_t>(user.id);
    auto taken = [&](std::string_view address) { return owner(address).value_or(id) != id; };
    if (taken(user.address) || std::ranges::any_of(user.aliases, taken)) return false;
    update_account_.with(user.address, user.name, std::int64_t(user.enabled), user.home, id).run();
    if (db_.changes() != 1) return false;
    if (hash) update_hash_.with(*hash, id).run();
    delete_addresses_.with(id).run();
    put_addresses(user);
    change.commit();
    forget();
    return true;
}

bool Table::remove(index::AccountId account) {
    Change change(db_);
    auto const id = static_cast<std::int64_t>(account);
    delete_addresses_.with(id).run();
    delete_account_.with(id).run();
    if (db_.changes() != 1) return false;
    change.commit();
    forget();
    return true;
}

std::vector<index::AccountId> Table::revoked() {
    notice_changes();
    std::vector<index::AccountId> out;
    if (!std::exchange(changed_, false)) return out;
    std::unordered_map<std::int64_t, std::size_t> now;
    for (enabled_.with(); enabled_.row();) now[enabled_.number(0)] = std::hash<std::string>()(enabled_.text(1));
    if (may_sign_in_)
        for (auto const& [id, digest] : *may_sign_in_)
            if (auto const found = now.find(id); found == now.end() || found->second != digest)
                out.push_back(index::AccountId(id));
    may_sign_in_ = std::move(now);
    return out;
}

} // namespace godwit::directory
