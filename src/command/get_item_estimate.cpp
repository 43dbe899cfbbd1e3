// MS-ASCMD 2.2.1.9 GetItemEstimate: how many changes a Sync with this key would bring, for each collection.
#include "command/handlers.hpp"
#include "command/ids.hpp"
#include "command/sync_exchange.hpp"
#include "command/sync_options.hpp"
#include "eas/item_estimate.hpp"
#include <algorithm>
#include <map>
#include <tuple>

namespace godwit::command {
namespace {

using eas::EstimateStatus;

constexpr unsigned invalid_xml = std::to_underlying(eas::CommonStatus::InvalidXML);
constexpr unsigned server_error = std::to_underlying(eas::CommonStatus::ServerError);

// Class and FilterType stand in the collection up to 12.1, in Options from 14.0 (trap 5). Who says neither asks for all
// that there is, whatever filter his Syncs have (MS-ASCMD_R3543, R2970).
eas::SyncOptions options_of(eas::EstimateRequestCollection const& wanted) {
    if (auto const* block = own_block(wanted.options)) return *block;
    return {.filter_type = wanted.filter_type};
}

eas::EstimateResponse estimate(index::Transaction& tx, std::string const& device,
                               eas::EstimateRequestCollection const& wanted, net::Time now) {
    auto id = parse_collection(wanted.collection_id);
    auto folder = id ? tx.folder(*id) : std::nullopt;
    if (!folder) return {.status = EstimateStatus::InvalidCollection};
    auto const block = options_of(wanted);
    bool const mail = class_of(folder->type) == "Email";
    if (block.max_items && folder->type != index::FolderType::RecipientCache) // MS-ASCMD_R3265
        return {.status = EstimateStatus::InvalidCollection};
    if (wanted.conversation_mode && !mail) return {.status = EstimateStatus(invalid_xml)};             // MS-ASCMD_R2100
    if (!classes_go_together(wanted.options, mail)) return {.status = EstimateStatus::InvalidSyncKey}; // R908
    // MS-ASCMD_R3005 to R3025: a filter that the class does not have.
    if (block.filter_type && !filter_allowed(*block.filter_type, folder->type))
        return {.status = EstimateStatus(server_error)};
    auto result = sync::estimate(tx, device, *id, wanted.sync_key, to_engine({.block = block}), now);
    if (result.status != sync::EstimateStatus::Success)
        return {.status = EstimateStatus(std::to_underlying(result.status))};
    return {.collection = eas::EstimateCollection{wanted.collection_id, std::uint32_t(result.count)}};
}

// What is asked twice is counted once.
eas::GetItemEstimateResponse estimates(index::Transaction& tx, std::string const& device,
                                       eas::GetItemEstimateRequest const& request, net::Time now) {
    using Question = std::tuple<std::string, std::string, std::optional<eas::FilterType>>;
    std::map<Question, eas::EstimateResponse> counted;
    eas::GetItemEstimateResponse out;
    out.responses.reserve(request.collections.size());
    for (auto const& wanted : request.collections) {
        auto& known = counted[{wanted.collection_id, wanted.sync_key, options_of(wanted).filter_type}];
        // Who is refused is not counted, and whoever asks the same otherwise may not be refused.
        if (!known.collection) known = estimate(tx, device, wanted, now);
        out.responses.push_back(known);
    }
    return out;
}

} // namespace

awaitable<eas::GetItemEstimateResponse> get_item_estimate(Session& s, eas::GetItemEstimateRequest request) {
    // MS-ASCMD_R5647; below 14.0 there is no 103, and the collection list is simply cut by the schema.
    if (request.collections.empty() || request.collections.size() > eas::estimate_collections)
        co_return eas::GetItemEstimateResponse{.status = EstimateStatus(invalid_xml)};
    for (auto const& collection : request.collections)
        if (classes_go_together(collection.options, true) && refuse_options(collection.options))
            co_return eas::GetItemEstimateResponse{.status = EstimateStatus(invalid_xml)};
    auto now = net::Clock::utc();
    auto work =
        s.rooms.accounts.read(s.user.id, [device = s.device, request = std::move(request),
                                          now](index::Transaction& tx) { return estimates(tx, device, request, now); });
    auto response = co_await std::move(work);
    // Up to 12.1 no Status is above 100: the request as a whole is a bad one (trap 43).
    bool common = std::ranges::any_of(response.responses,
                                      [](auto const& one) { return eas::is_common(std::to_underlying(one.status)); });
    if (s.version < eas::v14_0 && common) co_return eas::GetItemEstimateResponse{.status = EstimateStatus(invalid_xml)};
    co_return std::move(response);
}

} // namespace godwit::command
