// The Tasks class (MS-ASTASK 2.2.2): the ApplicationData of a task, from the server and from the client. Local times
// are written as if they were UTC.
#pragma once
#include "eas/airsyncbase.hpp"

namespace godwit::eas {

// As of an event (eas/calendar.hpp), in the namespace of tasks and from a start of its own.
struct TaskRecurrence {
    std::optional<std::uint8_t> type = {};
    std::optional<DateTime> start = {}; // local
    std::optional<DateTime> until = {}; // local
    std::optional<std::uint16_t> occurrences = {};
    std::optional<std::uint16_t> interval = {};
    std::optional<std::uint8_t> day_of_week = {};
    std::optional<std::uint8_t> day_of_month = {};
    std::optional<std::uint8_t> week_of_month = {};
    std::optional<std::uint8_t> month_of_year = {};
    std::optional<bool> regenerate = {};         // the next one counts from when this one is done
    std::optional<std::uint8_t> dead_occur = {}; // other than 0: one that is done, of a series that goes on
    std::optional<std::uint8_t> calendar_type = {};
    std::optional<bool> is_leap_month = {};
    std::optional<std::uint8_t> first_day_of_week = {};
    bool operator==(TaskRecurrence const&) const = default;
};
template <> inline constexpr auto schema<TaskRecurrence> = element( //
    tasks::Recurrence, "MS-ASTASK 2.2.2.20", field<&TaskRecurrence::type>(tasks::Type, range{0, 6}),
    field<&TaskRecurrence::start>(tasks::Start), field<&TaskRecurrence::until>(tasks::Until),
    field<&TaskRecurrence::occurrences>(tasks::Occurrences, range{0, 999}),
    field<&TaskRecurrence::interval>(tasks::Interval, range{0, 999}),
    field<&TaskRecurrence::day_of_week>(tasks::DayOfWeek, range{1, 127}),
    field<&TaskRecurrence::day_of_month>(tasks::DayOfMonth, range{1, 31}),
    field<&TaskRecurrence::week_of_month>(tasks::WeekOfMonth, range{1, 5}),
    field<&TaskRecurrence::month_of_year>(tasks::MonthOfYear, range{1, 12}),
    field<&TaskRecurrence::regenerate>(tasks::Regenerate), field<&TaskRecurrence::dead_occur>(tasks::DeadOccur),
    field<&TaskRecurrence::calendar_type>(tasks::CalendarType, since{v14_0}, range{0, 23}),
    field<&TaskRecurrence::is_leap_month>(tasks::IsLeapMonth, since{v14_0}),
    field<&TaskRecurrence::first_day_of_week>(tasks::FirstDayOfWeek, since{v14_1}, range{0, 6}));

struct Task {
    std::optional<Body> body = {};
    std::optional<std::string> subject = {};
    std::optional<std::uint8_t> importance = {}; // 0 low, 1 normal, 2 high; others come back (R187)
    std::optional<DateTime> utc_start_date = {};
    std::optional<DateTime> start_date = {};
    std::optional<DateTime> utc_due_date = {};
    std::optional<DateTime> due_date = {};
    std::optional<std::vector<std::string>> categories = {};
    std::optional<TaskRecurrence> recurrence = {};
    std::optional<bool> complete = {};
    std::optional<DateTime> date_completed = {};
    std::optional<std::uint8_t> sensitivity = {}; // 0 normal, 1 personal, 2 private, 3 confidential
    std::optional<DateTime> reminder_time = {};   // UTC
    std::optional<bool> reminder_set = {};
    std::optional<DateTime> ordinal_date = {};
    std::optional<std::string> sub_ordinal_date = {};
    bool operator==(Task const&) const = default;
};
template <> inline constexpr auto schema<Task> = element( //
    airsync::ApplicationData, "MS-ASTASK 2.2.2", field<&Task::body>(airsyncbase::Body),
    field<&Task::subject>(tasks::Subject), field<&Task::importance>(tasks::Importance),
    field<&Task::utc_start_date>(tasks::UtcStartDate), field<&Task::start_date>(tasks::StartDate),
    field<&Task::utc_due_date>(tasks::UtcDueDate), field<&Task::due_date>(tasks::DueDate),
    field<&Task::categories>(tasks::Category, in{tasks::Categories}, max_items{300}),
    field<&Task::recurrence>(tasks::Recurrence), field<&Task::complete>(tasks::Complete),
    field<&Task::date_completed>(tasks::DateCompleted), field<&Task::sensitivity>(tasks::Sensitivity, range{0, 3}),
    field<&Task::reminder_time>(tasks::ReminderTime), field<&Task::reminder_set>(tasks::ReminderSet),
    field<&Task::ordinal_date>(tasks::OrdinalDate), field<&Task::sub_ordinal_date>(tasks::SubOrdinalDate));

extern template Shape const& document<Task>();

} // namespace godwit::eas
