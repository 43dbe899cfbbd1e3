#include "delivery/outbox.hpp"
#include "delivery/letter.hpp"
#include "delivery/outbox_parts.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <spdlog/spdlog.h>

namespace godwit::delivery {
namespace {

constexpr auto client_id_memory = std::chrono::days(30);

// All or nothing: the ClientId, the copy in Sent, what else the command does, and the row that makes it the server's
// to deliver.
std::optional<index::Outgoing> hand_in(index::Transaction& tx, Sending const& sending, Letter const& letter,
                                       net::Time now) {
    auto const scope = "sent:" + sending.device;
    if (!sending.client_id.empty()) { // MS-ASCMD_R4850: of the last messages; also across restarts
        if (!tx.remember(scope, sending.client_id, now)) return {};
        tx.forget(scope, now - client_id_memory);
    }
    index::Outgoing row;
    row.sender = letter.sender;
    row.recipients = letter.recipients;
    row.content = tx.put_content(letter.outgoing);
    row.next_attempt = now;
    row.id = tx.enqueue(row);
    if (sending.save_in_sent) {
        auto const sent = source::special_folder(tx, source::Special::Sent);
        source::append(tx, sent, letter.copy, {.read = true}, now);
    }
    if (sending.also) sending.also(tx);
    return row;
}

} // namespace

SendResult hand_in(index::Transaction& tx, Sending const& sending, config::Delivery const& config,
                   directory::Directory const& directory) {
    auto const letter = prepare_letter(sending, config, directory);
    if (!letter) return letter.error();
    auto const row = hand_in(tx, sending, *letter, net::Clock::utc());
    return row ? SendResult::Sent : SendResult::PreviouslySent;
}

Outbox::Outbox(config::Delivery const& config, net::Pool& pool, index::Accounts& accounts,
               directory::Directory& directory, LocalDelivery& local)
    : parts_(std::make_shared<Parts>(config, pool, accounts, directory, local)) {}

Outbox::~Outbox() { parts_->stopping = true; }

net::awaitable<SendResult> Outbox::send(Sending sending) {
    auto& parts = *parts_;
    auto const account = sending.user.id;
    Parts::FirstTry const first_try(parts_, account);
    std::optional<index::Outgoing> row;
    std::shared_ptr<std::string const> bytes;
    try {
        auto prepare = [&] { return prepare_letter(sending, parts.config, parts.directory); };
        auto letter = co_await parts.pool.run(prepare);
        if (!letter) co_return letter.error();
        auto const now = net::Clock::utc();
        auto write = [&](index::Transaction& tx) { return hand_in(tx, sending, *letter, now); };
        row = co_await parts.accounts.write(account, write);
        if (!row) co_return SendResult::PreviouslySent;
        bytes = std::make_shared<std::string const>(std::move(letter->outgoing));
    } catch (index::StoreFull const& full) {
        spdlog::error("send: account {}: no room: {}", static_cast<std::int64_t>(account), full.what());
        co_return SendResult::QuotaExceeded;
    } catch (std::exception const& error) {
        spdlog::error("send: account {}: {}", static_cast<std::int64_t>(account), error.what());
        co_return SendResult::Failed;
    }
    co_await parts.attempt(account, *row, bytes,
                           Reach::LocalOnly); // never throws: from here on the message is ours to deliver
    co_return SendResult::Sent;
}

void Outbox::announce(index::AccountId account) { parts_->schedule(account, net::Clock::utc()); }

net::awaitable<void> Outbox::run() {
    using namespace boost::asio::experimental::awaitable_operators;
    auto& parts = *parts_;
    parts.resume_all();
    // As many lanes as the relay has threads, so that one slow conversation does not hold up the others.
    co_await (parts.lane(0) && parts.lane(1) && parts.lane(2) && parts.lane(3));
}

void Outbox::stop() {
    parts_->stopping = true;
    parts_->wake();
}

net::awaitable<std::size_t> Outbox::run_once() {
    auto& parts = *parts_;
    std::size_t tried = 0;
    for (auto const& user : parts.directory.list()) {
        auto const some = co_await parts.work_off(user.id);
        tried += some;
    }
    co_return tried;
}

} // namespace godwit::delivery
