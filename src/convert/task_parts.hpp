#pragma once
// What convert/task is made of: a task is looked at through a TaskView and changed through a TaskEditor.
#include "convert/task.hpp"
#include "ical/object.hpp"

#include <span>

namespace godwit::convert::task_parts {

struct TaskView {
    ical::Object& object;
    ical::Component const& task;
    TaskRules const& rules;
    ical::Zone const& home;
};
struct TaskEditor {
    ical::Object& object;
    ical::Component& task;
    TaskRules const& rules;
    ical::Zone const& home;
};

/// The elements that one thing of a task is said by, and the properties in which it lies.
struct TaskRow {
    eas::Tag element, also; // the second where there are two
    std::string_view properties;
    bool silence_keeps; // it cannot be gone, or stays by MS-ASTASK 3.2.5.3 (R369, R370)
    bool (*said)(eas::Task const&);
    bool (*differs)(eas::Task const& said, eas::Task const& told);
    void (*read)(TaskView const&, eas::Task&);
    std::string_view (*write)(TaskEditor&, eas::Task const& said, eas::Task const& told); // of what is absent: removes
};
std::span<TaskRow const> task_table();

inline eas::DateTime wire(ical::Instant at) { return {eas::Instant(at)}; }
inline eas::DateTime wire(ical::Local at) { return {eas::Instant(at.time_since_epoch())}; }

// task_times.cpp
/// Empty, or why what is said cannot be written.
std::string_view refuse_times(eas::Task const& said);
struct Day {
    ical::Local local;
    ical::Instant utc;
};
std::optional<Day> day_of(TaskView const& view, std::string_view property);
void write_day(TaskEditor& editor, std::string_view property, std::optional<eas::DateTime> const& local,
               std::optional<eas::DateTime> const& utc);
void read_recurrence(TaskView const& view, eas::Task& out);
std::string_view write_recurrence(TaskEditor& editor, eas::Task const& said, eas::Task const& told);
void read_reminder(TaskView const& view, eas::Task& out);
std::string_view write_reminder(TaskEditor& editor, eas::Task const& said, eas::Task const& told);

} // namespace godwit::convert::task_parts
