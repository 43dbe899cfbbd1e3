#include "convert/recurrence.hpp"

#include <algorithm>
#include <array>

namespace godwit::convert {
namespace {

using namespace std::chrono;
using ical::Frequency, ical::Local, ical::Moment, ical::Rule;

constexpr unsigned any_day = 127, last_week = 5; // MS-ASCAL 2.2.2.15, 2.2.2.48

struct Scale {
    std::uint8_t type; // MS-ASCAL 2.2.2.10
    std::string_view name;
};
constexpr std::array<Scale, 5> scales{
    {{6, "ISLAMIC-CIVIL"}, {8, "HEBREW"}, {15, "CHINESE"}, {14, "CHINESE"}, {20, "DANGI"}}};
constexpr std::array<std::uint8_t, 8> forbidden_types{13, 16, 17, 18, 19, 21, 22, 23}; // MS-ASCAL_R53913

unsigned bits_of(std::vector<ical::WeekDay> const& days) {
    unsigned out = 0;
    for (auto const& day : days) out |= 1U << day.day;
    return out;
}
std::vector<ical::WeekDay> days_of(unsigned bits, int week = 0) {
    std::vector<ical::WeekDay> out;
    for (unsigned day = 0; day < 7; ++day)
        if (bits & 1U << day) out.push_back({week, day});
    return out;
}

year_month_day date_of(Local at) { return year_month_day(floor<days>(at)); }
unsigned weekday_of(Local at) { return weekday(floor<days>(at)).c_encoding(); }

eas::CompactDateTime wire(ical::Instant at) { return {eas::Instant(at)}; }

// ---- to EAS --------------------------------------------------------------------------------------------------------
// The last day on which the rule may give an occurrence.
local_days last_day(Moment const& until, SeriesStart const& series) {
    auto at = until.at;
    if (until.kind == Moment::Kind::utc && series.start.kind != Moment::Kind::date)
        at = series.zone->to_local(ical::Instant(at.time_since_epoch()));
    auto day = floor<days>(at);
    auto clock = series.start.at - floor<days>(series.start.at);
    if (!until.is_date() && at - day < clock) day -= days(1);
    return std::max(day, floor<days>(series.start.at));
}

eas::CompactDateTime until_on(local_days day, SeriesStart const& series) {
    return wire(series.zone->to_utc(day + (series.start.at - floor<days>(series.start.at))));
}

bool has_only(Rule const& rule, bool month_days, bool days, bool months, bool positions) {
    bool others = !rule.year_days.empty() || !rule.weeks.empty() || !rule.hours.empty() || !rule.minutes.empty() ||
                  !rule.seconds.empty() || (!rule.skip.empty() && rule.skip != "OMIT");
    return !others && (month_days || rule.month_days.empty()) && (days || rule.days.empty()) &&
           (months || (rule.months.empty() && rule.leap_months.empty())) && (positions || rule.positions.empty());
}

// The nth of some weekdays in a month: BYDAY=2MO, BYDAY=-1SU, BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1.
bool nth_day(Rule const& rule, eas::Recurrence& out) {
    if (rule.days.empty()) return false;
    int week = 0;
    if (rule.days.size() == 1 && rule.days[0].week != 0 && rule.positions.empty())
        week = rule.days[0].week;
    else if (rule.positions.size() == 1 && std::ranges::all_of(rule.days, [](auto const& d) { return d.week == 0; }))
        week = rule.positions[0];
    auto bits = bits_of(rule.days);
    // A fifth Monday is not the last one, and of all days the fifth is the fifth.
    if (week != -1 && (week < 1 || week > 4)) return false;
    out.week_of_month = static_cast<std::uint8_t>(week == -1 ? last_week : static_cast<unsigned>(week));
    out.day_of_week = static_cast<std::uint8_t>(bits);
    return true;
}

bool day_in_month(Rule const& rule, SeriesStart const& series, eas::Recurrence& out, std::uint8_t on_day,
                  std::uint8_t on_nth) {
    if (!rule.days.empty()) {
        out.type = on_nth;
        return rule.month_days.empty() && nth_day(rule, out);
    }
    if (!rule.positions.empty() || rule.month_days.size() > 1) return false;
    auto gregorian = rule.calendar.empty() || rule.calendar == "GREGORIAN";
    if (rule.month_days.empty() && !gregorian) return false; // the day of another calendar
    int day = rule.month_days.empty() ? static_cast<int>(static_cast<unsigned>(date_of(series.start.at).day()))
                                      : rule.month_days[0];
    if (day == -1 || (day == 31 && on_day == 2 && series.last_day_as_rule)) {
        out.type = on_nth;
        out.week_of_month = static_cast<std::uint8_t>(last_week);
        out.day_of_week = static_cast<std::uint8_t>(any_day);
        return true;
    }
    out.type = on_day;
    out.day_of_month = static_cast<std::uint8_t>(day);
    return day > 0;
}

bool pattern(Rule const& rule, SeriesStart const& series, eas::Recurrence& out) {
    switch (rule.frequency) {
    case Frequency::daily:
        // By weekdays it is weekly if it looks at every day.
        if (!has_only(rule, false, true, false, false)) return false;
        out.type = rule.days.empty() ? 0 : 1;
        if (!rule.days.empty()) out.day_of_week = static_cast<std::uint8_t>(bits_of(rule.days));
        return rule.days.empty() || rule.interval == 1;
    case Frequency::weekly:
        if (!has_only(rule, false, true, false, false)) return false;
        out.type = 1;
        out.day_of_week =
            static_cast<std::uint8_t>(rule.days.empty() ? 1U << weekday_of(series.start.at) : bits_of(rule.days));
        return true;
    case Frequency::monthly: return has_only(rule, true, true, false, true) && day_in_month(rule, series, out, 2, 3);
    case Frequency::yearly: {
        if (!has_only(rule, true, true, true, true) || rule.months.size() + rule.leap_months.size() > 1) return false;
        bool said = !rule.months.empty() || !rule.leap_months.empty();
        auto gregorian = rule.calendar.empty() || rule.calendar == "GREGORIAN";
        if (!said && (!rule.days.empty() || !gregorian)) return false; // the nth Monday of the year
        int month = !rule.months.empty() ? rule.months[0]
                    : !rule.leap_months.empty()
                        ? rule.leap_months[0]
                        : static_cast<int>(static_cast<unsigned>(date_of(series.start.at).month()));
        if (!rule.leap_months.empty()) out.is_leap_month = true;
        out.month_of_year = static_cast<std::uint8_t>(month);
        // The 30th of February never comes, and Outlook would show the 28th.
        if (gregorian && rule.month_days.size() == 1 && month <= 12) {
            constexpr int longest[]{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
            if (rule.month_days[0] > longest[month - 1]) return false;
        }
        return month <= 12 && day_in_month(rule, series, out, 5, 6);
    }
    case Frequency::secondly:
    case Frequency::minutely:
    case Frequency::hourly: break;
    }
    return false;
}

bool set_end(Rule const& rule, SeriesStart const& series, eas::Recurrence& out) {
    if (rule.count && *rule.count <= 999) { // MS-ASCAL_R345
        out.occurrences = static_cast<std::uint16_t>(*rule.count);
    } else if (rule.count) {
        auto all = ical::expand(rule, series.start.at, {local_days(year(2500) / 1 / 1), 20'000});
        if (all.size() < *rule.count) return true; // beyond what anybody will see: endless
        out.until = until_on(floor<days>(all.back()), series);
    } else if (rule.until) {
        out.until = until_on(last_day(*rule.until, series), series);
    }
    return true;
}

// Below 14.1 FirstDayOfWeek is not told, and a phone's weeks begin on Sunday or on Monday: whether its days lie in
// other weeks than those of a rule that says its own. One that does not is a phone's of those versions.
bool depends_on_week_start(Rule const& rule, Local start) {
    if (rule.frequency != Frequency::weekly || rule.interval == 1 || !rule.week_start_said) return false;
    auto week_of = [&](unsigned day, unsigned first) { // 0: the start's own; a day before the start counts as well
        return static_cast<int>((day + 7 - first) % 7) - static_cast<int>((weekday_of(start) + 7 - first) % 7);
    };
    return std::ranges::any_of(rule.days, [&](ical::WeekDay const& one) {
        return std::ranges::any_of(std::array{0U, 1U}, [&](unsigned first) {
            return week_of(one.day, first) != week_of(one.day, rule.week_start);
        });
    });
}

void set_version(Rule const& rule, eas::Recurrence& out, eas::Version version) {
    bool monthly = *out.type >= 2;
    if (version >= eas::v14_0 && monthly) out.calendar_type = calendar_type_of(rule); // MS-ASCAL_R143
    if (version < eas::v14_0) out.is_leap_month.reset();
    if (version >= eas::v14_1 && *out.type == 1) // MS-ASCAL_R52523
        out.first_day_of_week = static_cast<std::uint8_t>(rule.week_start);
}

// ---- from EAS ------------------------------------------------------------------------------------------------------
std::string_view refuse(eas::Recurrence const& said) {
    if (!said.type) return "a recurrence without Type (MS-ASCAL_R374)";
    auto type = *said.type;
    if (type == 4 || type > 6) return "a Type that there is not (MS-ASCAL_R453)";
    if (said.day_of_month && type != 2 && type != 5) return "DayOfMonth where none belongs (MS-ASCAL_R53916)";
    if (said.day_of_week && (type == 2 || type == 5)) return "DayOfWeek where none belongs (MS-ASCAL_R53917)";
    if (said.month_of_year && type < 5) return "MonthOfYear where none belongs (MS-ASCAL_R53918)";
    if (said.week_of_month && type != 3 && type != 6) return "WeekOfMonth where none belongs (MS-ASCAL_R53919)";
    if (said.calendar_type && std::ranges::find(forbidden_types, *said.calendar_type) != forbidden_types.end())
        return "a CalendarType that must not be used (MS-ASCAL_R53913)";
    return {};
}

void nth_rule(eas::Recurrence const& said, Local start, Rule& rule) {
    unsigned bits = said.day_of_week.value_or(static_cast<std::uint8_t>(1U << weekday_of(start)));
    unsigned week = said.week_of_month.value_or(
        static_cast<std::uint8_t>((static_cast<unsigned>(date_of(start).day()) - 1) / 7 + 1));
    int position = week == last_week ? -1 : static_cast<int>(week);
    if (bits == any_day) { // the nth or the last day (MS-ASCAL_R3893714)
        rule.month_days = {position};
    } else if ((bits & (bits - 1)) == 0) {
        rule.days = days_of(bits, position);
    } else {
        rule.days = days_of(bits);
        rule.positions = {position};
    }
}

void set_until(eas::Recurrence const& said, SeriesStart const& series, Rule& rule) {
    if (said.occurrences && *said.occurrences > 0) {
        rule.count = *said.occurrences; // and Until is not looked at (MS-ASCAL_R53911)
        return;
    }
    if (!said.until) return;
    auto day = floor<days>(series.zone->to_local(floor<seconds>(said.until->at)));
    day = std::clamp(day, local_days(year(1) / 1 / 3), last_day_written);
    auto at = day + (series.start.at - floor<days>(series.start.at));
    switch (series.start.kind) {
    case Moment::Kind::date: rule.until = Moment{Moment::Kind::date, Local(day), {}}; break;
    case Moment::Kind::floating: rule.until = Moment{Moment::Kind::floating, at, {}}; break;
    case Moment::Kind::utc:
    case Moment::Kind::zoned:
        rule.until = Moment{Moment::Kind::utc, Local(series.zone->to_utc(at).time_since_epoch()), {}};
        break;
    }
}

// ---- what is near -------------------------------------------------------------------------------------------------
std::vector<Rule> candidates(Rule const& rule, Local start) {
    auto date = date_of(start);
    auto day = static_cast<int>(static_cast<unsigned>(date.day()));
    auto month = static_cast<int>(static_cast<unsigned>(date.month()));
    auto week = (day - 1) / 7 + 1;
    auto name = weekday_of(start);
    std::vector<Rule> out;
    auto add = [&](Rule one) {
        one.until = rule.until;
        one.week_start = rule.week_start;
        one.week_start_said = rule.week_start_said;
        out.push_back(std::move(one));
    };
    add({.frequency = Frequency::daily});
    for (unsigned interval : {1U, rule.interval}) {
        if (!rule.days.empty())
            add({.frequency = Frequency::weekly, .interval = interval, .days = days_of(bits_of(rule.days))});
        add({.frequency = Frequency::weekly, .interval = interval, .days = {{0, name}}});
        add({.frequency = Frequency::monthly, .interval = interval, .month_days = {day}});
        if (week <= 4) add({.frequency = Frequency::monthly, .interval = interval, .days = {{week, name}}});
        add({.frequency = Frequency::monthly, .interval = interval, .days = {{-1, name}}});
    }
    for (unsigned months : {2U, 3U, 4U, 6U})
        add({.frequency = Frequency::monthly, .interval = months, .month_days = {day}});
    for (unsigned interval : {1U, rule.interval}) {
        add({.frequency = Frequency::yearly, .interval = interval, .month_days = {day}, .months = {month}});
        if (week <= 4)
            add({.frequency = Frequency::yearly, .interval = interval, .days = {{week, name}}, .months = {month}});
    }
    return out;
}

} // namespace

std::uint8_t calendar_type_of(Rule const& rule) {
    for (auto const& scale : scales)
        if (rule.calendar == scale.name) return scale.type;
    return 0;
}

std::optional<eas::Recurrence> exact_recurrence(Rule const& rule, SeriesStart const& series, eas::Version version) {
    eas::Recurrence out;
    bool other_calendar = !rule.calendar.empty() && rule.calendar != "GREGORIAN";
    if (other_calendar && (calendar_type_of(rule) == 0 || version < eas::v14_0)) return std::nullopt;
    if (version < eas::v14_1 && depends_on_week_start(rule, series.start.at)) return std::nullopt;
    if (rule.interval > 999 || !pattern(rule, series, out) || !set_end(rule, series, out)) return std::nullopt;
    out.interval = static_cast<std::uint16_t>(rule.interval);
    set_version(rule, out, version);
    return out;
}

std::optional<eas::Recurrence> nearest_recurrence(Rule const& rule, SeriesStart const& series, eas::Version version) {
    if (auto exact = exact_recurrence(rule, series, version)) return exact;
    if (rule.frequency < Frequency::daily) return std::nullopt;
    auto plain = rule;
    if (plain.until) plain.until = Moment{Moment::Kind::date, Local(last_day(*plain.until, series)), {}};
    ical::Horizon horizon{series.start.at + years(10), 1000};
    auto real = ical::expand(plain, series.start.at, horizon);
    if (real.size() < 2 || real.front() != series.start.at) return std::nullopt;
    if (real.size() == horizon.occurrences) horizon.until = real.back(); // not beyond what was looked at
    if (plain.count && real.size() < 1000) { // a part of a number of occurrences is another number: say until when
        plain.until = Moment{Moment::Kind::date, Local(floor<days>(real.back())), {}};
        plain.count.reset();
    }
    std::optional<Rule> best;
    std::size_t most = 1;
    for (auto& candidate : candidates(plain, series.start.at)) {
        if (version < eas::v14_1 && depends_on_week_start(candidate, series.start.at)) continue;
        // Most are false from the first occurrences on, and a step of libical's is dear.
        if (!std::ranges::includes(real, ical::expand(candidate, series.start.at, {horizon.until, 6}))) continue;
        auto given = ical::expand(candidate, series.start.at, horizon);
        if (given.size() <= most || !std::ranges::includes(real, given)) continue;
        most = given.size();
        best = std::move(candidate);
    }
    if (!best) return std::nullopt;
    return exact_recurrence(*best, {series.start, series.zone, false}, version);
}

std::expected<Rule, std::string_view> rule_of(eas::Recurrence const& said, SeriesStart const& series) {
    if (auto why = refuse(said); !why.empty()) return std::unexpected(why);
    Rule rule{.interval = std::max<unsigned>(said.interval.value_or(1), 1)};
    auto start = series.start.at;
    auto day = said.day_of_month.value_or(static_cast<std::uint8_t>(static_cast<unsigned>(date_of(start).day())));
    auto month = said.month_of_year.value_or(static_cast<std::uint8_t>(static_cast<unsigned>(date_of(start).month())));
    switch (*said.type) {
    case 0: // by weekdays it is a weekly one (MS-ASCAL_R3892312)
        if (!said.day_of_week) break;
        rule.frequency = Frequency::weekly;
        rule.days = days_of(*said.day_of_week);
        break;
    case 1:
        rule.frequency = Frequency::weekly;
        rule.days = days_of(said.day_of_week.value_or(static_cast<std::uint8_t>(1U << weekday_of(start))));
        break;
    case 2:
        rule.frequency = Frequency::monthly;
        rule.month_days = {day};
        break;
    case 3:
        rule.frequency = Frequency::monthly;
        nth_rule(said, start, rule);
        break;
    default:
        rule.frequency = Frequency::yearly;
        (said.is_leap_month.value_or(false) ? rule.leap_months : rule.months) = {month};
        if (*said.type == 5)
            rule.month_days = {day};
        else
            nth_rule(said, start, rule);
        break;
    }
    if (rule.frequency >= Frequency::monthly)
        for (auto const& scale : scales)
            if (said.calendar_type == scale.type) rule.calendar = scale.name;
    if (rule.calendar.empty() && !rule.leap_months.empty()) std::swap(rule.months, rule.leap_months); // R290: no effect
    if (said.first_day_of_week) rule.week_start = *said.first_day_of_week, rule.week_start_said = true;
    set_until(said, series, rule);
    return rule;
}

} // namespace godwit::convert
