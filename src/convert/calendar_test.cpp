// Events both ways. The laws: what a phone says as it was told changes no byte; what it makes is told as it said it;
// and the incidents of the field do not happen.
#include "convert/calendar_fixture.hpp"
#include "ical/rule.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace godwit::convert {
namespace {

namespace fs = std::filesystem;

// ---- laws ---------------------------------------------------------------------------------------------------------
TEST(Calendar, EchoChangesNoByteOfTheCorpus) {
    fs::path folder = GODWIT_SHARED "/corpus/ical";
    if (!fs::exists(folder)) GTEST_SKIP() << "no ../shared";
    int events = 0;
    for (auto const& file : fs::directory_iterator(folder)) {
        std::ifstream in(file.path(), std::ios::binary);
        std::ostringstream bytes;
        bytes << in.rdbuf();
        auto calendars = ical::parse(bytes.str());
        if (!calendars) continue;
        int of_file = 0;
        for (auto const& object : ical::split(*calendars).objects) {
            if (object.kind != ical::Kind::event || ++of_file > 40) continue;
            auto stored = ical::write(object.calendar);
            for (auto version : {eas::v12_1, eas::v14_1, eas::v16_1}) {
                auto shown = told(stored, version);
                EXPECT_TRUE(shown.start_time && shown.end_time && shown.subject) << file.path();
                auto echo =
                    changed_event(stored, as_said(over_the_wire(shown, version), version), owner, rules(version));
                ASSERT_TRUE(echo) << file.path() << " " << object.uid << ": " << echo.error();
                EXPECT_EQ(*echo, stored) << file.path() << " " << eas::name(version);
                ++events;
            }
        }
    }
    EXPECT_GT(events, 1000);
}

TEST(Calendar, IsTotal) {
    for (auto bytes : {"", "no calendar", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
                       "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"})
        for (auto version : eas::spoken_versions) {
            auto out = to_calendar(bytes, owner, plain, version);
            EXPECT_FALSE(out.isolated.empty());
            EXPECT_TRUE(out.event.start_time && out.event.subject);
        }
}

// ---- incidents ----------------------------------------------------------------------------------------------------
TEST(Calendar, Incident_1_2_AttendeeNeverBecomesOrganizer) {
    auto stored = weekly("ORGANIZER;CN=Bob:mailto:bob@x.org\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:A@X.org\r\n");
    for (auto version : {eas::v14_1, eas::v16_1}) {
        auto before = told(stored, version);
        EXPECT_EQ(before.meeting_status, 3);
        EXPECT_EQ(before.response_type, 3);
        auto said = as_said(before, version);
        said.organizer_email = "anna@x.org", said.organizer_name = "Anna", said.meeting_status = 1;
        said.subject = "Mine", said.attendees = std::vector<eas::Attendee>{{.email = "eve@x.org", .name = "Eve"}};
        said.start_time = wire("20240507T080000Z"), said.end_time = wire("20240507T090000Z");
        said.recurrence = eas::Recurrence{.type = 0};
        said.reminder = eas::NumberOrEmpty{5};
        auto after = changed(stored, said, version);
        auto expected = before;
        expected.reminder = eas::NumberOrEmpty{5};
        auto now = told(after, version);
        expected.dt_stamp = now.dt_stamp;
        EXPECT_EQ(now, expected);
        EXPECT_FALSE(first_event(after).find("SEQUENCE"));
    }
    // Only the reminder of one occurrence, with himself as the organizer.
    auto one =
        changed_occurrence(stored, eas::Instant(instant("20240513T080000Z")),
                           {.organizer_email = "anna@x.org", .reminder = eas::NumberOrEmpty{1}, .meeting_status = 1},
                           owner, rules(eas::v16_1));
    ASSERT_TRUE(one);
    EXPECT_EQ(told(*one).organizer_email, "bob@x.org");
    EXPECT_EQ(told(*one).exceptions->at(0).reminder, eas::NumberOrEmpty{1});
    EXPECT_FALSE(told(*one).exceptions->at(0).meeting_status); // 3, as the series
}

TEST(Calendar, Incident_1_4_DayLongIsNotAllDay) {
    for (auto [start, end, day] :
         {std::tuple{"DTSTART;TZID=Europe/Berlin:20240506T000000", "DTEND;TZID=Europe/Berlin:20240507T000000", false},
          {"DTSTART;TZID=Europe/Berlin:20240506T100000", "DTEND;TZID=Europe/Berlin:20240507T110000", false},
          {"DTSTART;VALUE=DATE:20240506", "DTEND;VALUE=DATE:20240507", true}})
        for (auto version : eas::spoken_versions) {
            auto stored = event(std::string(start) + "\r\n" + end + "\r\n");
            auto before = told(stored, version);
            EXPECT_EQ(before.all_day_event, day);
            auto said = as_said(before, version);
            said.subject = "Renamed";
            auto after = first_event(changed(stored, said, version));
            EXPECT_EQ(after.find("DTSTART")->value, first_event(stored).find("DTSTART")->value);
            EXPECT_EQ(after.find("DTEND")->value, first_event(stored).find("DTEND")->value);
        }
}

TEST(Calendar, AllDayIsADateInEveryVersion) {
    auto stored = event("DTSTART;VALUE=DATE:20240506\r\nDTEND;VALUE=DATE:20240508\r\nSUMMARY:Trip\r\n");
    auto now = told(stored, eas::v16_1);
    EXPECT_EQ(shown(now.start_time), "20240506T000000Z");
    EXPECT_EQ(shown(now.end_time), "20240508T000000Z");
    EXPECT_FALSE(now.time_zone); // MS-ASCAL_R2006
    auto old = told(stored, eas::v14_1);
    EXPECT_EQ(shown(old.start_time), "20240505T220000Z");
    EXPECT_EQ(old.time_zone, berlin_blob());
    // A phone in New York makes one at 14.1.
    auto york = structure_of(*ical::Zone::named("America/New_York"), instant("20240506T000000Z"));
    auto made = new_event({.time_zone = eas::to_base64(york),
                           .all_day_event = true,
                           .end_time = wire("20240507T040000Z"),
                           .start_time = wire("20240506T040000Z")},
                          owner, rules(eas::v14_1));
    EXPECT_EQ(first_event(*made).value("DTSTART"), "20240506");
    EXPECT_EQ(first_event(*made).value("DTEND"), "20240507");
    EXPECT_EQ(shown(told(*made, eas::v14_1).start_time), "20240506T040000Z");
    EXPECT_EQ(shown(told(*made, eas::v16_1).start_time), "20240506T000000Z");
}

TEST(Calendar, Incident_1_9_StampsNeverGoBack) {
    auto stored = event("DTSTART:20240506T100000Z\r\nDTEND:20240506T110000Z\r\nLAST-MODIFIED:20300101T000000Z\r\n");
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    said.subject = "x", said.dt_stamp = wire("20200101T000000Z");
    auto after = changed(stored, said, eas::v14_1);
    EXPECT_EQ(shown(told(after).dt_stamp), "20300101T000000Z");
    auto moved = changed_occurrence(
        weekly("", override_of("20240513T100000", "LAST-MODIFIED:20300101T000000Z\r\nDTSTART:20240513T090000Z\r\n")),
        eas::Instant(instant("20240513T080000Z")), {.subject = "y"}, owner, rules(eas::v16_1));
    EXPECT_EQ(shown(told(*moved).exceptions->at(0).dt_stamp), "20300101T000000Z");
}

TEST(Calendar, Incident_1_10_The31stStaysTheRuleItIs) {
    auto stored = event("DTSTART:20240131T100000Z\r\nDTEND:20240131T110000Z\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=31\r\n");
    EXPECT_EQ(told(stored).recurrence->day_of_month, 31);
    auto option = owner;
    option.last_day_as_rule = true;
    auto said = told(stored, eas::v14_1, option);
    EXPECT_EQ(said.recurrence->day_of_week, 127);
    EXPECT_EQ(*changed_event(stored, as_said(said, eas::v14_1), option, rules(eas::v14_1)), stored);
}

// A phone that moves its series says the exceptions where it has them.
TEST(Calendar, ExceptionsOfAMovedSeriesAreWhereThePhoneSaysThem) {
    auto const stored = event("DTSTART:20240506T100000Z\r\nDTEND:20240506T103000Z\r\nRRULE:FREQ=DAILY\r\n"
                              "SUMMARY:x\r\nEXDATE:20240510T100000Z\r\nEXDATE:20240511T100000Z\r\n");
    struct Row {
        std::vector<std::string> said, expected;
    };
    for (auto const& row : {Row{{}, {"20240511T120000Z", "20240512T120000Z"}},
                            Row{{"20240510T120000Z", "20240511T120000Z"}, {"20240510T120000Z", "20240511T120000Z"}},
                            Row{{"20240511T120000Z", "20240512T120000Z"}, {"20240511T120000Z", "20240512T120000Z"}}}) {
        auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
        said.start_time = wire("20240507T120000Z"), said.end_time = wire("20240507T123000Z");
        said.exceptions.reset();
        for (auto const& day : row.said) {
            if (!said.exceptions) said.exceptions.emplace();
            said.exceptions->push_back({.deleted = true, .exception_start_time = wire(day)});
        }
        std::vector<std::string> gone;
        for (auto const& property : first_event(changed(stored, said, eas::v14_1)).properties)
            if (property.name == "EXDATE") gone.push_back(property.value);
        EXPECT_EQ(gone, row.expected);
    }
}

// A series is told with the rules of its last year; a phone that says those of its first means the same zone.
TEST(Calendar, AnotherSpellingOfTheZoneMovesNothing) {
    auto const stored = event("DTSTART;TZID=America/New_York:20060710T100000\r\n"
                              "DTEND;TZID=America/New_York:20060710T103000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=30\r\n"
                              "EXDATE;TZID=America/New_York:20060717T100000\r\nSUMMARY:Team\r\nSEQUENCE:3\r\n"
                              "ORGANIZER:mailto:anna@x.org\r\nATTENDEE:mailto:bob@x.org\r\n");
    auto const zone = structure_of(*ical::Zone::named("America/New_York"), instant("20060710T120000Z"));
    for (auto version : {eas::v14_1, eas::v16_1}) {
        auto said = as_said(told(stored, version), version);
        ASSERT_FALSE(eas::same_rules(zone, eas::parse_time_zone(said.time_zone.value()).value()));
        said.time_zone = eas::to_base64(zone);
        EXPECT_EQ(changed(stored, said, version), stored);
        said.subject = "Other";
        auto const after = changed(stored, said, version);
        EXPECT_EQ(first_event(after).value("SUMMARY"), "Other");
        EXPECT_EQ(first_event(after).value("EXDATE"), "20060717T100000");
    }
}

// What is written can be read, however far off a phone's time is; or the phone is refused.
TEST(Calendar, WhatIsStoredCanBeReadBack) {
    auto readable = [](std::string const& stored) {
        for (auto const& one : ical::parse(stored).value().front().components) {
            if (one.name != "VEVENT") continue;
            for (auto const& property : one.properties) {
                bool const time = property.name.starts_with("DT") || property.name == "RECURRENCE-ID";
                if (time) EXPECT_TRUE(ical::moment(property)) << property.value;
                if (property.name == "EXDATE") EXPECT_EQ(ical::moments(property).size(), 1U) << property.value;
                if (property.name == "RRULE") EXPECT_TRUE(ical::parse_rule(property.value)) << property.value;
            }
        }
    };
    auto far = [](int year, int month, int day, seconds at) {
        return eas::CompactDateTime{eas::Instant(sys_days(std::chrono::year(year) / month / day) + at)};
    };
    auto const last = hours(24) - seconds(1);
    std::vector<eas::CompactDateTime> const times{far(1, 1, 1, seconds(0)), far(1, 1, 2, hours(3)),
                                                  far(2024, 5, 6, hours(8)), far(9999, 12, 30, hours(9)),
                                                  far(9999, 12, 31, last)};
    int made = 0, refused = 0;
    for (auto version : {eas::v14_1, eas::v16_1})
        for (auto const* zone : {"Pacific/Auckland", "America/Los_Angeles", "UTC"})
            for (auto const& start : times)
                for (auto const& until : times)
                    for (bool all_day : {false, true}) {
                        eas::Calendar said{.all_day_event = all_day, .start_time = start};
                        said.end_time = start;
                        said.recurrence = eas::Recurrence{.type = 0, .interval = 1, .until = until};
                        said.time_zone =
                            eas::to_base64(structure_of(*ical::Zone::named(zone), instant("20240601T000000Z")));
                        if (version < eas::v16_0) said.exceptions = {{.deleted = true, .exception_start_time = until}};
                        auto const stored = new_event(said, owner, rules(version));
                        if (stored) readable(*stored);
                        ++(stored ? made : refused);
                        auto const moved =
                            changed_occurrence(weekly(), wire("20240513T080000Z").at,
                                               {.end_time = start, .start_time = start}, owner, rules(version));
                        if (moved) readable(*moved);
                        auto const ends =
                            changed_event(weekly(), {.recurrence = said.recurrence}, owner, rules(version));
                        if (ends) readable(*ends);
                    }
    EXPECT_GT(made, 20);
    EXPECT_GT(refused, 50);
}

TEST(Calendar, EachNumberOfAPlaceMayStandAlone) { // MS-ASAIRS_R1193, R1233; R1194, R1234 with R347
    auto stored = weekly("");
    auto at = [](std::string latitude, std::string longitude) {
        eas::Calendar said;
        said.structured_location = eas::Location{.display_name = "Room 4"};
        if (!latitude.empty()) said.structured_location->latitude = latitude;
        if (!longitude.empty()) said.structured_location->longitude = longitude;
        return said;
    };
    struct {
        std::string latitude, longitude;
        bool geo;
    } const rows[]{{"50.7", "7.1", true},
                   {"-50.7", "+7", true},
                   {"50.7", "", false},
                   {"", "7.1", false},
                   {"51.4", "-1.2E-4", false}};
    for (auto const& row : rows) {
        stored = changed(stored, at(row.latitude, row.longitude), eas::v16_1); // after another place, too
        EXPECT_EQ(first_event(stored).find("GEO") != nullptr, row.geo) << row.latitude << ' ' << row.longitude;
        EXPECT_EQ(told(stored).structured_location, at(row.latitude, row.longitude).structured_location);
    }
    for (auto const& [latitude, longitude] : {std::pair("abc", ""), {"50.7", "7,1"}, {"", "0x1"}, {"5 ", "1"}})
        EXPECT_FALSE(changed_event(stored, at(latitude, longitude), owner, rules(eas::v16_1))) << latitude;
    auto odd = at("", "");
    odd.structured_location->altitude_accuracy = "high";
    EXPECT_FALSE(changed_event(stored, odd, owner, rules(eas::v16_1)));
}

// From New York to London: six hours, though the clocks say eleven.
TEST(Calendar, AnOccurrenceLastsAsLongAsItsSeriesFromZoneToZone) {
    auto const stored =
        event("DTSTART;TZID=America/New_York:20240506T200000\r\nDTEND;TZID=Europe/London:20240507T070000\r\n"
              "RRULE:FREQ=DAILY;COUNT=5\r\nSUMMARY:Flight\r\n");
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    EXPECT_EQ(shown(said.end_time), "20240507T060000Z");
    said.exceptions = {{.exception_start_time = wire("20240509T000000Z"), .subject = "Late"}};
    auto const after = told(changed(stored, said, eas::v14_1), eas::v14_1);
    ASSERT_EQ(after.exceptions.value().size(), 1U);
    EXPECT_EQ(shown(after.exceptions->at(0).end_time), "20240509T060000Z");
}

} // namespace
} // namespace godwit::convert
