#pragma once
// A phone's reading of a recurrence and of the time-zone structure, from the words of MS-ASCAL 2.2.2.37 and MS-
// ASDTYPE 2.7.4, day by day, without a thought of RRULE or of a zone's history. Tests compare the converter and
// libical with it.
#include "eas/calendar.hpp"
#include "eas/time_zone.hpp"
#include "ical/zone.hpp"

#include <algorithm>
#include <random>
#include <vector>

namespace godwit::convert {

using namespace std::chrono;
using ical::Local;

inline unsigned days_in(year_month month) { return static_cast<unsigned>((month / last).day()); }

inline bool is_nth(year_month_day date, unsigned mask, unsigned n) {
    auto month = date.year() / date.month();
    auto day = static_cast<unsigned>(date.day());
    if (mask == 127) return n == 5 ? day == days_in(month) : day == n;
    std::vector<unsigned> among;
    for (unsigned d = 1; d <= days_in(month); ++d)
        if (mask & 1U << weekday(local_days(month / d)).c_encoding()) among.push_back(d);
    return n == 5 ? among.back() == day : among.size() >= n && among[n - 1] == day;
}

inline bool occurs(eas::Recurrence const& r, local_days start, local_days day) {
    auto interval = std::max<int>(r.interval.value_or(1), 1);
    year_month_day first(start), date(day);
    auto months = (static_cast<int>(date.year()) - static_cast<int>(first.year())) * 12 +
                  static_cast<int>(static_cast<unsigned>(date.month())) -
                  static_cast<int>(static_cast<unsigned>(first.month()));
    auto month_is = [&] {
        return date.month() == month(*r.month_of_year) && (months / 12) % interval == 0 && months % 12 == 0;
    };
    switch (*r.type) {
    case 0:
        if (!r.day_of_week) return (day - start).count() % interval == 0;
        [[fallthrough]];
    case 1: {
        auto first_day = weekday(r.first_day_of_week.value_or(1));
        auto week_of = [&](local_days d) { return d - (weekday(d) - first_day); };
        bool named = *r.day_of_week & 1U << weekday(day).c_encoding();
        return named && (week_of(day) - week_of(start)).count() / 7 % interval == 0;
    }
    case 2: return months % interval == 0 && date.day() == std::chrono::day(*r.day_of_month);
    case 3: return months % interval == 0 && is_nth(date, *r.day_of_week, *r.week_of_month);
    case 5: return month_is() && date.day() == std::chrono::day(*r.day_of_month);
    case 6: return month_is() && is_nth(date, *r.day_of_week, *r.week_of_month);
    default: return false;
    }
}

// The structure by its own words: local = UTC - bias, the daylight one between its two dates.
inline seconds phone_offset(eas::TimeZone const& zone, Local clock) {
    auto standard = -minutes(zone.bias + zone.standard_bias), daylight = -minutes(zone.bias + zone.daylight_bias);
    if (!zone.has_daylight_time()) return standard;
    auto y = year_month_day(floor<days>(clock)).year();
    auto onset = [&](eas::TransitionDate const& d) -> Local {
        for (unsigned day = days_in(y / month(d.month)); day > 0; --day) {
            year_month_day date = y / month(d.month) / std::chrono::day(day);
            if (weekday(local_days(date)).c_encoding() == d.day_of_week && is_nth(date, 1U << d.day_of_week, d.day))
                return local_days(date) + hours(d.hour) + minutes(d.minute) + seconds(d.second);
        }
        return {};
    };
    auto to_daylight = onset(zone.daylight_date), to_standard = onset(zone.standard_date);
    bool summer = to_daylight < to_standard ? clock >= to_daylight && clock < to_standard
                                            : clock >= to_daylight || clock < to_standard;
    return summer ? daylight : standard;
}

/// The starts of the series, by the wall clock; `to_utc` is the phone's clock, by which Until is compared.
inline std::vector<Local> phone_reading(eas::Recurrence const& r, Local start, Local horizon, auto to_utc) {
    std::vector<Local> out;
    auto first = floor<days>(start);
    for (auto day = first; Local(day) <= horizon; day += days(1)) {
        if (!occurs(r, first, day)) continue;
        auto at = day + (start - first);
        if (r.until && !r.occurrences && to_utc(at) > floor<seconds>(r.until->at)) break;
        if (at > horizon || (r.occurrences && out.size() == *r.occurrences)) break;
        out.push_back(at);
    }
    return out;
}

inline eas::Recurrence random_recurrence(std::mt19937& random, Local start, eas::Version version) {
    auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    auto byte = [](auto n) { return static_cast<std::uint8_t>(n); };
    constexpr std::uint8_t types[]{0, 1, 2, 3, 5, 6};
    constexpr std::uint8_t masks[]{1, 2, 4, 8, 16, 32, 64, 62, 65, 127, 42, 3};
    eas::Recurrence r{.type = types[pick(0, 5)], .interval = static_cast<std::uint16_t>(pick(1, 4))};
    year_month_day date(floor<days>(start));
    if (*r.type == 1 || (*r.type == 0 && pick(0, 1))) r.day_of_week = byte(pick(1, 127));
    if (*r.type == 1 && version >= eas::v14_1) r.first_day_of_week = byte(pick(0, 6));
    if (*r.type == 2 || *r.type == 5) r.day_of_month = byte(static_cast<unsigned>(date.day()));
    if (*r.type == 3 || *r.type == 6) r.day_of_week = masks[pick(0, 11)], r.week_of_month = byte(pick(1, 5));
    if (*r.type >= 5) r.month_of_year = byte(static_cast<unsigned>(date.month()));
    if (int end = pick(0, 2); end == 1)
        r.occurrences = static_cast<std::uint16_t>(pick(1, 60));
    else if (end == 2)
        r.until = eas::CompactDateTime{eas::Instant(ical::Instant((start + days(pick(0, 2000))).time_since_epoch()))};
    return r;
}

} // namespace godwit::convert
