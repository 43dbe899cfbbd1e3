#include "measure.hpp"
#include "index/accounts.hpp"
#include "net/time.hpp"
#include "sync/contents.hpp"
#include "sync/engine.hpp"
#include "sync/hierarchy.hpp"
#include "sync/tell.hpp"
#include <algorithm>
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

double milliseconds(Clock::time_point start) { return microseconds(start, 1) / 1000; }

// Issue 3: a folder of 10,000 messages moves within a second, as a folder and message by message.
void move(index::Accounts& accounts) {
    constexpr std::size_t most = 10'000, at_once = 1000; // of one MoveItems (MS-ASCMD_R5653)
    std::vector<sync::Move> moves;
    auto const key = accounts.write_now(
        account, [](index::Transaction& tx) { return sync::folder_sync(tx, "phone", "0", today).key; });
    auto const made = accounts.write_now(account, [&](index::Transaction& tx) {
        return sync::create_folder(tx, "phone", key, {.name = "Moved", .type = index::FolderType::UserMail});
    });
    accounts.read_now(account, [&](index::Transaction& tx) {
        for (auto const& item : tx.walk(inbox, {}, sync::bottom, most))
            moves.push_back({.item = item.id, .source = inbox, .destination = made.folder});
    });
    auto start = Clock::now();
    for (std::size_t i = 0; i < moves.size(); i += at_once)
        accounts.write_now(account, [&](index::Transaction& tx) {
            auto const some = std::span(moves).subspan(i, std::min(at_once, moves.size() - i));
            return sync::move_items(tx, "phone", some, sync::Told::AsAdd);
        });
    std::printf("MoveItems of %zu messages, %zu a request: %.0f ms\n", moves.size(), at_once, milliseconds(start));
    start = Clock::now();
    accounts.write_now(account, [&](index::Transaction& tx) {
        return sync::update_folder(tx, "phone", made.key, made.folder,
                                   {.parent = index::CollectionId{5}, .name = "Moved"});
    });
    std::printf("FolderUpdate of a folder of %zu messages: %.1f ms\n", moves.size(), milliseconds(start));
    start = Clock::now();
    accounts.write_now(account,
                       [&](index::Transaction& tx) { return sync::empty_contents(tx, "phone", made.folder, false); });
    std::printf("EmptyFolderContents of %zu messages: %.0f ms\n", moves.size(), milliseconds(start));
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
        move(accounts);
    }
    std::filesystem::remove_all(directory);
}

} // namespace godwit::sim
