// MeetingResponse (MS-ASCMD 2.2.1.11).
#pragma once
#include "eas/airsyncbase.hpp"
#include "eas/status.hpp"

namespace godwit::eas {

inline constexpr std::size_t max_meeting_responses = 100; // more: status 103, the handler's (MS-ASCMD_R5650)

enum class MeetingStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.9
    Success = 1,
    InvalidRequest = 2,
    MailboxError = 3,
    ServerError = 4,
};
constexpr bool is_valid(MeetingStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 4) || is_common(n);
}

// MS-ASCMD 2.2.3.194. Anything else, or none, is Invalid: a malformed Request has a status of its own (MS-ASCMD_R4182),
// and nothing else in the request fails with it. So the times of a proposal are read as text too.
enum class UserResponse : std::uint8_t { Invalid = 0, Accepted = 1, Tentative = 2, Declined = 3 };
inline bool parse(std::string_view text, UserResponse& out) {
    std::uint8_t n = 0;
    bool const known = parse(text, n) && n <= std::to_underlying(UserResponse::Declined);
    out = known ? UserResponse(n) : UserResponse::Invalid;
    return true;
}

struct SendResponse { // 16.0: mail the organizer
    std::optional<Body> body = {};
    std::optional<std::string> proposed_start = {}; // 16.1; only together with the end
    std::optional<std::string> proposed_end = {};
    bool operator==(SendResponse const&) const = default;
};
template <> inline constexpr auto schema<SendResponse> = element( //
    meetingresponse::SendResponse, "MS-ASCMD 2.2.3.163", Traits{.since = v16_0},
    field<&SendResponse::body>(airsyncbase::Body),
    field<&SendResponse::proposed_start>(meetingresponse::ProposedStartTime, since{v16_1}, max_bytes{64}),
    field<&SendResponse::proposed_end>(meetingresponse::ProposedEndTime, since{v16_1}, max_bytes{64}));

struct MeetingReply {
    UserResponse response = UserResponse::Invalid;
    std::optional<std::string> collection_id = {};
    std::optional<std::string> request_id = {};
    std::optional<std::string> long_id = {};
    std::optional<std::string> instance_id = {};
    std::optional<SendResponse> send_response = {};
    bool operator==(MeetingReply const&) const = default;
};
template <> inline constexpr auto schema<MeetingReply> = element( //
    meetingresponse::Request, "MS-ASCMD 2.2.3.150.2",
    field<&MeetingReply::response>(meetingresponse::UserResponse, or_default{}),
    field<&MeetingReply::collection_id>(meetingresponse::CollectionId, max_bytes{64}),
    field<&MeetingReply::request_id>(meetingresponse::RequestId, max_bytes{64}),
    field<&MeetingReply::long_id>(search::LongId, max_bytes{256}),
    field<&MeetingReply::instance_id>(meetingresponse::InstanceId, since{v14_1}, max_bytes{64}),
    field<&MeetingReply::send_response>(meetingresponse::SendResponse, since{v16_0}));

struct MeetingResponseRequest {
    std::vector<MeetingReply> replies = {};
    bool operator==(MeetingResponseRequest const&) const = default;
};
template <> inline constexpr auto schema<MeetingResponseRequest> = element( //
    meetingresponse::MeetingResponse, "MS-ASCMD 2.2.1.11",
    field<&MeetingResponseRequest::replies>(meetingresponse::Request, handler_limits{max_meeting_responses}));

struct MeetingResult {
    std::optional<std::string> request_id = {};
    MeetingStatus status = MeetingStatus::Success;
    std::optional<std::string> calendar_id = {}; // absent when declined
    std::optional<std::string> instance_id = {};
    bool operator==(MeetingResult const&) const = default;
};
template <> inline constexpr auto schema<MeetingResult> = element( //
    meetingresponse::Result, "MS-ASCMD 2.2.3.155.2",
    field<&MeetingResult::request_id>(meetingresponse::RequestId, max_bytes{64}),
    field<&MeetingResult::status>(meetingresponse::Status),
    field<&MeetingResult::calendar_id>(meetingresponse::CalendarId, max_bytes{64}),
    field<&MeetingResult::instance_id>(meetingresponse::InstanceId, since{v14_1}));

struct MeetingResponseResponse {
    std::vector<MeetingResult> results = {};
    bool operator==(MeetingResponseResponse const&) const = default;
};
template <> inline constexpr auto schema<MeetingResponseResponse> = element( //
    meetingresponse::MeetingResponse, "MS-ASCMD 2.2.1.11",
    field<&MeetingResponseResponse::results>(meetingresponse::Result));

extern template Shape const& document<MeetingResponseRequest>();
extern template Shape const& document<MeetingResponseResponse>();

} // namespace godwit::eas
