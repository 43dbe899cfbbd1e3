// Meetings between two people on one server: Ann's phone, which organizes, and Bob's. Each at 14.1, where phones send
// the mails of scheduling, and at 16.1, where the server does. Law 9; the incidents of the field by their numbers.
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "convert/calendar.hpp"
#include "delivery/local_delivery.hpp"
#include "delivery/outbox.hpp"
#include "delivery/scheduling.hpp"
#include "eas/calendar.hpp"
#include "eas/meeting_response.hpp"
#include "eas/time_zone.hpp"
#include "itip/compose.hpp"
#include "net/loop.hpp"
#include "source/local.hpp"
#include "sync/hub.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace godwit::command {
namespace {

using eas::MeetingStatus, eas::UserResponse;
using testing::HasSubstr, testing::Not;

eas::CompactDateTime at(std::string_view text) { return {*eas::parse_time(text)}; }

class Meetings : public testing::TestWithParam<eas::Version> {
protected:
    Meetings() {
        net::Clock::frozen_utc = net::Time(std::chrono::seconds(1'795'000'000)); // 2026-11-18
        ann = directory.add("ann@x.org", "Ann", {}, "x").value();
        bob = directory.add("bob@x.org", "Bob", {"robert@x.org"}, "x").value();
        accounts.create(ann.id);
        accounts.create(bob.id);
    }
    void TearDown() override { net::Clock::frozen_utc.reset(); }

    static bool server_sends() { return GetParam() >= eas::v16_0; }
    Session session(directory::User const& user) {
        Session out{.rooms = rooms,
                    .user = user,
                    .line = {},
                    .version = GetParam(),
                    .user_agent = "",
                    .request_id = "",
                    .hangup = hangup};
        out.device = "phone";
        return out;
    }
    std::string folder(directory::User const& user, index::FolderType type = index::FolderType::Calendar) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) { return format(tx.folder_of(type)->id); });
    }
    // What the phone says of its calendar.
    eas::SyncResponse say(directory::User const& user, std::vector<eas::ClientCommand> commands) {
        auto s = session(user);
        auto& key = keys[user.address];
        auto round = [&](std::vector<eas::ClientCommand> said) {
            eas::SyncCollectionRequest collection{
                .sync_key = key.empty() ? "0" : key, .collection_id = folder(user), .commands = std::move(said)};
            eas::SyncRequest request{.collections = std::vector{std::move(collection)}};
            auto answer = loop.wait_for(sync(s, std::move(request)));
            if (answer && !answer->collections.empty()) key = answer->collections.front().sync_key;
            return answer.value_or(eas::SyncResponse{});
        };
        if (key.empty()) round({});
        round({});
        auto out = round(std::move(commands));
        loop.wait_for(outbox.run_once());
        return out;
    }
    // The weekly meeting of Mondays at ten, at which Bob is invited as Robert.
    void organize() {
        eas::Calendar event{.all_day_event = false,
                            .end_time = at("20261207T110000Z"),
                            .subject = "Weekly",
                            .start_time = at("20261207T100000Z"),
                            .meeting_status = 1};
        if (!server_sends()) event.time_zone = eas::to_base64(eas::TimeZone{});
        if (!server_sends()) event.uid = "m1";
        event.attendees = {{.email = "robert@x.org", .name = "Robert"}};
        event.recurrence = eas::Recurrence{.type = 1, .interval = 1, .occurrences = 4, .day_of_week = 2};
        say(ann, {eas::ClientAdd{.client_id = "c1", .application_data = eas::encode_fragment(event, GetParam())}});
        phone_mails(nullptr);
    }
    // Up to 14.1 the organizer's phone sends what the server does from 16.0 on.
    void phone_mails(ical::Component const* before) {
        if (server_sends()) return;
        auto const after = calendar(ann);
        auto const now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc());
        for (auto const& mail :
             itip::mails_of_change(before, after ? &*after : nullptr, std::vector{ann.address}, "Ann", now)) {
            delivery::Sending sending{.user = ann, .device = "phone", .mime = itip::write(mail), .save_in_sent = true};
            EXPECT_EQ(loop.wait_for(outbox.send(std::move(sending))), delivery::SendResult::Sent);
        }
    }
    std::optional<index::Item> event_item(directory::User const& user) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) -> std::optional<index::Item> {
            for (auto type : {index::FolderType::Calendar, index::FolderType::DeletedItems})
                for (auto const& item :
                     tx.walk(tx.folder_of(type)->id, {}, {index::Time::min(), index::ItemId(0)}, 100))
                    if (item.item_class == index::ItemClass::Calendar) return item;
            return std::nullopt;
        });
    }
    std::string stored(directory::User const& user) {
        auto const item = event_item(user);
        if (!item) return {};
        return accounts.read_now(user.id, [&](index::Transaction& tx) { return source::fetch(tx, *item); });
    }
    std::optional<ical::Component> calendar(directory::User const& user) {
        auto const text = stored(user);
        if (text.empty()) return std::nullopt;
        return ical::parse(text)->front();
    }
    std::vector<std::string> mails(directory::User const& user, index::FolderType type) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) {
            std::vector<std::string> found;
            for (auto const& item : tx.walk(tx.folder_of(type)->id, {}, {index::Time::min(), index::ItemId(0)}, 100))
                if (item.item_class == index::ItemClass::Email) found.push_back(source::fetch(tx, item));
            return found;
        });
    }
    eas::Calendar shown(directory::User const& user) {
        std::vector<std::string> const own = delivery::addresses_of(user);
        return convert::to_calendar(stored(user), {.addresses = own}, {}, GetParam()).event;
    }
    std::string server_id(directory::User const& user) {
        auto const item = event_item(user);
        return item ? format(ServerId{item->folder, item->id}) : "none";
    }
    std::string invitation(directory::User const& user, index::FolderType type = index::FolderType::Inbox) {
        return accounts.read_now(user.id, [&](index::Transaction& tx) {
            auto const items = tx.walk(tx.folder_of(type)->id, {}, {index::Time::min(), index::ItemId(0)}, 1);
            return items.empty() ? std::string("none") : format(ServerId{items.front().folder, items.front().id});
        });
    }
    eas::MeetingResult answer(std::string const& id, UserResponse response, std::string const& instance = "",
                              std::string const& comment = "") {
        auto s = session(bob);
        eas::MeetingReply reply{.response = response, .collection_id = "1", .request_id = id};
        if (!instance.empty()) reply.instance_id = instance;
        if (server_sends()) {
            reply.send_response.emplace();
            if (!comment.empty()) reply.send_response->body = eas::Body{.data = eas::Content{comment, false}};
        }
        auto out = loop.wait_for(meeting_response(s, {.replies = {reply}}));
        loop.wait_for(outbox.run_once());
        EXPECT_EQ(out.results.size(), 1U);
        return out.results.front();
    }
    void later(int seconds) { *net::Clock::frozen_utc += std::chrono::seconds(seconds); }

    config::Config config;
    net::Pool pool{1};
    net::Loop loop;
    sync::Hub hub{loop.executor()};
    index::Accounts accounts{pool, {}, {}};
    directory::Directory directory{pool, {}, {}};
    delivery::LocalDelivery local{accounts, directory};
    delivery::Outbox outbox{config.delivery, pool, accounts, directory, local};
    Rooms rooms{config, pool, accounts, directory, hub, outbox};
    Hangup hangup;
    directory::User ann, bob;
    std::map<std::string, std::string> keys;
};

TEST_P(Meetings, AnInvitationArrivesAndIsAnswered) {
    organize();
    ASSERT_EQ(mails(bob, index::FolderType::Inbox).size(), 1U); // sent once, whoever sends
    auto const event = shown(bob);
    EXPECT_EQ(event.subject, "Weekly");
    EXPECT_EQ(event.meeting_status, 3);
    EXPECT_EQ(event.busy_status, 1);
    EXPECT_EQ(event.response_type, 5);
    later(60);
    auto const result = answer(invitation(bob), UserResponse::Accepted, "", "Gladly");
    EXPECT_EQ(result.status, MeetingStatus::Success);
    EXPECT_EQ(result.calendar_id, server_id(bob));
    EXPECT_EQ(shown(bob).response_type, 3);
    EXPECT_EQ(shown(bob).busy_status, 2);
    EXPECT_TRUE(mails(bob, index::FolderType::Inbox).empty()); // what is answered leaves the Inbox
    EXPECT_EQ(mails(ann, index::FolderType::Inbox).size(), server_sends() ? 1U : 0U);
    if (!server_sends()) return;
    EXPECT_EQ(shown(ann).attendees->front().status, 3);
    EXPECT_THAT(mails(ann, index::FolderType::Inbox).front(), HasSubstr("Gladly"));
}

TEST_P(Meetings, Incident1_1_OneCancelledOccurrenceLeavesTheSeries) {
    organize();
    auto const id = server_id(bob);
    auto const before = *calendar(ann);
    later(60);
    if (server_sends()) {
        say(ann, {eas::ClientDelete{.server_id = server_id(ann), .instance_id = "20261214T100000Z"}});
    } else {
        auto event = shown(ann);
        event.exceptions = {{.deleted = true, .exception_start_time = at("20261214T100000Z")}};
        say(ann, {eas::ClientChange{.server_id = server_id(ann),
                                    .application_data = eas::encode_fragment(event, GetParam())}});
    }
    phone_mails(&before);
    EXPECT_EQ(server_id(bob), id);
    auto const event = shown(bob);
    ASSERT_TRUE(event.recurrence);
    EXPECT_EQ(event.meeting_status, 3);
    ASSERT_TRUE(event.exceptions);
    ASSERT_EQ(event.exceptions->size(), 1U);
    EXPECT_EQ(event.exceptions->front().deleted, true);
}

TEST_P(Meetings, Incident1_2_AnAttendeesPhoneDoesNotBecomeTheOrganizer) {
    organize();
    auto const sent = mails(bob, index::FolderType::SentItems).size();
    eas::Calendar event{.reminder = eas::NumberOrEmpty{10}, .subject = "Mine now", .meeting_status = 1};
    event.attendees = {{.email = "eve@x.org", .name = "Eve"}};
    if (!server_sends()) event.organizer_email = "bob@x.org";
    say(bob,
        {eas::ClientChange{.server_id = server_id(bob), .application_data = eas::encode_fragment(event, GetParam())}});
    EXPECT_THAT(stored(bob), HasSubstr("mailto:ann@x.org"));
    EXPECT_EQ(shown(bob).subject, "Weekly");
    EXPECT_EQ(shown(bob).meeting_status, 3);
    EXPECT_EQ(shown(bob).reminder, eas::NumberOrEmpty{10});
    if (server_sends()) say(bob, {eas::ClientDelete{.server_id = server_id(bob), .instance_id = "20261214T100000Z"}});
    EXPECT_THAT(stored(bob), Not(HasSubstr("X-GODWIT-ASKED"))); // nor does he revise it
    EXPECT_EQ(mails(bob, index::FolderType::SentItems).size(), sent);
}

TEST_P(Meetings, Incident1_3_TheAnswerComesFromTheAddressThatWasInvited) {
    organize();
    EXPECT_EQ(answer(server_id(bob), UserResponse::Tentative).status, MeetingStatus::Success);
    auto const sent = mails(bob, index::FolderType::SentItems);
    ASSERT_EQ(sent.size(), server_sends() ? 1U : 0U);
    if (!server_sends()) return;
    EXPECT_THAT(sent.front(), HasSubstr("robert@x.org"));
    EXPECT_THAT(sent.front(), Not(HasSubstr("bob@x.org")));
    EXPECT_EQ(shown(ann).attendees->front().status, 2);
    EXPECT_EQ(shown(ann).attendees->size(), 1U);
}

TEST_P(Meetings, Incidents1_4And1_6_TwentyFiveHoursAreNoDay) {
    eas::Calendar event{.all_day_event = false,
                        .end_time = at("20261208T010000Z"),
                        .subject = "Long",
                        .start_time = at("20261207T000000Z"),
                        .meeting_status = 1};
    if (!server_sends()) event.uid = "m2";
    event.attendees = {{.email = "bob@x.org", .name = "Bob"}};
    say(ann, {eas::ClientAdd{.client_id = "c1", .application_data = eas::encode_fragment(event, GetParam())}});
    phone_mails(nullptr);
    EXPECT_EQ(shown(bob).all_day_event, false);
    auto echo = shown(bob);
    echo.all_day_event = true; // as phones have said it
    say(bob,
        {eas::ClientChange{.server_id = server_id(bob), .application_data = eas::encode_fragment(echo, GetParam())}});
    EXPECT_EQ(shown(bob).all_day_event, false);
    EXPECT_EQ(shown(bob).start_time, at("20261207T000000Z"));
}

TEST_P(Meetings, Incident1_7_AnUpdateKeepsTheItem) {
    organize();
    auto const id = server_id(bob);
    auto const before = *calendar(ann);
    say(bob, {});
    later(60);
    auto event = shown(ann);
    event.start_time = at("20261207T120000Z");
    event.end_time = at("20261207T130000Z");
    if (server_sends()) event = {.end_time = event.end_time, .start_time = event.start_time};
    say(ann,
        {eas::ClientChange{.server_id = server_id(ann), .application_data = eas::encode_fragment(event, GetParam())}});
    phone_mails(&before);
    EXPECT_EQ(server_id(bob), id);
    EXPECT_EQ(shown(bob).start_time, at("20261207T120000Z"));
    EXPECT_EQ(shown(bob).response_type, 5);
}

TEST_P(Meetings, Incident1_8_TheSameAnswerAgainDoesNothing) {
    organize();
    auto const mail = invitation(bob);
    auto const first = answer(mail, UserResponse::Accepted);
    auto state = [&] { return accounts.read_now(bob.id, [](index::Transaction& tx) { return tx.modseq(); }); };
    auto const after = state();
    auto const sent = mails(bob, index::FolderType::SentItems).size();
    for (auto const& id : {mail, server_id(bob), mail, mail}) {
        later(30);
        auto const again = answer(id, UserResponse::Accepted);
        EXPECT_EQ(again.status, MeetingStatus::Success);
        EXPECT_EQ(again.calendar_id, first.calendar_id);
    }
    EXPECT_EQ(state(), after);
    EXPECT_EQ(mails(bob, index::FolderType::SentItems).size(), sent);
    EXPECT_EQ(answer(mail, UserResponse::Tentative).status, MeetingStatus::Success); // another one counts
    EXPECT_EQ(shown(bob).response_type, 2);
}

TEST_P(Meetings, Incident1_9_DtStampNeverGoesBack) {
    organize();
    auto last = shown(bob).dt_stamp->at;
    for (auto response : {UserResponse::Accepted, UserResponse::Tentative}) {
        later(60);
        answer(server_id(bob), response);
        EXPECT_GE(shown(bob).dt_stamp->at, last);
        last = shown(bob).dt_stamp->at;
    }
    auto const before = *calendar(ann);
    auto event = server_sends() ? eas::Calendar{} : shown(ann);
    event.subject = "Other";
    net::Clock::frozen_utc = *net::Clock::frozen_utc - std::chrono::hours(1); // a clock that was wrong
    say(ann,
        {eas::ClientChange{.server_id = server_id(ann), .application_data = eas::encode_fragment(event, GetParam())}});
    phone_mails(&before);
    EXPECT_GE(shown(bob).dt_stamp->at, last);
}

TEST_P(Meetings, Incident1_10_TheThirtyFirstStays) {
    eas::Calendar event{.all_day_event = false,
                        .end_time = at("20261231T110000Z"),
                        .subject = "Monthly",
                        .start_time = at("20261231T100000Z"),
                        .meeting_status = 1};
    if (!server_sends()) event.uid = "m3";
    event.attendees = {{.email = "bob@x.org", .name = "Bob"}};
    event.recurrence = eas::Recurrence{.type = 2, .interval = 1, .occurrences = 5, .day_of_month = 31};
    say(ann, {eas::ClientAdd{.client_id = "c1", .application_data = eas::encode_fragment(event, GetParam())}});
    phone_mails(nullptr);
    ASSERT_TRUE(shown(bob).recurrence);
    EXPECT_EQ(shown(bob).recurrence->type, 2);
    EXPECT_EQ(shown(bob).recurrence->day_of_month, 31);
}

TEST_P(Meetings, WhatIsDeclinedGoes) {
    organize();
    later(60);
    auto const result = answer(invitation(bob), UserResponse::Declined);
    EXPECT_EQ(result.status, MeetingStatus::Success);
    EXPECT_FALSE(result.calendar_id);
    EXPECT_EQ(event_item(bob)->folder, *parse_collection(folder(bob, index::FolderType::DeletedItems)));
    if (server_sends()) EXPECT_EQ(shown(ann).attendees->front().status, 4);
    EXPECT_EQ(answer(invitation(bob, index::FolderType::DeletedItems), UserResponse::Declined).status,
              MeetingStatus::Success);
}

TEST_P(Meetings, OneOccurrenceIsAnsweredAlone) {
    organize();
    later(60);
    auto const id = server_id(bob);
    auto const tentative = answer(id, UserResponse::Tentative, "2026-12-14T10:00:00.000Z");
    EXPECT_EQ(tentative.status, MeetingStatus::Success);
    EXPECT_EQ(tentative.calendar_id, id);
    EXPECT_EQ(tentative.instance_id, "2026-12-14T10:00:00.000Z");
    EXPECT_EQ(shown(bob).response_type, 5);
    EXPECT_EQ(answer(id, UserResponse::Declined, "2026-12-21T10:00:00.000Z").status, MeetingStatus::Success);
    EXPECT_EQ(server_id(bob), id);
    auto const event = shown(bob);
    ASSERT_TRUE(event.exceptions);
    EXPECT_EQ(event.exceptions->size(), 2U);
    if (server_sends()) EXPECT_EQ(shown(ann).exceptions->size(), 2U);
}

TEST_P(Meetings, WhatCannotBeAnsweredHasItsStatus) {
    organize();
    struct Row {
        char const* what;
        std::string id, instance;
        unsigned status;
    };
    auto const mail = invitation(bob);
    accounts.write_now(bob.id, [&](index::Transaction& tx) {
        source::append(tx, tx.folder_of(index::FolderType::Inbox)->id, "Subject: x\r\n\r\nplain", {}, index::Time{});
    });
    Row const rows[]{
        {"nothing", "1:999", "", 2},
        {"nonsense", "x", "", 2},
        {"a mail that invites nobody", invitation(bob), "", 2},
        {"an occurrence of a mail", mail, "2026-12-14T10:00:00.000Z", 2},
        {"no occurrence", server_id(bob), "2026-12-15T10:00:00.000Z", 2},
        {"no date", server_id(bob), "soon", 104},
    };
    auto const before = stored(bob);
    for (auto const& row : rows) {
        if (row.id == mail && row.instance.empty()) continue; // the plain one is the newest unless dates say otherwise
        EXPECT_EQ(unsigned(answer(row.id, UserResponse::Accepted, row.instance).status), row.status) << row.what;
    }
    EXPECT_EQ(stored(bob), before);
    auto s = session(ann);
    eas::MeetingReply own{.request_id = server_id(ann)};
    EXPECT_EQ(loop.wait_for(meeting_response(s, {.replies = {own}})).results.front().status,
              MeetingStatus::InvalidRequest);
    std::vector<eas::MeetingReply> many(101, own);
    EXPECT_EQ(unsigned(loop.wait_for(meeting_response(s, {.replies = many})).results.front().status), 103U);
    eas::MeetingReply both{.request_id = "1:1", .long_id = "1"};
    EXPECT_EQ(loop.wait_for(meeting_response(s, {.replies = {both, own}})).results.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(, Meetings, testing::Values(eas::v14_1, eas::v16_1),
                         [](auto const& info) { return info.param == eas::v14_1 ? "At14_1" : "At16_1"; });

} // namespace
} // namespace godwit::command
