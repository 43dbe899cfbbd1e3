#pragma once
// Anna's calendar, and what a phone does to it.
#include "convert/calendar.hpp"
#include "convert/time_zone.hpp"
#include "ical/object.hpp"

#include <gtest/gtest.h>

namespace godwit::convert {

using namespace std::chrono;

inline std::vector<std::string> const anna{"anna@x.org", "a@x.org"};
inline CalendarOwner const owner{.item = 7, .addresses = anna, .name = "Anna", .zone = "Europe/Berlin"};
inline BodyOptions const plain;

inline ical::Instant instant(std::string_view raw) { return ical::instant(raw).value(); }
inline eas::CompactDateTime wire(std::string_view raw) { return {eas::Instant(instant(raw))}; }
inline std::string shown(std::optional<eas::CompactDateTime> const& at) {
    return at ? ical::raw(floor<seconds>(at->at)) : std::string("none");
}
inline EventRules rules(eas::Version version) {
    return {.version = version, .now = instant("20240601T120000Z"), .uid = "new-uid"};
}

inline std::string berlin_blob() {
    return eas::to_base64(structure_of(*ical::Zone::named("Europe/Berlin"), instant("20240601T000000Z")));
}

inline std::string calendar(std::string_view components) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nX-WR-KEPT:yes\r\n" + std::string(components) +
           "END:VCALENDAR\r\n";
}
inline std::string event(std::string_view lines) {
    return calendar("BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\n" + std::string(lines) + "END:VEVENT\r\n");
}
inline std::string weekly(std::string_view more = {}, std::string_view overrides = {}) {
    return calendar(
        "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20240506T100000\r\n"
        "DTEND;TZID=Europe/Berlin:20240506T103000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=30\r\nSUMMARY:Team\r\n"
        "LOCATION:Room 2\r\nX-KEPT;A=\"b,c\":v\r\n" +
        std::string(more) +
        "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nX-SOUND:ping\r\nEND:VALARM\r\nEND:VEVENT\r\n" +
        std::string(overrides));
}
inline std::string override_of(std::string_view day, std::string_view lines) {
    return "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20240102T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:" +
           std::string(day) + "\r\n" + std::string(lines) + "END:VEVENT\r\n";
}

inline eas::Calendar told(std::string_view stored, eas::Version version = eas::v16_1,
                          CalendarOwner const& whose = owner) {
    auto out = to_calendar(stored, whose, plain, version);
    EXPECT_EQ(out.isolated, "");
    return out.event;
}
inline std::string changed(std::string_view stored, eas::Calendar const& said, eas::Version version) {
    auto out = changed_event(stored, said, owner, rules(version));
    EXPECT_TRUE(out) << out.error();
    return out.value_or("");
}
inline ical::Component first_event(std::string_view stored, int index = 0) {
    auto calendars = ical::parse(stored).value();
    for (auto const& one : calendars.front().components)
        if (one.name == "VEVENT" && index-- == 0) return one;
    return {};
}
// Through the wire, as the phone reads it and says it again.
inline eas::Calendar over_the_wire(eas::Calendar const& said, eas::Version version) {
    auto back = eas::decode<eas::Calendar>(eas::encode_fragment(said, version), version);
    EXPECT_TRUE(back) << eas::to_string(back.error());
    return back.value_or(eas::Calendar{});
}
// What a phone sends of what it was told: not what only a server says, and from 16.0 no Exceptions.
inline eas::Calendar as_said(eas::Calendar told, eas::Version version) {
    told.response_type.reset(), told.appointment_reply_time.reset(), told.native_body_type.reset();
    told.online_meeting_conf_link.reset(), told.online_meeting_external_link.reset(), told.attachments.reset();
    if (version >= eas::v16_0) told.exceptions.reset(), told.uid.reset();
    if (told.exceptions)
        for (auto& one : *told.exceptions) one.response_type.reset(), one.appointment_reply_time.reset();
    return told;
}

} // namespace godwit::convert
