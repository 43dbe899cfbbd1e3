// Provision (MS-ASPROV 2.2): policies in two phases, and the remote wipe.
#pragma once
#include "eas/settings.hpp"

namespace godwit::eas {

inline constexpr std::string_view policy_type = "MS-EAS-Provisioning-WBXML"; // MS-ASPROV 2.2.2.43

enum class ProvisionStatus : std::uint16_t { // MS-ASPROV 2.2.2.54.2
    Success = 1,
    ProtocolError = 2,
    ServerError = 3,
    DeviceNotFullyProvisionable = 139,
    LegacyDeviceOnStrictPolicy = 141,
    ExternallyManagedDevicesNotAllowed = 145,
};
constexpr bool is_valid(ProvisionStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 3) || is_common(n);
}

enum class PolicyStatus : std::uint16_t { // in a response: MS-ASPROV 2.2.2.54.1
    Success = 1,
    NoPolicy = 2,
    UnknownType = 3,
    Corrupted = 4,
    WrongKey = 5,
};
constexpr bool is_valid(PolicyStatus s) { return s >= PolicyStatus::Success && s <= PolicyStatus::WrongKey; }

enum class AcknowledgementStatus : std::uint8_t { // of a policy, by the client: MS-ASPROV 2.2.2.54.1
    Applied = 1,
    PartlyApplied = 2,
    NotApplied = 3,
    ManagedElsewhere = 4,
};
constexpr bool is_valid(AcknowledgementStatus s) {
    return s >= AcknowledgementStatus::Applied && s <= AcknowledgementStatus::ManagedElsewhere;
}

enum class WipeStatus : std::uint8_t { Success = 1, Failed = 2 }; // by the client: MS-ASPROV 2.2.2.54.3
constexpr bool is_valid(WipeStatus s) { return s == WipeStatus::Success || s == WipeStatus::Failed; }

// ---- request -----------------------------------------------------------------------------------------------------------
struct PolicyRequest {
    std::string policy_type = {};
    std::optional<std::string> policy_key = {}; // an acknowledgement has it
    std::optional<AcknowledgementStatus> acknowledged = {};
    bool operator==(PolicyRequest const&) const = default;
};
template <> inline constexpr auto schema<PolicyRequest> = element( //
    provision::Policy, "MS-ASPROV 2.2.2.41", field<&PolicyRequest::policy_type>(provision::PolicyType, max_bytes{256}),
    field<&PolicyRequest::policy_key>(provision::PolicyKey, max_bytes{64}),
    field<&PolicyRequest::acknowledged>(provision::Status));

struct WipeAcknowledgement {
    std::optional<WipeStatus> status = {};
    bool operator==(WipeAcknowledgement const&) const = default;
};
template <> inline constexpr auto schema<WipeAcknowledgement> = element( //
    provision::RemoteWipe, "MS-ASPROV 2.2.2.45", field<&WipeAcknowledgement::status>(provision::Status));

struct ProvisionRequest {
    std::optional<DeviceInformationRequest> device_information = {};
    std::optional<PolicyRequest> policy = {};
    // iOS acknowledges a wipe with the Status beside RemoteWipe, before it, instead of inside (clients.md 4.1).
    std::optional<WipeStatus> status = {};
    std::optional<WipeAcknowledgement> remote_wipe = {};
    std::optional<WipeAcknowledgement> account_only_remote_wipe = {};
    bool operator==(ProvisionRequest const&) const = default;
};
template <> inline constexpr auto schema<ProvisionRequest> = element( //
    provision::Provision, "MS-ASPROV 2.2.2.44",
    field<&ProvisionRequest::device_information>(settings::DeviceInformation, since{v14_1}),
    field<&ProvisionRequest::policy>(provision::Policy, in{provision::Policies}),
    field<&ProvisionRequest::status>(provision::Status), field<&ProvisionRequest::remote_wipe>(provision::RemoteWipe),
    field<&ProvisionRequest::account_only_remote_wipe>(provision::AccountOnlyRemoteWipe, since{v16_1}));

// ---- response ----------------------------------------------------------------------------------------------------------
// The settings of a policy in the order of the XSD; what is absent, and what empty means, is in MS-ASPROV 2.2.2.
struct ProvisionDoc {
    std::optional<bool> device_password_enabled = {};
    std::optional<bool> alphanumeric_device_password_required = {};
    std::optional<bool> password_recovery_enabled = {};
    std::optional<bool> require_storage_card_encryption = {};
    std::optional<bool> attachments_enabled = {};
    std::optional<NumberOrEmpty> min_device_password_length = {};
    std::optional<NumberOrEmpty> max_inactivity_time_device_lock = {};
    std::optional<NumberOrEmpty> max_device_password_failed_attempts = {};
    std::optional<NumberOrEmpty> max_attachment_size = {};
    std::optional<bool> allow_simple_device_password = {};
    std::optional<NumberOrEmpty> device_password_expiration = {};
    std::optional<std::uint32_t> device_password_history = {};
    std::optional<bool> allow_storage_card = {};
    std::optional<bool> allow_camera = {};
    std::optional<bool> require_device_encryption = {};
    std::optional<bool> allow_unsigned_applications = {};
    std::optional<bool> allow_unsigned_installation_packages = {};
    std::optional<std::uint8_t> min_device_password_complex_characters = {};
    std::optional<bool> allow_wifi = {};
    std::optional<bool> allow_text_messaging = {};
    std::optional<bool> allow_popimap_email = {};
    std::optional<std::uint8_t> allow_bluetooth = {};
    std::optional<bool> allow_irda = {};
    std::optional<bool> require_manual_sync_when_roaming = {};
    std::optional<bool> allow_desktop_sync = {};
    std::optional<std::uint32_t> max_calendar_age_filter = {};
    std::optional<bool> allow_html_email = {};
    std::optional<std::uint32_t> max_email_age_filter = {};
    std::optional<std::int32_t> max_email_body_truncation_size = {};
    std::optional<std::int32_t> max_email_html_body_truncation_size = {};
    std::optional<bool> require_signed_smime_messages = {};
    std::optional<bool> require_encrypted_smime_messages = {};
    std::optional<std::int32_t> require_signed_smime_algorithm = {};
    std::optional<std::int32_t> require_encryption_smime_algorithm = {};
    std::optional<std::int32_t> allow_smime_encryption_algorithm_negotiation = {};
    std::optional<bool> allow_smime_soft_certs = {};
    std::optional<bool> allow_browser = {};
    std::optional<bool> allow_consumer_email = {};
    std::optional<bool> allow_remote_desktop = {};
    std::optional<bool> allow_internet_sharing = {};
    std::optional<std::vector<std::string>> unapproved_in_rom_applications = {};
    std::optional<std::vector<std::string>> approved_application_hashes = {};
    bool operator==(ProvisionDoc const&) const = default;
};
template <> inline constexpr auto schema<ProvisionDoc> = element( //
    provision::EASProvisionDoc, "MS-ASPROV 2.2.2.28",
    field<&ProvisionDoc::device_password_enabled>(provision::DevicePasswordEnabled),
    field<&ProvisionDoc::alphanumeric_device_password_required>(provision::AlphanumericDevicePasswordRequired),
    field<&ProvisionDoc::password_recovery_enabled>(provision::PasswordRecoveryEnabled),
    field<&ProvisionDoc::require_storage_card_encryption>(provision::RequireStorageCardEncryption),
    field<&ProvisionDoc::attachments_enabled>(provision::AttachmentsEnabled),
    field<&ProvisionDoc::min_device_password_length>(provision::MinDevicePasswordLength),
    field<&ProvisionDoc::max_inactivity_time_device_lock>(provision::MaxInactivityTimeDeviceLock),
    field<&ProvisionDoc::max_device_password_failed_attempts>(provision::MaxDevicePasswordFailedAttempts),
    field<&ProvisionDoc::max_attachment_size>(provision::MaxAttachmentSize),
    field<&ProvisionDoc::allow_simple_device_password>(provision::AllowSimpleDevicePassword),
    field<&ProvisionDoc::device_password_expiration>(provision::DevicePasswordExpiration),
    field<&ProvisionDoc::device_password_history>(provision::DevicePasswordHistory),
    field<&ProvisionDoc::allow_storage_card>(provision::AllowStorageCard),
    field<&ProvisionDoc::allow_camera>(provision::AllowCamera),
    field<&ProvisionDoc::require_device_encryption>(provision::RequireDeviceEncryption),
    field<&ProvisionDoc::allow_unsigned_applications>(provision::AllowUnsignedApplications),
    field<&ProvisionDoc::allow_unsigned_installation_packages>(provision::AllowUnsignedInstallationPackages),
    field<&ProvisionDoc::min_device_password_complex_characters>(provision::MinDevicePasswordComplexCharacters),
    field<&ProvisionDoc::allow_wifi>(provision::AllowWiFi),
    field<&ProvisionDoc::allow_text_messaging>(provision::AllowTextMessaging),
    field<&ProvisionDoc::allow_popimap_email>(provision::AllowPOPIMAPEmail),
    field<&ProvisionDoc::allow_bluetooth>(provision::AllowBluetooth),
    field<&ProvisionDoc::allow_irda>(provision::AllowIrDA),
    field<&ProvisionDoc::require_manual_sync_when_roaming>(provision::RequireManualSyncWhenRoaming),
    field<&ProvisionDoc::allow_desktop_sync>(provision::AllowDesktopSync),
    field<&ProvisionDoc::max_calendar_age_filter>(provision::MaxCalendarAgeFilter),
    field<&ProvisionDoc::allow_html_email>(provision::AllowHTMLEmail),
    field<&ProvisionDoc::max_email_age_filter>(provision::MaxEmailAgeFilter),
    field<&ProvisionDoc::max_email_body_truncation_size>(provision::MaxEmailBodyTruncationSize),
    field<&ProvisionDoc::max_email_html_body_truncation_size>(provision::MaxEmailHTMLBodyTruncationSize),
    field<&ProvisionDoc::require_signed_smime_messages>(provision::RequireSignedSMIMEMessages),
    field<&ProvisionDoc::require_encrypted_smime_messages>(provision::RequireEncryptedSMIMEMessages),
    field<&ProvisionDoc::require_signed_smime_algorithm>(provision::RequireSignedSMIMEAlgorithm),
    field<&ProvisionDoc::require_encryption_smime_algorithm>(provision::RequireEncryptionSMIMEAlgorithm),
    field<&ProvisionDoc::allow_smime_encryption_algorithm_negotiation>(
        provision::AllowSMIMEEncryptionAlgorithmNegotiation),
    field<&ProvisionDoc::allow_smime_soft_certs>(provision::AllowSMIMESoftCerts),
    field<&ProvisionDoc::allow_browser>(provision::AllowBrowser),
    field<&ProvisionDoc::allow_consumer_email>(provision::AllowConsumerEmail),
    field<&ProvisionDoc::allow_remote_desktop>(provision::AllowRemoteDesktop),
    field<&ProvisionDoc::allow_internet_sharing>(provision::AllowInternetSharing),
    field<&ProvisionDoc::unapproved_in_rom_applications>(provision::ApplicationName,
                                                         in{provision::UnapprovedInROMApplicationList}),
    field<&ProvisionDoc::approved_application_hashes>(provision::Hash, in{provision::ApprovedApplicationList}));

struct PolicyResponse {
    std::string policy_type = {};
    PolicyStatus status = PolicyStatus::Success;
    std::optional<std::string> policy_key = {};
    std::optional<ProvisionDoc> doc = {};
    bool operator==(PolicyResponse const&) const = default;
};
template <> inline constexpr auto schema<PolicyResponse> = element( //
    provision::Policy, "MS-ASPROV 2.2.2.41", field<&PolicyResponse::policy_type>(provision::PolicyType),
    field<&PolicyResponse::status>(provision::Status),
    field<&PolicyResponse::policy_key>(provision::PolicyKey, max_bytes{64}),
    field<&PolicyResponse::doc>(provision::EASProvisionDoc, in{provision::Data}));

struct ProvisionResponse {
    std::optional<DeviceInformationResponse> device_information = {};
    ProvisionStatus status = ProvisionStatus::Success;
    std::optional<PolicyResponse> policy = {};
    Present remote_wipe = {};
    Present account_only_remote_wipe = {};
    bool operator==(ProvisionResponse const&) const = default;
};
template <> inline constexpr auto schema<ProvisionResponse> = element( //
    provision::Provision, "MS-ASPROV 2.2.2.44",
    field<&ProvisionResponse::device_information>(settings::DeviceInformation, since{v14_1}),
    field<&ProvisionResponse::status>(provision::Status),
    field<&ProvisionResponse::policy>(provision::Policy, in{provision::Policies}),
    field<&ProvisionResponse::remote_wipe>(provision::RemoteWipe),
    field<&ProvisionResponse::account_only_remote_wipe>(provision::AccountOnlyRemoteWipe, since{v16_1}));

extern template Shape const& document<ProvisionRequest>();
extern template Shape const& document<ProvisionResponse>();

} // namespace godwit::eas
