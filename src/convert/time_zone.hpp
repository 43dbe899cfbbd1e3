#pragma once
// The TimeZone structure of a phone and the zones of iCalendar (MS-ASDTYPE 2.7.4, RFC 5545 3.6.5). A structure has one
// rule for all years; a zone has a history. So a zone is told as it is in one year, and what a phone tells is
// recognised as a zone only if both agree about the event itself.
#include "eas/time_zone.hpp"
#include "ical/zone.hpp"

#include <span>
#include <string>

namespace godwit::convert {

/// What the zone does in the year of `at`.
eas::TimeZone structure_of(ical::Zone const& zone, ical::Instant at);

/// A zone that does what the structure says, in all years.
ical::Zone zone_of(eas::TimeZone const& structure);
/// The same as a VTIMEZONE, which keeps the structure in X-GODWIT-TIMEZONE, names and all.
ical::Component vtimezone_of(eas::TimeZone const& structure, std::string_view tzid, std::string_view base64);
/// What such a VTIMEZONE keeps; nothing if it is of another making.
std::optional<eas::TimeZone> kept_structure(ical::Component const& vtimezone);

struct Span {
    ical::Instant start, end;
};
/// The IANA name of a zone that follows the structure in the event's year or in that of `now`, and shows the same clock
/// as it at the event's start and end. `preferred` are tried first. "UTC" for UTC, empty if there is none.
std::string zone_for(eas::TimeZone const& structure, Span event, ical::Instant now,
                     std::span<std::string const> preferred);

/// The TZID under which a structure is kept that is no zone.
std::string own_tzid(eas::TimeZone const& structure);

} // namespace godwit::convert
