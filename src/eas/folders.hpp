// FolderSync, FolderCreate, FolderUpdate and FolderDelete (MS-ASCMD 2.2.1.3 to 2.2.1.6).
#pragma once
#include "eas/pages.hpp"
#include "eas/schema.hpp"
#include "eas/status.hpp"

namespace godwit::eas {

inline constexpr std::size_t max_folders = 20'000; // of a response; 1000 is when status 151 is due

enum class FolderStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.3 to .6, one list for the four commands
    Success = 1,
    AlreadyExists = 2, // FolderCreate, FolderUpdate
    SystemFolder = 3,  // not to be made here, renamed or deleted
    NotFound = 4,      // FolderUpdate, FolderDelete
    ParentNotFound = 5,
    ServerError = 6,
    InvalidSyncKey = 9,
    MalformedRequest = 10,
    UnknownError = 11,
    CodeUnknown = 12,
};
constexpr bool is_valid(FolderStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 6) || (n >= 9 && n <= 12) || is_common(n);
}

enum class FolderType : std::uint8_t { // MS-ASCMD 2.2.3.186.3
    UserGeneric = 1,
    Inbox = 2,
    Drafts = 3,
    DeletedItems = 4,
    SentItems = 5,
    Outbox = 6,
    Tasks = 7,
    Calendar = 8,
    Contacts = 9,
    Notes = 10,
    Journal = 11,
    UserMail = 12,
    UserCalendar = 13,
    UserContacts = 14,
    UserTasks = 15,
    UserJournal = 16,
    UserNotes = 17,
    Unknown = 18,
    RecipientCache = 19,
};
constexpr bool is_valid(FolderType t) { return t >= FolderType::UserGeneric && t <= FolderType::RecipientCache; }

struct FolderSyncRequest {
    std::string sync_key = {};
    bool operator==(FolderSyncRequest const&) const = default;
};
template <> inline constexpr auto schema<FolderSyncRequest> = element( //
    folderhierarchy::FolderSync, "MS-ASCMD 2.2.1.5",
    field<&FolderSyncRequest::sync_key>(folderhierarchy::SyncKey, max_bytes{64}));

struct FolderUpdated {
    std::string server_id = {};
    std::string parent_id = {};
    std::string display_name = {};
    FolderType type = FolderType::UserGeneric;
    bool operator==(FolderUpdated const&) const = default;
};
template <> inline constexpr auto schema<FolderUpdated> = element( //
    folderhierarchy::Update, "MS-ASCMD 2.2.3.187",
    field<&FolderUpdated::server_id>(folderhierarchy::ServerId, max_bytes{64}),
    field<&FolderUpdated::parent_id>(folderhierarchy::ParentId, max_bytes{64}),
    field<&FolderUpdated::display_name>(folderhierarchy::DisplayName),
    field<&FolderUpdated::type>(folderhierarchy::Type));

struct FolderDeleted {
    std::string server_id = {};
    bool operator==(FolderDeleted const&) const = default;
};
template <> inline constexpr auto schema<FolderDeleted> = element( //
    folderhierarchy::Delete, "MS-ASCMD 2.2.3.42.1",
    field<&FolderDeleted::server_id>(folderhierarchy::ServerId, max_bytes{64}));

struct FolderAdded {
    std::string server_id = {};
    std::string parent_id = {}; // "0" at the top
    std::string display_name = {};
    FolderType type = FolderType::UserGeneric;
    bool operator==(FolderAdded const&) const = default;
};
template <> inline constexpr auto schema<FolderAdded> = element( //
    folderhierarchy::Add, "MS-ASCMD 2.2.3.7.1",
    field<&FolderAdded::server_id>(folderhierarchy::ServerId, max_bytes{64}),
    field<&FolderAdded::parent_id>(folderhierarchy::ParentId, max_bytes{64}),
    field<&FolderAdded::display_name>(folderhierarchy::DisplayName), field<&FolderAdded::type>(folderhierarchy::Type));

struct FolderChanges {
    std::optional<std::uint32_t> count = {}; // of the three lists together
    std::vector<FolderUpdated> updates = {};
    std::vector<FolderDeleted> deletes = {};
    std::vector<FolderAdded> adds = {};
    bool operator==(FolderChanges const&) const = default;
};
template <> inline constexpr auto schema<FolderChanges> = element( //
    folderhierarchy::Changes, "MS-ASCMD 2.2.3.25", field<&FolderChanges::count>(folderhierarchy::Count),
    field<&FolderChanges::updates>(folderhierarchy::Update, max_items{max_folders}),
    field<&FolderChanges::deletes>(folderhierarchy::Delete, max_items{max_folders}),
    field<&FolderChanges::adds>(folderhierarchy::Add, max_items{max_folders}));

struct FolderSyncResponse {
    FolderStatus status = FolderStatus::Success;
    std::optional<std::string> sync_key = {};
    std::optional<FolderChanges> changes = {};
    bool operator==(FolderSyncResponse const&) const = default;
};
template <> inline constexpr auto schema<FolderSyncResponse> = element( //
    folderhierarchy::FolderSync, "MS-ASCMD 2.2.1.5", field<&FolderSyncResponse::status>(folderhierarchy::Status),
    field<&FolderSyncResponse::sync_key>(folderhierarchy::SyncKey, max_bytes{64}),
    field<&FolderSyncResponse::changes>(folderhierarchy::Changes));

struct FolderCreateRequest {
    std::string sync_key = {};
    std::string parent_id = {};
    std::string display_name = {};
    FolderType type = FolderType::UserGeneric;
    bool operator==(FolderCreateRequest const&) const = default;
};
template <> inline constexpr auto schema<FolderCreateRequest> = element( //
    folderhierarchy::FolderCreate, "MS-ASCMD 2.2.1.3",
    field<&FolderCreateRequest::sync_key>(folderhierarchy::SyncKey, max_bytes{64}),
    field<&FolderCreateRequest::parent_id>(folderhierarchy::ParentId, max_bytes{64}),
    field<&FolderCreateRequest::display_name>(folderhierarchy::DisplayName, not_empty{}, max_chars{256}),
    field<&FolderCreateRequest::type>(folderhierarchy::Type));

struct FolderCreateResponse {
    FolderStatus status = FolderStatus::Success;
    std::optional<std::string> sync_key = {};
    std::optional<std::string> server_id = {};
    bool operator==(FolderCreateResponse const&) const = default;
};
template <> inline constexpr auto schema<FolderCreateResponse> = element( //
    folderhierarchy::FolderCreate, "MS-ASCMD 2.2.1.3", field<&FolderCreateResponse::status>(folderhierarchy::Status),
    field<&FolderCreateResponse::sync_key>(folderhierarchy::SyncKey, max_bytes{64}),
    field<&FolderCreateResponse::server_id>(folderhierarchy::ServerId, max_bytes{64}));

struct FolderUpdateRequest {
    std::string sync_key = {};
    std::string server_id = {};
    std::string parent_id = {};
    std::string display_name = {};
    bool operator==(FolderUpdateRequest const&) const = default;
};
template <> inline constexpr auto schema<FolderUpdateRequest> = element( //
    folderhierarchy::FolderUpdate, "MS-ASCMD 2.2.1.6",
    field<&FolderUpdateRequest::sync_key>(folderhierarchy::SyncKey, max_bytes{64}),
    field<&FolderUpdateRequest::server_id>(folderhierarchy::ServerId, max_bytes{64}),
    field<&FolderUpdateRequest::parent_id>(folderhierarchy::ParentId, max_bytes{64}),
    field<&FolderUpdateRequest::display_name>(folderhierarchy::DisplayName, not_empty{}, max_chars{256}));

struct FolderUpdateResponse {
    FolderStatus status = FolderStatus::Success;
    std::optional<std::string> sync_key = {};
    bool operator==(FolderUpdateResponse const&) const = default;
};
template <> inline constexpr auto schema<FolderUpdateResponse> = element( //
    folderhierarchy::FolderUpdate, "MS-ASCMD 2.2.1.6", field<&FolderUpdateResponse::status>(folderhierarchy::Status),
    field<&FolderUpdateResponse::sync_key>(folderhierarchy::SyncKey, max_bytes{64}));

struct FolderDeleteRequest {
    std::string sync_key = {};
    std::string server_id = {};
    bool operator==(FolderDeleteRequest const&) const = default;
};
template <> inline constexpr auto schema<FolderDeleteRequest> = element( //
    folderhierarchy::FolderDelete, "MS-ASCMD 2.2.1.4",
    field<&FolderDeleteRequest::sync_key>(folderhierarchy::SyncKey, max_bytes{64}),
    field<&FolderDeleteRequest::server_id>(folderhierarchy::ServerId, max_bytes{64}));

struct FolderDeleteResponse {
    FolderStatus status = FolderStatus::Success;
    std::optional<std::string> sync_key = {};
    bool operator==(FolderDeleteResponse const&) const = default;
};
template <> inline constexpr auto schema<FolderDeleteResponse> = element( //
    folderhierarchy::FolderDelete, "MS-ASCMD 2.2.1.4", field<&FolderDeleteResponse::status>(folderhierarchy::Status),
    field<&FolderDeleteResponse::sync_key>(folderhierarchy::SyncKey, max_bytes{64}));

extern template Shape const& document<FolderSyncRequest>();
extern template Shape const& document<FolderSyncResponse>();
extern template Shape const& document<FolderCreateRequest>();
extern template Shape const& document<FolderCreateResponse>();
extern template Shape const& document<FolderUpdateRequest>();
extern template Shape const& document<FolderUpdateResponse>();
extern template Shape const& document<FolderDeleteRequest>();
extern template Shape const& document<FolderDeleteResponse>();

} // namespace godwit::eas
