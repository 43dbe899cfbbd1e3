// A VTIMEZONE's observances (RFC 5545 3.6.5). The usual rule, once a year on the nth or last such weekday or on a date,
// is computed; any other is followed once, to a limit.
#include "ical/object.hpp"
#include "ical/rule.hpp"
#include "ical/zone_memory.hpp"
#include "ical/zone_source.hpp"

#include <algorithm>

namespace godwit::ical {
namespace {

using namespace std::chrono;

constexpr std::size_t max_observances = 400;                 // of old zones with a block for every change
constexpr Local last_onset = local_days(year(2100) / 1 / 1); // of a rule that is followed
constexpr std::size_t most_onsets = 320;                     // of such a rule

// What a zone may still cost.
struct Budget {
    std::size_t rules = 4, onsets = 4000; // that are followed, that are kept
};

// Every year from that of the first onset on.
struct Yearly {
    unsigned month = 0; // 1 to 12
    int week = 0;       // 1 to 4, -1 the last; 0: by day
    std::optional<unsigned> weekday = {};
    unsigned day = 0; // with week 0: the first such weekday on or after it, or it if there is no weekday
    seconds time = {};
    std::optional<Local> until = {};

    std::optional<Local> in(year y) const {
        if (y < year(1) || y > year(2300)) return std::nullopt;
        local_days date;
        if (!weekday) {
            date = local_days(y / std::chrono::month(month) / std::chrono::day(day));
        } else if (week == 0) {
            local_days from(y / std::chrono::month(month) / std::chrono::day(day));
            date = from + (std::chrono::weekday(*weekday) - std::chrono::weekday(from));
        } else if (week < 0) {
            date = local_days(y / std::chrono::month(month) / std::chrono::weekday(*weekday)[last]);
        } else {
            local_days from(y / std::chrono::month(month) / 1);
            date = from + (std::chrono::weekday(*weekday) - std::chrono::weekday(from)) + weeks(week - 1);
        }
        return date + time;
    }
};

struct Observance {
    seconds before, after;
    std::vector<Local> onsets; // sorted, in the clock before the change
    std::optional<Yearly> yearly;

    Instant instant(Local onset) const { return Instant(onset.time_since_epoch()) - before; }

    std::optional<Instant> last_until(Instant at) const {
        std::optional<Instant> found;
        Local clock((at + before).time_since_epoch());
        auto behind = std::ranges::upper_bound(onsets, clock);
        if (behind != onsets.begin()) found = instant(*(behind - 1));
        if (!yearly || !found) return found; // never before the first onset
        auto y = year_month_day(floor<days>(clock)).year();
        for (auto candidate : {y, y - years(1)}) {
            auto onset = yearly->in(candidate);
            if (!onset || *onset > clock || *onset < onsets.front() || (yearly->until && *onset > *yearly->until))
                continue;
            return std::max(*found, instant(*onset));
        }
        if (yearly->until) { // the last that the rule gave
            auto end = year_month_day(floor<days>(*yearly->until)).year();
            for (auto candidate : {end, end - years(1)})
                if (auto onset = yearly->in(candidate); onset && *onset <= *yearly->until && *onset <= clock)
                    return std::max(*found, instant(*onset));
        }
        return found;
    }
    std::optional<Instant> first_after(Instant at) const {
        std::optional<Instant> found;
        Local clock((at + before).time_since_epoch());
        auto next = std::ranges::upper_bound(onsets, clock);
        if (next != onsets.end()) found = instant(*next);
        if (!yearly || onsets.empty()) return found;
        auto y =
            std::max(year_month_day(floor<days>(clock)).year(), year_month_day(floor<days>(onsets.front())).year());
        for (auto candidate : {y, y + years(1)}) {
            auto onset = yearly->in(candidate);
            if (!onset || *onset <= clock || *onset < onsets.front() || (yearly->until && *onset > *yearly->until))
                continue;
            return found ? std::min(*found, instant(*onset)) : instant(*onset);
        }
        return found;
    }
};

struct VtimezoneSource : Zone::Source {
    std::vector<Observance> observances;

    seconds offset(Instant at) const override {
        std::optional<Instant> latest;
        auto out = earliest().before;
        for (auto const& one : observances) {
            auto onset = one.last_until(at);
            if (!onset || (latest && *onset < *latest)) continue;
            latest = onset;
            out = one.after;
        }
        return out;
    }
    std::optional<Zone::Change> next_change(Instant after) const override {
        constexpr Instant end = sys_days(year(2200) / 1 / 1);
        for (int tries = 0; tries < 1000; ++tries) {
            std::optional<Instant> next;
            for (auto const& one : observances)
                if (auto onset = one.first_after(after); onset && (!next || *onset < *next)) next = onset;
            if (!next || *next >= end) return std::nullopt;
            auto before = offset(*next - seconds(1)), behind = offset(*next);
            if (before != behind) return Zone::Change{*next, before, behind};
            after = *next;
        }
        return std::nullopt;
    }
    Observance const& earliest() const {
        return *std::ranges::min_element(observances, {}, [](auto const& one) { return one.onsets.front(); });
    }
};

bool is_plain(Rule const& rule) {
    return rule.frequency == Frequency::yearly && rule.interval == 1 && !rule.count && rule.months.size() == 1 &&
           rule.months[0] <= 12 && rule.leap_months.empty() && rule.year_days.empty() && rule.weeks.empty() &&
           rule.positions.empty() && rule.hours.empty() && rule.minutes.empty() && rule.seconds.empty() &&
           rule.calendar.empty();
}

// BYDAY=2SU; or BYMONTHDAY=8,9,10,11,12,13,14 with BYDAY=SU, as older writers say it.
std::optional<Yearly> yearly_of(Rule const& rule, Local first, seconds before) {
    if (!is_plain(rule)) return std::nullopt;
    Yearly out{.month = static_cast<unsigned>(rule.months[0]), .time = first - floor<days>(first)};
    if (rule.until) {
        out.until = rule.until->at;
        if (rule.until->kind == Moment::Kind::utc) *out.until += before;
        if (rule.until->is_date()) *out.until += days(1) - seconds(1);
    }
    if (rule.days.empty() && rule.month_days.size() == 1 && rule.month_days[0] > 0 && rule.month_days[0] <= 28) {
        out.day = static_cast<unsigned>(rule.month_days[0]);
        return out;
    }
    if (rule.days.size() != 1) return std::nullopt;
    out.weekday = rule.days[0].day;
    out.week = rule.days[0].week;
    if (rule.month_days.empty()) {
        if (out.week == 0 || out.week < -1 || out.week > 4) return std::nullopt;
        return out;
    }
    auto low = std::ranges::min(rule.month_days);
    bool a_week = rule.month_days.size() == 7 && low > 0 && std::ranges::max(rule.month_days) == low + 6;
    if (out.week != 0 || !a_week || low > 22) return std::nullopt;
    out.day = static_cast<unsigned>(low);
    return out;
}

// Of such rules zones are made; no other is followed, as some cost much and give nothing. Whatever date and weekday
// these name, they meet within forty years or never.
bool is_a_zones(Rule const& rule, Local first) {
    return rule.frequency == Frequency::yearly && rule.interval == 1 && rule.year_days.empty() && rule.weeks.empty() &&
           rule.positions.empty() && rule.hours.empty() && rule.minutes.empty() && rule.seconds.empty() &&
           rule.calendar.empty() && ever_comes(rule, first, first + days(41 * 366));
}

std::vector<Local> dates_of(Property const& property, seconds before, std::size_t most) {
    std::vector<Local> out;
    for (auto const& moment : moments(property, most))
        out.push_back(moment.kind == Moment::Kind::utc ? moment.at + before : moment.at);
    return out;
}

void add_onsets(Observance& out, Component const& block, Local first, Budget& budget) {
    out.onsets.push_back(first);
    auto keep = [&](std::vector<Local> const& more) {
        auto count = std::min(more.size(), budget.onsets);
        budget.onsets -= count;
        out.onsets.insert(out.onsets.end(), more.begin(), more.begin() + static_cast<std::ptrdiff_t>(count));
    };
    for (auto const& property : block.properties) {
        if (budget.onsets == 0) break;
        if (property.name == "RDATE") keep(dates_of(property, out.before, budget.onsets));
        if (property.name != "RRULE" || (out.yearly && budget.rules == 0)) continue;
        auto rule = parse_rule(property.value);
        if (!rule) continue;
        if (auto yearly = yearly_of(*rule, first, out.before); yearly && !out.yearly) {
            out.yearly = yearly;
            continue;
        }
        if (budget.rules == 0) continue;
        --budget.rules; // also of one that gives nothing
        if (!is_a_zones(*rule, first)) continue;
        if (rule->until && rule->until->kind == Moment::Kind::utc) rule->until->at += out.before;
        keep(expand(*rule, first, {last_onset, most_onsets}));
    }
    std::ranges::sort(out.onsets);
}

} // namespace

std::optional<Zone> Zone::from(Component const& vtimezone) {
    static thread_local ZoneMemory<Component> memory;
    return memory.get(vtimezone, [&] { return extent_of(vtimezone).bytes; }, [&] { return made(vtimezone); });
}

std::optional<Zone> Zone::made(Component const& vtimezone) {
    auto source = std::make_shared<VtimezoneSource>();
    Budget budget;
    for (auto const& block : vtimezone.components) {
        if (block.name != "STANDARD" && block.name != "DAYLIGHT") continue;
        auto const* start = block.find("DTSTART");
        auto first = start ? moment(*start) : std::nullopt;
        auto before = utc_offset(block.value("TZOFFSETFROM")), after = utc_offset(block.value("TZOFFSETTO"));
        if (!after) continue;
        if (!first) first = Moment{.at = local_days(year(1970) / 1 / 1)};
        if (source->observances.size() == max_observances) break;
        auto& observance = source->observances.emplace_back(before.value_or(*after), *after);
        add_onsets(observance, block, first->at, budget);
    }
    if (source->observances.empty()) return std::nullopt;
    return Zone(std::move(source));
}

} // namespace godwit::ical
