// Events both ways. The laws: what a phone says as it was told changes no byte; what it makes is told as it said it;
// and the incidents of the field do not happen.
#include "convert/calendar_fixture.hpp"

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

} // namespace
} // namespace godwit::convert
