// When somebody has no time: rules, exceptions, days, zones, and what does not count.
#include "itip/free_busy.hpp"
#include "itip/schedule_fixture.hpp"

#include <random>

namespace godwit::itip {
namespace {

ical::Instant at(std::string_view text) { return ical::instant(text).value(); }
Range const december{at("20261201T000000Z"), at("20270101T000000Z")};
ical::Zone const berlin = *ical::Zone::named("Europe/Berlin");

std::string written(std::vector<BusyTime> const& times) {
    std::string out;
    for (auto const& one : times)
        out += ical::raw(one.start).substr(4, 7) + "-" + ical::raw(one.end).substr(4, 7) + " " +
               std::to_string(static_cast<int>(one.how)) + "\n";
    return out;
}
std::string taken(std::string const& events, Range range = december) {
    auto calendar = ical::parse(crlf("BEGIN:VCALENDAR\n" + events + "END:VCALENDAR\n"))->front();
    Effort effort;
    return written(merged(busy_times(calendar, range, berlin, effort)));
}

struct Row {
    char const* what;
    std::string events, taken;
};

TEST(FreeBusy, OfOneEvent) {
    std::string const hour = "DTSTART:20261207T100000Z\nDTEND:20261207T110000Z\n", rule = "RRULE:FREQ=WEEKLY;COUNT=3\n";
    std::string const once = "1207T10-1207T11 2\n";
    Row const rows[]{
        {"an hour", vevent(hour), once},
        {"its length", vevent("DTSTART:20261207T100000Z\nDURATION:PT1H\n"), once},
        {"a moment", vevent("DTSTART:20261207T100000Z\n"), ""},
        {"no start", vevent("SUMMARY:x\n"), ""},
        {"free", vevent(hour + "TRANSP:TRANSPARENT\n"), ""},
        {"free as Outlook says it", vevent(hour + "X-MICROSOFT-CDO-BUSYSTATUS:FREE\n"), ""},
        {"works elsewhere", vevent(hour + "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE\n"), ""},
        {"away", vevent(hour + "X-MICROSOFT-CDO-BUSYSTATUS:OOF\n"), "1207T10-1207T11 3\n"},
        {"with reservation", vevent(hour + "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\n"), "1207T10-1207T11 1\n"},
        {"a tentative event", vevent(hour + "STATUS:TENTATIVE\n"), "1207T10-1207T11 1\n"},
        {"cancelled", vevent(hour + "STATUS:CANCELLED\n"), ""},
        {"a clock elsewhere",
         vevent("DTSTART;TZID=America/New_York:20261207T050000\nDTEND;TZID=America/New_York:20261207T060000\n"), once},
        {"a clock that floats", vevent("DTSTART:20261207T110000\nDTEND:20261207T120000\n"), once},
        {"a day", vevent("DTSTART;VALUE=DATE:20261207\n"), "1206T23-1207T23 2\n"},
        {"cut to the range", vevent("DTSTART:20261130T100000Z\nDTEND:20261201T110000Z\n"), "1201T00-1201T11 2\n"},
        {"before the range", vevent("DTSTART:20261130T100000Z\nDTEND:20261201T000000Z\n"), ""},
        {"a rule", vevent(hour + rule), once + "1214T10-1214T11 2\n1221T10-1221T11 2\n"},
        {"a rule that began long ago",
         vevent("DTSTART:20061206T100000Z\nDTEND:20061206T110000Z\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=7\n"), once},
        {"left out", vevent(hour + rule + "EXDATE:20261214T100000Z\n"), once + "1221T10-1221T11 2\n"},
        {"left out by its day", vevent(hour + rule + "EXDATE;VALUE=DATE:20261214\n"), once + "1221T10-1221T11 2\n"},
        {"left out at an hour that it has not", vevent(hour + rule + "EXDATE:20261214T120000Z\n"),
         once + "1221T10-1221T11 2\n"},
        {"left out in the evening of America",
         vevent("DTSTART;TZID=America/New_York:20261206T210000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n"
                "EXDATE;VALUE=DATE:20261207\n"),
         "1207T02-1207T03 2\n1209T02-1209T03 2\n"},
        {"one of two a day left out",
         vevent("DTSTART:20261207T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=10,15;COUNT=2\n"
                "EXDATE:20261207T150000Z\n"),
         once},
        {"moved by its day",
         vevent(hour + rule) + vevent("RECURRENCE-ID;VALUE=DATE:20261214\nDTSTART:20261215T100000Z\nDURATION:PT1H\n"),
         once + "1215T10-1215T11 2\n1221T10-1221T11 2\n"},
        {"moved, and one that is off",
         vevent(hour + rule) +
             vevent("RECURRENCE-ID:20261214T100000Z\nDTSTART:20261215T100000Z\nDTEND:20261215T110000Z\n") +
             vevent("RECURRENCE-ID:20261221T100000Z\nSTATUS:CANCELLED\nDTSTART:20261221T100000Z\n"
                    "DTEND:20261221T110000Z\n"),
         once + "1215T10-1215T11 2\n"},
        {"one of somebody's series", vevent("RECURRENCE-ID:20261207T100000Z\n" + hour), once},
        {"summer and winter",
         vevent("DTSTART;TZID=Europe/Berlin:20261001T110000\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYMONTHDAY=7\n"), once},
    };
    for (auto const& row : rows) EXPECT_EQ(taken(row.events), row.taken) << row.what;
}

TEST(FreeBusy, IsBounded) {
    auto hourly = vevent("DTSTART:20261201T000000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY\n");
    auto calendar = ical::parse(crlf("BEGIN:VCALENDAR\n" + hourly + "END:VCALENDAR\n"))->front();
    Effort effort{.occurrences = 800};
    EXPECT_EQ(busy_times(calendar, december, berlin, effort).size(), 31U * 24);
    EXPECT_FALSE(effort.spent);
    EXPECT_LT(effort.occurrences, 60U);
    busy_times(calendar, december, berlin, effort);
    EXPECT_TRUE(busy_times(calendar, december, berlin, effort).empty());
    EXPECT_TRUE(effort.spent);
    auto never = vevent("DTSTART:20261201T000000Z\nDURATION:PT1M\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31\n");
    calendar = ical::parse(crlf("BEGIN:VCALENDAR\n" + never + "END:VCALENDAR\n"))->front();
    Effort looked{.occurrences = 1000};
    for (int i = 0; i < 20; ++i) busy_times(calendar, december, berlin, looked);
    EXPECT_TRUE(looked.spent); // a rule costs also where it gives nothing
}

// Against the plain way: minute by minute.
TEST(FreeBusy, MergedIsTheMostBindingOfEachMinute) {
    std::mt19937 random(7); // the same each time
    auto const start = december.from;
    for (int round = 0; round < 300; ++round) {
        std::vector<BusyTime> times;
        std::array<int, 61> plain{};
        for (auto count = random() % 8; count > 0; --count) {
            auto first = random() % 60, length = 1 + random() % (60 - first);
            auto how = 1 + random() % 3;
            times.push_back({start + std::chrono::minutes(first), start + std::chrono::minutes(first + length),
                             static_cast<Busy>(how)});
            for (auto i = first; i < first + length; ++i) plain[i] = std::max(plain[i], static_cast<int>(how));
        }
        std::vector<BusyTime> expected;
        for (std::size_t i = 0, from = 0; i < 60; ++i) {
            if (plain[i + 1] == plain[i] && i < 59) continue;
            if (plain[i] > 0)
                expected.push_back({start + std::chrono::minutes(from), start + std::chrono::minutes(i + 1),
                                    static_cast<Busy>(plain[i])});
            from = i + 1;
        }
        ASSERT_EQ(merged(times), expected) << round;
    }
}

} // namespace
} // namespace godwit::itip
