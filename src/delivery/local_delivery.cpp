#include "delivery/local_delivery.hpp"
#include "delivery/scheduling.hpp"
#include "delivery/standing.hpp"
#include "mime/compose.hpp"
#include "net/timer.hpp"
#include "source/conversations.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <deque>
#include <optional>
#include <spdlog/spdlog.h>
#include <vector>

namespace godwit::delivery {
namespace asio = boost::asio;
namespace {

constexpr std::size_t max_batch = 64, max_batch_bytes = 16 << 20;
constexpr auto delivery_memory = std::chrono::days(60); // longer than any message is retried

} // namespace

struct LocalDelivery::Waiting {
    explicit Waiting(asio::any_io_executor const& executor) : turn(executor, net::Clock::time_point::max()) {}
    Parcel parcel;
    std::optional<Delivered> outcome;
    bool leads = false; // commits the next batch
    net::Timer turn;    // cancelled when one of the two above is set
};

struct LocalDelivery::Queue {
    std::deque<std::shared_ptr<Waiting>> waiting;
    bool busy = false; // somebody leads
};

namespace {

Delivered store(index::Transaction& tx, directory::Directory const& directory, index::AccountId account,
                Parcel const& parcel) {
    if (!parcel.delivery_id.empty()) {
        tx.forget("delivered", parcel.received - delivery_memory);
        if (!tx.remember("delivered", parcel.delivery_id, parcel.received)) return Delivered::Duplicate;
    }
    auto const inbox = source::special_folder(tx, source::Special::Inbox);
    auto const user = may_schedule(*parcel.bytes) ? directory.by_id(account) : std::nullopt;
    auto const standing = user ? standing_field(tx, *parcel.bytes, *user) : std::string();
    mime::Rope message;
    message.view(std::string_view(standing));
    message.view(std::string_view(parcel.trace));
    message.view(*parcel.bytes);
    tx.claim(message.size()); // beyond the quota there is no space: 452, or the outbox tries again
    source::follow_conversation(tx, source::append(tx, inbox, message, {}, parcel.received));
    if (user) schedule(tx, message, *user, directory);
    return Delivered::Stored;
}

// Outcomes of the whole batch in one transaction; absent if something else than the store's room went wrong.
net::awaitable<std::optional<std::vector<Delivered>>> store_all(index::Accounts& accounts,
                                                                directory::Directory const& directory,
                                                                index::AccountId account,
                                                                std::vector<Parcel> const& batch) {
    auto work = [&](index::Transaction& tx) {
        std::vector<Delivered> outcomes;
        outcomes.reserve(batch.size());
        for (auto const& parcel : batch) outcomes.push_back(store(tx, directory, account, parcel));
        return outcomes;
    };
    try {
        auto outcomes = co_await accounts.write(account, work);
        co_return outcomes;
    } catch (index::QuotaExceeded const& full) {
        if (batch.size() > 1) co_return std::nullopt; // a large one is no reason to refuse the small ones
        spdlog::info("delivery: account {}: over its quota: {}", static_cast<std::int64_t>(account), full.what());
        co_return std::vector(1, Delivered::NoSpace);
    } catch (index::StoreFull const& full) {
        spdlog::error("delivery: account {}: no room: {}", static_cast<std::int64_t>(account), full.what());
        co_return std::vector(batch.size(), Delivered::NoSpace);
    } catch (std::exception const& error) {
        spdlog::error("delivery: account {}, {} messages: {}", static_cast<std::int64_t>(account), batch.size(),
                      error.what());
    }
    co_return std::nullopt;
}

} // namespace

LocalDelivery::LocalDelivery(index::Accounts& accounts, directory::Directory const& directory)
    : accounts_(accounts), directory_(directory) {}
LocalDelivery::~LocalDelivery() = default;

net::awaitable<Delivered> LocalDelivery::deliver(index::AccountId account, Parcel parcel) {
    auto const executor = co_await asio::this_coro::executor;
    auto const self = std::make_shared<Waiting>(executor);
    self->parcel = std::move(parcel);
    auto& place = queues_[account];
    if (!place) place = std::make_shared<Queue>();
    auto const queue = place;
    queue->waiting.push_back(self);
    if (!queue->busy) queue->busy = self->leads = true;
    while (!self->leads && !self->outcome) {
        auto const token = asio::as_tuple(asio::use_awaitable);
        co_await self->turn.async_wait(token);
    }
    if (!self->outcome) co_await commit_batch(account, queue);
    co_return self->outcome.value_or(Delivered::Failed);
}

// The caller leads: it commits what waits, itself first, then hands the lead to the next that has come meanwhile.
net::awaitable<void> LocalDelivery::commit_batch(index::AccountId account, std::shared_ptr<Queue> queue) {
    std::vector<std::shared_ptr<Waiting>> batch;
    std::vector<Parcel> parcels;
    std::size_t bytes = 0;
    while (!queue->waiting.empty() && batch.size() < max_batch && (batch.empty() || bytes < max_batch_bytes)) {
        batch.push_back(std::move(queue->waiting.front()));
        queue->waiting.pop_front();
        bytes += batch.back()->parcel.bytes->size();
        parcels.push_back(std::move(batch.back()->parcel));
    }
    auto outcomes = co_await store_all(accounts_, directory_, account, parcels);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto one = outcomes ? (*outcomes)[i] : Delivered::Failed;
        if (!outcomes && batch.size() > 1) { // which of them was it?
            std::vector<Parcel> const alone{parcels[i]};
            auto const again = co_await store_all(accounts_, directory_, account, alone);
            one = again ? again->front() : Delivered::Failed;
        }
        batch[i]->outcome = one;
        batch[i]->turn.cancel();
    }
    if (queue->waiting.empty()) {
        queues_.erase(account);
        co_return;
    }
    queue->waiting.front()->leads = true;
    queue->waiting.front()->turn.cancel();
}

std::string trace_fields(Passage const& passage) {
    auto safe = [](std::string_view text) { // from outside: nothing that could begin another field
        std::string result;
        for (auto const c : text)
            if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) result += c;
        return result;
    };
    auto const from =
        passage.peer.empty() ? safe(passage.from_host) : safe(passage.from_host) + " ([" + safe(passage.peer) + "])";
    auto const when = mime::format_date(std::chrono::floor<std::chrono::seconds>(passage.when));
    return "Return-Path: <" + safe(passage.sender) + ">\r\n" + "Received: from " + from + "\r\n\tby " +
           safe(passage.by_host) + " with " + passage.protocol + (passage.id.empty() ? "" : " id " + passage.id) +
           ";\r\n\t" + when + "\r\n";
}

} // namespace godwit::delivery
