#pragma once
// Tasks: a VTODO (RFC 5545 3.6.2) in a VCALENDAR as a phone sees it, and what a phone says merged into it. Which
// element is which property: the table of task.cpp, and docs/tasks.md. A day without a time of day is a date. Pure; the
// time is an argument.
#include "convert/body_options.hpp"
#include "eas/tasks.hpp"
#include "eas/version.hpp"
#include "ical/component.hpp"
#include "ical/value.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::convert {

struct TaskRules {
    eas::Version version = eas::v16_1;
    std::optional<eas::ElementNames> supported = {};
    BodyOptions body = {};      // how the phone is shown the text
    std::string_view zone = {}; // IANA: where its owner's days begin; empty: UTC
    ical::Instant now = {};     // when it speaks
};

bool holds_task(ical::Component const& calendar);
std::string task_uid(ical::Component const& calendar);
std::optional<ical::Instant> task_made(ical::Component const& calendar); // CREATED
bool is_complete(ical::Component const& calendar);
/// Nothing if it holds none.
std::optional<eas::Task> to_task(ical::Component const& calendar, TaskRules const& rules);

/// The error is what the phone did wrong, for the log; on the wire it is Sync status 6 for the item.
using EditedTask = std::expected<ical::Component, std::string_view>;
EditedTask new_task(eas::Task const& said, TaskRules const& rules, std::string_view uid);
EditedTask changed_task(ical::Component calendar, eas::Task const& said, TaskRules const& rules);

/// Whether the task is just what the phone says (incident 2.7); and what is equal for those that may be.
bool is_same_task(ical::Component const& calendar, eas::Task const& said, TaskRules const& rules);
std::string task_key(eas::Task const& task);

eas::Task task_stand_in(std::string_view reason); // in place of one that cannot be read

} // namespace godwit::convert
