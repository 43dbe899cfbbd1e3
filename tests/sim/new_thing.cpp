#include "eas/time_zone.hpp"
#include "ical/value.hpp"
#include "thing.hpp"

// Things that users and other programs make.
namespace godwit::sim {
namespace {

using namespace std::chrono;

std::string name(char const* what, std::uint32_t number) { return what + (" " + std::to_string(number)); }

// Some in the past, some to come.
ical::Instant start_of(std::uint32_t kind, index::Time now) {
    return floor<days>(now) + days(int(kind / 16 % 60)) - days(45) + hours(6) + minutes(15 * (kind / 1024 % 40));
}

eas::Calendar new_event(std::uint32_t number, std::uint32_t kind, index::Time now) {
    auto const start = start_of(kind, now);
    eas::Calendar event{.time_zone = eas::to_base64(eas::TimeZone{}),
                        .all_day_event = false,
                        .busy_status = 2,
                        .end_time = eas::CompactDateTime{start + minutes(30)},
                        .location = name("place", number),
                        .structured_location = eas::Location{.display_name = name("place", number)},
                        .sensitivity = 0,
                        .subject = name("title", number),
                        .start_time = eas::CompactDateTime{start},
                        .uid = "event-" + std::to_string(number),
                        .client_uid = "client-" + std::to_string(number),
                        .categories = {{name("label", number)}},
                        .body = eas::Body{.data = eas::Content{name("text", number), false}}};
    if (kind % 2 == 0) return event;
    event.recurrence = eas::Recurrence{.type = 0, .interval = std::uint16_t(1 + kind / 2 % 3)};
    if (kind % 8 != 1) event.recurrence->occurrences = std::uint16_t(3 + kind / 8 % 9);
    return event;
}

std::string component(std::string const& type, std::string const& lines) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sim//EN\r\nX-SIM-ODD;A=\"b,c\":d\r\nBEGIN:" + type + "\r\n" +
           lines + "END:" + type + "\r\nEND:VCALENDAR\r\n";
}

std::string event_lines(std::uint32_t kind, index::Time now) {
    auto const start = start_of(kind, now);
    auto const day = ical::raw(start).substr(0, 8);
    auto const rule = kind % 3 == 0 ? "RRULE:FREQ=DAILY;COUNT=6\r\n" : "";
    if (kind / 4 % 4 == 0) return "DTSTART;VALUE=DATE:" + day + "\r\n" + rule;
    return "DTSTART:" + ical::raw(start) + "\r\nDURATION:PT45M\r\n" + rule +
           "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT10M\r\nX-SIM-SOUND:ping\r\nEND:VALARM\r\n";
}

} // namespace

Thing new_thing(index::ItemClass item_class, std::uint32_t number, std::uint32_t kind, index::Time now) {
    eas::Body const body{.data = eas::Content{name("text", number), false}};
    std::vector<std::string> const labels{name("label", number)};
    switch (item_class) {
    case index::ItemClass::Contacts:
        return eas::Contact{.file_as = name("Name", number),
                            .first_name = name("First", number),
                            .last_name = "Last",
                            .nick_name = name("nick", number),
                            .job_title = name("title", number),
                            .email_1_address = "a" + std::to_string(number) + "@example.org",
                            .mobile_phone_number = name("+49", number),
                            .categories = labels,
                            .body = body};
    case index::ItemClass::Tasks: {
        eas::DateTime const due{floor<days>(now) + days(kind % 40)};
        return eas::Task{.body = body,
                         .subject = name("title", number),
                         .importance = 1,
                         .utc_due_date = due,
                         .due_date = due,
                         .categories = labels,
                         .complete = false,
                         .sensitivity = 0,
                         .reminder_set = false};
    }
    case index::ItemClass::Notes:
        return eas::Note{
            .subject = name("title", number), .body = body, .message_class = "IPM.StickyNote", .categories = labels};
    default: return new_event(number, kind, now);
    }
}

std::string new_object(index::ItemClass item_class, std::string const& uid, std::uint32_t kind, index::Time now) {
    auto const kept = "X-SIM-KEPT:" + uid + "\r\n", lines = "UID:" + uid + "\r\n" + kept + "SUMMARY:title " + uid +
                                                            "\r\nDESCRIPTION:text " + uid +
                                                            "\r\nDTSTAMP:20240101T000000Z\r\n";
    switch (item_class) {
    case index::ItemClass::Contacts:
        return "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:" + uid + "\r\nFN:Full " + uid + "\r\nN:Last;" + uid +
               ";;;\r\nitem1.TEL;TYPE=cell:+49 1\r\nitem1.X-ABLabel:mine\r\n" + kept + "END:VCARD\r\n";
    case index::ItemClass::Tasks:
        return component("VTODO", lines + (kind % 2 ? "PRIORITY:7\r\nSTATUS:NEEDS-ACTION\r\n" : ""));
    case index::ItemClass::Notes: return component("VJOURNAL", lines);
    default: return component("VEVENT", lines + event_lines(kind, now));
    }
}

} // namespace godwit::sim
