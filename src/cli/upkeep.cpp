#include "cli/upkeep.hpp"
#include "net/loop.hpp"
#include "sync/contents.hpp"
#include <spdlog/spdlog.h>

namespace godwit::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto foreign_every = 500ms; // an import shows on a phone within this time
constexpr auto sweep_every = 6h;
constexpr auto first_sweep = 10min;
constexpr auto look_up = 250ms;
constexpr std::size_t rows_a_step = 500; // rows a transaction
constexpr std::size_t most_steps = 2000; // an account, each time

// Sleeps in short pieces, so that stopping is noticed; false when the server stops.
net::awaitable<bool> rest(std::chrono::milliseconds duration, bool const& stopping) {
    auto const until = net::Clock::now() + duration;
    while (!stopping && net::Clock::now() < until) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - net::Clock::now());
        auto const piece = std::min(left, look_up);
        co_await net::sleep_for(piece);
    }
    co_return !stopping;
}

// Until nothing is left; how much went. Each step is a transaction of its own, so that no phone waits long.
template <class Sweep>
net::awaitable<std::size_t> sweep_in_steps(index::Accounts& accounts, index::AccountId account, Sweep sweep) {
    std::size_t all = 0;
    for (std::size_t i = 0; i < most_steps; ++i) {
        auto const swept = co_await accounts.write(account, sweep);
        all += swept;
        if (swept < rows_a_step) break;
    }
    co_return all;
}

net::awaitable<void> sweep_all(directory::Directory const& directory, index::Accounts& accounts, std::chrono::days idle,
                               bool const& stopping) {
    auto const users = directory.list();
    for (auto const& user : users) {
        if (stopping) co_return;
        try {
            auto const swept = co_await sweep_account(accounts, user.id, idle);
            if (swept.contents + swept.tombstones + swept.idle != 0)
                spdlog::info("swept user={} contents={} tombstones={} idle={}", user.address, swept.contents,
                             swept.tombstones, swept.idle);
        } catch (std::exception const& error) {
            spdlog::error("sweep failed user={} reason=\"{}\"", user.address, error.what());
        }
    }
}

} // namespace

net::awaitable<void> notice_foreign(net::Pool& pool, index::Accounts& accounts, bool const& stopping) {
    for (;;) {
        bool const going_on = co_await rest(foreign_every, stopping);
        if (!going_on) co_return;
        try {
            auto look = [&accounts] { accounts.poll_foreign(); };
            co_await pool.run(look);
        } catch (std::exception const& error) {
            spdlog::error("cannot see other processes' changes reason=\"{}\"", error.what());
        }
    }
}

net::awaitable<void> notice_revoked(net::Pool& pool, directory::Directory& directory,
                                    std::function<void(std::vector<index::AccountId> const&)> end,
                                    bool const& stopping) {
    for (;;) {
        try {
            auto look = [&directory] { return directory.revoked(); };
            auto const accounts = co_await pool.run(look);
            if (!accounts.empty()) end(accounts);
        } catch (std::exception const& error) {
            spdlog::error("cannot see whether accounts have changed reason=\"{}\"", error.what());
        }
        bool const going_on = co_await rest(foreign_every, stopping);
        if (!going_on) co_return;
    }
}

net::awaitable<Swept> sweep_account(index::Accounts& accounts, index::AccountId account, std::chrono::days idle) {
    // Contents to their end, and once: a further pass would end the grace of what was just put (see sweep_content).
    auto contents = [](index::Transaction& tx) { return tx.sweep_content(rows_a_step); };
    auto tombstones = [](index::Transaction& tx) { return tx.sweep_tombstones(rows_a_step); };
    auto threads = [](index::Transaction& tx) { return tx.sweep_threads(rows_a_step); };
    auto devices = [since = net::Clock::utc() - idle](index::Transaction& tx) { return sync::sweep_idle(tx, since); };
    auto const idle_states = co_await accounts.write(account, devices);
    auto const swept_contents = co_await sweep_in_steps(accounts, account, contents);
    auto const swept_tombstones = co_await sweep_in_steps(accounts, account, tombstones);
    co_await sweep_in_steps(accounts, account, threads);
    co_return Swept{.contents = swept_contents, .tombstones = swept_tombstones, .idle = idle_states};
}

net::awaitable<void> sweep(directory::Directory const& directory, index::Accounts& accounts, std::chrono::days idle,
                           bool const& stopping) {
    auto pause = std::chrono::milliseconds(first_sweep);
    for (;;) {
        bool const going_on = co_await rest(pause, stopping);
        if (!going_on) co_return;
        co_await sweep_all(directory, accounts, idle, stopping);
        pause = sweep_every;
    }
}

} // namespace godwit::cli
