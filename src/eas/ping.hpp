// Ping (MS-ASCMD 2.2.1.13).
#pragma once
#include "eas/pages.hpp"
#include "eas/schema.hpp"
#include "eas/status.hpp"

namespace godwit::eas {

inline constexpr std::size_t max_ping_folders = 1000; // the most that a configuration may allow; more: status 6

enum class PingStatus : std::uint16_t { // MS-ASCMD 2.2.3.177.11
    Expired = 1,
    Changes = 2,
    MissingParameters = 3,
    SyntaxError = 4,
    BadHeartbeat = 5,
    TooManyFolders = 6,
    FolderSyncRequired = 7,
    ServerError = 8,
};
constexpr bool is_valid(PingStatus s) {
    auto n = std::to_underlying(s);
    return (n >= 1 && n <= 8) || is_common(n);
}

struct PingFolder {
    std::string id = {};
    std::string item_class = {};
    bool operator==(PingFolder const&) const = default;
};
template <> inline constexpr auto schema<PingFolder> = element( //
    ping::Folder, "MS-ASCMD 2.2.3.71.2", field<&PingFolder::id>(ping::Id, max_bytes{64}),
    field<&PingFolder::item_class>(ping::Class, max_bytes{64}));

// Both may be absent: "as in my last Ping". An interval out of range is status 5, so any number is read.
struct PingRequest {
    std::optional<std::chrono::seconds> heartbeat = {};
    std::optional<std::vector<PingFolder>> folders = {};
    bool operator==(PingRequest const&) const = default;
};
template <> inline constexpr auto schema<PingRequest> = element( //
    ping::Ping, "MS-ASCMD 2.2.1.13", field<&PingRequest::heartbeat>(ping::HeartbeatInterval),
    field<&PingRequest::folders>(ping::Folder, in{ping::Folders}, handler_limits{max_ping_folders}));

struct PingResponse {
    PingStatus status = PingStatus::Expired;
    std::vector<std::string> changed = {};
    std::optional<std::uint32_t> max_folders = {};
    std::optional<std::chrono::seconds> heartbeat = {};
    bool operator==(PingResponse const&) const = default;
};
template <> inline constexpr auto schema<PingResponse> = element( //
    ping::Ping, "MS-ASCMD 2.2.1.13", field<&PingResponse::status>(ping::Status),
    field<&PingResponse::changed>(ping::Folder, in{ping::Folders}, max_items{max_ping_folders}),
    field<&PingResponse::max_folders>(ping::MaxFolders), field<&PingResponse::heartbeat>(ping::HeartbeatInterval));

extern template Shape const& document<PingRequest>();
extern template Shape const& document<PingResponse>();

} // namespace godwit::eas
