// What an edit must not cost: the event for an exception that is none any more, the series for a new time, the hours
// of an appointment for a flag.
#include "convert/calendar_fixture.hpp"

#include <algorithm>

namespace godwit::convert {
namespace {

std::vector<std::string> told_exceptions(std::string_view stored, eas::Version version) {
    std::vector<std::string> out;
    for (auto const& one : told(stored, version).exceptions.value_or(std::vector<eas::Exception>()))
        out.push_back(shown(version < eas::v16_0 ? one.exception_start_time : one.instance_id) +
                      (one.deleted.value_or(false) ? " gone" : ""));
    return out;
}

// ---- exceptions that name no occurrence ---------------------------------------------------------------------------
// A file brings what was left out before the series began: nobody is told of that, and who says it says nothing.
TEST(CalendarKept, WhatWasGoneBeforeTheSeriesIsNotTold) {
    auto const stored = weekly("EXDATE;TZID=Europe/Berlin:20240429T100000,20240520T100000\r\n");
    for (auto version : eas::spoken_versions) {
        auto const day = std::vector<std::string>{"20240520T080000Z gone"};
        EXPECT_EQ(told_exceptions(stored, version), day) << eas::name(version);
        if (version >= eas::v16_0) continue;
        auto said = as_said(told(stored, version), version);
        said.exceptions->push_back({.deleted = true, .exception_start_time = wire("20240429T080000Z")});
        EXPECT_EQ(changed(stored, said, version), stored);
        said.exceptions->back().exception_start_time = wire("20240422T080000Z"); // one that nobody has left out
        said.subject = "Renamed";
        auto const after = changed(stored, said, version);
        EXPECT_EQ(first_event(after).value("SUMMARY"), "Renamed");
        EXPECT_EQ(told_exceptions(after, version), day);
    }
}

// What somebody has said of a day before the first is an appointment of its own: it is told, and can be edited.
TEST(CalendarKept, AnOverrideBeforeTheSeriesIsOneAllTheSame) {
    auto const stored = weekly("", override_of("20240429T100000", "DTSTART;TZID=Europe/Berlin:20240508T100000\r\n"
                                                                  "DTEND;TZID=Europe/Berlin:20240508T103000\r\n"
                                                                  "SUMMARY:Late\r\n"));
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    ASSERT_EQ(said.exceptions->size(), 1U);
    said.exceptions->front().subject = "Later";
    EXPECT_EQ(first_event(changed(stored, said, eas::v14_1), 1).value("SUMMARY"), "Later");
    auto const at = eas::Instant(instant("20240429T080000Z"));
    auto const one = changed_occurrence(stored, at, {.subject = "Last"}, owner, rules(eas::v16_1));
    ASSERT_TRUE(one) << one.error();
    EXPECT_EQ(first_event(*one, 1).value("SUMMARY"), "Last");
    auto const gone = deleted_occurrence(stored, at, owner, rules(eas::v16_1));
    ASSERT_TRUE(gone) << gone.error();
    EXPECT_EQ(first_event(*gone, 1).name, "");
}

// A phone moves the series and says its old exceptions with it.
TEST(CalendarKept, ASeriesMovesBehindItsExceptions) {
    auto const stored =
        weekly("EXDATE;TZID=Europe/Berlin:20240513T100000\r\n",
               override_of("20240520T100000", "DTSTART;TZID=Europe/Berlin:20240520T120000\r\n"
                                              "DTEND;TZID=Europe/Berlin:20240520T123000\r\nSUMMARY:Team\r\n"));
    for (auto version : eas::spoken_versions) {
        if (version >= eas::v16_0) continue;
        auto said = as_said(told(stored, version), version);
        said.start_time = wire("20240603T080000Z"), said.end_time = wire("20240603T083000Z");
        auto const after = changed_event(stored, said, owner, rules(version));
        ASSERT_TRUE(after) << after.error();
        EXPECT_EQ(first_event(*after).value("DTSTART"), "20240603T100000");
        EXPECT_TRUE(changed_event(*after, as_said(told(*after, version), version), owner, rules(version)));
    }
}

TEST(CalendarKept, AnExceptionOfNoSeriesIsPassedOver) {
    eas::Calendar said{.end_time = wire("20240701T090000Z"), .subject = "One", .start_time = wire("20240701T080000Z")};
    said.exceptions = std::vector<eas::Exception>{
        {.deleted = true, .exception_start_time = wire("20240708T080000Z")},
        {.exception_start_time = wire("20240715T080000Z"), .subject = "Nobody's"},
    };
    auto const stored = new_event(said, owner, rules(eas::v14_1));
    ASSERT_TRUE(stored) << stored.error();
    EXPECT_EQ(first_event(*stored).value("SUMMARY"), "One");
    EXPECT_FALSE(first_event(*stored).find("EXDATE"));
    EXPECT_EQ(first_event(*stored, 1).name, "");
    bool passed_over = false; // then the phone shows what there is not
    auto const again = changed_event(*stored, said, owner, rules(eas::v14_1), &passed_over);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(*again, *stored);
    EXPECT_TRUE(passed_over);
}

// ---- incident 1.4 -------------------------------------------------------------------------------------------------
struct Day {
    char const* what;
    char const *start, *end; // as they are
    bool day;                // what comes of AllDayEvent with them
};

TEST(CalendarKept, Incident1_4_OnlyMidnightsAreADay) {
    Day const rows[]{
        {"25 hours", "20240506T080000Z", "20240507T090000Z", false},
        {"a day from ten to ten", "20240506T080000Z", "20240507T080000Z", false},
        {"half an hour", "20240506T080000Z", "20240506T083000Z", false},
        {"it begins at midnight", "20240505T220000Z", "20240506T083000Z", false},
        {"midnights of its zone", "20240505T220000Z", "20240506T220000Z", true},
        {"midnights of UTC", "20240506T000000Z", "20240507T000000Z", true},
    };
    for (auto const& row : rows)
        for (auto version : eas::spoken_versions) {
            SCOPED_TRACE(std::string(row.what) + " at " + std::string(eas::name(version)));
            eas::Calendar said{.time_zone = berlin_blob(),
                               .all_day_event = false,
                               .end_time = wire(row.end),
                               .subject = "Long",
                               .start_time = wire(row.start)};
            auto const stored = new_event(said, owner, rules(version)).value();
            said.all_day_event = true;
            bool passed_over = false;
            auto const after = changed_event(stored, said, owner, rules(version), &passed_over);
            ASSERT_TRUE(after) << after.error();
            EXPECT_EQ(told(*after, version).all_day_event, row.day);
            EXPECT_EQ(passed_over, !row.day); // the phone is told what it is
            if (!row.day) EXPECT_EQ(*after, stored);
        }
}

// Who says other times with it means a day, and is helped.
TEST(CalendarKept, ADayThatIsMeantIsOne) {
    auto const stored = event("DTSTART:20240506T100000Z\r\nDTEND:20240506T110000Z\r\n");
    auto const after = changed(
        stored, {.all_day_event = true, .end_time = wire("20240508T000000Z"), .start_time = wire("20240507T000000Z")},
        eas::v16_1);
    EXPECT_EQ(first_event(after).value("DTSTART"), "20240507");
    EXPECT_EQ(first_event(after).value("DTEND"), "20240508");
}

// ---- a series whose time is said, and no more ---------------------------------------------------------------------
TEST(CalendarKept, ANewTimeAloneIsNoWordAboutTheSeries) { // convert/omission.hpp
    auto const stored = weekly("EXDATE;TZID=Europe/Berlin:20240520T100000\r\n");
    for (auto version : eas::spoken_versions) {
        eas::Calendar said{.end_time = wire("20240506T093000Z"), .start_time = wire("20240506T090000Z")};
        auto const moved = changed(stored, said, version);
        EXPECT_EQ(first_event(moved).value("RRULE"), "FREQ=WEEKLY;BYDAY=MO;COUNT=30") << eas::name(version);
        EXPECT_EQ(first_event(moved).value("DTSTART"), "20240506T110000");
        EXPECT_EQ(told_exceptions(moved, version).size(), version < eas::v16_0 ? 1U : 0U); // MS-ASCAL_R2114
        if (version >= eas::v16_0) continue;
        said.subject = "Team"; // who says all of it, without a rule, ends the series
        EXPECT_FALSE(first_event(changed(stored, said, version)).find("RRULE")) << eas::name(version);
    }
}

// ---- InstanceId ---------------------------------------------------------------------------------------------------
TEST(CalendarKept, AnOccurrenceIsNamedByTheClockThatWasTold) {
    struct {
        char const *what, *lines;
        eas::Version version;
        char const *said, *meant;
    } const rows[]{
        {"a day", "DTSTART;VALUE=DATE:20240506\r\n", eas::v14_1, "20240512T220000Z", "20240513T000000Z"},
        {"a day at 16.1", "DTSTART;VALUE=DATE:20240506\r\n", eas::v16_1, "20240513T000000Z", "20240513T000000Z"},
        {"in winter", "DTSTART;VALUE=DATE:20240506\r\n", eas::v14_1, "20241201T230000Z", "20241202T000000Z"},
        {"of a traveller", "DTSTART;VALUE=DATE:20240506\r\nX-GODWIT-TZID:America/New_York\r\n", eas::v14_1,
         "20240513T040000Z", "20240513T000000Z"},
        {"floating", "DTSTART:20240506T100000\r\n", eas::v14_1, "20240513T080000Z", "20240513T100000Z"},
        {"floating at 16.1", "DTSTART:20240506T100000\r\n", eas::v16_1, "20241202T090000Z", "20241202T100000Z"},
        {"zoned", "DTSTART;TZID=Europe/Berlin:20240506T100000\r\n", eas::v16_1, "20240513T080000Z", "20240513T080000Z"},
        {"UTC", "DTSTART:20240506T100000Z\r\n", eas::v14_1, "20240513T100000Z", "20240513T100000Z"},
        {"no start", "", eas::v14_1, "20240513T100000Z", "20240513T100000Z"},
    };
    for (auto const& row : rows) {
        auto const stored = ical::parse(event(std::string(row.lines) + "RRULE:FREQ=WEEKLY\r\n"))->front();
        auto const at = occurrence_named(stored, eas::Instant(instant(row.said)), owner, row.version);
        EXPECT_EQ(ical::raw(at), row.meant) << row.what;
    }
}

} // namespace
} // namespace godwit::convert
