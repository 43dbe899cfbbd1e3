// MoveItems (MS-ASCMD 2.2.1.12).
#pragma once
#include "eas/pages.hpp"
#include "eas/schema.hpp"
#include "eas/status.hpp"

namespace godwit::eas {

inline constexpr std::size_t max_moves = 1000; // more: status 103, the handler's (MS-ASCMD_R5653)

enum class MoveItemsStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.10
    InvalidSource = 1,
    InvalidDestination = 2,
    Success = 3,
    SameFolder = 4,
    CannotMove = 5,
    Locked = 7,
};
constexpr bool is_valid(MoveItemsStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 5) || n == 7 || is_common(n);
}

struct ItemMove {
    std::string source_message_id = {};
    std::string source_folder_id = {};
    std::string destination_folder_id = {};
    bool operator==(ItemMove const&) const = default;
};
template <> inline constexpr auto schema<ItemMove> = element( //
    move::Move, "MS-ASCMD 2.2.3.117.2", field<&ItemMove::source_message_id>(move::SrcMsgId, max_bytes{64}),
    field<&ItemMove::source_folder_id>(move::SrcFldId, max_bytes{64}),
    field<&ItemMove::destination_folder_id>(move::DstFldId, max_bytes{64}));

struct MoveItemsRequest {
    std::vector<ItemMove> moves = {};
    bool operator==(MoveItemsRequest const&) const = default;
};
template <> inline constexpr auto schema<MoveItemsRequest> = element( //
    move::MoveItems, "MS-ASCMD 2.2.1.12", field<&MoveItemsRequest::moves>(move::Move, max_items{10'000}));

struct ItemMoveResponse {
    std::string source_message_id = {};
    MoveItemsStatus status = MoveItemsStatus::Success;
    std::optional<std::string> destination_message_id = {};
    bool operator==(ItemMoveResponse const&) const = default;
};
template <> inline constexpr auto schema<ItemMoveResponse> = element( //
    move::Response, "MS-ASCMD 2.2.3.153.5", field<&ItemMoveResponse::source_message_id>(move::SrcMsgId, max_bytes{64}),
    field<&ItemMoveResponse::status>(move::Status),
    field<&ItemMoveResponse::destination_message_id>(move::DstMsgId, max_bytes{64}));

struct MoveItemsResponse {
    std::optional<MoveItemsStatus> status = {};
    std::vector<ItemMoveResponse> responses = {};
    bool operator==(MoveItemsResponse const&) const = default;
};
template <> inline constexpr auto schema<MoveItemsResponse> = element( //
    move::MoveItems, "MS-ASCMD 2.2.1.12", field<&MoveItemsResponse::status>(move::Status),
    field<&MoveItemsResponse::responses>(move::Response, max_items{10'000}));

extern template Shape const& document<MoveItemsRequest>();
extern template Shape const& document<MoveItemsResponse>();

} // namespace godwit::eas
