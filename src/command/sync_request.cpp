#include "command/sync_request.hpp"
#include "command/ids.hpp"
#include "command/sync_options.hpp"
#include <algorithm>
#include <utility>

namespace godwit::command {
namespace {

using eas::SyncRequest, eas::SyncStatus;
using std::chrono::minutes, std::chrono::seconds;

// Before the remembered document: whether it may be said again whole (R666: only what had no client commands), or
// only serves to complete a partial one.
constexpr char repeatable = 'r', completing = 'c';
// Then the key that each of its collections was answered with, if it was, each with an end; then the document.
constexpr char end_of_key = '\n', end_of_keys = '\0';
// Bytes of a document: more than 300 collections need with all that counts in them, less than the reader's elements.
constexpr std::size_t most_remembered = 128 << 10;

std::unexpected<SyncRefusal> refuse(SyncStatus status, std::optional<std::uint32_t> limit = {}) {
    return std::unexpected(SyncRefusal{.status = status, .limit = limit});
}

bool says_nothing(SyncRequest const& r) { return !r.collections && !r.wait && !r.heartbeat && !r.window_size; }

// Empty: it is too long.
std::string remembered(SyncRequest const& request) {
    SyncRequest copy{.wait = request.wait, .heartbeat = request.heartbeat, .window_size = request.window_size};
    auto& collections = copy.collections.emplace();
    bool commands = false;
    for (auto const& c : *request.collections) {
        commands |= c.commands && !c.commands->empty();
        collections.push_back({.sync_key = c.sync_key,
                               .collection_id = c.collection_id,
                               .supported = c.sync_key == "0" ? c.supported : std::nullopt, // it counts there only
                               .deletes_as_moves = c.deletes_as_moves,
                               .get_changes = c.get_changes,
                               .window_size = c.window_size,
                               .conversation_mode = c.conversation_mode,
                               .options = c.options});
    }
    auto const document = eas::encode(copy, eas::v16_1);
    if (document.size() > most_remembered) return {};
    return (commands ? completing : repeatable) + std::string(1, end_of_keys) + document;
}

struct Remembered {
    std::vector<std::string> answered = {}; // keys, as many as the request's collections or none
    SyncRequest request = {};
};

Remembered recall(std::string_view last) {
    Remembered out;
    if (last.empty()) return out;
    auto const document = last.find(end_of_keys);
    if (document == last.npos) return out;
    for (std::size_t at = 1; at < document;) {
        auto end = last.find(end_of_key, at);
        out.answered.emplace_back(last.substr(at, end - at));
        at = end + 1;
    }
    if (auto request = eas::decode<SyncRequest>(last.substr(document + 1), eas::v16_1))
        out.request = std::move(*request);
    return out;
}

// As it would be said now.
SyncRequest continued(std::string_view last) {
    auto [answered, request] = recall(last);
    for (std::size_t i = 0; i < answered.size(); ++i)
        if (!answered[i].empty() && request.collections) request.collections->at(i).sync_key = std::move(answered[i]);
    return std::move(request);
}

// MS-ASCMD_R3635, R3644: the collections that are not named are as they were; their keys are the current ones.
void complete(SyncRequest& partial, SyncRequest before) {
    auto& named = partial.collections ? *partial.collections : partial.collections.emplace();
    auto const count = named.size();
    for (auto& old : before.collections ? *before.collections : std::vector<eas::SyncCollectionRequest>()) {
        auto end = named.begin() + std::ptrdiff_t(count);
        bool again =
            std::any_of(named.begin(), end, [&](auto const& c) { return c.collection_id == old.collection_id; });
        if (!again) named.push_back(std::move(old));
    }
    if (!partial.wait && !partial.heartbeat) partial.wait = before.wait, partial.heartbeat = before.heartbeat;
    if (!partial.window_size) partial.window_size = before.window_size;
}

// Status 14 with the bound that was broken, in the unit that was used (trap 18).
std::optional<SyncRefusal> refuse_interval(SyncRequest const& request, config::Sync const& limits) {
    auto out_of_range = [](auto value, auto low, auto high) -> std::optional<SyncRefusal> {
        if (value >= low && value <= high) return std::nullopt;
        auto bound = value < low ? low : high;
        return SyncRefusal{.status = SyncStatus::InvalidInterval, .limit = std::uint32_t(bound.count())};
    };
    if (request.wait)
        return out_of_range(*request.wait, std::chrono::ceil<minutes>(limits.heartbeat_min),
                            std::chrono::floor<minutes>(limits.heartbeat_max));
    if (request.heartbeat) return out_of_range(*request.heartbeat, limits.heartbeat_min, limits.heartbeat_max);
    return std::nullopt;
}

// What breaks the request as a whole; each line is one rule.
std::optional<unsigned> refuse_collection(eas::SyncCollectionRequest const& c) {
    auto protocol_error = std::to_underlying(SyncStatus::ProtocolError);
    bool commands = c.commands && !c.commands->empty();
    if (c.sync_key == "0" && c.get_changes == true) return protocol_error; // R3128, R5838
    if (c.sync_key == "0" && commands) return protocol_error;              // R651, R652: prime first
    if (c.sync_key.empty()) return protocol_error;                         // R4605
    return refuse_options(c.options);
}

std::optional<SyncRefusal> refuse_request(SyncRequest const& request, config::Sync const& limits) {
    auto protocol_error = SyncRefusal{.status = SyncStatus::ProtocolError};
    if (!request.collections || request.collections->empty()) return protocol_error;
    if (request.wait && request.heartbeat) return protocol_error; // R3162, R4748
    if (request.collections->size() > limits.max_sync_collections)
        return SyncRefusal{.status = SyncStatus::TooManyCollections, .limit = limits.max_sync_collections};
    std::size_t commands = 0;
    auto const& collections = *request.collections;
    for (auto c = collections.begin(); c != collections.end(); ++c) {
        if (c->commands) commands += c->commands->size();
        if (auto status = refuse_collection(*c)) return SyncRefusal{.status = SyncStatus(*status)};
        if (std::any_of(collections.begin(), c, [&](auto const& d) { return d.collection_id == c->collection_id; }))
            return protocol_error;
    }
    if (commands > limits.max_sync_commands) return protocol_error; // R5659 (trap 75)
    return refuse_interval(request, limits);
}

} // namespace

SyncRequest repeated(std::string_view last) { return recall(last).request; }

void learn_keys(std::string& last, eas::SyncResponse const& answer) {
    auto [answered, request] = recall(last);
    if (!request.collections) return;
    answered.resize(request.collections->size());
    std::string out(1, last[0]);
    for (std::size_t i = 0; i < answered.size(); ++i) {
        auto told = std::ranges::find(answer.collections, (*request.collections)[i].collection_id,
                                      &eas::SyncCollectionResponse::collection_id);
        if (told != answer.collections.end() && told->status == SyncStatus::Success) answered[i] = told->sync_key;
        out.append(answered[i]) += end_of_key;
    }
    last = out.append(last, last.find(end_of_keys));
}

std::expected<SyncRequest, SyncRefusal> completed(SyncRequest request, std::string& last, config::Sync const& limits) {
    if (says_nothing(request) && request.partial) return refuse(SyncStatus::ProtocolError); // R3642
    if (says_nothing(request) && request.spoken) { // a document is no empty request, and there is nothing in it
        last.clear();
        return refuse(SyncStatus::ProtocolError);
    }
    if (says_nothing(request)) {
        // R673: the empty request is the one before, word for word.
        if (last.empty() || last[0] != repeatable) return refuse(SyncStatus::RequestIncomplete);
        return repeated(last);
    }
    auto const before = std::exchange(last, {}); // R674: whatever becomes of this one
    if (request.partial) {
        if (before.empty()) return refuse(SyncStatus::RequestIncomplete); // R4456
        complete(request, continued(before));
    }
    if (auto refusal = refuse_request(request, limits)) return std::unexpected(std::move(*refusal));
    last = remembered(request);
    if (last.empty()) return refuse(SyncStatus::ProtocolError);
    return request;
}

seconds patience_of(SyncRequest const& request) {
    if (request.wait) return *request.wait;
    return request.heartbeat.value_or(seconds(0));
}

std::vector<index::CollectionId> collections_of(SyncRequest const& request) {
    std::vector<index::CollectionId> out;
    if (!request.collections) return out;
    for (auto const& c : *request.collections)
        if (auto id = parse_collection(c.collection_id)) out.push_back(*id);
    return out;
}

} // namespace godwit::command
