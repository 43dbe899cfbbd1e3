// What clients.md says of phones and of contacts, events, tasks and notes: one test for each, named after who does it.
// Those of contacts with rules of their own are in contact_test.cpp (QuirkIosEmptyPictureIsUnchanged, dates).
#include "convert/calendar_fixture.hpp"
#include "convert/contact.hpp"
#include "convert/note.hpp"
#include "convert/task.hpp"
#include "ical/zone.hpp"

namespace godwit::convert {
namespace {

using eas::Calendar, eas::Contact;

Calendar lunch() {
    return {.end_time = wire("20240506T110000Z"), .subject = "Lunch", .start_time = wire("20240506T100000Z")};
}
std::string made(Calendar const& said, eas::Version version) {
    auto stored = new_event(over_the_wire(said, version), owner, rules(version));
    EXPECT_TRUE(stored) << stored.error();
    return stored.value_or("");
}

// ---- 4.1 iOS ------------------------------------------------------------------------------------------------------
TEST(Quirk, IosInvitesWithoutAnOrganizer) {
    for (auto version : eas::spoken_versions) {
        auto said = lunch();
        said.attendees = {{.email = "bob@x.org", .name = "Bob"}};
        auto const now = told(made(said, version), version);
        EXPECT_EQ(now.organizer_email, "anna@x.org");
        EXPECT_EQ(now.organizer_name, "Anna");
        EXPECT_EQ(now.meeting_status, 1);
        // And to an event that was nobody's until then.
        auto const later = told(changed(made(lunch(), version), said, version), version);
        EXPECT_EQ(later.organizer_email, "anna@x.org");
    }
}

// It names the midnight of a day where the occurrence of a timed series would have begun at ten.
TEST(Quirk, IosNamesTheDayOfAnExceptionThatHasBecomeOne) {
    auto const stored = weekly();
    for (auto const* named : {"20240512T220000Z", "20240513T080000Z"}) { // midnight in Berlin; as it should be
        auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
        said.exceptions = {{.exception_start_time = wire(named),
                            .subject = "All day",
                            .start_time = wire("20240512T220000Z"),
                            .end_time = wire("20240513T220000Z"),
                            .all_day_event = true}};
        auto const after = changed(stored, said, eas::v14_1);
        EXPECT_EQ(first_event(after, 1).value("RECURRENCE-ID"), "20240513T100000") << named;
        EXPECT_EQ(first_event(after, 1).value("DTSTART"), "20240513") << named;
        auto const list = told(after, eas::v14_1).exceptions.value();
        ASSERT_EQ(list.size(), 1U);
        EXPECT_EQ(shown(list[0].exception_start_time), "20240513T080000Z");
        EXPECT_EQ(list[0].all_day_event, true);
    }
}

TEST(Quirk, Ios16_2AddsFilesWithoutContent) {
    for (auto version : {eas::v16_0, eas::v16_1}) {
        auto said = lunch();
        said.attachments.emplace().emplace_back(eas::AttachmentAdd{.client_id = "1", .display_name = "moved.txt"});
        EXPECT_FALSE(told(made(said, version), version).attachments);
        EXPECT_TRUE(uploaded(said).empty()); // nothing to answer for
    }
}

// iOS 16.x takes out of the calendar what comes back as its own edit: a phone's edit is all that becomes of an event.
TEST(Quirk, IosWritesAnEventWithoutTheServersWords) {
    auto const stored = made(lunch(), eas::v16_1);
    auto said = as_said(told(stored), eas::v16_1);
    EXPECT_EQ(changed(stored, said, eas::v16_1), stored);
    said.subject = "Dinner";
    auto const after = told(changed(stored, said, eas::v16_1));
    auto expected = told(stored);
    expected.subject = "Dinner", expected.dt_stamp = after.dt_stamp;
    EXPECT_EQ(after, expected);
}

// ---- 4.2 Android --------------------------------------------------------------------------------------------------
TEST(Quirk, AndroidTakesZonesWithNamesForGreenwich) {
    for (auto const& name : ical::well_known_zones()) {
        auto const zone = ical::Zone::named(name);
        ASSERT_TRUE(zone) << name;
        auto const structure = structure_of(*zone, instant("20240601T000000Z"));
        EXPECT_TRUE(structure.standard_name.empty() && structure.daylight_name.empty()) << name;
        auto const again = eas::parse_time_zone(eas::to_base64(structure));
        EXPECT_EQ(again, structure) << name;
    }
}

TEST(Quirk, AndroidClearsNotesOnlyByAnEmptyBody) { // trap 35
    auto const none = BodyOptions{};
    for (auto version : eas::spoken_versions) {
        auto const card = new_contact({.last_name = "Doe"}, {.version = version}, "u");
        ASSERT_TRUE(card);
        EXPECT_EQ(to_contact(*card, none, version).body->data, eas::Content{});
        EXPECT_EQ(told(made(lunch(), version), version).body->data->bytes, "");
        auto const task = new_task({.subject = "s"}, {.version = version}, "u");
        ASSERT_TRUE(task);
        EXPECT_EQ(to_task(*task, {.version = version})->body->data, eas::Content{});
        auto const note = new_note({.subject = "s"}, {.version = version}, "u");
        ASSERT_TRUE(note);
        EXPECT_EQ(to_note(*note, none, version)->body->data, eas::Content{});
    }
}

// ---- 4.3 Samsung --------------------------------------------------------------------------------------------------
// Midnight in Greenwich beside the phone's own zone is that day, and so is the zone's own midnight.
TEST(Quirk, SamsungAllDayStaysOnItsDay) {
    for (auto const* name : {"Europe/Berlin", "America/New_York", "Asia/Kolkata"}) {
        auto const zone = *ical::Zone::named(name);
        auto const day = local_days(2024y / May / 6);
        for (auto start : {ical::Instant(day.time_since_epoch()), zone.to_utc(day)})
            for (auto version : {eas::v12_1, eas::v14_0, eas::v14_1}) {
                Calendar const said{.time_zone = eas::to_base64(structure_of(zone, start)),
                                    .all_day_event = true,
                                    .end_time = eas::CompactDateTime{eas::Instant(start + days(1))},
                                    .start_time = eas::CompactDateTime{eas::Instant(start)}};
                auto const event = first_event(made(said, version));
                EXPECT_EQ(event.value("DTSTART"), "20240506") << name;
                EXPECT_EQ(event.value("DTEND"), "20240507") << name;
            }
    }
}

// XML has no place for them, and Samsung's reader gives up: gone on the way in and on the way out.
TEST(Quirk, SamsungStopsAtControlCharacters) {
    for (auto version : eas::spoken_versions) {
        auto const shown = told(event("DTSTART:20240506T100000Z\r\nSUMMARY:a\x01\x0B"
                                      "b\r\nDESCRIPTION:c\x0C"
                                      "d\r\n"),
                                version);
        EXPECT_EQ(shown.subject, "ab");
        EXPECT_EQ(shown.body->data->bytes, "cd");
        auto said = lunch();
        said.subject = "a\x01\x0B"
                       "b";
        EXPECT_EQ(first_event(made(said, version)).value("SUMMARY"), "ab");
        auto const card = vcard::read_card("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\x01\x0B"
                                           "b\r\nEND:VCARD\r\n");
        EXPECT_EQ(to_contact(*card, {}, version).file_as, "ab");
    }
}

// ---- 4.4 Outlook, Windows -----------------------------------------------------------------------------------------
TEST(Quirk, OutlookIsGivenNoReminderThatNobodySaid) {
    for (auto version : eas::spoken_versions) {
        auto const stored = made(lunch(), version);
        EXPECT_TRUE(first_event(stored).components.empty());
        EXPECT_FALSE(told(stored, version).reminder);
        auto all_day = lunch();
        all_day.all_day_event = true, all_day.end_time = wire("20240507T000000Z");
        EXPECT_FALSE(told(made(all_day, version), version).reminder);
    }
}

TEST(Quirk, OutlookIsToldNobodyWithoutAnAddress) {
    auto const stored = weekly("ORGANIZER:mailto:anna@x.org\r\nATTENDEE;CN=Nomail:invalid:nomail\r\n"
                               "ATTENDEE;CN=Empty:mailto:\r\nATTENDEE;CN=Bob:mailto:bob@x.org\r\n");
    for (auto version : eas::spoken_versions) {
        auto const list = told(stored, version).attendees.value();
        ASSERT_EQ(list.size(), 1U);
        EXPECT_EQ(list[0].email, "bob@x.org");
        EXPECT_EQ(list[0].name, "Bob");
    }
}

TEST(Quirk, WindowsPhoneStopsAtAnEmptyListOfAttendees) {
    for (auto version : eas::spoken_versions)
        for (auto const& stored : {weekly(), weekly("ORGANIZER:mailto:anna@x.org\r\n"), made(lunch(), version)})
            EXPECT_FALSE(told(stored, version).attendees);
}

// ---- 4.5 others ---------------------------------------------------------------------------------------------------
// LG says an empty Supported: by MS-ASCMD_R5909 all is ghosted. Z-Push takes it as not said, which up to 14.1 comes to
// the same here (trap 25): nothing of a contact is lost by what it leaves out.
TEST(Quirk, LgSaysAnEmptySupported) {
    for (auto version : {eas::v12_1, eas::v14_0, eas::v14_1}) {
        auto const full = new_contact({.last_name = "Doe", .home_address_city = "Bern", .spouse = "Max"}, {}, "u");
        ASSERT_TRUE(full);
        std::optional<eas::ElementNames> const said[]{std::nullopt, eas::ElementNames{}};
        for (auto const& supported : said) {
            auto const after =
                changed_contact(*full, {.last_name = "Roe"}, {.version = version, .supported = supported});
            ASSERT_TRUE(after);
            auto const now = to_contact(*after, {}, version);
            EXPECT_EQ(now.last_name, "Roe");
            EXPECT_EQ(now.home_address_city, "Bern");
            EXPECT_EQ(now.spouse, "Max");
        }
    }
}

// TbSync wants daylight time in a zone that has it, and believes the blob.
TEST(Quirk, TbSyncWantsDaylightTimeInTheZone) {
    for (auto version : eas::spoken_versions)
        for (auto const* day : {"20240115", "20240715"}) { // in winter and in summer
            auto const stored = event("DTSTART;TZID=Europe/Berlin:" + std::string(day) + "T100000\r\n");
            auto const structure = eas::parse_time_zone(told(stored, version).time_zone.value());
            ASSERT_TRUE(structure && structure->has_daylight_time());
            EXPECT_EQ(structure->bias, -60);
            EXPECT_EQ(structure->daylight_bias, -60);
            EXPECT_EQ(structure->daylight_date.month, 3);
            EXPECT_EQ(structure->standard_date.month, 10);
        }
}

// Trap 25: an empty element takes the value away, at every version; Exchange of 16.x refuses it (status 6).
TEST(Quirk, AnEmptyElementTakesItsValueAway) {
    for (auto version : eas::spoken_versions) {
        auto const full = new_contact({.last_name = "Doe", .spouse = "Max"}, {.version = version}, "u");
        auto const after = changed_contact(*full, {.last_name = "Doe", .spouse = ""}, {.version = version});
        ASSERT_TRUE(after);
        EXPECT_FALSE(to_contact(*after, {}, version).spouse);
    }
}

} // namespace
} // namespace godwit::convert
