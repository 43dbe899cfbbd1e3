#pragma once
// Recurrence of EAS and RRULE (MS-ASCAL 2.2.2.37, RFC 5545 3.3.10), both ways, within the event's own clock. EAS can
// say less: a rule that it cannot say is told as a pattern whose every occurrence is true, if there is one. Whoever
// writes must not write that back (convert/calendar does not).
#include "eas/calendar.hpp"
#include "eas/version.hpp"
#include "ical/rule.hpp"
#include "ical/zone.hpp"

#include <expected>
#include <optional>
#include <string_view>

namespace godwit::convert {

/// iCalendar has four digits for a year, in whatever zone a time is written.
inline constexpr std::chrono::local_days last_day_written{std::chrono::year(9999) / 12 / 29};
inline constexpr ical::Instant first_written = std::chrono::sys_days(std::chrono::year(1) / 1 / 3),
                               last_written = std::chrono::sys_days(std::chrono::year(9999) / 12 / 29);

/// The series as its first occurrence sees it.
struct SeriesStart {
    ical::Moment start;            // DTSTART
    ical::Zone const* zone;        // its clock; of a date the one by which its midnight is told
    bool last_day_as_rule = false; // the 31st is told as the last day of the month (incident 1.10)
};

/// The pattern that gives exactly the rule's occurrences; nothing if EAS has none.
std::optional<eas::Recurrence> exact_recurrence(ical::Rule const& rule, SeriesStart const& series,
                                                eas::Version version);
/// The pattern with the most of them and no other, looked at for ten years; nothing if there is none.
std::optional<eas::Recurrence> nearest_recurrence(ical::Rule const& rule, SeriesStart const& series,
                                                  eas::Version version);

/// The error is what the phone did wrong; on the wire Sync status 6 (MS-ASCAL 3.2.5.3).
std::expected<ical::Rule, std::string_view> rule_of(eas::Recurrence const& recurrence, SeriesStart const& series);

/// The CalendarType that a rule tells by itself; others need to be remembered.
std::uint8_t calendar_type_of(ical::Rule const& rule);

} // namespace godwit::convert
