// Events both ways. The laws: what a phone says as it was told changes no byte; what it makes is told as it said it; and
// the incidents of the field do not happen.
#include "convert/calendar.hpp"
#include "convert/time_zone.hpp"
#include "ical/object.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

namespace godwit::convert {
namespace {

using namespace std::chrono;
namespace fs = std::filesystem;

std::vector<std::string> const anna{"anna@x.org", "a@x.org"};
CalendarOwner const owner{.item = 7, .addresses = anna, .name = "Anna", .zone = "Europe/Berlin"};
BodyOptions const plain;

ical::Instant instant(std::string_view raw) { return ical::instant(raw).value(); }
eas::CompactDateTime wire(std::string_view raw) { return {eas::Instant(instant(raw))}; }
std::string shown(std::optional<eas::CompactDateTime> const& at) {
    return at ? ical::raw(floor<seconds>(at->at)) : std::string("none");
}
EventRules rules(eas::Version version) {
    return {.version = version, .now = instant("20240601T120000Z"), .uid = "new-uid"};
}

std::string berlin_blob() {
    return eas::to_base64(structure_of(*ical::Zone::named("Europe/Berlin"), instant("20240601T000000Z")));
}

std::string calendar(std::string_view components) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nX-WR-KEPT:yes\r\n" + std::string(components) +
           "END:VCALENDAR\r\n";
}
std::string event(std::string_view lines) {
    return calendar("BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\n" + std::string(lines) + "END:VEVENT\r\n");
}
std::string weekly(std::string_view more = {}, std::string_view overrides = {}) {
    return calendar(
        "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20240506T100000\r\n"
        "DTEND;TZID=Europe/Berlin:20240506T103000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=30\r\nSUMMARY:Team\r\n"
        "LOCATION:Room 2\r\nX-KEPT;A=\"b,c\":v\r\n" +
        std::string(more) +
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nX-SOUND:ping\r\nEND:VALARM\r\nEND:VEVENT\r\n" +
        std::string(overrides));
}
std::string override_of(std::string_view day, std::string_view lines) {
    return "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240102T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:" +
           std::string(day) + "\r\n" + std::string(lines) + "END:VEVENT\r\n";
}

eas::Calendar told(std::string_view stored, eas::Version version = eas::v16_1, CalendarOwner const& whose = owner) {
    auto out = to_calendar(stored, whose, plain, version);
    EXPECT_EQ(out.isolated, "");
    return out.event;
}
std::string changed(std::string_view stored, eas::Calendar const& said, eas::Version version) {
    auto out = changed_event(stored, said, owner, rules(version));
    EXPECT_TRUE(out) << out.error();
    return out.value_or("");
}
ical::Component first_event(std::string_view stored, int index = 0) {
    auto calendars = ical::parse(stored).value();
    for (auto const& one : calendars.front().components)
        if (one.name == "VEVENT" && index-- == 0) return one;
    return {};
}
// Through the wire, as the phone reads it and says it again.
eas::Calendar over_the_wire(eas::Calendar const& said, eas::Version version) {
    auto back = eas::decode<eas::Calendar>(eas::encode_fragment(said, version), version);
    EXPECT_TRUE(back) << eas::to_string(back.error());
    return back.value_or(eas::Calendar{});
}
// What a phone sends of what it was told: not what only a server says, and from 16.0 no Exceptions.
eas::Calendar as_said(eas::Calendar told, eas::Version version) {
    told.response_type.reset(), told.appointment_reply_time.reset(), told.native_body_type.reset();
    told.online_meeting_conf_link.reset(), told.online_meeting_external_link.reset(), told.attachments.reset();
    if (version >= eas::v16_0) told.exceptions.reset(), told.uid.reset();
    if (told.exceptions)
        for (auto& one : *told.exceptions) one.response_type.reset(), one.appointment_reply_time.reset();
    return told;
}

// ---- laws --------------------------------------------------------------------------------------------------------------
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

eas::Calendar random_event(std::mt19937& random, eas::Version version) {
    auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    char const* zones[]{"Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", "America/Caracas"};
    auto zone = ical::Zone::named(zones[pick(0, 4)]).value();
    bool all_day = pick(0, 3) == 0, new_form = version >= eas::v16_0;
    ical::Local local =
        local_days(2024y / January / 1) + days(pick(0, 700)) + (all_day ? minutes(0) : minutes(15 * pick(0, 95)));
    auto on_wire = [&](ical::Local at) {
        auto utc = all_day && new_form ? ical::Instant(at.time_since_epoch()) : zone.to_utc(at);
        return eas::CompactDateTime{eas::Instant(utc)};
    };
    eas::Calendar said{.all_day_event = all_day,
                       .busy_status = static_cast<std::int8_t>(pick(0, 3)),
                       .sensitivity = static_cast<std::uint8_t>(pick(0, 3)),
                       .subject = "Subject, with; marks\\ and \xC3\xA4 " + std::to_string(pick(0, 999))};
    auto structure = structure_of(zone, zone.to_utc(local));
    if (!(all_day && new_form)) said.time_zone = eas::to_base64(structure);
    said.start_time = on_wire(local);
    said.end_time = on_wire(local + (all_day ? minutes(1440 * pick(1, 3)) : minutes(15 * pick(0, 100))));
    if (pick(0, 1)) said.reminder = eas::NumberOrEmpty{static_cast<std::uint32_t>(pick(0, 5000))};
    if (pick(0, 1)) said.categories = std::vector<std::string>{"Blue, dark", "B"};
    if (pick(0, 1) && !new_form) said.location = "Room\n2";
    if (pick(0, 1) && new_form)
        said.structured_location =
            eas::Location{.display_name = "Room 2", .city = "Bonn", .latitude = "50.7", .longitude = "7.1"};
    said.body = eas::Body{.data = eas::Content{pick(0, 1) ? "Line 1\r\nLine 2\r\n" : "", false}};
    if (pick(0, 2) == 0) {
        said.attendees = std::vector<eas::Attendee>{{.email = "bob@x.org", .name = "Bob", .type = 1},
                                                    {.email = "room@x.org", .name = "Room: 1, \"big\"", .type = 3}};
        if (!new_form) (*said.attendees)[0].status = 3, (*said.attendees)[1].status = 5;
    }
    if (pick(0, 1)) {
        said.recurrence =
            eas::Recurrence{.type = 1,
                            .interval = 1,
                            .day_of_week = static_cast<std::uint8_t>(1 << weekday(floor<days>(local)).c_encoding())};
        if (version >= eas::v14_1) said.recurrence->first_day_of_week = 0;
        if (pick(0, 1)) said.recurrence->occurrences = 20;
    }
    if (!new_form) said.uid = "uid-" + std::to_string(pick(0, 1'000'000));
    return said;
}

// Random EAS, stored, told again: the same elements.
TEST(Calendar, WhatAPhoneMakesIsToldAsItSaidIt) {
    std::mt19937 random(7);
    for (int round = 0; round < 600; ++round) {
        auto version = eas::spoken_versions[static_cast<std::size_t>(round) % eas::spoken_versions.size()];
        auto said = random_event(random, version);
        auto stored = new_event(over_the_wire(said, version), owner, rules(version));
        ASSERT_TRUE(stored) << stored.error();
        auto back = told(*stored, version);
        SCOPED_TRACE(std::string(eas::name(version)) + "\n" + *stored);
        EXPECT_EQ(back.all_day_event, said.all_day_event);
        EXPECT_EQ(shown(back.start_time), shown(said.start_time));
        EXPECT_EQ(shown(back.end_time), shown(said.end_time));
        EXPECT_EQ(back.time_zone.has_value(), said.time_zone.has_value());
        if (said.time_zone && back.time_zone && !said.recurrence)
            EXPECT_TRUE(
                eas::same_rules(*eas::parse_time_zone(*back.time_zone), *eas::parse_time_zone(*said.time_zone)));
        EXPECT_EQ(back.subject, said.subject);
        EXPECT_EQ(back.busy_status, said.busy_status);
        EXPECT_EQ(back.sensitivity, said.sensitivity);
        EXPECT_EQ(back.reminder, said.reminder);
        EXPECT_EQ(back.categories, said.categories);
        EXPECT_EQ(back.location, said.location);
        EXPECT_EQ(back.structured_location, said.structured_location);
        EXPECT_EQ(back.recurrence, said.recurrence);
        EXPECT_EQ(back.body->data->bytes, said.body->data->bytes);
        EXPECT_EQ(back.meeting_status, said.attendees ? 1 : 0);
        EXPECT_EQ(back.uid, said.uid ? *said.uid : "new-uid");
        EXPECT_EQ(back.attendees.has_value(), said.attendees.has_value());
        if (said.attendees) {
            EXPECT_EQ((*back.attendees)[0].name, "Bob");
            EXPECT_EQ((*back.attendees)[0].status, version < eas::v16_0 ? 3 : 5);
            EXPECT_EQ((*back.attendees)[1].type, 3);
            EXPECT_EQ(back.organizer_email, "anna@x.org");
        }
        EXPECT_EQ(changed(*stored, as_said(over_the_wire(back, version), version), version), *stored);
    }
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

// ---- incidents ------------------------------------------------------------------------------------------------------------
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

// ---- series and exceptions ----------------------------------------------------------------------------------------------
TEST(Calendar, ExceptionsAreToldByWhatDiffers) {
    auto stored =
        weekly("EXDATE;TZID=Europe/Berlin:20240520T100000\r\nCATEGORIES:A\r\n",
               override_of("20240513T100000", "DTSTART;TZID=Europe/Berlin:20240514T100000\r\n"
                                              "DTEND;TZID=Europe/Berlin:20240514T103000\r\nSUMMARY:Team\r\n"));
    for (auto version : eas::spoken_versions) {
        auto list = told(stored, version).exceptions.value();
        ASSERT_EQ(list.size(), 2U);
        auto const &moved = list[0], &gone = list[1];
        EXPECT_EQ(shown(version < eas::v16_0 ? moved.exception_start_time : moved.instance_id), "20240513T080000Z");
        EXPECT_EQ(shown(moved.start_time), "20240514T080000Z");
        EXPECT_FALSE(moved.subject);                             // as the series
        EXPECT_EQ(moved.categories, std::vector<std::string>{}); // there, and none (MS-ASCAL_R543)
        EXPECT_EQ(moved.reminder, eas::NumberOrEmpty{});
        if (version < eas::v16_0)
            EXPECT_EQ(moved.location, "");
        else
            EXPECT_EQ(moved.structured_location, eas::Location{});
        EXPECT_EQ(gone.deleted, true);
        EXPECT_EQ(shown(version < eas::v16_0 ? gone.exception_start_time : gone.instance_id), "20240520T080000Z");
    }
}

TEST(Calendar, EmbeddedExceptionsAddChangeAndDelete) {
    auto stored = weekly("ATTENDEE;X-A=1:mailto:bob@x.org\r\nORGANIZER:mailto:anna@x.org\r\n");
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    said.exceptions = std::vector<eas::Exception>{{.exception_start_time = wire("20240513T080000Z"),
                                                   .subject = "Other",
                                                   .start_time = wire("20240514T080000Z"),
                                                   .end_time = wire("20240514T090000Z"),
                                                   .location = "",
                                                   .reminder = eas::NumberOrEmpty{}},
                                                  {.deleted = true, .exception_start_time = wire("20240520T080000Z")}};
    auto after = changed(stored, said, eas::v14_1);
    EXPECT_EQ(changed(after, said, eas::v14_1), after); // repeated, nothing
    auto one = first_event(after, 1);
    EXPECT_EQ(one.value("RECURRENCE-ID"), "20240513T100000");
    EXPECT_EQ(one.value("DTSTART"), "20240514T100000");
    EXPECT_EQ(one.value("SUMMARY"), "Other");
    EXPECT_FALSE(one.find("LOCATION"));
    EXPECT_TRUE(one.components.empty()); // no alarm
    EXPECT_TRUE(one.find("X-KEPT"));     // a copy of the series
    EXPECT_EQ(one.find("ATTENDEE")->parameter("X-A"), "1");
    EXPECT_FALSE(one.find("RRULE"));
    EXPECT_EQ(first_event(after).value("EXDATE"), "20240520T100000");
    // The phone changes its mind: the moved one goes, the deleted one comes back with another subject.
    said.exceptions =
        std::vector<eas::Exception>{{.deleted = true, .exception_start_time = wire("20240513T080000Z")},
                                    {.exception_start_time = wire("20240520T080000Z"), .subject = "Back"}};
    auto again = changed(after, said, eas::v14_1);
    EXPECT_EQ(first_event(again).value("EXDATE"), "20240513T100000");
    EXPECT_EQ(first_event(again, 1).value("RECURRENCE-ID"), "20240520T100000");
    EXPECT_EQ(first_event(again, 1).value("DTSTART"), "20240520T100000");
    EXPECT_EQ(first_event(again, 2).name, "");
    // Not spoken of, they stay (MS-ASCAL_R541).
    said.exceptions.reset();
    EXPECT_EQ(changed(again, said, eas::v14_1), again);
}

TEST(Calendar, OverridesFollowWhatTheyInherit) {
    auto stored =
        weekly("", override_of("20240513T100000", "DTSTART;TZID=Europe/Berlin:20240513T110000\r\nSUMMARY:Team\r\n"
                                                  "LOCATION:Elsewhere\r\n"));
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    said.subject = "Crew", said.location = "Room 9";
    auto after = changed(stored, said, eas::v14_1);
    EXPECT_EQ(first_event(after, 1).value("SUMMARY"), "Crew");
    EXPECT_EQ(first_event(after, 1).value("LOCATION"), "Elsewhere");
}

TEST(Calendar, OccurrencesFrom16) {
    auto stored = weekly();
    auto at = eas::Instant(instant("20240527T080000Z"));
    auto one = changed_occurrence(stored, at,
                                  {.end_time = wire("20240527T093000Z"),
                                   .structured_location = eas::Location{.display_name = "Room 5"},
                                   .start_time = wire("20240527T090000Z")},
                                  owner, rules(eas::v16_1));
    ASSERT_TRUE(one) << one.error();
    EXPECT_EQ(first_event(*one, 1).value("DTSTART"), "20240527T110000");
    EXPECT_EQ(first_event(*one, 1).value("LOCATION"), "Room 5");
    EXPECT_EQ(first_event(*one, 1).value("SUMMARY"), "Team");
    auto subject = changed_occurrence(*one, at, {.subject = "S"}, owner, rules(eas::v16_1)); // the rest stays
    EXPECT_EQ(first_event(*subject, 1).value("DTSTART"), "20240527T110000");
    EXPECT_EQ(first_event(*subject, 1).value("SUMMARY"), "S");
    auto gone = deleted_occurrence(*subject, at, owner, rules(eas::v16_1));
    EXPECT_EQ(first_event(*gone).value("EXDATE"), "20240527T100000");
    EXPECT_EQ(first_event(*gone, 1).name, "");
    EXPECT_EQ(*deleted_occurrence(*gone, at, owner, rules(eas::v16_1)), *gone);
    EXPECT_TRUE(first_event(*gone).find("RRULE")); // incident 1.1: the series is there
    struct {
        std::string stored;
        char const* instance;
        std::string_view why;
    } const rows[]{{stored, "20240528T080000Z", "no such occurrence"},
                   {stored, "20240429T080000Z", "an occurrence before the first"},
                   {event("DTSTART:20240506T100000Z\r\n"), "20240506T100000Z", "an occurrence of what is no series"}};
    for (auto const& row : rows) {
        auto refused = changed_occurrence(row.stored, eas::Instant(instant(row.instance)), {.subject = "x"}, owner,
                                          rules(eas::v16_1));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), row.why);
    }
    EXPECT_FALSE(changed_occurrence(stored, at, {.all_day_event = true}, owner, rules(eas::v16_1))); // R2009
}

TEST(Calendar, AnotherTimeOfASeries) {
    auto stored =
        weekly("EXDATE;TZID=Europe/Berlin:20240520T100000\r\n",
               override_of("20240513T100000", "DTSTART;TZID=Europe/Berlin:20240514T100000\r\nSUMMARY:Team\r\n"));
    // From 16.0 the exceptions go with it (MS-ASCAL_R2114).
    auto new_one =
        changed(stored, {.end_time = wire("20240506T093000Z"), .start_time = wire("20240506T090000Z")}, eas::v16_1);
    EXPECT_FALSE(told(new_one).exceptions);
    EXPECT_EQ(first_event(new_one).value("DTSTART"), "20240506T110000");
    EXPECT_TRUE(first_event(new_one).find("RRULE"));
    // Up to 14.1 they stay on their days.
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    said.exceptions.reset();
    said.start_time = wire("20240506T090000Z"), said.end_time = wire("20240506T093000Z");
    auto old_one = changed(stored, said, eas::v14_1);
    EXPECT_EQ(first_event(old_one).value("EXDATE"), "20240520T110000");
    EXPECT_EQ(first_event(old_one, 1).value("RECURRENCE-ID"), "20240513T110000");
    EXPECT_EQ(first_event(old_one, 1).value("DTSTART"), "20240514T100000");
    // And an empty Recurrence makes it one event (R2180002).
    auto single = changed(stored, {.recurrence = eas::Recurrence{}}, eas::v16_1);
    EXPECT_FALSE(first_event(single).find("RRULE"));
    EXPECT_FALSE(told(single).recurrence || told(single).exceptions);
}

TEST(Calendar, ARuleBeyondEasIsNeverOverwritten) {
    auto stored = event("DTSTART:20240501T100000Z\r\nDTEND:20240501T110000Z\r\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;X-Y="
                        "1\r\nSUMMARY:a\r\n");
    for (auto version : eas::spoken_versions) {
        auto said = as_said(told(stored, version), version);
        EXPECT_EQ(said.recurrence->type, 2);
        said.subject = "b";
        EXPECT_EQ(first_event(changed(stored, said, version)).value("RRULE"), "FREQ=MONTHLY;BYMONTHDAY=1,15;X-Y=1");
    }
}

// ---- zones -------------------------------------------------------------------------------------------------------------------
TEST(Calendar, ZonesOfPhones) {
    eas::Calendar said{.time_zone = berlin_blob(),
                       .end_time = wire("20240701T090000Z"),
                       .start_time = wire("20240701T080000Z"),
                       .recurrence = eas::Recurrence{.type = 0}};
    auto stored = new_event(said, owner, rules(eas::v14_1)).value();
    EXPECT_EQ(first_event(stored).find("DTSTART")->parameter("TZID"), "Europe/Berlin");
    EXPECT_EQ(first_event(stored).value("DTSTART"), "20240701T100000");
    EXPECT_EQ(ical::parse(stored)->front().components.front().name, "VTIMEZONE");
    // A structure that is no zone's is kept as it is.
    eas::TimeZone odd{.bias = -77,
                      .standard_date = {.month = 9, .day = 2, .hour = 1},
                      .daylight_date = {.month = 2, .day = 3, .hour = 4},
                      .daylight_bias = -33};
    said.time_zone = eas::to_base64(odd);
    auto own = new_event(said, owner, rules(eas::v14_1)).value();
    EXPECT_EQ(told(own, eas::v14_1).time_zone, said.time_zone);
    EXPECT_EQ(shown(told(own, eas::v14_1).start_time), "20240701T080000Z");
    EXPECT_TRUE(first_event(own).find("DTSTART")->parameter("TZID").starts_with("EAS/UTC+0117/"));
    // Moved by an hour it stays in its zone; the zone of a file stays too.
    auto moved = as_said(told(own, eas::v14_1), eas::v14_1);
    moved.start_time = wire("20240701T070000Z");
    auto after = changed(own, moved, eas::v14_1);
    EXPECT_EQ(first_event(after).find("DTSTART")->parameter("TZID"),
              first_event(own).find("DTSTART")->parameter("TZID"));
    EXPECT_EQ(shown(told(after, eas::v14_1).start_time), "20240701T070000Z");
}

// ---- ghosting (traps 23 to 25) ------------------------------------------------------------------------------------------------
TEST(Calendar, SilenceByVersionAndSupported) {
    auto stored = weekly("CATEGORIES:A\r\nDESCRIPTION:text\r\n");
    eas::Calendar said{.end_time = wire("20240506T083000Z"), .subject = "Team", .start_time = wire("20240506T080000Z")};
    said.recurrence = told(stored, eas::v14_1).recurrence;
    auto kept = [&](EventRules const& r) {
        auto after = changed_event(stored, said, owner, r);
        EXPECT_TRUE(after) << after.error();
        auto now = told(*after, r.version);
        std::string out;
        if (now.location || now.structured_location) out += "location ";
        if (now.categories) out += "categories ";
        if (now.reminder) out += "reminder ";
        if (!now.body->data->bytes.empty()) out += "body ";
        return out;
    };
    auto r = rules(eas::v14_1);
    EXPECT_EQ(kept(r), ""); // no Supported: nothing is ghosted (MS-ASCMD_R5906)
    r.supported = eas::ElementNames{};
    EXPECT_EQ(kept(r), "location categories reminder body "); // empty: all is (R5909)
    r.supported->tags = {eas::calendar::Reminder, eas::calendar::Location};
    EXPECT_EQ(kept(r), "categories body "); // listed: not ghosted (R5907)
    r.supported.reset(), r.silence_keeps = true;
    EXPECT_EQ(kept(r), "location categories reminder body ");
    EXPECT_EQ(kept(rules(eas::v16_1)), "location categories reminder body "); // MS-ASCAL_R2231
    auto cleared =
        changed(stored, {.reminder = eas::NumberOrEmpty{}, .categories = std::vector<std::string>{}}, eas::v16_1);
    EXPECT_FALSE(told(cleared).reminder || told(cleared).categories);
    EXPECT_EQ(first_event(stored).components.size(), 1U);
}

// ---- bad input --------------------------------------------------------------------------------------------------------------
TEST(Calendar, BadInputHasItsReason) {
    auto stored = weekly();
    auto start = wire("20240506T080000Z"), later = wire("20300506T080000Z"), end = wire("20240506T070000Z");
    struct {
        char const* what;
        eas::Calendar said;
        eas::Version version;
        bool is_new;
        std::string_view why;
    } const rows[]{
        {"ends first", {.end_time = end, .start_time = start}, eas::v14_1, true, "ends before"},
        {"end alone, past", {.end_time = end}, eas::v14_1, true, "R52515"},
        {"start alone, future", {.start_time = later}, eas::v14_1, true, "R52518"},
        {"end alone in a change", {.end_time = later}, eas::v14_1, false, "R53915"},
        {"exceptions", {.exceptions = std::vector<eas::Exception>{}}, eas::v16_1, false, "R2112"},
        {"nameless exception",
         {.end_time = start,
          .start_time = start,
          .recurrence = eas::Recurrence{.type = 0},
          .exceptions = std::vector<eas::Exception>(1)},
         eas::v14_1,
         true,
         "R246"},
        {"bad rule", {.recurrence = eas::Recurrence{.type = 4}}, eas::v16_1, false, "R453"},
        {"RTF",
         {.body = eas::Body{.type = eas::BodyType::Rtf, .data = eas::Content{"x", false}}},
         eas::v16_1,
         false,
         "RTF"},
    };
    for (auto const& row : rows) {
        auto out = row.is_new ? new_event(row.said, owner, rules(row.version))
                              : changed_event(stored, row.said, owner, rules(row.version));
        ASSERT_FALSE(out) << row.what;
        EXPECT_TRUE(out.error().contains(row.why)) << row.what << ": " << out.error();
    }
    auto now = new_event({}, owner, rules(eas::v16_1)).value(); // R52514
    EXPECT_EQ(shown(told(now).start_time), "20240601T120000Z");
    EXPECT_EQ(shown(told(now).end_time), "20240601T123000Z");
    EXPECT_FALSE(changed_event("garbage", {}, owner, rules(eas::v16_1)));
}

TEST(Calendar, WhatAPhoneDoesNotKnowStays) {
    auto stored = weekly("DESCRIPTION:plain\r\nX-ALT-DESC;FMTTYPE=text/html:<p>plain</"
                         "p>\r\nATTENDEE;CUTYPE=ROOM;X-P=1:mailto:room@x.org\r\n"
                         "ORGANIZER;SENT-BY=\"mailto:s@x.org\":mailto:anna@x.org\r\nX-MICROSOFT-CDO-IMPORTANCE:2\r\n");
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    said.subject = "Other";
    said.attendees->push_back({.email = "eve@x.org", .name = "Eve", .type = 2});
    auto after = first_event(changed(stored, said, eas::v14_1)), before = first_event(stored);
    EXPECT_EQ(after.value("SUMMARY"), "Other");
    EXPECT_EQ(after.components, before.components);
    for (auto name : {"X-KEPT", "X-ALT-DESC", "DESCRIPTION", "ORGANIZER", "X-MICROSOFT-CDO-IMPORTANCE", "RRULE",
                      "DTSTART", "ATTENDEE"})
        EXPECT_EQ(*after.find(name), *before.find(name)) << name;
    EXPECT_EQ(std::ranges::count(after.properties, "ATTENDEE", &ical::Property::name), 2);
}

TEST(Calendar, AttachmentsFrom16) {
    eas::Calendar said{.end_time = wire("20240701T090000Z"), .start_time = wire("20240701T080000Z")};
    said.attachments.emplace();
    said.attachments->emplace_back(eas::AttachmentAdd{
        .client_id = "c1", .content_type = "text/plain", .content = eas::Opaque{"hello"}, .display_name = "a.txt"});
    said.attachments->emplace_back(eas::AttachmentAdd{.client_id = "c2", .display_name = "moved.txt"}); // iOS 16.2
    auto stored = new_event(said, owner, rules(eas::v16_1)).value();
    auto brought = uploaded(said);
    ASSERT_EQ(brought.size(), 1U);
    EXPECT_EQ(event_attachment(stored, brought[0].part), (EventAttachment{"a.txt", "text/plain", "hello"}));
    auto answer = event_answer(stored, owner, brought, true);
    EXPECT_EQ(answer.uid, "new-uid");
    auto reference = std::get<eas::Attachment>(answer.attachments->at(0)).file_reference;
    EXPECT_EQ(std::get<eas::Attachment>(told(stored).attachments->at(0)).file_reference, reference);
    EXPECT_FALSE(told(stored, eas::v14_1).attachments);
    eas::Calendar gone{.attachments = std::vector<eas::AttachmentEntry>{eas::AttachmentDelete{reference}}};
    EXPECT_FALSE(told(changed(stored, gone, eas::v16_1)).attachments);
}

TEST(Calendar, SpansForTheFilter) {
    auto span = event_span(weekly(), owner).value();
    EXPECT_EQ(span.first, instant("20240506T080000Z"));
    EXPECT_GE(*span.last, instant("20241125T090000Z"));
    EXPECT_LE(*span.last, instant("20241128T000000Z"));
    EXPECT_FALSE(event_span(event("DTSTART:20240506T100000Z\r\nRRULE:FREQ=DAILY\r\n"), owner)->last);
    EXPECT_EQ(event_span(event("DTSTART:20240506T100000Z\r\nDURATION:PT1H\r\n"), owner)->last,
              instant("20240506T110000Z"));
    EXPECT_FALSE(event_span("", owner));
}

} // namespace
} // namespace godwit::convert
