// What the phone says: one test per rule, named after the law or the trap (notes/traps.md) that it guards.
#include "sync/engine_fixture.hpp"

namespace godwit::sync {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

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

TEST_F(Engine, Law1_AnAddEditedTwiceMeansItsLastWord) {
    for (std::string const last : {"draft", "better draft", "best draft"}) {
        auto const key = complete();
        auto const id = ask(key, {add("c1", "draft")}).results[0].item;
        ask(key, {add("c1", "better draft")});
        auto const r = ask(key, {add("c1", last)});
        EXPECT_EQ(r.results[0].item, id);
        EXPECT_EQ(write([&](Transaction& tx) { return tx.content(tx.item(id)->content); }), last);
        EXPECT_THAT(r.changes, IsEmpty());
        EXPECT_THAT(said(ask(r.key)), IsEmpty());
    }
}

TEST_F(Engine, Law3_AnAddThatWasEditedAndTouchedByOthersIsToldWhole) {
    for (bool const rewritten : {false, true}) {
        auto const key = complete();
        auto const name = rewritten ? "c1" : "c2";
        auto const id = ask(key, {add(name, "draft")}).results[0].item;
        write([&](Transaction& tx) {
            if (rewritten)
                tx.rewrite_item(id, tx.put_content("theirs"), 6, tx.item(id)->received);
            else
                tx.set_marks(id, {.read = true});
        });
        auto const again = ask(key, {add(name, "better draft")});
        EXPECT_EQ(again.results[0].item, id);
        EXPECT_EQ(write([&](Transaction& tx) { return tx.content(tx.item(id)->content); }),
                  rewritten ? "theirs" : "better draft");
        ASSERT_THAT(said(again), ElementsAre(P(Kind::Change, id)));
        EXPECT_TRUE(again.changes[0].content);
        EXPECT_EQ(again.changes[0].item->marks, write([&](Transaction& tx) { return tx.item(id)->marks; }));
        EXPECT_THAT(said(ask(again.key)), IsEmpty());
    }
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

Command gone_at_once(std::string client_id) { // as a draft that is sent: it becomes no item
    return AddCommand{
        .client_id = std::move(client_id), .fingerprint = ~fingerprint("draft"), .make = [](Transaction&) {
            return std::expected<index::NewItem, Status>(std::unexpected(Status::Success));
        }};
}

TEST_F(Engine, Law1_WhatWasSavedAndIsSentNowLeavesNoItem) {
    auto const key = complete();
    ask(key, {add("c1", "draft")}); // the answer is lost
    for (int again = 0; again < 2; ++again) {
        auto const r = ask(key, {gone_at_once("c1")});
        EXPECT_EQ(r.results[0].status, Status::Success);
        EXPECT_EQ(r.results[0].item, ItemId{});
        EXPECT_THAT(r.changes, IsEmpty());
        EXPECT_EQ(count(), 0);
        EXPECT_THAT(said(ask(r.key)), IsEmpty());
    }
}

TEST_F(Engine, Law3_WhatWasSavedAndSentStaysAsSomebodyElseHasIt) {
    auto const key = complete();
    auto const id = ask(key, {add("c1", "draft")}).results[0].item;
    mark(id);
    auto const r = ask(key, {gone_at_once("c1")});
    EXPECT_EQ(r.results[0].status, Status::Success);
    EXPECT_THAT(said(r), ElementsAre(P(Kind::Add, id)));
}

TEST_F(Engine, Law1_ALateAddOfWhatBecameNoItemMakesNone) {
    auto const key = complete();
    ask(key, {gone_at_once("c1")});
    EXPECT_EQ(ask(key, {add("c1", "draft")}).results[0].status, Status::Success);
    EXPECT_EQ(count(), 0);
}

// Refused is what it says now; what it said first is there, and is told as anybody's.
TEST_F(Engine, Law3_WhatWasSavedIsToldIfItIsRefusedNow) {
    auto const refusal = [](Transaction&) {
        return std::expected<index::NewItem, Status>(std::unexpected(Status::ConversionError));
    };
    enum class By { Nobody, Marked, Removed };
    for (auto const meanwhile : {By::Nobody, By::Marked, By::Removed}) {
        auto const key = complete();
        auto const name = "c" + std::to_string(int(meanwhile));
        auto const id = ask(key, {add(name, "draft " + name)}).results[0].item;
        if (meanwhile == By::Marked) mark(id);
        if (meanwhile == By::Removed) write([&](Transaction& tx) { tx.remove_item(id); });
        auto const r = ask(key, {AddCommand{.client_id = name, .fingerprint = 9, .make = refusal}});
        EXPECT_EQ(r.results[0].status, Status::ConversionError);
        EXPECT_EQ(r.results[0].item, ItemId{});
        if (meanwhile == By::Removed)
            EXPECT_THAT(r.changes, IsEmpty());
        else
            EXPECT_THAT(said(r), ElementsAre(P(Kind::Add, id)));
    }
}

// Everything that a phone says of one item under one key, answer after answer lost: its last word holds (law 1), and it
// is not told its own words (law 3).
struct Words {
    std::string_view name;
    std::vector<std::vector<bool>> requests; // each the Read marks that it says, in order
};

class LastWord : public Engine, public testing::WithParamInterface<Words> {
protected:
    static std::vector<Command> commands(ItemId id, std::vector<bool> const& reads) {
        std::vector<Command> all;
        for (bool const read : reads) all.push_back(read_mark(id, read));
        return all;
    }
};

TEST_P(LastWord, Law1_Law3_HoldsAndIsNotEchoed) {
    for (bool const before : {false, true}) {
        auto const id = deliver();
        mark(id, before);
        auto const key = complete();
        CollectionResult answer;
        for (auto const& reads : GetParam().requests) answer = ask(key, commands(id, reads));
        EXPECT_EQ(write([&](Transaction& tx) { return tx.item(id)->marks.read; }), GetParam().requests.back().back());
        EXPECT_THAT(answer.changes, IsEmpty());
        EXPECT_THAT(said(ask(answer.key)), IsEmpty());
        for (auto const& r : answer.results) EXPECT_EQ(r.status, Status::Success);
    }
}

INSTANTIATE_TEST_SUITE_P(Sequences, LastWord,
                         testing::Values(Words{"ToggledBetween", {{true}, {false}, {true}}},
                                         Words{"ToggledBackBetween", {{false}, {true}, {false}}},
                                         Words{"ToggledThrice", {{true}, {false}, {true}, {false}}},
                                         Words{"SaidAgainThenToggled", {{true}, {true}, {false}, {false}, {true}}},
                                         Words{"TurnedAround", {{true, false}, {false, true}}},
                                         Words{"TurnedAroundToo", {{false, true}, {true, false}}},
                                         Words{"ToggledWithinAndRepeated", {{true, false, true}, {true, false, true}}},
                                         Words{"WithinAndRepeatedTwice",
                                               {{false, true, false}, {false, true, false}, {false, true, false}}},
                                         Words{"GrownByOne", {{true}, {true, false}}},
                                         Words{"GrownByOneAndRepeated", {{true}, {true, false}, {true, false}}},
                                         Words{"GrownTwice", {{true}, {true, false}, {true, false, true}}},
                                         Words{"Shortened", {{true, false}, {true}}},
                                         Words{"ShortenedToo", {{true, false, true}, {true, false}}},
                                         Words{"ShortenedToTheEnd", {{true, false}, {false}}}),
                         [](auto const& instance) { return std::string(instance.param.name); });

TEST_F(Engine, Law1_ARepeatedSequenceDoesNotOverwriteWhatCameAfter) {
    auto const id = deliver();
    auto const key = complete();
    Options const client_wins{.client_wins = true};
    std::vector<Command> const toggled{read_mark(id), read_mark(id, false), read_mark(id)};
    sync({.collection = inbox, .key = key, .options = client_wins, .commands = toggled});
    mark(id, false); // somebody else, later
    auto const late = sync({.collection = inbox, .key = key, .commands = toggled});
    EXPECT_FALSE(write([&](Transaction& tx) { return tx.item(id)->marks.read; }));
    EXPECT_THAT(said(late), ElementsAre(P(Kind::Change, id)));
}

TEST_F(Engine, Law3_WhatSomebodyTookAwayIsToldToThePhoneThatRepeatsItsAdd) {
    for (bool const late : {false, true}) {
        auto const key = complete();
        auto const id = ask(key, {add("c" + std::to_string(late), "draft")}).results[0].item;
        write([&](Transaction& tx) { tx.remove_item(id); });
        if (late) ask(key); // from before the Add
        auto const r = ask(key, {add("c" + std::to_string(late), "draft")});
        EXPECT_EQ(r.results[0].item, id);
        EXPECT_THAT(said(r), ElementsAre(P(Kind::Delete, id)));
    }
}

// What is refused in the middle does not make the rest of a repeated request new.
TEST_F(Engine, Law1_ARepeatedSequenceWithARefusalChangesNothing) {
    auto const id = deliver();
    auto const key = complete();
    auto const refusal = [](Transaction&, index::Item const&) {
        return std::expected<Edit, Status>(std::unexpected(Status::ConversionError));
    };
    std::vector<Command> const said{ChangeCommand{.item = id, .fingerprint = 9, .edit = refusal}, read_mark(id, true),
                                    read_mark(id, false)};
    auto const r = ask(key, said);
    auto const stamp = write([&](Transaction& tx) { return tx.item(id)->modseq; });
    EXPECT_EQ(ask(key, said).results[0].status, Status::ConversionError); // late, and nobody hears the answer
    EXPECT_EQ(write([&](Transaction& tx) { return tx.item(id)->modseq; }), stamp);
    auto const next = ask(r.key, {read_mark(id, true)});
    EXPECT_EQ(next.results[0].status, Status::Success);
    EXPECT_THAT(next.changes, IsEmpty());
}

TEST_F(Engine, Law1_EachItemsWordsAreRecognisedByThemselves) {
    auto const one = deliver(), other = deliver();
    auto const key = complete();
    ask(key, {read_mark(one), read_mark(other)});
    ask(key, {read_mark(other, false)});
    mark(one, false); // somebody else, later
    auto const r = ask(key, {read_mark(other), read_mark(one)});
    EXPECT_FALSE(write([&](Transaction& tx) { return tx.item(one)->marks.read; }));
    EXPECT_TRUE(write([&](Transaction& tx) { return tx.item(other)->marks.read; }));
    EXPECT_THAT(said(r), ElementsAre(P(Kind::Change, one)));
}

TEST_F(Engine, Law1_AChangeRepeatedWithItsDeleteSucceedsAgain) {
    auto const id = deliver();
    auto const key = complete();
    std::vector<Command> const both{read_mark(id), DeleteCommand{id}};
    ask(key, both);
    auto const again = ask(key, both);
    for (auto const& r : again.results) EXPECT_EQ(r.status, Status::Success);
    EXPECT_THAT(again.changes, IsEmpty());
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

// Law 3: what the phone had made of the content is void, although the others have changed marks alone.
TEST_F(Engine, Law3_AfterAConflictTheContentIsToldWhole) {
    auto const id = deliver();
    auto const other = deliver();
    auto const key = complete();
    mark(id);
    mark(other);
    auto const edit = [](Transaction& tx, index::Item const& item) {
        return std::expected<Edit, Status>(Edit{item.marks, Rewrite{tx.put_content("mine"), 4, item.received}});
    };
    std::vector<Command> const mine{ChangeCommand{.item = id, .fingerprint = 7, .edit = edit}};
    auto const first = ask(key, mine, 1); // which of the two comes first is told with it, the other later
    EXPECT_EQ(first.results[0].status, Status::Conflict);
    auto const second = ask(first.key);
    auto const& told = first.changes.at(0).id == id ? first : second;
    EXPECT_EQ(told.changes.at(0).id, id);
    EXPECT_TRUE(told.changes.at(0).content);
    mark(id, false);
    EXPECT_FALSE(ask(second.key).changes.at(0).content); // once
}

// What the server writes because of the first of two edits (a meeting's revision) is no conflict for the second.
TEST_F(Engine, WhatAnEditHasTheServerWriteIsNobodysWordAgainstTheNext) {
    auto const id = deliver();
    auto const key = complete();
    auto const edit = [](std::string const& text) {
        return [text](Transaction& tx, index::Item const& item) {
            return std::expected<Edit, Status>(Edit{item.marks, Rewrite{tx.put_content(text), 4, item.received}});
        };
    };
    auto const revise = [](Transaction& tx, index::Item const*, index::Item const* after) {
        auto const bytes = tx.content(after->content) + ", revised";
        tx.rewrite_item(after->id, tx.put_content(bytes), bytes.size(), after->received);
    };
    std::vector<Command> const both{ChangeCommand{.item = id, .fingerprint = 7, .edit = edit("one"), .heard = revise},
                                    ChangeCommand{.item = id, .fingerprint = 8, .edit = edit("two"), .heard = revise}};
    auto const first = ask(key, both);
    for (auto const& result : first.results) EXPECT_EQ(result.status, Status::Success);
    EXPECT_EQ(write([&](Transaction& tx) { return tx.content(tx.item(id)->content); }), "two, revised");
    EXPECT_THAT(said(first), ElementsAre(std::pair(Kind::Change, id)));
    ask(key, both); // the answer was lost (law 1)
    EXPECT_EQ(write([&](Transaction& tx) { return tx.content(tx.item(id)->content); }), "two, revised");
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

} // namespace
} // namespace godwit::sync
