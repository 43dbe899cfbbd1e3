#include "ical/rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <libical/ical.h>
#include <memory>
#include <utility>

namespace godwit::ical {
namespace {

constexpr std::array<std::string_view, 7> frequencies{"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                                      "WEEKLY",   "MONTHLY",  "YEARLY"};
constexpr std::array<std::string_view, 7> weekdays{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
// Those that RFC 7529 and ICU name and EAS can say; others are refused.
constexpr std::array<std::string_view, 9> calendars{"GREGORIAN",     "HEBREW",       "CHINESE",  "DANGI", "ISLAMIC",
                                                    "ISLAMIC-CIVIL", "ISLAMIC-TBLA", "ETHIOPIC", "INDIAN"};
constexpr std::array<std::string_view, 3> skips{"OMIT", "FORWARD", "BACKWARD"};

template <class T> bool read_number(std::string_view text, T& out) {
    if (text.starts_with('+')) text.remove_prefix(1);
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

template <class F> bool each(std::string_view list, F f) {
    for (std::size_t count = 0; count < 400; ++count) {
        auto comma = list.find(',');
        if (!f(list.substr(0, comma))) return false;
        if (comma == list.npos) return true;
        list.remove_prefix(comma + 1);
    }
    return false;
}

bool read_list(std::string_view text, std::vector<int>& out, int low, int high, bool negative) {
    return out.empty() && each(text, [&](std::string_view one) {
               int n = 0;
               if (!read_number(one, n) || (n < 0 && !negative)) return false;
               auto size = n < 0 ? -n : n;
               if (size < low || size > high) return false;
               if (std::ranges::find(out, n) == out.end()) out.push_back(n);
               return true;
           });
}

template <std::size_t N>
std::optional<std::size_t> index_in(std::array<std::string_view, N> const& names, std::string_view text) {
    auto found = std::ranges::find(names, text);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}

bool read_days(std::string_view text, std::vector<WeekDay>& out) {
    return out.empty() && each(text, [&](std::string_view one) {
               if (one.size() < 2) return false;
               auto day = index_in(weekdays, one.substr(one.size() - 2));
               int week = 0;
               auto ordinal = one.substr(0, one.size() - 2);
               if (!day || (!ordinal.empty() && (!read_number(ordinal, week) || week == 0))) return false;
               if (week < -53 || week > 53) return false;
               WeekDay found{week, static_cast<unsigned>(*day)};
               if (std::ranges::find(out, found) == out.end()) out.push_back(found);
               return true;
           });
}

bool read_months(std::string_view text, Rule& rule) {
    return rule.months.empty() && each(text, [&](std::string_view one) {
               bool leap = one.ends_with('L');
               if (leap) one.remove_suffix(1);
               int n = 0;
               if (!read_number(one, n) || n < 1 || n > 13) return false;
               auto& list = leap ? rule.leap_months : rule.months;
               if (std::ranges::find(list, n) == list.end()) list.push_back(n);
               return true;
           });
}

bool read_part(std::string_view name, std::string_view value, Rule& rule) {
    if (name == "INTERVAL") return read_number(value, rule.interval) && rule.interval >= 1 && rule.interval <= 9999;
    if (name == "COUNT")
        return read_number(value, rule.count.emplace()) && *rule.count >= 1 && *rule.count <= 1'000'000;
    if (name == "UNTIL") return (rule.until = moment(value)).has_value();
    if (name == "BYDAY") return read_days(value, rule.days);
    if (name == "BYMONTH") return read_months(value, rule);
    if (name == "BYMONTHDAY") return read_list(value, rule.month_days, 1, 31, true);
    if (name == "BYYEARDAY") return read_list(value, rule.year_days, 1, 366, true);
    if (name == "BYWEEKNO") return read_list(value, rule.weeks, 1, 53, true);
    if (name == "BYSETPOS") return read_list(value, rule.positions, 1, 366, true);
    if (name == "BYHOUR") return read_list(value, rule.hours, 0, 23, false);
    if (name == "BYMINUTE") return read_list(value, rule.minutes, 0, 59, false);
    if (name == "BYSECOND") return read_list(value, rule.seconds, 0, 59, false);
    if (name == "SKIP") return index_in(skips, value) && (rule.skip = value, true);
    if (name == "RSCALE") return index_in(calendars, value) && (rule.calendar = value, true);
    if (name == "WKST") {
        auto day = index_in(weekdays, value);
        if (day) rule.week_start = static_cast<unsigned>(*day), rule.week_start_said = true;
        return day.has_value();
    }
    return false;
}

void add_list(std::string& out, std::string_view name, std::vector<int> const& list) {
    char separator = '=';
    if (!list.empty()) (out += ';') += name;
    for (int n : list) {
        out += std::exchange(separator, ',');
        out += std::to_string(n);
    }
}

std::string by_parts(Rule const& rule) {
    std::string out;
    if (!rule.months.empty() || !rule.leap_months.empty()) {
        char separator = '=';
        out += ";BYMONTH";
        for (int n : rule.months) (out += std::exchange(separator, ',')) += std::to_string(n);
        for (int n : rule.leap_months) ((out += std::exchange(separator, ',')) += std::to_string(n)) += 'L';
    }
    add_list(out, "BYWEEKNO", rule.weeks);
    add_list(out, "BYYEARDAY", rule.year_days);
    add_list(out, "BYMONTHDAY", rule.month_days);
    char separator = '=';
    if (!rule.days.empty()) out += ";BYDAY";
    for (auto const& [week, day] : rule.days) {
        out += std::exchange(separator, ',');
        if (week != 0) out += std::to_string(week);
        out += weekdays[day];
    }
    add_list(out, "BYHOUR", rule.hours);
    add_list(out, "BYMINUTE", rule.minutes);
    add_list(out, "BYSECOND", rule.seconds);
    add_list(out, "BYSETPOS", rule.positions);
    return out;
}

// ---- libical -------------------------------------------------------------------------------------------------------
icaltimetype to_libical(Local at) {
    auto days = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day date{days};
    std::chrono::hh_mm_ss<std::chrono::seconds> time{at - days};
    auto out = icaltime_null_time();
    out.year = static_cast<int>(date.year());
    out.month = static_cast<int>(static_cast<unsigned>(date.month()));
    out.day = static_cast<int>(static_cast<unsigned>(date.day()));
    out.hour = static_cast<int>(time.hours().count());
    out.minute = static_cast<int>(time.minutes().count());
    out.second = static_cast<int>(time.seconds().count());
    return out;
}

std::optional<Local> from_libical(icaltimetype const& t) {
    using namespace std::chrono;
    year_month_day date{year(t.year), month(static_cast<unsigned>(t.month)), day(static_cast<unsigned>(t.day))};
    if (icaltime_is_null_time(t) || !date.ok()) return std::nullopt;
    return local_days(date) + std::chrono::hours(t.hour) + std::chrono::minutes(t.minute) +
           std::chrono::seconds(t.second);
}

// Each step of libical's iterator runs until something matches. A rule that steps by days or more finds its match or
// reaches the end of libical's calendar soon; one that steps by hours or less and is filtered may look at every second
// of centuries.
bool affordable(Rule const& rule) {
    if (rule.frequency >= Frequency::daily) return true;
    return raw(Rule{.frequency = rule.frequency,
                    .interval = rule.interval,
                    .days = rule.days,
                    .month_days = rule.month_days,
                    .year_days = rule.year_days,
                    .weeks = rule.weeks,
                    .months = rule.months,
                    .positions = rule.positions,
                    .hours = rule.hours,
                    .minutes = rule.minutes,
                    .seconds = rule.seconds,
                    .leap_months = rule.leap_months}) ==
           raw(Rule{.frequency = rule.frequency, .interval = rule.interval});
}

// COUNT and the horizon are kept by the caller: it may begin before the start. libical's own limits (short arrays, 16
// bits) are wider than parse_rule()'s.
std::optional<icalrecurrencetype> to_libical(Rule rule, Horizon const& horizon) {
    static bool const calm = [] { // libical may be built to abort the program on some inputs
        icalerror_set_errors_are_fatal(0);
        return true;
    }();
    (void)calm;
    if (rule.count) rule.until.reset(); // with both libical takes neither
    rule.count.reset();
    if (rule.until && rule.until->is_date()) rule.until->at += std::chrono::days(1) - std::chrono::seconds(1);
    if (!rule.until || rule.until->at > horizon.until) rule.until = Moment{.at = horizon.until};
    rule.until->kind = Moment::Kind::floating;
    auto out = icalrecurrencetype_from_string(raw(rule).c_str());
    if (out.freq == ICAL_NO_RECURRENCE) return std::nullopt;
    return out;
}

// Every second week from a day that the rule does not give: libical takes the week of the first day that it gives, not
// that of the start. So it begins with the first such day of the start's week.
Local begin_of(Rule const& rule, Local start) {
    if (rule.frequency != Frequency::weekly || rule.days.empty()) return start;
    auto day = std::chrono::floor<std::chrono::days>(start);
    auto first = day - (std::chrono::weekday(day) - std::chrono::weekday(rule.week_start));
    for (int i = 0; i < 7; ++i, first += std::chrono::days(1))
        for (auto const& one : rule.days)
            if (std::chrono::weekday(first).c_encoding() == one.day) return first + (start - day);
    return start;
}

} // namespace

std::optional<Rule> parse_rule(std::string_view text) {
    if (text.size() > 4096) return std::nullopt;
    auto whole = upper(text);
    std::string_view rest = whole;
    Rule rule;
    std::vector<std::string_view> seen;
    while (!rest.empty()) {
        auto end = std::min(rest.find(';'), rest.size());
        auto part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (part.find_first_not_of(" \t") == part.npos) continue; // a semicolon too many
        auto equal = part.find('=');
        if (equal == part.npos) return std::nullopt;
        auto name = part.substr(0, equal), value = part.substr(equal + 1);
        if (std::ranges::find(seen, name) != seen.end()) return std::nullopt;
        seen.push_back(name);
        if (name == "FREQ") {
            auto frequency = index_in(frequencies, value);
            if (!frequency) return std::nullopt;
            rule.frequency = static_cast<Frequency>(*frequency);
        } else if (!name.starts_with("X-") && !read_part(name, value, rule)) {
            return std::nullopt;
        }
    }
    if (std::ranges::find(seen, "FREQ") == seen.end()) return std::nullopt;
    return rule;
}

std::string raw(Rule const& rule) {
    std::string out;
    if (!rule.calendar.empty()) out += "RSCALE=" + rule.calendar + ";";
    out += "FREQ=";
    out += frequencies[static_cast<std::size_t>(rule.frequency)];
    if (rule.interval != 1) out += ";INTERVAL=" + std::to_string(rule.interval);
    if (rule.count) out += ";COUNT=" + std::to_string(*rule.count);
    if (rule.until) out += ";UNTIL=" + raw(*rule.until);
    out += by_parts(rule);
    if (!rule.skip.empty()) out += ";SKIP=" + rule.skip;
    if (rule.week_start_said || rule.week_start != 1) (out += ";WKST=") += weekdays[rule.week_start];
    return out;
}

std::vector<Local> expand(Rule const& rule, Local start, Horizon horizon) {
    std::vector<Local> out;
    if (start > horizon.until || !affordable(rule) || !ever_comes(rule, start, horizon.until)) return out;
    auto recurrence = to_libical(rule, horizon);
    if (!recurrence) return out;
    std::unique_ptr<icalrecur_iterator, void (*)(icalrecur_iterator*)> iterator(
        icalrecur_iterator_new(*recurrence, to_libical(begin_of(rule, start))), icalrecur_iterator_free);
    // What libical copied for RSCALE is the caller's to free, and no function of its own does.
    std::unique_ptr<char, void (*)(void*)> scale(recurrence->rscale, std::free);
    if (!iterator) return out;
    auto most = std::min<std::size_t>(horizon.occurrences, rule.count.value_or(UINT32_MAX));
    for (std::size_t steps = 0; out.size() < most && steps < 2 * most + 100; ++steps) {
        auto at = from_libical(icalrecur_iterator_next(iterator.get()));
        if (!at || *at > horizon.until) break;
        if (*at < start || (!out.empty() && *at <= out.back())) continue;
        out.push_back(*at);
    }
    return out;
}

} // namespace godwit::ical
