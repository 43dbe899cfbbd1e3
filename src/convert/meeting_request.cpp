#include "convert/meeting_request.hpp"

#include "convert/calendar.hpp"
#include "eas/time_zone.hpp"
#include "ical/object.hpp"
#include "itip/global_id.hpp"
#include "itip/record.hpp"
#include "mime/address.hpp"
#include "mime/charset.hpp"
#include "mime/encode.hpp"

#include <algorithm>
#include <array>

namespace godwit::convert {
namespace {

using ical::Component, itip::Method;

enum Instance : std::uint8_t { Single = 0, Series = 1, Occurrence = 2, Exception = 3 };   // MS-ASEMAIL 2.2.2.39
enum Type : std::uint8_t { Unspecified = 0, Initial = 1, FullUpdate = 2, Delegated = 6 }; // 2.2.2.47

constexpr std::size_t max_forwardees = 500, max_name = 1024;

eas::DateTime wire(eas::CompactDateTime at) { return {at.at}; }

eas::MeetingRecurrence recurrence_of(eas::Recurrence const& from, eas::Version version) {
    auto leap = from.is_leap_month;
    if (version >= eas::v14_0) leap = leap.value_or(0); // required here, unlike in a calendar (MS-ASEMAIL_R508)
    return {.type = from.type.value_or(0),
            .interval = from.interval.value_or(1),
            .until = from.until,
            .occurrences = from.occurrences,
            .week_of_month = from.week_of_month,
            .day_of_month = from.day_of_month,
            .day_of_week = from.day_of_week,
            .month_of_year = from.month_of_year,
            .calendar_type = from.calendar_type,
            .is_leap_month = leap,
            .first_day_of_week = from.first_day_of_week};
}

// What the time will be once the meeting is accepted (MS-ASEMAIL_R262): the organizer means it so, not as it stands in
// the invitation, which takes it with reservation.
std::uint8_t busy_of(Component const& event, eas::Version version) {
    auto said = event.value("X-MICROSOFT-CDO-INTENDEDSTATUS");
    if (said.empty()) said = event.value("X-MICROSOFT-CDO-BUSYSTATUS");
    constexpr std::array<std::string_view, 5> names{"FREE", "TENTATIVE", "BUSY", "OOF", "WORKINGELSEWHERE"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (ical::same_name(said, names[i])) // 4 is free up to 14.1, as in the calendar (MS-ASEMAIL_R1152 to R1154)
            return static_cast<std::uint8_t>(i == 4 && version < eas::v16_0 ? 0 : i);
    return ical::same_name(event.value("TRANSP"), "TRANSPARENT") ? 0 : 2;
}

void set_people(eas::MeetingRequest& out, eas::Calendar const& event) {
    mime::Address organizer{event.organizer_name.value_or(""), event.organizer_email.value_or("")};
    if (mime::clean(organizer.name) == organizer.address) organizer.name.clear();
    if (!organizer.address.empty()) out.organizer = mime::format(organizer);
    out.response_requested = event.response_requested;
}

void set_identity(eas::MeetingRequest& out, Component& calendar, Component const& event, std::string_view uid,
                  eas::Version version) {
    auto const* id = event.find("RECURRENCE-ID");
    out.instance_type = event.find("RRULE") ? Series : Single;
    std::optional<std::chrono::local_days> day;
    if (id) {
        auto at = itip::Record::instant_of(calendar, *id);
        auto local = ical::moment(*id);
        out.instance_type = itip::times_of(calendar, event).start == at ? Occurrence : Exception;
        out.recurrence_id = eas::DateTime{eas::Instant(at)};
        if (local) day = std::chrono::floor<std::chrono::days>(local->at);
    }
    out.uid = mime::clean(std::string(uid.substr(0, 300)));
    if (version < eas::v16_0) out.global_object_id = mime::base64(itip::global_object_id(uid, day));
}

// Whether it has been passed on to somebody else is told of who has done so.
Type type_of(itip::Message const& message, Component const& event) {
    if (message.method != Method::request && message.method != Method::add) return Unspecified;
    return itip::revision_of(event).sequence > 0 ? FullUpdate : Initial;
}

eas::MeetingRequest request_of(itip::Message const& message, std::span<std::string const> owner, eas::Version version) {
    auto calendar = message.calendar;
    auto object = *ical::Object::of(calendar, ical::Kind::event);
    auto const& event = object.main();
    auto told = to_calendar(ical::write(calendar), {.addresses = owner}, {}, version).event;
    eas::MeetingRequest out;
    out.all_day_event = told.all_day_event;
    if (told.start_time) out.start_time = wire(*told.start_time);
    if (told.end_time) out.end_time = wire(*told.end_time);
    out.dt_stamp = told.dt_stamp ? wire(*told.dt_stamp) : eas::DateTime{eas::Instant(itip::revision_of(event).stamp)};
    out.location = told.location;
    out.structured_location = told.structured_location;
    out.sensitivity = told.sensitivity.value_or(0);
    out.busy_status = busy_of(event, version);
    if (told.reminder && told.reminder->value) out.reminder = std::min(*told.reminder->value, 1092U) * 60; // R687
    if (told.recurrence) out.recurrences = {recurrence_of(*told.recurrence, version)};
    out.time_zone = told.time_zone.value_or(eas::to_base64(eas::TimeZone{}));
    out.disallow_new_time_proposal = told.disallow_new_time_proposal.value_or(false); // trap 64
    out.meeting_message_type = type_of(message, event);
    set_people(out, told);
    set_identity(out, calendar, event, message.uid, version);
    if (message.method == Method::counter) {
        out.proposed_start = told.start_time;
        out.proposed_end = told.end_time;
    }
    return out;
}

std::vector<eas::Forwardee> forwardees_of(Component const& event) {
    std::vector<eas::Forwardee> out;
    for (auto const& one : event.properties) {
        if (one.name != "ATTENDEE" || ical::mail_address(one).empty() || out.size() == max_forwardees) continue;
        auto in_bounds = [](std::string_view text) {
            return mime::clean(std::string(mime::cut_bytes(text, max_name)));
        };
        out.push_back({.email = in_bounds(ical::mail_address(one)), .name = {}});
        if (auto name = in_bounds(one.parameter("CN")); !name.empty()) out.back().name = std::move(name);
    }
    return out;
}

std::string_view answer_class(Component const& event) {
    for (auto const& one : event.properties) {
        if (one.name != "ATTENDEE") continue;
        auto said = one.parameter("PARTSTAT");
        if (ical::same_name(said, "ACCEPTED")) return "IPM.Schedule.Meeting.Resp.Pos";
        if (ical::same_name(said, "TENTATIVE")) return "IPM.Schedule.Meeting.Resp.Tent";
        if (ical::same_name(said, "DECLINED")) return "IPM.Schedule.Meeting.Resp.Neg";
    }
    return {};
}

} // namespace

std::optional<eas::MeetingRequest> to_noticed(itip::Message const& message, std::span<std::string const> owner,
                                              eas::Version version) {
    auto found = std::ranges::find(message.calendar.components, "VEVENT", &Component::name);
    if (version < eas::v16_1 || found == message.calendar.components.end()) return std::nullopt;
    auto out = request_of(message, owner, version);
    out.response_requested = false; // there is nothing to answer
    out.forwardees = forwardees_of(*found);
    return out;
}

std::optional<MeetingMail> to_meeting_mail(itip::Message const& message, std::span<std::string const> owner,
                                           eas::Version version) {
    auto found = std::ranges::find(message.calendar.components, "VEVENT", &Component::name);
    if (found == message.calendar.components.end()) return std::nullopt;
    auto organizer = itip::organizer_of(*found);
    bool mine = std::ranges::any_of(owner, [&](auto const& own) { return itip::same_address(own, organizer); });
    switch (message.method) {
    case Method::request:
    case Method::add:
    case Method::cancel: {
        if (mine || organizer.empty()) return std::nullopt;
        bool off = message.method == Method::cancel;
        return MeetingMail{off ? "IPM.Schedule.Meeting.Canceled" : "IPM.Schedule.Meeting.Request",
                           request_of(message, owner, version)};
    }
    case Method::reply: {
        auto said = answer_class(*found);
        return said.empty() ? std::nullopt : std::optional(MeetingMail{said});
    }
    case Method::counter: {
        MeetingMail out{"IPM.Schedule.Meeting.Resp.Tent"};
        if (version >= eas::v16_1) out.request = request_of(message, owner, version);
        return out;
    }
    case Method::publish:
    case Method::refresh:
    case Method::decline_counter: break;
    }
    return std::nullopt;
}

} // namespace godwit::convert
