#pragma once
// What convert/calendar is made of. An event is looked at through a View and changed through an Editor; both know whose
// it is and what is spoken.
#include "convert/calendar.hpp"
#include "convert/recurrence.hpp"
#include "convert/time_zone.hpp"
#include "ical/object.hpp"

namespace godwit::convert::calendar_parts {

/// The clock of an event, and the one that a phone computes with: of a series they may differ about the past.
struct EventClock {
    ical::Zone zone;
    ical::Zone told;
    std::optional<eas::TimeZone> structure; // absent: not told (all-day from 16.0)
};

struct EventTimes {
    ical::Moment start, end;
    bool all_day() const { return start.is_date(); }
    /// Of time that passes, if they are in different zones; else on the clock.
    std::chrono::seconds length(ical::Object const& object, ical::Zone const& clock) const;
};

struct View {
    ical::Object& object;
    ical::Component const& event;
    CalendarOwner const& owner;
    eas::Version version;
    BodyOptions const& options;
};

struct Editor {
    ical::Object& object;
    ical::Component& event;
    CalendarOwner const& owner;
    EventRules const& rules;
    std::vector<ical::Component>& zones; // VTIMEZONEs that its times need and the calendar has not
    bool rescheduled = false;            // its times or its rule are others
    bool passed_over = false;            // of what was said of them something cannot be meant
};

// calendar_times.cpp
EventTimes times_of(ical::Component const& event);
std::optional<ical::Rule> rule_of(ical::Component const& event);
EventClock clock_of(View const& view);
void read_times(View const& view, EventClock const& clock, eas::Calendar& out);
/// The day of a RECURRENCE-ID or an EXDATE by the clock of the event, in whatever form it is written.
std::chrono::local_days day_of(ical::Object const& object, ical::Moment const& one, ical::Moment const& start,
                               ical::Zone const& clock);
/// The rule as the clock of the event counts: UNTIL in local time.
ical::Rule in_local_time(ical::Rule rule, ical::Zone const& zone, ical::Moment const& start);

// calendar_write_times.cpp
/// Empty, or why not.
std::string_view write_times(Editor& editor, eas::Calendar const& said, eas::Calendar const& told,
                             EventClock const& clock);
/// Whether they would be others then.
bool says_other_times(Editor const& editor, eas::Calendar const& said, eas::Calendar const& told,
                      EventClock const& clock);
/// The moment of an occurrence in the form of `start`, on that day.
ical::Moment on_day(ical::Moment const& start, std::chrono::local_days day);

// calendar_people.cpp
bool is_organizer(ical::Component const& event, CalendarOwner const& owner); // true where there is none
bool is_meeting(ical::Component const& event);
void read_people(View const& view, eas::Calendar& out);
void write_attendees(Editor& editor, eas::Calendar const& said);
/// Who had come unasked to an occurrence, and is invited to the series by now, is no stranger there any more.
void welcome_invited(Editor& editor, ical::Component const& master);
void write_organizer(Editor& editor, eas::Calendar const& said);
void write_meeting_status(Editor& editor, eas::Calendar const& said);

// calendar_body.cpp
void read_body(View const& view, eas::Calendar& out);
std::string_view write_body(Editor& editor, eas::Calendar const& said);
void read_attachments(View const& view, eas::Calendar& out);
std::string_view write_attachments(Editor& editor, eas::Calendar const& said);

// calendar_properties.cpp
/// All properties (or alarms) of these names: as they are in one component, so in the other.
void copy_properties(ical::Component const& from, ical::Component& to, std::string_view names);
bool same_properties(ical::Component const& a, ical::Component const& b, std::string_view names);
void stamp(ical::Component& event, ical::Instant now); // DTSTAMP and LAST-MODIFIED, never back
void raise_sequence(ical::Component& event);
std::vector<std::string> categories_of(ical::Component const& component); // 300 at most
void set_categories(ical::Component& component, std::vector<std::string> const& list);
std::uint8_t sensitivity_of(ical::Component const& component); // by CLASS
void set_sensitivity(ical::Component& component, std::uint8_t value);
/// The occurrence's own event: all of the master but what makes it a series.
ical::Component occurrence_of(ical::Component const& master, ical::Moment const& at);

// calendar_render.cpp
/// All elements of one component, without Exceptions.
eas::Calendar read_event(View const& view, EventClock const& clock);
eas::Calendar lifted(eas::Exception const& exception);
/// `clock`: of the event.
bool is_deleted(ical::Object const& object, ical::Component const& master, ical::Moment const& occurrence,
                ical::Zone const& clock);

} // namespace godwit::convert::calendar_parts
