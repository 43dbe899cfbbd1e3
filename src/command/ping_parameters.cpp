#include "command/ping_parameters.hpp"
#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace godwit::command {
namespace {
constexpr std::string_view state_name = "ping";
} // namespace

std::string to_blob(PingParameters const& parameters) {
    auto out = std::to_string(parameters.heartbeat.count());
    for (auto id : parameters.folders) out.append(1, ' ').append(format(id));
    return out;
}

std::optional<PingParameters> ping_parameters_of(std::string_view blob) {
    PingParameters out;
    std::uint32_t seconds = 0;
    auto [end, error] = std::from_chars(blob.data(), blob.data() + blob.size(), seconds);
    if (error != std::errc{}) return std::nullopt;
    out.heartbeat = std::chrono::seconds(seconds);
    auto rest = blob.substr(std::size_t(end - blob.data()));
    while (!rest.empty()) {
        auto next = rest.find(' ', 1);
        auto id = rest[0] == ' ' ? parse_collection(rest.substr(1, next == rest.npos ? next : next - 1)) : std::nullopt;
        if (!id) return std::nullopt;
        out.folders.push_back(*id);
        rest.remove_prefix(std::min(next, rest.size()));
    }
    return out;
}

std::optional<PingParameters> merged(std::optional<PingParameters> const& before, eas::PingRequest const& request) {
    PingParameters out;
    if (before)
        out = *before;
    else if (!request.heartbeat || !request.folders || request.folders->empty())
        return std::nullopt;
    if (request.heartbeat) out.heartbeat = *request.heartbeat;
    // Android sends an empty list where it means the one before (clients.md 4.2).
    if (!request.folders || request.folders->empty()) return out;
    out.folders.clear();
    for (auto const& folder : *request.folders) {
        // An id that was never one of ours is a folder that does not exist.
        auto id = parse_collection(folder.id).value_or(index::CollectionId(std::numeric_limits<std::uint32_t>::max()));
        if (std::ranges::find(out.folders, id) == out.folders.end()) out.folders.push_back(id);
    }
    return out;
}

net::awaitable<std::optional<PingParameters>> last_ping(Session& session) {
    auto work = session.rooms.accounts.read(session.user.id, [device = session.device](index::Transaction& tx) {
        auto blob = tx.state(device, state_name);
        return blob ? ping_parameters_of(*blob) : std::nullopt;
    });
    auto parameters = co_await std::move(work);
    co_return std::move(parameters);
}

net::awaitable<void> remember_ping(Session& session, PingParameters parameters) {
    auto work = session.rooms.accounts.write(
        session.user.id, [device = session.device, blob = to_blob(parameters)](index::Transaction& tx) {
            tx.put_state(device, state_name, blob);
        });
    co_await std::move(work);
}

} // namespace godwit::command
