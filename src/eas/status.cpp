#include "eas/status.hpp"

namespace godwit::eas {

std::string_view name(CommonStatus status) {
    switch (status) {
    case CommonStatus::InvalidContent: return "InvalidContent";
    case CommonStatus::InvalidWBXML: return "InvalidWBXML";
    case CommonStatus::InvalidXML: return "InvalidXML";
    case CommonStatus::InvalidDateTime: return "InvalidDateTime";
    case CommonStatus::InvalidCombinationOfIDs: return "InvalidCombinationOfIDs";
    case CommonStatus::InvalidIDs: return "InvalidIDs";
    case CommonStatus::InvalidMIME: return "InvalidMIME";
    case CommonStatus::DeviceIdMissingOrInvalid: return "DeviceIdMissingOrInvalid";
    case CommonStatus::DeviceTypeMissingOrInvalid: return "DeviceTypeMissingOrInvalid";
    case CommonStatus::ServerError: return "ServerError";
    case CommonStatus::ServerErrorRetryLater: return "ServerErrorRetryLater";
    case CommonStatus::ActiveDirectoryAccessDenied: return "ActiveDirectoryAccessDenied";
    case CommonStatus::MailboxQuotaExceeded: return "MailboxQuotaExceeded";
    case CommonStatus::MailboxServerOffline: return "MailboxServerOffline";
    case CommonStatus::SendQuotaExceeded: return "SendQuotaExceeded";
    case CommonStatus::MessageRecipientUnresolved: return "MessageRecipientUnresolved";
    case CommonStatus::MessageReplyNotAllowed: return "MessageReplyNotAllowed";
    case CommonStatus::MessagePreviouslySent: return "MessagePreviouslySent";
    case CommonStatus::MessageHasNoRecipient: return "MessageHasNoRecipient";
    case CommonStatus::MailSubmissionFailed: return "MailSubmissionFailed";
    case CommonStatus::MessageReplyFailed: return "MessageReplyFailed";
    case CommonStatus::AttachmentIsTooLarge: return "AttachmentIsTooLarge";
    case CommonStatus::UserHasNoMailbox: return "UserHasNoMailbox";
    case CommonStatus::UserCannotBeAnonymous: return "UserCannotBeAnonymous";
    case CommonStatus::UserPrincipalCouldNotBeFound: return "UserPrincipalCouldNotBeFound";
    case CommonStatus::UserDisabledForSync: return "UserDisabledForSync";
    case CommonStatus::UserOnNewMailboxCannotSync: return "UserOnNewMailboxCannotSync";
    case CommonStatus::UserOnLegacyMailboxCannotSync: return "UserOnLegacyMailboxCannotSync";
    case CommonStatus::DeviceIsBlockedForThisUser: return "DeviceIsBlockedForThisUser";
    case CommonStatus::AccessDenied: return "AccessDenied";
    case CommonStatus::AccountDisabled: return "AccountDisabled";
    case CommonStatus::SyncStateNotFound: return "SyncStateNotFound";
    case CommonStatus::SyncStateLocked: return "SyncStateLocked";
    case CommonStatus::SyncStateCorrupt: return "SyncStateCorrupt";
    case CommonStatus::SyncStateAlreadyExists: return "SyncStateAlreadyExists";
    case CommonStatus::SyncStateVersionInvalid: return "SyncStateVersionInvalid";
    case CommonStatus::CommandNotSupported: return "CommandNotSupported";
    case CommonStatus::VersionNotSupported: return "VersionNotSupported";
    case CommonStatus::DeviceNotFullyProvisionable: return "DeviceNotFullyProvisionable";
    case CommonStatus::RemoteWipeRequested: return "RemoteWipeRequested";
    case CommonStatus::LegacyDeviceOnStrictPolicy: return "LegacyDeviceOnStrictPolicy";
    case CommonStatus::DeviceNotProvisioned: return "DeviceNotProvisioned";
    case CommonStatus::PolicyRefresh: return "PolicyRefresh";
    case CommonStatus::InvalidPolicyKey: return "InvalidPolicyKey";
    case CommonStatus::ExternallyManagedDevicesNotAllowed: return "ExternallyManagedDevicesNotAllowed";
    case CommonStatus::NoRecurrenceInCalendar: return "NoRecurrenceInCalendar";
    case CommonStatus::UnexpectedItemClass: return "UnexpectedItemClass";
    case CommonStatus::RemoteServerHasNoSSL: return "RemoteServerHasNoSSL";
    case CommonStatus::InvalidStoredRequest: return "InvalidStoredRequest";
    case CommonStatus::ItemNotFound: return "ItemNotFound";
    case CommonStatus::TooManyFolders: return "TooManyFolders";
    case CommonStatus::NoFoldersFound: return "NoFoldersFound";
    case CommonStatus::ItemsLostAfterMove: return "ItemsLostAfterMove";
    case CommonStatus::FailureInMoveOperation: return "FailureInMoveOperation";
    case CommonStatus::MoveCommandDisallowedForNonPersistentMoveAction:
        return "MoveCommandDisallowedForNonPersistentMoveAction";
    case CommonStatus::MoveCommandInvalidDestinationFolder: return "MoveCommandInvalidDestinationFolder";
    case CommonStatus::AvailabilityTooManyRecipients: return "AvailabilityTooManyRecipients";
    case CommonStatus::AvailabilityDLLimitReached: return "AvailabilityDLLimitReached";
    case CommonStatus::AvailabilityTransientFailure: return "AvailabilityTransientFailure";
    case CommonStatus::AvailabilityFailure: return "AvailabilityFailure";
    case CommonStatus::BodyPartPreferenceTypeNotSupported: return "BodyPartPreferenceTypeNotSupported";
    case CommonStatus::DeviceInformationRequired: return "DeviceInformationRequired";
    case CommonStatus::InvalidAccountId: return "InvalidAccountId";
    case CommonStatus::AccountSendDisabled: return "AccountSendDisabled";
    case CommonStatus::IRMFeatureDisabled: return "IRMFeatureDisabled";
    case CommonStatus::IRMTransientError: return "IRMTransientError";
    case CommonStatus::IRMPermanentError: return "IRMPermanentError";
    case CommonStatus::IRMInvalidTemplateID: return "IRMInvalidTemplateID";
    case CommonStatus::IRMOperationNotPermitted: return "IRMOperationNotPermitted";
    case CommonStatus::NoPicture: return "NoPicture";
    case CommonStatus::PictureTooLarge: return "PictureTooLarge";
    case CommonStatus::PictureLimitReached: return "PictureLimitReached";
    case CommonStatus::BodyPartConversationTooLarge: return "BodyPartConversationTooLarge";
    case CommonStatus::MaximumDevicesReached: return "MaximumDevicesReached";
    case CommonStatus::InvalidMimeBodyCombination: return "InvalidMimeBodyCombination";
    case CommonStatus::InvalidSmartForwardParameters: return "InvalidSmartForwardParameters";
    case CommonStatus::InvalidRecipients: return "InvalidRecipients";
    case CommonStatus::OneOrMoreExceptionsFailed: return "OneOrMoreExceptionsFailed";
    }
    return "?";
}

// MS-ASCMD 2.2.4: 14.0 has them to 163, 14.1 to 177, 16.0 all.
Version first_version(CommonStatus status) {
    if (status >= CommonStatus::InvalidMimeBodyCombination) return v16_0;
    if (status >= CommonStatus::BodyPartPreferenceTypeNotSupported) return v14_1;
    return v14_0;
}

int http_code(CommonStatus status, Command command) {
    switch (status) {
    case CommonStatus::InvalidIDs: return command == Command::SendMail ? 500 : 400;
    case CommonStatus::ServerError: return 500;
    case CommonStatus::ServerErrorRetryLater: return 503;
    case CommonStatus::ActiveDirectoryAccessDenied:
    case CommonStatus::UserPrincipalCouldNotBeFound:
    case CommonStatus::UserDisabledForSync: return 403;
    case CommonStatus::MailboxQuotaExceeded: return 507;
    case CommonStatus::SyncStateNotFound: return command == Command::Provision ? 500 : 403;
    case CommonStatus::CommandNotSupported:
    case CommonStatus::UnexpectedItemClass: return 501;
    case CommonStatus::RemoteWipeRequested: // 403 to a phone that sends no policy key: the gate's
    case CommonStatus::LegacyDeviceOnStrictPolicy:
    case CommonStatus::DeviceNotProvisioned:
    case CommonStatus::PolicyRefresh:
    case CommonStatus::InvalidPolicyKey: return 449;
    // Not stated; what the words of the status say, and what does not make a phone erase its data.
    case CommonStatus::MailboxServerOffline:
    case CommonStatus::SyncStateLocked: return 503;
    case CommonStatus::UserHasNoMailbox:
    case CommonStatus::UserOnNewMailboxCannotSync:
    case CommonStatus::UserOnLegacyMailboxCannotSync:
    case CommonStatus::DeviceIsBlockedForThisUser:
    case CommonStatus::AccessDenied:
    case CommonStatus::AccountDisabled:
    case CommonStatus::MaximumDevicesReached: return 403;
    case CommonStatus::SendQuotaExceeded: return 507;
    default: return 400;
    }
}

} // namespace godwit::eas
