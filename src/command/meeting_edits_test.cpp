// What phones say of meetings that are there already, and what of it is not theirs to say.
#include "command/meeting_fixture.hpp"

namespace godwit::command {
namespace {

using testing::HasSubstr, testing::Not;

// Of an appointment one occurrence can be a meeting: its organizer is said in that alone.
TEST_P(Meetings, WhoIsInvitedToOneOccurrenceIsTold) {
    if (!server_sends()) GTEST_SKIP() << "the phone sends";
    eas::Calendar event{.all_day_event = false,
                        .end_time = at("20261207T110000Z"),
                        .subject = "Alone",
                        .start_time = at("20261207T100000Z")};
    event.recurrence = eas::Recurrence{.type = 1, .interval = 1, .occurrences = 4, .day_of_week = 2};
    say(ann, {eas::ClientAdd{.client_id = "c1", .application_data = eas::encode_fragment(event, GetParam())}});
    eas::Calendar one{.meeting_status = 1};
    one.attendees = {{.email = "bob@x.org", .name = "Bob"}};
    later(60);
    say(ann, {eas::ClientChange{.server_id = server_id(ann),
                                .instance_id = "20261214T100000Z",
                                .application_data = eas::encode_fragment(one, GetParam())}});
    auto const told = mails(bob, index::FolderType::Inbox);
    ASSERT_EQ(told.size(), 1U) << stored(ann);
    EXPECT_THAT(told.front(), HasSubstr("RECURRENCE-ID"));
    later(60);
    EXPECT_EQ(answer(invitation(bob), UserResponse::Accepted).status, MeetingStatus::Success);
    auto const mine = shown(ann);
    ASSERT_TRUE(mine.exceptions) << stored(ann);
    ASSERT_TRUE(mine.exceptions->front().attendees) << stored(ann);
    EXPECT_EQ(mine.exceptions->front().attendees->front().status, 3);
}

// Up to 14.1 the phone makes the UID: it adds what the server has put there, in its own words.
TEST_P(Meetings, OneUidIsOneItemWhoeverAddsItToo) {
    if (server_sends()) GTEST_SKIP() << "the server makes the UID";
    organize();
    auto const id = server_id(bob);
    say(bob, {});
    auto event = shown(bob);
    event.subject = "Mine now", event.busy_status = 3, event.reminder = eas::NumberOrEmpty{25};
    event.categories = {"Blue"};
    event.response_type.reset(), event.appointment_reply_time.reset();
    auto const answer =
        say(bob, {eas::ClientAdd{.client_id = "mine", .application_data = eas::encode_fragment(event, GetParam())}});
    auto const& told = answer.collections.front();
    auto const& added = std::get<eas::AddResponse>(told.responses.at(0));
    EXPECT_EQ(added.status, eas::SyncStatus::Success);
    EXPECT_EQ(added.server_id, id);
    ASSERT_EQ(told.commands.size(), 1U);
    EXPECT_EQ(std::get<eas::ServerChange>(told.commands[0]).server_id, id);
    auto const now = shown(bob);
    EXPECT_EQ(now.subject, "Weekly");
    EXPECT_EQ(now.busy_status, 3);
    EXPECT_EQ(now.reminder, eas::NumberOrEmpty{25});
    EXPECT_EQ(now.categories, std::vector<std::string>{"Blue"});
    auto const count = accounts.read_now(
        bob.id, [](index::Transaction& tx) { return tx.item_count(tx.folder_of(index::FolderType::Calendar)->id); });
    EXPECT_EQ(count, 1U);
    auto const next = say(bob, {});
    EXPECT_TRUE(next.collections.empty() || next.collections.front().commands.empty());
}

// What an attendee's phone makes of the meeting, or of one occurrence.
struct Said {
    std::string_view name;
    bool comes_back;
    void (*edit)(eas::Calendar&);
    std::string instance = {};

    eas::ClientChange by(eas::Version version, std::string id, eas::Calendar const& shown) const {
        eas::ClientChange out{.server_id = std::move(id)};
        eas::Calendar said;
        if (version >= eas::v16_0) {
            edit(said);
            if (!instance.empty()) out.instance_id = instance;
        } else if (instance.empty()) {
            edit(said = shown);
        } else {
            eas::Calendar one;
            edit(one);
            said = shown;
            eas::Exception other{.exception_start_time = at(instance), .subject = one.subject};
            other.start_time = one.start_time, other.end_time = one.end_time, other.reminder = one.reminder;
            said.exceptions = {std::move(other)};
        }
        out.application_data = eas::encode_fragment(said, version);
        return out;
    }
};

std::string const second = "20261214T100000Z";
Said const passed[]{
    {"its time", true,
     [](eas::Calendar& e) { e.start_time = at("20261207T120000Z"), e.end_time = at("20261207T130000Z"); }},
    {"its title", true, [](eas::Calendar& e) { e.subject = "Mine now"; }},
    {"its title and his reminder", true,
     [](eas::Calendar& e) { e.subject = "Mine now", e.reminder = eas::NumberOrEmpty{20}; }},
    {"its rule", true,
     [](eas::Calendar& e) { e.recurrence = eas::Recurrence{.type = 0, .interval = 1, .occurrences = 3}; }},
    {"who comes", true, [](eas::Calendar& e) { e.attendees = {{.email = "eve@x.org", .name = "Eve"}}; }},
    {"how they are written", false, [](eas::Calendar& e) { e.attendees = {{.email = "Robert@x.org", .name = "R"}}; }},
    {"his reminder", false, [](eas::Calendar& e) { e.reminder = eas::NumberOrEmpty{5}; }},
    {"his time", false, [](eas::Calendar& e) { e.busy_status = 3; }},
    {"nothing", false, [](eas::Calendar&) {}},
    {"the time of one", true,
     [](eas::Calendar& e) { e.start_time = at("20261214T120000Z"), e.end_time = at("20261214T130000Z"); }, second},
    {"the title of one", true, [](eas::Calendar& e) { e.subject = "Mine now"; }, second},
    {"his reminder of one", false, [](eas::Calendar& e) { e.reminder = eas::NumberOrEmpty{7}; }, second}};

// What is the organizer's to say is passed over, and the phone put right; what is his own is no news to it.
TEST_P(Meetings, Law3_WhatIsPassedOverComesBackOnce) {
    organize();
    say(bob, {});
    for (auto const& one : passed) {
        SCOPED_TRACE(one.name);
        later(60);
        say(bob, {});
        auto const before = shown(bob);
        auto const change = one.by(GetParam(), server_id(bob), before);
        auto const old = keys[bob.address];
        for (int answers = 0; answers < 2; ++answers) { // the first is lost
            auto s = session(bob);
            eas::SyncCollectionRequest collection{
                .sync_key = old, .collection_id = folder(bob), .commands = std::vector<eas::ClientCommand>{change}};
            auto const answer = loop.wait_for(sync(s, {.collections = std::vector{std::move(collection)}}));
            auto const& told = answer.value().collections.front();
            keys[bob.address] = told.sync_key;
            EXPECT_TRUE(told.responses.empty());
            ASSERT_EQ(told.commands.size(), one.comes_back ? 1U : 0U);
            if (!one.comes_back) continue;
            auto const& back = std::get<eas::ServerChange>(told.commands.front());
            EXPECT_EQ(back.server_id, change.server_id);
            auto const event = eas::decode<eas::Calendar>(back.application_data, GetParam()).value();
            EXPECT_EQ(event.subject, "Weekly");
            EXPECT_EQ(event.start_time, before.start_time);
            EXPECT_EQ(event.recurrence, before.recurrence);
            EXPECT_EQ(event.reminder, shown(bob).reminder);
        }
        auto const next = say(bob, {});
        EXPECT_TRUE(next.collections.empty() || next.collections.front().commands.empty());
    }
}

} // namespace
} // namespace godwit::command
