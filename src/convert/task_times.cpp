// When a task is: its days, its alarm, its rule. A phone says a day twice, as its own clock shows it and in UTC. What
// the clock shows is stored, with X-GODWIT-UTC where the account's zone does not tell the other.
#include "convert/calendar_parts.hpp"
#include "convert/recurrence.hpp"
#include "convert/task_parts.hpp"

#include <algorithm>

namespace godwit::convert::task_parts {
namespace {

using namespace std::chrono;
using ical::Component, ical::Instant, ical::Local, ical::Moment, ical::Rule, ical::Zone;

constexpr std::string_view utc_parameter = "X-GODWIT-UTC", start_property = "X-GODWIT-RECURRENCE-START";

Instant utc_of(eas::DateTime const& at) { return floor<seconds>(at.at); }
Local local_of(eas::DateTime const& at) { return Local(utc_of(at).time_since_epoch()); }

Moment moment_of(Local at) {
    bool date = at == floor<days>(at);
    return {date ? Moment::Kind::date : Moment::Kind::floating, at, {}};
}

// ---- the rule, in the local time of its start
Local default_start(TaskView const& view) {
    for (auto const* name : {"DTSTART", "DUE"})
        if (auto day = day_of(view, name)) return day->local;
    return Local(sys_days(year(2000) / 1 / 1).time_since_epoch());
}

Local start_of(TaskView const& view) {
    auto kept = ical::moment(view.task.value(start_property));
    return kept ? kept->at : default_start(view);
}

eas::Recurrence as_of_event(eas::TaskRecurrence const& said) {
    eas::Recurrence out{.type = said.type,
                        .interval = said.interval,
                        .occurrences = said.occurrences,
                        .week_of_month = said.week_of_month,
                        .day_of_month = said.day_of_month,
                        .day_of_week = said.day_of_week,
                        .month_of_year = said.month_of_year,
                        .calendar_type = said.calendar_type,
                        .is_leap_month = said.is_leap_month,
                        .first_day_of_week = said.first_day_of_week};
    if (said.until) out.until = eas::CompactDateTime{said.until->at};
    return out;
}

eas::TaskRecurrence of_task(eas::Recurrence const& told) {
    eas::TaskRecurrence out{.type = told.type,
                            .occurrences = told.occurrences,
                            .interval = told.interval,
                            .day_of_week = told.day_of_week,
                            .day_of_month = told.day_of_month,
                            .week_of_month = told.week_of_month,
                            .month_of_year = told.month_of_year,
                            .calendar_type = told.calendar_type,
                            .is_leap_month = told.is_leap_month,
                            .first_day_of_week = told.first_day_of_week};
    if (told.until) out.until = eas::DateTime{told.until->at};
    return out;
}

std::expected<Rule, std::string_view> rule_meant(eas::TaskRecurrence const& said) {
    auto zone = Zone::utc(); // local times are written as if they were UTC
    return rule_of(as_of_event(said), {moment_of(local_of(*said.start)), &zone});
}

bool same_pattern(eas::TaskRecurrence const& said, eas::TaskRecurrence told) {
    if (told.start) told.start = said.start; // another start alone is no other pattern
    auto one = rule_meant(said);
    auto other = told.start ? rule_meant(told) : one;
    auto type = [](eas::TaskRecurrence const& r) { return r.calendar_type.value_or(0); };
    return one && other && *one == *other && type(said) == type(told);
}

void put_rule(Component& task, eas::TaskRecurrence const& said, Rule const& rule) {
    task.set("RRULE", ical::raw(rule));
    auto type = said.calendar_type.value_or(0);
    if (type == calendar_type_of(rule))
        task.remove("X-GODWIT-CALENDAR-TYPE");
    else
        task.set("X-GODWIT-CALENDAR-TYPE", std::to_string(type));
}

// ---- the alarm
bool rings(Component const& alarm) {
    auto action = ical::upper(alarm.value("ACTION"));
    return alarm.name == "VALARM" && alarm.find("TRIGGER") && (action == "DISPLAY" || action == "AUDIO");
}

std::optional<Instant> rings_at(TaskView const& view, Component const& alarm) {
    auto const& trigger = *alarm.find("TRIGGER");
    if (auto at = ical::instant(trigger.value)) return at;
    auto after = ical::duration(trigger.value);
    bool by_end = ical::same_name(trigger.parameter("RELATED"), "END");
    auto day = day_of(view, by_end ? "DUE" : "DTSTART");
    if (!day) day = day_of(view, by_end ? "DTSTART" : "DUE");
    if (!after || !day) return std::nullopt;
    return day->utc + *after;
}

} // namespace

std::string_view refuse_times(eas::Task const& said) {
    auto const start = said.recurrence ? said.recurrence->start : std::nullopt;
    for (auto const& at : {said.utc_start_date, said.start_date, said.utc_due_date, said.due_date, said.date_completed,
                           said.reminder_time, start})
        if (at && (utc_of(*at) < first_written || utc_of(*at) > last_written))
            return "a time that cannot be written in every zone";
    return {};
}

std::optional<Day> day_of(TaskView const& view, std::string_view name) {
    auto const* property = view.task.find(name);
    auto at = property ? ical::moment(*property) : std::nullopt;
    if (!at) return std::nullopt;
    switch (at->kind) {
    case Moment::Kind::utc: {
        Instant utc(at->at.time_since_epoch());
        return Day{view.home.to_local(utc), utc};
    }
    case Moment::Kind::zoned: return Day{at->at, view.object.zone(at->zone, at->at).to_utc(at->at)};
    case Moment::Kind::date:
    case Moment::Kind::floating: break;
    }
    auto said = ical::instant(property->parameter(utc_parameter));
    return Day{at->at, said ? *said : view.home.to_utc(at->at)};
}

void write_day(TaskEditor& e, std::string_view name, std::optional<eas::DateTime> const& said_local,
               std::optional<eas::DateTime> const& said_utc) {
    if (!said_local && !said_utc) return e.task.remove(name);
    auto local = said_local ? local_of(*said_local) : e.home.to_local(utc_of(*said_utc));
    auto property = ical::property(name, moment_of(local));
    auto utc = said_utc ? utc_of(*said_utc) : e.home.to_utc(local);
    if (utc != e.home.to_utc(local)) property.set_parameter(utc_parameter, ical::raw(utc));
    e.task.set(std::move(property));
}

void read_recurrence(TaskView const& v, eas::Task& out) {
    auto rule = ical::parse_rule(v.task.value("RRULE"));
    if (!rule) return;
    auto start = moment_of(start_of(v));
    auto zone = Zone::utc();
    auto local = calendar_parts::in_local_time(*rule, v.home, start);
    auto told = nearest_recurrence(local, {start, &zone}, v.rules.version);
    if (!told) return;
    auto& recurrence = out.recurrence.emplace(of_task(*told));
    recurrence.start = wire(start.at);
    unsigned type = 0;
    if (recurrence.calendar_type && eas::parse(v.task.value("X-GODWIT-CALENDAR-TYPE"), type) && type <= 20)
        recurrence.calendar_type = static_cast<std::uint8_t>(type);
    if (ical::same_name(v.task.value("X-GODWIT-REGENERATE"), "TRUE")) recurrence.regenerate = true;
    unsigned dead = 0;
    if (eas::parse(v.task.value("X-GODWIT-DEAD-OCCUR"), dead) && dead <= 255)
        recurrence.dead_occur = static_cast<std::uint8_t>(dead);
}

std::string_view write_recurrence(TaskEditor& e, eas::Task const& said, eas::Task const& told) {
    constexpr std::array all{std::string_view("RRULE"), std::string_view("X-GODWIT-CALENDAR-TYPE"), start_property,
                             std::string_view("X-GODWIT-REGENERATE"), std::string_view("X-GODWIT-DEAD-OCCUR")};
    if (!said.recurrence) {
        for (auto name : all) e.task.remove(name);
        return {};
    }
    auto const& recurrence = *said.recurrence;
    if (!recurrence.start) return "a recurrence without Start (MS-ASTASK_R37011)";
    if (recurrence.calendar_type && recurrence.type < 2) return "CalendarType where none belongs (MS-ASTASK_R81)";
    auto rule = rule_meant(recurrence);
    if (!rule) return rule.error();
    if (!told.recurrence || !same_pattern(recurrence, *told.recurrence)) put_rule(e.task, recurrence, *rule);
    auto start = local_of(*recurrence.start);
    e.task.remove(start_property);
    TaskView view{e.object, e.task, e.rules, e.home};
    if (start != default_start(view)) e.task.set(start_property, ical::raw(Moment{Moment::Kind::floating, start, {}}));
    auto flag = [&](std::string_view name, std::optional<std::string> const& value) {
        value ? e.task.set(name, *value) : e.task.remove(name);
    };
    bool again = recurrence.regenerate.value_or(false);
    flag("X-GODWIT-REGENERATE", again ? std::optional<std::string>("TRUE") : std::nullopt);
    auto dead = recurrence.dead_occur.value_or(0);
    flag("X-GODWIT-DEAD-OCCUR", dead > 0 ? std::optional(std::to_string(dead)) : std::nullopt);
    return {};
}

void read_reminder(TaskView const& v, eas::Task& out) {
    out.reminder_set = false;
    for (auto const& alarm : v.task.components) {
        auto at = rings(alarm) ? rings_at(v, alarm) : std::nullopt;
        if (!at) continue;
        out.reminder_set = true;
        out.reminder_time = wire(*at);
        return;
    }
}

std::string_view write_reminder(TaskEditor& e, eas::Task const& said, eas::Task const& told) {
    auto& inner = e.task.components;
    if (!said.reminder_set.value_or(said.reminder_time.has_value())) {
        std::erase_if(inner, rings);
        return {};
    }
    auto at = said.reminder_time ? said.reminder_time : told.reminder_time;
    if (!at) return "ReminderSet without ReminderTime";
    TaskView view{e.object, e.task, e.rules, e.home};
    auto shown = [&](Component const& alarm) { return rings(alarm) && rings_at(view, alarm); };
    auto found = std::ranges::find_if(inner, shown);
    if (found == inner.end()) {
        Component alarm{.name = "VALARM"};
        alarm.set("ACTION", "DISPLAY");
        alarm.set("DESCRIPTION", "Reminder");
        found = inner.insert(inner.end(), std::move(alarm));
    }
    ical::Property trigger{.name = "TRIGGER", .value = ical::raw(utc_of(*at))};
    trigger.set_parameter("VALUE", "DATE-TIME");
    found->set(std::move(trigger));
    return {};
}

} // namespace godwit::convert::task_parts
