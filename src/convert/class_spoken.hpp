#pragma once
// Contacts, tasks, notes and events with all that a phone can say of them, and what is told of what they have become:
// by the places of their elements (elements_sheet.hpp).
#include "convert/calendar_fixture.hpp"
#include "convert/contact.hpp"
#include "convert/contact_table.hpp"
#include "convert/elements_sheet.hpp"
#include "convert/note.hpp"
#include "convert/task.hpp"

namespace godwit::convert {

using eas::Calendar, eas::Contact, eas::Note, eas::Task;

// ---- what is said and told ----------------------------------------------------------------------------------------
struct Spoken {
    Table said, told; // by the phone; by the server of what was made of it
    template <class T> void say(T const& element, eas::Version version) {
        read_places(eas::encode_fragment(element, version), version, said);
    }
    template <class T> void tell(T const& element, eas::Version version) {
        read_places(eas::encode_fragment(element, version), version, told);
    }
};

inline eas::DateTime when(std::string_view raw) { return {eas::Instant(instant(raw))}; }
inline eas::Body body(char const* text) { return {.data = eas::Content{text, false}}; }
inline BodyOptions cut(std::uint32_t size) {
    return {.preferences = {{.type = eas::BodyType::Plain, .truncation_size = size}}};
}
inline BodyOptions previewed() { // the text does not fit, and is not wanted in part
    return {.preferences = {{.type = eas::BodyType::Plain, .truncation_size = 4, .all_or_none = true, .preview = 3}}};
}

inline void contacts(Spoken& out) {
    Contact said{.picture = "/9j/AAAA", .children = {{"Ida"}}, .categories = {{"Blue"}}, .body = body("a long note")};
    said.birthday = said.anniversary = eas::DateTimeOrEmpty{eas::Instant(instant("19800101T000000Z"))};
    for (auto const& row : element_rows()) said.*row.member = "a " + std::string(row.tag.name);
    said.email_1_address = "\"Ida\" <i@x.org>";
    for (auto version : eas::spoken_versions) {
        auto heard = eas::decode<Contact>(eas::encode_fragment(said, version), version).value();
        out.say(said, version);
        auto card = new_contact(heard, {.version = version}, "u");
        ASSERT_TRUE(card) << card.error();
        auto back = to_contact(*card, {}, version);
        for (auto const& row : element_rows()) EXPECT_EQ(back.*row.member, heard.*row.member) << row.tag.name;
        out.tell(back, version);
        for (auto const& options : {cut(4), previewed()}) out.tell(to_contact(*card, options, version), version);
    }
}

inline void tasks(Spoken& out) {
    Task said{.body = body("a long text"),
              .subject = "s",
              .importance = 2,
              .utc_start_date = when("20260302T000000Z"),
              .start_date = when("20260302T000000Z"),
              .utc_due_date = when("20260305T000000Z"),
              .due_date = when("20260305T000000Z"),
              .categories = {{"Blue"}},
              .complete = true,
              .date_completed = when("20260303T000000Z"),
              .sensitivity = 2,
              .reminder_time = when("20260304T000000Z"),
              .reminder_set = true,
              .ordinal_date = when("20260101T000000Z"),
              .sub_ordinal_date = "5"};
    auto const start = when("20260302T000000Z");
    eas::TaskRecurrence const rules[]{
        {.type = 1,
         .start = start,
         .occurrences = 3,
         .interval = 1,
         .day_of_week = 2,
         .dead_occur = 1,
         .first_day_of_week = 0},
        {.type = 2,
         .start = start,
         .until = when("20270302T000000Z"),
         .interval = 1,
         .day_of_month = 2,
         .regenerate = true},
        {.type = 5,
         .start = start,
         .interval = 1,
         .day_of_month = 8,
         .month_of_year = 5,
         .calendar_type = 8, // in Adar I
         .is_leap_month = true},
        {.type = 6, .start = start, .interval = 1, .day_of_week = 2, .week_of_month = 1, .month_of_year = 3}};
    for (auto version : eas::spoken_versions)
        for (auto const& rule : rules) {
            said.recurrence = rule;
            TaskRules how{.version = version, .now = instant("20260115T120000Z")};
            auto heard = eas::decode<Task>(eas::encode_fragment(said, version), version).value();
            out.say(said, version);
            auto task = new_task(heard, how, "u");
            ASSERT_TRUE(task) << task.error();
            out.tell(*to_task(*task, how), version);
            for (auto const& options : {cut(4), previewed()}) {
                how.body = options;
                out.tell(*to_task(*task, how), version);
            }
        }
}

inline void notes(Spoken& out) {
    Note const said{.subject = "s",
                    .body = body("a long text"),
                    .message_class = "IPM.StickyNote.Mine",
                    .last_modified_date = "20260101T000000Z",
                    .categories = {{"Blue"}}};
    for (auto version : eas::spoken_versions) {
        if (version < eas::v14_0) continue;
        auto heard = eas::decode<Note>(eas::encode_fragment(said, version), version).value();
        out.say(said, version);
        auto note = new_note(heard, {.version = version}, "u");
        ASSERT_TRUE(note) << note.error();
        for (auto const& options : {BodyOptions{}, cut(4), previewed()})
            out.tell(*to_note(*note, options, version), version);
    }
}

// All that a phone can say of an event, and of one of its occurrences.
inline Calendar whole_event(eas::Version version, eas::Recurrence const& rule) {
    Calendar said{.time_zone = berlin_blob(),
                  .all_day_event = false,
                  .busy_status = 3,
                  .end_time = wire("20240506T083000Z"),
                  .reminder = eas::NumberOrEmpty{15},
                  .sensitivity = 2,
                  .subject = "Team",
                  .start_time = wire("20240506T080000Z"),
                  .meeting_status = 1,
                  .categories = {{"Blue"}},
                  .recurrence = rule,
                  .response_requested = true,
                  .disallow_new_time_proposal = true,
                  .body = body("a long text")};
    said.attendees = {{.email = "bob@x.org", .name = "Bob", .type = 2}};
    if (version < eas::v16_0) {
        said.location = "Room 2", said.uid = "said", said.organizer_email = "anna@x.org";
        (*said.attendees)[0].status = 3;
        return said;
    }
    said.client_uid = "c";
    said.structured_location =
        eas::Location{"Room 2", "a", "b", "c", "d", "e", "f", "50.7", "7.1", "1", "2", "3", "x:y"};
    said.attachments.emplace().emplace_back(eas::AttachmentAdd{
        .client_id = "f", .content_type = "text/plain", .content = eas::Opaque{"hi"}, .display_name = "a"});
    return said;
}

inline Calendar other_occurrence(eas::Version version) {
    Calendar said{.all_day_event = false,
                  .busy_status = 0,
                  .end_time = wire("20240513T100000Z"),
                  .reminder = eas::NumberOrEmpty{5},
                  .sensitivity = 1,
                  .subject = "Other",
                  .start_time = wire("20240513T090000Z"),
                  .meeting_status = 5,
                  .categories = {{"Red"}},
                  .body = body("another text")};
    if (version >= eas::v14_0) said.attendees = {{.email = "cat@x.org", .name = "Cat", .type = 1}};
    if (version < eas::v16_0) said.location = "There";
    if (version >= eas::v16_0) {
        said.structured_location = eas::Location{.display_name = "There"};
        said.attachments.emplace().emplace_back(
            eas::AttachmentAdd{.client_id = "g", .content = eas::Opaque{"ho"}, .display_name = "b"});
    }
    return said;
}

inline eas::Exception as_exception(Calendar const& one) {
    return {.exception_start_time = wire("20240513T080000Z"),
            .subject = one.subject,
            .start_time = one.start_time,
            .end_time = one.end_time,
            .body = one.body,
            .location = one.location,
            .categories = one.categories,
            .sensitivity = one.sensitivity,
            .busy_status = one.busy_status,
            .all_day_event = one.all_day_event,
            .reminder = one.reminder,
            .meeting_status = one.meeting_status,
            .attendees = one.attendees};
}

inline void note_occurrence(Spoken& out, Calendar const& said, eas::Version version) { // as its place in the sheet
    Spoken one;
    one.say(said, version);
    for (auto const& [place, versions] : one.said)
        if (place.starts_with("ApplicationData/")) out.said["Exception" + place.substr(15)].insert(version);
}

inline void events_of_phones(Spoken& out) {
    eas::Recurrence const rules_said[]{
        {.type = 1, .interval = 1, .occurrences = 30, .day_of_week = 2, .first_day_of_week = 1},
        {.type = 2, .interval = 1, .until = wire("20300506T080000Z"), .day_of_month = 6, .calendar_type = 0},
        {.type = 6, .interval = 1, .week_of_month = 1, .day_of_week = 2, .month_of_year = 5, .is_leap_month = false}};
    for (auto version : eas::spoken_versions)
        for (auto const& rule : rules_said) {
            auto said = whole_event(version, rule);
            auto const other = other_occurrence(version);
            bool const weekly = rule.type == 1, embedded = weekly && version < eas::v16_0;
            eas::Exception const gone{.deleted = true, .exception_start_time = wire("20240520T080000Z")};
            if (embedded) said.exceptions = {as_exception(other), gone};
            out.say(said, version);
            auto stored = new_event(over_the_wire(said, version), owner, rules(version));
            ASSERT_TRUE(stored) << stored.error();
            auto const at = eas::Instant(instant("20240513T080000Z"));
            if (weekly && !embedded) {
                note_occurrence(out, other, version);
                out.said["Exception/AirSyncBase:InstanceId"].insert(version); // beside the Change
                stored = changed_occurrence(*stored, at, over_the_wire(other, version), owner, rules(version));
                ASSERT_TRUE(stored) << stored.error();
                stored = deleted_occurrence(*stored, eas::Instant(instant("20240520T080000Z")), owner, rules(version));
                out.said["Exception/Calendar:Deleted"].insert(version); // a Delete with InstanceId
                out.said["ApplicationData/Calendar:Exceptions"].insert(version);
                out.said["Exceptions/Calendar:Exception"].insert(version);
            }
            out.tell(told(*stored, version), version);
            for (auto const& options : {cut(4), previewed()})
                out.tell(to_calendar(*stored, owner, options, version).event, version);
            auto const back = told(*stored, version);
            EXPECT_EQ(back.structured_location, said.structured_location);
            EXPECT_EQ(back.disallow_new_time_proposal.value_or(false), version >= eas::v14_0);
        }
}

// What only other programs and other people put there.
inline void events_of_others(Spoken& out) {
    auto const rich = "ORGANIZER;CN=Bob:mailto:bob@x.org\r\nATTENDEE;CN=Anna;PARTSTAT=ACCEPTED;X-GODWIT-PROPOSED-START="
                      "20240506T090000Z;X-GODWIT-PROPOSED-END=20240506T093000Z:mailto:anna@x.org\r\n"
                      "X-GODWIT-REPLY-TIME:20240502T000000Z\r\nX-MICROSOFT-ONLINEMEETINGCONFLINK:sip:a@x\r\n"
                      "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK:https://x.org/1\r\n";
    auto const other = "DTSTART:20240513T120000Z\r\nDTEND:20240513T123000Z\r\nORGANIZER:mailto:bob@x.org\r\n"
                       "ATTENDEE;PARTSTAT=TENTATIVE:mailto:anna@x.org\r\nX-GODWIT-REPLY-TIME:20240503T000000Z\r\n"
                       "X-MICROSOFT-ONLINEMEETINGCONFLINK:sip:b@x\r\nCONFERENCE:https://x.org/2\r\n";
    auto const a_day = "BEGIN:VEVENT\r\nUID:u1\r\nRECURRENCE-ID:20240520T080000Z\r\nDTSTART;VALUE=DATE:20240521\r\n"
                       "END:VEVENT\r\n";
    for (auto version : eas::spoken_versions)
        for (auto const& stored :
             {weekly(rich, override_of("20240513T100000", other) + a_day),
              event("DTSTART:20240531T100000Z\r\nRRULE:RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=8\r\n")})
            out.tell(told(stored, version), version);
}

} // namespace godwit::convert
