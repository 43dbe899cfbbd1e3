#include "index/database.hpp"
#include "index/schema.hpp"
#include "index/transaction.hpp"
#include <cerrno>
#include <sqlite3.h>
#include <string>

namespace godwit::index {
namespace {

constexpr int busy_milliseconds = 15'000; // another process (an import) holds the write lock for one message at a time

// No twenty pages in advance for each file: what is not in use is given back one by one. Before main, because SQLite
// takes no such advice once it has begun.
[[maybe_unused]] bool const pages_one_by_one = sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0) == SQLITE_OK;

// What every connection wants. The cache is small because many accounts are open at once.
constexpr char const* pragmas = "PRAGMA synchronous = FULL; PRAGMA cache_size = -1024; PRAGMA temp_store = MEMORY;"
                                "PRAGMA journal_size_limit = 4194304; PRAGMA wal_autocheckpoint = 1000;";

// The disk, not the file, is at fault: what was asked may succeed later.
bool is_full(int code, int system_error) {
    if ((code & 0xff) == SQLITE_FULL) return true;
    bool const writing = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
    return writing && (system_error == ENOSPC || system_error == EDQUOT);
}

} // namespace

void Database::Closer::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
void Database::Finalizer::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
void Database::BlobCloser::operator()(sqlite3_blob* blob) const noexcept { sqlite3_blob_close(blob); }

// ---- statements

Statement::~Statement() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Statement::step() {
    int const code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    database_.fail(code);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::text(int column) const {
    auto const* bytes = static_cast<char const*>(sqlite3_column_blob(statement_, column));
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                 : std::string();
}

// The caller's bytes outlive the statement's use: select() and execute() take them by reference.
void Statement::bind(int place, std::int64_t value) { sqlite3_bind_int64(statement_, place, value); }
void Statement::bind(int place, std::string_view text) {
    sqlite3_bind_text64(statement_, place, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void Statement::bind(int place, Blob blob) {
    sqlite3_bind_blob64(statement_, place, blob.bytes.empty() ? "" : blob.bytes.data(), blob.bytes.size(),
                        SQLITE_STATIC);
}

// ---- the database

Database::Database(std::filesystem::path const& path, bool may_create) {
    sqlite3* handle = nullptr;
    int const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (may_create || path.empty() ? SQLITE_OPEN_CREATE : 0);
    int const code = sqlite3_open_v2(path.empty() ? ":memory:" : path.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) fail(code);
    sqlite3_busy_timeout(handle_.get(), busy_milliseconds);
    write_sql("PRAGMA journal_mode = WAL");
    write_sql(pragmas);
    migrate();
}

Database::~Database() = default;

void Database::migrate() {
    auto const steps = migrations();
    auto const read_version = [&] { return std::stoul(text_of("PRAGMA user_version")); };
    if (read_version() == steps.size()) return;
    begin(true);
    try {
        auto const have = read_version(); // again: another process may have been first
        if (have > steps.size())
            throw StoreBroken("the account's file has schema " + std::to_string(have) +
                              ", written by a newer Godwit; this one knows up to " + std::to_string(steps.size()));
        for (auto step = have; step < steps.size(); ++step) write_sql(steps[step]);
        write_sql(("PRAGMA user_version = " + std::to_string(steps.size())).c_str());
        commit();
    } catch (...) {
        roll_back();
        throw;
    }
}

void Database::begin(bool writing) { write_sql(writing ? "BEGIN IMMEDIATE" : "BEGIN"); }

void Database::drop_cache() noexcept { sqlite3_db_release_memory(handle_.get()); }

void Database::commit() { write_sql("COMMIT"); }

void Database::roll_back() noexcept {
    if (handle_ && !sqlite3_get_autocommit(handle_.get()))
        sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }
std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }

Database::OpenBlob Database::open_blob(std::int64_t row, bool writing) {
    sqlite3_blob* blob = nullptr;
    int const code = sqlite3_blob_open(handle_.get(), "main", "content", "bytes", row, writing ? 1 : 0, &blob);
    OpenBlob opened(blob);
    if (code != SQLITE_OK) fail(code);
    return opened;
}

std::string Database::read_blob(std::int64_t row, std::uint64_t offset, std::uint64_t length) {
    auto const blob = open_blob(row, false);
    auto const size = static_cast<std::uint64_t>(sqlite3_blob_bytes(blob.get()));
    if (offset >= size) return {};
    std::string bytes(std::min(length, size - offset), '\0');
    auto const count = static_cast<int>(bytes.size());
    int const code = sqlite3_blob_read(blob.get(), bytes.data(), count, static_cast<int>(offset));
    if (code != SQLITE_OK) fail(code);
    return bytes;
}

void Database::stream_blob(std::int64_t row, std::uint64_t offset, std::uint64_t length,
                           std::function<void(std::string_view)> const& take) {
    constexpr std::uint64_t at_once = 1 << 18;
    auto const blob = open_blob(row, false);
    auto const size = static_cast<std::uint64_t>(sqlite3_blob_bytes(blob.get()));
    auto const end = offset >= size ? offset : offset + std::min(length, size - offset);
    std::string piece(std::min(at_once, end - offset), '\0');
    for (auto at = offset; at < end; at += piece.size()) {
        piece.resize(std::min(at_once, end - at));
        auto const count = static_cast<int>(piece.size());
        if (int const code = sqlite3_blob_read(blob.get(), piece.data(), count, static_cast<int>(at));
            code != SQLITE_OK)
            fail(code);
        take(piece);
    }
}

// A megabyte at a time: pages that SQLite's cache has no room for go to the log on the way.
void Database::write_blob(std::int64_t row, std::span<std::string_view const> pieces) {
    constexpr std::size_t at_once = 1 << 20;
    auto const blob = open_blob(row, true);
    int offset = 0;
    for (auto piece : pieces) {
        while (!piece.empty()) {
            auto const count = static_cast<int>(std::min(piece.size(), at_once));
            if (int const code = sqlite3_blob_write(blob.get(), piece.data(), count, offset); code != SQLITE_OK)
                fail(code);
            offset += count;
            piece.remove_prefix(static_cast<std::size_t>(count));
        }
    }
}

void Database::write_sql(char const* sql) {
    if (int const code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code);
}

std::string Database::text_of(char const* sql) {
    std::unique_ptr<sqlite3_stmt, Finalizer> const statement(prepare(sql));
    if (sqlite3_step(statement.get()) != SQLITE_ROW) fail(sqlite3_errcode(handle_.get()));
    return reinterpret_cast<char const*>(sqlite3_column_text(statement.get(), 0));
}

std::string Database::explain(std::string_view sql) {
    std::unique_ptr<sqlite3_stmt, Finalizer> const statement(prepare("EXPLAIN QUERY PLAN " + std::string(sql)));
    std::string plan;
    while (sqlite3_step(statement.get()) == SQLITE_ROW)
        plan += std::string(reinterpret_cast<char const*>(sqlite3_column_text(statement.get(), 3))) + '\n';
    return plan;
}

void Database::fail(int code) const {
    std::string const what = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
    if (is_full(code, handle_ ? sqlite3_system_errno(handle_.get()) : 0)) throw StoreFull(what);
    throw StoreBroken(what + " (SQLite " + std::to_string(code) + ")");
}

sqlite3_stmt* Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    int const code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) fail(code);
    return statement;
}

sqlite3_stmt* Database::prepared(Query query) {
    auto& statement = statements_[static_cast<std::size_t>(query)];
    if (!statement) statement.reset(prepare(row(query).sql));
    return statement.get();
}

} // namespace godwit::index
