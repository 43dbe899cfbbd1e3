// The Calendar class (MS-ASCAL 2.2.2): the ApplicationData of an event, from the server and from the client.
#pragma once
#include "eas/airsyncbase.hpp"

namespace godwit::eas {

struct Attendee {
    std::string email = {}; // any text (MS-ASCAL_R230)
    std::string name = {};
    std::optional<std::uint8_t> status = {};            // 0 unknown, 2 tentative, 3 accepted, 4 declined, 5 no answer
    std::optional<std::uint8_t> type = {};              // 1 required, 2 optional, 3 resource
    std::optional<CompactDateTime> proposed_start = {}; // 16.1
    std::optional<CompactDateTime> proposed_end = {};
    bool operator==(Attendee const&) const = default;
};
template <> inline constexpr auto schema<Attendee> = element( //
    calendar::Attendee, "MS-ASCAL 2.2.2.3", field<&Attendee::email>(calendar::Email),
    field<&Attendee::name>(calendar::Name), field<&Attendee::status>(calendar::AttendeeStatus, range{0, 5}),
    field<&Attendee::type>(calendar::AttendeeType, range{1, 3}),
    field<&Attendee::proposed_start>(meetingresponse::ProposedStartTime, since{v16_1}),
    field<&Attendee::proposed_end>(meetingresponse::ProposedEndTime, since{v16_1}));

// From 16.0 an empty one makes a series a single event (MS-ASCAL_R2180002).
struct Recurrence {
    std::optional<std::uint8_t> type = {}; // 0 daily, 1 weekly, 2 monthly, 3 monthly nth, 5 yearly, 6 yearly nth
    std::optional<std::uint16_t> interval = {};
    std::optional<CompactDateTime> until = {}; // or occurrences; with both occurrences holds (R53911)
    std::optional<std::uint16_t> occurrences = {};
    std::optional<std::uint8_t> week_of_month = {}; // 5 is the last
    std::optional<std::uint8_t> day_of_month = {};
    std::optional<std::uint8_t> day_of_week = {}; // bits, Sunday is 1; 62 weekdays, 65 weekends, 127 any day
    std::optional<std::uint8_t> month_of_year = {};
    std::optional<std::uint8_t> calendar_type = {};
    std::optional<bool> is_leap_month = {};
    std::optional<std::uint8_t> first_day_of_week = {}; // 0 is Sunday
    bool operator==(Recurrence const&) const = default;
};
template <> inline constexpr auto schema<Recurrence> = element( //
    calendar::Recurrence, "MS-ASCAL 2.2.2.37", field<&Recurrence::type>(calendar::Type, range{0, 6}),
    field<&Recurrence::interval>(calendar::Interval, range{0, 999}), field<&Recurrence::until>(calendar::Until),
    field<&Recurrence::occurrences>(calendar::Occurrences, range{0, 999}),
    field<&Recurrence::week_of_month>(calendar::WeekOfMonth, range{1, 5}),
    field<&Recurrence::day_of_month>(calendar::DayOfMonth, range{1, 31}),
    field<&Recurrence::day_of_week>(calendar::DayOfWeek, range{1, 127}),
    field<&Recurrence::month_of_year>(calendar::MonthOfYear, range{1, 12}),
    field<&Recurrence::calendar_type>(calendar::CalendarType, since{v14_0}, range{0, 23}),
    field<&Recurrence::is_leap_month>(calendar::IsLeapMonth, since{v14_0}),
    field<&Recurrence::first_day_of_week>(calendar::FirstDayOfWeek, since{v14_1}, range{0, 6}));

// What is absent is as in the series; what is there and empty is not (MS-ASCAL_R543).
struct Exception {
    std::optional<bool> deleted = {};
    std::optional<CompactDateTime> exception_start_time = {}; // up to 14.1: when the occurrence would have begun
    std::optional<CompactDateTime> instance_id = {};          // the same, from 16.0
    std::optional<std::string> subject = {};
    std::optional<CompactDateTime> start_time = {};
    std::optional<CompactDateTime> end_time = {};
    std::optional<Body> body = {};
    std::optional<std::string> location = {};
    std::optional<Location> structured_location = {};
    std::optional<std::vector<AttachmentEntry>> attachments = {};
    std::optional<std::vector<std::string>> categories = {};
    std::optional<std::uint8_t> sensitivity = {};
    std::optional<std::int8_t> busy_status = {};
    std::optional<bool> all_day_event = {};
    std::optional<NumberOrEmpty> reminder = {};
    std::optional<CompactDateTime> dt_stamp = {};
    std::optional<std::uint8_t> meeting_status = {};
    std::optional<std::vector<Attendee>> attendees = {};
    std::optional<CompactDateTime> appointment_reply_time = {};
    std::optional<std::uint8_t> response_type = {};
    std::optional<std::string> online_meeting_conf_link = {};
    std::optional<std::string> online_meeting_external_link = {};
    bool operator==(Exception const&) const = default;
};
template <> inline constexpr auto schema<Exception> = element( //
    calendar::Exception, "MS-ASCAL 2.2.2.21", field<&Exception::deleted>(calendar::Deleted),
    field<&Exception::exception_start_time>(calendar::ExceptionStartTime, until{v14_1}),
    field<&Exception::instance_id>(airsyncbase::InstanceId, since{v16_0}),
    field<&Exception::subject>(calendar::Subject), field<&Exception::start_time>(calendar::StartTime),
    field<&Exception::end_time>(calendar::EndTime), field<&Exception::body>(airsyncbase::Body),
    field<&Exception::location>(calendar::Location, until{v14_1}),
    field<&Exception::structured_location>(airsyncbase::Location, since{v16_0}),
    choice<&Exception::attachments>(in{airsyncbase::Attachments}, since{v16_0}),
    field<&Exception::categories>(calendar::Category, in{calendar::Categories}, max_items{300}),
    field<&Exception::sensitivity>(calendar::Sensitivity, range{0, 3}),
    field<&Exception::busy_status>(calendar::BusyStatus, range{-1, 4}),
    field<&Exception::all_day_event>(calendar::AllDayEvent), field<&Exception::reminder>(calendar::Reminder),
    field<&Exception::dt_stamp>(calendar::DtStamp), field<&Exception::meeting_status>(calendar::MeetingStatus),
    field<&Exception::attendees>(calendar::Attendee, in{calendar::Attendees}, since{v14_0}, max_items{5000}),
    field<&Exception::appointment_reply_time>(calendar::AppointmentReplyTime, since{v14_0}),
    field<&Exception::response_type>(calendar::ResponseType, since{v14_0}, range{0, 5}),
    field<&Exception::online_meeting_conf_link>(calendar::OnlineMeetingConfLink, since{v14_1}),
    field<&Exception::online_meeting_external_link>(calendar::OnlineMeetingExternalLink, since{v14_1}));

// A Change holds only what changed, and every member may be absent. What only the server says (OrganizerName from 16.0,
// ResponseType ...) is read from a client too: it is no reason to refuse the rest.
struct Calendar {
    std::optional<std::string> time_zone = {}; // base64 (eas/time_zone.hpp)
    std::optional<bool> all_day_event = {};
    std::optional<std::int8_t> busy_status = {}; // 0 free, 1 tentative, 2 busy, 3 away; from 16.0 4 working elsewhere
    std::optional<std::string> organizer_name = {};
    std::optional<std::string> organizer_email = {};
    std::optional<CompactDateTime> dt_stamp = {};
    std::optional<CompactDateTime> end_time = {};
    std::optional<std::string> location = {};         // up to 14.1
    std::optional<Location> structured_location = {}; // from 16.0
    std::optional<NumberOrEmpty> reminder = {};       // minutes; empty: none
    std::optional<std::uint8_t> sensitivity = {};     // 0 normal, 1 personal, 2 private, 3 confidential
    std::optional<std::string> subject = {};
    std::optional<CompactDateTime> start_time = {};
    std::optional<std::string> uid = {};
    std::optional<std::string> client_uid = {};
    std::optional<std::uint8_t> meeting_status = {}; // bits: 1 a meeting, 2 received, 4 cancelled
    std::optional<std::vector<Attendee>> attendees = {};
    std::optional<std::vector<std::string>> categories = {};
    std::optional<Recurrence> recurrence = {};
    std::optional<std::vector<Exception>> exceptions = {};
    std::optional<bool> response_requested = {};
    std::optional<CompactDateTime> appointment_reply_time = {};
    std::optional<std::uint8_t> response_type =
        {}; // 0 none, 1 organizer, 2 tentative, 3 accepted, 4 declined, 5 no answer
    std::optional<bool> disallow_new_time_proposal = {};
    std::optional<Body> body = {};
    std::optional<NativeBodyType> native_body_type = {};
    std::optional<std::vector<AttachmentEntry>> attachments = {};
    std::optional<std::string> online_meeting_conf_link = {};
    std::optional<std::string> online_meeting_external_link = {};
    bool operator==(Calendar const&) const = default;
};
template <> inline constexpr auto schema<Calendar> = element( //
    airsync::ApplicationData, "MS-ASCAL 2.2.2", field<&Calendar::time_zone>(calendar::Timezone, max_bytes{1024}),
    field<&Calendar::all_day_event>(calendar::AllDayEvent),
    field<&Calendar::busy_status>(calendar::BusyStatus, range{-1, 4}),
    field<&Calendar::organizer_name>(calendar::OrganizerName),
    field<&Calendar::organizer_email>(calendar::OrganizerEmail), field<&Calendar::dt_stamp>(calendar::DtStamp),
    field<&Calendar::end_time>(calendar::EndTime), field<&Calendar::location>(calendar::Location, until{v14_1}),
    field<&Calendar::structured_location>(airsyncbase::Location, since{v16_0}),
    field<&Calendar::reminder>(calendar::Reminder), field<&Calendar::sensitivity>(calendar::Sensitivity, range{0, 3}),
    field<&Calendar::subject>(calendar::Subject), field<&Calendar::start_time>(calendar::StartTime),
    field<&Calendar::uid>(calendar::UID, max_chars{300}),
    field<&Calendar::client_uid>(calendar::ClientUid, since{v16_0}, max_chars{300}), // MS-ASCAL_R2060
    field<&Calendar::meeting_status>(calendar::MeetingStatus),
    field<&Calendar::attendees>(calendar::Attendee, in{calendar::Attendees}, max_items{5000}),
    field<&Calendar::categories>(calendar::Category, in{calendar::Categories}, max_items{300}), // R186, R187
    field<&Calendar::recurrence>(calendar::Recurrence),
    field<&Calendar::exceptions>(calendar::Exception, in{calendar::Exceptions}, max_items{1000}),
    field<&Calendar::response_requested>(calendar::ResponseRequested, since{v14_0}),
    field<&Calendar::appointment_reply_time>(calendar::AppointmentReplyTime, since{v14_0}),
    field<&Calendar::response_type>(calendar::ResponseType, since{v14_0}, range{0, 5}),
    field<&Calendar::disallow_new_time_proposal>(calendar::DisallowNewTimeProposal, since{v14_0}),
    field<&Calendar::body>(airsyncbase::Body), field<&Calendar::native_body_type>(airsyncbase::NativeBodyType),
    choice<&Calendar::attachments>(in{airsyncbase::Attachments}, since{v16_0}),
    field<&Calendar::online_meeting_conf_link>(calendar::OnlineMeetingConfLink, since{v14_1}),
    field<&Calendar::online_meeting_external_link>(calendar::OnlineMeetingExternalLink, since{v14_1}));

extern template Shape const& document<Calendar>();

} // namespace godwit::eas
