// Folders that hold no mail: what a filter means there, and what of them lies in Deleted Items.
#include "sync/contents.hpp"
#include "sync/engine_fixture.hpp"
#include "sync/ping.hpp"
#include "sync/tell.hpp"

namespace godwit::sync {
namespace {

using index::FolderType, index::ItemClass;
using std::chrono::hours;
using testing::ElementsAre, testing::IsEmpty;

class Classes : public Engine {
protected:
    CollectionId folder(FolderType type) {
        return write([&](Transaction& tx) { return tx.folder_of(type)->id; });
    }
    ItemId put(FolderType type, ItemClass item_class, Time received) {
        auto const to = folder(type);
        return write([&](Transaction& tx) {
            return tx.add_item({.folder = to,
                                .item_class = item_class,
                                .received = received,
                                .content = tx.put_content("x"),
                                .size = 1});
        });
    }
    void replace(ItemId item, Time received) {
        write([&](Transaction& tx) {
            tx.rewrite_item(item, tx.put_content("y" + std::to_string(++edits_)), 2, received);
        });
    }
    // What the phone is told now, with its filter; the first time it starts.
    std::vector<P> told(CollectionId collection, std::uint8_t filter) {
        if (key_.empty()) key_ = sync({.collection = collection, .options = Options{.filter = filter}}).key;
        auto const answer = sync({.collection = collection, .key = key_});
        key_ = answer.key;
        std::vector<P> out;
        out.reserve(answer.changes.size());
        for (auto const& change : answer.changes) out.emplace_back(change.kind, change.id);
        return out;
    }

private:
    std::string key_;
    int edits_ = 0;
};

TEST_F(Classes, ContactsAndNotesAreNeverFiltered) { // MS-ASCMD_R3078
    for (auto type : {FolderType::Contacts, FolderType::UserContacts, FolderType::Notes, FolderType::UserNotes})
        for (std::uint8_t filter = 0; filter <= 8; ++filter) EXPECT_EQ(wanted_floor(filter, type, now), bottom);
    auto const old = put(FolderType::Contacts, ItemClass::Contacts, now - days(5000));
    EXPECT_THAT(told(folder(FolderType::Contacts), 2), ElementsAre(P{Kind::Add, old}));
}

TEST_F(Classes, TasksAreFilteredByWhetherTheyAreComplete) { // FilterType 8
    auto const done = put(FolderType::Tasks, ItemClass::Tasks, all_completed - hours(1));
    auto const open = put(FolderType::Tasks, ItemClass::Tasks, now - days(5000));
    auto const tasks = folder(FolderType::Tasks);
    EXPECT_EQ(wanted_floor(3, FolderType::Tasks, now), bottom); // there is no other filter
    EXPECT_THAT(told(tasks, 8), ElementsAre(P{Kind::Add, open}));
    replace(open, all_completed - hours(2)); // somebody completes it
    EXPECT_THAT(told(tasks, 8), ElementsAre(P{Kind::SoftDelete, open}));
    replace(done, now); // and takes the other one up again
    EXPECT_THAT(told(tasks, 8), ElementsAre(P{Kind::Add, done}));
    replace(done, now + hours(1));
    EXPECT_THAT(told(tasks, 8), ElementsAre(P{Kind::Change, done}));
    write([&](Transaction& tx) { tx.remove_item(done); });
    EXPECT_THAT(told(tasks, 8), ElementsAre(P{Kind::Delete, done}));
}

TEST_F(Classes, EventsAreFilteredByTheirEnd) {
    auto const endless = put(FolderType::Calendar, ItemClass::Calendar, Time::max());
    auto const past = put(FolderType::Calendar, ItemClass::Calendar, now - days(40));
    auto const recent = put(FolderType::Calendar, ItemClass::Calendar, now - days(3));
    auto const calendar = folder(FolderType::Calendar);
    EXPECT_THAT(told(calendar, 5), testing::UnorderedElementsAre(P{Kind::Add, endless}, P{Kind::Add, recent}));
    replace(past, now + days(1)); // moved to tomorrow
    EXPECT_THAT(told(calendar, 5), ElementsAre(P{Kind::Add, past}));
    replace(past, now - days(90));
    EXPECT_THAT(told(calendar, 5), ElementsAre(P{Kind::SoftDelete, past}));
    now += days(40);
    EXPECT_THAT(told(calendar, 5), ElementsAre(P{Kind::SoftDelete, recent}));
}

// An event that a phone moves leaves its place and enters another: if the answer was lost, neither is news to it, or it
// would drop what it moved.
TEST_F(Classes, Law3_APhoneThatRepeatsAMoveOfAnEventKeepsIt) {
    auto const calendar = folder(FolderType::Calendar);
    auto const event = put(FolderType::Calendar, ItemClass::Calendar, now);
    auto const other = put(FolderType::Calendar, ItemClass::Calendar, now);
    auto const key = sync({.collection = calendar, .key = sync({.collection = calendar}).key}).key;
    auto move = [&](ItemId item, int to) {
        return ChangeCommand{.item = item,
                             .fingerprint = std::uint64_t(to),
                             .edit = [this, to](Transaction& tx, index::Item const&) -> std::expected<Edit, Status> {
                                 auto const content = tx.put_content("at " + std::to_string(to));
                                 return Edit{.marks = {}, .rewrite = Rewrite{content, 5, now + hours(to)}};
                             }};
    };
    auto const say = [&](std::string const& with, std::vector<Command> commands) {
        return sync({.collection = calendar, .key = with, .commands = std::move(commands)});
    };
    for (int again = 0; again < 3; ++again) EXPECT_THAT(said(say(key, {move(event, 1)})), IsEmpty());
    // It has changed its mind meanwhile, and somebody else has moved the other one.
    replace(other, now + hours(9));
    auto const answer = say(key, {move(event, 1), move(event, 2)});
    EXPECT_THAT(said(answer), ElementsAre(P{Kind::Change, other}));
    replace(event, now + hours(3));
    EXPECT_THAT(said(say(answer.key, {})), ElementsAre(P{Kind::Change, event}));
}

// Somebody takes an event away, the phone, which has heard of it in the other folder, brings it back by MoveItems and
// gives it another time: it is not told of the first alone.
TEST_F(Classes, Law3_WhatAPhoneBroughtBackAndChangedStays) {
    auto const calendar = folder(FolderType::Calendar);
    auto const other =
        write([&](Transaction& tx) { return tx.create_folder(CollectionId::Root, FolderType::UserCalendar, "Other"); });
    auto const event = put(FolderType::Calendar, ItemClass::Calendar, now);
    auto const key = sync({.collection = calendar, .key = sync({.collection = calendar}).key}).key;
    write([&](Transaction& tx) { tx.move_item(event, other); });
    write([&](Transaction& tx) {
        Move const back{.item = event, .source = other, .destination = calendar};
        EXPECT_EQ(move_items(tx, "phone", std::span(&back, 1), Told::AsAdd).front(), MoveStatus::Success);
    });
    auto later = [&](int by) {
        return ChangeCommand{.item = event,
                             .fingerprint = std::uint64_t(by),
                             .edit = [this, by](Transaction& tx, index::Item const&) -> std::expected<Edit, Status> {
                                 auto const content = tx.put_content("by " + std::to_string(by));
                                 return Edit{.marks = {}, .rewrite = Rewrite{content, 5, now + hours(by)}};
                             }};
    };
    for (std::uint32_t window : {100, 1}) { // its answer is lost once
        CollectionRequest request{.collection = calendar, .key = key, .window = window};
        request.commands = {later(1), later(2)};
        auto answer = sync(request);
        std::vector<P> heard = said(answer);
        for (auto const& result : answer.results) EXPECT_EQ(result.status, Status::Success);
        while (answer.more) {
            answer = sync({.collection = calendar, .key = answer.key, .window = window});
            for (auto const& one : said(answer)) heard.push_back(one);
        }
        ASSERT_FALSE(heard.empty());
        EXPECT_EQ(heard.back(), (P{Kind::Add, event}));
    }
}

// A contact that was deleted lies in Deleted Items, where phones look for mail: none hears of it, of its coming or
// going.
TEST_F(Classes, NobodyIsShownAContactInDeletedItems) {
    auto const trash = folder(FolderType::DeletedItems);
    auto const before = put(FolderType::DeletedItems, ItemClass::Contacts, now - hours(1));
    auto const mail = put(FolderType::DeletedItems, ItemClass::Email, now);
    EXPECT_EQ(told(trash, 0), (std::vector<P>{{Kind::Add, mail}}));
    auto const contact = put(FolderType::Contacts, ItemClass::Contacts, now);
    auto key = sync({.collection = folder(FolderType::Contacts)}).key;
    key = sync({.collection = folder(FolderType::Contacts), .key = key}).key;
    sync({.collection = folder(FolderType::Contacts), .key = key, .commands = {DeleteCommand{contact}}});
    EXPECT_EQ(write([&](Transaction& tx) { return tx.item(contact)->folder; }), trash);
    EXPECT_THAT(told(trash, 0), IsEmpty());
    PingMemory memory;
    auto const seen = write([&](Transaction& tx) { return look(tx, "phone", {trash}, {}, memory, now); });
    EXPECT_THAT(seen.wake, IsEmpty());
    EXPECT_FALSE(seen.wake_at);
    write([&](Transaction& tx) { tx.empty_folder(trash); });
    EXPECT_THAT(told(trash, 0), ElementsAre(P{Kind::Delete, mail}));
    EXPECT_FALSE(write([&](Transaction& tx) { return tx.item(before); }));
}

// A flag of a message can wait for others (Gathering); an event that is another, or gone, cannot.
TEST_F(Classes, AChangedEventWakesAtOnce) {
    auto const calendar = folder(FolderType::Calendar);
    auto const event = put(FolderType::Calendar, ItemClass::Calendar, now);
    auto const mail = put(FolderType::Inbox, ItemClass::Email, now);
    auto const wakes = [&](CollectionId id, auto change) {
        sync({.collection = id, .key = sync({.collection = id}).key});
        write(change);
        PingMemory memory;
        Gathering const gathering{.quiet = std::chrono::seconds(30), .interval = std::chrono::seconds(300)};
        return write([&](Transaction& tx) { return look(tx, "phone", {id}, gathering, memory, now); }).wake.size();
    };
    EXPECT_EQ(wakes(inbox, [&](Transaction& tx) { tx.set_marks(mail, {.read = true}); }), 0U);
    EXPECT_EQ(wakes(calendar, [&](Transaction& tx) { tx.rewrite_item(event, tx.put_content("z"), 1, now); }), 1U);
    EXPECT_EQ(wakes(calendar, [&](Transaction& tx) { tx.remove_item(event); }), 1U);
}

TEST_F(Classes, AnEstimateCountsWhatWouldBeTold) {
    auto const trash = folder(FolderType::DeletedItems);
    for (int i = 0; i < 300; ++i) put(FolderType::DeletedItems, i % 3 ? ItemClass::Contacts : ItemClass::Email, now);
    auto const key = sync({.collection = trash}).key;
    auto const guess = write([&](Transaction& tx) { return estimate(tx, "phone", trash, key, {}, now); });
    EXPECT_EQ(guess.count, 100U);
}

// Of what a phone says something may not be its to say: it is told the item as it is, once, and nobody else is.
TEST_F(Engine, Law3_WhatIsPassedOverIsToldAsItIs) {
    auto const says = [](ItemId id, std::uint64_t fingerprint, bool read) {
        return Command{ChangeCommand{
            .item = id, .fingerprint = fingerprint, .edit = [read](Transaction&, index::Item const& item) {
                auto marks = item.marks;
                marks.read = read;
                return std::expected<Edit, Status>(Edit{.marks = marks, .passed_over = true});
            }}};
    };
    auto const id = deliver();
    auto const other = complete("other phone");
    auto key = complete();
    for (bool const edits : {false, true}) { // some of it is done
        ask(key, {says(id, 9, edits)});      // the answer is lost
        auto const r = ask(key, {says(id, 9, edits), read_mark(id, edits)});
        for (auto const& result : r.results) EXPECT_EQ(result.status, Status::Success);
        ASSERT_THAT(said(r), testing::ElementsAre(P(Kind::Change, id)));
        EXPECT_TRUE(r.changes[0].content);
        EXPECT_EQ(r.changes[0].item->marks.read, edits);
        key = ask(r.key).key;
        EXPECT_EQ(key, r.key); // and no more
    }
    EXPECT_EQ(said(sync({.collection = inbox, .key = other}, "other phone")).size(), 1U); // of the mark
    auto const late = sync({.collection = inbox, .key = key, .get_changes = false, .commands = {says(id, 10, true)}});
    EXPECT_TRUE(late.changes.empty());
    auto const waits = write([&](Transaction& tx) { return estimate(tx, "phone", inbox, late.key, {}, now).count; });
    EXPECT_EQ(waits, 1U);
    PingMemory memory;
    auto const wake = [&] {
        return write([&](Transaction& tx) { return look(tx, "phone", {inbox}, {}, memory, now); });
    };
    EXPECT_EQ(wake().wake.size(), 1U);
    auto const newer = deliver();
    auto const first = ask(late.key, {}, 1);
    EXPECT_THAT(said(first), testing::ElementsAre(P(Kind::Add, newer)));
    EXPECT_TRUE(first.more);
    auto const last = ask(first.key, {}, 1);
    EXPECT_THAT(said(last), testing::ElementsAre(P(Kind::Change, id)));
    EXPECT_EQ(ask(last.key).key, last.key);
    EXPECT_TRUE(wake().wake.empty());
    auto const gone =
        sync({.collection = inbox, .key = last.key, .get_changes = false, .commands = {says(id, 11, true)}});
    write([&](Transaction& tx) { tx.remove_item(id); });
    EXPECT_THAT(said(ask(gone.key)), testing::ElementsAre(P(Kind::Delete, id)));
}

} // namespace
} // namespace godwit::sync
