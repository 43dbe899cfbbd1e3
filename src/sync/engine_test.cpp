// What the phone is told: one test per rule, named after the law or the trap (notes/traps.md) that it guards.
#include "sync/engine_fixture.hpp"
#include "sync/hierarchy.hpp"
#include "sync/ping.hpp"
#include "sync/token.hpp"

namespace godwit::sync {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(Engine, Key0_PrimesAndTellsNothing) {
    deliver();
    auto const r = ask("0");
    EXPECT_EQ(r.status, Status::Success);
    EXPECT_NE(r.key, "0");
    EXPECT_THAT(r.changes, IsEmpty());
}

TEST_F(Engine, Trap14_GetChangesWithKey0IsAProtocolError) {
    EXPECT_EQ(sync({.collection = inbox, .get_changes = true}).status, Status::ProtocolError);
    EXPECT_EQ(sync({.collection = inbox, .get_changes = false}).status, Status::Success);
}

TEST_F(Engine, TheDownloadIsNewestFirstInWindows) {
    auto const a = deliver(now - days(3)), b = deliver(now - days(1)), c = deliver(now - days(2));
    auto const first = ask(primed(), {}, 2);
    EXPECT_THAT(said(first), ElementsAre(P(Kind::Add, b), P(Kind::Add, c)));
    EXPECT_TRUE(first.more);
    auto const second = ask(first.key, {}, 2);
    EXPECT_THAT(said(second), ElementsAre(P(Kind::Add, a)));
    EXPECT_FALSE(second.more);
}

TEST_F(Engine, NewMailDuringTheDownloadComesAsAChangeOnce) {
    auto const a = deliver(now - days(3)), b = deliver(now - days(1));
    auto const first = ask(primed(), {}, 1);
    EXPECT_THAT(said(first), ElementsAre(P(Kind::Add, b)));
    auto const fresh = deliver(now), old = deliver(now - days(9));
    EXPECT_THAT(said(ask(first.key)), ElementsAre(P(Kind::Add, fresh), P(Kind::Add, old), P(Kind::Add, a)));
}

TEST_F(Engine, WhatIsDeletedBeforeTheDownloadReachedItIsNeverMentioned) {
    auto const a = deliver(now - days(3)), b = deliver(now - days(1));
    auto const first = ask(primed(), {}, 1);
    write([&](Transaction& tx) {
        tx.remove_item(a);
        tx.remove_item(b);
    });
    EXPECT_THAT(said(ask(first.key)), ElementsAre(P(Kind::Delete, b)));
}

TEST_F(Engine, Trap12_NoNewsKeepsTheKeyAndWritesNothing) {
    deliver();
    auto const key = complete();
    auto const before = stamp();
    auto const r = ask(key);
    EXPECT_FALSE(r.news);
    EXPECT_EQ(r.key, key);
    EXPECT_EQ(stamp(), before);
}

TEST_F(Engine, Law2_PreviousKeyGetsTheSameChangesAgain) {
    auto const key = complete();
    auto const id = deliver();
    auto const lost = ask(key), again = ask(key);
    EXPECT_THAT(said(lost), ElementsAre(P(Kind::Add, id)));
    EXPECT_EQ(said(again), said(lost));
    EXPECT_EQ(again.key, lost.key);
    EXPECT_THAT(said(ask(again.key)), IsEmpty());
    // And with what has come since; whichever answer arrived, its key is good.
    auto const next = deliver();
    auto const newer = ask(key);
    EXPECT_THAT(said(newer), ElementsAre(P(Kind::Add, id), P(Kind::Add, next)));
    EXPECT_NE(newer.key, lost.key);
    EXPECT_THAT(said(ask(lost.key)), ElementsAre(P(Kind::Add, next)));
}

TEST_F(Engine, Law2_AnyOtherKeyStartsOver) {
    auto const first = complete();
    deliver();
    auto const second = ask(first).key;
    deliver();
    auto const third = ask(second).key;
    struct {
        std::string_view what;
        std::string key;
    } const rows[] = {{"two generations old", first},
                      {"never given", third + "9"},
                      {"of another epoch", "1.1"},
                      {"not a key", "x"},
                      {"empty", ""},
                      {"negative", "-1.1"},
                      {"with a tail", third + " "},
                      {"too large", "99999999999999999999999.1"}};
    for (auto const& row : rows) EXPECT_EQ(ask(row.key).status, Status::InvalidSyncKey) << row.what;
    EXPECT_EQ(ask(third).status, Status::Success); // they did no harm
    auto const reset = complete();
    EXPECT_EQ(ask(third).status, Status::InvalidSyncKey);
    EXPECT_EQ(ask(reset).status, Status::Success);
}

TEST_F(Engine, WhatCameAndWentUnseenIsNothingAndWhatLeftAndCameBackIsAChange) {
    auto const held = deliver();
    auto const key = complete();
    auto const unseen = deliver();
    write([&](Transaction& tx) {
        tx.remove_item(unseen);
        tx.move_item(held, CollectionId{5});
        tx.move_item(held, inbox);
    });
    EXPECT_THAT(said(ask(key)), ElementsAre(P(Kind::Change, held)));
}

TEST_F(Engine, WhatEnteredAndChangedIsAnAddOnceWhereverThePageIsCut) {
    auto const key = complete();
    auto const a = deliver(), b = deliver(), c = deliver();
    mark(a);
    auto const gone = deliver();
    mark(b);
    write([&](Transaction& tx) { tx.remove_item(gone); });
    auto const first = ask(key, {}, 1);
    EXPECT_THAT(said(first), ElementsAre(P(Kind::Add, a)));
    EXPECT_TRUE(first.changes[0].item->marks.read);
    auto const rest = ask(first.key);
    EXPECT_THAT(said(rest), ElementsAre(P(Kind::Add, b), P(Kind::Add, c)));
}

TEST_F(Engine, Trap42_TheFilterMovesWithTheClockBySoftDeletes) {
    auto const old = deliver(now - days(2)), young = deliver(now);
    auto r = sync({.collection = inbox, .options = Options{.filter = 2}});
    r = ask(r.key);
    EXPECT_THAT(said(r), ElementsAre(P(Kind::Add, young), P(Kind::Add, old)));
    now += days(2);
    r = ask(r.key);
    EXPECT_THAT(said(r), ElementsAre(P(Kind::SoftDelete, old)));
    write([&](Transaction& tx) { tx.remove_item(old); });
    EXPECT_THAT(said(ask(r.key)), IsEmpty()); // gone from the phone already
    r = sync({.collection = inbox, .key = r.key, .options = Options{}});
    EXPECT_THAT(said(r), IsEmpty());
    auto const older = deliver(now - days(900));
    EXPECT_THAT(said(ask(r.key)), ElementsAre(P(Kind::Add, older)));
}

TEST_F(Engine, AWiderFilterIsADownloadOfWhatItLetsIn) {
    std::vector<P> old;
    for (int i = 4; i < 7; ++i) old.emplace_back(Kind::Add, deliver(now - days(i)));
    auto r = sync({.collection = inbox, .options = Options{.filter = 1}});
    r = ask(r.key);
    EXPECT_THAT(said(r), IsEmpty());
    r = sync({.collection = inbox, .key = r.key, .options = Options{.filter = 3}, .window = 2});
    EXPECT_THAT(said(r), ElementsAre(old[0], old[1]));
    EXPECT_TRUE(r.more);
    EXPECT_THAT(said(ask(r.key)), ElementsAre(old[2]));
}

TEST_F(Engine, Trap19_OptionsAreStickyAndANewBlockReplacesThem) {
    auto r = sync({.collection = inbox, .options = Options{.filter = 3, .client_wins = true, .rest = "html"}});
    r = ask(r.key);
    EXPECT_EQ(r.options, (Options{.filter = 3, .client_wins = true, .rest = "html"}));
    r = sync({.collection = inbox, .key = r.key, .options = Options{.rest = "plain"}});
    r = ask(r.key);
    EXPECT_EQ(r.options, (Options{.rest = "plain"}));
    EXPECT_EQ(write([](Transaction& tx) { return sticky_options(tx, "phone", inbox)->rest; }), "plain");
}

TEST_F(Engine, GetChangesFalseCarriesOutCommandsAndTellsNothing) {
    auto const id = deliver();
    auto const key = complete();
    auto const fresh = deliver();
    auto const r = sync({.collection = inbox, .key = key, .get_changes = false, .commands = {read_mark(id)}});
    EXPECT_THAT(r.changes, IsEmpty());
    EXPECT_NE(r.key, key);
    EXPECT_THAT(said(ask(r.key)), ElementsAre(P(Kind::Add, fresh)));
}

TEST_F(Engine, ASecondKey0JoinsTheRunningDownload) {
    for (int i = 0; i < 4; ++i) deliver();
    auto const one = primed();
    EXPECT_EQ(primed(), one);
    auto const running = ask(one, {}, 1);
    auto const two = primed();
    EXPECT_EQ(ask(running.key, {}, 1).status, Status::Success); // it runs on
    EXPECT_NE(two, running.key);
}

TEST_F(Engine, ADamagedStateStartsThatFolderOver) {
    deliver();
    auto const key = complete();
    write([](Transaction& tx) {
        auto blob = *tx.collection_state("phone", inbox);
        blob[blob.size() / 2] ^= 1;
        tx.put_collection_state("phone", inbox, blob, {});
    });
    EXPECT_EQ(ask(key).status, Status::InvalidSyncKey);
    EXPECT_EQ(ask(complete()).status, Status::Success);
}

TEST_F(Engine, Trap5_TheEstimateGoesByTheSyncKey) {
    for (int i = 0; i < 3; ++i) deliver();
    auto const guess = [&](CollectionId folder, std::string const& key) {
        return write([&](Transaction& tx) { return estimate(tx, "phone", folder, key, std::nullopt, now); });
    };
    EXPECT_EQ(guess(CollectionId{99}, "0").status, EstimateStatus::InvalidCollection);
    EXPECT_EQ(guess(inbox, "1.1").status, EstimateStatus::NotPrimed);
    auto const key = primed();
    EXPECT_EQ(guess(inbox, key + "1").status, EstimateStatus::InvalidSyncKey);
    EXPECT_EQ(guess(inbox, key).count, 3);
    EXPECT_EQ(guess(inbox, ask(key, {}, 1).key).count, 2);
}

TEST_F(Engine, AStateIsSmallWhateverTheFolderHolds) {
    write([&](Transaction& tx) {
        auto const hash = tx.put_content("x");
        for (int i = 0; i < 5000; ++i) tx.add_item({.folder = inbox, .received = now, .content = hash, .size = 1});
    });
    complete();
    EXPECT_LT(state_bytes(), 256);
}

TEST_F(Engine, AFolderThatIsGoneIsNotFound) {
    EXPECT_EQ(sync({.collection = CollectionId{77}, .key = "0"}).status, Status::ObjectNotFound);
}

// ---- FolderSync

// Found by the simulator: key 0, whose answer is lost, an Add under the key before, lost too, and key 0 again.
TEST_F(Engine, Law2_WhatWasAddedBetweenTwoKeys0IsKnownAgain) {
    for (int i = 0; i < 3; ++i) deliver();
    auto const old = ask("0").key;
    ask(old, {}, 1); // the download runs
    auto const fresh = ask("0").key;
    auto const lost = ask(old, {add("c1", "draft")}, 1).results.at(0).item;
    EXPECT_EQ(ask("0").key, fresh);
    EXPECT_EQ(ask(fresh, {add("c1", "draft")}, 1).results.at(0).item, lost);
    EXPECT_EQ(count(), 4U);
}

TEST_F(Engine, Trap6_FolderSyncKey0KeepsIdsAndTouchesNoCollection) {
    auto const hierarchy = [&](std::string_view key) {
        return write([&](Transaction& tx) { return folder_sync(tx, "phone", key, now); });
    };
    auto const key = complete();
    auto const first = hierarchy("0");
    EXPECT_THAT(first.added, SizeIs(10));
    EXPECT_EQ(hierarchy("9.9").status, HierarchyStatus::InvalidSyncKey);
    EXPECT_EQ(hierarchy(first.key).key, first.key);
    auto const made =
        write([](Transaction& tx) { return tx.create_folder(inbox, index::FolderType::UserMail, "new"); });
    EXPECT_TRUE(write([](Transaction& tx) { return hierarchy_changed(tx, "phone"); }));
    auto const lost = hierarchy(first.key), again = hierarchy(first.key);
    ASSERT_THAT(again.added, SizeIs(1));
    EXPECT_EQ(again.key, lost.key);
    write([&](Transaction& tx) {
        tx.update_folder(made, CollectionId::Root, "renamed");
        tx.remove_folder(tx.create_folder(inbox, index::FolderType::UserMail, "unseen"));
    });
    auto const renamed = hierarchy(again.key);
    EXPECT_THAT(renamed.updated, SizeIs(1));
    EXPECT_THAT(renamed.added, IsEmpty());
    EXPECT_THAT(renamed.removed, IsEmpty());
    write([&](Transaction& tx) { tx.remove_folder(made); });
    EXPECT_THAT(hierarchy(renamed.key).removed, ElementsAre(made));
    EXPECT_THAT(hierarchy("0").added, SizeIs(10));
    EXPECT_EQ(ask(key).status, Status::Success);
}

// ---- Ping

TEST_F(Engine, Trap4_APingComparesWithTheKeyReturnedAndWakesOnce) {
    PingMemory memory;
    auto const look_at = [&](std::vector<CollectionId> const& folders) {
        return write([&](Transaction& tx) { return look(tx, "phone", folders, {}, memory, now); });
    };
    EXPECT_THAT(look_at({inbox}).unsynced, ElementsAre(inbox));
    auto const id = deliver();
    auto const key = complete();
    EXPECT_THAT(look_at({inbox}).wake, IsEmpty());
    deliver();
    EXPECT_THAT(look_at({inbox}).wake, ElementsAre(inbox));
    write([&](Transaction& tx) { woken(tx, "phone", {inbox}, now); });
    EXPECT_THAT(look_at({inbox}).wake, IsEmpty());
    ask(key); // the answer is lost, yet it was given
    now += days(1);
    EXPECT_THAT(look_at({inbox}).wake, IsEmpty());
    mark(id);
    auto const gathering = look_at({inbox});
    EXPECT_THAT(gathering.wake, IsEmpty());
    EXPECT_EQ(gathering.wake_at, now + std::chrono::seconds(20));
    now += std::chrono::seconds(19);
    mark(id, false); // it goes on: wait on
    EXPECT_EQ(look_at({inbox}).wake_at, now + std::chrono::seconds(20));
    now += std::chrono::seconds(20);
    EXPECT_THAT(look_at({inbox}).wake, ElementsAre(inbox));
    write([&](Transaction& tx) { woken(tx, "phone", {inbox}, now); });
    now += std::chrono::seconds(5);
    mark(id);
    EXPECT_EQ(look_at({inbox}).wake_at, now + std::chrono::seconds(115)); // at most every two minutes
}

// MS-ASCMD_R5636: a phone that asks again without having synced may never have got the answer.
TEST_F(Engine, Trap4_APingWhoseAnswerWasLostWakesAgainEachTimeLater) {
    PingMemory memory;
    auto const look_now = [&] {
        return write([&](Transaction& tx) { return look(tx, "phone", {inbox}, {}, memory, now); });
    };
    auto const wake = [&] { write([&](Transaction& tx) { woken(tx, "phone", {inbox}, now); }); };
    auto const key = complete();
    deliver();
    for (int seconds : {20, 40, 80}) {
        EXPECT_THAT(look_now().wake, ElementsAre(inbox));
        wake();
        EXPECT_THAT(look_now().wake, IsEmpty());
        EXPECT_EQ(look_now().wake_at, now + std::chrono::seconds(seconds));
        now += std::chrono::seconds(seconds);
    }
    ask(key);
    EXPECT_THAT(look_now().wake, IsEmpty());
    EXPECT_EQ(look_now().wake_at, std::nullopt);
}

// MS-ASCMD_R5636: what key 0 returned held nothing yet.
TEST_F(Engine, Trap4_APingWakesForADownloadThatIsNotFinished) {
    PingMemory memory;
    deliver();
    ask("0");
    auto const seen = write([&](Transaction& tx) { return look(tx, "phone", {inbox}, {}, memory, now); });
    EXPECT_THAT(seen.wake, ElementsAre(inbox));
}

// MS-ASEMAIL_R75 to R80: of a message only those marks are told that are new to the phone.
TEST_F(Engine, OnlyTheMarksThatAreNewAreTold) {
    auto const id = deliver();
    index::Marks marks;
    auto const others_set = [&](auto change) {
        change(marks);
        write([&](Transaction& tx) { tx.set_marks(id, marks); });
    };
    auto const read = [](index::Marks& m) { m.read = !m.read; };
    auto const flag = [](index::Marks& m) { m.flag_status = m.flag_status == 2 ? 0 : 2; };
    auto const categories = [](index::Marks& m) { m.categories.emplace_back("x"); };
    auto const verb = [](index::Marks& m) { m.last_verb = 1; };
    auto key = complete();
    auto const told = [&] {
        auto const r = ask(key);
        key = r.key;
        EXPECT_THAT(said(r), testing::ElementsAre(P{Kind::Change, id}));
        return r.changes.empty() ? std::pair(true, MarksTold()) : std::pair(r.changes[0].content, r.changes[0].marks);
    };
    others_set(read);
    EXPECT_EQ(told(), std::pair(false, MarksTold{true, false, false}));
    others_set(flag);
    EXPECT_EQ(told(), std::pair(false, MarksTold{false, true, false}));
    others_set(categories);
    EXPECT_EQ(told(), std::pair(false, MarksTold{false, false, true}));
    others_set(read), others_set(flag);
    EXPECT_EQ(told(), std::pair(false, MarksTold{true, true, false}));
    others_set(verb); // any other property: the whole (R77)
    EXPECT_TRUE(told().first);
    // Its own marks are no news, beside those of others.
    key = ask(key, {read_mark(id, !marks.read)}).key;
    marks.read = !marks.read;
    others_set(flag);
    EXPECT_EQ(told(), std::pair(false, MarksTold{false, true, false}));
    // Of what was refused it hears all marks: it shows others than the server has.
    others_set(flag);
    auto const crossed = ask(key, {read_mark(id, !marks.read)});
    EXPECT_EQ(crossed.results[0].status, Status::Conflict);
    ASSERT_THAT(said(crossed), testing::ElementsAre(P{Kind::Change, id}));
    EXPECT_EQ(crossed.changes[0].marks, MarksTold());
}

} // namespace
} // namespace godwit::sync
