// RANGE=THISANDFUTURE: what it makes of the occurrences behind it.
#include "ical/object.hpp"
#include "ical/range.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace godwit::ical {
namespace {

std::string crlf(std::string const& text) {
    std::string out;
    for (char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}
Component calendar(std::string const& events) {
    return parse(crlf("BEGIN:VCALENDAR\nVERSION:2.0\n" + events + "END:VCALENDAR\n"))->front();
}
std::string event(std::string const& lines) { return "BEGIN:VEVENT\nUID:r\n" + lines + "END:VEVENT\n"; }
// "id start end summary" of each, one a line
std::string told(std::vector<Component> const& events) {
    std::string out;
    for (auto const& one : events)
        out += std::string(one.value("RECURRENCE-ID")) + ' ' + std::string(one.value("DTSTART")) + ' ' +
               std::string(one.value("DTEND")) + ' ' + text(one.value("SUMMARY")) + '\n';
    return out;
}

std::string const series = event("SUMMARY:Old\nDTSTART;TZID=Europe/Berlin:20261005T100000\n"
                                 "DTEND;TZID=Europe/Berlin:20261005T110000\nRRULE:FREQ=WEEKLY;COUNT=6\n"
                                 "EXDATE;TZID=Europe/Berlin:20261102T100000\n");
std::string range(std::string const& day, std::string const& lines) {
    return event("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:" + day + "T100000\n" + lines);
}
std::string const later = range("20261019", "SUMMARY:New\nDTSTART;TZID=Europe/Berlin:20261020T140000\n"
                                            "DTEND;TZID=Europe/Berlin:20261020T143000\n");

TEST(Range, MovesWhatComesBehindIt) {
    auto one = calendar(series + later);
    EXPECT_EQ(told(ranged(one).events), "20261026T100000 20261027T140000 20261027T143000 New\n"
                                        "20261109T100000 20261110T140000 20261110T143000 New\n");
}

TEST(Range, LeavesWhatIsSpokenOfByNameAndEndsAtTheNext) {
    auto const named = event("RECURRENCE-ID:20261026T090000Z\nSUMMARY:Named\nDTSTART:20261026T120000Z\n"); // in UTC
    auto const next = range("20261109", "SUMMARY:Newer\nDTSTART;TZID=Europe/Berlin:20261109T080000\n");
    auto one = calendar(series + later + named);
    EXPECT_EQ(told(ranged(one).events), "20261109T100000 20261110T140000 20261110T143000 New\n");
    auto two =
        calendar(event("DTSTART;TZID=Europe/Berlin:20261005T100000\nRRULE:FREQ=WEEKLY;COUNT=8\n") + later + next);
    EXPECT_EQ(told(ranged(two).events),
              "20261026T100000 20261027T140000 20261027T143000 New\n"
              "20261102T100000 20261103T140000 20261103T143000 New\n"
              "20261116T100000 20261116T080000  Newer\n20261123T100000 20261123T080000  Newer\n");
}

TEST(Range, KeepsTheWallClock) { // told in UTC across the end of daylight time
    auto one =
        calendar(series + event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261019T080000Z\nDTSTART:20261019T120000Z\n"));
    EXPECT_EQ(told(ranged(one).events), "20261026T100000 20261026T130000Z  \n20261109T100000 20261109T130000Z  \n");
}

TEST(Range, IsBoundedAndNothingWithoutASeries) {
    auto endless = calendar(event("DTSTART:20261005T100000Z\nRRULE:FREQ=DAILY\n") +
                            event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261006T100000Z\nDTSTART:20261006T110000Z\n"));
    EXPECT_EQ(ranged(endless).events.size(), most_in_range);
    for (auto const& none :
         {later, series, event("DTSTART:20261005T100000Z\n") + later, event("RRULE:FREQ=DAILY\n") + later,
          series + range("20261019", "DTSTART:nonsense\n"), series + range("nonsense", "DTSTART:20261020T140000Z\n")}) {
        auto one = calendar(none);
        EXPECT_TRUE(ranged(one).events.empty()) << none;
    }
}

// By whoever reads the object: a file that comes in has them beside the range, once.
TEST(Range, OfAFileIsWrittenOut) {
    auto once = split({calendar(series + later)});
    ASSERT_EQ(once.objects.size(), 1U);
    auto const& object = once.objects.front().calendar;
    EXPECT_EQ(std::ranges::count(object.components, "VEVENT", &Component::name), 4);
    EXPECT_TRUE(write(object).contains("RANGE=THISANDFUTURE"));
    EXPECT_EQ(split({object}).objects.front().calendar, object);
}

// However large the override is, what a range makes of it is not; without the files that lie in it.
TEST(Range, MakesNoMoreThanHasRoom) {
    auto const daily = event("DTSTART:20261005T100000Z\nRRULE:FREQ=DAILY\n");
    auto first = [](std::string const& lines) {
        return event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261005T100000Z\nDTSTART:20261005T120000Z\n" + lines);
    };
    std::string guests;
    for (int i = 0; i < 1000; ++i) guests += "ATTENDEE:mailto:g@x\n";
    struct {
        char const* what;
        std::string lines;
        std::size_t made;
        bool cut;
    } const rows[]{
        {"an honest one", "DESCRIPTION:" + std::string(10'000, 'd') + "\n", 200, false},
        {"with a file", "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + std::string(1'000'000, 'A') + "\n", 200, false},
        {"of many lines", guests, 49, true},
        {"of many bytes", "DESCRIPTION:" + std::string(1'000'000, 'd') + "\n", 4, true},
        {"that has no room at all", "DESCRIPTION:" + std::string(5'000'000, 'd') + "\n", 0, true},
    };
    for (auto const& row : rows) {
        auto one = calendar(daily + first(row.lines));
        auto made = ranged(one);
        EXPECT_EQ(made.events.size(), row.made) << row.what;
        EXPECT_EQ(made.cut, row.cut) << row.what;
        auto parts = split({one});
        EXPECT_EQ(parts.refused.size(), row.cut ? 1U : 0U) << row.what;
        auto again = split({parts.objects.front().calendar}).objects.front().calendar;
        EXPECT_EQ(again, parts.objects.front().calendar) << row.what; // nothing comes after the 200
    }
}

} // namespace
} // namespace godwit::ical
