#include "delivery/host_name.hpp"
#include "delivery/letter.hpp"
#include "delivery/outbox_parts.hpp"
#include "mime/header.hpp"
#include "source/folders.hpp"
#include "source/local.hpp"
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace godwit::delivery {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t rows_at_once = 20;
constexpr auto longest_pause = 3600s, longest_sleep = 60s; // the UTC clock may be set: look again now and then
constexpr auto longest_grace = 3600s;

// What is to happen later than this was set by a clock that has been set back since: it is due.
net::Time latest(net::Time now) { return now + longest_pause + longest_sleep; }

// The name under which a recipient's account remembers the delivery. The content is in it for the case that an
// account's file was restored from a backup and counts its rows anew.
std::string delivery_id(index::AccountId account, index::Outgoing const& row) {
    std::string id = fmt::format("{}:{}:", static_cast<std::int64_t>(account), row.id);
    for (auto const c : std::string_view(row.content).substr(0, 8))
        id += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return id;
}

// Nothing: the store has lost it. That is this message's end, and no other's (law 4).
std::optional<std::string> content_of(index::Transaction& tx, index::Outgoing const& row) {
    try {
        return tx.content(row.content);
    } catch (index::StoreBroken const& error) {
        spdlog::error("outbox: message {}: {}", row.id, error.what());
        return std::nullopt;
    }
}

} // namespace

std::chrono::seconds pause_after(unsigned attempts) {
    return attempts >= 7 ? longest_pause
                         : std::min(longest_pause, std::chrono::seconds(60LL << (std::max(attempts, 1U) - 1)));
}

std::chrono::seconds grace_after(unsigned attempts, std::chrono::seconds retry_for) {
    std::chrono::seconds left = std::min<std::chrono::seconds>(retry_for, longest_grace);
    for (unsigned i = 1; i < attempts && left > 0s; ++i) left -= pause_after(i);
    return std::max<std::chrono::seconds>(left, 0s);
}

net::awaitable<bool> Outbox::Parts::attempt(index::AccountId account, index::Outgoing row, Bytes bytes, Reach reach) {
    try {
        co_await try_row(account, row, bytes, reach);
        co_return true;
    } catch (std::exception const& error) {
        spdlog::error("outbox: account {}, message {}: {}", static_cast<std::int64_t>(account), row.id, error.what());
    }
    co_return false;
}

net::awaitable<void> Outbox::Parts::try_row(index::AccountId account, index::Outgoing& row, Bytes bytes, Reach reach) {
    Tried tried;
    if (!bytes) {
        auto read = [&row](index::Transaction& tx) { return content_of(tx, row); };
        auto content = co_await accounts.read(account, read);
        bytes = std::make_shared<mime::Rope const>(content.value_or(std::string()));
        if (!content) {
            for (auto& address : std::exchange(row.recipients, {}))
                tried.told[Action::Failed].push_back({std::move(address), "550 5.6.0 the message is lost here"});
            co_await settle(account, row, bytes, std::move(tried), reach);
            co_return;
        }
    }
    auto const known = reached.find({account, row.id});
    std::vector<std::string> to_relay;
    for (auto const& address : row.recipients) {
        if (known != reached.end() && known->second.contains(address)) continue;
        switch (way_to(address, config, directory)) {
        case Way::Local: co_await try_local(account, row, address, bytes, tried); break;
        case Way::Nowhere: tried.told[Action::Failed].push_back({address, "550 5.1.1 no such user"}); break;
        case Way::Relay: to_relay.push_back(address); break;
        }
    }
    if (reach == Reach::All && !to_relay.empty())
        co_await try_relay(account, row, to_relay, bytes, tried);
    else
        tried.remaining.insert(tried.remaining.end(), to_relay.begin(), to_relay.end());
    co_await settle(account, row, bytes, std::move(tried), reach);
}

net::awaitable<void> Outbox::Parts::try_local(index::AccountId account, index::Outgoing const& row, std::string address,
                                              Bytes bytes, Tried& tried) {
    auto const user = directory.find(address);
    if (!user || !user->enabled) {
        tried.told[Action::Failed].push_back({address, user ? "550 5.2.1 mailbox disabled" : "550 5.1.1 no such user"});
        co_return;
    }
    auto const now = net::Clock::utc();
    auto const host = host_name(config);
    auto const id = delivery_id(account, row);
    Parcel parcel{.bytes = bytes, .trace = {}, .received = now, .delivery_id = id};
    parcel.trace = trace_fields({.sender = row.sender,
                                 .from_host = host,
                                 .peer = {},
                                 .by_host = host,
                                 .protocol = "HTTP",
                                 .when = now,
                                 .id = {}});
    auto const delivered = co_await local.deliver(user->id, std::move(parcel));
    switch (delivered) {
    case Delivered::Stored:
    case Delivered::Duplicate: reached[{account, row.id}][address] = {.action = Action::Delivered}; break;
    case Delivered::NoSpace:
    case Delivered::Failed:
        tried.remaining.push_back(address);
        tried.last_error = "the mailbox cannot take mail now";
        break;
    }
}

net::awaitable<void> Outbox::Parts::try_relay(index::AccountId account, index::Outgoing const& row,
                                              std::vector<std::string> addresses, Bytes bytes, Tried& tried) {
    RelayEnvelope const envelope{.sender = row.sender,
                                 .recipients = addresses,
                                 .id = delivery_id(account, row),
                                 .receipt = wants_receipt(bytes->head(mime::HeaderBlock::max_header_bytes))};
    auto work = [&] { return submit(config, envelope, *bytes, stopping); };
    auto const replies = co_await relay_threads.run(work);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        auto const& [fate, reply, reports] = replies[i];
        switch (fate) {
        case Fate::Accepted: reached[{account, row.id}][addresses[i]] = {.told = reports}; break;
        case Fate::Refused: tried.told[Action::Failed].push_back({addresses[i], reply}); break;
        case Fate::TryLater:
            tried.remaining.push_back(addresses[i]);
            tried.last_error = reply;
            break;
        }
    }
    spdlog::info("outbox: account {}, message {}, {} recipients to {}: later={} refused={} {}",
                 static_cast<std::int64_t>(account), row.id, addresses.size(), config.relay_host,
                 tried.remaining.size(), tried.told[Action::Failed].size(), tried.last_error);
}

// Counts the attempt. Who has waited for too long is given up, whether or not the server ran meanwhile (RFC 5321
// 4.5.4.1), but not before its grace here is over: after a start the network may come up later than we, and the clock
// may have been wrong until now. Who has waited for long is told so once.
void Outbox::Parts::after_attempt(index::AccountId account, index::Outgoing& row, Tried& tried) {
    auto const now = net::Clock::utc();
    auto const attempts_here = ++attempted[{account, row.id}];
    ++row.attempts;
    row.last_error = tried.last_error;
    row.handed_in = std::min(row.handed_in, now); // the clock has been set back
    auto const regular = row.handed_in + config.retry_for;
    auto const until = std::max<net::Time>(regular, now + grace_after(attempts_here, config.retry_for));
    row.next_attempt = std::min<net::Time>(now + pause_after(now < regular ? row.attempts : attempts_here), until);
    tried.retry_until = until;
    if (now >= until) {
        auto const reason = "gave up after " + std::to_string(row.attempts) + " attempts: " + tried.last_error;
        for (auto& address : std::exchange(row.recipients, {}))
            tried.told[Action::Failed].push_back({std::move(address), reason});
    } else if (config.delay_notice > 0s && !row.delay_told && now >= row.handed_in + config.delay_notice) {
        row.delay_told = true;
        for (auto const& address : row.recipients) tried.told[Action::Delayed].push_back({address, tried.last_error});
    }
}

std::vector<std::string> Outbox::Parts::reports(index::Outgoing const& row, std::string_view header,
                                                Tried tried) const {
    auto const now = net::Clock::utc();
    std::vector<std::string> made;
    for (auto& [action, recipients] : tried.told) {
        if (recipients.empty()) continue;
        made.push_back(compose_report({.action = action,
                                       .hostname = host_name(config),
                                       .to = row.sender,
                                       .original = header,
                                       .recipients = std::move(recipients),
                                       .when = now,
                                       .retry_until = tried.retry_until,
                                       .id = random_id()}));
    }
    return made;
}

// One transaction: the row as it is now, and the reports on those that it lost. Until it commits nothing is forgotten.
net::awaitable<void> Outbox::Parts::settle(index::AccountId account, index::Outgoing& row, Bytes bytes, Tried tried,
                                           Reach reach) {
    bool const failed = !tried.told[Action::Failed].empty();
    if (reach == Reach::LocalOnly && !failed && tried.remaining.size() == row.recipients.size()) co_return;
    row.recipients = std::exchange(tried.remaining, {});
    if (reach == Reach::All && !stopping) after_attempt(account, row, tried);
    auto const header = bytes->head(mime::HeaderBlock::max_header_bytes);
    if (auto const known = reached.find({account, row.id}); known != reached.end() && wants_receipt(header))
        for (auto const& [address, by] : known->second)
            if (!by.told) tried.told[by.action].push_back({address, {}});
    auto const told = reports(row, header, std::move(tried));
    auto write = [&](index::Transaction& tx) {
        if (row.recipients.empty())
            tx.remove_outgoing(row.id);
        else
            tx.update_outgoing(row);
        if (told.empty()) return;
        auto const inbox = source::special_folder(tx, source::Special::Inbox);
        for (auto const& report : told) source::append(tx, inbox, report, {}, net::Clock::utc());
    };
    co_await accounts.write(account, write);
    reached.erase({account, row.id});
    if (row.recipients.empty()) attempted.erase({account, row.id});
}

net::awaitable<std::size_t> Outbox::Parts::work_off(index::AccountId account) {
    if (!working.insert(account).second) co_return 0; // another lane is at it, and looks again when it has finished
    std::size_t tried = 0;
    try {
        tried = co_await work_off_due(account);
    } catch (std::exception const& error) {
        spdlog::error("outbox: account {}: {}", static_cast<std::int64_t>(account), error.what());
        if (directory.by_id(account)) schedule(account, net::Clock::utc() + longest_sleep);
    }
    working.erase(account);
    wake(); // it may have fallen due again meanwhile
    co_return tried;
}

net::awaitable<std::size_t> Outbox::Parts::work_off_due(index::AccountId account) {
    std::size_t tried = 0;
    bool trouble = false, held_back = false;
    auto const now = net::Clock::utc();
    auto read = [now](index::Transaction& tx) { return tx.due(now, latest(now), rows_at_once); };
    auto const rows = co_await accounts.read(account, read);
    for (auto const& row : rows) {
        if (stopping) co_return tried;
        if (row.attempts == 0 && sending.contains(account)) {
            held_back = true; // send() has not finished with it, and calls again when it has
            continue;
        }
        bool const written = co_await attempt(account, row, nullptr, Reach::All);
        trouble = trouble || !written;
        ++tried;
    }
    auto next = [](index::Transaction& tx) {
        std::optional<net::Time> earliest;
        auto const then = net::Clock::utc();
        for (auto const& row : tx.outbox()) {
            auto const when = row.next_attempt > latest(then) ? then : row.next_attempt;
            earliest = std::min(earliest.value_or(when), when);
        }
        return earliest;
    };
    auto const earliest = co_await accounts.read(account, next);
    // A row that could not be written down is still due: not again at once.
    if (earliest) schedule(account, trouble || held_back ? std::max(*earliest, now + pause_after(1)) : *earliest);
    co_return tried;
}

net::awaitable<void> Outbox::Parts::lane(std::size_t number) {
    auto const executor = co_await boost::asio::this_coro::executor;
    auto& timer = timers[number].emplace(executor);
    while (!stopping) {
        if (auto const account = take_due()) {
            co_await work_off(*account);
            continue;
        }
        auto const now = net::Clock::utc();
        auto sleep = std::chrono::duration_cast<net::Clock::duration>(longest_sleep);
        if (auto const next = next_due(); next != due_order.end())
            sleep = std::clamp<net::Clock::duration>(next->first - now, 1ms, sleep);
        timer.expires_after(sleep);
        auto const token = boost::asio::as_tuple(boost::asio::use_awaitable);
        co_await timer.async_wait(token);
    }
}

void Outbox::Parts::resume_all() {
    auto const now = net::Clock::utc();
    for (auto const& user : directory.list()) schedule(user.id, now);
}

void Outbox::Parts::schedule(index::AccountId account, net::Time when) {
    auto const [place, fresh] = due.try_emplace(account, when);
    if (!fresh) {
        if (place->second <= when) return;
        due_order.erase({place->second, account});
        place->second = when;
    }
    due_order.insert({when, account});
    wake();
}

Outbox::Parts::DueOrder::iterator Outbox::Parts::next_due() {
    auto const free = [this](auto const& entry) { return !working.contains(entry.second); };
    auto const last = std::ranges::find_if(due_order.rbegin(), due_order.rend(), free);
    if (last != due_order.rend() && last->first > latest(net::Clock::utc())) return std::prev(last.base());
    return std::ranges::find_if(due_order, free);
}

std::optional<index::AccountId> Outbox::Parts::take_due() {
    auto const next = next_due();
    auto const now = net::Clock::utc();
    if (next == due_order.end() || (next->first > now && next->first <= latest(now))) return {};
    auto const account = next->second;
    due_order.erase(next);
    due.erase(account);
    return account;
}

void Outbox::Parts::wake() {
    for (auto& timer : timers)
        if (timer) timer->cancel();
}

Outbox::Parts::FirstTry::~FirstTry() {
    auto const parts = parts_.lock(); // a server that is torn down destroys what still waits after the outbox
    if (!parts || --parts->sending[account_] > 0) return;
    parts->sending.erase(account_);
    parts->schedule(account_, net::Clock::utc());
}

} // namespace godwit::delivery
