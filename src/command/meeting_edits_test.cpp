// What phones say of meetings that are there already, and what of it is not theirs to say.
#include "command/meeting_fixture.hpp"
#include "eas/folders.hpp"
#include "eas/item_operations.hpp"
#include "eas/move_items.hpp"
#include "mime/content.hpp"
#include "mime/message.hpp"

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

// InstanceId is a time by the clock that the phone was told (MS-ASCMD 2.2.3.88): of days, and of times that float, that
// of the account's zone.
TEST_P(Meetings, AnOccurrenceIsNamedByTheClockThatThePhoneWasTold) {
    struct {
        char const *uid, *start, *more, *wanted;
    } const rows[]{
        {"weeks", ";VALUE=DATE:20270201", "DTEND;VALUE=DATE:20270202\r\nRRULE:FREQ=WEEKLY", ";VALUE=DATE:20270208"},
        {"days", ";VALUE=DATE:20270201", "RRULE:FREQ=DAILY;COUNT=9", ";VALUE=DATE:20270208"},
        {"floating", ":20270201T100000", "DTEND:20270201T110000\r\nRRULE:FREQ=WEEKLY", ":20270208T100000"},
        {"zoned", ";TZID=America/New_York:20270201T200000", "DURATION:PT1H\r\nRRULE:FREQ=DAILY",
         ";TZID=America/New_York:20270208T200000"},
    };
    auto const eve = directory.add("eve@x.org", "Eve", {}, "x").value();
    accounts.create(eve.id);
    accounts.write_now(bob.id, [](index::Transaction& tx) { tx.set_time_zone("Europe/Berlin"); });
    for (auto const& row : rows) {
        SCOPED_TRACE(row.uid);
        auto const mail = "From: ann@x.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"
                          "BEGIN:VEVENT\r\nUID:" +
                          std::string(row.uid) +
                          "\r\nDTSTAMP:20261118T120000Z\r\nORGANIZER:mailto:ann@x.org\r\nDTSTART" + row.start + "\r\n" +
                          row.more +
                          "\r\nATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:robert@x.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        later(60);
        delivery::Parcel parcel{.bytes = std::make_shared<mime::Rope const>(mail), .received = net::Clock::utc()};
        ASSERT_EQ(loop.wait_for(local.deliver(bob.id, std::move(parcel))), delivery::Delivered::Stored);
        std::vector<std::string> const own = delivery::addresses_of(bob);
        auto const told =
            convert::to_calendar(stored(bob), {.addresses = own, .zone = "Europe/Berlin"}, {}, GetParam()).event;
        std::string instance;
        eas::append(instance, eas::DateTime{told.start_time->at + std::chrono::days(7)});
        auto const wanted = "RECURRENCE-ID" + std::string(row.wanted) + "\r\n";
        EXPECT_EQ(answer(server_id(bob), UserResponse::Accepted, instance).status, MeetingStatus::Success);
        EXPECT_THAT(stored(bob), HasSubstr(wanted));
        if (server_sends()) EXPECT_THAT(mails(ann, index::FolderType::Inbox).front(), HasSubstr(wanted));
        auto s = session(bob);
        auto const id = server_id(bob);
        eas::SmartForwardRequest forward{
            .client_id = row.uid,
            .source = {.folder_id = id.substr(0, id.find(':')), .item_id = id, .instance_id = instance}};
        if (server_sends())
            forward.forwardees = std::vector{eas::Forwardee{.email = "eve@x.org"}};
        else
            forward.mime = eas::Opaque{"From: bob@x.org\r\nTo: eve@x.org\r\nSubject: x\r\n\r\nSee.\r\n"};
        EXPECT_FALSE(loop.wait_for(smart_forward(s, std::move(forward))));
        loop.wait_for(outbox.run_once());
        auto const got = mails(eve, index::FolderType::Inbox);
        ASSERT_FALSE(got.empty());
        EXPECT_THAT(std::string(mime::text_content(*mime::Message::parse(got.back()).calendar())), HasSubstr(wanted));
        accounts.write_now(bob.id, [&](index::Transaction& tx) { tx.remove_item(parse_server_id(id)->item); });
        accounts.write_now(eve.id,
                           [](index::Transaction& tx) { tx.empty_folder(tx.folder_of(index::FolderType::Inbox)->id); });
    }
}

// Whatever the command by which the organizer's phone takes it out of the calendar: MS-ASCAL has the server mail.
TEST_P(Meetings, WhatLeavesTheCalendarIsCalledOff) {
    enum class By : std::uint8_t { MoveItems, EmptyFolderContents, FolderDelete };
    for (auto const by : {By::MoveItems, By::EmptyFolderContents, By::FolderDelete}) {
        SCOPED_TRACE(int(by));
        organize();
        auto s = session(ann);
        auto item = *event_item(ann);
        if (by == By::FolderDelete)
            accounts.write_now(ann.id, [&](index::Transaction& tx) {
                auto const club = tx.create_folder({}, index::FolderType::UserCalendar, "Club");
                tx.move_item(item.id, club);
                item.folder = club;
            });
        auto const go = [&] {
            later(60);
            auto const trash = folder(ann, index::FolderType::DeletedItems);
            switch (by) {
            case By::MoveItems:
                loop.wait_for(
                    move_items(s, {.moves = {{format(ServerId{item.folder, item.id}), format(item.folder), trash}}}));
                break;
            case By::EmptyFolderContents: {
                eas::EmptyFolderContents empty{.collection_id = format(item.folder)};
                loop.wait_for(item_operations(s, {.operations = {eas::ItemOperation(empty)}}));
                break;
            }
            case By::FolderDelete: {
                auto const key = loop.wait_for(folder_sync(s, {.sync_key = "0"})).sync_key;
                loop.wait_for(folder_delete(s, {.sync_key = key.value_or(""), .server_id = format(item.folder)}));
                break;
            }
            }
            loop.wait_for(outbox.run_once());
        };
        auto const there = [&] { return shown(bob).meeting_status; };
        EXPECT_EQ(there(), 3);
        go();
        EXPECT_EQ(there(), server_sends() ? 7 : 3); // up to 14.1 the phone mails
        auto const heard = mails(bob, index::FolderType::Inbox).size();
        go(); // said again, as its answer was lost (law 1)
        EXPECT_EQ(mails(bob, index::FolderType::Inbox).size(), heard);
        for (auto const* user : {&ann, &bob})
            accounts.write_now(user->id, [&](index::Transaction& tx) {
                for (auto type :
                     {index::FolderType::Calendar, index::FolderType::DeletedItems, index::FolderType::Inbox})
                    tx.empty_folder(tx.folder_of(type)->id);
            });
        keys.clear();
    }
}

} // namespace
} // namespace godwit::command
