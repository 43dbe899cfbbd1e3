#include "convert/calendar_table.hpp"

#include "eas/pages.hpp"
#include "mime/charset.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace godwit::convert::calendar_parts {
namespace {

using ical::Component, ical::Property;

constexpr std::size_t max_line = 4096;

std::string line(std::string_view raw) {
    auto out = ical::text(raw);
    out.resize(mime::cut_bytes(out, max_line).size());
    return out;
}

void put(Editor& e, std::string_view property, std::optional<std::string> const& value) {
    if (value && !value->empty())
        e.event.set(property, ical::escaped(*value));
    else
        e.event.remove(property);
}

// ---- texts ---------------------------------------------------------------------------------------------------------
void read_subject(View const& v, eas::Calendar& out) { out.subject = line(v.event.value("SUMMARY")); }
void write_subject(Editor& e, eas::Calendar const& said) { put(e, "SUMMARY", said.subject); }

// The parts of a place that iCalendar has no property for.
struct Place {
    std::string_view property;
    std::optional<std::string> eas::Location::* member;
};
constexpr std::array<Place, 12> places{{{"X-GODWIT-LOCATION-ANNOTATION", &eas::Location::annotation},
                                        {"X-GODWIT-LOCATION-STREET", &eas::Location::street},
                                        {"X-GODWIT-LOCATION-CITY", &eas::Location::city},
                                        {"X-GODWIT-LOCATION-STATE", &eas::Location::state},
                                        {"X-GODWIT-LOCATION-COUNTRY", &eas::Location::country},
                                        {"X-GODWIT-LOCATION-POSTAL-CODE", &eas::Location::postal_code},
                                        {"X-GODWIT-LOCATION-ACCURACY", &eas::Location::accuracy},
                                        {"X-GODWIT-LOCATION-ALTITUDE", &eas::Location::altitude},
                                        {"X-GODWIT-LOCATION-ALTITUDE-ACCURACY", &eas::Location::altitude_accuracy},
                                        {"X-GODWIT-LOCATION-URI", &eas::Location::location_uri},
                                        {"X-GODWIT-LOCATION-LATITUDE", &eas::Location::latitude},
                                        {"X-GODWIT-LOCATION-LONGITUDE", &eas::Location::longitude}}};

// As GEO has it (RFC 5545 3.3.7); phones say 1.0E-4 too.
bool is_plain_number(std::optional<std::string> const& text) {
    return text && !text->empty() && text->find_first_not_of("+-.0123456789") == std::string::npos;
}

void read_location(View const& v, eas::Calendar& out) {
    auto name = line(v.event.value("LOCATION"));
    if (v.version < eas::v16_0) {
        if (!name.empty()) out.location = name;
        return;
    }
    eas::Location place;
    if (!name.empty()) place.display_name = name;
    for (auto const& [property, member] : places)
        if (auto value = line(v.event.value(property)); !value.empty()) place.*member = value;
    std::string_view geo = v.event.value("GEO");
    if (auto semicolon = geo.find(';'); semicolon != geo.npos && geo.size() < 100) {
        place.latitude = std::string(geo.substr(0, semicolon));
        place.longitude = std::string(geo.substr(semicolon + 1));
    }
    if (place != eas::Location{}) out.structured_location = std::move(place);
}

// Another name is another place: what was known of the old one goes.
void write_location(Editor& e, eas::Calendar const& said) {
    eas::Location place = said.structured_location.value_or(eas::Location{});
    if (e.rules.version < eas::v16_0) place = {.display_name = said.location};
    put(e, "LOCATION", place.display_name);
    if (is_plain_number(place.latitude) && is_plain_number(place.longitude)) {
        e.event.set("GEO", *place.latitude + ";" + *place.longitude);
        place.latitude.reset(), place.longitude.reset();
    } else {
        e.event.remove("GEO"); // it has both, or is not there; each may stand alone (MS-ASAIRS_R1193, R1233)
    }
    for (auto const& [property, member] : places) put(e, property, place.*member);
}

// Apart from what it says of the place, an element that is there and empty says that there is none.
bool no_place(eas::Calendar const& c) {
    auto empty = [](auto const& text) { return !text || text->empty(); };
    auto const place = c.structured_location.value_or(eas::Location{});
    return empty(c.location) && empty(place.display_name) &&
           std::ranges::all_of(places, [&](auto const& one) { return empty(place.*one.member); });
}

void read_categories(View const& v, eas::Calendar& out) {
    auto list = categories_of(v.event);
    if (!list.empty()) out.categories = std::move(list);
}
void write_categories(Editor& e, eas::Calendar const& said) {
    set_categories(e.event, said.categories.value_or(std::vector<std::string>()));
}

// ---- small numbers ------------------------------------------------------------------------------------------------
constexpr std::array<std::string_view, 5> busy_names{"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"};

void read_busy(View const& v, eas::Calendar& out) {
    auto name = ical::upper(v.event.value("X-MICROSOFT-CDO-BUSYSTATUS"));
    auto found = std::ranges::find(busy_names, name);
    bool free = ical::same_name(v.event.value("TRANSP"), "TRANSPARENT");
    bool tentative = ical::same_name(v.event.value("STATUS"), "TENTATIVE");
    int value = found != busy_names.end() ? static_cast<int>(found - busy_names.begin()) : free ? 0 : tentative ? 1 : 2;
    if (value == 4 && v.version < eas::v16_0) value = 0; // MS-ASCAL_R2043
    out.busy_status = static_cast<std::int8_t>(value);
}
void write_busy(Editor& e, eas::Calendar const& said) {
    if (!said.busy_status || *said.busy_status < 0) { // -1: not known
        e.event.remove("TRANSP");
        e.event.remove("X-MICROSOFT-CDO-BUSYSTATUS");
        return;
    }
    auto value = std::size_t(static_cast<unsigned char>(*said.busy_status));
    e.event.set("TRANSP", value == 0 || value == 4 ? "TRANSPARENT" : "OPAQUE");
    e.event.set("X-MICROSOFT-CDO-BUSYSTATUS", std::string(busy_names[value]));
}

void read_sensitivity(View const& v, eas::Calendar& out) { out.sensitivity = sensitivity_of(v.event); }
void write_sensitivity(Editor& e, eas::Calendar const& said) { set_sensitivity(e.event, said.sensitivity.value_or(0)); }

// ---- alarms -------------------------------------------------------------------------------------------------------
// The minutes before the start at which a VALARM rings; nothing for one that EAS cannot say (a fixed time, after the
// start, by the end) or that sends mail.
std::optional<std::uint32_t> minutes_before(Component const& alarm) {
    auto action = ical::upper(alarm.value("ACTION"));
    auto const* trigger = alarm.find("TRIGGER");
    if (alarm.name != "VALARM" || !trigger || (action != "DISPLAY" && action != "AUDIO")) return std::nullopt;
    if (ical::same_name(trigger->parameter("RELATED"), "END")) return std::nullopt;
    auto before = ical::duration(trigger->value);
    if (!before || *before > std::chrono::seconds(0)) return std::nullopt;
    return static_cast<std::uint32_t>(-std::chrono::ceil<std::chrono::minutes>(*before).count());
}

void read_reminder(View const& v, eas::Calendar& out) {
    for (auto const& alarm : v.event.components)
        if (auto before = minutes_before(alarm)) {
            out.reminder = eas::NumberOrEmpty{before};
            return;
        }
}
void write_reminder(Editor& e, eas::Calendar const& said) {
    auto wanted = said.reminder.value_or(eas::NumberOrEmpty{}).value;
    auto& inner = e.event.components;
    if (!wanted) { // all that it could be shown next
        std::erase_if(inner, [](Component const& one) { return minutes_before(one).has_value(); });
        return;
    }
    auto before = ical::raw_duration(-std::chrono::minutes(*wanted));
    if (*wanted == 0) before = "PT0S";
    auto found = std::ranges::find_if(inner, [](Component const& one) { return minutes_before(one).has_value(); });
    if (found != inner.end()) {
        found->set("TRIGGER", before);
        return;
    }
    Component alarm{.name = "VALARM"};
    alarm.set("ACTION", "DISPLAY");
    alarm.set("DESCRIPTION", "Reminder");
    alarm.set("TRIGGER", before);
    inner.push_back(std::move(alarm));
}

// ---- meetings -----------------------------------------------------------------------------------------------------
void read_counter(View const& v, eas::Calendar& out) { // always told (MS-ASCAL_R215)
    out.disallow_new_time_proposal = ical::same_name(v.event.value("X-MICROSOFT-DISALLOW-COUNTER"), "TRUE");
}
void write_counter(Editor& e, eas::Calendar const& said) {
    bool value = said.disallow_new_time_proposal.value_or(false); // MS-ASCAL_R214
    if (!value && !e.event.find("X-MICROSOFT-DISALLOW-COUNTER")) return;
    e.event.set("X-MICROSOFT-DISALLOW-COUNTER", value ? "TRUE" : "FALSE");
}
void write_response_requested(Editor& e, eas::Calendar const& said) {
    if (said.response_requested)
        e.event.set("X-GODWIT-RESPONSE-REQUESTED", *said.response_requested ? "TRUE" : "FALSE");
    else
        e.event.remove("X-GODWIT-RESPONSE-REQUESTED");
}

void read_links(View const& v, eas::Calendar& out) {
    auto uri = [&](std::string_view name) { return std::string(v.event.value(name).substr(0, max_line)); };
    if (auto link = uri("X-MICROSOFT-ONLINEMEETINGCONFLINK"); !link.empty()) out.online_meeting_conf_link = link;
    for (auto name : {"X-MICROSOFT-ONLINEMEETINGEXTERNALLINK", "CONFERENCE", "X-GOOGLE-CONFERENCE",
                      "X-MICROSOFT-SKYPETEAMSMEETINGURL"}) {
        auto link = uri(name);
        if (!link.starts_with("http://") && !link.starts_with("https://")) continue; // MS-ASCAL_R359
        out.online_meeting_external_link = link;
        return;
    }
}

void read_identity(View const& v, eas::Calendar& out) {
    out.uid = std::string(mime::cut_characters(ical::text(v.event.value("UID")), 300)); // MS-ASCAL_R463
    auto stamp = ical::instant(v.event.value("DTSTAMP"));
    auto modified = ical::instant(v.event.value("LAST-MODIFIED"));
    if (!stamp || (modified && *modified > *stamp)) stamp = modified;
    if (!stamp) stamp = v.object.instant(times_of(v.event).start, ical::Zone::utc());
    out.dt_stamp = eas::CompactDateTime{eas::Instant(*stamp)};
}

template <auto member> constexpr bool says(eas::Calendar const& c) { return (c.*member).has_value(); }
template <auto member> constexpr bool other(eas::Calendar const& said, eas::Calendar const& told) {
    return said.*member != told.*member;
}

using Read = void (*)(View const&, eas::Calendar&);
using Write = void (*)(Editor&, eas::Calendar const&);
template <auto member> constexpr EventRow row(eas::Tag tag, std::string_view properties, Owner owner, Silence silence,
                                              bool in_exception, Read read, Write write) {
    return {tag, properties, owner, silence, in_exception, says<member>, other<member>, read, write};
}

bool says_place(eas::Calendar const& c) { return c.location || c.structured_location; }
bool other_place(eas::Calendar const& said, eas::Calendar const& told) {
    if (no_place(said) && no_place(told)) return false;
    return said.location != told.location || said.structured_location != told.structured_location;
}

constexpr std::string_view of_place =
    "LOCATION GEO X-GODWIT-LOCATION-ANNOTATION X-GODWIT-LOCATION-STREET X-GODWIT-LOCATION-CITY X-GODWIT-LOCATION-STATE "
    "X-GODWIT-LOCATION-COUNTRY X-GODWIT-LOCATION-POSTAL-CODE X-GODWIT-LOCATION-ACCURACY X-GODWIT-LOCATION-ALTITUDE "
    "X-GODWIT-LOCATION-ALTITUDE-ACCURACY X-GODWIT-LOCATION-URI X-GODWIT-LOCATION-LATITUDE X-GODWIT-LOCATION-LONGITUDE";
constexpr std::string_view links =
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK CONFERENCE X-GOOGLE-CONFERENCE X-MICROSOFT-SKYPETEAMSMEETINGURL";

using enum Owner;
using enum Silence;
namespace cal = eas::calendar;
using C = eas::Calendar;
// What the dates mean is read and written together: calendar_times.cpp. Likewise people and bodies.
constexpr std::array table{
    row<&C::time_zone>(cal::Timezone, "DTSTART", organizer, keeps, false, nullptr, nullptr),
    row<&C::start_time>(cal::StartTime, "DTSTART", organizer, keeps, true, nullptr, nullptr),
    row<&C::end_time>(cal::EndTime, "DTEND DURATION", organizer, keeps, true, nullptr, nullptr),
    row<&C::all_day_event>(cal::AllDayEvent, "DTSTART", organizer, keeps, true, nullptr, nullptr),
    row<&C::recurrence>(cal::Recurrence, "RRULE X-GODWIT-CALENDAR-TYPE", organizer, removes, false, nullptr, nullptr),
    row<&C::exceptions>(cal::Exceptions, "EXDATE RECURRENCE-ID", everyone, keeps, false, nullptr, nullptr),
    row<&C::subject>(cal::Subject, "SUMMARY", organizer, removes, true, read_subject, write_subject),
    EventRow{cal::Location, of_place, organizer, removes, true, says_place, other_place, read_location, write_location},
    row<&C::structured_location>(eas::airsyncbase::Location, of_place, organizer, keeps, true, nullptr, nullptr),
    row<&C::categories>(cal::Categories, "CATEGORIES", everyone, removes, true, read_categories, write_categories),
    row<&C::busy_status>(cal::BusyStatus, "X-MICROSOFT-CDO-BUSYSTATUS TRANSP", everyone, removes, true, read_busy,
                         write_busy),
    row<&C::sensitivity>(cal::Sensitivity, "CLASS", everyone, removes, true, read_sensitivity, write_sensitivity),
    row<&C::reminder>(cal::Reminder, "VALARM", everyone, removes, true, read_reminder, write_reminder),
    row<&C::uid>(cal::UID, "UID", server, keeps, false, read_identity, nullptr),
    row<&C::client_uid>(cal::ClientUid, "X-GODWIT-CLIENT-UID", server, keeps, false, nullptr, nullptr),
    row<&C::dt_stamp>(cal::DtStamp, "DTSTAMP LAST-MODIFIED", server, keeps, true, nullptr, nullptr),
    row<&C::organizer_name>(cal::OrganizerName, "ORGANIZER", server, keeps, false, read_people, nullptr),
    row<&C::organizer_email>(cal::OrganizerEmail, "ORGANIZER", server, keeps, false, nullptr, nullptr),
    row<&C::meeting_status>(cal::MeetingStatus, "STATUS", organizer, keeps, true, nullptr, write_meeting_status),
    row<&C::attendees>(cal::Attendees, "ATTENDEE", organizer, removes, true, nullptr, write_attendees),
    row<&C::response_requested>(cal::ResponseRequested, "X-GODWIT-RESPONSE-REQUESTED ATTENDEE", organizer, removes,
                                false, nullptr, write_response_requested),
    row<&C::disallow_new_time_proposal>(cal::DisallowNewTimeProposal, "X-MICROSOFT-DISALLOW-COUNTER", organizer,
                                        removes, false, read_counter, write_counter),
    row<&C::response_type>(cal::ResponseType, "ATTENDEE", server, keeps, true, nullptr, nullptr),
    row<&C::appointment_reply_time>(cal::AppointmentReplyTime, "X-GODWIT-REPLY-TIME", server, keeps, true, nullptr,
                                    nullptr),
    row<&C::online_meeting_conf_link>(cal::OnlineMeetingConfLink, "X-MICROSOFT-ONLINEMEETINGCONFLINK", server, keeps,
                                      true, read_links, nullptr),
    row<&C::online_meeting_external_link>(cal::OnlineMeetingExternalLink, links, server, keeps, true, nullptr, nullptr),
    row<&C::body>(eas::airsyncbase::Body, "DESCRIPTION X-ALT-DESC", everyone, removes, true, read_body, nullptr),
    row<&C::native_body_type>(eas::airsyncbase::NativeBodyType, "X-ALT-DESC", server, keeps, false, nullptr, nullptr),
    row<&C::attachments>(eas::airsyncbase::Attachments, "ATTACH", organizer, keeps, true, read_attachments, nullptr),
};

} // namespace

std::span<EventRow const> event_table() { return table; }

std::string_view wrong_number(eas::Calendar const& said) {
    if (!said.structured_location) return {};
    auto const& place = *said.structured_location;
    for (auto const* text :
         {&place.latitude, &place.longitude, &place.accuracy, &place.altitude, &place.altitude_accuracy}) {
        if (!*text || (*text)->empty()) continue;
        auto const *begin = (*text)->data(), *end = begin + (*text)->size();
        double value = 0;
        auto const read = std::from_chars(*begin == '+' ? begin + 1 : begin, end, value);
        if (read.ec != std::errc() || read.ptr != end) return "a Location with what is no number (MS-ASAIRS_R1194)";
    }
    return {};
}

} // namespace godwit::convert::calendar_parts
