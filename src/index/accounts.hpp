// The accounts' indexes: one SQLite file each below DIR/accounts, opened when needed, at most `max_open` at a time (least
// recently used closes first; one in use stays). Work on one account runs one after the other on the pool; accounts never wait for each other.
//   auto n = co_await accounts.read(id, [&](Transaction& tx) { return tx.item_count(inbox); });
// write() commits when the function returns and rolls back when it throws; after the commit it announces what was touched.
// A write that changed nothing commits nothing and costs no fsync.
#pragma once
#include "index/transaction.hpp"
#include "net/pool.hpp"
#include <filesystem>
#include <functional>
#include <memory>

namespace godwit::index {

struct Commit {                       // what the hub is told, after the commit
    AccountId account = {};
    Modseq modseq = {};
    std::vector<CollectionId> folders;
    bool hierarchy = false;
};
using Announce = std::function<void(Commit const&)>; // called on a pool thread; must be quick and never throw

class OpenAccount;

class Accounts {
public:
    // An empty `directory` keeps every account in memory (tests, simulator).
    Accounts(net::Pool&, std::filesystem::path directory, Announce, std::size_t max_open = 256);
    ~Accounts();

    template <class F> net::awaitable<std::invoke_result_t<F, Transaction&>> read(AccountId id, F f) {
        auto open = pin(id);
        auto result = net::run_on(strand(*open), [this, open, f = std::move(f)]() mutable { return inside(*open, false, f); });
        co_return co_await std::move(result);
    }
    template <class F> net::awaitable<std::invoke_result_t<F, Transaction&>> write(AccountId id, F f) {
        auto open = pin(id);
        auto result = net::run_on(strand(*open), [this, open, f = std::move(f)]() mutable { return inside(*open, true, f); });
        co_return co_await std::move(result);
    }
    // The same on the calling thread: the simulator, the command line without a server, tests.
    template <class F> std::invoke_result_t<F, Transaction&> write_now(AccountId id, F f) {
        auto open = pin(id);
        return inside(*open, true, f);
    }
    template <class F> std::invoke_result_t<F, Transaction&> read_now(AccountId id, F f) {
        auto open = pin(id);
        return inside(*open, false, f);
    }

    void create(AccountId);           // the file, its schema and the folders every phone expects (Inbox, Drafts, Outbox, Sent, Trash, Junk ...)
    void remove(AccountId);

private:
    std::shared_ptr<OpenAccount> pin(AccountId);
    net::Pool::Strand& strand(OpenAccount&);
    void begin(OpenAccount&, bool writing);
    void commit(OpenAccount&, Transaction&, bool writing);
    void roll_back(OpenAccount&) noexcept;
    Database& database(OpenAccount&);

    template <class F> std::invoke_result_t<F, Transaction&> inside(OpenAccount& open, bool writing, F& f);
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

template <class F> std::invoke_result_t<F, Transaction&> Accounts::inside(OpenAccount& open, bool writing, F& f) {
    begin(open, writing);
    try {
        Transaction tx(database(open));
        if constexpr (std::is_void_v<std::invoke_result_t<F, Transaction&>>) {
            f(tx);
            commit(open, tx, writing);
        } else {
            auto result = f(tx);
            commit(open, tx, writing);
            return result;
        }
    } catch (...) {
        roll_back(open);
        throw;
    }
}

} // namespace godwit::index
