#include "directory/sql.hpp"
#include <sqlite3.h>

namespace godwit::directory {
namespace {
void check(sqlite3* handle, int code) {
    if (code != SQLITE_OK) throw SqlError(sqlite3_errmsg(handle), code);
}
} // namespace

Connection::Connection(std::string const& file) {
    auto const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    auto const code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
    if (code != SQLITE_OK) {
        auto const error = SqlError(file + ": " + (handle_ ? sqlite3_errmsg(handle_) : "no memory"), code);
        sqlite3_close(handle_);
        throw error;
    }
    sqlite3_busy_timeout(handle_, 5000); // `godwit account` writes to the same file
}

Connection::~Connection() { sqlite3_close(handle_); }

void Connection::run(char const* sql) { check(handle_, sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
std::int64_t Connection::last_id() const { return sqlite3_last_insert_rowid(handle_); }
int Connection::changes() const { return sqlite3_changes(handle_); }

Statement::Statement(Connection& connection, char const* sql) {
    check(connection.get(),
          sqlite3_prepare_v3(connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr));
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::reset() {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

bool Statement::row() {
    auto const code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail();
    sqlite3_reset(handle_);
    return false;
}

void Statement::run() {
    while (row()) {
    }
}

void Statement::fail() {
    auto* connection = sqlite3_db_handle(handle_);
    auto const error = SqlError(sqlite3_errmsg(connection), sqlite3_extended_errcode(connection));
    sqlite3_reset(handle_);
    throw error;
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(handle_, column); }

std::string Statement::text(int column) const {
    auto const* bytes = reinterpret_cast<char const*>(sqlite3_column_text(handle_, column));
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))) : std::string();
}

void Statement::bind(int place, std::int64_t value) { sqlite3_bind_int64(handle_, place, value); }
void Statement::bind(int place, std::string_view value) {
    sqlite3_bind_text64(handle_, place, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

Change::Change(Connection& connection) : connection_(connection) { connection.run("BEGIN IMMEDIATE"); }

Change::~Change() {
    if (open_) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Change::commit() {
    connection_.run("COMMIT");
    open_ = false;
}

} // namespace godwit::directory
