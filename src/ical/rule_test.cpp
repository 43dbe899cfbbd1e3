#include "ical/rule.hpp"

#include <gtest/gtest.h>

namespace godwit::ical {
namespace {

using namespace std::chrono;

Local at(std::string_view raw) { return moment(raw).value().at; }

std::string shown(std::string_view rule, std::string_view start, std::size_t most = 6,
                  std::string_view until = "21000101T000000") {
    auto parsed = parse_rule(rule);
    if (!parsed) return "no rule";
    std::string out;
    for (auto one : expand(*parsed, at(start), {at(until), most})) out += raw(Moment{.at = one}).substr(0, 8) + " ";
    return out;
}

TEST(Value, Moments) {
    EXPECT_EQ(raw(*moment("20240531T091500Z")), "20240531T091500Z");
    EXPECT_EQ(moment("20240531")->kind, Moment::Kind::date);
    EXPECT_EQ(moment("20240531T240000")->at, at("20240601T000000"));
    EXPECT_EQ(moment("20240531T235960")->at, at("20240601T000000"));
    for (auto bad : {"", "2024053", "20240230", "20240531T", "20240531T0915", "20240531T250000", "00000101", "x"})
        EXPECT_FALSE(moment(bad)) << bad;
    EXPECT_EQ(property("DTSTART", *moment("20240531")).parameter("VALUE"), "DATE");
    EXPECT_EQ(property("DTSTART", *moment("20240531T091500", "A")).parameter("TZID"), "A");
}

TEST(Value, Durations) {
    struct {
        char const* raw;
        seconds value;
    } const rows[] = {{"PT15M", minutes(15)}, {"-PT15M", -minutes(15)},       {"P1W", weeks(1)},
                      {"P1DT2H", hours(26)},  {"+PT1H30M20S", seconds(5420)}, {"PT0S", seconds(0)}};
    for (auto const& row : rows) {
        EXPECT_EQ(duration(row.raw), row.value) << row.raw;
        EXPECT_EQ(duration(raw_duration(row.value)), row.value) << row.raw;
    }
    for (auto bad : {"", "P", "15M", "PT", "P1H", "PT1D", "P9999999999D", "PT1", "P-1D", "PTT1H"})
        EXPECT_FALSE(duration(bad)) << bad;
    EXPECT_EQ(utc_offset("-0330"), -minutes(210));
    EXPECT_EQ(utc_offset("+013015"), seconds(5415));
    for (auto bad : {"", "0100", "+01:00", "+2400", "+1"}) EXPECT_FALSE(utc_offset(bad)) << bad;
}

TEST(Rule, OccurrencesAreThoseOfTheStandard) {
    struct {
        char const *rule, *start, *expected;
    } const rows[] = {
        {"FREQ=DAILY;COUNT=3", "19970902T090000", "19970902 19970903 19970904 "},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T090000",
         "19970805 19970810 19970819 19970824 "},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T090000",
         "19970805 19970817 19970819 19970831 "},
        {"FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "20240131T090000", "20240131 20240331 20240531 "},
        {"FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "20240131T090000", "20240131 20240229 20240331 "},
        {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "20240131T090000", "20240131 20240229 "},
        {"FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;COUNT=2", "20241027T090000", "20241027 20251026 "},
        {"FREQ=YEARLY;UNTIL=20260101", "20240229T090000", "20240229 "},
        {"FREQ=DAILY;UNTIL=20240103", "20240101T090000", "20240101 20240102 20240103 "},
        {"RSCALE=CHINESE;FREQ=YEARLY;COUNT=3", "20130210T090000", "20130210 20140131 20150219 "},
        {"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "19970902T090000", "19980213 19980313 19981113 "},
    };
    for (auto const& row : rows) EXPECT_EQ(shown(row.rule, row.start), row.expected) << row.rule;
}

// Bad input of the issue: what never matches, what would match a million times, what is nonsense.
TEST(Rule, CostsAreBounded) {
    for (auto never :
         {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=2,4;BYMONTHDAY=31",
          "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;BYSETPOS=3;BYHOUR=1",
          "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=3",
          "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=40", "FREQ=YEARLY;BYDAY=53MO;BYMONTH=3", "FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2",
          "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=5MO", "FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=MO;BYSETPOS=2",
          "RSCALE=HEBREW;FREQ=MONTHLY;BYDAY=MO;BYSETPOS=40", "FREQ=DAILY;INTERVAL=7;BYDAY=WE"})
        EXPECT_EQ(shown(never, "20240101T090000"), "") << never;
    EXPECT_EQ(
        expand(*parse_rule("FREQ=SECONDLY;COUNT=1000000"), at("20240101T000000"), {at("21000101T000000"), 1000}).size(),
        1000U);
    EXPECT_TRUE(expand(*parse_rule("FREQ=DAILY"), at("20240102T000000"), {at("20240101T000000"), 9}).empty());
}

// What this room knows of a rule is what libical does of it.
TEST(Rule, ComesIfLibicalGivesIt) {
    for (auto rule :
         {"FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH", "FREQ=YEARLY;BYWEEKNO=1", "FREQ=YEARLY;BYYEARDAY=-1", "FREQ=YEARLY",
          "FREQ=YEARLY;BYDAY=53MO", "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=2,3", "FREQ=MONTHLY;BYDAY=5MO",
          "FREQ=MONTHLY;BYMONTHDAY=-31", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "FREQ=WEEKLY;BYMONTH=7",
          "FREQ=DAILY;BYMONTHDAY=29;BYMONTH=2", "FREQ=DAILY;BYHOUR=1,2;BYSETPOS=2", "FREQ=DAILY;INTERVAL=7",
          "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-9", "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU;WKST=SU"}) {
        auto parsed = parse_rule(rule).value();
        Local until = at("20600101T000000");
        EXPECT_TRUE(ever_comes(parsed, at("20240203T090000"), until)) << rule;
        EXPECT_FALSE(expand(parsed, at("20240203T090000"), {until, 1}).empty()) << rule;
    }
}

TEST(Rule, RefusesNonsense) {
    for (auto bad : {"", "FREQ=", "FREQ=SOMETIMES", "COUNT=3", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0",
                     "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;BYMONTHDAY=0", "FREQ=DAILY;BYMONTHDAY=32",
                     "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=54MO", "FREQ=DAILY;BYSETPOS=", "FREQ=DAILY;UNTIL=soon",
                     "FREQ=DAILY;BYEASTER=1", "FREQ=DAILY;INTERVAL=99999999999", "RSCALE=MARTIAN;FREQ=YEARLY"})
        EXPECT_FALSE(parse_rule(bad)) << bad;
    for (auto good :
         {"FREQ=DAILY", "FREQ=YEARLY;INTERVAL=2;UNTIL=20240101T000000Z;BYMONTH=1,2;BYDAY=-1SU,MO;BYSETPOS=-1",
          "RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=8;SKIP=FORWARD", "FREQ=WEEKLY;BYDAY=MO;WKST=SU"})
        EXPECT_EQ(raw(parse_rule(good).value()), good);
}

} // namespace
} // namespace godwit::ical
