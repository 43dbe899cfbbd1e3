// Adds of what is there under a name of its own: the UID of an event that a 14.1 phone says.
#include "sync/engine_fixture.hpp"

namespace godwit::sync {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A folder in which one item is known by its name, whatever client id the phone gives it.
class KnownByName : public Engine {
protected:
    Command say(std::string client_id, std::string bytes, std::optional<Status> refused = {}) {
        auto add = std::get<AddCommand>(Engine::add(std::move(client_id), bytes));
        add.known = [this](Transaction&) { return named; };
        add.edit = [bytes, refused](Transaction& tx, index::Item const& item) -> std::expected<Edit, Status> {
            if (refused) return std::unexpected(*refused);
            if (tx.content(item.content) == bytes) return Edit{.marks = item.marks};
            if (bytes == "not mine to say") return Edit{.marks = item.marks, .passed_over = true};
            return Edit{.marks = item.marks, .rewrite = Rewrite{tx.put_content(bytes), bytes.size(), item.received}};
        };
        return add;
    }
    std::string stored() {
        return write([&](Transaction& tx) { return tx.content(tx.item(*named)->content); });
    }
    void others_say(std::string const& bytes) {
        write([&](Transaction& tx) {
            tx.rewrite_item(*named, tx.put_content(bytes), bytes.size(), tx.item(*named)->received);
        });
    }
    std::optional<ItemId> named;
};

TEST_F(KnownByName, AnInvitationThatCameFirstIsTheItemAndThePhoneHearsWhatItHasBecome) {
    auto const key = complete();
    named = deliver(now, "invitation");
    auto const r = ask(key, {say("c1", "accepted")});
    EXPECT_EQ(r.results[0].status, Status::Success);
    EXPECT_EQ(r.results[0].item, *named);
    EXPECT_EQ(stored(), "accepted");
    EXPECT_THAT(said(r), ElementsAre(P{Kind::Change, *named}));
    EXPECT_EQ(count(), 1);
    EXPECT_THAT(said(ask(r.key)), IsEmpty());
}

// Law 3: as against a Change that crosses it, the other's word stands, and the phone is told it.
TEST_F(KnownByName, WhatAnotherHasSaidSinceStays) {
    named = deliver(now, "at twelve");
    auto const key = complete();
    others_say("at one");
    auto const r = ask(key, {say("c1", "at twelve, loudly")});
    EXPECT_EQ(r.results[0].status, Status::Success);
    EXPECT_EQ(stored(), "at one");
    EXPECT_THAT(said(r), ElementsAre(P{Kind::Change, *named}));
    EXPECT_THAT(said(ask(r.key)), IsEmpty());
}

// Incident 2.7: after a reset a phone adds again, word for word, what it had before.
TEST_F(KnownByName, AfterAResetOldWordsDoNotUndoWhatOthersSaid) {
    auto const r = ask(complete(), {say("c1", "at twelve")});
    named = r.results[0].item;
    ask(r.key);
    others_say("at one");
    auto const again = ask(primed(), {say("c7", "at twelve")});
    EXPECT_EQ(again.results[0].item, *named);
    EXPECT_EQ(stored(), "at one");
    EXPECT_EQ(count(), 1);
}

TEST_F(KnownByName, WhatAChangeWouldRefuseTheAddRefuses) {
    named = deliver(now, "invitation");
    auto const r = ask(complete(), {say("c1", "too much", Status::ConversionError)});
    EXPECT_EQ(r.results[0].status, Status::ConversionError);
    EXPECT_EQ(stored(), "invitation");
}

TEST_F(KnownByName, WhatIsNotThePhonesToSayIsPutRight) {
    named = deliver(now, "invitation");
    auto const r = ask(complete(), {say("c1", "not mine to say")});
    EXPECT_EQ(r.results[0].status, Status::Success);
    EXPECT_THAT(said(r), ElementsAre(P{Kind::Change, *named}));
    EXPECT_THAT(said(ask(r.key)), IsEmpty());
}

// Law 9: the answer is lost, the phone edits and adds again under the same key. What it says is said of the item; it
// never replaces what the phone does not know of it.
TEST_F(KnownByName, ARepetitionWithOtherWordsIsAnEditToo) {
    for (std::string const first : {"invitation", "accepted"}) {
        named = deliver(now, "invitation");
        auto const key = complete();
        ask(key, {say("c-" + first, first)});
        auto const r = ask(key, {say("c-" + first, "declined")});
        EXPECT_EQ(r.results[0].item, *named);
        EXPECT_EQ(stored(), "declined");
        EXPECT_THAT(said(r), ElementsAre(P{Kind::Change, *named}));
        EXPECT_THAT(said(ask(r.key)), IsEmpty());
    }
}

} // namespace
} // namespace godwit::sync
