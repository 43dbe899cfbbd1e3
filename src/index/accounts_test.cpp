#include "index/accounts.hpp"
#include "index/database.hpp"
#include "index/schema.hpp"
#include "net/mutex.hpp"
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace godwit::index {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
namespace fs = std::filesystem;

constexpr AccountId account{3};

class OnDisk : public testing::Test {
protected:
    OnDisk() : directory(fs::temp_directory_path() / ("godwit_index_" + std::to_string(::getpid()))) {
        fs::remove_all(directory);
        fs::create_directories(directory);
    }
    ~OnDisk() override { // databases that are being closed remove files of theirs meanwhile
        std::error_code gone;
        while (fs::remove_all(directory, gone), gone == std::errc::no_such_file_or_directory) gone.clear();
    }
    fs::path file() const { return directory / "accounts" / "3.db"; }
    static void add(Accounts& accounts, std::string_view bytes, AccountId id = account) {
        accounts.write_now(id, [&](Transaction& tx) {
            tx.add_item({.folder = tx.folder_of(FolderType::Inbox)->id,
                         .content = tx.put_content(bytes),
                         .size = bytes.size()});
        });
    }
    static std::uint64_t count(Accounts& accounts, AccountId id = account) {
        return accounts.read_now(id,
                                 [](Transaction& tx) { return tx.item_count(tx.folder_of(FolderType::Inbox)->id); });
    }
    static std::string integrity(fs::path const& path) {
        Database db(path, false);
        return db.text_of("PRAGMA integrity_check");
    }

    fs::path directory;
    net::Pool pool{2};
};

TEST_F(OnDisk, WhatWasCommittedIsThereAfterReopening) {
    {
        Accounts accounts(pool, directory, {});
        accounts.create(account);
        add(accounts, "one");
    }
    Accounts accounts(pool, directory, {});
    EXPECT_EQ(count(accounts), 1);
    EXPECT_THROW(count(accounts, AccountId{99}), StoreBroken); // never created
    accounts.remove(account);
    EXPECT_FALSE(fs::exists(file()));
}

TEST_F(OnDisk, ANewerSchemaIsRefusedWithAClearError) {
    {
        Accounts accounts(pool, directory, {});
        accounts.create(account);
    }
    {
        Database db(file(), false);
        db.write_sql("PRAGMA user_version = 999");
    }
    Accounts accounts(pool, directory, {});
    try {
        count(accounts);
        FAIL();
    } catch (StoreBroken const& e) {
        EXPECT_THAT(e.what(), HasSubstr("schema 999"));
        EXPECT_THAT(e.what(), HasSubstr("up to " + std::to_string(migrations().size())));
    }
}

// As each earlier version wrote it: what its successors added is taken away, the last first.
TEST_F(OnDisk, AnOlderSchemaIsBroughtForward) {
    std::string const thread = "the conversation";
    constexpr std::array undo{"ALTER TABLE folder DROP COLUMN bytes",
                              "DROP INDEX item_flagged_folder; DROP INDEX item_flagged; DROP INDEX item_thread;"
                              "DROP TABLE thread_loose; DROP TABLE thread_name",
                              "DELETE FROM folder WHERE type IN (7, 8, 9, 10); ALTER TABLE tombstone DROP COLUMN class;"
                              "UPDATE folder SET name = 'notes' WHERE junk = 1; UPDATE account SET next_folder = 7",
                              "ALTER TABLE outbox DROP COLUMN delay_told; ALTER TABLE outbox DROP COLUMN handed_in",
                              "ALTER TABLE item DROP COLUMN seen_at; ALTER TABLE item DROP COLUMN flag_at;"
                              "ALTER TABLE item DROP COLUMN categories_at; ALTER TABLE item DROP COLUMN verb_at"};
    ASSERT_EQ(undo.size() + 1, migrations().size());
    for (std::size_t version = undo.size(); version > 0; --version) {
        {
            Accounts accounts(pool, directory, {});
            accounts.create(account);
            accounts.write_now(account, [&](Transaction& tx) {
                tx.add_item({.folder = tx.folder_of(FolderType::Inbox)->id,
                             .content = tx.put_content("12345"),
                             .size = 5,
                             .thread = thread,
                             .names = {"<1@x>"}});
                for (unsigned const attempts : {1U, 9U, 10U, 40U}) // of which the last two had been told of a delay
                    tx.enqueue({.sender = "a@b",
                                .recipients = {"c@d"},
                                .content = tx.put_content("mail"),
                                .attempts = attempts,
                                .next_attempt = Time(std::chrono::seconds(attempts)),
                                .last_error = "421"});
            });
        }
        {
            Database db(file(), false);
            for (auto step = undo.size(); step >= version; --step) db.write_sql(undo[step - 1]);
            db.write_sql(("PRAGMA user_version = " + std::to_string(version)).c_str());
        }
        Accounts accounts(pool, directory, {});
        EXPECT_EQ(count(accounts), 1);
        EXPECT_EQ(accounts.read_now(account, [](Transaction& tx) { return tx.used(); }), 5);
        EXPECT_THAT(accounts.read_now(account, [&](Transaction& tx) { return tx.in_thread(thread, {}, {}, 9); }),
                    SizeIs(1));
        auto const waiting = accounts.read_now(account, [](Transaction& tx) { return tx.outbox(); });
        ASSERT_THAT(waiting, SizeIs(4));
        for (auto const& row : waiting) {
            if (version < 5) EXPECT_EQ(row.handed_in, row.next_attempt); // since then it is known
            EXPECT_EQ(row.next_attempt, Time(std::chrono::seconds(row.attempts)));
            EXPECT_EQ(row.delay_told, version < 5 && row.attempts >= 10) << row.attempts;
            EXPECT_THAT(row.recipients, ElementsAre("c@d"));
        }
        accounts.write_now(account, [&](Transaction& tx) {
            std::vector<std::string> names;
            for (auto const& folder : tx.folders_changed(Modseq::None))
                if (folder.id > CollectionId{6}) names.push_back(folder.name);
            auto const* notes = version < 4 ? "Notes (Exchange)" : "Notes"; // since then there from the start
            EXPECT_THAT(names, ElementsAre("Calendar", "Contacts", "Tasks", notes));
            EXPECT_EQ(tx.create_folder(CollectionId::Root, FolderType::UserMail, "More"), CollectionId{11});
        });
        accounts.remove(account);
    }
}

TEST_F(OnDisk, OpenFilesAreBounded) {
    Accounts accounts(pool, directory, {}, 4);
    for (int i = 1; i <= 20; ++i) accounts.create(AccountId{i});
    for (int i = 1; i <= 20; ++i) add(accounts, "x", AccountId{i});
    EXPECT_LE(accounts.open_count(), 4);
    for (int i = 1; i <= 20; ++i) EXPECT_EQ(count(accounts, AccountId{i}), 1);
}

TEST_F(OnDisk, AFullDiskLosesNothingAndRecoversByItself) {
    Accounts accounts(pool, directory, {});
    accounts.create(account);
    add(accounts, "before");
    auto const limit = [&](char const* sql) {
        accounts.write_now(account, [&](Transaction& tx) { tx.database_for_test().write_sql(sql); });
    };
    limit("PRAGMA max_page_count = 1"); // as full as a disk can be
    EXPECT_THROW(add(accounts, std::string(1'000'000, 'x')), StoreFull);
    EXPECT_EQ(count(accounts), 1);
    limit("PRAGMA max_page_count = 1000000");
    add(accounts, std::string(1'000'000, 'x'));
    EXPECT_EQ(count(accounts), 2);
}

TEST_F(OnDisk, AnotherProcessIsHeardOf) {
    net::Guarded<std::vector<Commit>> told; // by the pool's threads
    auto const heard = [&] { return told.with([](auto const& all) { return all; }); };
    auto const forget = [&] { told.with([](auto& all) { all.clear(); }); };
    Accounts server(pool, directory, [&](Commit const& c) { told.with([&](auto& all) { all.push_back(c); }); }, 1);
    server.create(account);
    EXPECT_EQ(count(server), 0);
    forget();
    Accounts command_line(pool, directory, {});
    add(command_line, "imported");
    auto const wait = [&](std::size_t n) {
        for (int i = 0; i < 2000 && heard().size() < n; ++i) {
            if (i % 100 == 0) server.poll_foreign();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return heard().size();
    };
    ASSERT_EQ(wait(1), 1);
    EXPECT_THAT(heard()[0].folders, SizeIs(1));
    EXPECT_FALSE(heard()[0].hierarchy);
    server.create(AccountId{4}); // the first account's file is closed: its bell still rings
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    forget();
    add(command_line, "imported while closed");
    ASSERT_GE(wait(1), 1);
    EXPECT_EQ(heard()[0].account, account);
}

TEST_F(OnDisk, WritersOfTwoProcessesTakeTurns) {
    Accounts one(pool, directory, {}), two(pool, directory, {});
    one.create(account);
    std::thread other([&] {
        for (int i = 0; i < 50; ++i) add(two, "b" + std::to_string(i));
    });
    for (int i = 0; i < 50; ++i) add(one, "a" + std::to_string(i));
    other.join();
    EXPECT_EQ(count(one), 100);
    EXPECT_EQ(one.read_now(account, [](Transaction& tx) { return tx.changes(CollectionId{1}, {}, 1000).size(); }), 100);
}

// Whatever moment the process is killed at, what it had acknowledged is there and the file is whole.
TEST_F(OnDisk, Kill9LosesNothingThatWasAcknowledged) {
    {
        Accounts accounts(pool, directory, {});
        accounts.create(account);
    }
    for (int round = 0; round < 6; ++round) {
        int pipe[2] = {};
        ASSERT_EQ(::pipe(pipe), 0);
        std::uint64_t before = 0;
        {
            Accounts accounts(pool, directory, {});
            before = count(accounts);
        }
        auto const child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            net::Pool own{1};
            Accounts accounts(own, directory, {});
            for (char c = 0;; ++c) {
                add(accounts, std::string(5000, c));
                if (::write(pipe[1], &c, 1) != 1) ::_exit(1);
            }
        }
        ::close(pipe[1]);
        std::uint64_t acknowledged = 0;
        char c = 0;
        while (acknowledged < 5U + 7U * unsigned(round) && ::read(pipe[0], &c, 1) == 1) ++acknowledged;
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        while (::read(pipe[0], &c, 1) == 1) ++acknowledged;
        ::close(pipe[0]);
        EXPECT_EQ(integrity(file()), "ok");
        Accounts accounts(pool, directory, {});
        EXPECT_GE(count(accounts), before + acknowledged);
        EXPECT_LE(count(accounts), before + acknowledged + 1);
    }
}

TEST_F(OnDisk, AWriteThatChangedNothingWritesNothing) {
    Accounts accounts(pool, directory, {});
    accounts.create(account);
    add(accounts, "x");
    auto const log = fs::path(file().string() + "-wal");
    auto const size = fs::file_size(log);
    auto const written = fs::last_write_time(log);
    for (int i = 0; i < 20; ++i) accounts.write_now(account, [](Transaction& tx) { return tx.folders().size(); });
    EXPECT_EQ(fs::file_size(log), size);
    EXPECT_EQ(fs::last_write_time(log), written);
}

TEST_F(OnDisk, CoroutinesGetTheirResultsAndTheirExceptions) {
    net::asio::io_context loop; // outlives the pool, whose threads post to it
    net::Pool workers(1);
    Accounts accounts(workers, directory, {});
    accounts.create(account);
    bool done = false;
    auto const body = [&]() -> net::awaitable<void> {
        auto work =
            accounts.write(account, [](Transaction& tx) { return tx.create_folder({}, FolderType::UserMail, "x"); });
        auto const id = co_await std::move(work);
        EXPECT_EQ(id, CollectionId{11});
        auto set = accounts.write(account, [](Transaction& tx) { tx.put_setting("a", "b"); });
        co_await std::move(set);
        auto look = accounts.read(account, [](Transaction& tx) { return *tx.setting("a"); });
        auto const value = co_await std::move(look);
        EXPECT_EQ(value, "b");
        bool thrown = false;
        try {
            auto bad = accounts.write(account, [](Transaction&) { throw std::runtime_error("no"); });
            co_await std::move(bad);
        } catch (std::runtime_error const&) {
            thrown = true;
        }
        EXPECT_TRUE(thrown);
        done = true;
    };
    net::asio::co_spawn(loop, body, net::asio::detached);
    loop.run();
    EXPECT_TRUE(done);
}

} // namespace
} // namespace godwit::index
