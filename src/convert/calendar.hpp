#pragma once
// Events: the stored iCalendar object (one UID: master, overrides, zones) as a phone's application data, and what a
// phone says merged into it. An element that says what the phone was told changes nothing, so what a phone cannot say
// (a rule beyond EAS, alarms by mail, X- properties, a zone's history) survives its edits. Law 9: an attendee's phone
// changes only what is his own of a meeting. Pure and repeatable; the time is an argument. Which element is which
// property: convert/calendar_table.cpp and docs/calendar.md.
#include "convert/body_options.hpp"
#include "convert/draft.hpp"
#include "eas/calendar.hpp"
#include "eas/version.hpp"
#include "ical/value.hpp"

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace godwit::convert {

/// Whose calendar it is. What it borrows outlives it.
struct CalendarOwner {
    std::int64_t item = 0;                       // for FileReference
    std::span<std::string const> addresses = {}; // all that are his, the one he writes from first
    std::string_view name = {};
    std::string_view zone = {};    // IANA: where floating times lie, and all-day events up to 14.1; empty: UTC
    bool last_day_as_rule = false; // tell "monthly on the 31st" as "on the last day" (incident 1.10)
};

struct ConvertedEvent {
    eas::Calendar event;
    std::string isolated = {}; // why it could not be converted and `event` is a stand-in; empty: it was
};
/// The whole item, for Add, Change and Fetch. Total: any bytes give something that can be sent.
ConvertedEvent to_calendar(std::string_view stored, CalendarOwner const& owner, BodyOptions const& options,
                           eas::Version version);

/// How the phone that speaks means it.
struct EventRules {
    eas::Version version = eas::v16_1;
    std::optional<eas::ElementNames> supported = {}; // as it said with key 0 (MS-ASCMD 2.2.3.179)
    BodyOptions body = {}; // how it is shown descriptions: a cut one that it says again is no edit
    ical::Instant now = {};
    std::string_view uid = {}; // for an event that comes without one
};

/// The error is what the phone did wrong, for the log; on the wire it is Sync status 6 for the item. The stored bytes
/// come back as they were if nothing changed.
using EditedEvent = std::expected<std::string, std::string_view>;
inline constexpr std::string_view no_occurrence = "no such occurrence"; // the error of what names none: status 8
EditedEvent new_event(eas::Calendar const& said, CalendarOwner const& owner, EventRules const& rules);
/// `passed_over` is set if some of what was said is the organizer's to say and is otherwise: then the phone does not
/// hold what there is.
EditedEvent changed_event(std::string_view stored, eas::Calendar const& said, CalendarOwner const& owner,
                          EventRules const& rules, bool* passed_over = nullptr);
/// One occurrence, by when it would have begun (InstanceId, 16.0 and later).
EditedEvent changed_occurrence(std::string_view stored, eas::Instant instance, eas::Calendar const& said,
                               CalendarOwner const& owner, EventRules const& rules, bool* passed_over = nullptr);
EditedEvent deleted_occurrence(std::string_view stored, eas::Instant instance, CalendarOwner const& owner,
                               EventRules const& rules);

/// When the occurrence that a phone names (InstanceId) begins as itip counts, to which dates and times that float are
/// UTC: a phone counts by the clock that it was told.
ical::Instant occurrence_named(ical::Component calendar, eas::Instant instance, CalendarOwner const& owner,
                               eas::Version version);

std::string event_uid(std::string_view stored);
std::string client_uid(std::string_view stored); // ClientUid of the Add that made it (MS-ASCAL_R2062)

/// When the first occurrence begins and the last ends; no end for a series without one. For FilterType.
struct EventSpan {
    ical::Instant first = {};
    std::optional<ical::Instant> last = {};
    bool operator==(EventSpan const&) const = default;
};
std::optional<EventSpan> event_span(std::string_view stored, CalendarOwner const& owner);

struct EventAttachment {
    std::string name, type, content;
    bool operator==(EventAttachment const&) const = default;
};
std::optional<EventAttachment> event_attachment(std::string_view stored, std::string_view part);
/// Where each attachment that was added lies (MS-ASAIRS_R1336).
std::vector<Uploaded> uploaded(eas::Calendar const& said);
/// What a phone of 16.0 or later is told of an event that it has added or changed: UID of a new one, attachments.
eas::Calendar event_answer(std::string_view stored, CalendarOwner const& owner, std::vector<Uploaded> const& brought,
                           bool is_new);

} // namespace godwit::convert
