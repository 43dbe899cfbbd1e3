// What a phone watches: kept with its partnership, so that the next Ping may leave it out, after a restart too.
#pragma once
#include "command/ids.hpp"
#include "command/session.hpp"
#include "eas/ping.hpp"
#include <chrono>
#include <optional>

namespace godwit::command {

struct PingParameters {
    std::chrono::seconds heartbeat{};
    std::vector<index::CollectionId> folders = {};
    bool operator==(PingParameters const&) const = default;
};

std::string to_blob(PingParameters const& parameters);
std::optional<PingParameters> ping_parameters_of(std::string_view blob);
// Nothing when neither the request nor the last one says what to watch, or for how long.
std::optional<PingParameters> merged(std::optional<PingParameters> const& before, eas::PingRequest const& request);

net::awaitable<std::optional<PingParameters>> last_ping(Session& session);
net::awaitable<void> remember_ping(Session& session, PingParameters parameters);

} // namespace godwit::command
