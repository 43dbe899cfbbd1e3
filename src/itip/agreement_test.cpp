// What the simulator of people (tests/sim/people.hpp) has found: who does and hears the same ends with the same.
#include "itip/own_answer.hpp"
#include "itip/schedule_fixture.hpp"

#include <array>

namespace godwit::itip {
namespace {

ical::Instant const now = *ical::instant("20261103T000000Z");
std::string const third = "20261221T100000Z";

ical::Component as_stored(std::string const& events) { return message("PUBLISH", events).calendar; }

// Bob's calendar, as Ann's mails make it.
struct Guest {
    Calendar calendar = {};
    void hear(ical::Component const* before, ical::Component const* after) {
        for (auto const& mail : mails_of_change(before, after, ann, "Ann", now)) {
            if (std::ranges::find(mail.to, "bob@b.test", &mime::Address::address) == mail.to.end()) continue;
            auto const bytes = write(mail);
            auto const said = in_mail(mime::Message::parse(bytes));
            calendar.take(**said, from_ann);
        }
    }
    void answer(Answer how, std::string_view occurrence = {}) {
        OwnAnswer const own{.answer = how,
                            .occurrence = occurrence.empty() ? std::nullopt : ical::instant(occurrence),
                            .now = next_word(*calendar.stored, now)};
        calendar.stored = answered(*calendar.stored, own, bob).value();
    }
};

TEST(Agreement, WhatIsOwnOfAnOccurrenceFollowsTheSeries) {
    Guest guest;
    guest.calendar.take(message("REQUEST", series(1, 10)), from_ann);
    guest.answer(Answer::tentative, third);
    ASSERT_TRUE(guest.calendar.event(third));
    guest.calendar.take(message("REQUEST", series(2, 10, "LOCATION:Room\n")), from_ann);
    EXPECT_EQ(guest.calendar.value("SUMMARY", third), "Weekly 2");
    EXPECT_EQ(guest.calendar.value("LOCATION", third), "Room");
    EXPECT_EQ(guest.calendar.answer("bob@b.test", third), "TENTATIVE");
}

TEST(Agreement, WhatHeHasDeletedIsOfTheTimesOfThen) {
    Guest guest;
    guest.calendar.take(message("REQUEST", series(1, 10)), from_ann);
    guest.answer(Answer::declined, third);
    guest.calendar.take(message("REQUEST", series(2, 10, "LOCATION:Room\n")), from_ann);
    EXPECT_EQ(guest.calendar.value("EXDATE"), third);
    guest.calendar.take(message("REQUEST", series(3, 12)), from_ann);
    EXPECT_EQ(guest.calendar.value("EXDATE"), "");
}

TEST(Agreement, TwoChangesInOneSecondAreTwoRevisions) {
    auto const first = as_stored(series(1, 10)), second_edit = as_stored(series(1, 10, "LOCATION:Room\n"));
    auto const told = revised(first, second_edit);
    auto const last = revised(told, as_stored(series(1, 10, "LOCATION:Hall\n")));
    Guest guest;
    guest.hear(nullptr, &first);
    guest.hear(&first, &told);
    guest.hear(&told, &last);
    EXPECT_EQ(guest.calendar.value("LOCATION"), "Hall");
}

// SEQUENCE rises with a cancelled occurrence, and nobody is asked anew by that.
TEST(Agreement, AnAnswerCountsUntilEverybodyIsAskedAnew) {
    struct Row {
        char const* what;
        std::string after;
        std::string answer;
    };
    for (auto const& row : {Row{"an occurrence less", series(1, 10, "EXDATE:20261214T100000Z\n"), "ACCEPTED"},
                            Row{"another place", series(1, 10, "LOCATION:Room\n"), "ACCEPTED"},
                            Row{"another time", series(1, 12), "NEEDS-ACTION"}}) {
        auto after = as_stored(row.after);
        for (auto& one : after.components)
            if (one.name == "VEVENT") one.set("DTSTAMP", "20261103T000000Z");
        Calendar calendar{.stored = revised(as_stored(series(1, 10)), after), .owner = ann};
        calendar.take(message("REPLY", reply("bob@b.test", "ACCEPTED", 1, 10)), "bob@b.test");
        EXPECT_EQ(calendar.answer("bob@b.test"), row.answer) << row.what;
    }
}

TEST(Agreement, TheLaterAnswerCountsOfTheSeriesAndOfOne) {
    auto says = [](char const* what, int hour, std::string const& more = "") {
        return Arriving{"REPLY", reply("bob@b.test", what, 1, hour, more), "bob@b.test"};
    };
    for (bool one_first : {true, false}) {
        std::vector<Arriving> const mails{says("TENTATIVE", one_first ? 10 : 12, second), says("ACCEPTED", 11)};
        for (bool swapped : {false, true}) {
            auto calendar = organized();
            for (auto i : swapped ? std::array{1, 0} : std::array{0, 1})
                calendar.take(message(mails[i].method, mails[i].events), mails[i].from);
            auto const* event = calendar.event("20261214T100000Z");
            EXPECT_EQ(calendar.answer("bob@b.test", event ? "20261214T100000Z" : ""),
                      one_first ? "ACCEPTED" : "TENTATIVE")
                << one_first << swapped;
        }
    }
}

TEST(Agreement, ASeriesThatWasMovedLeavesItsExceptionsBehind) {
    auto const old = as_stored(series(1, 10, "EXDATE:20261228T100000Z\n") + moved(4, "14"));
    auto const later = revised(old, as_stored(series(1, 12)));
    auto const back = revised(later, as_stored(series(1, 10)));
    Guest guest;
    guest.hear(nullptr, &old);
    guest.calendar.take(message("CANCEL", occurrence(3, "21")), from_ann);
    guest.hear(&old, &later);
    EXPECT_EQ(guest.calendar.value("SEQUENCE"), "5"); // above all that was said of it
    guest.hear(&later, &back);
    EXPECT_EQ(guest.calendar.value("DTSTART"), "20261207T100000Z");
    EXPECT_EQ(guest.calendar.event("20261214T100000Z"), nullptr);
    EXPECT_EQ(guest.calendar.value("EXDATE"), "");
}

TEST(Agreement, AnOccurrenceThatGoesIsCancelledAboveWhatWasSaidOfIt) {
    auto const old = as_stored(series(1, 10) + moved(4, "14"));
    auto const fresh = revised(old, as_stored(series(1, 10, "EXDATE:20261214T100000Z\n")));
    auto const mails = mails_of_change(&old, &fresh, ann, "Ann", now);
    ASSERT_EQ(mails.size(), 1U);
    EXPECT_EQ(mails.front().calendar.components.front().value("SEQUENCE"), "5");
}

std::string only_cat(std::string events) {
    std::string const bobs = "ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:bob@b.test\n";
    for (auto at = events.find(bobs); at != std::string::npos; at = events.find(bobs)) events.erase(at, bobs.size());
    return events;
}

TEST(Agreement, WhoIsNotInvitedToOneIsNotToldOfItWithTheSeries) {
    auto const old = as_stored(series(1, 10) + only_cat(moved(2, "14")));
    auto const fresh = revised(old, as_stored(series(1, 10, "LOCATION:Room\n") + only_cat(moved(2, "14"))));
    Guest guest;
    guest.hear(nullptr, &old);
    guest.hear(&old, &fresh);
    EXPECT_EQ(guest.calendar.value("LOCATION"), "Room");
    EXPECT_EQ(guest.calendar.event("20261214T100000Z"), nullptr);
    EXPECT_EQ(guest.calendar.value("EXDATE"), "20261214T100000Z");
}

TEST(Agreement, WhoComesToTheSeriesComesToItsExceptions) {
    auto const one = as_stored(only_cat(series(1, 10) + moved(2, "14")));
    auto const both = revised(one, as_stored(series(1, 10) + only_cat(moved(2, "14"))));
    Guest guest;
    guest.hear(nullptr, &one);
    EXPECT_FALSE(guest.calendar.stored);
    guest.hear(&one, &both);
    EXPECT_EQ(guest.calendar.value("SUMMARY", "20261214T100000Z"), "Moved");
    auto const none = revised(both, as_stored(only_cat(series(1, 10)) + moved(2, "14")));
    for (auto const& event : none.components) EXPECT_FALSE(attendee(event, "bob@b.test"));
    EXPECT_EQ(mails_of_change(&both, &none, ann, "Ann", now).size(), 1U); // one cancellation of all
}

TEST(Agreement, WhoIsInvitedAgainIsAskedAnewInAnyOrder) {
    for (bool in_order : {true, false}) {
        Guest guest;
        guest.calendar.take(message("REQUEST", series(1, 10)), from_ann);
        guest.answer(Answer::declined);
        auto cancelled = series(5, 10);
        cancelled.replace(cancelled.find("DTSTAMP:20261101"), 16, "DTSTAMP:20261104");
        auto again = series(6, 10);
        again.replace(again.find("DTSTAMP:20261101"), 16, "DTSTAMP:20261105");
        if (in_order) guest.calendar.take(message("CANCEL", cancelled), from_ann);
        guest.calendar.take(message("REQUEST", again), from_ann);
        if (!in_order) guest.calendar.take(message("CANCEL", cancelled), from_ann);
        EXPECT_EQ(guest.calendar.answer("bob@b.test"), "NEEDS-ACTION") << in_order;
        EXPECT_EQ(guest.calendar.value("STATUS"), "") << in_order;
    }
}

TEST(Agreement, EachAnswerIsLaterThanTheOneBefore) {
    Guest guest;
    guest.calendar.take(message("REQUEST", series(1, 10)), from_ann);
    EXPECT_EQ(next_word(*guest.calendar.stored, now), now);
    guest.answer(Answer::accepted);
    EXPECT_EQ(next_word(*guest.calendar.stored, now), now + std::chrono::seconds(1));
    EXPECT_EQ(next_word(*guest.calendar.stored, now - std::chrono::minutes(5)), now + std::chrono::seconds(1));
    EXPECT_EQ(next_word(*guest.calendar.stored, now - std::chrono::days(5)), now - std::chrono::days(5));
}

} // namespace
} // namespace godwit::itip
