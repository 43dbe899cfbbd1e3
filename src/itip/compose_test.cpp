// The mails of scheduling: who gets what, and that the other side reads it as it was meant.
#include "itip/compose.hpp"
#include "itip/global_id.hpp"
#include "itip/schedule_fixture.hpp"

#include <gmock/gmock.h>

namespace godwit::itip {
namespace {

using testing::HasSubstr;

ical::Instant const now = *ical::instant("20261122T090000Z");

Reading arrived(std::string const& bytes) {
    auto mail = mime::Message::parse(bytes);
    auto reading = in_mail(mail);
    return reading ? *reading : std::unexpected("no part of scheduling");
}

TEST(AnswerMail, IsReadByTheOrganizer) {
    auto invitation = message("REQUEST", series(1, 10)).calendar;
    Answering how{
        .answer = Answer::declined, .self = {"Bob", "robert@b.test"}, .comment = "Sorry, väl\nnot then", .now = now};
    auto mail = answer_mail(invitation, how);
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->subject, "Declined: Weekly 1");
    EXPECT_EQ(mail->to.front().address, "ann@a.test");
    auto bytes = write(*mail);
    EXPECT_THAT(bytes, HasSubstr("method=REPLY"));
    auto reading = arrived(bytes);
    ASSERT_TRUE(reading) << reading.error();
    EXPECT_EQ(reading->method, Method::reply);
    auto text = ical::write(reading->calendar);
    EXPECT_THAT(text, HasSubstr("ATTENDEE;PARTSTAT=DECLINED;CN=Bob:mailto:robert@b.test"));
    EXPECT_THAT(text, HasSubstr("COMMENT:Sorry\\, väl\\nnot then"));
    EXPECT_EQ(mime::Message::parse(bytes).plain(), "Sorry, väl\r\nnot then");
    auto calendar = organized();
    auto robert = organized(series(1, 10, "ATTENDEE:mailto:robert@b.test\n"));
    EXPECT_EQ(robert.take(*reading, "robert@b.test").effect, Effect::changed);
    EXPECT_EQ(robert.answer("robert@b.test"), "DECLINED");
}

// A hostile invitation does not choose whom its answer is mailed to.
TEST(AnswerMail, IsNoneToAnOrganizerWhoIsSeveral) {
    auto invitation = message("REQUEST", series(1, 10)).calendar;
    Answering const how{.self = {"Bob", "bob@b.test"}, .now = now};
    struct Row {
        char const *organizer, *to;
    };
    for (auto const& [organizer, to] : {Row{"mailto:v1@a.test,v2@b.test", nullptr},
                                        {"mailto:Ann <ann@a.test>;v2@b.test", nullptr},
                                        {"mailto:v1@a.test v2@b.test", nullptr},
                                        {"invalid:nomail", nullptr},
                                        {"MAILTO:ann@a.test?cc=v2@b.test", "ann@a.test"}}) {
        for (auto& one : invitation.components)
            if (one.name == "VEVENT") one.set({.name = "ORGANIZER", .value = organizer});
        auto const mail = answer_mail(invitation, how);
        ASSERT_EQ(mail.has_value(), to != nullptr) << organizer;
        if (mail) EXPECT_EQ(mail->to, (std::vector<mime::Address>{{.name = "", .address = to}}));
    }
}

TEST(AnswerMail, OfOneOccurrenceNamesIt) {
    auto invitation = message("REQUEST", series(1, 10)).calendar;
    Answering how{.self = {"", "bob@b.test"}, .occurrence = ical::instant("20261214T100000Z"), .now = now};
    auto calendar = organized();
    EXPECT_EQ(calendar.take(*arrived(write(*answer_mail(invitation, how))), "bob@b.test").effect, Effect::changed);
    EXPECT_EQ(calendar.answer("bob@b.test", "20261214T100000Z"), "ACCEPTED");
    EXPECT_EQ(calendar.answer("bob@b.test"), "NEEDS-ACTION");
    how.occurrence = ical::instant("20261215T100000Z");
    EXPECT_FALSE(answer_mail(invitation, how));
}

TEST(AnswerMail, WithAnotherTimeIsACounter) {
    auto invitation = message("REQUEST", series(1, 10)).calendar;
    Answering how{.answer = Answer::tentative, .self = {"", "bob@b.test"}, .now = now};
    how.proposal = Proposal{*ical::instant("20261207T140000Z"), *ical::instant("20261207T143000Z")};
    auto mail = answer_mail(invitation, how);
    EXPECT_EQ(mail->subject, "New Time Proposed: Weekly 1");
    auto calendar = organized();
    auto reading = arrived(write(*mail));
    EXPECT_EQ(reading->method, Method::counter);
    EXPECT_EQ(calendar.take(*reading, "bob@b.test").effect, Effect::changed);
    EXPECT_EQ(attendee(*calendar.event(), "bob@b.test")->parameter("X-GODWIT-PROPOSED-START"), "20261207T140000Z");
}

TEST(AnswerMail, NoOtherTimeIsProposedWhereNoneIsWanted) { // MS-ASCAL 2.2.2.17
    auto const no = "X-MICROSOFT-DISALLOW-COUNTER:TRUE\n";
    Answering how{.self = {"", "bob@b.test"}, .now = now};
    auto invitation = message("REQUEST", series(1, 10, no)).calendar;
    EXPECT_TRUE(answer_mail(invitation, how));
    how.proposal = Proposal{*ical::instant("20261207T140000Z"), *ical::instant("20261207T143000Z")};
    EXPECT_FALSE(answer_mail(invitation, how));
    auto unwilling = organized(series(1, 10, no)), willing = organized(); // who proposes all the same
    auto mail = answer_mail(message("REQUEST", series(1, 10)).calendar, how);
    EXPECT_EQ(unwilling.take(*arrived(write(*mail)), "bob@b.test").effect, Effect::none);
    EXPECT_EQ(willing.take(*arrived(write(*mail)), "bob@b.test").effect, Effect::changed);
}

TEST(AnswerMail, ToNobodyIsNone) {
    auto lonely = ical::parse("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:m1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")->front();
    EXPECT_FALSE(answer_mail(lonely, {.self = {"", "bob@b.test"}, .now = now}));
}

// ---- the organizer's changes

std::string only_cat(std::string text) {
    auto at = text.find("ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:bob@b.test\n");
    return text.erase(at, std::string("ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:bob@b.test\n").size());
}

struct Change {
    char const* what;
    std::string before, after;      // events; empty: none
    std::vector<std::string> mails; // method, whom, which occurrence
};

std::string told(Mail const& mail) {
    auto out = std::string(name_of(mail.method));
    for (auto const& one : mail.to) out += " " + one.address;
    for (auto const& one : mail.calendar.components)
        if (one.name == "VEVENT" && one.find("RECURRENCE-ID")) out += " " + std::string(one.value("RECURRENCE-ID"));
    return out;
}

TEST(OrganizersChange, ConcernsWhomItConcerns) {
    std::string const plain = series(1, 10), both = " bob@b.test cat@c.test";
    std::vector<Change> const rows{
        {"a new meeting", "", plain, {"REQUEST" + both}},
        {"nothing", plain, plain, {}},
        {"what is his own",
         plain,
         series(1, 10, "CATEGORIES:Red\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\nBEGIN:VALARM\nEND:VALARM\n"),
         {}},
        {"another time", plain, series(2, 12), {"REQUEST" + both}},
        {"a place", plain, series(1, 10, "LOCATION:Room\n"), {"REQUEST" + both}},
        {"a guest less", plain, only_cat(plain), {"CANCEL bob@b.test"}},
        {"a guest more", only_cat(plain), plain, {"REQUEST bob@b.test"}},
        {"a guest less, another time", plain, only_cat(series(2, 12)), {"CANCEL bob@b.test", "REQUEST cat@c.test"}},
        {"gone", plain, "", {"CANCEL" + both}},
        {"cancelled", plain, series(1, 10, "STATUS:CANCELLED\n"), {"CANCEL" + both}},
        {"cancelled before it goes", series(1, 10, "STATUS:CANCELLED\n"), "", {}},
        {"called again", series(1, 10, "STATUS:CANCELLED\n"), plain, {"REQUEST" + both}},
        {"an occurrence less",
         plain,
         series(1, 10, "EXDATE:20261214T100000Z\n"),
         {"CANCEL" + both + " 20261214T100000Z"}},
        {"an occurrence moved", plain, plain + moved(1, "14"), {"REQUEST" + both + " 20261214T100000Z"}},
        {"an occurrence as it was", plain + moved(1, "14"), plain + moved(1, "14"), {}},
        {"a moved occurrence less",
         plain + moved(1, "14"),
         series(1, 10, "EXDATE:20261214T100000Z\n"),
         {"CANCEL" + both + " 20261214T100000Z"}},
        {"a guest less at one of them",
         plain,
         plain + only_cat(moved(1, "14")),
         {"CANCEL bob@b.test 20261214T100000Z", "REQUEST cat@c.test 20261214T100000Z"}},
        {"nobody is invited", "", vevent("DTSTAMP:20261101T000000Z\nDTSTART:20261207T100000Z\n"), {}},
    };
    for (auto const& row : rows) {
        auto before = row.before.empty() ? std::nullopt : std::optional(message("PUBLISH", row.before).calendar);
        auto after = row.after.empty() ? std::nullopt : std::optional(message("PUBLISH", row.after).calendar);
        auto mails = mails_of_change(before ? &*before : nullptr, after ? &*after : nullptr, ann, "Ann", now);
        std::vector<std::string> said;
        for (auto const& mail : mails) said.push_back(told(mail));
        EXPECT_EQ(said, row.mails) << row.what;
        EXPECT_TRUE(mails_of_change(before ? &*before : nullptr, after ? &*after : nullptr, bob, "Bob", now).empty())
            << "law 9: " << row.what;
    }
}

TEST(OrganizersChange, ArrivesAtTheGuests) {
    Calendar guest;
    std::optional<ical::Component> was;
    auto step = [&](std::string const& events) {
        std::optional<ical::Component> is;
        if (!events.empty()) is = message("PUBLISH", events).calendar;
        if (was && is) is = revised(*was, *is);
        for (auto const& mail : mails_of_change(was ? &*was : nullptr, is ? &*is : nullptr, ann, "Ann", now))
            if (std::ranges::find(mail.to, "bob@b.test", &mime::Address::address) != mail.to.end())
                EXPECT_EQ(guest.take(*arrived(write(mail)), from_ann).effect, Effect::changed) << events;
        was = is;
    };
    step(series(1, 10));
    EXPECT_EQ(guest.value("SUMMARY"), "Weekly 1");
    step(series(2, 12));
    EXPECT_EQ(guest.value("DTSTART"), "20261207T120000Z");
    step(series(3, 10));
    step(series(3, 10, "EXDATE:20261214T100000Z\n"));
    EXPECT_EQ(guest.value("EXDATE"), "20261214T100000Z");
    step(series(4, 10, "EXDATE:20261214T100000Z\n") + moved(5, "21"));
    EXPECT_EQ(guest.value("DTSTART", "20261221T100000Z"), "20261221T150000Z");
    step("");
    EXPECT_EQ(guest.value("STATUS"), "CANCELLED");
}

// An appointment that is a meeting in one occurrence alone, or has been made one as a whole: whoever is invited gets
// a word that he takes.
TEST(OrganizersChange, IsHeardWhereOneComponentHasTheOrganizer) {
    auto plain = [](std::string const& lines) { return "BEGIN:VEVENT\nUID:m1\n" + lines + "END:VEVENT\n"; };
    std::string const when = "DTSTAMP:20261101T000000Z\nDTSTART:20261207T100000Z\nRRULE:FREQ=WEEKLY;COUNT=4\n";
    auto const alone = plain(when), gone = plain(when + "EXDATE:20261214T100000Z\n"), placed = plain(when + "URL:x\n"),
               lunch = plain("RECURRENCE-ID:20261214T100000Z\nDTSTART:20261214T120000Z\nSUMMARY:Lunch\n");
    std::string const both = " bob@b.test cat@c.test", only = " 20261214T100000Z";
    struct Step {
        char const* what;
        std::string before, after;
        std::vector<std::string> mails; // method, to, occurrences
    };
    std::vector<Step> const steps{
        {"to one occurrence", alone, alone + moved(1, "14"), {"REQUEST" + both + only}},
        {"of a new series", "", alone + moved(1, "14"), {"REQUEST" + both + only}},
        {"while the series changes", alone, placed + moved(1, "14"), {"REQUEST" + both + only}},
        {"not any more", alone + moved(1, "14"), gone, {"CANCEL" + both + only}},
        {"all is gone", alone + moved(1, "14"), "", {"CANCEL" + both + only}},
        {"to the series and its occurrence", alone + lunch, series(1, 10) + lunch, {"REQUEST" + both + only}},
    };
    auto parsed = [](std::string const& events) {
        return events.empty() ? std::optional<ical::Component>()
                              : ical::parse(crlf("BEGIN:VCALENDAR\n" + events + "END:VCALENDAR\n"))->front();
    };
    for (auto const& step : steps) {
        auto before = parsed(step.before), after = parsed(step.after);
        if (before && after) after = revised(*before, *after);
        std::vector<std::string> said;
        for (auto const& mail :
             mails_of_change(before ? &*before : nullptr, after ? &*after : nullptr, ann, "Ann", now)) {
            auto& one = said.emplace_back(name_of(mail.method));
            for (auto const& to : mail.to) one += " " + to.address;
            EXPECT_EQ(mail.from.address, "ann@a.test") << step.what;
            for (auto const& event : mail.calendar.components) {
                EXPECT_EQ(organizer_of(event), "ann@a.test") << step.what;
                EXPECT_FALSE(event.find("EXDATE") && mail.method == Method::request) << step.what;
                if (event.find("RECURRENCE-ID")) one += " " + std::string(event.value("RECURRENCE-ID"));
            }
            EXPECT_EQ(Calendar{}.take(*arrived(write(mail)), from_ann).effect, Effect::changed) << step.what;
        }
        EXPECT_EQ(said, step.mails) << step.what;
        std::vector<std::string> const others{"eve@e.test"};
        EXPECT_TRUE(
            mails_of_change(before ? &*before : nullptr, after ? &*after : nullptr, others, "Eve", now).empty());
    }
    auto shared = message("REQUEST", series(1, 10) + lunch); // as somebody else may write it
    Calendar guest;
    EXPECT_EQ(guest.take(shared, from_ann).effect, Effect::changed);
    EXPECT_EQ(guest.value("SUMMARY", "20261214T100000Z"), "Lunch");
}

TEST(OrganizersChange, KeepsToHimselfWhatIsHis) {
    auto own = "CATEGORIES:Red\nX-GODWIT-CLIENT-UID:1\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n"
               "ATTENDEE;X-GODWIT-UNINVITED=TRUE:mailto:eve@e.test\n";
    auto after = ical::parse(crlf("BEGIN:VCALENDAR\n" + series(1, 10, own) + "END:VCALENDAR\n"))->front();
    auto mails = mails_of_change(nullptr, &after, ann, "Ann", now);
    ASSERT_EQ(mails.size(), 1U);
    auto text = write(mails.front());
    for (auto secret : {"CATEGORIES", "X-GODWIT", "BUSYSTATUS"}) EXPECT_THAT(text, testing::Not(HasSubstr(secret)));
    EXPECT_THAT(text, HasSubstr("INTENDEDSTATUS:OOF"));
    EXPECT_EQ(mails.front().to.size(), 2U);
}

TEST(OrganizersChange, OfTheTimeAsksAnew) {
    auto answered = series(1, 10), later = series(1, 12), place = series(1, 10, "LOCATION:Room\n");
    for (auto* one : {&answered, &later, &place}) one->replace(one->find("NEEDS-ACTION"), 12, "ACCEPTED");
    auto before = message("PUBLISH", answered).calendar;
    auto again = revised(before, message("PUBLISH", later).calendar);
    EXPECT_THAT(ical::write(again), testing::Not(HasSubstr("ACCEPTED")));
    EXPECT_THAT(ical::write(again), HasSubstr("SEQUENCE:2"));
    auto same = revised(before, message("PUBLISH", place).calendar);
    EXPECT_THAT(ical::write(same), HasSubstr("ACCEPTED"));
    EXPECT_THAT(ical::write(same), HasSubstr("SEQUENCE:1"));
}

// ---- what is no message of scheduling

TEST(Reading, TakesOnlyWhatItUnderstands) {
    struct Row {
        char const* what;
        std::string type, body;
        std::string error; // "none": not scheduling at all; empty: read
    };
    auto calendar = [](std::string const& head, std::string const& events) {
        return "BEGIN:VCALENDAR\nVERSION:2.0\n" + head + events + "END:VCALENDAR\n";
    };
    auto many = [](int count, std::string const& text) {
        std::string out;
        for (int i = 0; i < count; ++i) out += text;
        return out;
    };
    auto request = calendar("METHOD:REQUEST\n", series(1, 10));
    std::vector<Row> const rows{
        {"an invitation", "text/calendar; method=REQUEST", request, ""},
        {"without the parameter", "text/calendar", request, ""},
        {"without the property", "text/calendar; method=request", calendar("", series(1, 10)), ""},
        {"that disagree", "text/calendar; method=CANCEL", request, "a method that is not that of its part"},
        {"a calendar", "text/calendar", calendar("", series(1, 10)), "none"},
        {"an attached one", "text/calendar\nContent-Disposition: attachment", request, "none"},
        {"an attached one that says so", "text/calendar; method=REQUEST\nContent-Disposition: attachment", request, ""},
        {"an attached file", "application/ics", request, "none"},
        {"a text", "text/plain", request, "none"},
        {"nothing", "text/calendar; method=REQUEST", "", "no VCALENDAR"},
        {"an unknown method", "text/calendar; method=JUMP", calendar("METHOD:JUMP\n", series(1, 10)),
         "an unknown method"},
        {"a task", "text/calendar; method=REQUEST", calendar("METHOD:REQUEST\n", "BEGIN:VTODO\nUID:t\nEND:VTODO\n"),
         "no event"},
        {"two meetings", "text/calendar; method=REQUEST",
         calendar("METHOD:REQUEST\n", series(1, 10) + "BEGIN:VEVENT\nUID:m2\nDTSTART:20261207T100000Z\nEND:VEVENT\n"),
         "several events"},
        {"many occurrences", "text/calendar; method=REQUEST",
         calendar("METHOD:REQUEST\n", many(1001, "BEGIN:VEVENT\nUID:m2\nDTSTART:20261207T100000Z\nEND:VEVENT\n")),
         "too many occurrences"},
        {"many properties", "text/calendar; method=REQUEST",
         calendar("METHOD:REQUEST\n", series(1, 10, many(10'001, "X-A:1\n"))), "an event of too many properties"},
        {"zones of nobody", "text/calendar; method=REQUEST",
         calendar("METHOD:REQUEST\n", many(1000, "BEGIN:VTIMEZONE\nTZID:Z\nEND:VTIMEZONE\n") + series(1, 10)), ""},
        {"no start", "text/calendar; method=REQUEST",
         calendar("METHOD:REQUEST\n", "BEGIN:VEVENT\nUID:m2\nEND:VEVENT\n"), "an event without a start"},
        {"a cancellation needs none", "text/calendar; method=CANCEL",
         calendar("METHOD:CANCEL\n", "BEGIN:VEVENT\nUID:m2\nEND:VEVENT\n"), ""},
        {"a range", "text/calendar; method=CANCEL",
         calendar("METHOD:CANCEL\n",
                  "BEGIN:VEVENT\nUID:m2\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261214T100000Z\nEND:VEVENT\n"),
         "a range of occurrences"},
    };
    for (auto const& row : rows) {
        auto bytes = crlf("Subject: x\nContent-Type: " + row.type + "\n\n" + row.body);
        auto mail = mime::Message::parse(bytes);
        auto reading = in_mail(mail);
        auto said = !reading ? "none" : *reading ? std::string() : std::string(reading->error());
        EXPECT_EQ(said, row.error) << row.what;
    }
}

// Each look at a zone costs what it is long, and each date is a look at it.
TEST(Reading, RefusesWhatCostsTooMuch) {
    auto many = [](int count, std::string const& text) {
        std::string out;
        for (int i = 0; i < count; ++i) out += text;
        return out;
    };
    auto zoned = [&](std::string const& zone, std::string const& more) {
        return "BEGIN:VTIMEZONE\nTZID:Z\n" + zone + "END:VTIMEZONE\n" +
               series(1, 10, "RDATE;TZID=Z:20261209T100000\n" + more);
    };
    std::string const date = "20261209T100000Z";
    struct {
        std::string events, error;
    } const rows[]{
        {zoned(many(1997, "X-A:1\n"), ""), ""},
        {zoned(many(1998, "X-A:1\n"), ""), "a zone too large"},
        {zoned("X-A:" + many(70'000, "z") + "\n", ""), "a zone too large"},
        {zoned("", many(100, "EXDATE:" + many(98, date + ",") + date + "\n")), ""},
        {zoned("", many(100, "EXDATE:" + many(99, date + ",") + date + "\n")), "an event of too many dates"}};
    for (auto const& row : rows) {
        auto const reading =
            read(crlf("BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\n" + row.events + "END:VCALENDAR\n"));
        EXPECT_EQ(reading ? std::string() : std::string(reading.error()), row.error);
    }
}

TEST(Reading, BelievesNoMarksOfOurs) {
    auto said = message("REQUEST", series(1, 10,
                                          "X-GODWIT-REPLY-TIME:20261101T000000Z\nX-OTHER:1\n"
                                          "ATTENDEE;X-GODWIT-UNINVITED=TRUE:mailto:dan@d.test\n"));
    auto text = ical::write(said.calendar);
    EXPECT_THAT(text, testing::Not(HasSubstr("X-GODWIT")));
    EXPECT_THAT(text, HasSubstr("X-OTHER"));
}

TEST(GlobalObjectId, LeadsToTheUidAndBack) {
    std::string const outlooks = "040000008200E00074C5B7101A82E00800000000E0A15CAD0FE3C6010000000000000000"
                                 "10000000C5B2A4D3E6F708192A3B4C5D6E7F8091";
    std::vector<std::string> const uids{"m1@a.test", outlooks, "040000008200E00074C5",
                                        "",          "värld",  std::string(300, 'x')};
    for (auto const& uid : uids) {
        auto id = global_object_id(uid);
        EXPECT_EQ(uid_of(id), uid);
        auto day = std::chrono::local_days(std::chrono::year(2026) / 12 / 14);
        auto instance = global_object_id(uid, day);
        EXPECT_EQ(instance.substr(16, 4), std::string("\x07\xEA\x0C\x0E", 4)) << uid;
        EXPECT_EQ(uid_of(instance), uid);
    }
    EXPECT_EQ(global_object_id("m1").substr(36), std::string("\x0F\0\0\0vCal-Uid\x01\0\0\0m1\0", 19));
    for (auto bad : {"", "x", "\x04\x00\x00\x00"}) EXPECT_EQ(uid_of(bad), "");
    EXPECT_EQ(uid_of(global_object_id("m1").substr(0, 45)).substr(0, 8), "04000000"); // cut: by its bytes
}

} // namespace
} // namespace godwit::itip
