// Sync (MS-ASCMD 2.2.1.21). What is said here once: a Collection's children stand in strict order, violation is status 4
// (trap 13); Options are shared with GetItemEstimate; ApplicationData stays a Fragment until its class is known.
#pragma once
#include "eas/airsyncbase.hpp"
#include "eas/status.hpp"

namespace godwit::eas {

// The specification's default for Add, Change, Delete and Fetch together is 200; Gmail sends hundreds (trap 75).
inline constexpr std::size_t max_sync_commands = 2000; // in a collection
inline constexpr std::size_t max_sync_collections = 1000;

enum class SyncStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.17
    Success = 1,
    InvalidSyncKey = 3,
    ProtocolError = 4,
    ServerError = 5,
    ConversionError = 6,
    Conflict = 7,
    ObjectNotFound = 8,
    CannotComplete = 9, // out of space
    FolderHierarchyChanged = 12,
    RequestIncomplete = 13,
    InvalidInterval = 14,
    TooManyCollections = 15,
    Retry = 16,
};
constexpr bool is_valid(SyncStatus s) {
    auto n = std::to_underlying(s);
    return n == 1 || (n >= 3 && n <= 9) || (n >= 12 && n <= 16) || is_common(n);
}

enum class FilterType : std::uint8_t { // MS-ASCMD 2.2.3.68
    All = 0,
    OneDay,
    ThreeDays,
    OneWeek,
    TwoWeeks,
    OneMonth,
    ThreeMonths,
    SixMonths,
    IncompleteTasks,
};
constexpr bool is_valid(FilterType f) { return f <= FilterType::IncompleteTasks; }

enum class ConflictRule : std::uint8_t { ClientWins = 0, ServerWins = 1 }; // MS-ASCMD 2.2.3.34
constexpr bool is_valid(ConflictRule c) { return c <= ConflictRule::ServerWins; }

enum class MimeSupport : std::uint8_t { Never = 0, SignedOnly = 1, Always = 2 }; // MS-ASCMD 2.2.3.110
constexpr bool is_valid(MimeSupport m) { return m <= MimeSupport::Always; }

// MS-ASCMD 2.2.3.111: 0 drops the body, 1 to 7 are 4096, 5120, 7168, 10240, 20480, 51200, 102400 characters, 8 keeps all.
enum class MimeTruncation : std::uint8_t { Nothing = 0, To4K, To5K, To7K, To10K, To20K, To50K, To100K, Whole };
constexpr bool is_valid(MimeTruncation m) { return m <= MimeTruncation::Whole; }

struct SyncOptions {
    std::optional<std::string> item_class = {}; // "Email", "SMS", ...
    std::optional<FilterType> filter_type = {};
    std::optional<ConflictRule> conflict = {};
    std::optional<MimeSupport> mime_support = {};
    std::optional<MimeTruncation> mime_truncation = {};
    std::optional<std::uint32_t> max_items = {}; // of a recipient information cache
    std::vector<BodyPreference> body_preferences = {};
    std::vector<BodyPartPreference> body_part_preferences = {};
    std::optional<bool> rights_management_support = {};
    bool operator==(SyncOptions const&) const = default;
};
template <> inline constexpr auto schema<SyncOptions> = element( //
    airsync::Options, "MS-ASCMD 2.2.3.125.5",
    field<&SyncOptions::item_class>(airsync::Class, since{v14_0}, max_bytes{64}),
    field<&SyncOptions::filter_type>(airsync::FilterType), field<&SyncOptions::conflict>(airsync::Conflict),
    field<&SyncOptions::mime_support>(airsync::MIMESupport),
    field<&SyncOptions::mime_truncation>(airsync::MIMETruncation),
    field<&SyncOptions::max_items>(airsync::MaxItems, since{v14_0}),
    field<&SyncOptions::body_preferences>(airsyncbase::BodyPreference, max_items{8}),
    field<&SyncOptions::body_part_preferences>(airsyncbase::BodyPartPreference, since{v14_1}, max_items{8}),
    field<&SyncOptions::rights_management_support>(rightsmanagement::RightsManagementSupport, since{v14_1}));

// ---- what the client did --------------------------------------------------------------------------------------------
struct ClientAdd {
    std::optional<std::string> item_class = {};
    std::string client_id = {};
    Fragment application_data = {};
    Present send = {};
    bool operator==(ClientAdd const&) const = default;
};
template <> inline constexpr auto schema<ClientAdd> = element( //
    airsync::Add, "MS-ASCMD 2.2.3.7.2", field<&ClientAdd::item_class>(airsync::Class, since{v14_0}, max_bytes{64}),
    field<&ClientAdd::client_id>(airsync::ClientId, not_empty{}, max_bytes{64}),
    field<&ClientAdd::application_data>(airsync::ApplicationData), field<&ClientAdd::send>(email2::Send, since{v16_0}));

struct ClientChange {
    std::string server_id = {};
    std::optional<std::string> instance_id = {};
    std::optional<Fragment> application_data = {}; // absent only beside Send
    Present send = {};
    bool operator==(ClientChange const&) const = default;
};
template <> inline constexpr auto schema<ClientChange> = element( //
    airsync::Change, "MS-ASCMD 2.2.3.24",
    field<&ClientChange::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}),
    field<&ClientChange::instance_id>(airsyncbase::InstanceId, since{v16_0}, max_bytes{64}),
    field<&ClientChange::application_data>(airsync::ApplicationData),
    field<&ClientChange::send>(email2::Send, since{v16_0}));

struct ClientDelete {
    std::string server_id = {};
    std::optional<std::string> instance_id = {};
    bool operator==(ClientDelete const&) const = default;
};
template <> inline constexpr auto schema<ClientDelete> = element( //
    airsync::Delete, "MS-ASCMD 2.2.3.42.2",
    field<&ClientDelete::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}),
    field<&ClientDelete::instance_id>(airsyncbase::InstanceId, since{v16_0}, max_bytes{64}));

struct ClientFetch {
    std::string server_id = {};
    bool operator==(ClientFetch const&) const = default;
};
template <> inline constexpr auto schema<ClientFetch> = element( //
    airsync::Fetch, "MS-ASCMD 2.2.3.67.2",
    field<&ClientFetch::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}));

using ClientCommand = std::variant<ClientAdd, ClientChange, ClientDelete, ClientFetch>;

struct SyncCollectionRequest {
    std::optional<std::string> item_class = {}; // up to 12.1
    std::string sync_key = {};
    std::string collection_id = {};
    std::optional<ElementNames> supported = {}; // absent, empty and listed differ (trap 23)
    std::optional<bool> deletes_as_moves = {};  // absent: true
    std::optional<bool> get_changes = {};       // absent: false for key 0, else true
    std::optional<std::uint32_t> window_size = {};
    std::optional<bool> conversation_mode = {};
    std::vector<SyncOptions> options = {}; // two where a folder holds two classes: Email and SMS
    std::optional<std::vector<ClientCommand>> commands = {};
    bool operator==(SyncCollectionRequest const&) const = default;
};
template <> inline constexpr auto schema<SyncCollectionRequest> = element( //
    airsync::Collection, "MS-ASCMD 2.2.3.29.2", Traits{.ordered = true},
    field<&SyncCollectionRequest::item_class>(airsync::Class, until{v12_1}, anywhere{}, max_bytes{64}),
    field<&SyncCollectionRequest::sync_key>(airsync::SyncKey, max_bytes{64}),
    field<&SyncCollectionRequest::collection_id>(airsync::CollectionId, max_bytes{64}),
    field<&SyncCollectionRequest::supported>(airsync::Supported),
    field<&SyncCollectionRequest::deletes_as_moves>(airsync::DeletesAsMoves),
    field<&SyncCollectionRequest::get_changes>(airsync::GetChanges),
    field<&SyncCollectionRequest::window_size>(airsync::WindowSize),
    field<&SyncCollectionRequest::conversation_mode>(airsync::ConversationMode, since{v14_0}),
    field<&SyncCollectionRequest::options>(airsync::Options, max_items{2}),
    choice<&SyncCollectionRequest::commands>(in{airsync::Commands}, max_items{max_sync_commands}));

// Wait and heartbeat out of range are status 14 with a Limit, so any number is read here.
struct SyncRequest {
    std::optional<std::vector<SyncCollectionRequest>> collections = {}; // empty and absent differ (trap 12)
    std::optional<std::chrono::minutes> wait = {};
    std::optional<std::chrono::seconds> heartbeat = {};
    std::optional<std::uint32_t> window_size = {};
    Present partial = {};
    bool spoken = false; // no element: there was a body, if only an empty <Sync/>
    bool operator==(SyncRequest const&) const = default;
};
template <> inline constexpr auto schema<SyncRequest> = element( //
    airsync::Sync, "MS-ASCMD 2.2.1.21",
    field<&SyncRequest::collections>(airsync::Collection, in{airsync::Collections},
                                     handler_limits{max_sync_collections}),
    field<&SyncRequest::wait>(airsync::Wait), field<&SyncRequest::heartbeat>(airsync::HeartbeatInterval, since{v14_0}),
    field<&SyncRequest::window_size>(airsync::WindowSize), field<&SyncRequest::partial>(airsync::Partial));

// ---- what the server says ---------------------------------------------------------------------------------------------
struct ServerAdd {
    std::string server_id = {};
    Fragment application_data = {};
    std::optional<std::string> item_class = {};
    bool operator==(ServerAdd const&) const = default;
};
template <> inline constexpr auto schema<ServerAdd> = element( //
    airsync::Add, "MS-ASCMD 2.2.3.7.2", field<&ServerAdd::item_class>(airsync::Class, since{v14_0}),
    field<&ServerAdd::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}),
    field<&ServerAdd::application_data>(airsync::ApplicationData));

struct ServerChange {
    std::string server_id = {};
    Fragment application_data = {};
    std::optional<std::string> item_class = {};
    bool operator==(ServerChange const&) const = default;
};
template <> inline constexpr auto schema<ServerChange> = element( //
    airsync::Change, "MS-ASCMD 2.2.3.24", field<&ServerChange::item_class>(airsync::Class, since{v14_0}),
    field<&ServerChange::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}),
    field<&ServerChange::application_data>(airsync::ApplicationData));

struct ServerDelete {
    std::string server_id = {};
    std::optional<std::string> item_class = {};
    bool operator==(ServerDelete const&) const = default;
};
template <> inline constexpr auto schema<ServerDelete> = element( //
    airsync::Delete, "MS-ASCMD 2.2.3.42.2", field<&ServerDelete::item_class>(airsync::Class, since{v14_0}),
    field<&ServerDelete::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}));

struct ServerSoftDelete {
    std::string server_id = {};
    bool operator==(ServerSoftDelete const&) const = default;
};
template <> inline constexpr auto schema<ServerSoftDelete> = element( //
    airsync::SoftDelete, "MS-ASCMD 2.2.3.172",
    field<&ServerSoftDelete::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}));

using ServerCommand = std::variant<ServerAdd, ServerChange, ServerDelete, ServerSoftDelete>;

struct AddResponse {
    std::string client_id = {};
    std::optional<std::string> server_id = {}; // when it worked
    SyncStatus status = SyncStatus::Success;
    std::optional<Fragment> application_data = {}; // attachments and draft ids, 16.0
    std::optional<std::string> item_class = {};
    bool operator==(AddResponse const&) const = default;
};
template <> inline constexpr auto schema<AddResponse> = element( //
    airsync::Add, "MS-ASCMD 2.2.3.7.2", field<&AddResponse::item_class>(airsync::Class, since{v14_0}),
    field<&AddResponse::client_id>(airsync::ClientId, max_bytes{64}),
    field<&AddResponse::server_id>(airsync::ServerId, not_empty{}, max_bytes{64}),
    field<&AddResponse::status>(airsync::Status), field<&AddResponse::application_data>(airsync::ApplicationData));

struct ChangeResponse { // only of what failed, and from 16.0 of what made something
    std::string server_id = {};
    std::optional<std::string> instance_id = {};
    SyncStatus status = SyncStatus::Success;
    std::optional<Fragment> application_data = {}; // 16.0
    std::optional<std::string> item_class = {};
    bool operator==(ChangeResponse const&) const = default;
};
template <> inline constexpr auto schema<ChangeResponse> = element( //
    airsync::Change, "MS-ASCMD 2.2.3.24", field<&ChangeResponse::item_class>(airsync::Class, since{v14_0}),
    field<&ChangeResponse::server_id>(airsync::ServerId, max_bytes{64}),
    field<&ChangeResponse::instance_id>(airsyncbase::InstanceId, since{v16_0}),
    field<&ChangeResponse::status>(airsync::Status),
    field<&ChangeResponse::application_data>(airsync::ApplicationData, since{v16_0}));

struct DeleteResponse { // only of what failed
    std::string server_id = {};
    std::optional<std::string> instance_id = {};
    SyncStatus status = SyncStatus::ObjectNotFound;
    bool operator==(DeleteResponse const&) const = default;
};
template <> inline constexpr auto schema<DeleteResponse> = element( //
    airsync::Delete, "MS-ASCMD 2.2.3.42.2", field<&DeleteResponse::server_id>(airsync::ServerId, max_bytes{64}),
    field<&DeleteResponse::instance_id>(airsyncbase::InstanceId, since{v16_0}),
    field<&DeleteResponse::status>(airsync::Status));

struct FetchResponse {
    std::optional<std::string> server_id = {};
    SyncStatus status = SyncStatus::Success;
    std::optional<Fragment> application_data = {};
    bool operator==(FetchResponse const&) const = default;
};
template <> inline constexpr auto schema<FetchResponse> = element( //
    airsync::Fetch, "MS-ASCMD 2.2.3.67.2", field<&FetchResponse::server_id>(airsync::ServerId, max_bytes{64}),
    field<&FetchResponse::status>(airsync::Status), field<&FetchResponse::application_data>(airsync::ApplicationData));

using CommandResponse = std::variant<AddResponse, ChangeResponse, DeleteResponse, FetchResponse>;

struct SyncCollectionResponse {
    std::optional<std::string> item_class = {}; // up to 12.1
    std::string sync_key = {};
    std::string collection_id = {};
    SyncStatus status = SyncStatus::Success;
    Present more_available = {};
    std::vector<CommandResponse> responses = {}; // an empty Responses is never written: it crashes Windows Phone
    std::vector<ServerCommand> commands = {};
    bool operator==(SyncCollectionResponse const&) const = default;
};
template <> inline constexpr auto schema<SyncCollectionResponse> = element( //
    airsync::Collection, "MS-ASCMD 2.2.3.29.2",
    field<&SyncCollectionResponse::item_class>(airsync::Class, until{v12_1}),
    field<&SyncCollectionResponse::sync_key>(airsync::SyncKey, max_bytes{64}),
    field<&SyncCollectionResponse::collection_id>(airsync::CollectionId, max_bytes{64}),
    field<&SyncCollectionResponse::status>(airsync::Status),
    field<&SyncCollectionResponse::more_available>(airsync::MoreAvailable), // before Commands (trap 11)
    choice<&SyncCollectionResponse::responses>(in{airsync::Responses}, max_items{max_sync_commands}),
    choice<&SyncCollectionResponse::commands>(in{airsync::Commands}, max_items{10'000}));

struct SyncResponse {
    std::optional<SyncStatus> status = {}; // of the whole; then usually nothing else
    std::optional<std::uint32_t> limit = {};
    std::vector<SyncCollectionResponse> collections = {}; // an empty Collections is never written (clients.md 4.1)
    bool operator==(SyncResponse const&) const = default;
};
template <> inline constexpr auto schema<SyncResponse> = element( //
    airsync::Sync, "MS-ASCMD 2.2.1.21", field<&SyncResponse::status>(airsync::Status),
    field<&SyncResponse::limit>(airsync::Limit),
    field<&SyncResponse::collections>(airsync::Collection, in{airsync::Collections}, max_items{max_sync_collections}));

extern template Shape const& document<SyncOptions>();
extern template Shape const& document<SyncRequest>();
extern template Shape const& document<SyncResponse>();

} // namespace godwit::eas
