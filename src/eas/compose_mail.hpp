// SendMail, SmartReply and SmartForward (MS-ASCMD 2.2.1.17, 2.2.1.19, 2.2.1.20) from 14.0; before, the body is the bare message
// and the parameters are in the query. A success has an empty body, so a response holds a failure.
#pragma once
#include "eas/airsyncbase.hpp"
#include "eas/status.hpp"

namespace godwit::eas {

inline constexpr std::size_t max_client_id_chars = 40; // MS-ASCMD_R952

struct SendMailRequest {
    std::string client_id = {};
    std::optional<std::string> account_id = {};
    Present save_in_sent_items = {};
    Opaque mime = {};
    std::optional<std::string> template_id = {};
    bool operator==(SendMailRequest const&) const = default;
};
template <> inline constexpr auto schema<SendMailRequest> = element( //
    composemail::SendMail, "MS-ASCMD 2.2.1.17", Traits{.since = v14_0},
    field<&SendMailRequest::client_id>(composemail::ClientId, not_empty{}, max_chars{max_client_id_chars}),
    field<&SendMailRequest::account_id>(composemail::AccountId, since{v14_1}, max_bytes{256}),
    field<&SendMailRequest::save_in_sent_items>(composemail::SaveInSentItems),
    field<&SendMailRequest::mime>(composemail::Mime),
    field<&SendMailRequest::template_id>(rightsmanagement::TemplateID, since{v14_1}, max_bytes{256}));

// The item replied to or forwarded: FolderId with ItemId, or LongId, with InstanceId for an occurrence.
struct ComposeSource {
    std::optional<std::string> folder_id = {};
    std::optional<std::string> item_id = {};
    std::optional<std::string> long_id = {};
    std::optional<std::string> instance_id = {};
    bool operator==(ComposeSource const&) const = default;
};
template <> inline constexpr auto schema<ComposeSource> = element( //
    composemail::Source, "MS-ASCMD 2.2.3.173", field<&ComposeSource::folder_id>(composemail::FolderId, max_bytes{64}),
    field<&ComposeSource::item_id>(composemail::ItemId, max_bytes{64}),
    field<&ComposeSource::long_id>(composemail::LongId, max_bytes{256}),
    field<&ComposeSource::instance_id>(composemail::InstanceId, max_bytes{64}));

struct Forwardee {
    std::string email = {};
    std::optional<std::string> name = {};
    bool operator==(Forwardee const&) const = default;
};
template <> inline constexpr auto schema<Forwardee> = element( //
    composemail::Forwardee, "MS-ASCMD 2.2.3.78", field<&Forwardee::email>(composemail::Email, max_bytes{1024}),
    field<&Forwardee::name>(composemail::Name, max_bytes{1024}));

struct SmartReplyRequest {
    std::string client_id = {};
    ComposeSource source = {};
    std::optional<std::string> account_id = {};
    Present save_in_sent_items = {};
    Present replace_mime = {};
    Opaque mime = {};
    std::optional<std::string> template_id = {};
    bool operator==(SmartReplyRequest const&) const = default;
};
template <> inline constexpr auto schema<SmartReplyRequest> = element( //
    composemail::SmartReply, "MS-ASCMD 2.2.1.20", Traits{.since = v14_0},
    field<&SmartReplyRequest::client_id>(composemail::ClientId, not_empty{}, max_chars{max_client_id_chars}),
    field<&SmartReplyRequest::source>(composemail::Source),
    field<&SmartReplyRequest::account_id>(composemail::AccountId, since{v14_1}, max_bytes{256}),
    field<&SmartReplyRequest::save_in_sent_items>(composemail::SaveInSentItems),
    field<&SmartReplyRequest::replace_mime>(composemail::ReplaceMime),
    field<&SmartReplyRequest::mime>(composemail::Mime),
    field<&SmartReplyRequest::template_id>(rightsmanagement::TemplateID, since{v14_1}, max_bytes{256}));

// Forwardees exclude Mime, SaveInSentItems, ReplaceMime and TemplateID: status 178 (trap 46), the handler's.
struct SmartForwardRequest {
    std::string client_id = {};
    ComposeSource source = {};
    std::optional<std::string> account_id = {};
    Present save_in_sent_items = {};
    Present replace_mime = {};
    std::optional<Opaque> mime = {};
    std::optional<std::string> template_id = {};
    std::optional<Body> body = {};
    std::optional<std::vector<Forwardee>> forwardees = {};
    bool operator==(SmartForwardRequest const&) const = default;
};
template <> inline constexpr auto schema<SmartForwardRequest> = element( //
    composemail::SmartForward, "MS-ASCMD 2.2.1.19", Traits{.since = v14_0},
    field<&SmartForwardRequest::client_id>(composemail::ClientId, not_empty{}, max_chars{max_client_id_chars}),
    field<&SmartForwardRequest::source>(composemail::Source),
    field<&SmartForwardRequest::account_id>(composemail::AccountId, since{v14_1}, max_bytes{256}),
    field<&SmartForwardRequest::save_in_sent_items>(composemail::SaveInSentItems),
    field<&SmartForwardRequest::replace_mime>(composemail::ReplaceMime),
    field<&SmartForwardRequest::mime>(composemail::Mime),
    field<&SmartForwardRequest::template_id>(rightsmanagement::TemplateID, since{v14_1}, max_bytes{256}),
    field<&SmartForwardRequest::body>(airsyncbase::Body, since{v16_0}),
    field<&SmartForwardRequest::forwardees>(composemail::Forwardee, in{composemail::Forwardees}, since{v16_0}));

struct SendMailResponse {
    std::optional<CommonStatus> status = {};
    bool operator==(SendMailResponse const&) const = default;
};
template <> inline constexpr auto schema<SendMailResponse> = element( //
    composemail::SendMail, "MS-ASCMD 2.2.1.17", field<&SendMailResponse::status>(composemail::Status));

struct SmartReplyResponse {
    std::optional<CommonStatus> status = {};
    bool operator==(SmartReplyResponse const&) const = default;
};
template <> inline constexpr auto schema<SmartReplyResponse> = element( //
    composemail::SmartReply, "MS-ASCMD 2.2.1.20", field<&SmartReplyResponse::status>(composemail::Status));

struct SmartForwardResponse {
    std::optional<CommonStatus> status = {};
    bool operator==(SmartForwardResponse const&) const = default;
};
template <> inline constexpr auto schema<SmartForwardResponse> = element( //
    composemail::SmartForward, "MS-ASCMD 2.2.1.19", field<&SmartForwardResponse::status>(composemail::Status));

extern template Shape const& document<SendMailRequest>();
extern template Shape const& document<SmartReplyRequest>();
extern template Shape const& document<SmartForwardRequest>();
extern template Shape const& document<SendMailResponse>();
extern template Shape const& document<SmartReplyResponse>();
extern template Shape const& document<SmartForwardResponse>();

} // namespace godwit::eas
