// Issue 4: a series that a phone makes, in every zone of ICU whose rules have changed since 2000, expanded by three
// that know nothing of each other (ical/rule on what is stored, libical on the bytes of its RRULE, the phone on the
// pattern and the structure that it is told): every occurrence of ten years is the same.
#include "convert/calendar_fixture.hpp"
#include "convert/calendar_parts.hpp"
#include "convert/phone_reading.hpp"

#include <libical/ical.h>
#include <set>
#include <unicode/strenum.h>
#include <unicode/timezone.h>

namespace godwit::convert {
namespace {

struct History { // of a zone, by years since 2000
    std::string name;
    ical::Zone zone = ical::Zone::utc();
    std::vector<eas::TimeZone> structures = {};
    std::vector<bool> regular = {}; // the structure says all of that year
    bool changed = false;

    static constexpr int first = 2000, last = 2036;
    explicit History(std::string id) : name(std::move(id)), zone(ical::Zone::named(name).value()) {
        for (int y = first; y <= last; ++y) {
            auto begin = ical::Instant(sys_days(year(y) / 1 / 1)), end = ical::Instant(sys_days(year(y + 1) / 1 / 1));
            structures.push_back(structure_of(zone, begin + days(182)));
            int changes = 0;
            for (auto next = zone.next_change(begin); next && next->at < end; next = zone.next_change(next->at))
                ++changes;
            regular.push_back(changes == (structures.back().has_daylight_time() ? 2 : 0));
            changed = changed || !eas::same_rules(structures.back(), structures.front());
        }
    }
    bool says(eas::TimeZone const& told, Local at) const {
        auto y = static_cast<std::size_t>(static_cast<int>(year_month_day(floor<days>(at)).year()) - first);
        return y < structures.size() && regular[y] && eas::same_rules(structures[y], told);
    }
};

std::vector<History> changed_zones() {
    std::vector<History> out;
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::StringEnumeration> names(
        icu::TimeZone::createTimeZoneIDEnumeration(UCAL_ZONE_TYPE_CANONICAL_LOCATION, nullptr, nullptr, status));
    for (int32_t length = 0; auto const* name = names->next(&length, status);)
        if (History history{std::string(name, static_cast<std::size_t>(length))}; history.changed)
            out.push_back(std::move(history));
    return out;
}

// Every day until the pattern gives the first, so that the series begins with an occurrence, as a phone's does.
Local first_of(eas::Recurrence const& said, Local start) {
    for (int i = 0; i < 400 && !occurs(said, floor<days>(start), floor<days>(start)); ++i) start += days(1);
    return start;
}

// libical begins every nth week with the first day that it gives, not with the week of the start: so it is asked from
// the first day of the rule in that week on, and counts no days before the start.
Local begin_of(icalrecurrencetype const& rule, Local start) {
    if (rule.freq != ICAL_WEEKLY_RECURRENCE) return start;
    auto day = floor<days>(start);
    for (auto one = day - (weekday(day) - weekday(static_cast<unsigned>(rule.week_start) - 1)); one < day;
         one += days(1))
        for (auto const* named = rule.by_day; *named != ICAL_RECURRENCE_ARRAY_MAX; ++named)
            if (weekday(one) == weekday(static_cast<unsigned>(*named) - 1)) return one + (start - day);
    return start;
}

std::vector<Local> by_libical(std::string_view rrule, Local start, Local horizon) {
    std::vector<Local> out;
    auto rule = icalrecurrencetype_from_string(std::string(rrule).c_str());
    auto const most = rule.count > 0 ? static_cast<std::size_t>(rule.count) : 100'000;
    rule.count = 0;
    auto from = icaltime_from_string(ical::raw(ical::Moment{.at = begin_of(rule, start)}).c_str());
    auto* iterator = icalrecur_iterator_new(rule, from);
    for (auto at = icalrecur_iterator_next(iterator); !icaltime_is_null_time(at) && out.size() < most;
         at = icalrecur_iterator_next(iterator)) {
        auto moment = ical::moment(icaltime_as_ical_string(at)).value().at;
        if (moment > horizon) break;
        if (moment >= start) out.push_back(moment);
    }
    icalrecur_iterator_free(iterator);
    return out;
}

struct Counts {
    int occurrences = 0, instants = 0, named = 0, series = 0;
};

void compare(History const& history, eas::Version version, std::mt19937& random, Counts& counts) {
    auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    Local start = local_days(year(2000) / 1 / 1) + days(pick(0, 8000)) + hours(6) + minutes(30 * pick(0, 30));
    auto said = random_recurrence(random, start, version);
    start = first_of(said, start);
    auto structure = structure_of(history.zone, history.zone.to_utc(start));
    auto on_wire = [&](Local at) {
        return eas::CompactDateTime{eas::Instant(ical::Instant(at.time_since_epoch()) - phone_offset(structure, at))};
    };
    if (said.until) said.until = on_wire(start + days(pick(0, 3000)));
    CalendarOwner const whose{.zone = history.name};
    auto stored = new_event({.time_zone = eas::to_base64(structure),
                             .end_time = on_wire(start + minutes(30)),
                             .start_time = on_wire(start),
                             .recurrence = said},
                            whose, rules(version));
    ASSERT_TRUE(stored) << stored.error();
    SCOPED_TRACE(history.name + " " + std::string(eas::name(version)) + "\n" + *stored);
    auto calendars = ical::parse(*stored).value();
    auto object = ical::Object::of(calendars.front(), ical::Kind::event).value();
    auto first = ical::moment(*object.main().find("DTSTART")).value();
    auto clock = first.kind == ical::Moment::Kind::zoned ? object.zone(first.zone, first.at) : ical::Zone::utc();
    auto rule = calendar_parts::in_local_time(calendar_parts::rule_of(object.main()).value(), clock, first);
    auto horizon = first.at + years(10);
    auto ours = ical::expand(rule, first.at, {horizon, 100'000});
    auto text = std::string(object.main().value("RRULE"));
    if (auto until = text.find("UNTIL="); until != text.npos) // libical compares it with the wall clock
        text.replace(until, 22,
                     "UNTIL=" + ical::raw(ical::Moment{.at = clock.to_local(instant(text.substr(until + 6, 16)))}));
    EXPECT_EQ(by_libical(text, first.at, horizon), ours);

    auto seen = over_the_wire(told(*stored, version, whose), version);
    auto shown_zone = eas::parse_time_zone(seen.time_zone.value()).value();
    auto to_utc = [&](Local at) { return ical::Instant(at.time_since_epoch()) - phone_offset(shown_zone, at); };
    Local phone_start{floor<seconds>(seen.start_time->at).time_since_epoch()};
    phone_start += phone_offset(shown_zone, first.at);
    EXPECT_EQ(phone_start, first.at);
    auto phones = phone_reading(seen.recurrence.value(), first.at, horizon, to_utc);
    ASSERT_EQ(phones, ours);
    counts.occurrences += static_cast<int>(ours.size());
    counts.named += first.zone == history.name;
    ++counts.series;
    for (auto at : ours) {
        if (first.zone != history.name || !history.says(shown_zone, at)) continue;
        ASSERT_EQ(to_utc(at), clock.to_utc(at)) << ical::raw(to_utc(at));
        ++counts.instants;
    }
}

TEST(RecurrenceInZones, ThreeReadersAgreeForTenYears) {
    std::mt19937 random(20000101);
    auto zones = changed_zones();
    EXPECT_GT(zones.size(), 150U);
    Counts counts;
    for (auto const& history : zones)
        for (int round = 0; round < 4; ++round) {
            compare(history, eas::spoken_versions[random() % eas::spoken_versions.size()], random, counts);
            if (HasFatalFailure() || HasFailure()) return;
        }
    EXPECT_GT(counts.occurrences, 50'000);
    EXPECT_GT(counts.instants, 20'000);
    EXPECT_GT(counts.named * 10, counts.series * 8); // what the phone tells of its zone is recognised
    RecordProperty("zones", static_cast<int>(zones.size()));
    RecordProperty("occurrences", counts.occurrences);
    RecordProperty("instants", counts.instants);
}

} // namespace
} // namespace godwit::convert
