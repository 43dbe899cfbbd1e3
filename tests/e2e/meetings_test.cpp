// Law 9 and the incidents of the field (KB2563324), each over the wire at 14.1 and at 16.1.
#include "meetings_fixture.hpp"

namespace godwit::e2e {
namespace {

// 1.5 is 1.1 of a room's calendar.
TEST_P(MeetingsOf, Incidents1_1And1_5_OneCancelledOccurrenceLeavesTheSeries) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const id = event_id(bob);
    if (server_sends()) {
        edit(ann, {.kind = Edit::Delete, .id = event_id(ann), .instance = "20270208T100000Z"});
    } else {
        auto data = event(ann);
        data.push_back(element(
            cal::Exceptions,
            Properties{element(cal::Exception, Properties{element(cal::Deleted, "1"),
                                                          element(cal::ExceptionStartTime, "20270208T100000Z")})}));
        EXPECT_TRUE(edit(ann, {.kind = Edit::Change, .id = event_id(ann), .data = data}).edit_status.empty());
    }
    organizers_phone_mails("CANCEL", vevent("m1", "ann@example.org",
                                            "RECURRENCE-ID:20270208T100000Z\nSEQUENCE:1\nDTSTAMP:20261122T110000Z\n"
                                            "DTSTART:20270208T100000Z\n" +
                                                invited));
    auto const told = news(bob);
    EXPECT_EQ(told.changed, std::vector{id});
    EXPECT_TRUE(told.deleted.empty() && told.added.empty());
    ASSERT_TRUE(property(event(bob), cal::Recurrence));
    ASSERT_EQ(exceptions(bob).size(), 1U);
    EXPECT_EQ(exceptions(bob)[0].value(cal::Deleted), "1");

    // The phone that deletes the series for it: that can be taken back.
    edit(bob, {.kind = Edit::Delete, .id = id});
    Directory files;
    auto const out = godwit({"export", "bob@example.org", files / "out", "--data", server.data()});
    EXPECT_EQ(out.status, 0) << out.err;
    EXPECT_TRUE(read_file(files / "out/Deleted Items.ics").contains("RRULE:FREQ=WEEKLY")) << out.out;
}

TEST_P(MeetingsOf, Incident1_1_OfAMeetingFromOutside) {
    from_outside("REQUEST", weekly("SEQUENCE:0\nDTSTAMP:20261101T100000Z\n"));
    ASSERT_EQ(news(bob).added.size(), 1U);
    auto const id = event_id(bob);
    from_outside("CANCEL", "RECURRENCE-ID:20270208T100000Z\nSEQUENCE:1\nDTSTAMP:20261102T100000Z\n");
    EXPECT_EQ(news(bob).changed, std::vector{id});
    EXPECT_EQ(value(bob, cal::MeetingStatus), "3");
    EXPECT_EQ(exceptions(bob).size(), 1U);
    from_outside("CANCEL", weekly("SEQUENCE:2\nDTSTAMP:20261103T100000Z\nSTATUS:CANCELLED\n"));
    EXPECT_EQ(news(bob).changed, std::vector{id});
    EXPECT_EQ(value(bob, cal::MeetingStatus), "7"); // it stays to be seen, as cancelled
}

TEST_P(MeetingsOf, Incident1_2_AnAttendeesPhoneDoesNotBecomeTheOrganizer) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const id = event_id(bob);
    auto data = times("20270201T120000Z", "20270201T130000Z");
    add(data, {element(cal::Subject, "Mine now"), element(cal::Reminder, "10"), element(cal::MeetingStatus, "1"),
               element(cal::Attendees, Properties{element(cal::Attendee, Properties{element(cal::Email, "eve@x.org"),
                                                                                    element(cal::Name, "Eve")})})});
    if (!server_sends()) data.push_back(element(cal::OrganizerEmail, "bob@example.org"));
    EXPECT_TRUE(edit(bob, {.kind = Edit::Change, .id = id, .data = data}).edit_status.empty());
    auto const reminded = of_second(bob, {element(cal::Reminder, "20"), element(cal::MeetingStatus, "1")});
    edit(bob, reminded); // and of one occurrence, as in the article
    BlockingPhone other(server.settings("bob@example.org", "OTHER", GetParam())); // what the server has
    ASSERT_EQ(other.enrol(), 1U);
    ASSERT_EQ(other.sync_all(id_of(other, calendar)), 1U);
    EXPECT_EQ(value(other, cal::Subject), "Weekly");
    EXPECT_EQ(value(other, cal::StartTime), "20270201T100000Z");
    EXPECT_EQ(value(other, cal::OrganizerEmail), "ann@example.org");
    EXPECT_EQ(value(other, cal::MeetingStatus), "3");
    EXPECT_EQ(value(other, cal::Reminder), "10");
    ASSERT_EQ(exceptions(other).size(), 1U);
    EXPECT_EQ(exceptions(other)[0].value(cal::Reminder), "20");
    EXPECT_EQ(exceptions(other)[0].value(cal::MeetingStatus), ""); // as of the series
    EXPECT_EQ(exceptions(other)[0].value(cal::Subject), "");
    ASSERT_EQ(attendees(other).size(), 1U);
    EXPECT_EQ(attendees(other)[0].value(cal::Email), "robert@example.org");
    EXPECT_EQ(look(bob, sent), 0U);
    EXPECT_EQ(look(ann, inbox), 0U);
}

TEST_P(MeetingsOf, Incident1_3_TheAnswerComesFromTheAddressThatWasInvited) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    EXPECT_EQ(answer(only_mail(bob), inbox, 1).status, 1U);
    if (!server_sends()) { // the phone answers as who it signs in
        auto const mime = scheduling_mail("REPLY", "Bob <bob@example.org>", "ann@example.org",
                                          vevent("m1", "ann@example.org",
                                                 "SEQUENCE:0\nDTSTAMP:20261122T120000Z\nDTSTART:20270201T100000Z\n"
                                                 "ATTENDEE;PARTSTAT=ACCEPTED:mailto:robert@example.org\n"));
        EXPECT_EQ(bob.send_mail(mime, "r1"), 1U);
    }
    EXPECT_EQ(news(ann).changed, std::vector{event_id(ann)});
    ASSERT_EQ(attendees(ann).size(), 1U);
    EXPECT_EQ(attendees(ann)[0].value(cal::Email), "robert@example.org");
    EXPECT_EQ(attendees(ann)[0].value(cal::AttendeeStatus), "3");
    ASSERT_TRUE(grows_to(ann, inbox, 1));
    auto const bytes = mail(ann, inbox);
    EXPECT_TRUE(bytes.contains("<robert@example.org>")) << bytes;
    EXPECT_FALSE(bytes.substr(bytes.find("\nFrom:")).contains("bob@example.org")) << bytes;
}

TEST_P(MeetingsOf, Incidents1_4And1_6_TwentyFiveHoursAreNoDay) {
    auto data = times("20270201T000000Z", "20270202T010000Z");
    data.push_back(element(cal::Subject, "Long"));
    ASSERT_NO_FATAL_FAILURE(organize(data, "SUMMARY:Long\nDTSTART:20270201T000000Z\nDTEND:20270202T010000Z\n"
                                           "DTSTAMP:20261122T100000Z\n"));
    for (auto* phone : {&ann, &bob}) EXPECT_EQ(value(*phone, cal::AllDayEvent), "0");
    auto echo = times("20270201T000000Z", "20270202T010000Z"); // as phones have said it
    for (auto& one : echo)
        if (one.tag == cal::AllDayEvent) one.text = "1";
    for (auto* phone : {&bob, &ann}) { // hers is believed, but of that
        edit(*phone, {.kind = Edit::Change, .id = event_id(*phone), .data = echo});
        auto const* whose = phone == &bob ? "bob@example.org" : "ann@example.org";
        BlockingPhone other(server.settings(whose, "OTHER", GetParam()));
        ASSERT_EQ(other.enrol(), 1U);
        ASSERT_EQ(other.sync_all(id_of(other, calendar)), 1U);
        EXPECT_EQ(value(other, cal::AllDayEvent), "0");
        EXPECT_EQ(value(other, cal::StartTime), "20270201T000000Z");
        EXPECT_EQ(value(other, cal::EndTime), "20270202T010000Z");
    }
    EXPECT_EQ(look(bob, inbox), 1U); // nobody hears of it
}

TEST_P(MeetingsOf, Incident1_7_AMeetingKeepsItsServerId) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const id = event_id(bob), uid = std::string(value(bob, cal::UID));
    auto data = event(ann);
    for (auto& one : data) {
        if (one.tag == cal::StartTime) one.text = "20270201T120000Z";
        if (one.tag == cal::EndTime) one.text = "20270201T130000Z";
    }
    if (server_sends()) data = times("20270201T120000Z", "20270201T130000Z");
    EXPECT_TRUE(edit(ann, {.kind = Edit::Change, .id = event_id(ann), .data = data}).edit_status.empty());
    organizers_phone_mails("REQUEST", vevent("m1", "ann@example.org",
                                             "SUMMARY:Weekly\nDTSTART:20270201T120000Z\nDTEND:20270201T130000Z\n"
                                             "RRULE:FREQ=WEEKLY;COUNT=4\nSEQUENCE:1\nDTSTAMP:20261122T110000Z\n" +
                                                 invited));
    auto const told = news(bob);
    EXPECT_EQ(told.changed, std::vector{id});
    EXPECT_TRUE(told.added.empty() && told.deleted.empty());
    EXPECT_EQ(value(bob, cal::StartTime), "20270201T120000Z");
    EXPECT_EQ(value(bob, cal::UID), uid);
    EXPECT_EQ(value(bob, cal::ResponseType), "5"); // asked anew
}

TEST_P(MeetingsOf, Incident1_8_AnAnswerSaidForEverIsSaidOnce) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const invitation = only_mail(bob);
    auto const first = answer(invitation, inbox, 1);
    EXPECT_EQ(first.status, 1U);
    if (server_sends()) ASSERT_TRUE(grows_to(ann, inbox, 1));
    auto const settled = [&] { return std::tuple(look(bob, calendar), look(bob, trash), look(bob, sent)); };
    auto const before = settled();
    auto const told = held(bob, calendar).changes;
    auto const one = std::string("2027-02-08T10:00:00.000Z");
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(answer(invitation, inbox, 1).calendar_id, first.calendar_id);
        EXPECT_EQ(answer(event_id(bob), calendar, 1).status, 1U);
        EXPECT_EQ(answer(event_id(bob), calendar, 1, {}, one).status, 1U); // the occurrence as the series
    }
    EXPECT_EQ(settled(), before);
    EXPECT_EQ(held(bob, calendar).changes, told);
    EXPECT_EQ(look(ann, inbox), server_sends() ? 1U : 0U);
    EXPECT_EQ(answer(event_id(bob), calendar, 2, {}, one).status, 1U); // another one is new
    EXPECT_EQ(answer(event_id(bob), calendar, 2, {}, one).status, 1U);
    if (server_sends()) EXPECT_TRUE(grows_to(ann, inbox, 2));
    EXPECT_EQ(look(bob, sent), server_sends() ? 2U : 0U);
}

// The other half of it: the Change of one exception, again and again.
TEST_P(MeetingsOf, Incident1_8_AnExceptionSaidForEverIsSaidOnce) {
    ASSERT_NO_FATAL_FAILURE(organize_weekly());
    auto const hers = of_second(ann, {element(cal::Subject, "Other")}),
               his = of_second(bob, {element(cal::Reminder, "25")});
    edit(ann, hers);
    if (server_sends()) ASSERT_TRUE(grows_to(bob, inbox, 2));
    look(bob, calendar);
    edit(bob, his);
    auto const settled = [&] {
        return std::tuple(look(ann, calendar), look(bob, calendar), held(ann, calendar).changes,
                          held(bob, calendar).changes, look(ann, sent), look(bob, sent), look(bob, inbox));
    };
    auto const before = settled();
    for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(edit(ann, hers).edit_status.empty());
        EXPECT_TRUE(edit(bob, his).edit_status.empty());
    }
    EXPECT_EQ(settled(), before);
    EXPECT_EQ(look(ann, inbox), 0U);
}

TEST_P(MeetingsOf, Incident1_9_DtStampNeverGoesBack) {
    from_outside("REQUEST", weekly("SEQUENCE:0\nDTSTAMP:20261110T100000Z\n"));
    ASSERT_EQ(news(bob).added.size(), 1U);
    auto last = std::string(value(bob, cal::DtStamp));
    // Said later, written by a clock that goes wrong.
    from_outside("REQUEST", weekly("SEQUENCE:1\nDTSTAMP:20261105T100000Z\nLOCATION:Room\n"));
    news(bob);
    EXPECT_EQ(value(bob, cal::ResponseType), "5");
    EXPECT_GE(value(bob, cal::DtStamp), last);
    last = value(bob, cal::DtStamp);
    std::string occurrence;
    for (auto const* stamp : {"20261112T100000Z", "20261106T100000Z"}) { // and of one occurrence
        auto const sequence = stamp == std::string("20261112T100000Z") ? "2" : "3";
        from_outside("REQUEST", "RECURRENCE-ID:20270208T100000Z\nSUMMARY:Moved\nDTSTART:20270208T150000Z\n"
                                "DTEND:20270208T160000Z\nDTSTAMP:" +
                                    std::string(stamp) + "\nSEQUENCE:" + sequence + "\nLOCATION:" + sequence + "\n");
        EXPECT_EQ(news(bob).changed.size(), 1U); // one Change of one event
        EXPECT_GE(value(bob, cal::DtStamp), last);
        last = value(bob, cal::DtStamp);
        ASSERT_EQ(exceptions(bob).size(), 1U);
        EXPECT_GE(exceptions(bob)[0].value(cal::DtStamp), occurrence);
        occurrence = exceptions(bob)[0].value(cal::DtStamp);
    }
    EXPECT_EQ(answer(event_id(bob), calendar, 1).status, 1U);
    news(bob);
    EXPECT_GE(value(bob, cal::DtStamp), last);
}

TEST_P(MeetingsOf, Incident1_10_TheThirtyFirstStays) {
    auto data = times("20270131T100000Z", "20270131T110000Z");
    add(data, {element(cal::Subject, "Monthly"),
               element(cal::Recurrence, Properties{element(cal::Type, "2"), element(cal::Interval, "1"),
                                                   element(cal::DayOfMonth, "31"), element(cal::Occurrences, "5")})});
    ASSERT_NO_FATAL_FAILURE(organize(data, "SUMMARY:Monthly\nDTSTART:20270131T100000Z\nDTEND:20270131T110000Z\n"
                                           "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5\nDTSTAMP:20261122T100000Z\n"));
    for (auto* phone : {&ann, &bob}) {
        auto const* rule = property(event(*phone), cal::Recurrence);
        ASSERT_TRUE(rule);
        EXPECT_EQ(rule->value(cal::Type), "2");
        EXPECT_EQ(rule->value(cal::DayOfMonth), "31");
    }
}

TEST_P(MeetingsOf, Incident1_10_AsTheLastDayIfItIsWanted) {
    Server asked({.config = "[calendar]\nlast_day_as_rule = true\n"});
    asked.account("bob@example.org");
    auto const monthly = vevent("out", max,
                                "SUMMARY:Monthly\nDTSTART:20270131T100000Z\nDTEND:20270131T110000Z\n"
                                "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5\nDTSTAMP:20261122T100000Z\n"
                                "ATTENDEE:mailto:bob@example.org\n");
    auto const mime = scheduling_mail("REQUEST", max, "bob@example.org", monthly);
    EXPECT_EQ(asked.deliver("bob@example.org", mime, max), std::vector{250U});
    BlockingPhone other(asked.settings("bob@example.org", "OTHER", GetParam()));
    ASSERT_EQ(other.enrol(), 1U);
    ASSERT_EQ(other.sync_all(id_of(other, calendar)), 1U);
    auto const* rule = property(event(other), cal::Recurrence);
    ASSERT_TRUE(rule);
    EXPECT_EQ(rule->value(cal::Type), "3");
    EXPECT_EQ(rule->value(cal::DayOfWeek), "127");
    EXPECT_EQ(rule->value(cal::WeekOfMonth), "5");
}

INSTANTIATE_TEST_SUITE_P(, MeetingsOf, testing::Values(eas::v14_1, eas::v16_1),
                         [](auto const& info) { return info.param == eas::v14_1 ? "At14_1" : "At16_1"; });

} // namespace
} // namespace godwit::e2e
