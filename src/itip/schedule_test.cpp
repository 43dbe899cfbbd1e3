// What the organizer's words do to the calendar of who is invited, in any order.
#include "itip/schedule_fixture.hpp"

namespace godwit::itip {
namespace {

TEST(Schedule, AnInvitationArrivesAsATentativeEvent) {
    Calendar calendar;
    auto out = calendar.take(message("REQUEST", series(0, 10)), "Ann@A.test");
    EXPECT_EQ(out.effect, Effect::changed);
    EXPECT_EQ(out.place, Place::calendar);
    EXPECT_EQ(calendar.answer("bob@b.test"), "NEEDS-ACTION");
    EXPECT_EQ(calendar.value("X-MICROSOFT-CDO-BUSYSTATUS"), "TENTATIVE");
    EXPECT_EQ(calendar.value("X-MICROSOFT-CDO-INTENDEDSTATUS"), "BUSY");
    EXPECT_EQ(calendar.value("SUMMARY"), "Weekly 0");
    EXPECT_EQ(calendar.stored->find("METHOD"), nullptr);
}

TEST(Schedule, RepeatsAndWhatIsOlderChangeNothing) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(1, 10)), from_ann);
    auto before = calendar.text();
    EXPECT_EQ(calendar.take(message("REQUEST", series(1, 10)), from_ann).effect, Effect::none);
    EXPECT_EQ(calendar.take(message("REQUEST", series(0, 12)), from_ann).effect, Effect::none);
    EXPECT_EQ(calendar.text(), before);
}

struct Stranger {
    char const* what;
    std::string method, events, from;
};

TEST(Schedule, AStrangerCannotChangeAMeeting) {
    std::string as_eve = series(5, 12);
    for (auto at = as_eve.find("ann@a.test"); at != as_eve.npos; at = as_eve.find("ann@a.test"))
        as_eve.replace(at, 10, "eve@e.test");
    auto by_eve = series(5, 12);
    by_eve.replace(by_eve.find(";CN=Ann"), 7, ";SENT-BY=\"mailto:eve@e.test\"");
    std::vector<Stranger> const rows{
        {"an update", "REQUEST", series(5, 12), "eve@e.test"},
        {"a cancellation", "CANCEL", series(5, 12), "eve@e.test"},
        {"another organizer", "REQUEST", as_eve, "eve@e.test"},
        {"another organizer cancels", "CANCEL", as_eve, "eve@e.test"},
        {"a deputy whom nobody has named", "CANCEL", by_eve, "eve@e.test"},
        {"another attendee", "REQUEST", series(5, 12), "cat@c.test"},
        {"an added occurrence", "ADD", series(5, 12), "eve@e.test"},
        {"an answer to who is no organizer", "REPLY", series(5, 12), "cat@c.test"},
        {"nobody", "CANCEL", series(5, 12), ""},
    };
    for (auto const& row : rows) {
        Calendar calendar;
        calendar.take(message("REQUEST", series(0, 10)), from_ann);
        auto before = calendar.text();
        EXPECT_EQ(calendar.take(message(row.method, row.events), row.from).effect, Effect::refused) << row.what;
        EXPECT_EQ(calendar.text(), before) << row.what;
    }
}

TEST(Schedule, ADeputyThatTheInvitationNamesMaySpeak) {
    auto by_pat = series(0, 10), again = series(1, 11);
    for (auto* one : {&by_pat, &again}) one->replace(one->find(";CN=Ann"), 7, ";SENT-BY=\"mailto:pat@a.test\"");
    Calendar calendar;
    EXPECT_EQ(calendar.take(message("REQUEST", by_pat), "pat@a.test").effect, Effect::changed);
    EXPECT_EQ(calendar.take(message("REQUEST", again), "pat@a.test").effect, Effect::changed);
    EXPECT_EQ(calendar.value("SEQUENCE"), "1");
}

// Law 9.
TEST(Schedule, TheOrganizerIsInvitedByNobody) {
    Calendar calendar{.owner = ann};
    EXPECT_EQ(calendar.take(message("REQUEST", series(0, 10)), from_ann).effect, Effect::refused);
    calendar.stored = message("PUBLISH", series(0, 10)).calendar;
    auto before = calendar.text();
    for (auto method : {"REQUEST", "CANCEL"})
        EXPECT_EQ(calendar.take(message(method, series(4, 12)), from_ann).effect, Effect::refused) << method;
    EXPECT_EQ(calendar.text(), before);
}

TEST(Schedule, AnAppointmentIsNoMeetingOfTheSameName) {
    Calendar calendar;
    calendar.stored =
        ical::parse(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:m1\r\nDTSTART:20261207T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
            ->front();
    EXPECT_EQ(calendar.take(message("REQUEST", series(4, 12)), from_ann).effect, Effect::refused);
}

TEST(Schedule, WhatTheOwnerHasAddedSurvivesAnUpdate) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(0, 10, "DESCRIPTION:Agenda\nCATEGORIES:Red\n")), from_ann);
    auto& event = *std::ranges::find(calendar.stored->components, "VEVENT", &ical::Component::name);
    event.set("CATEGORIES", "Mine");
    event.set("X-MINE", "1");
    event.set("CLASS", "PRIVATE");
    event.set("X-MICROSOFT-CDO-BUSYSTATUS", "OOF");
    event.properties.push_back({.name = "EXDATE", .value = "20261214T100000Z"});
    event.components.push_back({.name = "VALARM", .properties = {{.name = "TRIGGER", .value = "-PT5M"}}});
    attendee(event, "bob@b.test")->set_parameter("PARTSTAT", "ACCEPTED");
    calendar.take(message("REQUEST", series(1, 10, "DESCRIPTION:Agenda 2\nCATEGORIES:Blue\n")), from_ann);
    EXPECT_EQ(calendar.value("SUMMARY"), "Weekly 1");
    EXPECT_EQ(calendar.value("DESCRIPTION"), "Agenda 2"); // he has not touched it
    EXPECT_EQ(calendar.value("CATEGORIES"), "Mine");
    EXPECT_EQ(calendar.value("X-MINE"), "1");
    EXPECT_EQ(calendar.value("CLASS"), "PRIVATE");
    EXPECT_EQ(calendar.value("X-MICROSOFT-CDO-BUSYSTATUS"), "OOF");
    EXPECT_EQ(calendar.value("EXDATE"), "20261214T100000Z");
    EXPECT_EQ(calendar.event()->components.size(), 1U);
    EXPECT_EQ(calendar.answer("bob@b.test"), "ACCEPTED"); // the time is the same
    calendar.take(message("REQUEST", series(2, 11)), from_ann);
    EXPECT_EQ(calendar.answer("bob@b.test"), "NEEDS-ACTION");
    EXPECT_EQ(calendar.value("X-MICROSOFT-CDO-BUSYSTATUS"), "TENTATIVE");
    EXPECT_EQ(calendar.value("X-MINE"), "1");
    EXPECT_EQ(calendar.event()->components.size(), 1U);
}

TEST(Schedule, WhoHasDeclinedIsAskedAgainOnlyAboutAnotherTime) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(0, 10)), from_ann);
    auto& event = *std::ranges::find(calendar.stored->components, "VEVENT", &ical::Component::name);
    attendee(event, "bob@b.test")->set_parameter("PARTSTAT", "DECLINED");
    EXPECT_EQ(calendar.take(message("REQUEST", series(1, 10)), from_ann).place, Place::keep);
    EXPECT_EQ(calendar.take(message("REQUEST", series(2, 12)), from_ann).place, Place::calendar);
}

// Incident 1.1: the series stays.
TEST(Schedule, ACancelledOccurrenceLeavesTheSeries) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(0, 10)), from_ann);
    calendar.take(message("CANCEL", occurrence(1, "14")), from_ann);
    EXPECT_EQ(calendar.value("EXDATE"), "20261214T100000Z");
    EXPECT_EQ(calendar.value("STATUS"), "");
    EXPECT_EQ(calendar.value("RRULE"), "FREQ=WEEKLY;COUNT=4");
    EXPECT_EQ(calendar.value("DTSTAMP"), "20261101T013000Z");
    calendar.take(message("REQUEST", moved(2, "14")), from_ann); // it takes place after all
    EXPECT_EQ(calendar.value("EXDATE"), "");
    EXPECT_EQ(calendar.value("SUMMARY", "20261214T100000Z"), "Moved");
}

TEST(Schedule, ACancelledSeriesIsShownAsCancelledUntilItIsCalledAgain) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(0, 10, "STATUS:CONFIRMED\n")), from_ann);
    calendar.take(message("CANCEL", series(1, 10)), from_ann);
    EXPECT_EQ(calendar.value("STATUS"), "CANCELLED");
    EXPECT_EQ(calendar.value("X-MICROSOFT-CDO-BUSYSTATUS"), "FREE");
    EXPECT_EQ(calendar.take(message("REQUEST", series(0, 10)), from_ann).effect, Effect::none);
    calendar.take(message("REQUEST", series(2, 10, "STATUS:CONFIRMED\n")), from_ann);
    EXPECT_EQ(calendar.value("STATUS"), "CONFIRMED");
    EXPECT_EQ(calendar.value("X-MICROSOFT-CDO-BUSYSTATUS"), "TENTATIVE");
    EXPECT_EQ(calendar.value("TRANSP"), "");
}

TEST(Schedule, ACancellationThatComesFirstIsRemembered) {
    Calendar calendar;
    EXPECT_EQ(calendar.take(message("CANCEL", series(1, 10)), from_ann).place, Place::aside);
    EXPECT_EQ(calendar.event(), nullptr);
    calendar.take(message("REQUEST", series(0, 10)), from_ann);
    EXPECT_EQ(calendar.value("STATUS"), "CANCELLED");
    EXPECT_EQ(calendar.value("SUMMARY"), "Weekly 0");
}

TEST(Schedule, OthersAreUninvited) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(0, 10)), from_ann);
    auto cat = vevent("SEQUENCE:1\nDTSTAMP:20261102T000000Z\nATTENDEE:mailto:cat@c.test\n");
    EXPECT_EQ(calendar.take(message("CANCEL", cat), from_ann).effect, Effect::none);
    auto robert = vevent("SEQUENCE:1\nDTSTAMP:20261102T000000Z\nATTENDEE:mailto:robert@b.test\n");
    EXPECT_EQ(calendar.take(message("CANCEL", robert), from_ann).effect, Effect::changed);
    EXPECT_EQ(calendar.value("STATUS"), "CANCELLED");
}

TEST(Schedule, AnExceptionGoesWithTheTimesOfItsSeries) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(0, 10)), from_ann);
    calendar.take(message("REQUEST", moved(1, "14")), from_ann);
    calendar.take(message("REQUEST", series(2, 12)), from_ann);
    EXPECT_EQ(calendar.event("20261214T100000Z"), nullptr);
    calendar.take(message("REQUEST", series(3, 10)), from_ann);
    EXPECT_EQ(calendar.event("20261214T100000Z"), nullptr); // its organizer has none any more
}

// What is left out is an instant, by whichever clock it is written.
TEST(Schedule, AnOccurrenceThatWasLeftOutComesBack) {
    struct {
        char const* what;
        std::string left_out, then;
    } const rows[]{{"by its own clock", "20261214T100000Z,20261221T100000Z", "20261221T100000Z"},
                   {"by another", ";TZID=Europe/Berlin:20261214T110000", ""},
                   {"another with its digits", ";TZID=Europe/Berlin:20261214T100000", "20261214T100000"}};
    for (auto const& row : rows) {
        Calendar calendar;
        auto exdate = "EXDATE" + std::string(row.left_out.starts_with(';') ? "" : ":") + row.left_out + "\n";
        calendar.take(message("REQUEST", series(1, 10, exdate)), from_ann);
        calendar.take(message("REQUEST", moved(2, "14")), from_ann);
        EXPECT_EQ(calendar.value("DTSTART", "20261214T100000Z"), "20261214T150000Z") << row.what;
        EXPECT_EQ(calendar.value("EXDATE"), row.then) << row.what;
    }
}

TEST(Schedule, AnAddedOccurrenceLiesOutsideOfTheRule) {
    Calendar calendar;
    calendar.take(message("REQUEST", series(0, 10)), from_ann);
    calendar.take(message("ADD", vevent("SEQUENCE:1\nDTSTAMP:20261102T000000Z\nSUMMARY:Extra\n"
                                        "DTSTART:20261209T100000Z\nDTEND:20261209T110000Z\n")),
                  from_ann);
    EXPECT_EQ(calendar.value("RDATE"), "20261209T100000Z");
    EXPECT_EQ(calendar.value("SUMMARY", "20261209T100000Z"), "Extra");
}

TEST(Schedule, OneOccurrenceAloneIsAnEvent) {
    Calendar calendar;
    EXPECT_EQ(calendar.take(message("REQUEST", moved(1, "14")), from_ann).place, Place::calendar);
    EXPECT_EQ(calendar.value("SUMMARY", "20261214T100000Z"), "Moved");
    calendar.take(message("CANCEL", occurrence(2, "14")), from_ann);
    EXPECT_EQ(calendar.value("STATUS", "20261214T100000Z"), "CANCELLED");
}

TEST(Schedule, WhoIsSentInSomebodysPlaceIsInvited) {
    auto delegated =
        series(0, 10, "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:robert@b.test\":mailto:dan@d.test\n");
    Calendar calendar;
    EXPECT_EQ(calendar.take(message("REQUEST", delegated), "dan@d.test").effect, Effect::changed);
    Calendar other;
    EXPECT_EQ(other.take(message("REQUEST", delegated), "cat@c.test").effect, Effect::refused);
}

TEST(Schedule, EveryOrderOfTheOrganizersWordsLeadsToOneCalendar) {
    auto rule = [](char const* method, std::string events) { return Arriving{method, std::move(events), from_ann}; };
    std::vector<std::pair<char const*, std::vector<Arriving>>> const sets{
        {"updates and a cancelled series",
         {rule("REQUEST", series(0, 10)), rule("REQUEST", series(1, 11)), rule("CANCEL", series(2, 11))}},
        {"called again after a cancellation",
         {rule("REQUEST", series(0, 10)),
          rule("CANCEL", series(1, 10)),
          rule("REQUEST", series(2, 12)),
          {"CANCEL", series(7, 10), "eve@e.test"}}},
        {"exceptions and cancelled occurrences",
         {rule("REQUEST", series(0, 10)), rule("REQUEST", moved(1, "14")), rule("CANCEL", occurrence(2, "14")),
          rule("CANCEL", occurrence(1, "21")), rule("REQUEST", moved(3, "28"))}},
        {"a series that moves and comes back",
         {rule("REQUEST", series(0, 10)), rule("REQUEST", moved(1, "14")), rule("REQUEST", series(2, 12)),
          rule("REQUEST", series(3, 10)), rule("CANCEL", occurrence(4, "21"))}},
        {"restored and left out",
         {rule("REQUEST", series(0, 10)), rule("REQUEST", series(2, 10, "EXDATE:20261214T100000Z\n")),
          rule("REQUEST", moved(1, "14")), rule("REQUEST", moved(3, "14")), rule("CANCEL", occurrence(5, "28"))}},
        {"an exception that comes with its series",
         {rule("REQUEST", series(0, 10)), rule("REQUEST", series(2, 10) + moved(1, "21")),
          rule("CANCEL", occurrence(1, "21")), rule("CANCEL", series(1, 10))}},
        {"added ones",
         {rule("REQUEST", series(0, 10)),
          rule("ADD",
               vevent("SEQUENCE:1\nDTSTAMP:20261102T000000Z\nDTSTART:20261209T100000Z\nDTEND:20261209T110000Z\n")),
          rule("REQUEST", series(2, 10)), rule("CANCEL", occurrence(3, "09"))}},
        {"single occurrences of a series that is never shown",
         {rule("REQUEST", moved(1, "14")), rule("REQUEST", moved(1, "21")), rule("CANCEL", occurrence(2, "14"))}},
    };
    for (auto const& [what, mails] : sets) expect_one_end(what, mails, Calendar{});
}

// RFC 5545 3.2.13: of one occurrence and all behind it; what is said of one of these by name counts for that one.
TEST(Schedule, ARangeIsSaidOfAllThatCome) {
    auto const range =
        vevent("RECURRENCE-ID;RANGE=THISANDFUTURE:20261214T100000Z\nDTSTAMP:20261101T030000Z\nSEQUENCE:2\n"
               "SUMMARY:Later\nDTSTART:20261214T150000Z\nDTEND:20261214T160000Z\n" +
               people);
    Calendar calendar;
    calendar.take(message("REQUEST", series(1, 10)), from_ann);
    EXPECT_EQ(calendar.take(message("REQUEST", range), from_ann).effect, Effect::changed);
    EXPECT_EQ(calendar.value("DTSTART"), "20261207T100000Z");
    EXPECT_EQ(calendar.value("DTSTART", "20261214T100000Z"), "20261214T150000Z");
    EXPECT_EQ(calendar.value("DTSTART", "20261221T100000Z"), "20261221T150000Z");
    EXPECT_EQ(calendar.value("DTEND", "20261228T100000Z"), "20261228T160000Z");
    EXPECT_EQ(calendar.take(message("REQUEST", range), from_ann).effect, Effect::none);
    // What its owner has made of one of them stays his, until it is moved again.
    for (auto& one : calendar.stored->components)
        if (one.value("RECURRENCE-ID") == "20261221T100000Z") one.set("X-MINE", "1");
    calendar.take(message("REQUEST", moved(2, "07")), from_ann);
    EXPECT_EQ(calendar.value("X-MINE", "20261221T100000Z"), "1");
    EXPECT_EQ(calendar.value("DTSTART", "20261221T100000Z"), "20261221T150000Z");
    auto again = range;
    again.replace(again.find("SEQUENCE:2"), 10, "SEQUENCE:3");
    again.replace(again.find("T150000Z"), 8, "T130000Z");
    calendar.take(message("REQUEST", again), from_ann);
    EXPECT_EQ(calendar.value("DTSTART", "20261221T100000Z"), "20261221T130000Z");
    EXPECT_EQ(calendar.value("DTSTART", "20261228T100000Z"), "20261228T130000Z");
    calendar.take(message("CANCEL", occurrence(4, "28")), from_ann);
    EXPECT_EQ(calendar.event("20261228T100000Z"), nullptr);
    std::vector<Arriving> const mails{{"REQUEST", series(1, 10), from_ann},
                                      {"REQUEST", range, from_ann},
                                      {"REQUEST", moved(3, "21"), from_ann},
                                      {"CANCEL", occurrence(2, "28"), from_ann}};
    expect_one_end("a range", mails, {});
    Calendar alone; // of a series that is not known it is the one
    alone.take(message("REQUEST", range), from_ann);
    EXPECT_EQ(alone.value("DTSTART", "20261214T100000Z"), "20261214T150000Z");
}

} // namespace
} // namespace godwit::itip
