#include "delivery/lmtp_server.hpp"
#include "delivery/host_name.hpp"
#include "net/listener.hpp"
#include <algorithm>
#include <expected>
#include <set>
#include <spdlog/spdlog.h>
#include <utility>
#include <vector>

namespace godwit::delivery {
namespace {

constexpr std::size_t read_bytes = 32768;
constexpr std::chrono::seconds farewell_timeout{10};

Verdict verdict_of(Delivered delivered) {
    switch (delivered) {
    case Delivered::Stored:
    case Delivered::Duplicate: return Verdict::Stored;
    case Delivered::NoSpace: return Verdict::NoSpace;
    case Delivered::Failed: return Verdict::TryLater;
    }
    return Verdict::TryLater;
}

} // namespace

struct LmtpServer::Parts {
    Parts(net::Loop& loop, std::string_view address, directory::Directory const& the_directory,
          LocalDelivery& the_local, LmtpLimits the_limits, LmtpRules the_rules)
        : listener(loop, address, the_limits.max_connections), directory(the_directory), local(the_local),
          limits(the_limits), rules(std::move(the_rules)) {}

    struct Connection { // lies in the frame of its connection's coroutine
        net::Stream stream;
        LmtpSession session;
        std::uint64_t counted = 0; // its part of bytes_in_flight
    };
    static net::awaitable<void> serve(std::shared_ptr<Parts> self, net::Stream stream);
    net::awaitable<bool> hear(Connection& connection);
    net::awaitable<bool> converse(Connection& connection, std::string_view bytes);
    net::awaitable<bool> send_replies(Connection& connection);
    net::awaitable<std::vector<Verdict>> hand_over(Arrival arrival, std::string peer);
    net::awaitable<Verdict> hand_over_to(std::string const& address, Parcel parcel);
    std::expected<directory::User, Verdict> user_of(std::string_view address) const;
    RecipientVerdict check(std::string_view address) const;
    void count(Connection& connection, std::uint64_t bytes);

    net::Listener listener;
    directory::Directory const& directory;
    LocalDelivery& local;
    LmtpLimits limits;
    LmtpRules rules;
    std::uint64_t bytes_in_flight = 0;
    std::set<net::Stream*> listening; // those that wait for their client
    bool closing = false;
};

std::expected<directory::User, Verdict> LmtpServer::Parts::user_of(std::string_view address) const {
    try {
        auto user = directory.find(address);
        if (!user) return std::unexpected(Verdict::UnknownRecipient);
        return std::move(*user);
    } catch (std::exception const& error) {
        spdlog::error("lmtp: the directory failed: {}", error.what());
        return std::unexpected(Verdict::TryLater);
    }
}

RecipientVerdict LmtpServer::Parts::check(std::string_view address) const {
    auto const user = user_of(address);
    if (user) return user->enabled ? RecipientVerdict::Ok : RecipientVerdict::Disabled;
    return user.error() == Verdict::UnknownRecipient ? RecipientVerdict::Unknown : RecipientVerdict::TryLater;
}

void LmtpServer::Parts::count(Connection& connection, std::uint64_t bytes) {
    bytes_in_flight = bytes_in_flight - connection.counted + bytes;
    connection.counted = bytes;
}

net::awaitable<void> LmtpServer::Parts::serve(std::shared_ptr<Parts> self, net::Stream stream) {
    auto check = [parts = self.get()](std::string_view address) { return parts->check(address); };
    Connection connection{.stream = std::move(stream), .session = LmtpSession(self->rules, check)};
    bool open = co_await self->send_replies(connection);
    while (open) open = co_await self->hear(connection);
    self->count(connection, 0);
    co_await connection.stream.shutdown();
}

net::awaitable<bool> LmtpServer::Parts::hear(Connection& connection) {
    auto& [stream, session, counted] = connection;
    listening.insert(&stream);
    if (closing) stream.deadline(std::chrono::milliseconds(0));
    auto const readable = co_await stream.wait_readable();
    listening.erase(&stream);
    std::string buffer(readable && !closing ? read_bytes : 0, '\0'); // not held while nothing comes
    auto const failure = readable ? net::StreamError::Canceled : readable.error();
    auto const taken = buffer.empty() ? std::unexpected(failure) : stream.read_now(buffer);
    if (taken) {
        bool const open = co_await converse(connection, std::string_view(buffer).substr(0, *taken));
        co_return open;
    }
    if (closing)
        session.end("4.3.2 the server stops");
    else if (taken.error() == net::StreamError::TimedOut)
        session.end("4.4.2 too slow");
    else
        co_return false;
    stream.deadline(farewell_timeout);
    co_await send_replies(connection);
    co_return false;
}

// Feeds the bytes, hands over each message that they complete, and sends the replies; false when the conversation is
// over.
net::awaitable<bool> LmtpServer::Parts::converse(Connection& connection, std::string_view bytes) {
    auto& session = connection.session;
    while (!bytes.empty()) {
        bytes.remove_prefix(session.feed(bytes));
        count(connection, session.held_bytes());
        if (bytes_in_flight > limits.max_bytes_in_flight) session.drop_message(Verdict::TryLater);
        if (!session.arrived()) continue;
        auto arrival = session.take_arrival();
        std::vector verdicts(arrival.envelope.recipients.size(), Verdict::TryLater);
        if (bytes_in_flight <= limits.max_bytes_in_flight)
            verdicts = co_await hand_over(std::move(arrival), connection.stream.peer());
        session.answer(verdicts);
    }
    count(connection, session.held_bytes());
    bool const open = co_await send_replies(connection);
    co_return open;
}

// The deadline moves only when something is answered: a client that trickles gets no more time for one line or message.
net::awaitable<bool> LmtpServer::Parts::send_replies(Connection& connection) {
    auto& [stream, session, counted] = connection;
    auto const replies = session.take_replies();
    if (replies.empty()) co_return !session.closed();
    stream.deadline(session.closed() ? farewell_timeout : limits.command_timeout);
    auto const sent = co_await stream.write_all(replies);
    if (session.in_data()) stream.deadline(limits.data_timeout);
    co_return sent && !session.closed();
}

net::awaitable<std::vector<Verdict>> LmtpServer::Parts::hand_over(Arrival arrival, std::string peer) {
    auto const& envelope = arrival.envelope;
    auto const now = net::Clock::utc();
    Passage const passage{.sender = envelope.sender,
                          .from_host = envelope.greeting,
                          .peer = peer,
                          .by_host = rules.hostname,
                          .protocol = envelope.utf8 ? "UTF8LMTP" : "LMTP",
                          .when = now,
                          .id = random_id()};
    // Two addresses of one account in one envelope are one message: then the delivery has a name, which the account
    // remembers.
    Parcel const parcel{.bytes = std::make_shared<mime::Rope const>(std::move(arrival.bytes)),
                        .trace = trace_fields(passage),
                        .received = now,
                        .delivery_id = envelope.recipients.size() > 1 ? passage.id : std::string()};
    std::vector<Verdict> verdicts;
    for (auto const& address : envelope.recipients) {
        auto const verdict = co_await hand_over_to(address, parcel);
        verdicts.push_back(verdict);
    }
    spdlog::info("lmtp: id={} peer={} bytes={} recipients={} stored={}", passage.id, peer, parcel.bytes->size(),
                 verdicts.size(), std::ranges::count(verdicts, Verdict::Stored));
    co_return verdicts;
}

net::awaitable<Verdict> LmtpServer::Parts::hand_over_to(std::string const& address, Parcel parcel) {
    auto const user = user_of(address); // it may have been removed since RCPT
    if (!user) co_return user.error();
    auto const delivered = co_await local.deliver(user->id, std::move(parcel));
    co_return verdict_of(delivered);
}

LmtpServer::LmtpServer(net::Loop& loop, std::string_view address, config::Delivery const& config,
                       directory::Directory const& directory, LocalDelivery& local, LmtpLimits limits)
    : parts_(std::make_shared<Parts>(
          loop, address, directory, local, limits,
          LmtpRules{.hostname = host_name(config), .max_message_bytes = config.max_message_bytes})) {}

LmtpServer::~LmtpServer() { close(); }

void LmtpServer::start() {
    auto const weak = std::weak_ptr(parts_); // the listener is a part of what it would keep alive
    parts_->listener.start([weak](net::Stream stream) { return Parts::serve(weak.lock(), std::move(stream)); });
}

void LmtpServer::close() {
    parts_->closing = true;
    parts_->listener.close();
    for (auto* const stream : parts_->listening) stream->deadline(std::chrono::milliseconds(0)); // wakes them
}

std::uint16_t LmtpServer::port() const { return parts_->listener.port(); }
std::size_t LmtpServer::open() const { return parts_->listener.open(); }

} // namespace godwit::delivery
