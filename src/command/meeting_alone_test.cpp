// Meetings of which somebody has single occurrences alone; what is said fast; an organizer without room.
#include "command/meeting_fixture.hpp"

namespace godwit::command {
namespace {

using testing::HasSubstr, testing::Not;

std::string one_of(std::string const& method, std::string const& day, std::string const& more = "") {
    return "From: ann@x.org\r\nContent-Type: text/calendar; method=" + method +
           "\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:alone\r\nORGANIZER:mailto:ann@x.org\r\n"
           "RECURRENCE-ID:202612" +
           day + "T100000Z\r\nDTSTART:202612" + day + "T140000Z\r\nDTEND:202612" + day +
           "T150000Z\r\nATTENDEE:mailto:robert@x.org\r\n" + more + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}
std::string const first = "DTSTAMP:20261118T120000Z\r\n", then = "DTSTAMP:20261118T130000Z\r\nSEQUENCE:1\r\n";

class AloneMeetings : public Meetings {
protected:
    void arrives(std::string const& mail) {
        later(60);
        delivery::Parcel parcel{.bytes = std::make_shared<mime::Rope const>(std::string(mail)),
                                .received = net::Clock::utc()};
        EXPECT_EQ(loop.wait_for(local.deliver(bob.id, std::move(parcel))), delivery::Delivered::Stored);
    }
    bool in_deleted() {
        return event_item(bob)->folder == *parse_collection(folder(bob, index::FolderType::DeletedItems));
    }
    std::size_t sent() { return mails(bob, index::FolderType::SentItems).size(); }
};

// The calendar has one item for them: who answers that answers each, and each answer is mailed.
TEST_P(AloneMeetings, TheItemOfSeveralOccurrencesIsAnsweredForEach) {
    arrives(one_of("REQUEST", "14", first));
    arrives(one_of("REQUEST", "21", first));
    EXPECT_EQ(answer(server_id(bob), UserResponse::Accepted).status, MeetingStatus::Success);
    EXPECT_EQ(sent(), server_sends() ? 2U : 0U);
    for (auto const& event : calendar(bob)->components)
        if (event.name == "VEVENT") EXPECT_EQ(itip::attendee(event, "robert@x.org")->parameter("PARTSTAT"), "ACCEPTED");
    // A third is news, whatever was said of the others.
    arrives(one_of("REQUEST", "28", first));
    EXPECT_EQ(answer(invitation(bob), UserResponse::Accepted).status, MeetingStatus::Success);
    EXPECT_EQ(sent(), server_sends() ? 3U : 0U);
    EXPECT_EQ(answer(server_id(bob), UserResponse::Accepted).status, MeetingStatus::Success); // said already
    EXPECT_EQ(sent(), server_sends() ? 3U : 0U);
    EXPECT_EQ(answer(server_id(bob), UserResponse::Declined).status, MeetingStatus::Success);
    EXPECT_EQ(sent(), server_sends() ? 6U : 0U);
    EXPECT_TRUE(in_deleted());
}

TEST_P(AloneMeetings, WhatIsLeftOfSeveralIsAnswered) {
    arrives(one_of("REQUEST", "14", first));
    arrives(one_of("REQUEST", "21", first));
    auto const mail = invitation(bob);
    arrives(one_of("CANCEL", "14", then + "STATUS:CANCELLED\r\n"));
    EXPECT_EQ(answer(mail, UserResponse::Accepted).status, MeetingStatus::Success);
    EXPECT_FALSE(in_deleted());
    later(60);
    EXPECT_EQ(answer(server_id(bob), UserResponse::Declined).status, MeetingStatus::Success);
    EXPECT_TRUE(in_deleted());
    auto const told = mails(bob, index::FolderType::SentItems);
    ASSERT_EQ(told.size(), server_sends() ? 2U : 0U);
    for (auto const& one : told) EXPECT_THAT(one, HasSubstr("RECURRENCE-ID:20261221T100000Z"));
}

// Within one second he changes his mind twice: the last is what the organizer knows.
TEST_P(AloneMeetings, TheLastOfThreeAnswersIsMailedHoweverFast) {
    organize();
    later(60);
    for (auto how : {UserResponse::Accepted, UserResponse::Declined, UserResponse::Accepted})
        EXPECT_EQ(answer(server_id(bob), how).status, MeetingStatus::Success);
    EXPECT_EQ(sent(), server_sends() ? 3U : 0U);
    if (server_sends()) EXPECT_EQ(shown(ann).attendees->front().status, 3);
}

// An organizer whose mailbox is full calls off all the same; whose allowance is used up hears who was not told.
TEST_P(AloneMeetings, ACancellationLeavesWithoutRoomForItsCopy) {
    if (!server_sends()) GTEST_SKIP() << "the phone sends, and is told 113 and 115";
    organize();
    later(60);
    auto const copies = mails(ann, index::FolderType::SentItems).size();
    accounts.write_now(ann.id, [](index::Transaction& tx) { tx.set_quota(tx.used()); });
    say(ann, {eas::ClientDelete{.server_id = server_id(ann)}});
    EXPECT_EQ(mails(ann, index::FolderType::SentItems).size(), copies);
    EXPECT_EQ(calendar(bob)->components.front().value("STATUS"), "CANCELLED");
}

TEST_P(AloneMeetings, WhatTheAllowanceHoldsBackIsReported) {
    if (!server_sends()) GTEST_SKIP() << "the phone sends, and is told 115";
    organize();
    later(60);
    config.delivery.recipients_per_day = 1;
    say(ann, {eas::ClientDelete{.server_id = server_id(ann)}});
    EXPECT_EQ(calendar(bob)->components.front().value("STATUS"), "");
    auto const told = mails(ann, index::FolderType::Inbox);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_THAT(told.front(), HasSubstr("Final-Recipient: rfc822; robert@x.org"));
    EXPECT_THAT(told.front(), HasSubstr("more people today than this server takes"));
    EXPECT_THAT(told.front(), HasSubstr("Subject: Canceled: Weekly"));
}

// Her event is deleted, and hers alone: who was invited to one occurrence hears of that one.
TEST_P(AloneMeetings, WhoIsInvitedToOneAloneHearsThatTheSeriesIsGone) {
    if (!server_sends()) GTEST_SKIP() << "the phone sends";
    organize();
    auto const zoe = directory.add("zoe@x.org", "Zoe", {}, "x").value();
    accounts.create(zoe.id);
    eas::Calendar one{};
    one.attendees = {{.email = "robert@x.org", .name = "Robert"}, {.email = "zoe@x.org", .name = "Zoe"}};
    later(60);
    say(ann, {eas::ClientChange{.server_id = server_id(ann),
                                .instance_id = "20261214T100000Z",
                                .application_data = eas::encode_fragment(one, GetParam())}});
    ASSERT_EQ(mails(zoe, index::FolderType::Inbox).size(), 1U);
    later(60);
    say(ann, {eas::ClientDelete{.server_id = server_id(ann)}});
    EXPECT_EQ(mails(zoe, index::FolderType::Inbox).size(), 2U);
    EXPECT_THAT(stored(zoe), HasSubstr("STATUS:CANCELLED"));
    EXPECT_THAT(stored(zoe), Not(HasSubstr("RRULE")));
}

INSTANTIATE_TEST_SUITE_P(, AloneMeetings, testing::Values(eas::v14_1, eas::v16_1),
                         [](auto const& one) { return one.param >= eas::v16_0 ? "v16_1" : "v14_1"; });

} // namespace
} // namespace godwit::command
