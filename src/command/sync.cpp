// MS-ASCMD 2.2.1.21 Sync. The request is completed and checked, run once, and, if it wants to wait and there is no
// news, held until there is. No news is an empty body.
#include "command/drafts.hpp"
#include "command/handlers.hpp"
#include "command/held.hpp"
#include "command/phones.hpp"
#include "command/sync_exchange.hpp"
#include "command/sync_request.hpp"
#include "delivery/outbox.hpp"

namespace godwit::command {
namespace {

using eas::SyncResponse;
using Answer = std::optional<SyncResponse>;

// `said` is how the request is remembered: the keys of its answer go there, if the phone is still there to read them
// and has not said something else meanwhile.
awaitable<Answer> run_once(Session& s, eas::SyncRequest request, std::string const& said) {
    Postbox box{.user = s.user, .config = s.rooms.config.delivery, .directory = s.rooms.directory};
    SyncContext context{.device = s.device, .version = s.version, .now = net::Clock::utc(), .postbox = &box};
    auto work =
        s.rooms.accounts.write(s.user.id, [&context, request = std::move(request)](index::Transaction& tx) mutable {
            return exchange(tx, context, std::move(request));
        });
    auto response = co_await std::move(work);
    if (box.used) s.rooms.outbox.announce(s.user.id);
    if (context.isolated > 0) note(s, "isolated", std::to_string(context.isolated));
    if (response.collections.empty()) co_return std::nullopt;
    auto& last = standing(s).last_sync;
    if (!s.hangup.gone && last == said) learn_keys(last, response);
    co_return std::move(response);
}

// While it waits it holds the request as it is remembered, some hundred bytes.
awaitable<Answer> hold(Session& s, sync::Turnstile::Pass& pass, sync::Watch& watch, std::string last,
                       net::Clock::time_point deadline) {
    Held held(s, pass, watch);
    while (!held.over()) {
        auto why = co_await watch.wait_until(deadline);
        if (why != sync::Woken::Published) break;
        watch.look();
        auto answer = co_await run_once(s, repeated(last), last);
        if (answer) co_return std::move(answer);
    }
    co_return std::nullopt;
}

awaitable<Answer> wait_for_news(Session& s, sync::Turnstile::Pass& pass, eas::SyncRequest request, std::string last) {
    auto deadline = net::Clock::now() + patience_of(request);
    sync::Watch watch(s.rooms.hub, s.user.id, collections_of(request), false);
    watch.look(); // watch before looking, so that a change in between is not lost
    auto answer = co_await run_once(s, std::move(request), last);
    if (answer) co_return std::move(answer);
    auto waiting = hold(s, pass, watch, std::move(last), deadline);
    answer = co_await std::move(waiting);
    co_return std::move(answer);
}

} // namespace

awaitable<Answer> sync(Session& s, eas::SyncRequest request) {
    auto& last = standing(s).last_sync;
    auto whole = completed(std::move(request), last, s.rooms.config.sync);
    if (!whole) co_return std::move(whole.error());
    bool waits = patience_of(*whole) > std::chrono::seconds(0);
    std::string said = last;
    auto entering = turnstile(s.rooms).enter(s.user.id, s.device, collections_of(*whole));
    auto pass = co_await std::move(entering);
    Answer answer;
    if (waits)
        answer = co_await wait_for_news(s, pass, std::move(*whole), std::move(said));
    else
        answer = co_await run_once(s, std::move(*whole), said);
    co_return std::move(answer);
}

} // namespace godwit::command
