// Whether a rule ever matches. libical looks for the next match until its calendar ends, four seconds for one bad rule;
// this looks day by day, for nothing but whether there is one.
#include "ical/rule.hpp"

#include <algorithm>

namespace godwit::ical {
namespace {

using namespace std::chrono;

bool holds(std::vector<int> const& list, int n) { return std::ranges::find(list, n) != list.end(); }
// A part that counts from either end.
bool holds(std::vector<int> const& list, int n, int size) { return holds(list, n) || holds(list, n - size - 1); }

int number(day d) { return static_cast<int>(static_cast<unsigned>(d)); }
int number(month m) { return static_cast<int>(static_cast<unsigned>(m)); }

struct YearDay {
    int day, size;
};
YearDay year_day(year_month_day date) {
    local_days first(date.year() / 1 / 1);
    auto size = (local_days((date.year() + years(1)) / 1 / 1) - first).count();
    return {static_cast<int>((local_days(date) - first).count()) + 1, static_cast<int>(size)};
}

// BYWEEKNO: the first week has four days of the year (RFC 5545 3.3.10).
local_days first_week(year y, unsigned week_start) {
    local_days first(y / 1 / 1);
    auto into = weekday(first) - weekday(week_start);
    return into <= days(3) ? first - into : first + (days(7) - into);
}

bool in_week(Rule const& rule, local_days at, year y) {
    auto first = first_week(y, rule.week_start), next = first_week(y + years(1), rule.week_start);
    if (at < first || at >= next) return false;
    return holds(rule.weeks, static_cast<int>((at - first).count() / 7) + 1,
                 static_cast<int>((next - first).count() / 7));
}

bool is_day(Rule const& rule, local_days at, year_month_day date) {
    auto name = weekday(at).c_encoding();
    bool of_year = rule.frequency == Frequency::yearly && rule.months.empty();
    bool counts = rule.frequency >= Frequency::monthly;
    auto month_size = number((date.year() / date.month() / last).day());
    auto [in_year, year_size] = year_day(date);
    int position = of_year ? in_year : number(date.day()), size = of_year ? year_size : month_size;
    return std::ranges::any_of(rule.days, [&](WeekDay const& one) {
        if (one.day != name) return false;
        if (one.week == 0 || !counts) return true;
        return one.week == (position - 1) / 7 + 1 || one.week == -((size - position) / 7 + 1);
    });
}

// What a rule does not say is as in the start.
bool as_start(Rule const& rule, local_days at, year_month_day date, local_days start) {
    year_month_day first(start);
    bool none = rule.days.empty() && rule.month_days.empty() && rule.year_days.empty();
    if (!none || rule.frequency == Frequency::daily) return true;
    if (rule.frequency == Frequency::weekly || !rule.weeks.empty()) return weekday(at) == weekday(start);
    bool month = rule.frequency == Frequency::monthly || !rule.months.empty() || date.month() == first.month();
    return month && date.day() == first.day();
}

bool matches(Rule const& rule, local_days at, local_days start) {
    year_month_day date(at);
    if (!rule.months.empty() && !holds(rule.months, number(date.month()))) return false;
    if (!rule.month_days.empty() &&
        !holds(rule.month_days, number(date.day()), number((date.year() / date.month() / last).day())))
        return false;
    if (!rule.days.empty() && !is_day(rule, at, date)) return false;
    if (!as_start(rule, at, date, start)) return false;
    if (!rule.weeks.empty() && !in_week(rule, at, date.year())) return false;
    auto [in_year, size] = year_day(date);
    return rule.year_days.empty() || holds(rule.year_days, in_year, size);
}

// The first day of the period that lies `n` intervals behind that of the start, and the first behind it.
struct Period {
    local_days begin, end;
};
Period period(Rule const& rule, local_days start, int n) {
    year_month_day date(start);
    switch (rule.frequency) {
    case Frequency::yearly: {
        auto y = date.year() + years(n);
        return {local_days(y / 1 / 1), local_days((y + years(1)) / 1 / 1)};
    }
    case Frequency::monthly: {
        auto m = date.year() / date.month() + months(n);
        return {local_days(m / 1), local_days((m + months(1)) / 1)};
    }
    case Frequency::weekly: {
        auto week = start - (weekday(start) - weekday(rule.week_start)) + weeks(n);
        return {week, week + days(7)};
    }
    default: return {start + days(n), start + days(n + 1)};
    }
}

} // namespace

bool ever_comes(Rule const& rule, Local start, Local until) {
    if (rule.frequency < Frequency::daily) return true;
    if (!rule.leap_months.empty() || (!rule.calendar.empty() && rule.calendar != "GREGORIAN"))
        return rule.positions.empty();
    auto times = [](std::vector<int> const& list) { return std::max<std::size_t>(list.size(), 1); };
    auto each_day = times(rule.hours) * times(rule.minutes) * times(rule.seconds);
    auto first = floor<days>(start);
    auto end = std::min(floor<days>(until), first + days(146'097)); // then the calendar repeats
    for (int n = 0;; n += static_cast<int>(rule.interval)) {
        auto [from, to] = period(rule, first, n);
        if (from > end) return false;
        std::size_t found = 0;
        for (auto at = from; at < to; at += days(1)) {
            if (!matches(rule, at, first)) continue;
            found += each_day;
            if (rule.positions.empty() && at >= first) return true;
        }
        auto there = [&](int position) {
            return static_cast<std::size_t>(position < 0 ? -position : position) <= found;
        };
        if (std::ranges::any_of(rule.positions, there)) return true;
    }
}

} // namespace godwit::ical
