#include "measure.hpp"
#include "index/accounts.hpp"
#include "net/time.hpp"
#include "sync/engine.hpp"
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace godwit::sim {
namespace {

using net::Clock;
using net::Time;
constexpr index::AccountId account{1};
constexpr index::CollectionId inbox{1};
Time const today{std::chrono::days(20'000)};

double microseconds(Clock::time_point start, std::size_t times) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count() / double(times);
}

void insert(index::Accounts& accounts, std::size_t items) {
    auto const start = Clock::now();
    accounts.write_now(account, [&](index::Transaction& tx) {
        for (std::size_t i = 0; i < items; ++i) {
            auto const bytes = "message " + std::to_string(i) + std::string(500, 'x');
            tx.add_item({.folder = inbox,
                         .received = today - std::chrono::minutes(i),
                         .content = tx.put_content(bytes),
                         .size = bytes.size()});
        }
    });
    std::printf("insert, one transaction: %.1f us an item\n", microseconds(start, items));
    constexpr std::size_t single = 200;
    auto const durable = Clock::now();
    for (std::size_t i = 0; i < single; ++i)
        accounts.write_now(account, [&](index::Transaction& tx) {
            tx.add_item(
                {.folder = inbox, .received = today, .content = tx.put_content("one " + std::to_string(i)), .size = 9});
        });
    std::printf("insert, a durable transaction each: %.1f us\n", microseconds(durable, single));
}

sync::CollectionResult ask(index::Accounts& accounts, std::string const& key) {
    return accounts.write_now(account, [&](index::Transaction& tx) {
        return sync::exchange(tx, "phone", {.collection = inbox, .key = key, .window = 100}, today);
    });
}

} // namespace

void measure(std::size_t items) {
    auto const directory = std::filesystem::temp_directory_path() / ("godwit_measure_" + std::to_string(::getpid()));
    {
        net::Pool pool(1);
        index::Accounts accounts(pool, directory, {});
        accounts.create(account);
        std::printf("%zu items\n", items);
        insert(accounts, items);
        auto start = Clock::now();
        auto result = ask(accounts, "0");
        std::size_t told = 0, pages = 0;
        do {
            result = ask(accounts, result.key);
            told += result.changes.size();
            ++pages;
        } while (result.more);
        std::printf("download: %.1f us an item (%zu pages)\n", microseconds(start, told), pages);
        constexpr std::size_t times = 5000;
        start = Clock::now();
        for (std::size_t i = 0; i < times; ++i) ask(accounts, result.key);
        std::printf("empty exchange: %.1f us\n", microseconds(start, times));
        auto const bytes = accounts.read_now(
            account, [](index::Transaction& tx) { return tx.collection_state("phone", inbox)->size(); });
        std::printf("state: %zu bytes\n", bytes);
    }
    std::filesystem::remove_all(directory);
}

} // namespace godwit::sim
