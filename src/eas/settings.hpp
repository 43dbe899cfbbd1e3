// Settings (MS-ASCMD 2.2.1.18) and DeviceInformation, which Provision carries too.
#pragma once
#include "eas/pages.hpp"
#include "eas/schema.hpp"
#include "eas/status.hpp"

namespace godwit::eas {

enum class SettingsStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.15
    Success = 1,
    ProtocolError = 2,
    AccessDenied = 3,
    ServerUnavailable = 4,
    InvalidArguments = 5,
    ConflictingArguments = 6,
    DeniedByPolicy = 7,
};
constexpr bool is_valid(SettingsStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 7) || is_common(n);
}

// ---- DeviceInformation ---------------------------------------------------------------------------------------------------
// Of any length: what is longer than the 1024 characters of the specification is cut where it is kept, as a long name
// must not keep a phone from provisioning.
struct DeviceInformationSet {
    std::optional<std::string> model = {}, imei = {}, friendly_name = {}, os = {}, os_language = {}, phone_number = {},
                               user_agent = {};
    std::optional<bool> enable_outbound_sms = {};
    std::optional<std::string> mobile_operator = {};
    bool operator==(DeviceInformationSet const&) const = default;
};
template <> inline constexpr auto schema<DeviceInformationSet> = element( //
    settings::Set, "MS-ASCMD 2.2.3.167", field<&DeviceInformationSet::model>(settings::Model),
    field<&DeviceInformationSet::imei>(settings::IMEI),
    field<&DeviceInformationSet::friendly_name>(settings::FriendlyName), field<&DeviceInformationSet::os>(settings::OS),
    field<&DeviceInformationSet::os_language>(settings::OSLanguage),
    field<&DeviceInformationSet::phone_number>(settings::PhoneNumber),
    field<&DeviceInformationSet::user_agent>(settings::UserAgent),
    field<&DeviceInformationSet::enable_outbound_sms>(settings::EnableOutboundSMS, since{v14_0}),
    field<&DeviceInformationSet::mobile_operator>(settings::MobileOperator, since{v14_0}));

struct DeviceInformationRequest {
    DeviceInformationSet set = {};
    bool operator==(DeviceInformationRequest const&) const = default;
};
template <> inline constexpr auto schema<DeviceInformationRequest> = element( //
    settings::DeviceInformation, "MS-ASCMD 2.2.3.45", field<&DeviceInformationRequest::set>(settings::Set));

struct DeviceInformationResponse {
    std::optional<SettingsStatus> status = SettingsStatus::Success;
    bool operator==(DeviceInformationResponse const&) const = default;
};
template <> inline constexpr auto schema<DeviceInformationResponse> = element( //
    settings::DeviceInformation, "MS-ASCMD 2.2.3.45", field<&DeviceInformationResponse::status>(settings::Status));

// ---- Oof -----------------------------------------------------------------------------------------------------------------
enum class OofState : std::uint8_t { Off = 0, On = 1, TimeBased = 2 }; // MS-ASCMD 2.2.3.124
constexpr bool is_valid(OofState s) { return s <= OofState::TimeBased; }

struct OofMessage {
    Present internal = {};
    Present external_known = {};
    Present external_unknown = {};
    std::optional<bool> enabled = {};
    std::optional<std::string> reply_message = {};
    std::optional<std::string> body_type = {}; // "HTML" or "Text"
    bool operator==(OofMessage const&) const = default;
};
template <> inline constexpr auto schema<OofMessage> = element( //
    settings::OofMessage, "MS-ASCMD 2.2.3.123", field<&OofMessage::internal>(settings::AppliesToInternal),
    field<&OofMessage::external_known>(settings::AppliesToExternalKnown),
    field<&OofMessage::external_unknown>(settings::AppliesToExternalUnknown),
    field<&OofMessage::enabled>(settings::Enabled),
    field<&OofMessage::reply_message>(settings::ReplyMessage, max_bytes{1'000'000}),
    field<&OofMessage::body_type>(settings::BodyType, max_bytes{64}));

// What a Set sends and a Get answers.
struct OofSettings {
    std::optional<OofState> state = {};
    std::optional<DateTime> start = {}; // both or neither, with TimeBased only (trap 74)
    std::optional<DateTime> end = {};
    std::vector<OofMessage> messages = {};
    bool operator==(OofSettings const&) const = default;
};
template <> inline constexpr auto schema<OofSettings> = element( //
    settings::Set, "MS-ASCMD 2.2.3.167", field<&OofSettings::state>(settings::OofState),
    field<&OofSettings::start>(settings::StartTime), field<&OofSettings::end>(settings::EndTime),
    field<&OofSettings::messages>(settings::OofMessage, max_items{3}));

struct OofGet {
    std::optional<std::string> body_type = {};
    bool operator==(OofGet const&) const = default;
};
template <> inline constexpr auto schema<OofGet> = element( //
    settings::Get, "MS-ASCMD 2.2.3.83", field<&OofGet::body_type>(settings::BodyType, max_bytes{64}));

struct OofRequest {
    std::optional<OofGet> get = {};
    std::optional<OofSettings> set = {};
    bool operator==(OofRequest const&) const = default;
};
template <> inline constexpr auto schema<OofRequest> = element( //
    settings::Oof, "MS-ASCMD 2.2.3.122", field<&OofRequest::get>(settings::Get),
    field<&OofRequest::set>(settings::Set));

struct OofResponse {
    SettingsStatus status = SettingsStatus::Success;
    std::optional<OofSettings> get = {};
    bool operator==(OofResponse const&) const = default;
};
template <> inline constexpr auto schema<OofResponse> = element( //
    settings::Oof, "MS-ASCMD 2.2.3.122", field<&OofResponse::status>(settings::Status),
    field<&OofResponse::get>(settings::Get));

// ---- DevicePassword --------------------------------------------------------------------------------------------------------
struct DevicePasswordSet {
    std::string password = {};
    bool operator==(DevicePasswordSet const&) const = default;
};
template <> inline constexpr auto schema<DevicePasswordSet> = element( //
    settings::Set, "MS-ASCMD 2.2.3.167", field<&DevicePasswordSet::password>(settings::Password, max_bytes{1024}));

struct DevicePasswordRequest {
    DevicePasswordSet set = {};
    bool operator==(DevicePasswordRequest const&) const = default;
};
template <> inline constexpr auto schema<DevicePasswordRequest> = element( //
    settings::DevicePassword, "MS-ASCMD 2.2.3.46", field<&DevicePasswordRequest::set>(settings::Set));

struct DevicePasswordResponse {
    SettingsStatus status = SettingsStatus::Success;
    bool operator==(DevicePasswordResponse const&) const = default;
};
template <> inline constexpr auto schema<DevicePasswordResponse> = element( //
    settings::DevicePassword, "MS-ASCMD 2.2.3.46", field<&DevicePasswordResponse::status>(settings::Status));

// ---- UserInformation --------------------------------------------------------------------------------------------------------
struct UserInformationRequest {
    Present get = {};
    bool operator==(UserInformationRequest const&) const = default;
};
template <> inline constexpr auto schema<UserInformationRequest> = element( //
    settings::UserInformation, "MS-ASCMD 2.2.3.192", field<&UserInformationRequest::get>(settings::Get));

struct EmailAddresses {
    std::vector<std::string> smtp_addresses = {};
    std::optional<std::string> primary_smtp_address = {};
    bool operator==(EmailAddresses const&) const = default;
};
template <> inline constexpr auto schema<EmailAddresses> = element( //
    settings::EmailAddresses, "MS-ASCMD 2.2.3.57", field<&EmailAddresses::smtp_addresses>(settings::SMTPAddress),
    field<&EmailAddresses::primary_smtp_address>(settings::PrimarySmtpAddress, since{v14_1}));

struct UserAccount {
    std::optional<std::string> account_id = {}; // absent for the first, own account
    std::optional<std::string> account_name = {};
    std::optional<std::string> user_display_name = {};
    std::optional<bool> send_disabled = {};
    std::optional<EmailAddresses> email_addresses = {};
    bool operator==(UserAccount const&) const = default;
};
template <> inline constexpr auto schema<UserAccount> = element( //
    settings::Account, "MS-ASCMD 2.2.3.2", Traits{.since = v14_1}, field<&UserAccount::account_id>(settings::AccountId),
    field<&UserAccount::account_name>(settings::AccountName),
    field<&UserAccount::user_display_name>(settings::UserDisplayName),
    field<&UserAccount::send_disabled>(settings::SendDisabled),
    field<&UserAccount::email_addresses>(settings::EmailAddresses));

struct UserInformation {
    std::optional<EmailAddresses> email_addresses = {}; // up to 14.0; from 14.1 in the accounts
    std::vector<UserAccount> accounts = {};
    bool operator==(UserInformation const&) const = default;
};
template <> inline constexpr auto schema<UserInformation> = element( //
    settings::Get, "MS-ASCMD 2.2.3.83",
    field<&UserInformation::email_addresses>(settings::EmailAddresses, until{v14_0}),
    field<&UserInformation::accounts>(settings::Account, in{settings::Accounts}, since{v14_1}));

struct UserInformationResponse {
    SettingsStatus status = SettingsStatus::Success;
    std::optional<UserInformation> get = {};
    bool operator==(UserInformationResponse const&) const = default;
};
template <> inline constexpr auto schema<UserInformationResponse> = element( //
    settings::UserInformation, "MS-ASCMD 2.2.3.192", field<&UserInformationResponse::status>(settings::Status),
    field<&UserInformationResponse::get>(settings::Get));

// ---- RightsManagementInformation: refused by the handler, so only the frame ------------------------------------------------
struct RightsManagementRequest {
    Present get = {};
    bool operator==(RightsManagementRequest const&) const = default;
};
template <> inline constexpr auto schema<RightsManagementRequest> = element( //
    settings::RightsManagementInformation, "MS-ASCMD 2.2.3.156", Traits{.since = v14_1},
    field<&RightsManagementRequest::get>(settings::Get));

struct RightsManagementResponse {
    SettingsStatus status = SettingsStatus::Success;
    std::optional<Fragment> get = {}; // RightsManagementTemplates
    bool operator==(RightsManagementResponse const&) const = default;
};
template <> inline constexpr auto schema<RightsManagementResponse> = element( //
    settings::RightsManagementInformation, "MS-ASCMD 2.2.3.156", Traits{.since = v14_1},
    field<&RightsManagementResponse::status>(settings::Status), field<&RightsManagementResponse::get>(settings::Get));

// ---- the command --------------------------------------------------------------------------------------------------------------
// In any order, which the answer has too (MS-ASCMD_R478, R480); each once at most (R477), which the handler looks at.
inline constexpr std::size_t most_properties = 5;
using SettingsProperty = std::variant<RightsManagementRequest, OofRequest, DevicePasswordRequest,
                                      DeviceInformationRequest, UserInformationRequest>;
using SettingsAnswer = std::variant<RightsManagementResponse, OofResponse, DevicePasswordResponse,
                                    DeviceInformationResponse, UserInformationResponse>;

struct SettingsRequest {
    std::vector<SettingsProperty> properties = {};
    bool operator==(SettingsRequest const&) const = default;
};
template <> inline constexpr auto schema<SettingsRequest> = element( //
    settings::Settings, "MS-ASCMD 2.2.1.18", choice<&SettingsRequest::properties>(max_items{most_properties}));

struct SettingsResponse {
    SettingsStatus status = SettingsStatus::Success;
    std::vector<SettingsAnswer> properties = {};
    bool operator==(SettingsResponse const&) const = default;
};
template <> inline constexpr auto schema<SettingsResponse> = element( //
    settings::Settings, "MS-ASCMD 2.2.1.18", field<&SettingsResponse::status>(settings::Status),
    choice<&SettingsResponse::properties>(max_items{most_properties}));

extern template Shape const& document<SettingsRequest>();
extern template Shape const& document<SettingsResponse>();

} // namespace godwit::eas
