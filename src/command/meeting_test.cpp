// Meetings between two people on one server. Law 9; the incidents of the field by their numbers.
#include "command/meeting_fixture.hpp"

namespace godwit::command {
namespace {

using testing::HasSubstr, testing::Not;

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
    eas::MeetingReply own{.response = UserResponse::Accepted, .request_id = server_id(ann)};
    EXPECT_EQ(loop.wait_for(meeting_response(s, {.replies = {own}})).results.front().status,
              MeetingStatus::InvalidRequest);
    std::vector<eas::MeetingReply> many(101, own);
    EXPECT_EQ(unsigned(loop.wait_for(meeting_response(s, {.replies = many})).results.front().status), 103U);
    eas::MeetingReply both{.response = UserResponse::Accepted, .request_id = "1:1", .long_id = "1"};
    EXPECT_EQ(loop.wait_for(meeting_response(s, {.replies = {both, own}})).results.size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(, Meetings, testing::Values(eas::v14_1, eas::v16_1),
                         [](auto const& info) { return info.param == eas::v14_1 ? "At14_1" : "At16_1"; });

} // namespace
} // namespace godwit::command
