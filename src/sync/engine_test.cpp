// One test per rule of the engine, named after the law or the trap (notes/traps.md) that it guards.
#include "index/accounts.hpp"
#include "sync/engine.hpp"
#include "sync/hierarchy.hpp"
#include "sync/ping.hpp"
#include "sync/token.hpp"
#include <gmock/gmock.h>

namespace godwit::sync {
namespace {

using index::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = ServerChange::Kind;
using std::chrono::days;

constexpr index::AccountId account{1};
constexpr CollectionId inbox{1};

class Engine : public testing::Test {
protected:
    Engine() { accounts.create(account); }

    template <class F> auto write(F f) { return accounts.write_now(account, f); }
    ItemId deliver(Time received, std::string_view bytes = "mail") {
        return write([&](Transaction& tx) {
            return tx.add_item(
                {.folder = inbox, .received = received, .content = tx.put_content(bytes), .size = bytes.size()});
        });
    }
    ItemId deliver() { return deliver(now); }
    void mark(ItemId id, bool read = true) {
        write([&](Transaction& tx) { tx.set_marks(id, {.read = read}); });
    }
    CollectionResult ask(std::string key, std::vector<Command> commands = {}, std::uint32_t window = 100) {
        return sync({.collection = inbox, .key = std::move(key), .window = window, .commands = std::move(commands)});
    }
    CollectionResult sync(CollectionRequest const& r, DeviceKey device = "phone") {
        return write([&](Transaction& tx) { return exchange(tx, device, r, now); });
    }
    std::string primed(DeviceKey device = "phone") { return sync({.collection = inbox}, device).key; }
    // A phone that holds everything that is there.
    std::string complete(DeviceKey device = "phone") {
        auto key = primed(device);
        for (bool more = true; more;) {
            auto const r = sync({.collection = inbox, .key = key}, device);
            key = r.key;
            more = r.more;
        }
        return key;
    }
    static Command add(std::string client_id, std::string bytes) {
        return AddCommand{
            .client_id = std::move(client_id), .fingerprint = fingerprint(bytes), .make = [bytes](Transaction& tx) {
                return std::expected<index::NewItem, Status>(
                    index::NewItem{.received = Time(days(20'000)), .content = tx.put_content(bytes), .size = 1});
            }};
    }
    static Command read_mark(ItemId id, bool read = true) {
        return ChangeCommand{
            .item = id, .fingerprint = 1U + read, .edit = [read](Transaction&, index::Item const& item) {
                auto marks = item.marks;
                marks.read = read;
                return std::expected<Edit, Status>(Edit{.marks = marks});
            }};
    }
    static std::vector<std::pair<Kind, ItemId>> said(CollectionResult const& r) {
        std::vector<std::pair<Kind, ItemId>> all;
        for (auto const& c : r.changes) all.emplace_back(c.kind, c.id);
        return all;
    }
    std::uint64_t count() {
        return write([](Transaction& tx) { return tx.item_count(inbox); });
    }
    std::int64_t stamp() {
        return write([](Transaction& tx) { return std::int64_t(tx.modseq()); });
    }
    std::size_t state_bytes(DeviceKey device = "phone") {
        return write([&](Transaction& tx) { return tx.collection_state(device, inbox)->size(); });
    }

    Time now{days(20'000)};
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
};
using P = std::pair<Kind, ItemId>;

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

TEST_F(Engine, Law1_ARepeatedAddMakesOneItem) {
    auto const key = complete();
    auto const lost = ask(key, {add("c1", "draft")});
    auto const again = ask(key, {add("c1", "draft"), add("c2", "other")});
    EXPECT_EQ(again.results[0].item, lost.results[0].item);
    EXPECT_EQ(count(), 2);
    EXPECT_THAT(again.changes, IsEmpty()); // no echo
    EXPECT_THAT(said(ask(again.key)), IsEmpty());
    // Trap 2: even if it repeats it under the key that acknowledged it.
    EXPECT_EQ(ask(again.key, {add("c2", "other")}).results[0].item, again.results[1].item);
    EXPECT_EQ(count(), 2);
}

TEST_F(Engine, Law1_ARepeatedAddThatWasEditedMeansItsLastWord) {
    auto const key = complete();
    auto const id = ask(key, {add("c1", "draft")}).results[0].item;
    auto const again = ask(key, {add("c1", "better draft")});
    EXPECT_EQ(again.results[0].item, id);
    EXPECT_EQ(write([&](Transaction& tx) { return tx.content(tx.item(id)->content); }), "better draft");
    EXPECT_THAT(again.changes, IsEmpty());
}

TEST_F(Engine, Law1_ALateRepetitionDoesNotOverwriteWhatCameAfter) {
    auto const id = deliver();
    auto const key = complete();
    Options const client_wins{.client_wins = true};
    sync({.collection = inbox, .key = key, .options = client_wins, .commands = {read_mark(id)}});
    mark(id, false); // somebody else, later
    auto const late = sync({.collection = inbox, .key = key, .options = client_wins, .commands = {read_mark(id)}});
    EXPECT_EQ(late.results[0].status, Status::Success);
    EXPECT_FALSE(write([&](Transaction& tx) { return tx.item(id)->marks.read; }));
    EXPECT_THAT(said(late), ElementsAre(P(Kind::Change, id)));
}

TEST_F(Engine, Law3_NoEchoButAnotherOnesLaterChange) {
    auto const id = deliver();
    auto const key = complete();
    auto const r = ask(key, {read_mark(id)});
    EXPECT_EQ(r.results[0].status, Status::Success);
    EXPECT_THAT(r.changes, IsEmpty());
    EXPECT_THAT(said(ask(r.key)), IsEmpty());
    mark(id, false);
    EXPECT_THAT(said(ask(r.key)), ElementsAre(P(Kind::Change, id)));
}

TEST_F(Engine, Law3_NoEchoEvenIfOlderChangesFillTheWindow) {
    auto const id = deliver();
    auto key = complete();
    for (int i = 0; i < 5; ++i) deliver();
    std::vector<P> all;
    auto r = ask(key, {read_mark(id), add("c", "mine")}, 2);
    for (;; r = ask(r.key, {}, 2)) {
        for (auto const& c : said(r)) all.push_back(c);
        if (!r.more) break;
    }
    EXPECT_THAT(all, SizeIs(5));
}

TEST_F(Engine, ANoOpChangeSucceedsAndStampsNothing) {
    auto const id = deliver();
    auto const key = complete();
    auto const before = stamp();
    EXPECT_EQ(ask(key, {read_mark(id, false)}).results[0].status, Status::Success);
    EXPECT_EQ(stamp(), before);
}

TEST_F(Engine, Trap40_ConflictsFollowTheOption) {
    for (bool const client_wins : {false, true}) {
        auto const id = deliver();
        auto const key = complete();
        write([&](Transaction& tx) { tx.set_marks(id, {.flag_status = 2}); });
        auto const r = sync({.collection = inbox,
                             .key = key,
                             .options = Options{.client_wins = client_wins},
                             .commands = {read_mark(id)}});
        EXPECT_EQ(r.results[0].status, client_wins ? Status::Success : Status::Conflict);
        EXPECT_EQ(write([&](Transaction& tx) { return tx.item(id)->marks.read; }), client_wins);
        ASSERT_THAT(said(r), ElementsAre(P(Kind::Change, id))); // the server's, or both together
        EXPECT_EQ(r.changes[0].item->marks.flag_status, 2);
        EXPECT_FALSE(r.changes[0].content);
    }
}

TEST_F(Engine, Trap40_DeleteWins) {
    auto const id = deliver();
    auto const key = complete();
    mark(id);
    auto const r = ask(key, {DeleteCommand{id}});
    EXPECT_EQ(r.results[0].status, Status::Success);
    EXPECT_THAT(r.changes, IsEmpty());
    EXPECT_EQ(ask(r.key, {DeleteCommand{id}}).results[0].status, Status::ObjectNotFound);
    EXPECT_EQ(ask(r.key, {FetchCommand{id}}).results[0].status, Status::ObjectNotFound);
}

TEST_F(Engine, Trap41_DeletesAsMoves) {
    auto const moved = deliver(), removed = deliver();
    auto const key = complete();
    auto const r = ask(key, {DeleteCommand{moved}});
    EXPECT_EQ(write([&](Transaction& tx) { return tx.item(moved)->folder; }), CollectionId{5});
    sync({.collection = inbox, .key = r.key, .deletes_as_moves = false, .commands = {DeleteCommand{removed}}});
    EXPECT_FALSE(write([&](Transaction& tx) { return tx.item(removed).has_value(); }));
}

TEST_F(Engine, ARepeatedDeleteSucceedsAgain) {
    auto const id = deliver();
    auto const key = complete();
    ask(key, {DeleteCommand{id}});
    auto const again = ask(key, {DeleteCommand{id}});
    EXPECT_EQ(again.results[0].status, Status::Success);
    EXPECT_THAT(again.changes, IsEmpty());
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

TEST_F(Engine, Incident2_7_AfterAResetAnAddGetsTheItemThatIsThere) {
    auto key = complete();
    auto const mine = ask(key, {add("c1", "contact")}).results[0].item;
    auto const by_content = deliver(now - days(1), "from elsewhere");
    key = primed();
    auto const r = ask(key, {add("n7", "contact"), add("n8", "from elsewhere"), add("n9", "new")});
    EXPECT_EQ(r.results[0].item, mine);
    EXPECT_EQ(r.results[1].item, by_content);
    EXPECT_EQ(count(), 3);
    for (auto const& c : r.changes) EXPECT_NE(c.kind, Kind::Add);
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

TEST_F(Engine, Trap6_FolderSyncKey0KeepsIdsAndTouchesNoCollection) {
    auto const hierarchy = [&](std::string_view key) {
        return write([&](Transaction& tx) { return folder_sync(tx, "phone", key, now); });
    };
    auto const key = complete();
    auto const first = hierarchy("0");
    EXPECT_THAT(first.added, SizeIs(6));
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
    EXPECT_THAT(hierarchy("0").added, SizeIs(6));
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

} // namespace
} // namespace godwit::sync
