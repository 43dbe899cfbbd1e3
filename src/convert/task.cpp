#include "convert/task.hpp"

#include "convert/calendar_parts.hpp"
#include "convert/omission.hpp"
#include "convert/task_parts.hpp"
#include "convert/text_body.hpp"
#include "eas/pages.hpp"
#include "mime/charset.hpp"
#include "mime/header.hpp"

#include <algorithm>
#include <array>

namespace godwit::convert {
namespace task_parts {
namespace {

using namespace std::chrono;
using eas::Task;
using ical::Component, ical::Instant;

std::string text_of(Component const& task, std::string_view property) {
    return mime::clean(ical::text(task.value(property)));
}

void put(Component& task, std::string_view property, std::string const& value) {
    value.empty() ? task.remove(property) : task.set(property, ical::escaped(value));
}

// ---- what has a property of its own
void read_subject(TaskView const& v, Task& out) { out.subject = text_of(v.task, "SUMMARY"); }
std::string_view write_subject(TaskEditor& e, Task const& said, Task const&) {
    return put(e.task, "SUMMARY", with_plain_lines(said.subject.value_or(""))), "";
}

// RFC 5545 3.8.1.9: 1 to 4 are high, 5 is normal, 6 to 9 are low.
void read_importance(TaskView const& v, Task& out) {
    unsigned priority = 0, kept = 0;
    if (!eas::parse(v.task.value("PRIORITY"), priority)) priority = 0;
    out.importance = priority == 0 || priority == 5 ? 1 : priority < 5 ? 2 : 0;
    if (eas::parse(v.task.value("X-GODWIT-IMPORTANCE"), kept) && kept <= 255)
        out.importance = static_cast<std::uint8_t>(kept); // MS-ASTASK_R550
}
std::string_view write_importance(TaskEditor& e, Task const& said, Task const&) {
    auto value = said.importance.value_or(1);
    constexpr std::array priorities{"9", "5", "1"};
    put(e.task, "X-GODWIT-IMPORTANCE", value > 2 ? std::to_string(value) : std::string());
    put(e.task, "PRIORITY", value > 2 || (value == 1 && !e.task.find("PRIORITY")) ? std::string() : priorities[value]);
    return {};
}

void read_start(TaskView const& v, Task& out) {
    auto day = day_of(v, "DTSTART");
    if (day) out.start_date = wire(day->local), out.utc_start_date = wire(day->utc);
}
std::string_view write_start(TaskEditor& e, Task const& said, Task const&) {
    return write_day(e, "DTSTART", said.start_date, said.utc_start_date), "";
}

// A VTODO without a DUE may have a DTSTART and a DURATION (RFC 5545 3.6.2).
void read_due(TaskView const& v, Task& out) {
    auto day = day_of(v, "DUE");
    auto lasts = day ? std::nullopt : ical::duration(v.task.value("DURATION"));
    if (lasts) day = day_of(v, "DTSTART");
    if (day && lasts) day = Day{day->local + *lasts, day->utc + *lasts};
    if (day) out.due_date = wire(day->local), out.utc_due_date = wire(day->utc);
}
std::string_view write_due(TaskEditor& e, Task const& said, Task const&) {
    e.task.remove("DURATION");
    return write_day(e, "DUE", said.due_date, said.utc_due_date), "";
}

void read_categories(TaskView const& v, Task& out) {
    auto list = calendar_parts::categories_of(v.task);
    if (!list.empty()) out.categories = std::move(list);
}
std::string_view write_categories(TaskEditor& e, Task const& said, Task const&) {
    return calendar_parts::set_categories(e.task, said.categories.value_or(std::vector<std::string>())), "";
}

bool done(Component const& task) {
    auto status = task.value("STATUS");
    return status.empty() ? task.find("COMPLETED") != nullptr : ical::same_name(status, "COMPLETED");
}
void read_complete(TaskView const& v, Task& out) {
    out.complete = done(v.task);
    if (!*out.complete) return;
    for (auto const* stamp : {"COMPLETED", "LAST-MODIFIED", "DTSTAMP"}) // it must be told (MS-ASTASK_R124)
        if (auto at = ical::instant(v.task.value(stamp)); at && !out.date_completed) out.date_completed = wire(*at);
    if (!out.date_completed) out.date_completed = wire(Instant());
}
bool other_completion(Task const& said, Task const& told) {
    if (said.complete.value_or(*told.complete) != *told.complete) return true;
    return *told.complete && said.date_completed && said.date_completed != told.date_completed;
}
std::string_view write_complete(TaskEditor& e, Task const& said, Task const& told) {
    if (!said.complete.value_or(*told.complete)) {
        e.task.remove("COMPLETED");
        e.task.remove("STATUS");
        if (e.task.value("PERCENT-COMPLETE") == "100") e.task.remove("PERCENT-COMPLETE");
        return {};
    }
    auto at = said.date_completed ? floor<seconds>(said.date_completed->at) : e.rules.now;
    e.task.set("STATUS", "COMPLETED");
    e.task.set("COMPLETED", ical::raw(at));
    e.task.set("PERCENT-COMPLETE", "100");
    return {};
}

void read_sensitivity(TaskView const& v, Task& out) { out.sensitivity = calendar_parts::sensitivity_of(v.task); }
std::string_view write_sensitivity(TaskEditor& e, Task const& said, Task const&) {
    return calendar_parts::set_sensitivity(e.task, said.sensitivity.value_or(0)), "";
}

void read_ordinal(TaskView const& v, Task& out) {
    if (auto at = ical::instant(v.task.value("X-GODWIT-ORDINAL-DATE"))) out.ordinal_date = wire(*at);
    if (auto text = text_of(v.task, "X-GODWIT-SUB-ORDINAL-DATE"); !text.empty()) out.sub_ordinal_date = std::move(text);
}
std::string_view write_ordinal(TaskEditor& e, Task const& said, Task const&) {
    put(e.task, "X-GODWIT-SUB-ORDINAL-DATE", said.sub_ordinal_date.value_or(""));
    if (said.ordinal_date)
        e.task.set("X-GODWIT-ORDINAL-DATE", ical::raw(floor<seconds>(said.ordinal_date->at)));
    else
        e.task.remove("X-GODWIT-ORDINAL-DATE");
    return {};
}

// ---- the table
template <auto... member> constexpr bool says(Task const& task) { return ((task.*member).has_value() || ...); }
// What is not said beside what is says nothing.
template <auto... member> constexpr bool other(Task const& said, Task const& told) {
    return !says<member...>(said) || (((said.*member).has_value() && said.*member != told.*member) || ...);
}

using T = Task;
namespace names = eas::tasks;
constexpr eas::Tag none{};
// In the order in which they are written: rule and alarm look at the days.
constexpr std::array table{
    TaskRow{names::Subject, none, "SUMMARY", false, says<&T::subject>, other<&T::subject>, read_subject, write_subject},
    TaskRow{names::Importance, none, "PRIORITY X-GODWIT-IMPORTANCE", true, says<&T::importance>, other<&T::importance>,
            read_importance, write_importance},
    TaskRow{names::StartDate, names::UtcStartDate, "DTSTART", false, says<&T::start_date, &T::utc_start_date>,
            other<&T::start_date, &T::utc_start_date>, read_start, write_start},
    TaskRow{names::DueDate, names::UtcDueDate, "DUE DURATION", false, says<&T::due_date, &T::utc_due_date>,
            other<&T::due_date, &T::utc_due_date>, read_due, write_due},
    TaskRow{names::Categories, none, "CATEGORIES", false, says<&T::categories>, other<&T::categories>, read_categories,
            write_categories},
    TaskRow{names::Recurrence, none,
            "RRULE X-GODWIT-CALENDAR-TYPE X-GODWIT-RECURRENCE-START X-GODWIT-REGENERATE X-GODWIT-DEAD-OCCUR", false,
            says<&T::recurrence>, other<&T::recurrence>, read_recurrence, write_recurrence},
    TaskRow{names::Complete, names::DateCompleted, "STATUS COMPLETED PERCENT-COMPLETE", true,
            says<&T::complete, &T::date_completed>, other_completion, read_complete, write_complete},
    TaskRow{names::Sensitivity, none, "CLASS", false, says<&T::sensitivity>, other<&T::sensitivity>, read_sensitivity,
            write_sensitivity},
    TaskRow{names::ReminderSet, names::ReminderTime, "VALARM", true, says<&T::reminder_set, &T::reminder_time>,
            other<&T::reminder_set, &T::reminder_time>, read_reminder, write_reminder},
    TaskRow{names::OrdinalDate, names::SubOrdinalDate, "X-GODWIT-ORDINAL-DATE X-GODWIT-SUB-ORDINAL-DATE", false,
            says<&T::ordinal_date, &T::sub_ordinal_date>, other<&T::ordinal_date, &T::sub_ordinal_date>, read_ordinal,
            write_ordinal},
};

ical::Zone home_of(TaskRules const& rules) {
    return rules.zone.empty() ? ical::Zone::utc() : ical::Zone::named(rules.zone).value_or(ical::Zone::utc());
}

Task read(TaskView const& view) {
    Task out;
    for (auto const& row : table) row.read(view, out);
    out.body = text_body(text_of(view.task, "DESCRIPTION"), view.rules.body, view.rules.version);
    return out;
}

std::string_view apply(TaskEditor& e, Task const& told, Task const& said) {
    for (auto const& row : table) {
        bool goes =
            !row.silence_keeps && row.said(told) && omission_removes(row.element, e.rules.version, e.rules.supported);
        if (row.said(said) ? row.differs(said, told) : goes)
            if (auto why = row.write(e, said, told); !why.empty()) return why;
    }
    if (!said.body) return {}; // left out, it says nothing, as of a note
    auto text = said_text(*said.body, told.body, text_of(e.task, "DESCRIPTION"));
    if (!text) return text.error();
    if (!*text) return {};
    e.task.remove("X-ALT-DESC");
    put(e.task, "DESCRIPTION", **text);
    return {};
}

} // namespace

std::span<TaskRow const> task_table() { return table; }

} // namespace task_parts

using namespace task_parts;
using ical::Component;

bool holds_task(Component const& calendar) {
    return std::ranges::find(calendar.components, std::string_view("VTODO"), &Component::name) !=
           calendar.components.end();
}

std::string task_uid(Component const& calendar) {
    auto const found = std::ranges::find(calendar.components, std::string_view("VTODO"), &Component::name);
    return found == calendar.components.end() ? std::string() : ical::text(found->value("UID"));
}

std::optional<ical::Instant> task_made(Component const& calendar) {
    auto const found = std::ranges::find(calendar.components, std::string_view("VTODO"), &Component::name);
    return found == calendar.components.end() ? std::nullopt : ical::instant(found->value("CREATED"));
}

bool is_complete(Component const& calendar) {
    auto copy = calendar;
    auto object = ical::Object::of(copy, ical::Kind::task);
    return object && done(object->main());
}

std::optional<eas::Task> to_task(Component const& calendar, TaskRules const& rules) {
    auto copy = calendar;
    auto object = ical::Object::of(copy, ical::Kind::task);
    if (!object) return std::nullopt;
    auto home = home_of(rules);
    return read({*object, object->main(), rules, home});
}

EditedTask new_task(eas::Task const& said, TaskRules const& rules, std::string_view uid) {
    Component task{.name = "VTODO"};
    task.set("UID", ical::escaped(uid));
    for (auto const* stamp : {"DTSTAMP", "CREATED", "LAST-MODIFIED"}) task.set(stamp, ical::raw(rules.now));
    Component calendar{.name = "VCALENDAR"};
    calendar.set("VERSION", "2.0");
    calendar.set("PRODID", "-//Godwit//Godwit//EN");
    calendar.components.push_back(std::move(task));
    return changed_task(std::move(calendar), said, rules);
}

EditedTask changed_task(Component calendar, eas::Task const& said, TaskRules const& rules) {
    auto object = ical::Object::of(calendar, ical::Kind::task);
    if (!object) return std::unexpected("what is stored is no task");
    if (auto why = refuse_times(said); !why.empty()) return std::unexpected(why);
    auto home = home_of(rules);
    auto const before = object->main();
    auto const told = read({*object, before, rules, home});
    TaskEditor editor{*object, object->main(), rules, home};
    if (auto why = apply(editor, told, said); !why.empty()) return std::unexpected(why);
    if (object->main() != before) calendar_parts::stamp(object->main(), rules.now);
    return calendar;
}

bool is_same_task(Component const& calendar, eas::Task const& said, TaskRules const& rules) {
    auto after = changed_task(calendar, said, rules);
    return after && *after == calendar;
}

std::string task_key(eas::Task const& task) { return mime::lower(with_plain_lines(task.subject.value_or(""))); }

eas::Task task_stand_in(std::string_view reason) {
    return {.body = text_body("It is safe on the server. " + std::string(reason), {}, eas::v14_0),
            .subject = "(This task could not be shown)",
            .importance = 1,
            .complete = false,
            .sensitivity = 0,
            .reminder_set = false};
}

} // namespace godwit::convert
