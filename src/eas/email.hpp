// The Email class (MS-ASEMAIL 2.2.2): the ApplicationData of a message, from the server and from the client.
#pragma once
#include "eas/airsyncbase.hpp"
#include "eas/compose_mail.hpp"

namespace godwit::eas {

enum class Importance : std::uint8_t { Low = 0, Normal = 1, High = 2 }; // MS-ASEMAIL 2.2.2.38
constexpr bool is_valid(Importance i) { return i <= Importance::High; }

enum class FlagStatus : std::uint8_t { Cleared = 0, Complete = 1, Active = 2 }; // MS-ASEMAIL 2.2.2.74
constexpr bool is_valid(FlagStatus s) { return s <= FlagStatus::Active; }

enum class LastVerb : std::uint8_t {
    Unknown = 0,
    ReplyToSender = 1,
    ReplyToAll = 2,
    Forward = 3
}; // MS-ASEMAIL 2.2.2.42
constexpr bool is_valid(LastVerb v) { return v <= LastVerb::Forward; }

// <Flag/> (all absent) says "no flag"; an absent Flag in a Change says nothing (trap 34).
struct EmailFlag {
    std::optional<FlagStatus> status = {};
    std::optional<std::string> flag_type = {}; // "Flag for follow up"
    std::optional<DateTime> complete_time = {};
    std::optional<std::string> subject = {};
    std::optional<DateTime> date_completed = {};
    std::optional<DateTime> start_date = {}; // the four: all or none, else status 6 (EMAIL_R408, R409)
    std::optional<DateTime> utc_start_date = {};
    std::optional<DateTime> due_date = {};
    std::optional<DateTime> utc_due_date = {};
    std::optional<bool> reminder_set = {};
    std::optional<DateTime> reminder_time = {};
    std::optional<DateTime> ordinal_date = {};
    std::optional<std::string> sub_ordinal_date = {};
    bool operator==(EmailFlag const&) const = default;
};
template <> inline constexpr auto schema<EmailFlag> = element( //
    email::Flag, "MS-ASEMAIL 2.2.2.34", field<&EmailFlag::subject>(tasks::Subject),
    field<&EmailFlag::status>(email::Status), field<&EmailFlag::flag_type>(email::FlagType),
    field<&EmailFlag::date_completed>(tasks::DateCompleted), field<&EmailFlag::complete_time>(email::CompleteTime),
    field<&EmailFlag::start_date>(tasks::StartDate), field<&EmailFlag::due_date>(tasks::DueDate),
    field<&EmailFlag::utc_start_date>(tasks::UtcStartDate), field<&EmailFlag::utc_due_date>(tasks::UtcDueDate),
    field<&EmailFlag::reminder_set>(tasks::ReminderSet), field<&EmailFlag::reminder_time>(tasks::ReminderTime),
    field<&EmailFlag::ordinal_date>(tasks::OrdinalDate), field<&EmailFlag::sub_ordinal_date>(tasks::SubOrdinalDate));

struct MeetingRecurrence {
    std::uint8_t type = 0; // as calendar's: 0 daily, 1 weekly, 2 monthly, 3 monthly by day, 5 yearly, 6 yearly by day
    std::uint32_t interval = 1;
    std::optional<CompactDateTime> until = {};
    std::optional<std::uint32_t> occurrences = {};
    std::optional<std::uint32_t> week_of_month = {};
    std::optional<std::uint32_t> day_of_month = {};
    std::optional<std::uint32_t> day_of_week = {}; // bits, Sunday is 1
    std::optional<std::uint32_t> month_of_year = {};
    std::optional<std::uint32_t> calendar_type = {};
    std::optional<std::uint32_t> is_leap_month = {};
    std::optional<std::uint32_t> first_day_of_week = {};
    bool operator==(MeetingRecurrence const&) const = default;
};
template <> inline constexpr auto schema<MeetingRecurrence> = element( //
    email::Recurrence, "MS-ASEMAIL 2.2.2.60", field<&MeetingRecurrence::type>(email::Type, range{0, 6}),
    field<&MeetingRecurrence::interval>(email::Interval), field<&MeetingRecurrence::until>(email::Until),
    field<&MeetingRecurrence::occurrences>(email::Occurrences),
    field<&MeetingRecurrence::week_of_month>(email::WeekOfMonth),
    field<&MeetingRecurrence::day_of_month>(email::DayOfMonth),
    field<&MeetingRecurrence::day_of_week>(email::DayOfWeek),
    field<&MeetingRecurrence::month_of_year>(email::MonthOfYear),
    field<&MeetingRecurrence::calendar_type>(email2::CalendarType, since{v14_0}),
    field<&MeetingRecurrence::is_leap_month>(email2::IsLeapMonth, since{v14_0}),
    field<&MeetingRecurrence::first_day_of_week>(email2::FirstDayOfWeek, since{v14_1}));

// A meeting request, update or cancellation inside a message, read-only for the phone.
struct MeetingRequest {
    std::optional<bool> all_day_event = {};
    std::optional<DateTime> start_time = {};
    DateTime dt_stamp = {};
    std::optional<DateTime> end_time = {};
    std::optional<std::uint8_t> instance_type = {};   // 0 single, 1 series, 2 occurrence, 3 exception, 4 orphan
    std::optional<std::string> location = {};         // up to 14.1
    std::optional<Location> structured_location = {}; // from 16.0
    std::optional<std::string> organizer = {};
    std::optional<DateTime> recurrence_id = {};
    std::optional<std::uint32_t> reminder = {}; // seconds (EMAIL_R687)
    std::optional<bool> response_requested = {};
    std::optional<std::vector<MeetingRecurrence>> recurrences = {};
    std::optional<std::uint8_t> sensitivity = {};
    std::optional<std::uint8_t> busy_status = {};
    std::string time_zone = {};                       // base64 of the 172-byte structure (MS-ASDTYPE 2.7.4)
    std::optional<std::string> global_object_id = {}; // up to 14.1
    std::optional<bool> disallow_new_time_proposal = {};
    std::optional<std::uint8_t> meeting_message_type = {}; // 0 to 6
    std::optional<std::string> uid = {};                   // from 16.0
    std::optional<CompactDateTime> proposed_start = {};
    std::optional<CompactDateTime> proposed_end = {};
    std::vector<Forwardee> forwardees = {};
    bool operator==(MeetingRequest const&) const = default;
};
template <> inline constexpr auto schema<MeetingRequest> = element( //
    email::MeetingRequest, "MS-ASEMAIL 2.2.2.48", field<&MeetingRequest::all_day_event>(email::AllDayEvent),
    field<&MeetingRequest::start_time>(email::StartTime), field<&MeetingRequest::dt_stamp>(email::DtStamp),
    field<&MeetingRequest::end_time>(email::EndTime),
    field<&MeetingRequest::instance_type>(email::InstanceType, range{0, 4}),
    field<&MeetingRequest::location>(email::Location, until{v14_1}),
    field<&MeetingRequest::structured_location>(airsyncbase::Location, since{v16_0}),
    field<&MeetingRequest::organizer>(email::Organizer), field<&MeetingRequest::recurrence_id>(email::RecurrenceId),
    field<&MeetingRequest::reminder>(email::Reminder),
    field<&MeetingRequest::response_requested>(email::ResponseRequested),
    field<&MeetingRequest::recurrences>(email::Recurrence, in{email::Recurrences}, max_items{8}),
    field<&MeetingRequest::sensitivity>(email::Sensitivity, range{0, 3}),
    field<&MeetingRequest::busy_status>(email::BusyStatus, range{0, 5}),
    field<&MeetingRequest::time_zone>(email::TimeZone),
    field<&MeetingRequest::global_object_id>(email::GlobalObjId, until{v14_1}),
    field<&MeetingRequest::disallow_new_time_proposal>(email::DisallowNewTimeProposal, since{v14_0}),
    field<&MeetingRequest::meeting_message_type>(email2::MeetingMessageType, since{v14_1}, range{0, 6}),
    field<&MeetingRequest::uid>(calendar::UID, since{v16_0}),
    field<&MeetingRequest::proposed_start>(meetingresponse::ProposedStartTime, since{v16_1}),
    field<&MeetingRequest::proposed_end>(meetingresponse::ProposedEndTime, since{v16_1}),
    field<&MeetingRequest::forwardees>(composemail::Forwardee, in{composemail::Forwardees}, since{v16_0}));

// A Change holds only what changed: every member may be absent.
struct Email {
    std::optional<std::string> to = {}; // RFC 5322 address lists, decoded to UTF-8
    std::optional<std::string> cc = {};
    std::optional<std::string> from = {};
    std::optional<std::string> subject = {};
    std::optional<std::string> reply_to = {};
    std::optional<DateTime> date_received = {};
    std::optional<std::string> display_to = {};
    std::optional<std::string> thread_topic = {};
    std::optional<Importance> importance = {};
    std::optional<bool> read = {};
    std::optional<std::vector<AttachmentEntry>> attachments = {};
    std::optional<Body> body = {};
    std::optional<BodyPart> body_part = {};
    std::optional<std::string> message_class = {}; // "IPM.Note"
    std::optional<MeetingRequest> meeting_request = {};
    std::optional<std::string> internet_cpid = {}; // "65001"
    std::optional<EmailFlag> flag = {};
    std::optional<std::string> content_class = {}; // "urn:content-classes:message"
    std::optional<NativeBodyType> native_body_type = {};
    std::optional<std::string> um_caller_id = {};
    std::optional<std::string> um_user_notes = {};
    std::optional<Opaque> conversation_id = {};
    std::optional<Opaque> conversation_index = {};
    std::optional<LastVerb> last_verb_executed = {};
    std::optional<DateTime> last_verb_execution_time = {};
    std::optional<bool> received_as_bcc = {};
    std::optional<std::string> sender = {};
    std::optional<std::vector<std::string>> categories = {};
    std::optional<std::string> account_id = {};
    std::optional<bool> is_draft = {}; // never in a request (trap 71)
    std::optional<std::string> bcc = {};
    bool operator==(Email const&) const = default;
};
template <> inline constexpr auto schema<Email> = element( //
    airsync::ApplicationData, "MS-ASEMAIL 2.2.2", field<&Email::to>(email::To, max_chars{32'768}),
    field<&Email::cc>(email::Cc), field<&Email::from>(email::From, max_chars{32'768}),
    field<&Email::subject>(email::Subject), field<&Email::reply_to>(email::ReplyTo),
    field<&Email::date_received>(email::DateReceived), field<&Email::display_to>(email::DisplayTo),
    field<&Email::thread_topic>(email::ThreadTopic), field<&Email::importance>(email::Importance),
    field<&Email::read>(email::Read), choice<&Email::attachments>(in{airsyncbase::Attachments}),
    field<&Email::body>(airsyncbase::Body), field<&Email::body_part>(airsyncbase::BodyPart, since{v14_1}),
    field<&Email::message_class>(email::MessageClass), field<&Email::meeting_request>(email::MeetingRequest),
    field<&Email::internet_cpid>(email::InternetCPID), field<&Email::flag>(email::Flag),
    field<&Email::content_class>(email::ContentClass), field<&Email::native_body_type>(airsyncbase::NativeBodyType),
    field<&Email::um_caller_id>(email2::UmCallerID, since{v14_0}),
    field<&Email::um_user_notes>(email2::UmUserNotes, since{v14_0}),
    field<&Email::conversation_id>(email2::ConversationId, since{v14_0}),
    field<&Email::conversation_index>(email2::ConversationIndex, since{v14_0}),
    field<&Email::last_verb_executed>(email2::LastVerbExecuted, since{v14_0}),
    field<&Email::last_verb_execution_time>(email2::LastVerbExecutionTime, since{v14_0}),
    field<&Email::received_as_bcc>(email2::ReceivedAsBcc, since{v14_0}),
    field<&Email::sender>(email2::Sender, since{v14_0}),
    field<&Email::categories>(email::Category, in{email::Categories}, since{v14_0}, max_items{300}),
    field<&Email::account_id>(email2::AccountId, since{v14_1}), field<&Email::is_draft>(email2::IsDraft, since{v16_0}),
    field<&Email::bcc>(email2::Bcc, since{v16_0}));

extern template Shape const& document<Email>();

} // namespace godwit::eas
