#include "delivery/outbox.hpp"
#include "delivery/allowance.hpp"
#include "delivery/host_name.hpp"
#include "delivery/letter.hpp"
#include "delivery/outbox_parts.hpp"
#include "mime/header.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include "sync/blob.hpp"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <set>
#include <spdlog/spdlog.h>

namespace godwit::delivery {
namespace {

constexpr auto client_id_memory = std::chrono::days(30);
constexpr auto bare_memory = std::chrono::minutes(10);

// Under which name, and for how long, a message is known as sent (law 1). Before 14.0 there is no ClientId, and a phone
// that has heard no answer says the same bytes again. Where they hold neither Message-ID nor Date the same bytes may as
// well be the same words said twice, later.
struct Once {
    std::string scope, name;
    std::chrono::seconds memory = client_id_memory;
};
Once once(Sending const& sending, std::string_view mime) {
    if (!sending.client_id.empty()) return {"sent:" + sending.device, sending.client_id};
    mime::HeaderBlock const header(mime);
    auto const name = std::to_string(mime.size()) + ":" + std::to_string(sync::hash_of(mime)) + ":" + sending.about;
    bool const dated = header.raw("Message-ID") || header.raw("Date");
    if (dated) return {"sent-mime:" + sending.device, name};
    return {"sent-bare:" + sending.device, name, bare_memory};
}

// What it adds to the account.
std::uint64_t room_for(Sending const& sending, Letter const& letter) {
    auto const size = letter.copy ? letter.copy->size() : 0;
    return size - std::min(size, sending.frees);
}

// All or nothing: the ClientId, the copy in Sent, what else the command does, and the row that makes it the server's
// to deliver.
using HandedIn = std::expected<index::Outgoing, SendResult>;
HandedIn hand_in(index::Transaction& tx, Sending const& sending, Once const& known, Letter const& letter,
                 std::uint64_t most_recipients, net::Time now) {
    if (tx.remembers(known.scope, known.name, now - known.memory)) // MS-ASCMD_R4850; also across restarts
        return std::unexpected(SendResult::PreviouslySent);
    if (!use_allowance(tx, letter.recipients.size(), most_recipients, now))
        return std::unexpected(SendResult::SendQuota); // R4841
    tx.forget(known.scope, now - known.memory);
    tx.remember(known.scope, known.name, now);
    index::Outgoing row;
    row.sender = letter.sender;
    row.recipients = letter.recipients;
    row.content = tx.put_content(letter.outgoing->pieces());
    row.handed_in = row.next_attempt = now;
    row.id = tx.enqueue(row);
    if (letter.copy) {
        tx.claim(room_for(sending, letter));
        auto const sent = source::special_folder(tx, source::Special::Sent);
        source::append(tx, sent, *letter.copy, {.read = true}, now);
    }
    if (sending.also) sending.also(tx);
    return row;
}

} // namespace

SendResult hand_in(index::Transaction& tx, Sending const& sending, config::Delivery const& config,
                   directory::Directory const& directory) {
    auto const mime = std::make_shared<std::string const>(sending.mime);
    auto const letter = prepare_letter(sending, mime, config, directory);
    if (!letter) return letter.error();
    auto const known = once(sending, *mime);
    auto const now = net::Clock::utc();
    // The caller's goes on (law 4); a repeat needs no room.
    bool const repeated = tx.remembers(known.scope, known.name, now - known.memory);
    if (!repeated && !tx.has_room(room_for(sending, *letter))) return SendResult::QuotaExceeded;
    auto const row = hand_in(tx, sending, known, *letter, config.recipients_per_day, now);
    return row ? SendResult::Sent : row.error();
}

bool return_unsent(index::Transaction& tx, Sending const& sending, config::Delivery const& config,
                   directory::Directory const& directory) {
    Report report{.hostname = host_name(config),
                  .to = sending.user.address,
                  .original = sending.mime,
                  .recipients = {},
                  .when = net::Clock::utc(),
                  .id = random_id()};
    std::set<std::pair<std::string, std::string>> named;
    for (auto& one : everybody(mime::recipients(sending.mime))) {
        auto const why = why_unreachable(one, config, directory);
        if (!why) continue;
        if (!one.address.empty()) one.name.clear();
        auto const* reason = *why == SendResult::NoRelay ? "this server sends no mail to others" : "this is no address";
        if (named.insert({one.address, one.name}).second)
            report.recipients.push_back({std::move(one.address), reason, std::move(one.name)});
    }
    if (report.recipients.empty()) return false;
    auto const bytes = compose_report(report);
    if (!tx.has_room(bytes.size())) return false;
    source::append(tx, source::special_folder(tx, source::Special::Inbox), bytes, {}, net::Clock::utc());
    return true;
}

Outbox::Outbox(config::Delivery const& config, net::Pool& pool, index::Accounts& accounts,
               directory::Directory& directory, LocalDelivery& local)
    : parts_(std::make_shared<Parts>(config, pool, accounts, directory, local)) {}

Outbox::~Outbox() { parts_->stopping = true; }

net::awaitable<SendResult> Outbox::send(Sending sending) {
    auto& parts = *parts_;
    auto const account = sending.user.id;
    Parts::FirstTry const first_try(parts_, account);
    HandedIn row;
    Parts::Bytes bytes;
    auto const mime = std::make_shared<std::string const>(std::move(sending.mime));
    try {
        Once known;
        auto prepare = [&] {
            known = once(sending, *mime);
            return prepare_letter(sending, mime, parts.config, parts.directory);
        };
        auto letter = co_await parts.pool.run(prepare);
        if (!letter) co_return letter.error();
        auto const now = net::Clock::utc();
        auto const most = parts.config.recipients_per_day;
        auto write = [&](index::Transaction& tx) { return hand_in(tx, sending, known, *letter, most, now); };
        row = co_await parts.accounts.write(account, write);
        if (!row) co_return row.error();
        bytes = letter->outgoing;
    } catch (index::QuotaExceeded const&) {
        co_return SendResult::QuotaExceeded;
    } catch (index::StoreFull const&) {
        throw; // 503: nothing was sent, and there will be room
    } catch (std::exception const& error) {
        spdlog::error("send: account {}: {}", static_cast<std::int64_t>(account), error.what());
        co_return SendResult::Failed;
    }
    co_await parts.attempt(account, *row, bytes,
                           Reach::LocalOnly); // never throws: from here on the message is ours to deliver
    co_return SendResult::Sent;
}

net::awaitable<bool> Outbox::sent_before(Sending const& sending) {
    auto& parts = *parts_;
    auto const now = net::Clock::utc();
    auto look = [&sending, now](index::Transaction& tx) {
        auto const known = once(sending, sending.mime);
        return tx.remembers(known.scope, known.name, now - known.memory);
    };
    co_return co_await parts.accounts.read(sending.user.id, look);
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
