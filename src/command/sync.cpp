// MS-ASCMD 2.2.1.21 Sync. The request is completed and checked, run once, and, if it wants to wait and there is no
// news, held until there is. No news is an empty body.
#include "eas/sync.hpp"
#include "command/bind.hpp"
#include "command/drafts.hpp"
#include "command/email_view.hpp"
#include "command/handlers.hpp"
#include "command/held.hpp"
#include "command/organizer.hpp"
#include "command/phones.hpp"
#include "command/sync_exchange.hpp"
#include "command/sync_request.hpp"
#include "delivery/outbox.hpp"
#include "sync/ping.hpp"
#include <algorithm>

namespace godwit::command {
namespace {

using eas::SyncResponse;
using Answer = std::optional<SyncResponse>;

// For the log: "6 x2, 8 x1: an event that ends before it starts", with up to three reasons of the classes.
std::string in_words(SyncContext const& context) {
    constexpr std::size_t most_reasons = 3;
    std::string out;
    for (auto const& [status, times] : context.failed)
        out += (out.empty() ? "" : ", ") + std::to_string(status) + " x" + std::to_string(times);
    std::vector<std::string_view> reasons;
    for (auto const& reason : context.refusals) {
        if (reasons.size() == most_reasons || std::ranges::find(reasons, reason) != reasons.end()) continue;
        out += (reasons.empty() ? ": " : "; ") + std::string(reason);
        reasons.push_back(reason);
    }
    return out;
}

// `said` is how the request is remembered: the keys of its answer go there, if the phone is still there to read them
// and has not said something else meanwhile.
awaitable<Answer> run_once(Session& s, eas::SyncRequest request, std::string const& said) {
    Postbox box{.user = s.user, .config = s.rooms.config.delivery, .directory = s.rooms.directory};
    SyncContext context{.device = s.device,
                        .version = s.version,
                        .now = net::Clock::utc(),
                        .postbox = &box,
                        .holder = holder_of(s.user, s.rooms.config),
                        .device_type = s.line.device_type,
                        .user_agent = s.user_agent,
                        .event_heard = organizer_mails(box, s.device),
                        .event_revised = organizer_revision};
    auto work =
        s.rooms.accounts.write(s.user.id, [&context, request = std::move(request)](index::Transaction& tx) mutable {
            return exchange(tx, context, std::move(request));
        });
    auto response = co_await std::move(work);
    if (box.used) s.rooms.outbox.announce(s.user.id);
    if (context.isolated > 0) note(s, "isolated", std::to_string(context.isolated));
    if (!context.failed.empty()) note(s, "refused", in_words(context));
    if (response.collections.empty()) co_return std::nullopt;
    auto& last = standing(s).last_sync;
    if (!s.hangup.gone && last == said) learn_keys(last, response);
    co_return std::move(response);
}

// While it waits it holds the request as it is remembered, some hundred bytes.
class HeldSync final : public Waiting {
public:
    HeldSync(Session const& s, sync::Turnstile::Pass pass, eas::SyncRequest const& request, std::string last)
        : Waiting(std::move(pass), s, collections_of(request), false, net::Clock::now() + patience_of(request)),
          last_(std::move(last)) {}

    // Watch before looking, so that a change in between is not lost.
    awaitable<Answer> first(Session& s, eas::SyncRequest request) {
        watch_.look();
        auto answer = co_await run_once(s, std::move(request), last_);
        co_return std::move(answer);
    }
    bool ends(Session const& s) const { return over(s) || late(); }

    // New items are told at once; flags and deletes are gathered as for a Ping, or told at the end (MS-ASCMD_R5598).
    awaitable<std::optional<Reply>> look(Session& s) override {
        rest();
        auto const& row = *find(eas::Command::Sync);
        changed_ |= watch_.published();
        if (over(s) || (late() && !changed_)) co_return encode_reply(s, row, Answer());
        watch_.look();
        if (!late()) {
            auto due = co_await is_due(s);
            if (!due) co_return std::nullopt;
        }
        auto answer = co_await run_once(s, repeated(last_), last_);
        if (!answer && !ends(s)) co_return std::nullopt;
        co_return encode_reply(s, row, answer);
    }

private:
    awaitable<bool> is_due(Session& s) {
        auto const& limits = s.rooms.config.sync;
        sync::Gathering const gathering{limits.gather_quiet, limits.gather_interval};
        auto const now = net::Clock::utc();
        auto work = s.rooms.accounts.read(s.user.id, [&](index::Transaction& tx) {
            return sync::look(tx, s.device, watch_.folders(), gathering, memory_, now);
        });
        auto const seen = co_await std::move(work);
        soonest_ = seen.wake_at ? net::Clock::now() + (*seen.wake_at - now) : net::Clock::time_point::max();
        co_return !seen.wake.empty() || !seen.unsynced.empty();
    }

    sync::PingMemory memory_;
    bool changed_ = false; // something has been published since the phone asked
    std::string last_;
};

} // namespace

awaitable<Answer> sync(Session& s, eas::SyncRequest request) {
    auto& last = standing(s).last_sync;
    auto whole = completed(std::move(request), last, s.rooms.config.sync);
    if (!whole) co_return std::move(whole.error());
    bool waits = patience_of(*whole) > std::chrono::seconds(0);
    std::string said = last;
    auto entering = turnstile(s.rooms).enter(s.user.id, s.device, collections_of(*whole));
    auto pass = co_await std::move(entering);
    if (!waits) {
        auto answer = co_await run_once(s, std::move(*whole), said);
        co_return std::move(answer);
    }
    auto held = std::make_unique<HeldSync>(s, std::move(pass), *whole, std::move(said));
    auto answer = co_await held->first(s, std::move(*whole));
    if (!answer && !held->ends(s)) s.held = std::move(held);
    co_return std::move(answer);
}

} // namespace godwit::command
