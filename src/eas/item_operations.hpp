// ItemOperations (MS-ASCMD 2.2.1.10): Fetch, EmptyFolderContents and Move of a conversation, in any order.
#pragma once
#include "eas/sync.hpp"

namespace godwit::eas {

inline constexpr std::size_t max_item_operations = 100; // more: status 11, the handler's (MS-ASCMD_R7490)

enum class ItemOperationsStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.8
    Success = 1,
    ProtocolError = 2,
    ServerError = 3,
    BadUri = 4,
    DocumentAccessDenied = 5,
    NotFound = 6,
    ConnectionFailed = 7,
    InvalidRange = 8,
    UnknownStore = 9,
    FileEmpty = 10,
    TooLarge = 11,
    DownloadFailed = 12,
    ConversionFailed = 14,
    InvalidAttachment = 15,
    AccessDenied = 16,
    PartialSuccess = 17,
    CredentialsRequired = 18,
};
constexpr bool is_valid(ItemOperationsStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 12) || (n >= 14 && n <= 18) || is_common(n);
}

// ---- request -----------------------------------------------------------------------------------------------------------
struct EmptyFolderOptions {
    Present delete_sub_folders = {};
    bool operator==(EmptyFolderOptions const&) const = default;
};
template <> inline constexpr auto schema<EmptyFolderOptions> = element( //
    itemoperations::Options, "MS-ASCMD 2.2.3.125.1",
    field<&EmptyFolderOptions::delete_sub_folders>(itemoperations::DeleteSubFolders));

struct EmptyFolderContents {
    std::string collection_id = {};
    std::optional<EmptyFolderOptions> options = {};
    bool operator==(EmptyFolderContents const&) const = default;
};
template <> inline constexpr auto schema<EmptyFolderContents> = element( //
    itemoperations::EmptyFolderContents, "MS-ASCMD 2.2.3.58",
    field<&EmptyFolderContents::collection_id>(airsync::CollectionId, max_bytes{64}),
    field<&EmptyFolderContents::options>(itemoperations::Options));

struct ItemFetchOptions {
    std::optional<ElementNames> properties = {}; // Schema: the only properties wanted
    std::optional<std::string> range = {};       // "0-1023"
    std::optional<std::string> user_name = {};
    std::optional<std::string> password = {};
    std::optional<MimeSupport> mime_support = {};
    std::vector<BodyPreference> body_preferences = {};
    std::vector<BodyPartPreference> body_part_preferences = {};
    std::optional<bool> rights_management_support = {};
    bool operator==(ItemFetchOptions const&) const = default;
};
template <> inline constexpr auto schema<ItemFetchOptions> = element( //
    itemoperations::Options, "MS-ASCMD 2.2.3.125.2", field<&ItemFetchOptions::properties>(itemoperations::Schema),
    field<&ItemFetchOptions::range>(itemoperations::Range, max_bytes{64}),
    field<&ItemFetchOptions::user_name>(itemoperations::UserName, max_bytes{1024}),
    field<&ItemFetchOptions::password>(itemoperations::Password, max_bytes{1024}),
    field<&ItemFetchOptions::mime_support>(airsync::MIMESupport),
    field<&ItemFetchOptions::body_preferences>(airsyncbase::BodyPreference, max_items{8}),
    field<&ItemFetchOptions::body_part_preferences>(airsyncbase::BodyPartPreference, since{v14_1}, max_items{8}),
    field<&ItemFetchOptions::rights_management_support>(rightsmanagement::RightsManagementSupport, since{v14_1}));

struct ItemFetch {
    std::string store = {}; // "Mailbox" or "DocumentLibrary"; another is status 9
    std::optional<std::string> server_id = {};
    std::optional<std::string> collection_id = {};
    std::optional<std::string> link_id = {};
    std::optional<std::string> long_id = {};
    std::optional<std::string> file_reference = {}; // empty: status 15 (trap 69)
    std::optional<ItemFetchOptions> options = {};
    Present remove_rights_management_protection = {};
    bool operator==(ItemFetch const&) const = default;
};
template <> inline constexpr auto schema<ItemFetch> = element( //
    itemoperations::Fetch, "MS-ASCMD 2.2.3.67.1", field<&ItemFetch::store>(itemoperations::Store, max_bytes{64}),
    field<&ItemFetch::server_id>(airsync::ServerId, max_bytes{64}),
    field<&ItemFetch::collection_id>(airsync::CollectionId, max_bytes{64}),
    field<&ItemFetch::link_id>(documentlibrary::LinkId, max_bytes{2048}),
    field<&ItemFetch::long_id>(search::LongId, max_bytes{256}),
    field<&ItemFetch::file_reference>(airsyncbase::FileReference, max_bytes{1024}),
    field<&ItemFetch::options>(itemoperations::Options),
    field<&ItemFetch::remove_rights_management_protection>(rightsmanagement::RemoveRightsManagementProtection,
                                                           since{v14_1}));

struct ConversationMoveOptions {
    Present move_always = {};
    bool operator==(ConversationMoveOptions const&) const = default;
};
template <> inline constexpr auto schema<ConversationMoveOptions> = element( //
    itemoperations::Options, "MS-ASCMD 2.2.3.125.3",
    field<&ConversationMoveOptions::move_always>(itemoperations::MoveAlways));

struct ConversationMove {
    Opaque conversation_id = {};
    std::string destination_folder_id = {};
    std::optional<ConversationMoveOptions> options = {};
    bool operator==(ConversationMove const&) const = default;
};
template <> inline constexpr auto schema<ConversationMove> = element( //
    itemoperations::Move, "MS-ASCMD 2.2.3.117.1", Traits{.since = v14_0},
    field<&ConversationMove::conversation_id>(itemoperations::ConversationId, max_bytes{1024}),
    field<&ConversationMove::destination_folder_id>(itemoperations::DstFldId, max_bytes{64}),
    field<&ConversationMove::options>(itemoperations::Options));

using ItemOperation = std::variant<EmptyFolderContents, ItemFetch, ConversationMove>;

struct ItemOperationsRequest {
    std::vector<ItemOperation> operations = {};
    bool operator==(ItemOperationsRequest const&) const = default;
};
template <> inline constexpr auto schema<ItemOperationsRequest> = element( //
    itemoperations::ItemOperations, "MS-ASCMD 2.2.1.10",
    choice<&ItemOperationsRequest::operations>(handler_limits{max_item_operations}));

// ---- response ----------------------------------------------------------------------------------------------------------
struct ConversationMoveResponse {
    ItemOperationsStatus status = ItemOperationsStatus::Success;
    Opaque conversation_id = {};
    bool operator==(ConversationMoveResponse const&) const = default;
};
template <> inline constexpr auto schema<ConversationMoveResponse> = element( //
    itemoperations::Move, "MS-ASCMD 2.2.3.117.1", Traits{.since = v14_0},
    field<&ConversationMoveResponse::status>(itemoperations::Status),
    field<&ConversationMoveResponse::conversation_id>(itemoperations::ConversationId));

struct EmptyFolderContentsResponse {
    ItemOperationsStatus status = ItemOperationsStatus::Success;
    std::string collection_id = {};
    bool operator==(EmptyFolderContentsResponse const&) const = default;
};
template <> inline constexpr auto schema<EmptyFolderContentsResponse> = element( //
    itemoperations::EmptyFolderContents, "MS-ASCMD 2.2.3.58",
    field<&EmptyFolderContentsResponse::status>(itemoperations::Status),
    field<&EmptyFolderContentsResponse::collection_id>(airsync::CollectionId, max_bytes{64}));

// Properties of an attachment or document. Those of an item are the class's own, encode_fragment(Email{...}).
struct FileProperties {
    std::optional<std::string> range = {};   // only when the request had one (clients.md 4.1)
    std::optional<std::uint64_t> total = {}; // bytes of the whole
    std::optional<std::string> content_type = {};
    std::optional<std::string> base64 = {}; // Data; or
    std::optional<std::uint32_t> part = {}; // the number of the multipart part that holds it raw
    std::optional<DateTime> version = {};
    bool operator==(FileProperties const&) const = default;
};
template <> inline constexpr auto schema<FileProperties> = element( //
    itemoperations::Properties, "MS-ASCMD 2.2.3.139.1", field<&FileProperties::range>(itemoperations::Range),
    field<&FileProperties::total>(itemoperations::Total),
    field<&FileProperties::content_type>(airsyncbase::ContentType),
    field<&FileProperties::base64>(itemoperations::Data), field<&FileProperties::part>(itemoperations::Part),
    field<&FileProperties::version>(itemoperations::Version));

struct ItemFetchResponse {
    ItemOperationsStatus status = ItemOperationsStatus::Success;
    std::optional<std::string> collection_id = {};
    std::optional<std::string> server_id = {};
    std::optional<std::string> long_id = {};
    std::optional<std::string> item_class = {};
    std::optional<std::string> link_id = {};
    std::optional<std::string> file_reference = {};
    std::optional<Fragment> properties = {}; // of FileProperties or of the item's class
    bool operator==(ItemFetchResponse const&) const = default;
};
template <> inline constexpr auto schema<ItemFetchResponse> = element( //
    itemoperations::Fetch, "MS-ASCMD 2.2.3.67.1", field<&ItemFetchResponse::status>(itemoperations::Status),
    field<&ItemFetchResponse::collection_id>(airsync::CollectionId),
    field<&ItemFetchResponse::server_id>(airsync::ServerId), field<&ItemFetchResponse::long_id>(search::LongId),
    field<&ItemFetchResponse::item_class>(airsync::Class), field<&ItemFetchResponse::link_id>(documentlibrary::LinkId),
    field<&ItemFetchResponse::file_reference>(airsyncbase::FileReference),
    field<&ItemFetchResponse::properties>(itemoperations::Properties));

using ItemOperationResponse = std::variant<ConversationMoveResponse, EmptyFolderContentsResponse, ItemFetchResponse>;

struct ItemOperationsResponse {
    ItemOperationsStatus status = ItemOperationsStatus::Success;
    std::vector<ItemOperationResponse> responses = {};
    bool operator==(ItemOperationsResponse const&) const = default;
};
template <> inline constexpr auto schema<ItemOperationsResponse> = element( //
    itemoperations::ItemOperations, "MS-ASCMD 2.2.1.10", field<&ItemOperationsResponse::status>(itemoperations::Status),
    choice<&ItemOperationsResponse::responses>(in{itemoperations::Response}));

extern template Shape const& document<ItemOperationsRequest>();
extern template Shape const& document<FileProperties>();
extern template Shape const& document<ItemOperationsResponse>();

} // namespace godwit::eas
