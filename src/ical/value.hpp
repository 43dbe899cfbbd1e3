#pragma once
// The values of iCalendar properties (RFC 5545 3.3): text, moments, durations. Reading never fails loudly: what is no
// such value is nothing.
#include "ical/component.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::ical {

using Local = std::chrono::local_seconds; // what a clock on the wall shows
using Instant = std::chrono::sys_seconds;

std::string text(std::string_view raw);                   // unescaped; line breaks are \n
std::string escaped(std::string_view utf8);               // CRLF and LF become \n
std::vector<std::string> text_list(std::string_view raw); // at commas, unescaped

/// DTSTART and its kin. Years 1 to 9999.
struct Moment {
    enum class Kind : std::uint8_t { date, floating, utc, zoned };
    Kind kind = Kind::floating;
    Local at = {};         // of a date: its midnight
    std::string zone = {}; // the TZID of `zoned`
    bool is_date() const { return kind == Kind::date; }
    bool operator==(Moment const&) const = default;
};
/// One value, its kind from its form and from TZID. 24:00 and a leap second are taken as the next minute.
std::optional<Moment> moment(std::string_view raw, std::string_view zone = {});
std::optional<Moment> moment(Property const& property);
/// All values of RDATE or EXDATE; of a period its start.
std::vector<Moment> moments(Property const& property, std::size_t most = 10'000);
std::string raw(Moment const& moment);
Property property(std::string_view name, Moment const& moment); // with TZID or VALUE=DATE

std::string raw(Instant at); // 20240531T091500Z
std::optional<Instant> instant(std::string_view raw);

/// -PT15M, P1W; nothing beyond a hundred years.
std::optional<std::chrono::seconds> duration(std::string_view raw);
std::string raw_duration(std::chrono::seconds duration);

/// +0100, -033000: seconds east of UTC, below a day.
std::optional<std::chrono::seconds> utc_offset(std::string_view raw);

/// An address without its mailto: and what may stand behind it (?subject=); empty for what is no address of mail
/// (RFC 5545 3.3.3), or is not exactly one: it can stand in To and name nobody else. Percent-encoded as it came.
std::string_view mail_address(Property const& property);

} // namespace godwit::ical
