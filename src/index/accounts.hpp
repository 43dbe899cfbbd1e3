// The accounts' indexes: one SQLite file each below DIR/accounts, opened when needed, at most `max_open` at a time
// (least recently used closes first; one in use stays). Work on one account runs one after the other on the pool;
// accounts never wait for each other. Another process may have the same file open: nothing is remembered from one
// transaction to the next.
//   auto n = co_await accounts.read(id, [&](Transaction& tx) { return tx.item_count(inbox); });
// write() commits when the function returns and rolls back when it throws; after the commit it announces what was
// touched. A write that changed nothing commits nothing and costs no fsync. A read that writes is undone. A full disk
// is StoreFull: nothing of the transaction stays, and the next one works as soon as there is room again.
#pragma once
#include "index/transaction.hpp"
#include "net/pool.hpp"
#include <filesystem>
#include <functional>
#include <memory>

namespace godwit::index {

struct Commit { // what the hub is told, after the commit
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
        return queued(pin(id), Kind::Read, std::move(f));
    }
    template <class F> net::awaitable<std::invoke_result_t<F, Transaction&>> write(AccountId id, F f) {
        return queued(pin(id), Kind::Write, std::move(f));
    }
    // The same on the calling thread: the simulator, the command line without a server, tests.
    template <class F> std::invoke_result_t<F, Transaction&> write_now(AccountId id, F f) {
        auto open = pin(id);
        return inside(*open, Kind::Write, f);
    }
    template <class F> std::invoke_result_t<F, Transaction&> read_now(AccountId id, F f) {
        auto open = pin(id);
        return inside(*open, Kind::Read, f);
    }

    // The file, its schema and the folders that every phone expects (Inbox, Drafts, Outbox, Sent, Trash, Junk;
    // Calendar, Contacts, Tasks, Notes). An account that is there already stays as it is.
    void create(AccountId);
    void remove(AccountId);

    // Announces what other processes have committed (an import by the command line). Cheap: called twice a second.
    void poll_foreign();
    std::size_t open_count() const;

private:
    enum class Kind : std::uint8_t { Read, Write };

    std::shared_ptr<OpenAccount> pin(AccountId);
    net::Pool::Strand& strand(OpenAccount&);
    void transact(OpenAccount&, Kind, std::function<void(Transaction&)> const& body);
    void look_at_dormant();

    template <class F>
    net::awaitable<std::invoke_result_t<F, Transaction&>> queued(std::shared_ptr<OpenAccount> open, Kind kind, F f) {
        auto result = net::run_on(strand(*open),
                                  [this, open, kind, f = std::move(f)]() mutable { return inside(*open, kind, f); });
        co_return co_await std::move(result);
    }
    template <class F> std::invoke_result_t<F, Transaction&> inside(OpenAccount& open, Kind kind, F& f) {
        using R = std::invoke_result_t<F, Transaction&>;
        if constexpr (std::is_void_v<R>) {
            transact(open, kind, [&](Transaction& tx) { f(tx); });
        } else {
            std::optional<R> result;
            transact(open, kind, [&](Transaction& tx) { result.emplace(f(tx)); });
            return std::move(*result);
        }
    }

    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace godwit::index
