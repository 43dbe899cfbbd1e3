// Series and their exceptions, ghosting, attachments, bad input.
#include "convert/calendar_fixture.hpp"

#include <algorithm>

namespace godwit::convert {
namespace {

// ---- series and exceptions ----------------------------------------------------------------------------------------
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

// In the evening of America the day of UTC is another.
TEST(Calendar, WhatIsGoneIsGoneByTheClockOfTheSeries) {
    auto evening = [](std::string exdate) {
        return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20240101T000000Z\r\n"
               "DTSTART;TZID=America/Los_Angeles:20240501T200000\r\nDTEND;TZID=America/Los_Angeles:20240501T210000\r\n"
               "SUMMARY:Late\r\nRRULE:FREQ=DAILY\r\n" +
               exdate + "END:VEVENT\r\nEND:VCALENDAR\r\n";
    };
    for (auto exdate : {"EXDATE:20240511T030000Z\r\n", "EXDATE;TZID=Europe/Berlin:20240511T050000\r\n",
                        "EXDATE;TZID=America/Los_Angeles:20240510T200000\r\n"}) {
        SCOPED_TRACE(exdate);
        auto const stored = evening(exdate);
        auto const r = rules(eas::v16_1);
        auto gone = [&](std::string const& text) {
            std::vector<std::string> out;
            for (auto const& one : told(text, eas::v16_1).exceptions.value_or(std::vector<eas::Exception>()))
                if (one.deleted.value_or(false)) out.push_back(shown(one.instance_id));
            return out;
        };
        auto const tenth = wire("20240511T030000Z").at, eleventh = wire("20240512T030000Z").at;
        EXPECT_EQ(gone(stored), std::vector<std::string>{"20240511T030000Z"});
        EXPECT_EQ(deleted_occurrence(stored, tenth, owner, r), stored); // done already
        auto const both = deleted_occurrence(stored, eleventh, owner, r);
        ASSERT_TRUE(both);
        EXPECT_EQ(gone(*both), (std::vector<std::string>{"20240511T030000Z", "20240512T030000Z"}));
        auto const back = changed_occurrence(*both, tenth, {.subject = "Back"}, owner, r);
        ASSERT_TRUE(back);
        EXPECT_EQ(gone(*back), std::vector<std::string>{"20240512T030000Z"});
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
    } const rows[]{{stored, "20240528T080000Z"},                                 // not on that day
                   {stored, "20240429T080000Z"},                                 // before the first
                   {event("DTSTART:20240506T100000Z\r\n"), "20240506T100000Z"}}; // no series
    for (auto const& row : rows) {
        auto refused = changed_occurrence(row.stored, eas::Instant(instant(row.instance)), {.subject = "x"}, owner,
                                          rules(eas::v16_1));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), no_occurrence);
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

// ---- zones --------------------------------------------------------------------------------------------------------
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

// ---- ghosting (traps 23 to 25) ------------------------------------------------------------------------------------
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
    EXPECT_EQ(kept(r), "location categories reminder body "); // no Supported: as for contacts (convert/omission.hpp)
    r.supported = eas::ElementNames{};
    EXPECT_EQ(kept(r), "location categories reminder body "); // empty: all is (R5909)
    r.supported->tags = {eas::calendar::Reminder, eas::calendar::Location};
    EXPECT_EQ(kept(r), "categories body "); // listed: not ghosted (R5907)
    r.supported->tags = {eas::calendar::Subject};
    EXPECT_EQ(kept(r), "categories reminder body ");                          // MS-ASCAL_R301: Location cannot be
    EXPECT_EQ(kept(rules(eas::v16_1)), "location categories reminder body "); // MS-ASCAL_R2231
    auto cleared =
        changed(stored, {.reminder = eas::NumberOrEmpty{}, .categories = std::vector<std::string>{}}, eas::v16_1);
    EXPECT_FALSE(told(cleared).reminder || told(cleared).categories);
    EXPECT_EQ(first_event(stored).components.size(), 1U);
}

TEST(Calendar, APhoneMaySayThePatternInItsOwnWords) {
    auto stored = event("DTSTART:20240501T100000Z\r\nDTEND:20240501T110000Z\r\n"
                        "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20250601T120000Z\r\nSUMMARY:a\r\n");
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    said.recurrence->interval.reset(), said.recurrence->calendar_type.reset();
    said.recurrence->until = wire("20250601T000000Z");
    EXPECT_EQ(changed(stored, said, eas::v14_1), stored);
    said.recurrence->until = wire("20250602T000000Z");
    EXPECT_EQ(first_event(changed(stored, said, eas::v14_1)).value("RRULE"),
              "FREQ=MONTHLY;UNTIL=20250602T100000Z;BYMONTHDAY=1");
}

TEST(Calendar, ACutBodySaidAgainIsNoEdit) {
    auto stored = event("DTSTART:20240501T100000Z\r\nDESCRIPTION:0123456789abcdef\r\n");
    auto r = rules(eas::v16_1);
    r.body.preferences = {{.type = eas::BodyType::Plain, .truncation_size = 8}};
    eas::Calendar said{.subject = "s", .body = to_calendar(stored, owner, r.body, eas::v16_1).event.body};
    EXPECT_EQ(said.body->data->bytes, "01234567");
    auto after = changed_event(stored, said, owner, r).value();
    EXPECT_EQ(first_event(after).value("DESCRIPTION"), "0123456789abcdef");
    EXPECT_EQ(first_event(after).value("SUMMARY"), "s");
}

// ---- bad input ----------------------------------------------------------------------------------------------------
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

// Up to 14.1 the phone mails, with a SEQUENCE of its own: when everybody was asked anew is known by its time.
TEST(Calendar, WhatIsMovedSaysWhenEverybodyWasAsked) {
    auto const stored = weekly("ORGANIZER:mailto:anna@x.org\r\nATTENDEE:mailto:bob@x.org\r\n");
    auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
    said.subject = "Other";
    EXPECT_FALSE(first_event(changed(stored, said, eas::v14_1)).find("X-GODWIT-ASKED"));
    said.start_time = wire("20240506T070000Z");
    said.end_time = wire("20240506T073000Z");
    auto const moved = first_event(changed(stored, said, eas::v14_1));
    EXPECT_EQ(moved.value("X-GODWIT-ASKED"), "1/" + std::string(moved.value("DTSTAMP")));
}

// She has answered for one occurrence, unasked; then her organizer's phone invites her to all.
TEST(Calendar, WhoCameUnaskedToOneIsInvitedWithTheSeries) {
    auto stored = weekly("ORGANIZER:mailto:anna@x.org\r\nATTENDEE:mailto:bob@x.org\r\n");
    stored.insert(stored.find("END:VCALENDAR"),
                  "BEGIN:VEVENT\r\nUID:u1\r\nRECURRENCE-ID:20240513T080000Z\r\nDTSTART:20240513T080000Z\r\n"
                  "DTEND:20240513T090000Z\r\nORGANIZER:mailto:anna@x.org\r\nATTENDEE:mailto:bob@x.org\r\n"
                  "ATTENDEE;PARTSTAT=ACCEPTED;X-GODWIT-UNINVITED=TRUE:mailto:eve@x.org\r\nEND:VEVENT\r\n");
    for (bool const says_so : {true, false}) {
        auto said = as_said(told(stored, eas::v14_1), eas::v14_1);
        ASSERT_EQ(said.exceptions->size(), 1U);
        auto echo = changed(stored, said, eas::v14_1);
        EXPECT_TRUE(echo.contains("X-GODWIT-UNINVITED")); // that she was seen there is no invitation
        said.attendees->push_back({.email = "eve@x.org", .name = "Eve", .type = 1});
        if (!says_so) said.exceptions->front().attendees.reset();
        EXPECT_FALSE(changed(stored, said, eas::v14_1).contains("X-GODWIT-UNINVITED"));
    }
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
