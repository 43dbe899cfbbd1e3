#include "convert/task.hpp"
#include "convert/task_parts.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <sstream>

namespace godwit::convert {
namespace {

using eas::Task, eas::TaskRecurrence;

eas::DateTime at(std::string_view raw) { return {eas::Instant(ical::instant(raw).value())}; }
TaskRules rules(eas::Version version = eas::v16_1, int second = 0) {
    return {.version = version,
            .zone = "Europe/Berlin",
            .now = ical::instant("20260115T120000Z").value() + std::chrono::seconds(second)};
}
eas::Body text(std::string bytes) {
    auto size = std::uint32_t(bytes.size());
    return {.estimated_data_size = size, .data = eas::Content{std::move(bytes)}};
}
ical::Component made(Task const& said, TaskRules const& r = rules()) {
    auto task = new_task(said, r, "uid-1");
    EXPECT_TRUE(task) << task.error();
    auto again = ical::parse(ical::write(*task)); // as it is stored
    EXPECT_EQ(again->at(0), *task);
    return *task;
}
ical::Component changed(ical::Component const& task, Task const& said, TaskRules const& r = rules(eas::v16_1, 60)) {
    auto after = changed_task(task, said, r);
    EXPECT_TRUE(after) << after.error();
    return after.value_or(task);
}
ical::Component stored(std::string_view lines) {
    return ical::parse("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-A:b\r\nBEGIN:VTODO\r\nUID:u\r\n"
                       "DTSTAMP:20250101T000000Z\r\n" +
                       std::string(lines) + "END:VTODO\r\nEND:VCALENDAR\r\n")
        ->at(0);
}
std::string value(ical::Component const& calendar, std::string_view property) {
    return std::string(calendar.components.front().value(property));
}

TaskRecurrence daily(std::string_view start) { return {.type = 0, .start = at(start), .interval = 1}; }

// What the server says beside what was said.
Task completed(Task said, eas::Version version) {
    if (!said.subject) said.subject = "";
    if (!said.body) said.body = text("");
    if (!said.importance) said.importance = 1;
    if (!said.sensitivity) said.sensitivity = 0;
    if (!said.complete) said.complete = false;
    if (*said.complete && !said.date_completed) said.date_completed = at("20260115T120000Z");
    if (!*said.complete) said.date_completed.reset();
    if (!said.reminder_set) said.reminder_set = said.reminder_time.has_value();
    if (!*said.reminder_set) said.reminder_time.reset();
    if (said.categories && said.categories->empty()) said.categories.reset();
    if (!said.recurrence) return said;
    auto& r = *said.recurrence;
    if (r.regenerate == false) r.regenerate.reset();
    if (r.dead_occur == 0) r.dead_occur.reset();
    bool scaled = version >= eas::v14_0 && (r.type == 2 || r.type == 3 || r.type == 5 || r.type == 6);
    if (scaled && !r.calendar_type) r.calendar_type = 0;
    if (scaled && r.type >= 5 && !r.is_leap_month) r.is_leap_month = false;
    return said;
}

TaskRecurrence random_recurrence(std::mt19937& random, eas::Version version) {
    auto any = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    TaskRecurrence out{.start = at("20260302T000000Z"), .interval = 1 + any(3)}; // a Monday
    out.type = std::array<std::uint8_t, 6>{0, 1, 2, 3, 5, 6}[any(6)];
    bool nth = out.type == 3 || out.type == 6, yearly = out.type == 5 || out.type == 6;
    if (out.type == 1) out.day_of_week = std::uint8_t(2 | (1U << any(7)));
    if (out.type == 2 || out.type == 5) out.day_of_month = 2;
    if (nth) out.day_of_week = 2, out.week_of_month = 1;
    if (yearly) out.month_of_year = 3;
    if (yearly) out.interval = 1;
    auto const end = any(3); // both of them: Until is not looked at (MS-ASTASK_R37013)
    if (end == 0) out.occurrences = 3;
    if (end == 1) out.until = at("20270302T000000Z");
    if (any(4) == 0) out.regenerate = true;
    if (any(4) == 0) out.dead_occur = 1;
    if (version >= eas::v14_1 && out.type == 1) out.first_day_of_week = std::uint8_t(any(7));
    return out;
}

// Random tasks at every version come back as they were said, and said back they change nothing.
TEST(Task, ComesBackAsItWasSaid) {
    std::mt19937 random(4);
    auto maybe = [&] { return random() % 2 == 0; };
    for (int round = 0; round < 60; ++round)
        for (auto version : eas::spoken_versions) {
            Task said;
            if (maybe()) said.subject = "Milk, eggs; \\ \xC3\xA9";
            if (maybe()) said.body = text("one\r\ntwo, three");
            if (maybe()) said.importance = std::uint8_t(random() % 5);
            if (maybe()) said.start_date = at("20260302T000000Z"), said.utc_start_date = at("20260301T230000Z");
            if (maybe())
                said.due_date = at("20260305T083000Z"), said.utc_due_date = at("20260305T033000Z"); // elsewhere
            if (maybe()) said.categories = {{"Blue", "a,b"}};
            if (maybe()) said.complete = maybe();
            if (said.complete.value_or(false) && maybe()) said.date_completed = at("20260110T101112Z");
            if (maybe()) said.sensitivity = std::uint8_t(random() % 4);
            if (maybe()) said.reminder_set = true, said.reminder_time = at("20260304T070000Z");
            if (maybe()) said.ordinal_date = at("20260101T000000Z"), said.sub_ordinal_date = "a.b";
            if (maybe()) said.recurrence = random_recurrence(random, version);
            auto task = made(said, rules(version));
            auto shown = *to_task(task, rules(version));
            auto told = shown;
            auto want = completed(said, version);
            if (want.recurrence && told.recurrence) { // what the server alone says of a pattern
                want.recurrence->calendar_type = told.recurrence->calendar_type;
                want.recurrence->is_leap_month = told.recurrence->is_leap_month;
                if (!want.recurrence->first_day_of_week)
                    want.recurrence->first_day_of_week = told.recurrence->first_day_of_week;
            }
            EXPECT_EQ(told, want) << ical::write(task);
            EXPECT_EQ(changed(task, shown, rules(version, 60)), task) << ical::write(task);
            EXPECT_TRUE(is_same_task(task, shown, rules(version)));
            auto wire = eas::encode_fragment(shown, version);
            EXPECT_EQ(eas::decode<Task>(wire, version).value(), shown);
        }
}

TEST(Task, DaysAreDates) {
    auto task = made({.utc_due_date = at("20260304T230000Z"), .due_date = at("20260305T000000Z")});
    EXPECT_EQ(value(task, "DUE"), "20260305");
    EXPECT_EQ(task.components.front().find("DUE")->parameter("VALUE"), "DATE");
    EXPECT_EQ(task.components.front().find("DUE")->parameter("X-GODWIT-UTC"), "");
    // A phone in another zone: both of what it says come back.
    task = made({.utc_due_date = at("20260305T050000Z"), .due_date = at("20260305T000000Z")});
    EXPECT_EQ(value(task, "DUE"), "20260305");
    EXPECT_EQ(to_task(task, rules())->utc_due_date, at("20260305T050000Z"));
    // One of the two is enough.
    EXPECT_EQ(value(made({.utc_due_date = at("20260304T230000Z")}), "DUE"), "20260305");
    EXPECT_EQ(to_task(made({.due_date = at("20260305T000000Z")}), rules())->utc_due_date, at("20260304T230000Z"));
    // Other programs' ways.
    auto shown = *to_task(stored("DTSTART:20260305T080000Z\r\nDURATION:PT2H\r\n"), rules());
    EXPECT_EQ(shown.start_date, at("20260305T090000Z"));
    EXPECT_EQ(shown.utc_start_date, at("20260305T080000Z"));
    EXPECT_EQ(shown.due_date, at("20260305T110000Z"));
    shown = *to_task(stored("DUE;TZID=America/New_York:20260305T080000\r\n"), rules());
    EXPECT_EQ(shown.due_date, at("20260305T080000Z"));
    EXPECT_EQ(shown.utc_due_date, at("20260305T130000Z"));
}

TEST(Task, Completion) { // MS-ASTASK_R124
    auto task = made({.subject = "s", .complete = false});
    auto done = changed(task, {.complete = true});
    EXPECT_EQ(value(done, "STATUS"), "COMPLETED");
    EXPECT_EQ(value(done, "COMPLETED"), "20260115T120100Z");
    EXPECT_TRUE(is_complete(done));
    EXPECT_EQ(to_task(done, rules())->date_completed, at("20260115T120100Z"));
    auto open = changed(done, {.complete = false});
    EXPECT_FALSE(is_complete(open));
    for (auto const* gone : {"STATUS", "COMPLETED", "PERCENT-COMPLETE"}) EXPECT_EQ(value(open, gone), "") << gone;
    // Begun is not done, and says so on.
    auto begun = stored("STATUS:IN-PROCESS\r\nPERCENT-COMPLETE:40\r\n");
    EXPECT_EQ(changed(begun, *to_task(begun, rules())), begun);
    EXPECT_TRUE(is_complete(stored("COMPLETED:20260101T000000Z\r\n")));
}

TEST(Task, RemindersOfOthers) {
    auto alarm = [](std::string const& lines) {
        return stored("DUE:20260305T080000Z\r\nBEGIN:VALARM\r\n" + lines + "X-SOUND:ping\r\nEND:VALARM\r\n");
    };
    struct {
        std::string lines;
        std::optional<eas::DateTime> rings;
    } const rows[]{
        {"ACTION:DISPLAY\r\nTRIGGER;RELATED=END:-PT30M\r\n", at("20260305T073000Z")},
        {"ACTION:AUDIO\r\nTRIGGER:-PT30M\r\n", at("20260305T073000Z")}, // there is no start to count from
        {"ACTION:DISPLAY\r\nTRIGGER;VALUE=DATE-TIME:20260301T060000Z\r\n", at("20260301T060000Z")},
        {"ACTION:EMAIL\r\nTRIGGER:-PT30M\r\n", std::nullopt},
        {"ACTION:DISPLAY\r\n", std::nullopt},
    };
    for (auto const& row : rows) {
        auto task = alarm(row.lines);
        auto shown = *to_task(task, rules());
        EXPECT_EQ(shown.reminder_time, row.rings) << row.lines;
        EXPECT_EQ(shown.reminder_set, row.rings.has_value());
        EXPECT_EQ(changed(task, shown), task);
        auto later = changed(task, {.reminder_time = at("20260305T070000Z"), .reminder_set = true});
        EXPECT_EQ(to_task(later, rules())->reminder_time, at("20260305T070000Z"));
        EXPECT_TRUE(ical::write(later).contains("X-SOUND:ping"));
    }
    auto gone = changed(alarm(rows[0].lines), {.reminder_set = false});
    EXPECT_TRUE(gone.components.front().components.empty());
    EXPECT_FALSE(changed_task(made({}), {.reminder_set = true}, rules()));
}

TEST(Task, AnEditKeepsAllElse) {
    auto task = stored("X-ODD;P=q:z\r\nSUMMARY;LANGUAGE=de:Alt\r\nPRIORITY:3\r\nATTACH:http://x/y\r\n"
                       "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15\r\nDTSTART;VALUE=DATE:20260301\r\n"
                       "BEGIN:X-PART\r\nX-C:d\r\nEND:X-PART\r\n");
    auto said = *to_task(task, rules());
    EXPECT_EQ(said.importance, 2);
    EXPECT_EQ(said.recurrence->day_of_month, 1); // the nearest true thing
    said.body = text("new");
    auto bytes = ical::write(changed(task, said));
    for (auto const* kept : {"X-A:b", "X-ODD;P=q:z", "SUMMARY;LANGUAGE=de:Alt", "PRIORITY:3", "ATTACH:http://x/y",
                             "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15", "X-C:d", "DESCRIPTION:new"})
        EXPECT_TRUE(bytes.contains(kept)) << kept << '\n' << bytes;
}

TEST(Task, WhatIsLeftOut) { // convert/omission.hpp
    Task const all{.body = text("b"),
                   .subject = "s",
                   .importance = 2,
                   .due_date = at("20260305T000000Z"),
                   .categories = {{"Blue"}},
                   .recurrence = daily("20260305T000000Z"),
                   .complete = true,
                   .reminder_time = at("20260305T070000Z")};
    auto left = [&](eas::Version version, std::optional<eas::ElementNames> supported) {
        auto r = rules(version);
        r.supported = std::move(supported);
        auto now = *to_task(changed(made(all, rules(version)), {.subject = "t"}, r), rules(version));
        EXPECT_EQ(now.subject, "t");
        EXPECT_EQ(now.complete, true);
        EXPECT_EQ(now.body, text("b"));
        // MS-ASTASK_R369, R370: MUST NOT be deleted, whatever is said or not said to be supported.
        EXPECT_EQ(now.importance, 2);
        EXPECT_EQ(now.reminder_set, true);
        EXPECT_EQ(now.reminder_time, all.reminder_time);
        return std::string(now.due_date ? "due " : "") + (now.categories ? "categories " : "") +
               (now.recurrence ? "recurrence" : "");
    };
    using namespace eas::tasks;
    EXPECT_EQ(left(eas::v14_1, {}), "due categories recurrence");
    EXPECT_EQ(left(eas::v16_1, {}), "");
    EXPECT_EQ(left(eas::v14_1, eas::ElementNames{}), "due categories recurrence");
    EXPECT_EQ(left(eas::v14_1, eas::ElementNames{{Categories}}), "due recurrence");
    for (auto version : {eas::v12_1, eas::v16_1})
        EXPECT_EQ(left(version, eas::ElementNames{{Importance, ReminderSet, ReminderTime, DueDate}}),
                  "categories recurrence");
}

TEST(Task, Refusals) {
    struct {
        Task said;
        std::string_view why;
    } const rows[]{
        {{.recurrence = TaskRecurrence{.type = 0}}, "R37011"},
        {{.recurrence = TaskRecurrence{.start = at("20260305T000000Z")}}, "Type"},
        {{.recurrence = TaskRecurrence{.type = 4, .start = at("20260305T000000Z")}}, "Type"},
        {{.recurrence = TaskRecurrence{.type = 1, .start = at("20260305T000000Z"), .day_of_month = 3}}, "DayOfMonth"},
        {{.recurrence = TaskRecurrence{.type = 0, .start = at("20260305T000000Z"), .calendar_type = 1}}, "R81"},
        {{.recurrence = TaskRecurrence{.type = 1, .start = at("20260305T000000Z"), .calendar_type = 0}}, "R81"},
        {{.body = eas::Body{.type = eas::BodyType::Rtf, .data = eas::Content{"x"}}}, "no text"},
        {{.reminder_set = true}, "ReminderTime"},
        {{.due_date = at("00010101T000000Z")}, "every zone"}, // as of events
        {{.utc_start_date = at("99991231T235959Z")}, "every zone"},
        {{.reminder_time = at("99991231T000000Z")}, "every zone"},
        {{.recurrence = TaskRecurrence{.type = 0, .start = at("99991231T000000Z")}}, "every zone"},
    };
    for (auto const& row : rows) {
        auto task = new_task(row.said, rules(), "u");
        ASSERT_FALSE(task) << row.why;
        EXPECT_TRUE(task.error().contains(row.why)) << task.error();
    }
    EXPECT_FALSE(to_task(ical::parse("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")->at(0), rules()));
    auto wire = eas::encode_fragment(task_stand_in("It cannot be read."), eas::v12_1);
    EXPECT_TRUE(eas::decode<Task>(wire, eas::v12_1));
}

// docs/tasks.md names every element beside its properties.
TEST(Task, IsDescribed) {
    std::ifstream in(GODWIT_SOURCE "/docs/tasks.md");
    std::ostringstream page;
    page << in.rdbuf();
    for (auto const& row : task_parts::task_table()) {
        auto line = "| " + std::string(row.element.name);
        if (!row.also.name.empty()) line += ", " + std::string(row.also.name);
        line += " | `" + std::string(row.properties) + "` |";
        EXPECT_TRUE(page.str().contains(line)) << line;
    }
}

} // namespace
} // namespace godwit::convert
