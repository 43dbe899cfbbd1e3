// MS-ASCMD 2.2.1.13 Ping: hold the request until a watched folder has something new, or the heartbeat ends. While it
// waits it holds a watch and a few numbers; its parameters lie in the index.
#include "sync/ping.hpp"
#include "command/handlers.hpp"
#include "command/held.hpp"
#include "command/phones.hpp"
#include "command/ping_parameters.hpp"
#include "command/reply.hpp"
#include "eas/ping.hpp"
#include <unordered_set>

namespace godwit::command {
namespace {

using eas::PingResponse, eas::PingStatus;

struct Look {
    std::unique_ptr<PingResponse> answer; // null, and small, as long as there is none
    std::optional<net::Time> wake_at;
};

// Folders that the phone has never synced are ignored (clients.md 4.1); only when none is left it must do something
// first.
std::optional<PingStatus> nothing_to_watch(index::Transaction& tx, std::vector<index::CollectionId> const& folders,
                                           sync::PingLook const& look) {
    if (look.hierarchy) return PingStatus::FolderSyncRequired;
    if (look.unsynced.size() < folders.size()) return std::nullopt;
    for (auto id : folders)
        if (tx.folder(id)) return PingStatus::MissingParameters;
    return PingStatus::FolderSyncRequired;
}

awaitable<Look> look_once(Session& s, std::vector<index::CollectionId> const& folders, sync::PingMemory& memory) {
    auto const& limits = s.rooms.config.sync;
    sync::Gathering gathering{limits.gather_quiet, limits.gather_interval};
    auto now = net::Clock::utc();
    std::vector<index::CollectionId> woken;
    auto work = s.rooms.accounts.read(s.user.id, [&](index::Transaction& tx) {
        Look out;
        auto seen = sync::look(tx, s.device, folders, gathering, memory, now);
        if (!seen.wake.empty()) {
            out.answer = std::make_unique<PingResponse>(PingResponse{.status = PingStatus::Changes});
            for (auto id : seen.wake) out.answer->changed.push_back(format(id));
            woken = std::move(seen.wake);
        } else if (auto status = nothing_to_watch(tx, folders, seen)) {
            out.answer = std::make_unique<PingResponse>(PingResponse{.status = *status});
        }
        out.wake_at = seen.wake_at;
        return out;
    });
    auto look = co_await std::move(work);
    if (!woken.empty()) {
        auto mark =
            s.rooms.accounts.write(s.user.id, [device = s.device, folders = std::move(woken),
                                               now](index::Transaction& tx) { sync::woken(tx, device, folders, now); });
        co_await std::move(mark);
    }
    co_return look;
}

class HeldPing final : public Waiting {
public:
    HeldPing(Session const& s, sync::Turnstile::Pass pass, PingParameters wanted)
        : Waiting(std::move(pass), s, std::move(wanted.folders), true, net::Clock::now() + wanted.heartbeat) {}

    // Watch, then look, then wait: what comes between the look and the wait is already in the watch.
    awaitable<std::optional<PingResponse>> news(Session& s) {
        if (over(s)) co_return PingResponse{.status = PingStatus::Expired};
        watch_.look();
        auto look = co_await look_once(s, watch_.folders(), memory_);
        if (look.answer) co_return std::move(*look.answer);
        if (over(s) || late()) co_return PingResponse{.status = PingStatus::Expired};
        soonest_ = net::Clock::time_point::max();
        if (look.wake_at) soonest_ = net::Clock::now() + (*look.wake_at - net::Clock::utc());
        co_return std::nullopt;
    }

    awaitable<std::optional<Reply>> look(Session& s) override {
        rest();
        auto answer = co_await news(s);
        if (!answer) co_return std::nullopt;
        co_return wbxml_reply(eas::encode(*answer, s.version));
    }

private:
    sync::PingMemory memory_;
};

// MS-ASCMD_R6699: ids are compared as they are written, those too that are none of ours.
bool names_a_folder_twice(eas::PingRequest const& request) {
    if (!request.folders) return false;
    std::unordered_set<std::string_view> seen;
    return !std::ranges::all_of(*request.folders, [&](auto const& folder) { return seen.insert(folder.id).second; });
}

std::optional<PingResponse> refuse(PingParameters const& wanted, config::Sync const& limits) {
    // MS-ASCMD 2.2.3.177.11 status 5: with the bound that was broken.
    if (wanted.heartbeat < limits.heartbeat_min)
        return PingResponse{.status = PingStatus::BadHeartbeat, .heartbeat = limits.heartbeat_min};
    if (wanted.heartbeat > limits.heartbeat_max)
        return PingResponse{.status = PingStatus::BadHeartbeat, .heartbeat = limits.heartbeat_max};
    if (wanted.folders.size() > limits.max_ping_folders)
        return PingResponse{.status = PingStatus::TooManyFolders, .max_folders = limits.max_ping_folders};
    return std::nullopt;
}

} // namespace

awaitable<std::optional<PingResponse>> ping(Session& s, eas::PingRequest request) {
    // An absent heartbeat or folder list means "as in my last Ping" (MS-ASCMD_R5632 to R5635, trap 20).
    if (names_a_folder_twice(request)) co_return PingResponse{.status = PingStatus::SyntaxError};
    auto before = co_await last_ping(s);
    auto wanted = merged(before, request);
    if (!wanted) co_return PingResponse{.status = PingStatus::MissingParameters};
    if (auto refused = refuse(*wanted, s.rooms.config.sync)) co_return refused;
    if (wanted != before) {
        auto work = remember_ping(s, *wanted);
        co_await std::move(work);
    }
    auto entering = turnstile(s.rooms).enter(s.user.id, s.device, {ping_place});
    auto pass = co_await std::move(entering);
    auto held = std::make_unique<HeldPing>(s, std::move(pass), std::move(*wanted));
    auto answer = co_await held->news(s);
    if (!answer) s.held = std::move(held);
    co_return std::move(answer);
}

} // namespace godwit::command
