// An event as a phone is told it.
#include "convert/calendar_table.hpp"

#include "convert/file_reference.hpp"
#include "mime/charset.hpp"

#include <algorithm>
#include <exception>

namespace godwit::convert {
namespace calendar_parts {
namespace {

using namespace std::chrono;
using ical::Component, ical::Instant, ical::Local, ical::Moment;

constexpr std::size_t max_exceptions = 256; // MS-ASCAL_R24311

// The members that an exception shares with its series, each by its pair.
template <class F> void each_shared(F f) {
    using C = eas::Calendar;
    using X = eas::Exception;
    f(&C::subject, &X::subject), f(&C::start_time, &X::start_time), f(&C::end_time, &X::end_time);
    f(&C::body, &X::body), f(&C::location, &X::location), f(&C::structured_location, &X::structured_location);
    f(&C::attachments, &X::attachments), f(&C::categories, &X::categories), f(&C::sensitivity, &X::sensitivity);
    f(&C::busy_status, &X::busy_status), f(&C::all_day_event, &X::all_day_event), f(&C::reminder, &X::reminder);
    f(&C::dt_stamp, &X::dt_stamp), f(&C::meeting_status, &X::meeting_status), f(&C::attendees, &X::attendees);
    f(&C::appointment_reply_time, &X::appointment_reply_time), f(&C::response_type, &X::response_type);
    f(&C::online_meeting_conf_link, &X::online_meeting_conf_link);
    f(&C::online_meeting_external_link, &X::online_meeting_external_link);
}

// There and empty, of what can be so (MS-ASCAL_R543).
template <class T> constexpr bool can_be_empty =
    requires(T t) { t.empty(); } || std::same_as<T, eas::NumberOrEmpty> || std::same_as<T, eas::Location>;

// What is as in the series is not said; what the series has and this has not is said empty.
eas::Exception lowered(eas::Calendar const& event, eas::Calendar const& master) {
    eas::Exception out;
    each_shared([&](auto from, auto to) {
        using T = typename std::remove_cvref_t<decltype(event.*from)>::value_type;
        if (event.*from == master.*from) return;
        if (event.*from)
            out.*to = event.*from;
        else if constexpr (can_be_empty<T>)
            (out.*to).emplace();
    });
    // Phones that do not inherit a time take an exception for one of no length.
    out.start_time = event.start_time;
    out.end_time = event.end_time;
    return out;
}

void name_occurrence(eas::Exception& out, Instant at, eas::Version version) {
    (version < eas::v16_0 ? out.exception_start_time : out.instance_id) = eas::CompactDateTime{eas::Instant(at)};
}

struct Dated {
    Instant at;
    eas::Exception exception;
};

std::vector<Dated> exceptions_of(View const& view, EventClock const& clock, eas::Calendar const& master) {
    std::vector<Dated> out;
    auto start = times_of(view.event).start;
    for (auto const& property : view.event.properties) {
        if (property.name != "EXDATE") continue;
        for (auto const& one : ical::moments(property)) {
            auto day = on_day(start, day_of(view.object, one, start, clock.zone));
            if (day.at < start.at) continue; // of what was before the series began: nothing is there to be gone
            auto at = clock.told.to_utc(day.at);
            Dated gone{at, {.deleted = true}};
            name_occurrence(gone.exception, at, view.version);
            out.push_back(std::move(gone));
        }
    }
    for (auto index : view.object.overrides()) {
        auto const& event = view.object.calendar().components[index];
        auto id = ical::moment(*event.find("RECURRENCE-ID"));
        if (!id || !event.find("DTSTART")) continue;
        View one{view.object, event, view.owner, view.version, view.options};
        auto own = clock_of(one);
        own.told = own.zone;
        if (times_of(event).all_day()) own = clock;
        auto at = clock.told.to_utc(on_day(start, day_of(view.object, *id, start, clock.zone)).at);
        Dated changed{at, lowered(read_event(one, own), master)};
        name_occurrence(changed.exception, at, view.version);
        out.push_back(std::move(changed));
    }
    // The last to come are those that somebody will look at; of two for one occurrence the change counts.
    std::ranges::sort(out, std::ranges::greater(),
                      [](Dated const& one) { return std::pair(one.at, !one.exception.deleted); });
    auto same = std::ranges::unique(out, {}, &Dated::at);
    out.erase(same.begin(), same.end());
    if (out.size() > max_exceptions) out.resize(max_exceptions);
    std::ranges::reverse(out);
    return out;
}

eas::Calendar render(ical::Object& object, CalendarOwner const& owner, BodyOptions const& options,
                     eas::Version version) {
    View view{object, object.main(), owner, version, options};
    auto clock = clock_of(view);
    auto out = read_event(view, clock);
    if (!out.recurrence) return out;
    auto exceptions = exceptions_of(view, clock, out);
    if (exceptions.empty()) return out;
    out.exceptions.emplace();
    for (auto& one : exceptions) out.exceptions->push_back(std::move(one.exception));
    return out;
}

eas::Calendar stand_in(std::string_view reason) {
    eas::Calendar out;
    Instant at = sys_days(year(2000) / 1 / 1);
    out.subject = "(This event could not be shown)";
    out.start_time = out.end_time = out.dt_stamp = eas::CompactDateTime{eas::Instant(at)};
    out.all_day_event = false;
    out.meeting_status = 0;
    auto text = "The server could not convert this event for your phone. It is safe in the calendar.\r\n" +
                mime::clean(std::string(reason)) + "\r\n";
    out.body =
        eas::Body{.estimated_data_size = static_cast<std::uint32_t>(text.size()), .data = eas::Content{text, false}};
    return out;
}

} // namespace

eas::Calendar lifted(eas::Exception const& exception) {
    eas::Calendar out;
    each_shared([&](auto to, auto from) { out.*to = exception.*from; });
    return out;
}

bool is_deleted(ical::Object const& object, Component const& master, Moment const& occurrence,
                ical::Zone const& clock) {
    for (auto const& property : master.properties)
        if (property.name == "EXDATE")
            for (auto const& one : ical::moments(property))
                if (day_of(object, one, occurrence, clock) == floor<days>(occurrence.at)) return true;
    return false;
}

eas::Calendar read_event(View const& view, EventClock const& clock) {
    eas::Calendar out;
    read_times(view, clock, out);
    for (auto const& row : event_table())
        if (row.read) row.read(view, out);
    return out;
}

} // namespace calendar_parts

ConvertedEvent to_calendar(std::string_view stored, CalendarOwner const& owner, BodyOptions const& options,
                           eas::Version version) {
    try {
        auto calendars = ical::parse(stored);
        if (!calendars)
            return {calendar_parts::stand_in(calendars.error().reason), std::string(calendars.error().reason)};
        auto object = ical::Object::of(calendars->front(), ical::Kind::event);
        if (!object || !object->main().find("DTSTART"))
            return {calendar_parts::stand_in("no event in it"), "no event in it"};
        return {calendar_parts::render(*object, owner, options, version)};
    } catch (std::exception const& error) { // no memory for it
        return {calendar_parts::stand_in(error.what()), error.what()};
    }
}

std::optional<EventSpan> event_span(std::string_view stored, CalendarOwner const& owner) {
    using namespace calendar_parts;
    auto calendars = ical::parse(stored);
    auto object = calendars ? ical::Object::of(calendars->front(), ical::Kind::event) : std::nullopt;
    if (!object || !object->main().find("DTSTART")) return std::nullopt;
    BodyOptions none;
    View view{*object, object->main(), owner, eas::v16_1, none};
    auto clock = clock_of(view);
    auto times = times_of(view.event);
    EventSpan out{clock.zone.to_utc(times.start.at), object->instant(times.end, clock.zone)};
    if (auto rule = rule_of(view.event)) {
        if (!rule->count && !rule->until) return EventSpan{out.first, std::nullopt};
        auto local = in_local_time(*rule, clock.zone, times.start);
        Local last = local.until ? local.until->at : times.start.at;
        if (rule->count) {
            auto all = ical::expand(local, times.start.at, {times.start.at + years(100), 20'000});
            if (all.size() == 20'000) return EventSpan{out.first, std::nullopt};
            if (!all.empty()) last = all.back();
        }
        out.last = std::max(*out.last, clock.zone.to_utc(last) + times.length(*object, clock.zone) + days(1));
    }
    for (auto const& event : object->calendar().components) {
        if (event.name != "VEVENT" || !event.find("DTSTART")) continue;
        auto one = times_of(event);
        out.first = std::min(out.first, object->instant(one.start, clock.zone));
        out.last = std::max(*out.last, object->instant(one.end, clock.zone));
        for (auto const& property : event.properties)
            if (property.name == "RDATE")
                for (auto const& more : ical::moments(property))
                    out.last = std::max(*out.last, object->instant(more, clock.zone) + one.length(*object, clock.zone));
    }
    return out;
}

static std::string value_in(std::string_view stored, std::string_view name) {
    auto calendars = ical::parse(stored);
    auto object = calendars ? ical::Object::of(calendars->front(), ical::Kind::event) : std::nullopt;
    return object ? ical::text(object->main().value(name)) : std::string();
}
std::string event_uid(std::string_view stored) { return value_in(stored, "UID"); }
std::string client_uid(std::string_view stored) { return value_in(stored, "X-GODWIT-CLIENT-UID"); }

eas::Calendar event_answer(std::string_view stored, CalendarOwner const& owner, std::vector<Uploaded> const& brought,
                           bool is_new) {
    eas::Calendar out;
    if (is_new) out.uid = event_uid(stored); // MS-ASCAL_R2223
    if (brought.empty()) return out;
    auto& list = out.attachments.emplace();
    for (auto const& one : brought)
        list.emplace_back(
            eas::Attachment{.file_reference = format(FileReference{owner.item, one.part}), .client_id = one.client_id});
    return out;
}

} // namespace godwit::convert
