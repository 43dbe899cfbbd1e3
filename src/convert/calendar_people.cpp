// Who meets: organizer, attendees, answers.
#include "convert/calendar_parts.hpp"

#include "mime/charset.hpp"
#include "mime/header.hpp"

#include <algorithm>

namespace godwit::convert::calendar_parts {
namespace {

using ical::Component, ical::Property;

constexpr std::size_t max_attendees = 5000, max_name = 1024;

bool same_address(std::string_view a, std::string_view b) { return !a.empty() && ical::same_name(a, b); }

bool owns(CalendarOwner const& owner, std::string_view address) {
    return std::ranges::any_of(owner.addresses, [&](auto const& own) { return same_address(own, address); });
}

std::string named(Property const& person, std::string_view address) {
    auto name = mime::clean(std::string(person.parameter("CN").substr(0, max_name)));
    return name.empty() ? std::string(address) : name;
}

std::uint8_t status_of(Property const& attendee) { // MS-ASCAL 2.2.2.5
    auto answer = attendee.parameter("PARTSTAT");
    if (ical::same_name(answer, "ACCEPTED")) return 3;
    if (ical::same_name(answer, "TENTATIVE")) return 2;
    if (ical::same_name(answer, "DECLINED")) return 4;
    return answer.empty() || ical::same_name(answer, "NEEDS-ACTION") ? 5 : 0;
}
std::string_view answer_of(std::uint8_t status) {
    constexpr std::string_view answers[]{"NEEDS-ACTION", "NEEDS-ACTION", "TENTATIVE",
                                         "ACCEPTED",     "DECLINED",     "NEEDS-ACTION"};
    return answers[std::min<std::size_t>(status, 5)];
}

std::uint8_t type_of(Property const& attendee) { // MS-ASCAL 2.2.2.6
    auto kind = attendee.parameter("CUTYPE"), role = attendee.parameter("ROLE");
    if (ical::same_name(kind, "RESOURCE") || ical::same_name(kind, "ROOM")) return 3;
    bool optional = ical::same_name(role, "OPT-PARTICIPANT") || ical::same_name(role, "NON-PARTICIPANT");
    return optional ? 2 : 1;
}
void set_type(Property& attendee, std::uint8_t type) {
    if (type_of(attendee) == type) return; // a chair stays one
    attendee.set_parameter("CUTYPE", type == 3 ? "RESOURCE" : "");
    attendee.set_parameter("ROLE", type == 2 ? "OPT-PARTICIPANT" : type == 3 ? "NON-PARTICIPANT" : "REQ-PARTICIPANT");
}

std::string_view organizer_address(Component const& event) {
    auto const* organizer = event.find("ORGANIZER");
    return organizer ? ical::mail_address(*organizer) : std::string_view();
}

bool is_guest(Property const& property, std::string_view organizer) {
    if (property.name != "ATTENDEE") return false;
    auto address = ical::mail_address(property);
    return !address.empty() && !same_address(address, organizer); // who has no address cannot be shown (clients.md 4.4)
}

Property const* own_attendee(View const& view) {
    for (auto const& property : view.event.properties)
        if (property.name == "ATTENDEE" && owns(view.owner, ical::mail_address(property))) return &property;
    return nullptr;
}

eas::Attendee told(Property const& property) {
    auto address = ical::mail_address(property);
    eas::Attendee out{.email = mime::clean(std::string(address.substr(0, max_name))),
                      .name = named(property, address),
                      .status = status_of(property),
                      .type = type_of(property)};
    for (auto [name, member] : {std::pair{"X-GODWIT-PROPOSED-START", &eas::Attendee::proposed_start},
                                std::pair{"X-GODWIT-PROPOSED-END", &eas::Attendee::proposed_end}})
        if (auto at = ical::instant(property.parameter(name))) out.*member = eas::CompactDateTime{eas::Instant(*at)};
    return out;
}

std::optional<bool> wants_answer(View const& view, Property const* own) {
    auto said = view.event.value("X-GODWIT-RESPONSE-REQUESTED");
    if (!said.empty()) return ical::same_name(said, "TRUE");
    if (own) return !ical::same_name(own->parameter("RSVP"), "FALSE");
    if (!is_meeting(view.event)) return std::nullopt;
    return std::ranges::any_of(view.event.properties, [](Property const& one) {
        return one.name == "ATTENDEE" && !ical::same_name(one.parameter("RSVP"), "FALSE");
    });
}

} // namespace

bool is_organizer(Component const& event, CalendarOwner const& owner) {
    auto const* organizer = event.find("ORGANIZER");
    return !organizer || owns(owner, ical::mail_address(*organizer));
}

bool is_meeting(Component const& event) {
    auto organizer = organizer_address(event);
    return std::ranges::any_of(event.properties, [&](Property const& one) { return is_guest(one, organizer); });
}

void read_people(View const& view, eas::Calendar& out) {
    auto const& event = view.event;
    auto organizer = organizer_address(event);
    bool mine = is_organizer(event, view.owner), meeting = is_meeting(event) || !mine;
    if (!organizer.empty()) {
        out.organizer_email = mime::clean(std::string(organizer.substr(0, max_name)));
        out.organizer_name = named(*event.find("ORGANIZER"), organizer);
    }
    std::vector<eas::Attendee> list;
    for (auto const& property : event.properties)
        if (is_guest(property, organizer) && list.size() < max_attendees) list.push_back(told(property));
    if (!list.empty()) out.attendees = std::move(list);
    bool cancelled = ical::same_name(event.value("STATUS"), "CANCELLED");
    // MS-ASCAL 2.2.2.28: an appointment has nobody to cancel it for.
    out.meeting_status = static_cast<std::uint8_t>(!meeting ? 0 : (mine ? 1 : 3) + (cancelled ? 4 : 0));
    auto const* own = own_attendee(view);
    if (meeting)
        out.response_requested = wants_answer(view, own).value_or(true);
    else if (auto said = wants_answer(view, nullptr))
        out.response_requested = said;
    // MS-ASCAL 2.2.2.40
    out.response_type = static_cast<std::uint8_t>(!meeting ? 0 : mine ? 1 : own ? status_of(*own) : 5);
    if (mine || *out.response_type < 2 || *out.response_type == 5) return; // MS-ASCAL_R52522
    if (auto at = ical::instant(event.value("X-GODWIT-REPLY-TIME")))
        out.appointment_reply_time = eas::CompactDateTime{eas::Instant(*at)};
}

// Who stays keeps what is known of him; from 16.0 answers are the server's (MS-ASCAL_R2028).
void write_attendees(Editor& e, eas::Calendar const& said) {
    auto organizer = std::string(organizer_address(e.event));
    auto const list = said.attendees.value_or(std::vector<eas::Attendee>{});
    std::vector<Property> wanted;
    for (auto const& one : list) {
        if (one.email.empty() || same_address(one.email, organizer)) continue;
        auto known = std::ranges::find_if(e.event.properties, [&](Property const& property) {
            return property.name == "ATTENDEE" && same_address(ical::mail_address(property), one.email);
        });
        Property guest =
            known != e.event.properties.end() ? *known : Property{.name = "ATTENDEE", .value = "mailto:" + one.email};
        bool is_new = known == e.event.properties.end();
        std::erase_if(guest.value, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        if (is_new && ical::mail_address(guest).empty()) continue; // it would never be shown, and added by each edit
        if (!one.name.empty() && named(guest, one.email) != one.name) guest.set_parameter("CN", one.name);
        if (one.type) set_type(guest, *one.type);
        if (is_new) guest.set_parameter("RSVP", said.response_requested.value_or(true) ? "TRUE" : "FALSE");
        if (is_new) guest.set_parameter("PARTSTAT", "NEEDS-ACTION");
        bool may_answer = e.rules.version < eas::v16_0 && one.status && *one.status != status_of(guest);
        if (may_answer) guest.set_parameter("PARTSTAT", std::string(answer_of(*one.status)));
        wanted.push_back(std::move(guest));
    }
    auto& all = e.event.properties;
    auto first = std::ranges::find_if(all, [&](Property const& one) { return is_guest(one, organizer); });
    auto place = first - all.begin();
    std::erase_if(all, [&](Property const& one) { return is_guest(one, organizer); });
    place = std::min<std::ptrdiff_t>(place, static_cast<std::ptrdiff_t>(all.size()));
    all.insert(all.begin() + place, wanted.begin(), wanted.end());
    if (!wanted.empty()) write_organizer(e, {}); // iOS invites without one (clients.md 4.1)
}

void welcome_invited(Editor& e, Component const& master) {
    constexpr std::string_view uninvited = "X-GODWIT-UNINVITED";
    for (auto& guest : e.event.properties) {
        if (guest.name != "ATTENDEE" || guest.parameter(uninvited).empty()) continue;
        auto const address = ical::mail_address(guest);
        bool const invited = std::ranges::any_of(master.properties, [&](Property const& one) {
            return one.name == "ATTENDEE" && one.parameter(uninvited).empty() &&
                   same_address(ical::mail_address(one), address);
        });
        if (invited) guest.set_parameter(uninvited, "");
    }
}

// Only of an event that has none: the organizer stays the organizer (law 9).
void write_organizer(Editor& e, eas::Calendar const& said) {
    if (e.event.find("ORGANIZER")) return;
    bool received =
        (said.meeting_status.value_or(0) & 2) != 0 && said.organizer_email && !said.organizer_email->empty();
    std::string address, name;
    if (received && e.rules.version < eas::v16_0) { // an invitation that the phone has put into the calendar itself
        address = *said.organizer_email;
        name = said.organizer_name.value_or("");
    } else if (!e.owner.addresses.empty()) {
        address = e.owner.addresses.front();
        name = e.owner.name;
    }
    std::erase_if(address, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (address.empty()) return;
    Property organizer{.name = "ORGANIZER", .value = "mailto:" + address};
    organizer.set_parameter("CN", name);
    e.event.set(std::move(organizer));
}

void write_meeting_status(Editor& e, eas::Calendar const& said) {
    if (!said.meeting_status) return;
    bool cancelled = (*said.meeting_status & 4) != 0; // the other bits follow from who meets
    if (cancelled == ical::same_name(e.event.value("STATUS"), "CANCELLED")) return;
    if (cancelled)
        e.event.set("STATUS", "CANCELLED");
    else
        e.event.remove("STATUS");
}

} // namespace godwit::convert::calendar_parts
