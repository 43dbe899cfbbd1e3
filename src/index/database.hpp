// One open SQLite file, or one in memory: its prepared statements, its transactions, its errors as StoreFull and
// StoreBroken. The only place that knows SQLite. Used by one thread at a time (accounts.cpp sees to it).
#pragma once
#include "index/queries.hpp"
#include "net/time.hpp"
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_blob;

namespace godwit::index {

class Database;
struct Blob {
    std::string_view bytes;
};

// A query under way: rows by step(), columns of the current row by number. Its end frees the statement for the next
// use.
class Statement {
public:
    template <class... A> Statement(Database& database, sqlite3_stmt* statement, A const&... arguments)
        : database_(database), statement_(statement) {
        [[maybe_unused]] int place = 0;
        (bind(++place, arguments), ...);
    }
    ~Statement();
    Statement(Statement const&) = delete;

    bool step();
    std::int64_t integer(int column) const;
    std::string text(int column) const; // of text and of blobs
    template <class T> T as(int column) const {
        if constexpr (std::is_same_v<T, net::Time>)
            return net::Time(std::chrono::microseconds(integer(column)));
        else
            return static_cast<T>(integer(column));
    }

private:
    void bind(int place, std::int64_t);
    void bind(int place, std::string_view);
    void bind(int place, Blob);
    void bind(int place, net::Time t) { bind(place, std::int64_t(t.time_since_epoch().count())); }
    template <class T>
        requires(std::is_enum_v<T> || std::is_integral_v<T>)
    void bind(int place, T value) {
        bind(place, static_cast<std::int64_t>(value));
    }

    Database& database_;
    sqlite3_stmt* statement_;
};

class Database {
public:
    // An empty path opens a database in memory. A new file gets the newest schema, an older one is brought up to it;
    // one of a newer program is refused. Without `may_create` the file must be there.
    explicit Database(std::filesystem::path const&, bool may_create);
    ~Database();
    Database(Database const&) = delete;

    void begin(bool writing);
    void drop_cache() noexcept; // pages that no transaction holds; they are read again when wanted
    void commit();
    void roll_back() noexcept;

    template <class... A> void execute(Query query, A const&... arguments) {
        Statement s(*this, prepared(query), arguments...);
        while (s.step()) {
        }
    }
    // for (auto s = db.select(...); s.step();)
    template <class... A> Statement select(Query query, A const&... arguments) {
        return Statement(*this, prepared(query), arguments...);
    }
    template <class... A> std::optional<std::int64_t> number(Query query, A const&... arguments) {
        Statement s(*this, prepared(query), arguments...);
        return s.step() ? std::optional(s.integer(0)) : std::nullopt;
    }

    std::int64_t changes() const;  // rows changed by the last statement
    std::int64_t last_row() const; // the id that the last insert drew
    std::string read_blob(std::int64_t row, std::uint64_t offset, std::uint64_t length); // of content.bytes
    // The same in pieces that are good until the next one: no more than a piece is held.
    void stream_blob(std::int64_t row, std::uint64_t offset, std::uint64_t length,
                     std::function<void(std::string_view)> const& take);
    void write_blob(std::int64_t row, std::span<std::string_view const> pieces); // over a reserved one of their size
    void write_sql(char const* sql);                                             // schema and pragmas
    std::string explain(std::string_view sql);                                   // the query plan, a line a step
    std::string text_of(char const* sql); // the first column of the first row: pragmas
    [[noreturn]] void fail(int code) const;

private:
    sqlite3_stmt* prepared(Query);
    sqlite3_stmt* prepare(std::string_view sql);
    void migrate();

    struct Closer {
        void operator()(sqlite3*) const noexcept;
    };
    struct Finalizer {
        void operator()(sqlite3_stmt*) const noexcept;
    };
    struct BlobCloser {
        void operator()(sqlite3_blob*) const noexcept;
    };
    using OpenBlob = std::unique_ptr<sqlite3_blob, BlobCloser>;
    OpenBlob open_blob(std::int64_t row, bool writing);
    std::unique_ptr<sqlite3, Closer> handle_;
    std::array<std::unique_ptr<sqlite3_stmt, Finalizer>, query_count> statements_;
};

} // namespace godwit::index
