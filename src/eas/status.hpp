// The common status codes (MS-ASCMD 2.2.4), which any command may answer in place of its own, and the HTTP codes that
// stand for them up to version 12.1 (trap 43).
#pragma once
#include "eas/command.hpp"
#include "eas/version.hpp"
#include <optional>
#include <string_view>
#include <utility>

namespace godwit::eas {

enum class CommonStatus : std::uint16_t {
    InvalidContent = 101,
    InvalidWBXML = 102,
    InvalidXML = 103,
    InvalidDateTime = 104,
    InvalidCombinationOfIDs = 105,
    InvalidIDs = 106,
    InvalidMIME = 107,
    DeviceIdMissingOrInvalid = 108,
    DeviceTypeMissingOrInvalid = 109,
    ServerError = 110,
    ServerErrorRetryLater = 111,
    ActiveDirectoryAccessDenied = 112,
    MailboxQuotaExceeded = 113,
    MailboxServerOffline = 114,
    SendQuotaExceeded = 115,
    MessageRecipientUnresolved = 116,
    MessageReplyNotAllowed = 117,
    MessagePreviouslySent = 118,
    MessageHasNoRecipient = 119,
    MailSubmissionFailed = 120,
    MessageReplyFailed = 121,
    AttachmentIsTooLarge = 122,
    UserHasNoMailbox = 123,
    UserCannotBeAnonymous = 124,
    UserPrincipalCouldNotBeFound = 125,
    UserDisabledForSync = 126,
    UserOnNewMailboxCannotSync = 127,
    UserOnLegacyMailboxCannotSync = 128,
    DeviceIsBlockedForThisUser = 129,
    AccessDenied = 130,
    AccountDisabled = 131,
    SyncStateNotFound = 132,
    SyncStateLocked = 133,
    SyncStateCorrupt = 134,
    SyncStateAlreadyExists = 135,
    SyncStateVersionInvalid = 136,
    CommandNotSupported = 137,
    VersionNotSupported = 138,
    DeviceNotFullyProvisionable = 139,
    RemoteWipeRequested = 140,
    LegacyDeviceOnStrictPolicy = 141,
    DeviceNotProvisioned = 142,
    PolicyRefresh = 143,
    InvalidPolicyKey = 144,
    ExternallyManagedDevicesNotAllowed = 145,
    NoRecurrenceInCalendar = 146,
    UnexpectedItemClass = 147,
    RemoteServerHasNoSSL = 148,
    InvalidStoredRequest = 149,
    ItemNotFound = 150,
    TooManyFolders = 151,
    NoFoldersFound = 152,
    ItemsLostAfterMove = 153,
    FailureInMoveOperation = 154,
    MoveCommandDisallowedForNonPersistentMoveAction = 155,
    MoveCommandInvalidDestinationFolder = 156,
    AvailabilityTooManyRecipients = 160,
    AvailabilityDLLimitReached = 161,
    AvailabilityTransientFailure = 162,
    AvailabilityFailure = 163,
    BodyPartPreferenceTypeNotSupported = 164,
    DeviceInformationRequired = 165,
    InvalidAccountId = 166,
    AccountSendDisabled = 167,
    IRMFeatureDisabled = 168,
    IRMTransientError = 169,
    IRMPermanentError = 170,
    IRMInvalidTemplateID = 171,
    IRMOperationNotPermitted = 172,
    NoPicture = 173,
    PictureTooLarge = 174,
    PictureLimitReached = 175,
    BodyPartConversationTooLarge = 176,
    MaximumDevicesReached = 177,
    InvalidMimeBodyCombination = 178,
    InvalidSmartForwardParameters = 179,
    InvalidRecipients = 183,
    OneOrMoreExceptionsFailed = 184,
};
constexpr bool is_common(unsigned value) {
    return (value >= 101 && value <= 156) || (value >= 160 && value <= 179) || value == 183 || value == 184;
}
constexpr bool is_valid(CommonStatus s) { return is_common(std::to_underlying(s)); }

// A command's own enumeration holding a common status: `common<SyncStatus>(CommonStatus::ServerErrorRetryLater)`.
template <class E> constexpr E common(CommonStatus status) { return static_cast<E>(std::to_underlying(status)); }

std::string_view name(CommonStatus status); // "ServerErrorRetryLater"
// The first version whose clients know it; older ones get the HTTP code (from 12.1 on this is 14.0 at least).
Version first_version(CommonStatus status);
// The HTTP code in place of the status up to 12.1 (MS-ASCMD 2.2.4, R7547 to R7567); 400 where none is stated.
int http_code(CommonStatus status, Command command);

} // namespace godwit::eas
