// SQLite for the server file: a connection and its prepared statements, closed by their destructors. Errors are
// exceptions.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace godwit::directory {

struct SqlError : std::runtime_error {
    SqlError(std::string const& what, int the_code) : runtime_error(what), code(the_code) {}
    int code; // SQLite's extended result code
};

class Connection {
public:
    explicit Connection(std::string const& file); // ":memory:" for tests
    ~Connection();
    Connection(Connection const&) = delete;
    void run(char const* sql);
    sqlite3* get() const { return handle_; }
    std::int64_t last_id() const;
    int changes() const;

private:
    sqlite3* handle_ = nullptr;
};

class Statement {
public:
    Statement(Connection& connection, char const* sql);
    ~Statement();
    Statement(Statement const&) = delete;

    // Begins anew with these parameters, in order.
    template <class... Args> Statement& with(Args const&... args) {
        reset();
        int place = 0;
        (bind(++place, args), ...);
        return *this;
    }
    bool row(); // steps: true while there is a row; resets itself at the end
    void run(); // a statement without rows
    void reset();
    std::int64_t number(int column) const;
    std::string text(int column) const;

private:
    void bind(int place, std::int64_t value);
    void bind(int place, std::string_view value);
    [[noreturn]] void fail();

    sqlite3_stmt* handle_ = nullptr;
};

// BEGIN IMMEDIATE ... COMMIT, or ROLLBACK when left early.
class Change {
public:
    explicit Change(Connection& connection);
    ~Change();
    Change(Change const&) = delete;
    void commit();

private:
    Connection& connection_;
    bool open_ = true;
};

} // namespace godwit::directory
