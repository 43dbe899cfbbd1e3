// Who comes to single occurrences, and not to their series; and who does not come to one of them.
#include "itip/forward.hpp"
#include "itip/own_answer.hpp"
#include "itip/schedule_fixture.hpp"

#include <gmock/gmock.h>

namespace godwit::itip {
namespace {

using testing::HasSubstr, testing::Not;

ical::Instant const then = *ical::instant("20261122T090000Z");
std::string const fourteenth = "20261214T100000Z", twenty_first = "20261221T100000Z";
std::vector<std::string> const zoe{"zoe@z.test"};

std::string with_zoe(std::string event) {
    return event.insert(event.find("END:VEVENT"), "ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:zoe@z.test\n");
}
std::optional<ical::Component> kept(std::string const& events) {
    return events.empty() ? std::nullopt : std::optional(message("PUBLISH", events).calendar);
}

std::vector<Mail> mails_to_zoe(std::optional<ical::Component> const& before,
                               std::optional<ical::Component> const& after) {
    auto all = mails_of_change(before ? &*before : nullptr, after ? &*after : nullptr, ann, "Ann", then);
    std::erase_if(all, [](Mail const& mail) {
        return std::ranges::find(mail.to, zoe.front(), &mime::Address::address) == mail.to.end();
    });
    return all;
}
Message arrived(Mail const& mail) { return **in_mail(mime::Message::parse(write(mail))); }

// Whatever ends the occurrence that she is invited to, she hears of it; and of nothing else of the series.
TEST(Alone, WhoComesToOneHearsWhenItEnds) {
    std::string const weekly = series(1, 10), meeting = with_zoe(moved(1, "14"));
    struct {
        char const* what;
        std::string after;
    } const rows[]{{"the series is gone", ""},
                   {"it is called off", series(1, 10, "STATUS:CANCELLED\n") + meeting},
                   {"it is moved, which ends its exceptions (MS-ASCAL_R2114)", series(1, 12)},
                   {"it is moved, and has another", series(1, 12) + moved(1, "21")},
                   {"it is a single event", series(1, 10).erase(series(1, 10).find("RRULE"), 25)},
                   {"the occurrence goes", series(1, 10, "EXDATE:20261214T100000Z\n")}};
    for (auto const& row : rows) {
        auto const before = kept(weekly + meeting);
        auto after = kept(row.after);
        if (after) after = revised(*before, *after);
        auto const invitation = mails_to_zoe(std::nullopt, before), end = mails_to_zoe(before, after);
        ASSERT_EQ(invitation.size(), 1U) << row.what;
        ASSERT_EQ(end.size(), 1U) << row.what;
        EXPECT_EQ(end.front().method, Method::cancel) << row.what;
        EXPECT_EQ(end.front().subject, "Canceled: Moved") << row.what; // of the series she knows not even the name
        auto const text = write(end.front());
        EXPECT_THAT(text, HasSubstr("RECURRENCE-ID:" + fourteenth)) << row.what;
        for (auto const* secret : {"Weekly", "RRULE"}) EXPECT_THAT(text, Not(HasSubstr(secret))) << row.what;
        for (bool in_order : {true, false}) {
            Calendar hers{.owner = zoe};
            for (auto const* mail :
                 {in_order ? &invitation.front() : &end.front(), in_order ? &end.front() : &invitation.front()})
                EXPECT_EQ(hers.take(arrived(*mail), from_ann).effect, Effect::changed) << row.what;
            EXPECT_EQ(hers.value("STATUS", fourteenth), "CANCELLED") << row.what << in_order;
        }
    }
}

TEST(Alone, WhoComesToOneHearsThatItIsCalledAgain) {
    auto const first = kept(series(1, 10) + with_zoe(moved(4, "14")));
    auto const off = revised(*first, *kept(series(1, 10, "STATUS:CANCELLED\n") + with_zoe(moved(4, "14"))));
    auto again = off;
    for (auto& one : again.components) one.remove("STATUS");
    again = revised(off, again);
    Calendar hers{.owner = zoe};
    for (auto const& mail : mails_to_zoe(std::nullopt, first)) hers.take(arrived(mail), from_ann);
    for (auto const& mail : mails_to_zoe(first, off)) hers.take(arrived(mail), from_ann);
    EXPECT_EQ(hers.value("STATUS", fourteenth), "CANCELLED");
    EXPECT_EQ(mails_to_zoe(off, std::nullopt).size(), 0U); // told already
    for (auto const& mail : mails_to_zoe(off, again)) hers.take(arrived(mail), from_ann);
    EXPECT_EQ(hers.value("STATUS", fourteenth), "");
    EXPECT_EQ(hers.value("SUMMARY", fourteenth), "Moved");
}

// Somebody else's server may cancel all of it in one word.
TEST(Alone, ASeriesThatIsCancelledTakesItsOccurrencesAlong) {
    Calendar alone;
    alone.take(message("REQUEST", moved(1, "14")), from_ann);
    alone.take(message("CANCEL", series(2, 10)), from_ann);
    EXPECT_EQ(alone.value("STATUS", fourteenth), "CANCELLED");
    Calendar higher; // some count an occurrence higher than its series: then the clock tells
    higher.take(message("REQUEST", moved(5, "14")), from_ann);
    auto off = series(2, 10);
    off.replace(off.find("20261101T02"), 11, "20261102T02");
    higher.take(message("CANCEL", off), from_ann);
    EXPECT_EQ(higher.value("STATUS", fourteenth), "CANCELLED");
    higher.take(message("REQUEST", series(0, 10)), from_ann); // which comes late
    EXPECT_EQ(higher.value("STATUS", fourteenth), "CANCELLED");
    // Who is uninvited and then called to one comes to that one, asked anew.
    Calendar once;
    once.take(message("REQUEST", series(1, 10)), from_ann);
    once.stored =
        answered(*once.stored, {.answer = Answer::accepted, .now = then - std::chrono::days(20)}, bob).value();
    once.take(message("CANCEL", series(2, 10)), from_ann);
    once.take(message("REQUEST", moved(3, "14")), from_ann);
    EXPECT_EQ(once.value("STATUS"), "CANCELLED");
    EXPECT_EQ(once.value("STATUS", fourteenth), "");
    EXPECT_EQ(once.answer("bob@b.test", fourteenth), "NEEDS-ACTION");
    // Of a series that was moved after he was uninvited he does not know where it lies now (simulator, seed 492).
    std::string const elsewhere = "20261216T100000Z";
    Calendar moved_on;
    moved_on.take(message("REQUEST", series(0, 10)), from_ann);
    moved_on.take(message("CANCEL", series(1, 10)), from_ann);
    moved_on.take(message("REQUEST", moved(2, "16")), from_ann);
    EXPECT_EQ(moved_on.value("STATUS"), "CANCELLED");
    EXPECT_EQ(moved_on.value("STATUS", elsewhere), "");
    EXPECT_EQ(moved_on.value("SUMMARY", elsewhere), "Moved");
    expect_one_end("an occurrence of a series that has moved on",
                   {{"REQUEST", series(0, 10), from_ann},
                    {"CANCEL", series(1, 10), from_ann},
                    {"REQUEST", moved(2, "16"), from_ann}},
                   {});
    expect_one_end("an occurrence called after its series",
                   {{"REQUEST", series(0, 10), from_ann},
                    {"CANCEL", series(1, 10), from_ann},
                    {"REQUEST", moved(2, "14"), from_ann}},
                   {});
    expect_one_end("occurrences before and after a series that is not known",
                   {{"REQUEST", moved(1, "14"), from_ann},
                    {"CANCEL", series(2, 10), from_ann},
                    {"REQUEST", moved(3, "21"), from_ann}},
                   {});
}

// A mail of one occurrence speaks of that one, in whatever range it came.
TEST(Alone, NoMailOfOneSpeaksOfARange) {
    auto ranged = moved(1, "14");
    ranged.replace(ranged.find("RECURRENCE-ID:"), 14, "RECURRENCE-ID;RANGE=THISANDFUTURE:");
    auto other = ranged;
    other.replace(other.find("SUMMARY:Moved"), 13, "SUMMARY:Other");
    auto const before = kept(series(1, 10));
    auto const one = message("REQUEST", series(1, 10) + ranged).calendar,
               changed = message("REQUEST", series(1, 10) + other).calendar;
    std::vector<std::string> texts;
    auto add = [&](ical::Component const* from, ical::Component const* to) {
        for (auto const& mail : mails_of_change(from, to, ann, "Ann", then)) texts.push_back(write(mail));
    };
    auto const less = kept(series(1, 10, "EXDATE:20261214T100000Z\n"));
    add(&*before, &one);
    add(&one, &changed);
    add(&one, &*less);
    auto const at = ical::instant(fourteenth);
    texts.push_back(write(*answer_mail(one, {.self = {"", "bob@b.test"}, .occurrence = at, .now = then})));
    texts.push_back(ical::write(forwarded(one, {.occurrence = at, .now = then}, bob, "Bob")->mail.calendar));
    EXPECT_GE(texts.size(), 5U);
    for (auto const& text : texts) {
        EXPECT_THAT(text, HasSubstr("RECURRENCE-ID:202612"));
        EXPECT_THAT(text, Not(HasSubstr("RANGE")));
    }
}

TEST(Alone, AnOccurrenceThatIsDeclinedByNameStaysSo) {
    auto says = [](char const* what, int hour, std::string const& more = "") {
        return Arriving{"REPLY", reply("bob@b.test", what, 1, hour, more), "bob@b.test"};
    };
    struct {
        char const* what;
        std::vector<Arriving> mails;
        std::string answer; // to the second
    } const rows[]{
        {"declined, then the rest accepted", {says("DECLINED", 10, second), says("ACCEPTED", 11)}, "DECLINED"},
        {"the other way", {says("ACCEPTED", 10), says("DECLINED", 11, second)}, "DECLINED"},
        {"all declined, then all accepted", {says("DECLINED", 10), says("ACCEPTED", 11)}, "ACCEPTED"},
        {"thought better of", {says("DECLINED", 10, second), says("TENTATIVE", 11, second)}, "TENTATIVE"},
        {"and then all accepted",
         {says("DECLINED", 10, second), says("TENTATIVE", 11, second), says("ACCEPTED", 12)},
         "ACCEPTED"},
    };
    for (auto const& row : rows) {
        auto const start = organized(series(1, 10) + occurrence(1, "14", "DTSTART:20261214T100000Z\n" + people));
        expect_one_end(row.what, row.mails, start);
        expect_one_end(row.what, row.mails, organized());
        auto calendar = start;
        for (auto const& one : row.mails) calendar.take(message(one.method, one.events), one.from);
        EXPECT_EQ(calendar.answer("bob@b.test", fourteenth), row.answer) << row.what;
    }
}

// One of two is cancelled; the other is answered and passed on all the same, and when that is declined nothing is left.
TEST(Alone, EachOfSeveralIsAnsweredForItself) {
    Calendar two;
    for (auto const* day : {"14", "21"}) two.take(message("REQUEST", moved(1, day)), from_ann);
    two.take(message("CANCEL", occurrence(2, "14")), from_ann);
    OwnAnswer const gone{.occurrence = ical::instant(fourteenth), .now = then},
        there{.answer = Answer::declined, .occurrence = ical::instant(twenty_first), .now = then};
    EXPECT_EQ(answered(*two.stored, gone, bob).error(), NoAnswer::cancelled);
    EXPECT_FALSE(forwarded(*two.stored, {.occurrence = ical::instant(fourteenth)}, bob, "Bob"));
    EXPECT_TRUE(forwarded(*two.stored, {.occurrence = ical::instant(twenty_first)}, bob, "Bob"));
    EXPECT_FALSE(nothing_is_left(*two.stored, bob));
    auto const after = answered(*two.stored, there, bob);
    ASSERT_TRUE(after);
    EXPECT_TRUE(nothing_is_left(*after, bob));
}

// An appointment of Ann's that is a meeting in one occurrence: she invites to that.
TEST(Alone, TheOneMeetingOfAnAppointmentIsPassedOnByItsOrganizer) {
    std::string const plain = "BEGIN:VEVENT\nUID:m1\nDTSTAMP:20261101T000000Z\nDTSTART:20261207T100000Z\n"
                              "RRULE:FREQ=WEEKLY;COUNT=4\nEND:VEVENT\n";
    auto const calendar = ical::parse(crlf("BEGIN:VCALENDAR\n" + plain + moved(1, "14") + "END:VCALENDAR\n"))->front();
    auto const passed = forwarded(
        calendar, {.to = {{"Zoe", zoe.front()}}, .occurrence = ical::instant(fourteenth), .now = then}, ann, "Ann");
    ASSERT_TRUE(passed && passed->calendar);
    EXPECT_FALSE(passed->notice);
    EXPECT_EQ(passed->mail.method, Method::request);
    Calendar own{.stored = passed->calendar, .owner = ann}, hers{.owner = zoe};
    EXPECT_EQ(own.answer(zoe.front(), fourteenth), "NEEDS-ACTION");
    EXPECT_EQ(own.answer(zoe.front()), "nobody");
    EXPECT_EQ(hers.take(arrived(passed->mail), from_ann).effect, Effect::changed);
    EXPECT_EQ(hers.value("SUMMARY", fourteenth), "Moved");
}

// What is brought back is taken from the list that it stood in: the rest of that is still the organizer's.
TEST(Alone, WhatTheOrganizerLeavesOutIsHisHoweverItIsWritten) {
    Calendar guest;
    guest.take(message("REQUEST", series(1, 10, "EXDATE:20261214T100000Z,20261221T100000Z\n")), from_ann);
    guest.take(message("REQUEST", moved(2, "14")), from_ann);
    guest.take(message("REQUEST", series(3, 10, "LOCATION:Room\n")), from_ann); // all take place
    EXPECT_EQ(guest.value("EXDATE"), "");
    auto& event = *std::ranges::find(guest.stored->components, "VEVENT", &ical::Component::name);
    event.properties.push_back({.name = "EXDATE",
                                .parameters = {{"TZID", {"Europe/Berlin"}}},
                                .value = "20261228T110000"}); // his own, by his clock
    guest.take(message("REQUEST", series(4, 10, "LOCATION:Hall\n")), from_ann);
    EXPECT_EQ(guest.value("EXDATE"), "20261228T110000");
    guest.take(message("REQUEST", series(5, 10, "EXDATE:20261228T100000Z\n")), from_ann);
    EXPECT_EQ(guest.value("EXDATE"), "20261228T100000Z"); // said once
}

// An event is found by the text of its UID, in whatever form that is written.
TEST(Alone, AUidIsItsText) {
    auto const said = [](std::string const& method, std::string const& uid) {
        auto events = moved(1, "14");
        return message(method, events.replace(events.find("UID:m1"), 6, "UID:" + uid));
    };
    EXPECT_EQ(said("REQUEST", "a\\,b\\\\c").uid, "a,b\\c");
    EXPECT_EQ(said("REQUEST", "a,b\\\\c").uid, "a,b\\c");
    Calendar guest;
    guest.take(said("CANCEL", "a\\,b\\\\c"), from_ann); // before it is known
    EXPECT_THAT(guest.text(), HasSubstr("UID:a\\,b\\\\c"));
    guest.take(said("REQUEST", "a,b\\\\c"), from_ann);
    EXPECT_EQ(guest.value("STATUS", fourteenth), "CANCELLED");
}

} // namespace
} // namespace godwit::itip
