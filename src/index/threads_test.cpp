// Conversations and follow-up flags: who joins whom, what is read by range, and what the sweep leaves.
#include "index/accounts.hpp"
#include "index/database.hpp"
#include "index/transaction.hpp"
#include <gmock/gmock.h>

namespace godwit::index {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Names = std::vector<std::string>;

constexpr AccountId account{7};
Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

class Threads : public testing::Test {
protected:
    Threads() {
        accounts.create(account);
        inbox = accounts.read_now(account, [](Transaction& tx) { return tx.folder_of(FolderType::Inbox)->id; });
        trash = accounts.read_now(account, [](Transaction& tx) { return tx.folder_of(FolderType::DeletedItems)->id; });
    }
    template <class F> auto write(F f) { return accounts.write_now(account, f); }
    template <class F> auto read(F f) { return accounts.read_now(account, f); }
    static NewItem of(CollectionId folder, Time received, std::string thread, Names names) {
        return {.folder = folder, .received = received, .thread = std::move(thread), .names = std::move(names)};
    }
    ItemId add(CollectionId folder, Time received, std::string thread, Names names = {}) {
        return write([&](Transaction& tx) { return tx.add_item(of(folder, received, thread, names)); });
    }
    ItemId flagged(CollectionId folder, Time received, std::uint8_t status) {
        return write([&](Transaction& tx) {
            return tx.add_item({.folder = folder, .received = received, .marks = {.flag_status = status}});
        });
    }
    void mark(ItemId id, std::uint8_t status) {
        write([&](Transaction& tx) { tx.set_marks(id, {.flag_status = status}); });
    }
    std::string thread(ItemId id) {
        return read([&](Transaction& tx) { return tx.item(id)->thread; });
    }
    static std::vector<ItemId> ids(std::vector<Item> const& items) {
        std::vector<ItemId> found;
        for (auto const& item : items) found.push_back(item.id);
        return found;
    }
    std::vector<ItemId> in(std::string_view thread, std::optional<Position> from = {}, Position floor = {},
                           std::size_t limit = 100) {
        return ids(read([&](Transaction& tx) { return tx.in_thread(thread, from, floor, limit); }));
    }
    std::vector<ItemId> flags(std::optional<CollectionId> folder = {}, std::optional<Position> from = {},
                              Position floor = {}, std::size_t limit = 100) {
        return ids(read([&](Transaction& tx) {
            return folder ? tx.flagged(*folder, from, floor, limit) : tx.flagged(from, floor, limit);
        }));
    }
    std::string number(char const* sql) {
        return read([&](Transaction& tx) { return tx.database_for_test().text_of(sql); });
    }
    std::size_t sweep(std::size_t at_most = 100) {
        return write([&](Transaction& tx) { return tx.sweep_threads(at_most); });
    }

    net::Pool pool{1};
    Accounts accounts{pool, {}, {}};
    CollectionId inbox = {}, trash = {};
};

TEST_F(Threads, TheFirstNameThatIsKnownDecides) {
    EXPECT_EQ(thread(add(inbox, at(1), "A", {"a"})), "A");
    EXPECT_EQ(thread(add(inbox, at(2), "B", {"b"})), "B");
    EXPECT_EQ(thread(add(inbox, at(3), "X", {"x1", "a"})), "A");
    EXPECT_EQ(thread(add(inbox, at(4), "X", {"x2", "b", "a"})), "B"); // the nearest
    EXPECT_EQ(thread(add(inbox, at(5), "X", {"a", "b"})), "A");       // the same message once more
    EXPECT_EQ(thread(add(inbox, at(6), "X", {"x3"})), "X");
    EXPECT_EQ(thread(add(inbox, at(7), "N")), "N"); // nobody knows anything
    EXPECT_EQ(thread(add(inbox, at(8), "Y", {"y", "z", "y"})), "Y");
    EXPECT_EQ(read([](Transaction& tx) { return tx.thread_of("z"); }), "Y");
    EXPECT_EQ(thread(add(inbox, at(9), "Z", {"z"})), "Y"); // the parent that came late
}

// What phones were told stays: the one that shows it joins the nearest, both go on.
TEST_F(Threads, TwoThatTurnOutToBeOneStayAsTheyAre) {
    auto const a = add(inbox, at(1), "A", {"a"}), c = add(inbox, at(2), "B", {"c", "b"});
    auto const b = add(inbox, at(3), "A", {"b", "a"});
    EXPECT_EQ(thread(a), "A");
    EXPECT_EQ(thread(c), "B");
    EXPECT_EQ(thread(b), "B");
    EXPECT_EQ(read([](Transaction& tx) { return tx.thread_of("a"); }), "A");
}

TEST_F(Threads, AMessageCostsARowForEachNameThatIsNewAndNoneForOthers) {
    auto cost = [&](Names names) {
        return write([&](Transaction& tx) {
            auto const before = std::stoi(tx.database_for_test().text_of("SELECT total_changes()"));
            tx.add_item(of(inbox, at(1), "T", std::move(names)));
            return std::stoi(tx.database_for_test().text_of("SELECT total_changes()")) - before;
        });
    };
    auto const without = cost({});
    EXPECT_EQ(cost({"a"}), without + 1);
    EXPECT_EQ(cost({"b", "a"}), without + 1); // an answer to what is known
    EXPECT_EQ(cost({"d", "c", "b", "a"}), without + 2);
    EXPECT_EQ(cost({"a"}), without);
}

TEST_F(Threads, AConversationIsReadAcrossFoldersNewestFirst) {
    auto const old = add(inbox, at(10), "T"), twin = add(trash, at(20), "T"), twin2 = add(inbox, at(20), "T");
    auto const young = add(trash, at(30), "T"), other = add(inbox, at(25), "U");
    EXPECT_THAT(in("T"), ElementsAre(young, twin2, twin, old));
    EXPECT_THAT(in("T", {}, {}, 2), ElementsAre(young, twin2));
    EXPECT_THAT(in("T", Position{at(20), twin2}), ElementsAre(twin, old));
    EXPECT_THAT(in("T", {}, {at(20), twin2}), ElementsAre(young, twin2));
    EXPECT_THAT(in("U"), ElementsAre(other));
    EXPECT_THAT(in("V"), IsEmpty());
    write([&](Transaction& tx) { tx.move_item(old, trash); });
    EXPECT_THAT(in("T"), ElementsAre(young, twin2, twin, old));
    write([&](Transaction& tx) { tx.rewrite_item(old, tx.put_content("new"), 3, at(40)); });
    EXPECT_THAT(in("T"), ElementsAre(old, young, twin2, twin));
    write([&](Transaction& tx) { tx.remove_item(young); });
    EXPECT_THAT(in("T"), ElementsAre(old, twin2, twin));
    write([&](Transaction& tx) { tx.empty_folder(trash); });
    EXPECT_THAT(in("T"), ElementsAre(twin2));
}

TEST_F(Threads, WhatHasNoneIsInNone) { // a contact, say
    add(inbox, at(1), "");
    EXPECT_THAT(in(""), IsEmpty());
    write([&](Transaction& tx) { tx.empty_folder(inbox); });
    EXPECT_EQ(number("SELECT count(*) FROM thread_loose"), "0");
}

TEST_F(Threads, NamesGoWithTheLastItemOfTheirConversation) {
    auto const folder =
        write([](Transaction& tx) { return tx.create_folder(CollectionId::Root, FolderType::UserMail, "f"); });
    auto const a = add(inbox, at(1), "A", {"a"}), a2 = add(trash, at(2), "X", {"a2", "a"});
    add(trash, at(3), "B", {"b", "missing"});
    add(folder, at(4), "C", {"c"});
    write([&](Transaction& tx) { tx.remove_item(a); });
    EXPECT_EQ(sweep(), 1);
    EXPECT_EQ(number("SELECT count(*) FROM thread_name"), "5"); // a2 is still there, and who answers a joins it
    EXPECT_EQ(thread(add(inbox, at(5), "Y", {"a3", "a"})), "A");
    write([&](Transaction& tx) { tx.move_item(a2, inbox); });
    EXPECT_EQ(sweep(), 0); // a move loses nothing
    write([&](Transaction& tx) { tx.empty_folder(trash); });
    write([&](Transaction& tx) { tx.remove_folder(folder); });
    EXPECT_EQ(number("SELECT count(*) FROM thread_name WHERE thread <> CAST('A' AS BLOB)"), "3"); // until the sweep
    EXPECT_EQ(sweep(1), 1);
    EXPECT_EQ(sweep(1), 1);
    EXPECT_EQ(sweep(1), 0);
    EXPECT_EQ(number("SELECT count(*) FROM thread_name WHERE thread <> CAST('A' AS BLOB)"), "0");
    write([&](Transaction& tx) { tx.empty_folder(inbox); });
    EXPECT_EQ(sweep(), 1);
    EXPECT_EQ(number("SELECT count(*) FROM thread_name"), "0");
    EXPECT_EQ(number("SELECT count(*) FROM thread_loose"), "0");
}

TEST_F(Threads, AFailedTransactionNamesNobody) {
    EXPECT_THROW(write([&](Transaction& tx) {
                     tx.add_item(of(inbox, at(1), "A", {"a"}));
                     throw std::runtime_error("on the way");
                 }),
                 std::runtime_error);
    EXPECT_FALSE(read([](Transaction& tx) { return tx.thread_of("a"); }));
}

TEST_F(Threads, ActiveFlagsAreReadOfAFolderAndOfAllNewestFirst) {
    auto const old = flagged(inbox, at(10), 2), twin = flagged(trash, at(20), 2), twin2 = flagged(inbox, at(20), 2);
    auto const complete = flagged(inbox, at(30), 1), plain = flagged(inbox, at(40), 0);
    EXPECT_THAT(flags(), ElementsAre(twin2, twin, old));
    EXPECT_THAT(flags(inbox), ElementsAre(twin2, old));
    EXPECT_THAT(flags({}, {}, {}, 1), ElementsAre(twin2));
    EXPECT_THAT(flags({}, Position{at(20), twin2}), ElementsAre(twin, old));
    EXPECT_THAT(flags({}, {}, {at(20), twin}), ElementsAre(twin2, twin));
    EXPECT_THAT(flags(inbox, Position{at(20), twin2}), ElementsAre(old));
    EXPECT_THAT(flags(inbox, {}, {at(15)}), ElementsAre(twin2));
    EXPECT_THAT(flags(inbox, {}, {}, 1), ElementsAre(twin2));
    mark(plain, 2);
    mark(twin2, 1);
    EXPECT_THAT(flags(), ElementsAre(plain, twin, old));
    mark(complete, 2);
    mark(plain, 0);
    EXPECT_THAT(flags(inbox), ElementsAre(complete, old));
}

TEST_F(Threads, AFlagGoesWhereItsItemGoes) {
    auto const folder =
        write([](Transaction& tx) { return tx.create_folder(CollectionId::Root, FolderType::UserMail, "f"); });
    auto const a = flagged(inbox, at(10), 2), b = flagged(inbox, at(20), 2), c = flagged(folder, at(30), 2);
    write([&](Transaction& tx) { tx.move_item(a, trash); });
    EXPECT_THAT(flags(inbox), ElementsAre(b));
    EXPECT_THAT(flags(trash), ElementsAre(a));
    write([&](Transaction& tx) { tx.rewrite_item(a, tx.put_content("new"), 3, at(40)); });
    EXPECT_THAT(flags(), ElementsAre(a, c, b));
    write([&](Transaction& tx) { tx.remove_item(b); });
    EXPECT_THAT(flags(), ElementsAre(a, c));
    write([&](Transaction& tx) { tx.remove_folder(folder); });
    EXPECT_THAT(flags(), ElementsAre(a));
    write([&](Transaction& tx) { tx.empty_folder(trash); });
    EXPECT_THAT(flags(), IsEmpty());
}

// Mail without a flag has no entry in the indexes of flags, so that they cost it nothing.
TEST_F(Threads, UnflaggedMailIsNotInTheIndexesOfFlags) {
    for (int i = 0; i < 2000; ++i) flagged(inbox, at(i), i % 2 ? 0 : 1);
    auto const pages = [&] { return std::stoi(number("PRAGMA page_count")); };
    auto const before = pages();
    write(
        [](Transaction& tx) { tx.database_for_test().write_sql("REINDEX item_flagged; REINDEX item_flagged_folder"); });
    EXPECT_EQ(pages(), before);
    EXPECT_EQ(number("SELECT count(*) FROM item INDEXED BY item_flagged WHERE flag_status = 2"), "0");
    EXPECT_EQ(number("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'item_flagged%' AND sql LIKE "
                     "'% WHERE flag_status = 2'"),
              "2");
}

} // namespace
} // namespace godwit::index
