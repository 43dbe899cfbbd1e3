#pragma once
// A recurrence rule (RFC 5545 3.3.10, RFC 7529) as a value within bounds, and its occurrences up to a horizon. libical
// computes the occurrences; it is given only rules that went through here, because it believes its input: what it
// would walk through for centuries without a match is refused or cut by the horizon.
#include "ical/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::ical {

enum class Frequency : std::uint8_t { secondly, minutely, hourly, daily, weekly, monthly, yearly };

/// MO, -1SU: weekday 0 is Sunday; week 0 is every one.
struct WeekDay {
    int week = 0;
    unsigned day = 0;
    bool operator==(WeekDay const&) const = default;
};

struct Rule {
    Frequency frequency = Frequency::daily;
    unsigned interval = 1;
    std::optional<unsigned> count = {};
    std::optional<Moment> until = {}; // date, floating or UTC, as written
    std::vector<WeekDay> days = {};   // BYDAY
    std::vector<int> month_days = {}, year_days = {}, weeks = {}, months = {}, positions = {};
    std::vector<int> hours = {}, minutes = {}, seconds = {};
    std::vector<int> leap_months = {}; // those of BYMONTH that were written with an L (RFC 7529 4.2)
    unsigned week_start = 1;           // Monday
    bool week_start_said = false;
    std::string calendar = {}; // RSCALE; empty: Gregorian
    std::string skip = {};     // OMIT, FORWARD, BACKWARD; empty: not said
    bool operator==(Rule const&) const = default;
};

std::optional<Rule> parse_rule(std::string_view raw); // nothing if any part is unknown, out of range or twice
std::string raw(Rule const& rule);

struct Horizon {
    Local until = {};               // occurrences after it are not given
    std::size_t occurrences = 1000; // nor more than these
};
/// Starts of occurrences, in order, beginning with `start` itself if the rule gives it. UNTIL is compared as the wall
/// clock: who has one in UTC turns it into local time first. Empty for a rule that would cost too much to follow.
std::vector<Local> expand(Rule const& rule, Local start, Horizon horizon);

/// Whether a rule that steps by days or more gives anything from the period of `start` to `until`: its parts may
/// contradict each other. Looks at four centuries at most; rules of other calendars pass, with BYSETPOS they do not.
bool ever_comes(Rule const& rule, Local start, Local until);

} // namespace godwit::ical
