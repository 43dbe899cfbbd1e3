// The law: libical on the RRULE, and a phone's own reading of the EAS pattern, give the same occurrences; and every
// instant of them is the same through the 172-byte structure wherever a zone keeps one rule.
#include "convert/phone_reading.hpp"
#include "convert/recurrence.hpp"
#include "convert/time_zone.hpp"

#include <gtest/gtest.h>
#include <random>

namespace godwit::convert {
namespace {

using ical::Moment, ical::Zone;

ical::Zone const utc_zone = Zone::utc();

Moment moment(std::string_view raw) { return ical::moment(raw).value(); }
eas::CompactDateTime wire(std::string_view raw) { return {eas::Instant(ical::instant(raw).value())}; }

TEST(Recurrence, PhoneAndLibicalAgreeForTenYears) {
    std::mt19937 random(20240531);
    auto berlin = Zone::named("Europe/Berlin").value();
    auto clock = [&](Local at) { return berlin.to_utc(at); };
    int compared = 0;
    for (int round = 0; round < 1000; ++round) {
        auto version = eas::spoken_versions[static_cast<std::size_t>(round) % eas::spoken_versions.size()];
        auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
        Local start = local_days(year(2015) / 1 / 1) + days(pick(0, 3000)) + minutes(30 * pick(0, 47));
        // Midnight of a day that another clock has not reached would move Until by a day.
        SeriesStart series{{Moment::Kind::zoned, start, "Europe/Berlin"}, &berlin};
        auto said = random_recurrence(random, start, version);
        if (said.until) {
            auto day = floor<days>(berlin.to_local(floor<seconds>(said.until->at)));
            said.until = eas::CompactDateTime{eas::Instant(berlin.to_utc(day + (start - floor<days>(start))))};
        }
        auto rule = rule_of(said, series);
        ASSERT_TRUE(rule) << rule.error();
        ASSERT_EQ(ical::parse_rule(ical::raw(*rule)), *rule) << ical::raw(*rule);
        auto local_rule = *rule;
        if (local_rule.until)
            local_rule.until =
                Moment{Moment::Kind::floating, berlin.to_local(ical::Instant(rule->until->at.time_since_epoch())), {}};
        auto horizon = start + years(10);
        auto expected = phone_reading(said, start, horizon, clock);
        auto given = ical::expand(local_rule, start, {horizon, 100'000});
        ASSERT_EQ(given, expected) << ical::raw(*rule) << " from " << ical::raw(series.start);
        auto told = exact_recurrence(*rule, series, version);
        ASSERT_TRUE(told) << ical::raw(*rule);
        ASSERT_EQ(phone_reading(*told, start, horizon, clock), expected) << ical::raw(*rule);
        compared += static_cast<int>(expected.size());
    }
    EXPECT_GT(compared, 40'000);
}

TEST(Recurrence, EveryInstantIsTheSameThroughTheStructure) {
    int zones = 0, instants = 0;
    for (auto const& name : ical::well_known_zones()) {
        auto zone = Zone::named(name).value();
        std::vector<eas::TimeZone> years_rules;
        for (int y = 2000; y <= 2026; ++y) years_rules.push_back(structure_of(zone, sys_days(year(y) / 7 / 1)));
        bool changed = false;
        for (auto const& rules : years_rules) changed = changed || !eas::same_rules(rules, years_rules.back());
        if (!changed && name != "Europe/Berlin" && name != "America/New_York" && name != "Asia/Kathmandu") continue;
        ++zones;
        for (int y = 2000; y <= 2026; ++y) {
            auto const& rules = years_rules[static_cast<std::size_t>(y - 2000)];
            auto again = eas::parse_time_zone(eas::to_base64(rules)).value();
            EXPECT_EQ(again, rules);
            // A year in which the zone changes for good, or more than twice, has no structure that fits all of it.
            int changes = 0;
            for (auto at = ical::Instant(sys_days(year(y) / 1 / 1)); auto change = zone.next_change(at);) {
                if (change->at >= sys_days(year(y + 1) / 1 / 1)) break;
                ++changes;
                at = change->at;
            }
            if (changes != (rules.has_daylight_time() ? 2 : 0)) continue;
            auto read = zone_of(again);
            for (int day = 0; day < 365; day += 7) {
                Local at = local_days(year(y) / 1 / 1) + days(day) + hours(10);
                auto exact = zone.to_utc(at);
                EXPECT_EQ(ical::Instant(at.time_since_epoch()) - phone_offset(again, at), exact)
                    << name << " " << ical::raw(exact);
                EXPECT_EQ(read.to_utc(at), exact) << name << " " << ical::raw(exact);
                ++instants;
            }
        }
    }
    EXPECT_GT(zones, 100);
    EXPECT_GT(instants, 100'000);
}

// ---- rule by rule -------------------------------------------------------------------------------------------------
std::string shown(std::optional<eas::Recurrence> const& r) {
    if (!r) return "none";
    std::string out = "type " + std::to_string(*r->type);
    auto add = [&](char const* name, auto const& value) {
        if (value) out += std::string(" ") + name + std::to_string(*value);
    };
    if (r->interval != 1) add("every ", r->interval);
    add("week ", r->week_of_month);
    add("days ", r->day_of_week);
    add("day ", r->day_of_month);
    add("month ", r->month_of_year);
    add("first ", r->first_day_of_week);
    add("scale ", r->calendar_type);
    if (r->is_leap_month.value_or(false)) out += " leap";
    add("times ", r->occurrences);
    if (r->until) out += " until " + ical::raw(floor<seconds>(r->until->at));
    return out;
}

struct Told {
    char const *rule, *start, *exact;
};

TEST(Recurrence, WhatEasCanSay) {
    Told const rows[]{
        {"FREQ=DAILY", "20240531T090000Z", "type 0"},
        {"FREQ=DAILY;INTERVAL=3;COUNT=5", "20240531T090000Z", "type 0 every 3 times 5"},
        {"FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "20240531T090000Z", "type 1 days 62 first 1"},
        {"FREQ=DAILY;INTERVAL=2;BYDAY=MO", "20240531T090000Z", "none"},
        {"FREQ=WEEKLY", "20240531T090000Z", "type 1 days 32 first 1"},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,SA;WKST=SU", "20240601T090000Z", "type 1 every 2 days 65 first 0"},
        {"FREQ=MONTHLY", "20240531T090000Z", "type 2 day 31 scale 0"},
        {"FREQ=MONTHLY;BYMONTHDAY=31", "20240531T090000Z", "type 2 day 31 scale 0"}, // incident 1.10
        {"FREQ=MONTHLY;BYMONTHDAY=-1", "20240531T090000Z", "type 3 week 5 days 127 scale 0"},
        {"FREQ=MONTHLY;BYMONTHDAY=-2", "20240530T090000Z", "none"},
        {"FREQ=MONTHLY;BYMONTHDAY=1,15", "20240501T090000Z", "none"},
        {"FREQ=MONTHLY;BYDAY=2TU", "20240514T090000Z", "type 3 week 2 days 4 scale 0"},
        {"FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "20240514T090000Z", "type 3 week 2 days 4 scale 0"},
        {"FREQ=MONTHLY;BYDAY=-1FR", "20240531T090000Z", "type 3 week 5 days 32 scale 0"},
        {"FREQ=MONTHLY;BYDAY=5FR", "20240531T090000Z", "none"},
        {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "20240531T090000Z", "type 3 week 5 days 62 scale 0"},
        {"FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=3", "20240503T090000Z", "type 3 week 3 days 127 scale 0"},
        {"FREQ=YEARLY", "20240531T090000Z", "type 5 day 31 month 5 scale 0"},
        {"FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "20241027T090000Z", "type 6 week 5 days 1 month 10 scale 0"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "20240229T090000Z", "type 6 week 5 days 127 month 2 scale 0"},
        {"FREQ=YEARLY;BYDAY=1MO", "20240101T090000Z", "none"},
        {"FREQ=YEARLY;BYMONTH=1,7", "20240101T090000Z", "none"},
        {"FREQ=YEARLY;BYWEEKNO=20", "20240513T090000Z", "none"},
        {"FREQ=HOURLY", "20240531T090000Z", "none"},
        {"FREQ=DAILY;BYHOUR=9,17", "20240531T090000Z", "none"},
        {"FREQ=DAILY;INTERVAL=1000", "20240531T090000Z", "none"},
        {"FREQ=DAILY;COUNT=1200", "20240531T090000Z", "type 0 until 20270912T090000Z"}, // R345: at most 999
        {"FREQ=DAILY;UNTIL=20240603", "20240531T090000Z", "type 0 until 20240603T090000Z"},
        {"FREQ=DAILY;UNTIL=20240603T085959Z", "20240531T090000Z", "type 0 until 20240602T090000Z"},
        {"RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=8", "20240217T090000Z", "type 5 day 8 month 5 scale 8 leap"},
        {"RSCALE=ETHIOPIC;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", "20240911T090000Z", "none"},
    };
    for (auto const& row : rows) {
        SeriesStart series{moment(row.start), &utc_zone};
        EXPECT_EQ(shown(exact_recurrence(*ical::parse_rule(row.rule), series, eas::v16_1)), row.exact) << row.rule;
    }
    SeriesStart series{moment("20240531T090000Z"), &utc_zone, true};
    EXPECT_EQ(shown(exact_recurrence(*ical::parse_rule("FREQ=MONTHLY;BYMONTHDAY=31"), series, eas::v14_1)),
              "type 3 week 5 days 127 scale 0"); // incident 1.10, the option
    EXPECT_EQ(shown(exact_recurrence(*ical::parse_rule("FREQ=WEEKLY;WKST=SU"), series, eas::v14_0)), "type 1 days 32");
    EXPECT_EQ(shown(exact_recurrence(*ical::parse_rule("FREQ=MONTHLY"), series, eas::v12_1)), "type 3 week 5 days 127");
}

// FirstDayOfWeek is not told below 14.1: a rule whose occurrences it decides about is another one without it.
TEST(Recurrence, WeeksBeginSomewhere) { // MS-ASCAL_R52523
    struct {
        char const *rule, *start;
        bool exact;
    } const weeks[]{
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=SU", "20240601T090000Z", false}, // or is Sunday in the week after?
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=MO", "20240601T090000Z", false},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU", "20240601T090000Z", true}, // as phones of these versions say it
        {"FREQ=WEEKLY;INTERVAL=1;BYDAY=SA,SU;WKST=SU", "20240601T090000Z", true},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU", "20240603T090000Z", true},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=WE", "20240603T090000Z", false},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU", "20240602T090000Z", true},
    };
    for (auto const& row : weeks) {
        SeriesStart one{moment(row.start), &utc_zone};
        auto const rule = *ical::parse_rule(row.rule);
        for (auto version : {eas::v12_1, eas::v14_0})
            EXPECT_EQ(exact_recurrence(rule, one, version).has_value(), row.exact) << row.rule;
        EXPECT_TRUE(exact_recurrence(rule, one, eas::v14_1)) << row.rule;
        EXPECT_TRUE(nearest_recurrence(rule, one, eas::v14_0)) << row.rule;
    }
}

TEST(Recurrence, NearestIsTrue) {
    Told const rows[]{
        {"FREQ=MONTHLY;BYMONTHDAY=1,15", "20240501T090000Z", "type 2 day 1 scale 0"},
        {"FREQ=MONTHLY;BYDAY=MO", "20240506T090000Z", "type 1 days 2 first 1"}, // every Monday
        {"FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1", "20240101T090000Z", "type 2 every 3 day 1 scale 0"},
        {"FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=1;COUNT=4", "20240101T090000Z",
         "type 5 day 1 month 1 scale 0 until 20250201T090000Z"},
        {"FREQ=MONTHLY;BYDAY=5FR", "20240531T090000Z", "none"}, // only months that have five
        {"FREQ=HOURLY", "20240531T090000Z", "none"},
        {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "20240531T090000Z", "none"},
    };
    for (auto const& row : rows) {
        SeriesStart series{moment(row.start), &utc_zone};
        EXPECT_EQ(shown(nearest_recurrence(*ical::parse_rule(row.rule), series, eas::v16_1)), row.exact) << row.rule;
    }
}

TEST(Recurrence, WhatAPhoneSays) {
    struct {
        char const* what;
        eas::Recurrence said;
        std::string_view rule; // or the reason, which names its requirement
    } const rows[]{
        {"daily by weekdays",
         {.type = 0, .interval = 2, .day_of_week = 62},
         "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR"},
        {"interval 0", {.type = 0, .interval = 0}, "FREQ=DAILY"},
        {"both ends", {.type = 0, .until = wire("20240601T000000Z"), .occurrences = 3}, "FREQ=DAILY;COUNT=3"},
        {"until a date", {.type = 0, .until = wire("20240601T000000Z")}, "FREQ=DAILY;UNTIL=20240601T090000Z"},
        {"the third day", {.type = 3, .week_of_month = 3, .day_of_week = 127}, "FREQ=MONTHLY;BYMONTHDAY=3"},
        {"the last day", {.type = 3, .week_of_month = 5, .day_of_week = 127}, "FREQ=MONTHLY;BYMONTHDAY=-1"},
        {"last of May",
         {.type = 6, .week_of_month = 5, .day_of_week = 127, .month_of_year = 5},
         "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=-1"},
        {"the 31st", {.type = 2, .day_of_month = 31}, "FREQ=MONTHLY;BYMONTHDAY=31"},
        {"weekly without days", {.type = 1}, "FREQ=WEEKLY;BYDAY=FR"},
        {"leap month of Gregory",
         {.type = 5, .day_of_month = 1, .month_of_year = 2, .calendar_type = 1, .is_leap_month = true},
         "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=1"},
        {"leap month",
         {.type = 5, .day_of_month = 1, .month_of_year = 5, .calendar_type = 8, .is_leap_month = true},
         "RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=1"},
        {"no type", {}, "R374"},
        {"type 4", {.type = 4}, "R453"},
        {"day of month", {.type = 1, .day_of_month = 3}, "R53916"},
        {"day of week", {.type = 2, .day_of_week = 3}, "R53917"},
        {"month", {.type = 3, .month_of_year = 3}, "R53918"},
        {"week", {.type = 2, .week_of_month = 3}, "R53919"},
        {"calendar", {.type = 2, .day_of_month = 3, .calendar_type = 16}, "R53913"},
    };
    SeriesStart series{moment("20240531T090000Z"), &utc_zone};
    for (auto const& row : rows) {
        auto rule = rule_of(row.said, series);
        if (rule)
            EXPECT_EQ(ical::raw(*rule), row.rule) << row.what;
        else
            EXPECT_TRUE(rule.error().contains(row.rule)) << row.what << ": " << rule.error();
    }
}

// ---- zones --------------------------------------------------------------------------------------------------------
TEST(TimeZone, OfAZone) {
    auto at = ical::instant("20240701T000000Z").value();
    auto berlin = structure_of(*Zone::named("Europe/Berlin"), at);
    EXPECT_EQ(berlin, (eas::TimeZone{.bias = -60,
                                     .standard_date = {.month = 10, .day = 5, .hour = 3},
                                     .daylight_date = {.month = 3, .day = 5, .hour = 2},
                                     .daylight_bias = -60}));
    auto york = structure_of(*Zone::named("America/New_York"), at);
    EXPECT_EQ(york.standard_date, (eas::TransitionDate{.month = 11, .day = 1, .hour = 2}));
    EXPECT_EQ(york.daylight_date, (eas::TransitionDate{.month = 3, .day = 2, .hour = 2}));
    auto sydney = structure_of(*Zone::named("Australia/Sydney"), at);
    EXPECT_EQ(sydney.bias, -600);
    EXPECT_EQ(sydney.standard_date, (eas::TransitionDate{.month = 4, .day = 1, .hour = 3}));
    EXPECT_EQ(structure_of(*Zone::named("Asia/Kathmandu"), at), (eas::TimeZone{.bias = -345}));
    EXPECT_EQ(structure_of(*Zone::named("America/New_York"), ical::instant("20050701T000000Z").value()).daylight_date,
              (eas::TransitionDate{.month = 4, .day = 1, .hour = 2})); // before the rule changed in 2007
}

TEST(TimeZone, RecognisedByItsRules) {
    auto start = ical::instant("20240701T080000Z").value();
    Span event{start, start + hours(1)};
    auto of = [&](std::string_view name) { return structure_of(*Zone::named(name), start); };
    EXPECT_EQ(zone_for(of("Europe/Berlin"), event, start, {}), "Europe/Berlin");
    std::vector<std::string> paris{"Europe/Paris"}, york{"America/New_York"};
    EXPECT_EQ(zone_for(of("Europe/Berlin"), event, start, paris), "Europe/Paris");
    EXPECT_EQ(zone_for(of("Europe/Berlin"), event, start, york), "Europe/Berlin");
    EXPECT_EQ(zone_for({}, event, start, {}), "UTC");
    auto summer = ical::instant("20180629T164000Z").value(); // when Grand Turk showed the same clock, of another rule
    EXPECT_EQ(zone_for(structure_of(*Zone::named("America/New_York"), summer), {summer, summer + hours(1)}, start, {}),
              "America/New_York");
    auto named = of("Europe/Berlin");
    named.standard_name = "Romance Standard Time";
    EXPECT_EQ(zone_for(named, event, start, {}), "Europe/Paris");
    // Today's rule told of an event before the rule: the clock at the event would be another.
    auto old = ical::instant("20050320T150000Z").value();
    auto today = of("America/New_York");
    EXPECT_EQ(zone_for(today, {old, old + hours(1)}, start, york), "");
    auto own = own_tzid(today);
    EXPECT_EQ(own, own_tzid(eas::parse_time_zone(eas::to_base64(today)).value()));
    EXPECT_TRUE(own.starts_with("EAS/UTC-0500/")) << own;
    EXPECT_EQ(ical::iana_name(own), "");
    auto written = vtimezone_of(today, own, eas::to_base64(today));
    EXPECT_EQ(kept_structure(written), today);
    EXPECT_EQ(structure_of(*Zone::from(written), start), today);
}

} // namespace
} // namespace godwit::convert
