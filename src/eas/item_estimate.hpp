// GetItemEstimate (MS-ASCMD 2.2.1.9). Class and FilterType stand in the Collection up to 12.1, in Options from 14.0.
#pragma once
#include "eas/sync.hpp"

namespace godwit::eas {

inline constexpr std::size_t estimate_collections = 1000; // more of them: status 103, the handler's (MS-ASCMD_R5647)

enum class EstimateStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.7
    Success = 1,
    InvalidCollection = 2,
    NotPrimed = 3,
    InvalidSyncKey = 4,
};
constexpr bool is_valid(EstimateStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 4) || is_common(n);
}

struct EstimateRequestCollection {
    std::string sync_key = {};
    std::string collection_id = {};
    std::optional<std::string> item_class = {}; // up to 12.1
    std::optional<FilterType> filter_type = {}; // up to 12.1
    std::optional<bool> conversation_mode = {};
    std::vector<SyncOptions> options = {};
    bool operator==(EstimateRequestCollection const&) const = default;
};
template <> inline constexpr auto schema<EstimateRequestCollection> = element( //
    getitemestimate::Collection, "MS-ASCMD 2.2.3.29.1",
    field<&EstimateRequestCollection::sync_key>(airsync::SyncKey, max_bytes{64}),
    field<&EstimateRequestCollection::collection_id>(getitemestimate::CollectionId, max_bytes{64}),
    field<&EstimateRequestCollection::conversation_mode>(airsync::ConversationMode, since{v14_0}),
    field<&EstimateRequestCollection::item_class>(getitemestimate::Class, until{v12_1}, max_bytes{64}),
    field<&EstimateRequestCollection::filter_type>(airsync::FilterType, until{v12_1}),
    field<&EstimateRequestCollection::options>(airsync::Options, since{v14_0}, max_items{2}));

struct GetItemEstimateRequest {
    std::vector<EstimateRequestCollection> collections = {};
    bool operator==(GetItemEstimateRequest const&) const = default;
};
template <> inline constexpr auto schema<GetItemEstimateRequest> = element( //
    getitemestimate::GetItemEstimate, "MS-ASCMD 2.2.1.9",
    field<&GetItemEstimateRequest::collections>(getitemestimate::Collection, in{getitemestimate::Collections},
                                                max_items{5000}));

struct EstimateCollection {
    std::string collection_id = {};
    std::optional<std::uint32_t> estimate = {};
    bool operator==(EstimateCollection const&) const = default;
};
template <> inline constexpr auto schema<EstimateCollection> = element( //
    getitemestimate::Collection, "MS-ASCMD 2.2.3.29.1",
    field<&EstimateCollection::collection_id>(getitemestimate::CollectionId, max_bytes{64}),
    field<&EstimateCollection::estimate>(getitemestimate::Estimate));

struct EstimateResponse {
    EstimateStatus status = EstimateStatus::Success;
    std::optional<EstimateCollection> collection = {};
    bool operator==(EstimateResponse const&) const = default;
};
template <> inline constexpr auto schema<EstimateResponse> = element( //
    getitemestimate::Response, "MS-ASCMD 2.2.3.153.3", field<&EstimateResponse::status>(getitemestimate::Status),
    field<&EstimateResponse::collection>(getitemestimate::Collection));

struct GetItemEstimateResponse {
    std::optional<EstimateStatus> status = {};
    std::vector<EstimateResponse> responses = {};
    bool operator==(GetItemEstimateResponse const&) const = default;
};
template <> inline constexpr auto schema<GetItemEstimateResponse> = element( //
    getitemestimate::GetItemEstimate, "MS-ASCMD 2.2.1.9",
    field<&GetItemEstimateResponse::status>(getitemestimate::Status),
    field<&GetItemEstimateResponse::responses>(getitemestimate::Response, max_items{5000}));

extern template Shape const& document<GetItemEstimateRequest>();
extern template Shape const& document<GetItemEstimateResponse>();

} // namespace godwit::eas
