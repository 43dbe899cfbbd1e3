// What else becomes of a meeting: it is called off, proposed anew, passed on, and a stranger has no say in it.
#include "client/request.hpp"
#include "meetings_fixture.hpp"

namespace godwit::e2e {

namespace email = wbxml::email;
namespace composemail = wbxml::composemail;

TEST_P(MeetingsOf, TheInvitationShowsTheMeeting) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const& invitation = held(bob, inbox).items.begin()->second;
    EXPECT_EQ(text_of(invitation, email::MessageClass), "IPM.Schedule.Meeting.Request");
    auto const* request = property(invitation, email::MeetingRequest);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->value(email::StartTime), "2027-02-01T10:00:00.000Z");
    EXPECT_EQ(request->value(email::InstanceType), "1");
    EXPECT_EQ(request->value(wbxml::email2::MeetingMessageType), "1");
    EXPECT_TRUE(request->value(email::Organizer).contains("ann@example.org"));
    auto const uid = value(bob, cal::UID);
    if (server_sends())
        EXPECT_EQ(request->value(cal::UID), uid); // R1035: from 16.0 by its UID
    else
        EXPECT_TRUE(request->has(email::GlobalObjId));
    EXPECT_EQ(value(bob, cal::MeetingStatus), "3");
    EXPECT_EQ(value(bob, cal::BusyStatus), "1");
}

TEST_P(MeetingsOf, WhatItsOrganizerDeletesIsCalledOff) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const id = event_id(bob);
    edit(ann, {.kind = Edit::Delete, .id = event_id(ann)});
    organizers_phone_mails(
        "CANCEL",
        vevent("m1", "ann@example.org", weekly("SEQUENCE:1\nDTSTAMP:20261122T110000Z\nSTATUS:CANCELLED\n") + invited));
    EXPECT_EQ(news(bob).changed, std::vector{id});
    EXPECT_EQ(value(bob, cal::MeetingStatus), "7");
    EXPECT_EQ(value(bob, cal::BusyStatus), "0");
    ASSERT_TRUE(grows_to(bob, inbox, 2));
}

TEST_P(MeetingsOf, AStrangersMailChangesNothing) {
    from_outside("REQUEST", weekly("SEQUENCE:0\nDTSTAMP:20261101T100000Z\n"));
    ASSERT_EQ(news(bob).added.size(), 1U);
    for (auto const* method : {"CANCEL", "REQUEST"})
        from_outside(method, weekly("SEQUENCE:9\nDTSTAMP:20261109T100000Z\nLOCATION:Elsewhere\n"),
                     "mallory@evil.invalid");
    EXPECT_TRUE(grows_to(bob, inbox, 3)); // it is mail, and no more
    auto const changes = held(bob, calendar).changes;
    EXPECT_EQ(look(bob, calendar), 1U);
    EXPECT_EQ(held(bob, calendar).changes, changes);
}

TEST_P(MeetingsOf, OnlyWhomAChangeConcernsHearsOfIt) {
    if (!server_sends()) GTEST_SKIP() << "the phone mails whom it likes";
    server.account("carl@example.org");
    BlockingPhone carl(server.settings("carl@example.org", "CARL", GetParam()));
    ASSERT_EQ(carl.enrol(), 1U);
    for (auto type : {inbox, calendar}) ASSERT_EQ(carl.sync_all(id_of(carl, type)), 1U);
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto third = element(cal::Attendee, Properties{element(cal::Email, "carl@example.org"), element(cal::Name, "Carl"),
                                                   element(cal::AttendeeType, "1")});
    edit(ann,
         {.kind = Edit::Change, .id = event_id(ann), .data = {element(cal::Attendees, Properties{robert(), third})}});
    EXPECT_EQ(news(carl).added.size(), 1U);
    EXPECT_EQ(look(bob, inbox), 1U); // that somebody comes, too, is no news to who comes
    edit(ann, {.kind = Edit::Change, .id = event_id(ann), .data = {element(cal::Reminder, "5")}});
    edit(ann, {.kind = Edit::Change, .id = event_id(ann), .data = {element(cal::Attendees, Properties{robert()})}});
    EXPECT_EQ(news(carl).changed.size(), 1U); // he is not wanted any more
    EXPECT_EQ(value(carl, cal::MeetingStatus), "7");
    EXPECT_EQ(look(bob, inbox), 1U);
}

TEST_P(MeetingsOf, AnotherTimeIsProposed) {
    if (!server_sends()) GTEST_SKIP() << "16.1 has it";
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    Properties const proposal{
        element(wbxml::airsyncbase::Body,
                Properties{element(wbxml::airsyncbase::Type, "1"), element(wbxml::airsyncbase::Data, "Later, please")}),
        element(meeting::ProposedStartTime, "20270201T150000Z"), element(meeting::ProposedEndTime, "20270201T160000Z")};
    EXPECT_EQ(answer(only_mail(bob), inbox, 2, proposal).status, 1U);
    EXPECT_EQ(news(ann).changed, std::vector{event_id(ann)});
    ASSERT_EQ(attendees(ann).size(), 1U);
    EXPECT_EQ(attendees(ann)[0].value(cal::AttendeeStatus), "2");
    EXPECT_EQ(attendees(ann)[0].value(meeting::ProposedStartTime), "20270201T150000Z");
    EXPECT_EQ(value(ann, cal::StartTime), "20270201T100000Z"); // it is hers to decide
    ASSERT_TRUE(grows_to(ann, inbox, 1));
    auto const& counter = held(ann, inbox).items.begin()->second;
    EXPECT_EQ(text_of(counter, email::MessageClass), "IPM.Schedule.Meeting.Resp.Tent");
    auto const* request = property(counter, email::MeetingRequest);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->value(meeting::ProposedStartTime), "20270201T150000Z");
    EXPECT_TRUE(mail(ann, inbox).contains("Later, please"));
}

TEST_P(MeetingsOf, AForwardedInvitationIsAnsweredByItsReceiver) {
    if (!server_sends()) GTEST_SKIP() << "Forwardees are of 16.0 on";
    server.account("carl@example.org", {"--name", "Carl"});
    BlockingPhone carl(server.settings("carl@example.org", "CARL", GetParam()));
    ASSERT_EQ(carl.enrol(), 1U);
    for (auto type : {inbox, calendar}) ASSERT_EQ(carl.sync_all(id_of(carl, type)), 1U);
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const forwardee = element(composemail::Forwardee, Properties{element(composemail::Email, "carl@example.org")});
    wbxml::Writer writer;
    client::copy(writer, element(composemail::SmartForward,
                                 Properties{element(composemail::ClientId, "f1"),
                                            element(composemail::Source,
                                                    Properties{element(composemail::FolderId, id_of(bob, calendar)),
                                                               element(composemail::ItemId, event_id(bob))}),
                                            element(composemail::Forwardees, Properties{forwardee})}));
    auto const reply = bob.command(eas::Command::SmartForward, std::move(writer).finish());
    EXPECT_TRUE(reply.ok() && !reply.document) << reply.xml();
    ASSERT_TRUE(grows_to(carl, inbox, 1));
    EXPECT_EQ(look(carl, calendar), 0U);  // who forwards does not decide for him
    ASSERT_TRUE(grows_to(ann, inbox, 1)); // and its organizer is told
    EXPECT_EQ(text_of(held(ann, inbox).items.begin()->second, email::MessageClass), "IPM.Notification.Meeting");
    EXPECT_TRUE(mail(ann, inbox).contains("carl@example.org"));
    auto const* noticed = property(held(ann, inbox).items.begin()->second, email::MeetingRequest);
    ASSERT_TRUE(noticed); // MS-ASEMAIL_R91120
    auto const* forwardees = noticed->child(composemail::Forwardees);
    ASSERT_TRUE(forwardees && forwardees->children.size() == 1);
    EXPECT_EQ(forwardees->children[0].value(composemail::Email), "carl@example.org");
    EXPECT_EQ(answer_of(carl, only_mail(carl), inbox, 1, {}).status, 1U);
    EXPECT_EQ(look(carl, calendar), 1U);
    EXPECT_EQ(news(ann).changed, std::vector{event_id(ann)});
    ASSERT_EQ(attendees(ann).size(), 2U);
    EXPECT_EQ(attendees(ann)[1].value(cal::Email), "carl@example.org");
    EXPECT_EQ(attendees(ann)[1].value(cal::AttendeeStatus), "3");
}

// The phone puts a message of its own on top: whom that goes to is whom the organizer hears of.
TEST_P(MeetingsOf, AnInvitationForwardedBelowOwnWordsIsToldToItsOrganizer) {
    server.account("carl@example.org", {"--name", "Carl"});
    BlockingPhone carl(server.settings("carl@example.org", "CARL", GetParam()));
    ASSERT_EQ(carl.enrol(), 1U);
    for (auto type : {inbox, calendar}) ASSERT_EQ(carl.sync_all(id_of(carl, type)), 1U);
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const mime =
        "From: bob@example.org\r\nTo: Carl <carl@example.org>, ann@example.org\r\nSubject: FW\r\n\r\nCome\r\n";
    auto const forward = [&](std::string const& folder, std::string const& item, char const* id) {
        return bob.command(eas::Command::SmartForward,
                           client::answer_request({.forward = true,
                                                   .original = {.collection_id = folder, .item_id = item},
                                                   .mime = mime,
                                                   .client_id = id}));
    };
    EXPECT_TRUE(forward(id_of(bob, calendar), event_id(bob), "f1").ok()); // the event, then the mail
    ASSERT_TRUE(grows_to(carl, inbox, 1));
    ASSERT_TRUE(grows_to(ann, inbox, 2)); // the mail, and that it went to somebody else
    EXPECT_TRUE(forward(id_of(bob, inbox), only_mail(bob), "f2").ok());
    ASSERT_TRUE(grows_to(carl, inbox, 2));
    ASSERT_TRUE(grows_to(ann, inbox, 4));
    unsigned notices = 0;
    for (auto const& [id, one] : held(ann, inbox).items)
        notices += text_of(one, email::MessageClass) == "IPM.Notification.Meeting";
    EXPECT_EQ(notices, 2U);
}

} // namespace godwit::e2e
