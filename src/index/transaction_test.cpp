#include "index/accounts.hpp"
#include "index/transaction.hpp"
#include <gmock/gmock.h>

namespace godwit::index {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr AccountId account{7};
Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

class Index : public testing::Test {
protected:
    Index() {
        accounts.create(account);
        inbox = accounts.read_now(account, [](Transaction& tx) { return tx.folder_of(FolderType::Inbox)->id; });
        trash = accounts.read_now(account, [](Transaction& tx) { return tx.folder_of(FolderType::DeletedItems)->id; });
    }
    template <class F> auto write(F f) { return accounts.write_now(account, f); }
    template <class F> auto read(F f) { return accounts.read_now(account, f); }
    ItemId add(Time received = at(1000), std::string_view bytes = "message") {
        return write([&](Transaction& tx) {
            return tx.add_item(
                {.folder = inbox, .received = received, .content = tx.put_content(bytes), .size = bytes.size()});
        });
    }
    std::vector<Change> changes(Modseq since, std::size_t limit = 100) {
        return read([&](Transaction& tx) { return tx.changes(inbox, since, limit); });
    }
    Modseq now() {
        return read([](Transaction& tx) { return tx.modseq(); });
    }

    net::Pool pool{1};
    std::vector<Commit> announced;
    Accounts accounts{pool, {}, [this](Commit const& c) { announced.push_back(c); }};
    CollectionId inbox = {}, trash = {};
};

TEST_F(Index, EveryPhoneFindsTheFoldersThatItExpects) {
    auto const folders = read([](Transaction& tx) { return tx.folders(); });
    std::vector<FolderType> types;
    for (auto const& f : folders) types.push_back(f.type);
    EXPECT_THAT(types, ElementsAre(FolderType::Inbox, FolderType::Drafts, FolderType::Outbox, FolderType::SentItems,
                                   FolderType::DeletedItems, FolderType::UserMail, FolderType::Calendar,
                                   FolderType::Contacts, FolderType::Tasks, FolderType::Notes));
    EXPECT_EQ(read([](Transaction& tx) { return tx.junk()->name; }), "Junk Email");
    accounts.create(account); // again: nothing doubles
    EXPECT_THAT(read([](Transaction& tx) { return tx.folders(); }), SizeIs(10));
}

TEST_F(Index, AnItemKeepsEverythingThatItWasGiven) {
    Marks const marks{.read = true,
                      .flag_status = 2,
                      .flag = std::string("f\0lag", 5),
                      .categories = {"red", "", "grün"},
                      .last_verb = 3,
                      .last_verb_time = at(5)};
    auto const id = write([&](Transaction& tx) {
        return tx.add_item({.folder = inbox,
                            .item_class = ItemClass::Sms,
                            .received = at(77),
                            .content = tx.put_content("x"),
                            .size = 1,
                            .thread = std::string("\0thread", 7),
                            .marks = marks});
    });
    auto const item = *read([&](Transaction& tx) { return tx.item(id); });
    EXPECT_EQ(item.marks, marks);
    EXPECT_EQ(item.thread, std::string("\0thread", 7));
    EXPECT_EQ(item.item_class, ItemClass::Sms);
    EXPECT_EQ(item.received, at(77));
    EXPECT_EQ(item.modseq, item.entered);
    EXPECT_EQ(item.modseq, item.rewritten);
    EXPECT_EQ(read([&](Transaction& tx) { return tx.item_count(inbox); }), 1);
}

TEST_F(Index, ANoOpGivesNoStampAndNoAnnouncement) {
    auto const id = add();
    auto const before = now();
    announced.clear();
    write([&](Transaction& tx) {
        auto const item = *tx.item(id);
        tx.set_marks(id, item.marks);
        tx.rewrite_item(id, item.content, item.size, item.received);
        tx.move_item(id, inbox);
        tx.update_folder(inbox, CollectionId::Root, "Inbox");
    });
    EXPECT_EQ(now(), before);
    EXPECT_THAT(announced, IsEmpty());
}

TEST_F(Index, ChangesComeInTheOrderOfTheirStampsAndCanBeCutAnywhere) {
    auto const a = add(), b = add(), c = add();
    auto const start = now();
    write([&](Transaction& tx) {
        tx.set_marks(c, {.read = true});
        tx.remove_item(a);
        tx.set_marks(b, {.read = true});
    });
    auto const all = changes(start);
    ASSERT_THAT(all, SizeIs(3));
    EXPECT_EQ(all[0].item->id, c);
    EXPECT_EQ(all[1].tombstone->id, a);
    EXPECT_EQ(all[2].item->id, b);
    auto const first = changes(start, 1);
    ASSERT_THAT(first, SizeIs(1));
    EXPECT_THAT(changes(first[0].item->modseq), SizeIs(2));
}

TEST_F(Index, AMoveLeavesATombstoneAndTheItemKeepsItsNumber) {
    auto const id = add(at(50));
    auto const start = now();
    write([&](Transaction& tx) { tx.move_item(id, trash); });
    auto const left = changes(start);
    ASSERT_THAT(left, SizeIs(1));
    EXPECT_EQ(left[0].tombstone->id, id);
    EXPECT_EQ(left[0].tombstone->received, at(50));
    EXPECT_LE(left[0].tombstone->entered, start);
    auto const item = *read([&](Transaction& tx) { return tx.item(id); });
    EXPECT_EQ(item.folder, trash);
    EXPECT_GT(item.entered, start);
    EXPECT_EQ(read([&](Transaction& tx) { return tx.item_count(inbox); }), 0);
    EXPECT_THAT(announced.back().folders, ElementsAre(inbox, trash));
}

TEST_F(Index, ARewriteThatMovesInTheWalkLeavesAndEntersAnew) {
    auto const id = add(at(50));
    auto const start = now();
    write([&](Transaction& tx) { tx.rewrite_item(id, tx.put_content("new"), 3, at(60)); });
    auto const rows = changes(start);
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].tombstone->received, at(50));
    EXPECT_EQ(rows[1].item->received, at(60));
    EXPECT_GT(rows[1].item->entered, start);
    auto const again = now();
    write([&](Transaction& tx) { tx.rewrite_item(id, tx.put_content("newer"), 5, at(60)); });
    ASSERT_THAT(changes(again), SizeIs(1));
    EXPECT_LE(changes(again)[0].item->entered, again);
}

TEST_F(Index, TheWalkGoesDownByTimeThenNumberAndStopsAtItsFloor) {
    auto const old = add(at(10)), twin = add(at(20)), twin2 = add(at(20)), young = add(at(30));
    auto const ids = [](std::vector<Item> const& items) {
        std::vector<ItemId> found;
        for (auto const& i : items) found.push_back(i.id);
        return found;
    };
    auto const walk = [&](std::optional<Position> from, Position floor, std::size_t limit, Modseq until = Modseq::Max) {
        return ids(read([&](Transaction& tx) { return tx.walk(inbox, from, floor, limit, until); }));
    };
    EXPECT_THAT(walk({}, {}, 10), ElementsAre(young, twin2, twin, old));
    EXPECT_THAT(walk(Position{at(20), twin2}, {}, 10), ElementsAre(twin, old));
    EXPECT_THAT(walk({}, {at(20), twin2}, 10), ElementsAre(young, twin2));
    EXPECT_THAT(walk({}, {at(20)}, 2), ElementsAre(young, twin2));
    auto const entered = read([&](Transaction& tx) { return tx.item(twin)->entered; });
    EXPECT_THAT(walk({}, {}, 10, entered), ElementsAre(twin, old));
    EXPECT_EQ(read([&](Transaction& tx) { return tx.count_walk(inbox, {}, {at(20)}, 100); }), 3);
    EXPECT_THAT(ids(read([&](Transaction& tx) { return tx.between(inbox, {at(10)}, {at(20), twin2}, 10); })),
                ElementsAre(old, twin));
}

TEST_F(Index, RemovingAFolderTakesWhatIsInItAndBelowIt) {
    auto const [outer, inner] = write([&](Transaction& tx) {
        auto const o = tx.create_folder(CollectionId::Root, FolderType::UserMail, "outer");
        return std::pair(o, tx.create_folder(o, FolderType::UserMail, "inner"));
    });
    auto const start = now();
    write([&, in = inner](Transaction& tx) {
        tx.add_item({.folder = in, .content = tx.put_content("x")});
        tx.put_collection_state("phone", in, "state", {});
    });
    write([&, out = outer](Transaction& tx) { tx.remove_folder(out); });
    read([&, in = inner](Transaction& tx) {
        EXPECT_FALSE(tx.folder(in));
        EXPECT_FALSE(tx.collection_state("phone", in));
        EXPECT_THAT(tx.folders_removed(start), SizeIs(2));
        EXPECT_THAT(tx.walk(in, {}, {}, 10), IsEmpty());
    });
    EXPECT_TRUE(announced.back().hierarchy);
    auto const next =
        write([&](Transaction& tx) { return tx.create_folder(CollectionId::Root, FolderType::UserMail, "n"); });
    EXPECT_GT(next, inner); // ids are never given twice
}

TEST_F(Index, ContentIsKeptOnceAndReadInParts) {
    std::string const bytes = std::string(100'000, 'a') + "end";
    auto const hash = write([&](Transaction& tx) {
        auto h = tx.put_content(bytes);
        EXPECT_EQ(tx.put_content(bytes), h);
        return h;
    });
    read([&](Transaction& tx) {
        EXPECT_EQ(tx.content(hash), bytes);
        EXPECT_EQ(tx.content_range(hash, 100'000, 100), "end");
        EXPECT_EQ(tx.content_range(hash, 99'999, 2), "ae");
        EXPECT_EQ(tx.content_range(hash, 200'000, 2), "");
        EXPECT_THROW(tx.content("nobody"), StoreBroken);
    });
    auto const empty = write([](Transaction& tx) { return tx.put_content(""); });
    EXPECT_EQ(read([&](Transaction& tx) { return tx.content(empty); }), "");
}

TEST_F(Index, TheSweepDropsWhatNobodyNamesAndKeepsWhatMayYetBeNamed) {
    auto const a = add(at(1), "shared"), b = add(at(2), "shared");
    auto const sweep = [&] { return write([](Transaction& tx) { return tx.sweep_content(100); }); };
    auto const put = write([](Transaction& tx) { return tx.put_content("not named yet"); });
    EXPECT_EQ(sweep(), 0);
    write([&](Transaction& tx) { tx.remove_item(a); });
    EXPECT_EQ(sweep(), 1); // "not named yet": two sweeps and nobody came
    write([&](Transaction& tx) { tx.remove_item(b); });
    EXPECT_EQ(sweep(), 1);
    EXPECT_EQ(sweep(), 0);
    read([&](Transaction& tx) { EXPECT_THROW(tx.content(put), StoreBroken); });
}

TEST_F(Index, TombstonesLiveUntilNoDeviceIsOlder) {
    auto const a = add(), b = add();
    write([&](Transaction& tx) {
        tx.put_collection_state("old", inbox, "s", tx.modseq());
        tx.remove_item(a);
        tx.put_collection_state("young", inbox, "s", tx.modseq());
        tx.remove_item(b);
    });
    auto const sweep = [&] { return write([](Transaction& tx) { return tx.sweep_tombstones(100); }); };
    EXPECT_EQ(sweep(), 0);
    write([&](Transaction& tx) { tx.remove_device("old"); });
    EXPECT_EQ(sweep(), 1);
    EXPECT_GT(read([&](Transaction& tx) { return tx.folder(inbox)->swept; }), Modseq::None);
    write([&](Transaction& tx) { tx.remove_collection_states("young"); });
    EXPECT_EQ(sweep(), 1);
    EXPECT_THAT(changes(Modseq::None), IsEmpty());
}

TEST_F(Index, AFailedTransactionLeavesNothing) {
    auto const before = now();
    announced.clear();
    EXPECT_THROW(write([&](Transaction& tx) {
                     tx.add_item({.folder = inbox, .content = tx.put_content("x")});
                     throw std::runtime_error("on the way");
                 }),
                 std::runtime_error);
    EXPECT_EQ(now(), before);
    EXPECT_EQ(read([&](Transaction& tx) { return tx.item_count(inbox); }), 0);
    EXPECT_THAT(announced, IsEmpty());
}

TEST_F(Index, DevicesStatesAndMemory) {
    write([&](Transaction& tx) {
        tx.put_device({"phone", "iPhone", "UA", at(1), at(2), "16.1"});
        tx.put_device({"phone", "iPhone", "UA2", at(1), at(3), "16.1"});
        tx.put_state("phone", "ping", std::string("a\0b", 3));
        tx.put_setting("display_name", "Ann");
        EXPECT_TRUE(tx.remember("sent", "id1", at(10)));
        EXPECT_FALSE(tx.remember("sent", "id1", at(11)));
        EXPECT_TRUE(tx.remember("other", "id1", at(12)));
        EXPECT_EQ(tx.forget("sent", at(11)), 1);
        EXPECT_TRUE(tx.remember("sent", "id1", at(13)));
        tx.isolate({ItemId{5}, inbox, "broken", at(9)});
        tx.isolate({ItemId{5}, inbox, "again", at(10)});
    });
    read([&](Transaction& tx) {
        ASSERT_THAT(tx.devices(), SizeIs(1));
        EXPECT_EQ(tx.device("phone")->user_agent, "UA2");
        EXPECT_EQ(tx.state("phone", "ping"), std::string("a\0b", 3));
        EXPECT_FALSE(tx.state("phone", "pong"));
        EXPECT_EQ(tx.setting("display_name"), "Ann");
        ASSERT_THAT(tx.isolated(), SizeIs(1));
        EXPECT_EQ(tx.isolated()[0].reason, "broken");
    });
    write([](Transaction& tx) { tx.remove_device("phone"); });
    EXPECT_FALSE(read([](Transaction& tx) { return tx.state("phone", "ping"); }));
}

// Where an isolated item goes, its entry goes; new content is news.
TEST_F(Index, WhatIsIsolatedIsListedWhereItIs) {
    auto const item = add(at(1));
    write([&](Transaction& tx) {
        tx.isolate({item, inbox, "broken", at(9)});
        tx.move_item(item, trash);
    });
    read([&](Transaction& tx) { EXPECT_EQ(tx.isolated().at(0).folder, trash); });
    write([&](Transaction& tx) { tx.empty_folder(inbox); });
    EXPECT_THAT(read([](Transaction& tx) { return tx.isolated(); }), SizeIs(1));
    write([&](Transaction& tx) {
        auto const content = tx.put_content("whole again");
        tx.rewrite_item(item, content, 11, at(1));
    });
    EXPECT_THAT(read([](Transaction& tx) { return tx.isolated(); }), IsEmpty());
}

// A message that is composed of views is the same content as the one in one piece, however large it is.
TEST_F(Index, ContentInPiecesIsTheContentThatTheyAre) {
    for (std::size_t size : {0UZ, 10UZ, 3'000'000UZ}) {
        std::string whole;
        for (std::size_t i = 0; i < size; ++i) whole += char('a' + i * 7 % 26);
        std::vector<std::string_view> const pieces{
            std::string_view(whole).substr(0, size / 3), {}, std::string_view(whole).substr(size / 3)};
        auto const hash = write([&](Transaction& tx) { return tx.put_content(pieces); });
        EXPECT_EQ(write([&](Transaction& tx) { return tx.put_content(whole); }), hash) << size;
        EXPECT_EQ(write([&](Transaction& tx) { return tx.content(hash); }), whole) << size;
    }
}

TEST_F(Index, TheOutboxHandsOutWhatIsDue) {
    auto const [soon, later] = write([&](Transaction& tx) {
        auto const hash = tx.put_content("mail");
        return std::pair(
            tx.enqueue({.sender = "a@b", .recipients = {"c@d", "e@f"}, .content = hash, .next_attempt = at(10)}),
            tx.enqueue({.sender = "a@b", .recipients = {"c@d"}, .content = hash, .next_attempt = at(20)}));
    });
    auto const due = read([](Transaction& tx) { return tx.due(at(15), at(20), 10); });
    ASSERT_THAT(due, SizeIs(1));
    EXPECT_EQ(due[0].id, soon);
    EXPECT_THAT(due[0].recipients, ElementsAre("c@d", "e@f"));
    auto const ids = [&](Time now, Time latest, std::size_t at_most) {
        std::vector<std::int64_t> out;
        for (auto const& row : read([&](Transaction& tx) { return tx.due(now, latest, at_most); }))
            out.push_back(row.id);
        return out;
    };
    EXPECT_THAT(ids(at(15), at(19), 10), ElementsAre(soon, later)) << "so late is never: the clock was set back";
    EXPECT_THAT(ids(at(15), at(19), 1), ElementsAre(soon));
    EXPECT_THAT(ids(at(5), at(9), 1), ElementsAre(soon));
    EXPECT_THAT(ids(at(5), at(20), 10), IsEmpty());
    write([&, first = soon, second = later](Transaction& tx) {
        auto o = tx.outbox()[1];
        o.recipients = {};
        o.handed_in = at(0);
        o.next_attempt = at(1);
        o.delay_told = true;
        o.last_error = "421";
        tx.update_outgoing(o);
        tx.remove_outgoing(first);
        auto const row = tx.due(at(5), at(100), 10).at(0);
        EXPECT_EQ(row.id, second);
        EXPECT_EQ(row.handed_in, at(0));
        EXPECT_TRUE(row.delay_told);
        EXPECT_THAT(row.recipients, IsEmpty());
    });
    EXPECT_EQ(write([](Transaction& tx) { return tx.sweep_content(10); }), 0);
    write([&, second = later](Transaction& tx) { tx.remove_outgoing(second); });
    EXPECT_EQ(write([](Transaction& tx) { return tx.sweep_content(10); }), 1);
}

TEST_F(Index, WhatFoldersHoldIsCountedAsItChanges) {
    auto const used = [&] { return read([](Transaction& tx) { return tx.used(); }); };
    auto const one = add(at(1), "12345"), other = add(at(2), "1234567");
    EXPECT_EQ(used(), 12);
    write([&](Transaction& tx) { tx.rewrite_item(one, tx.put_content("123"), 3, at(1)); });
    write([&](Transaction& tx) { tx.set_marks(one, {.read = true}); });
    EXPECT_EQ(used(), 10);
    write([&](Transaction& tx) { tx.move_item(other, trash); });
    EXPECT_EQ(used(), 10);
    write([&](Transaction& tx) { tx.empty_folder(trash); });
    EXPECT_EQ(used(), 3);
    write([&](Transaction& tx) {
        auto const made = tx.create_folder(CollectionId::Root, FolderType::UserMail, "made");
        tx.move_item(one, made);
        tx.add_item({.folder = inbox, .content = tx.put_content("1"), .size = 1});
        tx.remove_folder(made);
    });
    EXPECT_EQ(used(), 1);
}

TEST_F(Index, AMailboxOverItsQuotaTakesNoMoreUntilSomethingIsDeleted) {
    auto const id = add(at(1), "1234567890");
    write([](Transaction& tx) { tx.claim(1'000'000); }); // none is set
    write([](Transaction& tx) { tx.set_quota(15); });
    write([](Transaction& tx) { tx.claim(5); });
    EXPECT_THROW(write([](Transaction& tx) { tx.claim(6); }), QuotaExceeded);
    EXPECT_THROW(write([](Transaction& tx) { tx.claim(UINT64_MAX); }), QuotaExceeded);
    write([&](Transaction& tx) { tx.remove_item(id); });
    write([](Transaction& tx) { tx.claim(15); });
    write([](Transaction& tx) { tx.set_quota(0); });
    write([](Transaction& tx) { tx.claim(UINT64_MAX); });
}

} // namespace
} // namespace godwit::index
