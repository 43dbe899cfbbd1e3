#include "index/accounts.hpp"
#include "index/database.hpp"
#include "net/mutex.hpp"
#include <string>
#include <unordered_map>
#include <utility>

namespace godwit::index {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t dormant_looks = 1000; // closed accounts that one poll_foreign() looks at

struct Standard {
    FolderType type;
    char const* name;
    bool junk;
};
// Gmail resets an account whose FolderSync lacks Outbox or Drafts (Horde PR 120). EAS has no type for Junk.
constexpr Standard standard_folders[] = {
    {FolderType::Inbox, "Inbox", false},
    {FolderType::Drafts, "Drafts", false},
    {FolderType::Outbox, "Outbox", false},
    {FolderType::SentItems, "Sent Items", false},
    {FolderType::DeletedItems, "Deleted Items", false},
    {FolderType::UserMail, "Junk Email", true},
    {FolderType::Calendar, "Calendar", false},
    {FolderType::Contacts, "Contacts", false},
    {FolderType::Tasks, "Tasks", false},
    {FolderType::Notes, "Notes", false},
};

struct Connection {
    std::optional<Database> database;
    std::optional<Modseq> seen; // the newest stamp that has been announced
};

// What another process has committed since `seen`.
Commit commit_since(Transaction& tx, AccountId account, Modseq seen) {
    Commit commit{.account = account, .modseq = tx.modseq(), .folders = {}, .hierarchy = false};
    for (auto const& folder : tx.folders())
        if (folder.contents > seen) commit.folders.push_back(folder.id);
    commit.hierarchy = !tx.folders_changed(seen).empty() || !tx.folders_removed(seen).empty();
    return commit;
}

} // namespace

class OpenAccount {
public:
    OpenAccount(AccountId account, fs::path file, net::Pool::Strand strand, std::optional<Modseq> seen)
        : id(account), path(std::move(file)), queue(std::move(strand)) {
        connection.with([&](Connection& c) { c.seen = seen; });
    }
    bool in_memory() const { return path.empty(); }

    AccountId const id;
    fs::path const path;
    net::Pool::Strand queue;
    net::Guarded<Connection> connection;
    std::uint64_t used = 0;   // of Parts::tick; guarded by Parts::table
    std::uint64_t polled = 0; // `used` when poll_foreign() came last; guarded likewise
};

struct Accounts::Parts {
    struct Dormant { // closed again: has another process written since?
        std::optional<Modseq> seen;
        fs::file_time_type written;
    };
    struct Table {
        std::unordered_map<AccountId, std::shared_ptr<OpenAccount>> open;
        std::unordered_map<AccountId, Dormant> dormant;
        std::int64_t next_dormant = 0;
        std::uint64_t tick = 0;
    };

    fs::path file(AccountId id) const {
        return directory.empty() ? fs::path() : directory / (std::to_string(std::int64_t(id)) + ".db");
    }
    static fs::path beside(fs::path const& file, char const* suffix) { return file.string() + suffix; }
    std::shared_ptr<OpenAccount> close_one(Table&) const;

    net::Pool& pool;
    fs::path directory; // DIR/accounts
    Announce announce;
    std::size_t max_open;
    net::Guarded<Table> table{};
};

Accounts::Accounts(net::Pool& pool, fs::path directory, Announce announce, std::size_t max_open)
    : parts_(new Parts{.pool = pool,
                       .directory = directory.empty() ? directory : directory / "accounts",
                       .announce = std::move(announce),
                       .max_open = max_open}) {
    if (!parts_->directory.empty()) fs::create_directories(parts_->directory);
}

Accounts::~Accounts() = default;

net::Pool::Strand& Accounts::strand(OpenAccount& open) { return open.queue; }
std::size_t Accounts::open_count() const {
    return parts_->table.with([](Parts::Table& t) { return t.open.size(); });
}

// The least recently used that nobody uses leaves the table; whoever drops the result closes the file.
std::shared_ptr<OpenAccount> Accounts::Parts::close_one(Table& t) const {
    if (t.open.size() <= max_open || directory.empty()) return nullptr;
    auto oldest = t.open.end();
    for (auto it = t.open.begin(); it != t.open.end(); ++it)
        if (it->second.use_count() == 1 && (oldest == t.open.end() || it->second->used < oldest->second->used))
            oldest = it;
    if (oldest == t.open.end()) return nullptr;
    auto const closing = std::move(oldest->second);
    t.open.erase(oldest);
    auto const seen = closing->connection.with([](Connection& c) { return c.seen; });
    std::error_code ignored;
    t.dormant[closing->id] = {seen, fs::last_write_time(closing->path, ignored)};
    return closing;
}

std::shared_ptr<OpenAccount> Accounts::pin(AccountId id) {
    std::shared_ptr<OpenAccount> closing;
    auto open = parts_->table.with([&](Parts::Table& t) {
        auto& entry = t.open[id];
        if (!entry) {
            auto const dormant = t.dormant.extract(id);
            entry = std::make_shared<OpenAccount>(id, parts_->file(id), parts_->pool.strand(),
                                                  dormant ? dormant.mapped().seen : std::nullopt);
        }
        entry->used = ++t.tick;
        auto const pinned = entry;
        closing = parts_->close_one(t);
        return pinned;
    });
    // Closing writes the log back into the file: not on the caller's thread, which may be the loop.
    if (closing) net::asio::post(closing->queue, [closing] {});
    return open;
}

void Accounts::transact(OpenAccount& open, Kind kind, std::function<void(Transaction&)> const& body) {
    std::optional<Commit> own, foreign;
    open.connection.with([&](Connection& c) {
        try {
            if (!c.database) {
                if (open.in_memory()) throw StoreBroken("no such account");
                c.database.emplace(open.path, false);
            }
            auto& db = *c.database;
            db.begin(kind == Kind::Write);
            Transaction tx(db);
            if (c.seen && tx.modseq() > *c.seen) foreign = commit_since(tx, open.id, *c.seen);
            body(tx);
            if (kind == Kind::Read) {
                db.roll_back();
            } else {
                tx.save();
                db.commit();
            }
            if (kind != Kind::Read && (!tx.touched().empty() || tx.hierarchy_touched()))
                own = Commit{open.id, tx.modseq(), tx.touched(), tx.hierarchy_touched()};
            if (kind != Kind::Read || !tx.counted_) c.seen = tx.modseq();
        } catch (StoreBroken const&) {
            if (c.database) c.database->roll_back();
            if (!open.in_memory()) c.database.reset(); // a fresh start for the next
            throw;
        } catch (...) {
            if (c.database) c.database->roll_back();
            throw;
        }
    });
    if (foreign && parts_->announce) parts_->announce(*foreign);
    if (own && parts_->announce) parts_->announce(*own);
}

void Accounts::create(AccountId id) {
    auto const open = pin(id);
    open->connection.with([&](Connection& c) {
        if (!c.database) c.database.emplace(open->path, true);
    });
    write_now(id, [](Transaction& tx) {
        if (!tx.folders().empty()) return;
        for (auto const& f : standard_folders) tx.create_folder(CollectionId::Root, f.type, f.name, f.junk);
    });
}

void Accounts::remove(AccountId id) {
    auto const open = pin(id);
    open->connection.with([&](Connection& c) {
        c.database.reset();
        if (open->in_memory()) return;
        for (auto const* suffix : {"", "-wal", "-shm"}) fs::remove(Parts::beside(open->path, suffix));
    });
    parts_->table.with([&](Parts::Table& t) { t.open.erase(id); });
}

void Accounts::poll_foreign() {
    if (parts_->directory.empty()) return;
    struct Look {
        std::shared_ptr<OpenAccount> account;
        bool idle; // nobody has used it since the last look
    };
    std::vector<Look> looks;
    parts_->table.with([&](Parts::Table& t) {
        for (auto const& [id, account] : t.open)
            looks.push_back({account, std::exchange(account->polled, account->used) == account->used});
    });
    for (auto& look : looks)
        net::asio::post(look.account->queue, [this, account = look.account, idle = look.idle] {
            bool const unopened = account->connection.with([](Connection& c) { return !c.database; });
            if (unopened) return; // never used yet, so nobody waits for it
            try {
                transact(*account, Kind::Read, [](Transaction&) {});
                // Phones that wait have hundreds of accounts open: each keeps its pages only while it works.
                if (idle)
                    account->connection.with([](Connection& c) {
                        if (c.database) c.database->drop_cache();
                    });
            } catch (std::exception const&) {
                // The next request of the account meets the same failure and reports it.
            }
        });
    look_at_dormant();
}

// A log file beside a closed account, or a newer file, is another process's work.
void Accounts::look_at_dormant() {
    std::vector<AccountId> stirred;
    parts_->table.with([&](Parts::Table& t) {
        std::size_t const count = std::min(dormant_looks, t.dormant.size());
        auto it = t.dormant.begin();
        if (!t.dormant.empty()) std::advance(it, t.next_dormant % std::int64_t(t.dormant.size()));
        for (std::size_t i = 0; i < count; ++i, ++it, ++t.next_dormant) {
            if (it == t.dormant.end()) it = t.dormant.begin();
            auto const file = parts_->file(it->first);
            std::error_code missing;
            if (fs::last_write_time(file, missing) != it->second.written ||
                fs::exists(Parts::beside(file, "-wal"), missing))
                stirred.push_back(it->first);
        }
    });
    for (auto const id : stirred) {
        auto const open = pin(id);
        net::asio::post(open->queue, [this, open] {
            try {
                transact(*open, Kind::Read, [](Transaction&) {});
            } catch (std::exception const&) {
                // As above.
            }
        });
    }
}

} // namespace godwit::index
