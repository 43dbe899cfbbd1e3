// What attendees say, in the calendar of the organizer, in any order.
#include "itip/own_answer.hpp"
#include "itip/schedule_fixture.hpp"

namespace godwit::itip {
namespace {

TEST(Answer, IsWrittenToTheAttendee) {
    auto calendar = organized();
    EXPECT_EQ(calendar.take(message("REPLY", reply("bob@b.test", "ACCEPTED", 1, 10)), "bob@b.test").effect,
              Effect::changed);
    EXPECT_EQ(calendar.answer("bob@b.test"), "ACCEPTED");
    EXPECT_EQ(calendar.answer("cat@c.test"), "NEEDS-ACTION");
    EXPECT_EQ(calendar.value("DTSTART"), "20261207T100000Z");
    EXPECT_EQ(calendar.take(message("REPLY", reply("bob@b.test", "ACCEPTED", 1, 10)), "bob@b.test").effect,
              Effect::none);
    EXPECT_EQ(calendar.take(message("REPLY", reply("bob@b.test", "DECLINED", 2, 9)), "bob@b.test").effect,
              Effect::none);
    EXPECT_EQ(calendar.take(message("REPLY", reply("bob@b.test", "DECLINED", 0, 11)), "bob@b.test").effect,
              Effect::changed); // by a phone that counts nothing, after the other
}

TEST(Answer, OfSomebodyElseIsRefused) {
    auto calendar = organized();
    auto before = calendar.text();
    EXPECT_EQ(calendar.take(message("REPLY", reply("bob@b.test", "DECLINED", 1, 10)), "eve@e.test").effect,
              Effect::refused);
    EXPECT_EQ(calendar.take(message("REPLY", reply("ann@a.test", "DECLINED", 1, 10)), "ann@a.test").effect,
              Effect::refused);
    EXPECT_EQ(calendar.take(message("REPLY", reply("bob@b.test", "MAYBE", 1, 10)), "bob@b.test").effect,
              Effect::refused);
    EXPECT_EQ(calendar.text(), before);
    Calendar none{.owner = ann};
    EXPECT_EQ(none.take(message("REPLY", reply("bob@b.test", "DECLINED", 1, 10)), "bob@b.test").effect,
              Effect::refused);
}

// A phone of up to 14.1 answers as who it signs in, in the mail and in what it holds.
TEST(Answer, CountsForWhomHeWasInvitedAs) {
    std::vector<std::string> const all{"bob@b.test", "robert@b.test"};
    auto const robert = [](std::string text) {
        for (std::size_t at = 0; (at = text.find("bob@b.test", at)) != text.npos; at += 13)
            text.replace(at, 10, "robert@b.test");
        return text;
    };
    struct {
        char const* what;
        std::string from, named;
    } const rows[]{{"another in both", "bob@b.test", "bob@b.test"},
                   {"another in the mail alone", "bob@b.test", "robert@b.test"},
                   {"another in the answer alone", "robert@b.test", "bob@b.test"}};
    for (auto const& row : rows) {
        auto calendar = organized(robert(series(1, 10)));
        EXPECT_EQ(calendar.take(message("REPLY", reply(row.named, "ACCEPTED", 1, 10)), row.from, all).effect,
                  Effect::changed)
            << row.what;
        EXPECT_EQ(calendar.answer("robert@b.test"), "ACCEPTED") << row.what;
        EXPECT_EQ(calendar.answer("bob@b.test"), "nobody") << row.what;
        calendar.take(message("REPLY", reply(row.named, "DECLINED", 1, 11, second)), row.from, all);
        EXPECT_EQ(calendar.answer("robert@b.test", "20261214T100000Z"), "DECLINED") << row.what;
    }
    auto both = organized(series(1, 10, "ATTENDEE:mailto:robert@b.test\n")); // invited twice: as he says it
    both.take(message("REPLY", reply("bob@b.test", "ACCEPTED", 1, 10)), "bob@b.test", all);
    EXPECT_EQ(both.answer("bob@b.test"), "ACCEPTED");
    EXPECT_NE(both.answer("robert@b.test"), "ACCEPTED");
    auto stranger = organized(); // whose other addresses are not known
    stranger.take(message("REPLY", reply("eve@e.test", "ACCEPTED", 1, 10)), "eve@e.test", {"eve@e.test"});
    EXPECT_EQ(stranger.answer("bob@b.test"), "NEEDS-ACTION");
}

TEST(Answer, OfWhoWasNotInvitedIsListedAndNotBelieved) {
    auto calendar = organized();
    calendar.take(message("REPLY", reply("eve@e.test", "ACCEPTED", 1, 10)), "eve@e.test");
    EXPECT_EQ(calendar.answer("eve@e.test"), "ACCEPTED");
    EXPECT_EQ(attendee(*calendar.event(), "eve@e.test")->parameter("X-GODWIT-UNINVITED"), "TRUE");
    for (int i = 0; i < 100; ++i) {
        auto who = "x" + std::to_string(i) + "@e.test";
        calendar.take(message("REPLY", reply(who, "ACCEPTED", 1, 10)), who);
    }
    EXPECT_LE(calendar.event()->properties.size(), 65U);
}

TEST(Answer, NeverReopensAMeeting) {
    auto calendar = organized(series(1, 10, "STATUS:CANCELLED\n"));
    auto before = calendar.text();
    EXPECT_EQ(calendar.take(message("REPLY", reply("bob@b.test", "ACCEPTED", 1, 10)), "bob@b.test").effect,
              Effect::none);
    EXPECT_EQ(calendar.text(), before);
    auto without = organized(series(1, 10, "EXDATE:20261214T100000Z\n"));
    EXPECT_EQ(without.take(message("REPLY", reply("bob@b.test", "ACCEPTED", 1, 10, second)), "bob@b.test").effect,
              Effect::none);
}

TEST(Answer, ToOneOccurrenceMakesItsException) {
    auto calendar = organized();
    calendar.take(message("REPLY", reply("bob@b.test", "DECLINED", 1, 10, second)), "bob@b.test");
    EXPECT_EQ(calendar.answer("bob@b.test", "20261214T100000Z"), "DECLINED");
    EXPECT_EQ(calendar.value("DTSTART", "20261214T100000Z"), "20261214T100000Z");
    EXPECT_EQ(calendar.value("RRULE", "20261214T100000Z"), "");
    EXPECT_EQ(calendar.answer("bob@b.test"), "NEEDS-ACTION");
    auto nowhere = reply("bob@b.test", "DECLINED", 1, 10, "RECURRENCE-ID:20261215T100000Z\n");
    EXPECT_EQ(calendar.take(message("REPLY", nowhere), "bob@b.test").effect, Effect::none);
}

// Of which occurrences there is an exception afterwards.
TEST(Answer, ToOneOccurrenceIsHeardWithinBounds) {
    auto meeting = [](std::string const& rule) {
        return vevent("DTSTAMP:20261101T010000Z\nSEQUENCE:1\nDTSTART:20261207T100000Z\n" + rule + people);
    };
    auto at = [](std::string const& when) { return "RECURRENCE-ID:" + when + "\n"; };
    std::string const daily = "RRULE:FREQ=DAILY\n", weekly = "RRULE:FREQ=WEEKLY\n";
    struct {
        char const* what;
        std::string rule, who, occurrence;
        bool heard;
    } const rows[]{
        {"of who is invited", daily, "bob@b.test", second, true},
        {"of who is not", daily, "eve@e.test", second, false},
        {"in forty years", daily, "bob@b.test", at("20661201T100000Z"), true},
        {"behind that", daily, "bob@b.test", at("20670101T100000Z"), false},
        {"at the end of time", daily, "bob@b.test", at("99991231T100000Z"), false},
        {"beside the rule", weekly, "bob@b.test", at("20261215T100000Z"), false},
        {"of a rule that nobody understands", "RRULE:FREQ=SOMETIMES\n", "bob@b.test", second, false},
        {"of a rule that is not followed so far", "RRULE:FREQ=MINUTELY\n", "bob@b.test", at("20361207T100000Z"), false},
        {"of dates without a rule", "RDATE:20261214T100000Z\n", "bob@b.test", second, true},
        {"that is left out by another clock", weekly + "EXDATE;TZID=Europe/Berlin:20261214T110000\n", "bob@b.test",
         second, false},
        {"where another is left out at those digits", weekly + "EXDATE;TZID=Europe/Berlin:20261214T100000\n",
         "bob@b.test", second, true},
    };
    for (auto const& row : rows) {
        auto calendar = organized(
            meeting(row.rule + "ATTACH:https://a.test/file\n" + "ATTACH;ENCODING=BASE64;VALUE=BINARY:QUFB\n"));
        auto said = message("REPLY", reply(row.who, "DECLINED", 1, 10, row.occurrence));
        calendar.take(said, row.who);
        auto const* made = calendar.event(ical::trimmed(row.occurrence).substr(14, 16));
        EXPECT_EQ(made != nullptr, row.heard) << row.what;
        if (made) EXPECT_EQ(std::ranges::count(made->properties, "ATTACH", &ical::Property::name), 1) << row.what;
    }
}

// So is what the owner himself answers of somebody else's series.
TEST(Answer, OfHisOwnIsToAnOccurrenceThatIsThere) {
    std::string const daily = "DTSTAMP:20261101T000000Z\nDTSTART:20261207T100000Z\nRRULE:FREQ=DAILY\n" + people;
    struct {
        char const* what;
        std::string more, occurrence;
        std::optional<NoAnswer> why;
    } const rows[]{
        {"there", "", "20261214T100000Z", {}},
        {"beside the rule", "", "20261214T110000Z", NoAnswer::no_occurrence},
        {"in forty years", "", "20661201T100000Z", {}},
        {"behind that", "", "99991231T100000Z", NoAnswer::no_occurrence},
        {"left out by another clock", "EXDATE;TZID=Europe/Berlin:20261214T110000\n", "20261214T100000Z",
         NoAnswer::no_occurrence},
        {"not left out, but for its digits", "EXDATE;TZID=Europe/Berlin:20261214T100000\n", "20261214T100000Z", {}},
    };
    for (auto const& row : rows) {
        auto const stored = message("REQUEST", vevent(daily + row.more)).calendar;
        auto const at = *ical::instant(row.occurrence);
        auto const said =
            answered(stored, {.answer = itip::Answer::accepted, .occurrence = at, .now = ical::Instant{}}, bob);
        EXPECT_EQ(said.has_value(), !row.why) << row.what;
        if (!said && row.why) EXPECT_EQ(said.error(), *row.why) << row.what;
    }
}

// In the plain series of the owner one occurrence is a meeting.
TEST(Answer, ToTheOnlyOccurrenceThatIsAMeeting) {
    std::string const plain = "BEGIN:VEVENT\nUID:m1\nDTSTART:20261207T100000Z\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n";
    Calendar calendar{
        .stored = ical::parse(crlf("BEGIN:VCALENDAR\n" + plain + moved(1, "14") + "END:VCALENDAR\n")).value().front(),
        .owner = ann};
    calendar.take(message("REPLY", reply("bob@b.test", "ACCEPTED", 1, 10, second)), "bob@b.test");
    EXPECT_EQ(calendar.answer("bob@b.test", "20261214T100000Z"), "ACCEPTED");
    EXPECT_EQ(calendar.answer("bob@b.test"), "nobody");
}

TEST(Answer, ProposesAnotherTime) {
    auto calendar = organized();
    auto counter = reply("bob@b.test", "TENTATIVE", 1, 10, "DTSTART:20261207T140000Z\nDTEND:20261207T143000Z\n");
    EXPECT_EQ(calendar.take(message("COUNTER", counter), "bob@b.test").effect, Effect::changed);
    auto const* who = attendee(*calendar.event(), "bob@b.test");
    EXPECT_EQ(who->parameter("X-GODWIT-PROPOSED-START"), "20261207T140000Z");
    EXPECT_EQ(who->parameter("X-GODWIT-PROPOSED-END"), "20261207T143000Z");
    EXPECT_EQ(who->parameter("PARTSTAT"), "TENTATIVE");
    EXPECT_EQ(calendar.value("DTSTART"), "20261207T100000Z");
    auto crasher = reply("eve@e.test", "TENTATIVE", 1, 10, "DTSTART:20261207T140000Z\nDTEND:20261207T143000Z\n");
    EXPECT_EQ(calendar.take(message("COUNTER", crasher), "eve@e.test").effect, Effect::none);
}

TEST(Answer, OfADelegateCountsWhenHeWasSent) {
    auto delegate = reply("dan@d.test", "ACCEPTED", 1, 10);
    auto sent = reply("bob@b.test", "DELEGATED;DELEGATED-TO=\"mailto:dan@d.test\"", 1, 11);
    for (bool first : {true, false}) {
        auto calendar = organized();
        if (first) calendar.take(message("REPLY", delegate), "dan@d.test");
        calendar.take(message("REPLY", sent), "bob@b.test");
        if (!first) calendar.take(message("REPLY", delegate), "dan@d.test");
        auto const* dan = attendee(*calendar.event(), "dan@d.test");
        ASSERT_TRUE(dan);
        EXPECT_EQ(dan->parameter("X-GODWIT-UNINVITED"), "") << first;
    }
}

TEST(Schedule, EveryOrderOfAnswersLeadsToOneCalendar) {
    auto says = [](std::string who, std::string events, char const* method = "REPLY") {
        return Arriving{method, std::move(events), std::move(who)};
    };
    std::vector<Arriving> const mails{
        says("bob@b.test", reply("bob@b.test", "ACCEPTED", 1, 10)),
        says("bob@b.test", reply("bob@b.test", "DECLINED", 1, 13)),
        says("cat@c.test", reply("cat@c.test", "ACCEPTED", 1, 14, second)),
        says("cat@c.test", reply("cat@c.test", "TENTATIVE", 1, 12)),
        says("eve@e.test", reply("eve@e.test", "ACCEPTED", 1, 10)),
        says("bob@b.test",
             reply("bob@b.test", "TENTATIVE", 1, 11, "DTSTART:20261207T140000Z\nDTEND:20261207T143000Z\n"), "COUNTER"),
    };
    expect_one_end("answers", mails, organized());
}

} // namespace
} // namespace godwit::itip
