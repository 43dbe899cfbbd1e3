// What the server does while nobody asks: it notices what other processes have committed (an import on the command
// line), and sweeps from each account what nothing names any more.
#pragma once
#include "directory/directory.hpp"
#include "index/accounts.hpp"
#include "net/pool.hpp"
#include <functional>
#include <vector>

namespace godwit::cli {

// All end soon after `stopping` is set.
net::awaitable<void> notice_foreign(net::Pool& pool, index::Accounts& accounts, bool const& stopping);
// Calls `end` with the accounts whose sign-in is not what it was.
net::awaitable<void> notice_revoked(net::Pool& pool, directory::Directory& directory,
                                    std::function<void(std::vector<index::AccountId> const&)> end,
                                    bool const& stopping);
net::awaitable<void> sweep(directory::Directory const& directory, index::Accounts& accounts, std::chrono::days idle,
                           bool const& stopping);

struct Swept {
    std::size_t contents = 0, tombstones = 0, idle = 0;
};
// One account, in steps of a transaction each, so that a phone never waits for long. Devices that were not seen for
// `idle` keep no tombstone alive any more.
net::awaitable<Swept> sweep_account(index::Accounts& accounts, index::AccountId account, std::chrono::days idle);

} // namespace godwit::cli
