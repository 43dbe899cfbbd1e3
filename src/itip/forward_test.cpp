// A meeting that is passed on: who says what to whom, and what stays with its owner.
#include "itip/forward.hpp"
#include "itip/schedule_fixture.hpp"

#include <gmock/gmock.h>

namespace godwit::itip {
namespace {

using testing::HasSubstr, testing::Not;

Forwarding const to_eve{.to = {{"Eve", "eve@e.test"}}, .comment = "Come along", .now = {}};

Calendar invited(std::string const& events = series(1, 10)) {
    Calendar out;
    out.take(message("REQUEST", events), from_ann);
    return out;
}
std::string text_of(Forwarded const& passed) { return ical::write(passed.mail.calendar); }

TEST(Forward, ByAGuestIsTheOrganizersOwnWord) {
    auto calendar =
        invited(series(1, 10, "DESCRIPTION:Agenda\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT5M\nEND:VALARM\n"));
    calendar.take(message("CANCEL", occurrence(2, "14")), from_ann);
    calendar.stored->components.at(0).set("DESCRIPTION", "my own notes");
    calendar.stored->components.at(0).set("X-GODWIT-REPLY-TIME", "20261201T000000Z");
    calendar.stored->components.at(0).set("CATEGORIES", "Private");
    auto passed = forwarded(*calendar.stored, to_eve, bob, "Bob");
    ASSERT_TRUE(passed);
    EXPECT_FALSE(passed->calendar); // it is not his
    EXPECT_EQ(passed->mail.method, Method::request);
    EXPECT_EQ(passed->mail.subject, "FW: Weekly 1");
    EXPECT_EQ(passed->mail.from.address, "bob@b.test");
    EXPECT_EQ(passed->mail.text, "Come along\n\nAgenda");
    auto text = text_of(*passed);
    EXPECT_THAT(text, HasSubstr("ORGANIZER;CN=Ann:mailto:ann@a.test"));
    EXPECT_THAT(text, HasSubstr("EXDATE:20261214T100000Z"));
    EXPECT_THAT(text, Not(HasSubstr("eve@e.test"))); // RFC 5546 3.2.2.4: what is passed on is not changed
    for (auto secret : {"notes", "Private", "X-GODWIT", "VALARM", "TENTATIVE"})
        EXPECT_THAT(text, Not(HasSubstr(secret)));
    ASSERT_TRUE(passed->notice);
    EXPECT_EQ(passed->notice->to.address, "ann@a.test");
    EXPECT_THAT(passed->notice->text, HasSubstr("Eve"));
    auto const notice = write(*passed->notice);
    EXPECT_FALSE(in_mail(mime::Message::parse(notice))); // it changes nothing
    auto noted = noticed(mime::Message::parse(notice));
    ASSERT_TRUE(noted);
    auto const& event = noted->calendar.components.at(0);
    EXPECT_EQ(noted->uid, "m1");
    EXPECT_EQ(event.value("DTSTART"), "20261207T100000Z");
    EXPECT_EQ(std::ranges::count(event.properties, "ATTENDEE", &ical::Property::name), 1);
    EXPECT_EQ(event.find("ATTENDEE")->parameter("CN"), "Eve");
    EXPECT_FALSE(noticed(mime::Message::parse(write(passed->mail))));

    // She may put it into her calendar by answering; the organizer then hears of her.
    std::vector<std::string> const eve{"eve@e.test"};
    auto reading = in_mail(mime::Message::parse(write(passed->mail)));
    ASSERT_TRUE(reading && *reading);
    EXPECT_EQ(apply(nullptr, **reading, {"bob@b.test"}, eve).effect, Effect::refused);
    auto taken = accept_invitation(nullptr, **reading, eve);
    ASSERT_EQ(taken.effect, Effect::changed);
    auto answer = answer_mail(taken.calendar, {.self = {"", "eve@e.test"}, .now = *ical::instant("20261203T000000Z")});
    auto organizer = organized();
    organizer.take(**in_mail(mime::Message::parse(write(*answer))), "eve@e.test");
    EXPECT_EQ(organizer.answer("eve@e.test"), "ACCEPTED");
}

TEST(Forward, ByTheOrganizerInvites) {
    auto calendar = organized(series(1, 10) + moved(1, "14"));
    auto passed = forwarded(*calendar.stored, to_eve, ann, "Ann");
    ASSERT_TRUE(passed && passed->calendar);
    EXPECT_FALSE(passed->notice);
    calendar.stored = passed->calendar;
    EXPECT_EQ(calendar.answer("eve@e.test"), "NEEDS-ACTION");
    EXPECT_EQ(calendar.answer("eve@e.test", "20261214T100000Z"), "NEEDS-ACTION");
    std::vector<std::string> const eve{"eve@e.test"};
    auto reading = in_mail(mime::Message::parse(write(passed->mail)));
    ASSERT_TRUE(reading && *reading);
    EXPECT_EQ(apply(nullptr, **reading, {"ann@a.test"}, eve).effect, Effect::changed);
    auto again = forwarded(*calendar.stored, to_eve, ann, "Ann"); // asked twice, listed once
    EXPECT_EQ(*again->calendar, *calendar.stored);
}

TEST(Forward, OfOneOccurrence) {
    auto at = [](char const* text) {
        return Forwarding{.to = to_eve.to, .occurrence = ical::instant(text), .now = {}};
    };
    auto calendar = organized();
    auto passed = forwarded(*calendar.stored, at("20261214T100000Z"), ann, "Ann");
    ASSERT_TRUE(passed);
    EXPECT_THAT(text_of(*passed), HasSubstr("RECURRENCE-ID:20261214T100000Z"));
    EXPECT_THAT(text_of(*passed), Not(HasSubstr("RRULE")));
    calendar.stored = passed->calendar;
    EXPECT_EQ(calendar.answer("eve@e.test"), "nobody");
    EXPECT_EQ(calendar.answer("eve@e.test", "20261214T100000Z"), "NEEDS-ACTION");

    auto guest = invited(series(1, 10) + moved(1, "14"));
    auto moved_one = forwarded(*guest.stored, at("20261214T100000Z"), bob, "Bob");
    ASSERT_TRUE(moved_one);
    EXPECT_THAT(text_of(*moved_one), HasSubstr("DTSTART:20261214T150000Z"));
    EXPECT_EQ(forwarded(*guest.stored, at("20261215T100000Z"), bob, "Bob").error(), NotForwarded::no_occurrence);
    guest.take(message("CANCEL", occurrence(2, "21")), from_ann);
    EXPECT_EQ(forwarded(*guest.stored, at("20261221T100000Z"), bob, "Bob").error(), NotForwarded::no_occurrence);
    auto single = invited(moved(1, "14"));
    EXPECT_EQ(forwarded(*single.stored, at("20261207T100000Z"), bob, "Bob").error(), NotForwarded::not_recurring);
    guest.take(message("CANCEL", series(3, 10)), from_ann);
    EXPECT_EQ(forwarded(*guest.stored, to_eve, bob, "Bob").error(), NotForwarded::no_event);
}

TEST(Forward, OfTheOwnersMeetingThatHeHasThrownAwayInvitesNobody) {
    auto away = to_eve;
    away.deleted = true;
    EXPECT_EQ(forwarded(*organized().stored, away, ann, "Ann").error(), NotForwarded::no_event);
    EXPECT_TRUE(forwarded(*invited().stored, away, bob, "Bob")); // it takes place all the same
}

// Somebody's file says of one of its events only whose meeting it is.
TEST(Forward, OfEventsWithoutAnOrganizerBesideOneThatHasHim) {
    auto const one = [](std::string const& day) {
        return "BEGIN:VEVENT\nUID:m1\nRECURRENCE-ID:202612" + day + "T100000Z\nDTSTART:202612" + day +
               "T120000Z\nEND:VEVENT\n";
    };
    for (auto const& events : {one("14") + series(1, 10), series(1, 10) + one("14")}) {
        auto const mail = message("REQUEST", events).calendar;
        auto all = forwarded(mail, to_eve, bob, "Bob");
        ASSERT_TRUE(all && all->notice);
        EXPECT_EQ(all->notice->to.address, "ann@a.test");
        auto only = forwarded(mail, {.occurrence = ical::instant("20261214T100000Z")}, bob, "Bob");
        ASSERT_TRUE(only && only->notice);
        EXPECT_EQ(only->mail.from.address, "ann@a.test");
        EXPECT_THAT(text_of(*only), HasSubstr("ORGANIZER;CN=Ann:mailto:ann@a.test"));
    }
}

// What is stored says of a series that its owner has been told of it, and holds one occurrence only.
TEST(Forward, OfAnOccurrenceOfWhichTheOrganizerHasSaidNothing) {
    auto calendar = message("REQUEST", moved(1, "14")).calendar;
    auto told = ical::parse(crlf("BEGIN:VCALENDAR\nBEGIN:X-GODWIT-SCHEDULING\nUID:m1\nBEGIN:X-GODWIT-INVITED\nUID:m1\n"
                                 "END:X-GODWIT-INVITED\nEND:X-GODWIT-SCHEDULING\nEND:VCALENDAR\n"));
    calendar.components.push_back(told->front().components.front());
    EXPECT_FALSE(forwarded(calendar, {.occurrence = ical::instant("20261214T100000Z")}, bob, "Bob"));
}

TEST(Forward, OfAnAppointmentIsPublished) {
    auto own = ical::parse(crlf("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:d\nSUMMARY:Dentist\nDTSTART:20261207T100000Z\n"
                                "END:VEVENT\nEND:VCALENDAR\n"))
                   ->front();
    auto passed = forwarded(own, to_eve, bob, "Bob");
    ASSERT_TRUE(passed);
    EXPECT_FALSE(passed->notice || passed->calendar);
    EXPECT_EQ(passed->mail.method, Method::publish);
    EXPECT_THAT(text_of(*passed), HasSubstr("ORGANIZER:mailto:bob@b.test"));
}

} // namespace
} // namespace godwit::itip
