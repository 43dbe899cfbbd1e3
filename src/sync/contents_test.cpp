#include "index/database.hpp"
#include "sync/contents.hpp"
#include "sync/engine_fixture.hpp"
#include "sync/hierarchy.hpp"
#include "sync/ping.hpp"
#include <algorithm>
#include <map>

namespace godwit::sync {
namespace {

using enum MoveStatus;
using index::FolderType;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr CollectionId sent{4}, trash{5}, junk{6};

class Contents : public Engine {
protected:
    MoveStatus move(ItemId item, CollectionId from, CollectionId to, DeviceKey device = "phone",
                    Told told = Told::AsAdd) {
        Move const m{.item = item, .source = from, .destination = to};
        return write([&](Transaction& tx) { return move_items(tx, device, std::span(&m, 1), told)[0]; });
    }
    std::vector<MoveStatus> move_all(std::initializer_list<ItemId> items) { // to Junk, in one request
        std::vector<Move> moves;
        for (auto const item : items) moves.push_back({.item = item, .source = inbox, .destination = junk});
        return write([&](Transaction& tx) { return move_items(tx, "phone", moves, Told::AsAdd); });
    }
    void somebody_moves(ItemId item, CollectionId to) {
        write([&](Transaction& tx) { tx.move_item(item, to); });
    }
    CollectionId lies_in(ItemId item) {
        return write([&](Transaction& tx) { return tx.item(item)->folder; });
    }
    CollectionResult ask_in(CollectionId folder, std::string key, std::vector<Command> commands = {},
                            DeviceKey device = "phone") {
        return sync({.collection = folder, .key = std::move(key), .commands = std::move(commands)}, device);
    }
    std::string complete_in(CollectionId folder, DeviceKey device = "phone") {
        auto const key = sync({.collection = folder}, device).key;
        return ask_in(folder, key, {}, device).key;
    }
};

// MS-ASCMD_R289, and by the phone that moved it as well: no key has acknowledged the answer.
TEST_F(Contents, AMoveIsADeleteAndAnAdd) {
    auto const mail = deliver();
    std::map<std::string, std::pair<std::string, std::string>> keys;
    for (auto const* device : {"phone", "other"}) keys[device] = {complete(device), complete_in(junk, device)};
    EXPECT_EQ(move(mail, inbox, junk), Success);
    for (auto const& [device, key] : keys) {
        EXPECT_THAT(said(ask_in(inbox, key.first, {}, device)), ElementsAre(P{Kind::Delete, mail})) << device;
        EXPECT_THAT(said(ask_in(junk, key.second, {}, device)), ElementsAre(P{Kind::Add, mail})) << device;
    }
}

TEST_F(Contents, Law3_WhatOthersMarkedBeforeAMoveIsToldAfterItsWordsOnIt) {
    for (bool const says_the_same : {true, false}) {
        auto const mail = deliver();
        complete();
        auto const there = complete_in(junk);
        mark(mail, true); // somebody else; the phone has not heard
        EXPECT_EQ(move(mail, inbox, junk), Success);
        auto const told = ask_in(junk, there, {read_mark(mail, says_the_same)});
        EXPECT_EQ(told.results[0].status, Status::Success);
        EXPECT_THAT(said(told), ElementsAre(P{Kind::Add, mail}));
        EXPECT_EQ(told.changes[0].item->marks.read, says_the_same);
    }
}

// clients.md 4.4: Outlook keeps what it moved.
TEST_F(Contents, QuirkOutlookIsToldAChangeOfWhatItMoved) {
    auto const mail = deliver();
    auto const there = complete_in(junk);
    move(mail, inbox, junk, "phone", Told::AsChange);
    auto const told = ask_in(junk, there);
    EXPECT_THAT(said(told), ElementsAre(P{Kind::Change, mail}));
    EXPECT_TRUE(told.changes[0].content);
    EXPECT_THAT(said(ask_in(junk, told.key)), IsEmpty());
}

TEST_F(Contents, Law1ARepeatedMoveSucceedsAndIsNotDoneAgain) {
    auto const mail = deliver();
    auto const key = complete();
    EXPECT_EQ(move(mail, inbox, junk), Success);
    EXPECT_EQ(move(mail, inbox, junk), Success);
    somebody_moves(mail, inbox); // the answers were lost, and somebody has moved it back
    EXPECT_EQ(move(mail, inbox, junk), InvalidSource);
    EXPECT_EQ(lies_in(mail), inbox);
    auto const told = ask(key); // the phone has put it away: it is new here
    EXPECT_THAT(said(told), ElementsAre(P{Kind::Add, mail}));
    EXPECT_EQ(move(mail, inbox, junk), Success); // and now it means it
    EXPECT_EQ(lies_in(mail), junk);
}

TEST_F(Contents, ThereAndBackAndThereAgainByOnePhone) {
    auto const mail = deliver();
    complete();
    complete_in(junk);
    for (auto const to : {junk, inbox, junk}) {
        EXPECT_EQ(move(mail, to == junk ? inbox : junk, to), Success);
        EXPECT_EQ(lies_in(mail), to);
    }
}

// Simulator, seed 1016: a new date is a leaving and a coming of its own, and both are on the page of the way back.
TEST_F(Contents, WhatWasRewrittenThenMovedByThePhoneAndBroughtBackIsAnAdd) {
    auto const mail = deliver();
    auto const key = complete();
    write([&](Transaction& tx) { tx.rewrite_item(mail, tx.put_content("later"), 5, now + std::chrono::hours(1)); });
    ASSERT_EQ(move(mail, inbox, junk), Success); // and the phone drops it
    somebody_moves(mail, inbox);
    EXPECT_THAT(said(ask(key)), ElementsAre(P{Kind::Add, mail}));
}

TEST_F(Contents, WhatSomebodyTakesFromWhereThePhonePutItIsToldToo) {
    auto const mail = deliver();
    auto const there = complete_in(junk);
    move(mail, inbox, junk);
    somebody_moves(mail, trash);
    EXPECT_THAT(said(ask_in(junk, there)), ElementsAre(P{Kind::Delete, mail}));
}

TEST_F(Contents, AMovedItemMayBeMarkedBeforeThePhoneIsToldOfIt) {
    auto const mail = deliver();
    complete();
    auto const there = complete_in(junk);
    move(mail, inbox, junk);
    auto const told = ask_in(junk, there, {read_mark(mail)});
    EXPECT_EQ(told.results.at(0).status, Status::Success);
    EXPECT_TRUE(write([&](Transaction& tx) { return tx.item(mail)->marks.read; }));
    EXPECT_THAT(said(told), ElementsAre(P{Kind::Add, mail}));
    EXPECT_TRUE(told.changes[0].item->marks.read);
    EXPECT_THAT(said(ask_in(junk, told.key)), IsEmpty());
}

TEST_F(Contents, AFilteredFolderLetsGoWhatIsTooOldForIt) {
    auto const old = deliver(now - days(30));
    complete();
    auto const key = sync({.collection = junk, .options = Options{.filter = 2}}).key; // three days
    auto const there = ask_in(junk, key).key;
    move(old, inbox, junk);
    EXPECT_THAT(said(ask_in(junk, there)), ElementsAre(P{Kind::SoftDelete, old}));
}

// Found by the simulator: a narrow window, and the item gone before the phone was told that it had come.
TEST_F(Contents, WhatItMovedIntoAFilteredFolderAndIsGoneIsToldInAnyPage) {
    auto const old = deliver(now - days(30));
    complete();
    auto key = sync({.collection = junk, .options = Options{.filter = 2}}).key;
    key = ask_in(junk, key).key;
    move(old, inbox, junk);
    write([&](Transaction& tx) {
        for (int i = 0; i < 3; ++i) tx.add_item({.folder = junk, .received = now, .content = tx.put_content("x")});
        tx.remove_item(old);
    });
    bool told = false;
    for (int page = 0; page < 4; ++page) {
        auto const r = sync({.collection = junk, .key = key, .window = 1});
        for (auto const& c : r.changes) told |= c.kind == Kind::Delete && c.id == old;
        key = r.key;
    }
    EXPECT_TRUE(told);
}

// Found by the simulator: the answer comes after the Sync that let the item go.
TEST_F(Contents, ARepeatedMoveIntoAFilteredFolderIsLetGoAgain) {
    auto const old = deliver(now - days(30));
    complete();
    auto key = sync({.collection = junk, .options = Options{.filter = 2}}).key;
    key = ask_in(junk, key).key;
    move(old, inbox, junk);
    key = ask_in(junk, key).key;
    EXPECT_EQ(move(old, inbox, junk), Success);
    EXPECT_THAT(said(ask_in(junk, key)), ElementsAre(P{Kind::SoftDelete, old}));
}

TEST_F(Contents, StatusesOfMoveItems) {
    auto const mail = deliver(), other = deliver(), third = deliver();
    auto const calendar =
        write([](Transaction& tx) { return tx.create_folder(CollectionId::Root, FolderType::UserCalendar, "C"); });
    auto const gone =
        write([](Transaction& tx) { return tx.create_folder(CollectionId::Root, FolderType::UserMail, "G"); });
    somebody_moves(third, gone);
    write([&](Transaction& tx) { tx.remove_folder(gone); });
    std::vector<Move> const moves{
        {.item = mail, .source = inbox, .destination = CollectionId{99}}, // 2
        {.item = mail, .source = inbox, .destination = gone},             // 2
        {.item = mail, .source = inbox, .destination = std::nullopt},     // 2
        {.item = mail, .source = inbox, .destination = CollectionId::Root},
        {.item = mail, .source = inbox, .destination = inbox}, // 4
        {.item = mail, .source = sent, .destination = junk},   // 1: not there
        {.item = third, .source = gone, .destination = junk},  // 1: went with its folder
        {.item = std::nullopt, .source = inbox, .destination = junk},
        {.item = ItemId{999}, .source = inbox, .destination = junk},
        {.item = mail, .source = inbox, .destination = calendar}, // 5: no mail there
        {.item = mail, .source = inbox, .destination = junk},     // 3
        {.item = mail, .source = inbox, .destination = junk},     // 3, the same
        {.item = mail, .source = inbox, .destination = trash},    // 5: to two places at a time
        {.item = other, .source = inbox, .destination = sent},    // 3
    };
    auto const got = write([&](Transaction& tx) { return move_items(tx, "phone", moves, Told::AsAdd); });
    EXPECT_THAT(got, ElementsAre(InvalidDestination, InvalidDestination, InvalidDestination, InvalidDestination,
                                 SameFolder, InvalidSource, InvalidSource, InvalidSource, InvalidSource, CannotMove,
                                 Success, Success, CannotMove, Success));
    EXPECT_EQ(lies_in(mail), junk);
}

// The second of three: whatever is done about it fails, as with a row that the disk has spoilt, or for want of room.
std::string at_second(ItemId item, std::string const& fails) {
    return "CREATE TEMP TRIGGER second BEFORE UPDATE ON main.item WHEN OLD.id = " +
           std::to_string(std::to_underlying(item)) + " BEGIN " + fails + "; END";
}

TEST_F(Contents, Law4_OneMoveThatTheStoreFailsAtDoesNotKeepTheOthers) {
    auto const first = deliver(), second = deliver(), third = deliver();
    auto const here = complete(), there = complete_in(junk);
    auto const all = [&] { return move_all({first, second, third}); };
    auto const broken = at_second(second, "SELECT RAISE(ABORT, 'spoilt')");
    write([&](Transaction& tx) { tx.database_for_test().write_sql(broken.c_str()); });
    EXPECT_THAT(all(), ElementsAre(Success, Locked, Success));
    EXPECT_THAT(all(), ElementsAre(Success, Locked, Success)); // the answer was lost (law 1)
    auto const counted = [&](CollectionId folder) {
        return write([&](Transaction& tx) { return tx.item_count(folder); });
    };
    EXPECT_EQ(lies_in(second), inbox);
    EXPECT_EQ(counted(inbox), 1U);
    EXPECT_EQ(counted(junk), 2U);
    auto const left = ask_in(inbox, here), came = ask_in(junk, there);
    EXPECT_THAT(said(left), ElementsAre(P{Kind::Delete, first}, P{Kind::Delete, third}));
    EXPECT_THAT(said(came), testing::UnorderedElementsAre(P{Kind::Add, first}, P{Kind::Add, third}));
    write([](Transaction& tx) { tx.database_for_test().write_sql("DROP TRIGGER temp.second"); });
    EXPECT_THAT(all(), ElementsAre(Success, Success, Success));
    EXPECT_THAT(said(ask_in(inbox, left.key)), ElementsAre(P{Kind::Delete, second}));
    EXPECT_THAT(said(ask_in(junk, came.key)), ElementsAre(P{Kind::Add, second}));
}

TEST_F(Contents, Law7_AStoreThatFillsUpAtTheSecondMoveHasMovedNone) {
    auto const first = deliver(), second = deliver(), third = deliver();
    auto const here = complete(), there = complete_in(junk);
    auto const all = [&] { return move_all({first, second, third}); };
    auto const full = at_second(second, "INSERT INTO setting VALUES ('room', zeroblob(1048576))");
    write([&](Transaction& tx) {
        tx.database_for_test().write_sql(full.c_str());
        tx.database_for_test().write_sql("PRAGMA max_page_count = 1");
    });
    EXPECT_THROW(all(), index::StoreFull);
    for (auto const item : {first, second, third}) EXPECT_EQ(lies_in(item), inbox);
    EXPECT_THAT(said(ask_in(inbox, here)), IsEmpty());
    EXPECT_THAT(said(ask_in(junk, there)), IsEmpty());
    write([](Transaction& tx) {
        tx.database_for_test().write_sql("DROP TRIGGER temp.second");
        tx.database_for_test().write_sql("PRAGMA max_page_count = 1000000");
    });
    EXPECT_THAT(all(), ElementsAre(Success, Success, Success));
    EXPECT_EQ(said(ask_in(inbox, here)).size(), 3U);
    EXPECT_EQ(said(ask_in(junk, there)).size(), 3U);
}

// The answer to a Delete was lost, somebody brought the item back, the phone repeats itself: it does not mean this one.
TEST_F(Contents, Law1ARepeatedDeleteSparesWhatCameBack) {
    auto const mail = deliver();
    auto const key = complete();
    ask(key, {DeleteCommand{mail}});
    EXPECT_EQ(lies_in(mail), trash);
    somebody_moves(mail, inbox);
    auto const again = ask(key, {DeleteCommand{mail}});
    EXPECT_EQ(again.results.at(0).status, Status::Success);
    EXPECT_EQ(lies_in(mail), inbox);
    EXPECT_THAT(said(again), ElementsAre(P{Kind::Add, mail}));
    EXPECT_EQ(ask(again.key, {DeleteCommand{mail}}).results.at(0).status, Status::Success);
    EXPECT_EQ(lies_in(mail), trash); // now it does
}

// Law 2: the floor moves with the clock, and yet the same request a little later gets the same answer.
TEST_F(Contents, ARepeatedChangeOfTheFilterGetsTheSameKey) {
    deliver(now - days(2));
    auto const key = complete();
    CollectionRequest const r{.collection = inbox, .key = key, .options = Options{.filter = 1}};
    auto const first = sync(r);
    EXPECT_NE(first.key, key);
    now += std::chrono::minutes(40);
    EXPECT_EQ(sync(r).key, first.key);
}

// Its own moves wake the phone like a flag: late, and not like new mail.
TEST_F(Contents, AMoveWakesTheOtherPhonesAtOnceAndItsOwnLater) {
    auto const mail = deliver();
    complete();
    complete_in(junk);
    complete_in(junk, "other");
    move(mail, inbox, junk);
    PingMemory mine, others;
    auto const look_as = [&](DeviceKey device, PingMemory& memory) {
        return write([&](Transaction& tx) { return look(tx, device, {junk}, {}, memory, now); });
    };
    EXPECT_THAT(look_as("other", others).wake, ElementsAre(junk));
    EXPECT_THAT(look_as("phone", mine).wake, IsEmpty());
    now += std::chrono::seconds(21);
    EXPECT_THAT(look_as("phone", mine).wake, ElementsAre(junk));
}

TEST_F(Contents, EmptyingTellsEveryDeleteInOneRangeAndKeepsTheCount) {
    for (int i = 0; i < 300; ++i) deliver(now, std::to_string(i));
    auto const key = complete();
    auto const before = stamp();
    EXPECT_TRUE(write([](Transaction& tx) { return empty_contents(tx, "phone", inbox, false); }));
    EXPECT_EQ(stamp(), before + 300);
    EXPECT_EQ(count(), 0U);
    std::size_t told = 0;
    auto at = key;
    for (bool more = true; more;) {
        auto const r = ask(at);
        told += std::size_t(std::ranges::count(r.changes, Kind::Delete, &ServerChange::kind));
        at = r.key;
        more = r.more;
    }
    EXPECT_EQ(told, 300U);
    deliver();
    EXPECT_EQ(said(ask(at)).size(), 1U);
    EXPECT_EQ(count(), 1U);
    EXPECT_FALSE(write([](Transaction& tx) { return empty_contents(tx, "phone", CollectionId{99}, false); }));
}

TEST_F(Contents, SubFoldersGoOnlyIfAskedAndNeverTheSpecialOnes) {
    auto const make = [&](CollectionId parent, char const* name, bool junk_like = false) {
        return write([&](Transaction& tx) { return tx.create_folder(parent, FolderType::UserMail, name, junk_like); });
    };
    auto const sub = make(trash, "A"), deep = make(sub, "B"), holder = make(trash, "C"),
               special = make(holder, "D", true);
    auto const there = [&](CollectionId id) {
        return write([&](Transaction& tx) { return tx.folder(id).has_value(); });
    };
    write([&](Transaction& tx) { return empty_contents(tx, "phone", trash, false); });
    EXPECT_TRUE(there(sub));
    write([&](Transaction& tx) { return empty_contents(tx, "phone", trash, true); });
    EXPECT_FALSE(there(sub) || there(deep));
    EXPECT_TRUE(there(holder) && there(special) && there(trash));
}

} // namespace
} // namespace godwit::sync
