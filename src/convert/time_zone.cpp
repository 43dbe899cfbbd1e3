#include "convert/time_zone.hpp"
#include "mime/fingerprint.hpp"

#include <algorithm>

namespace godwit::convert {
namespace {

using namespace std::chrono;
using ical::Component, ical::Instant, ical::Local, ical::Zone;

constexpr std::string_view kept = "X-GODWIT-TIMEZONE";
constexpr int first_year = 1601; // where Windows lets its rules begin

year year_of(Local at) { return year_month_day(floor<days>(at)).year(); }

// The changes of one year by the clock before each.
std::vector<Zone::Change> changes_in(Zone const& zone, year y) {
    std::vector<Zone::Change> out;
    Instant at = sys_days(y / 1 / 1) - days(1), end = sys_days((y + years(1)) / 1 / 1) + days(1);
    while (out.size() < 8) {
        auto change = zone.next_change(at);
        if (!change || change->at >= end) break;
        if (year_of(Local((change->at + change->before).time_since_epoch())) == y) out.push_back(*change);
        at = change->at;
    }
    return out;
}

struct Clock {
    year_month_day date;
    weekday day;
    hh_mm_ss<seconds> time;
};
Clock clock_of(Zone::Change const& change) {
    Local local((change.at + change.before).time_since_epoch());
    auto date = floor<days>(local);
    return {year_month_day(date), weekday(date), hh_mm_ss<seconds>(local - date)};
}
unsigned week_of(year_month_day date) { return (static_cast<unsigned>(date.day()) - 1) / 7 + 1; }
bool is_last(year_month_day date) {
    return static_cast<unsigned>(date.day()) + 7 > static_cast<unsigned>((date.year() / date.month() / last).day());
}

// A fourth such weekday may be the last one, and is if it is so in other years too.
std::uint16_t nth(Zone const& zone, Clock const& clock, bool to_daylight) {
    auto week = week_of(clock.date);
    if (week != 4 || !is_last(clock.date)) return static_cast<std::uint16_t>(week);
    for (int ahead = 1; ahead <= 6; ++ahead) {
        for (auto const& change : changes_in(zone, clock.date.year() + years(ahead))) {
            auto other = clock_of(change);
            if ((change.after > change.before) != to_daylight || other.date.month() != clock.date.month() ||
                other.day != clock.day)
                continue;
            if (!is_last(other.date)) return 4;
            if (week_of(other.date) == 5) return 5;
        }
    }
    return 5;
}

eas::TransitionDate date_of(Zone const& zone, Zone::Change const& change) {
    auto clock = clock_of(change);
    auto word = [](auto n) { return static_cast<std::uint16_t>(n); };
    return {.month = word(static_cast<unsigned>(clock.date.month())),
            .day_of_week = word(clock.day.c_encoding()),
            .day = nth(zone, clock, change.after > change.before),
            .hour = word(clock.time.hours().count()),
            .minute = word(clock.time.minutes().count()),
            .second = word(clock.time.seconds().count())};
}

// Minutes, to the west.
std::int32_t bias_of(seconds offset) { return static_cast<std::int32_t>(-floor<minutes>(offset).count()); }

std::string offset_text(std::int32_t bias) {
    char sign = bias > 0 ? '-' : '+';
    auto m = bias > 0 ? bias : -bias;
    std::string out{sign};
    for (int part : {m / 60, m % 60}) (out += static_cast<char>('0' + part / 10)) += static_cast<char>('0' + part % 10);
    return out;
}

Component observance(std::string_view name, eas::TransitionDate const& date, std::int32_t before, std::int32_t after) {
    constexpr std::string_view names[]{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    Component out{.name = std::string(name)};
    auto clock = hours(date.hour) + minutes(date.minute) + seconds(date.second);
    local_days first(year(first_year) / 1 / 1);
    std::string rule;
    if (date.month != 0 && date.year != 0) {
        year_month_day day{year(date.year), month(date.month), std::chrono::day(date.day)};
        if (day.ok()) first = local_days(day);
    } else if (date.month != 0) {
        weekday day(date.day_of_week);
        bool last_one = date.day == 5;
        auto in_month = year(first_year) / month(date.month);
        first = last_one ? local_days(in_month / day[last]) : local_days(in_month / day[date.day]);
        rule = "FREQ=YEARLY;BYMONTH=" + std::to_string(date.month) +
               ";BYDAY=" + (last_one ? "-1" : std::to_string(date.day)) + std::string(names[date.day_of_week]);
    }
    out.set(ical::property("DTSTART", {.at = first + clock}));
    if (!rule.empty()) out.set("RRULE", rule);
    out.set("TZOFFSETFROM", offset_text(before));
    out.set("TZOFFSETTO", offset_text(after));
    return out;
}

// In how many of the two years the zone follows the structure: that of the event and that of `now`.
int years_followed(Zone const& zone, eas::TimeZone const& structure, Zone const& rules, Span event, Instant now) {
    for (auto at : {event.start, event.end})
        if (zone.offset(at) != rules.offset(at)) return 0;
    return eas::same_rules(structure_of(zone, event.start), structure) +
           eas::same_rules(structure_of(zone, now), structure);
}

} // namespace

eas::TimeZone structure_of(Zone const& zone, Instant at) {
    auto changes = changes_in(zone, year_of(zone.to_local(at)));
    // Morocco leaves daylight time for a month in between: what the year begins and ends with is its standard.
    bool twice = changes.size() >= 2 && changes.front().before == changes.back().after &&
                 changes.front().after == changes.back().before;
    if (!twice) return {.bias = bias_of(zone.offset(at))};
    auto const &first = changes.front(), &second = changes.back();
    bool north = first.after > first.before;
    auto const &to_daylight = north ? first : second, &to_standard = north ? second : first;
    eas::TimeZone out{.bias = bias_of(to_standard.after),
                      .standard_date = date_of(zone, to_standard),
                      .daylight_date = date_of(zone, to_daylight)};
    out.daylight_bias = bias_of(to_daylight.after) - out.bias;
    return out;
}

Component vtimezone_of(eas::TimeZone const& structure, std::string_view tzid, std::string_view base64) {
    Component out{.name = "VTIMEZONE"};
    out.set("TZID", ical::escaped(tzid));
    if (!base64.empty()) out.set(kept, std::string(base64));
    auto standard = structure.bias + structure.standard_bias, daylight = structure.bias + structure.daylight_bias;
    if (!structure.has_daylight_time()) {
        out.components.push_back(observance("STANDARD", {}, standard, standard));
        return out;
    }
    out.components.push_back(observance("STANDARD", structure.standard_date, daylight, standard));
    out.components.push_back(observance("DAYLIGHT", structure.daylight_date, standard, daylight));
    return out;
}

Zone zone_of(eas::TimeZone const& structure) {
    return Zone::from(vtimezone_of(structure, "structure", {})).value_or(Zone::utc());
}

std::optional<eas::TimeZone> kept_structure(Component const& vtimezone) {
    return eas::parse_time_zone(vtimezone.value(kept));
}

std::string zone_for(eas::TimeZone const& structure, Span event, Instant now, std::span<std::string const> preferred) {
    auto rules = zone_of(structure);
    auto followed = [&](std::string_view name) {
        auto zone = Zone::named(name);
        return zone ? years_followed(*zone, structure, rules, event, now) : 0;
    };
    for (auto const& name : preferred)
        if (!name.empty() && followed(name) > 0) return ical::iana_name(name);
    if (eas::same_rules(structure, {})) return "UTC";
    if (!structure.standard_name.empty() && followed(structure.standard_name) > 0)
        return ical::iana_name(structure.standard_name);
    // What follows it in both years before what does so in one: in the summer of 2018 New York and Grand Turk, which
    // had no winter time that year, showed the same clock.
    std::string best;
    for (auto const& name : ical::well_known_zones()) {
        auto const how = followed(name);
        if (how == 2) return name;
        if (how == 1 && best.empty()) best = name;
    }
    return best;
}

std::string own_tzid(eas::TimeZone const& structure) {
    auto const hash = mime::fnv1a(eas::to_base64(structure)); // the same structure, the same name
    return "EAS/UTC" + offset_text(structure.bias + structure.standard_bias) + "/" + mime::hexadecimal(hash);
}

} // namespace godwit::convert
