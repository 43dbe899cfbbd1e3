#include "net/stream_parts.hpp"
#include "net/tls.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>

namespace godwit::net {
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr auto without_throwing = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds linger{1000};

StreamError error_of(int number) {
    return number == ECANCELED || number == EBADF ? StreamError::Canceled : StreamError::Broken;
}
} // namespace

std::string_view name(StreamError error) {
    switch (error) {
    case StreamError::Eof: return "closed by the peer";
    case StreamError::TimedOut: return "timed out";
    case StreamError::Canceled: return "canceled";
    case StreamError::Broken: return "connection broken";
    case StreamError::Tls: return "TLS failure";
    case StreamError::Unknown: return "no such host";
    }
    return "";
}

void prepare(Stream::Parts::Socket& socket) {
    error_code ignored;
    socket.native_non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    // Below the 300 s after which middleboxes forget a connection (incident 2.3), and no oftener: each probe wakes a
    // radio.
    int const idle = 240, interval = 30, count = 4;
    int const fd = socket.native_handle();
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

// ---- parts ----------------------------------------------------------------------------------------------------------

asio::io_context::executor_type loop_of(asio::any_io_executor const& executor) {
    return static_cast<asio::io_context&>(asio::query(executor, asio::execution::context)).get_executor();
}

Stream::Parts::Parts(Socket s, Listener::Seat place) : seat(std::move(place)), socket(std::move(s)) {
    error_code ignored;
    remote = socket.remote_endpoint(ignored);
}

Outcome<void> Stream::Parts::may_wait() const {
    if (timed_out) return std::unexpected(StreamError::TimedOut);
    if (canceled || !socket.is_open()) return std::unexpected(StreamError::Canceled);
    return {};
}

Outcome<void> Stream::Parts::after_wait(error_code error) const {
    if (auto ended = may_wait(); !ended) return ended;
    if (error) return std::unexpected(error_of(error.value()));
    return {};
}

Outcome<std::size_t> Stream::Parts::tls_outcome(int result) {
    if (result > 0) return static_cast<std::size_t>(result);
    switch (SSL_get_error(ssl.get(), result)) {
    case SSL_ERROR_WANT_READ: want = Want::Read; return 0U;
    case SSL_ERROR_WANT_WRITE: want = Want::Write; return 0U;
    case SSL_ERROR_ZERO_RETURN: return std::unexpected(StreamError::Eof);
    case SSL_ERROR_SYSCALL: return std::unexpected(StreamError::Broken);
    default: return std::unexpected(StreamError::Tls);
    }
}

Outcome<std::size_t> Stream::Parts::try_read(std::span<char> into) {
    if (auto ended = may_wait(); !ended) return std::unexpected(ended.error());
    if (ssl) {
        ERR_clear_error();
        auto const size = static_cast<int>(std::min<std::size_t>(into.size(), INT32_MAX));
        return tls_outcome(SSL_read(ssl.get(), into.data(), size));
    }
    for (;;) {
        auto const n = ::recv(socket.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
        if (n > 0) return static_cast<std::size_t>(n);
        if (n == 0) return std::unexpected(StreamError::Eof);
        if (errno == EINTR) continue;
        want = Want::Read;
        if (errno == EAGAIN || errno == EWOULDBLOCK) return 0U;
        return std::unexpected(error_of(errno));
    }
}

Outcome<std::size_t> Stream::Parts::try_write(std::string_view bytes) {
    if (auto ended = may_wait(); !ended) return std::unexpected(ended.error());
    if (ssl) {
        ERR_clear_error();
        auto const size = static_cast<int>(std::min<std::size_t>(bytes.size(), INT32_MAX));
        return tls_outcome(SSL_write(ssl.get(), bytes.data(), size));
    }
    for (;;) {
        auto const n = ::send(socket.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) return static_cast<std::size_t>(n);
        if (n < 0 && errno == EINTR) continue;
        want = Want::Write;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0U;
        return std::unexpected(error_of(errno));
    }
}

void Stream::Parts::set_deadline(Clock::time_point at) {
    expiry = at;
    timed_out = false;
    // A wait for an earlier moment looks again when it ends, so that a deadline that moves on costs nothing.
    if (at != Clock::time_point::max() && (!armed || timer->expiry() > at)) arm();
}

void Stream::Parts::arm() {
    if (!timer) timer = std::make_unique<Deadline>(socket.get_executor());
    timer->expires_at(expiry);
    armed = true;
    timer->async_wait([weak = weak_from_this()](error_code error) {
        auto parts = weak.lock();
        if (!parts || error == asio::error::operation_aborted) return;
        parts->armed = false;
        if (parts->expiry == Clock::time_point::max()) return;
        if (parts->expiry > Clock::now()) return parts->arm();
        parts->timed_out = true;
        error_code ignored;
        parts->socket.cancel(ignored);
    });
}

void Stream::Parts::close() {
    error_code ignored;
    canceled = true;
    readable = nullptr;
    ++watch_turn;
    timer.reset();
    armed = false;
    socket.close(ignored);
}

// ---- stream ---------------------------------------------------------------------------------------------------------

Stream::Stream() = default;
Stream::Stream(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept {
    close();
    parts_ = std::move(other.parts_);
    return *this;
}
Stream::~Stream() { close(); }

namespace {
// The addresses of a host; a numeric one needs no resolver (and not the thread that Asio starts for it).
awaitable<std::vector<tcp::endpoint>> resolve(std::string host, std::uint16_t port) {
    error_code not_numeric;
    auto const numeric = asio::ip::make_address(host, not_numeric);
    std::vector<tcp::endpoint> found;
    if (!not_numeric) {
        found.emplace_back(numeric, port);
        co_return found;
    }
    auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    auto [error, results] = co_await resolver.async_resolve(host, std::to_string(port), without_throwing);
    if (!error)
        for (auto const& r : results) found.push_back(r.endpoint());
    co_return found;
}
} // namespace

awaitable<Outcome<Stream>> Stream::connect(std::string host, std::uint16_t port, std::chrono::milliseconds deadline) {
    auto const until = Clock::now() + deadline;
    auto executor = co_await asio::this_coro::executor;
    auto addresses = co_await resolve(host, port);
    auto failure = StreamError::Unknown;
    for (auto const& address : addresses) {
        auto parts = std::make_shared<Parts>(Parts::Socket(loop_of(executor), address.protocol()));
        parts->set_deadline(until);
        auto [error] = co_await parts->socket.async_connect(address, without_throwing);
        if (auto ended = parts->after_wait(error); !ended) {
            failure = ended.error();
            parts->close();
            continue;
        }
        parts->expiry = Clock::time_point::max();
        parts->remote = address;
        prepare(parts->socket);
        co_return Stream(parts);
    }
    co_return std::unexpected(failure);
}

namespace {
awaitable<Outcome<void>> handshake(std::shared_ptr<Stream::Parts> parts) {
    for (;;) {
        if (auto open = parts->may_wait(); !open) co_return open;
        ERR_clear_error();
        auto const step = parts->tls_outcome(SSL_do_handshake(parts->ssl.get()));
        if (!step) co_return std::unexpected(step.error());
        if (*step > 0) co_return Outcome<void>();
        auto [error] = co_await parts->socket.async_wait(parts->wait_type(), without_throwing);
        if (auto ready = parts->after_wait(error); !ready) co_return ready;
    }
}

// A fresh SSL on the socket's own descriptor: no memory BIOs, no copies.
bool attach(Stream::Parts& parts, TlsContext const& context) {
    auto const current = context.current();
    parts.ssl.reset(SSL_new(current.get()));
    return parts.ssl && SSL_set_fd(parts.ssl.get(), parts.socket.native_handle()) == 1;
}
} // namespace

awaitable<Outcome<void>> Stream::accept_tls(TlsContext& context) {
    auto parts = parts_;
    if (!attach(*parts, context)) co_return std::unexpected(StreamError::Tls);
    SSL_set_accept_state(parts->ssl.get());
    auto done = co_await handshake(parts);
    co_return done;
}

awaitable<Outcome<void>> Stream::connect_tls(TlsContext& context, std::string host) {
    auto parts = parts_;
    if (!attach(*parts, context)) co_return std::unexpected(StreamError::Tls);
    auto* ssl = parts->ssl.get();
    SSL_set_connect_state(ssl);
    error_code not_numeric;
    asio::ip::make_address(host, not_numeric);
    if (not_numeric) {
        SSL_set_tlsext_host_name(ssl, host.c_str()); // RFC 6066: names only
        SSL_set1_host(ssl, host.c_str());
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
    }
    auto done = co_await handshake(parts);
    co_return done;
}

awaitable<Outcome<std::size_t>> Stream::read_some(std::span<char> into) {
    auto parts = parts_;
    for (;;) {
        auto got = parts->try_read(into);
        if (!got || *got > 0) co_return got;
        auto [error] = co_await parts->socket.async_wait(parts->wait_type(), without_throwing);
        if (auto ready = parts->after_wait(error); !ready) co_return std::unexpected(ready.error());
    }
}

awaitable<Outcome<void>> Stream::write_all(std::string_view bytes) {
    auto parts = parts_;
    while (!bytes.empty()) {
        auto sent = parts->try_write(bytes);
        if (!sent) co_return std::unexpected(sent.error());
        bytes.remove_prefix(*sent);
        if (*sent > 0) continue;
        auto [error] = co_await parts->socket.async_wait(parts->wait_type(), without_throwing);
        if (auto ready = parts->after_wait(error); !ready) co_return ready;
    }
    co_return Outcome<void>();
}

awaitable<Outcome<void>> Stream::wait_readable() {
    auto parts = parts_;
    if (auto open = parts->may_wait(); !open || parts->has_pending()) co_return open;
    auto [error] = co_await parts->socket.async_wait(Parts::Socket::wait_read, without_throwing);
    auto ready = parts->after_wait(error);
    co_return ready;
}

Outcome<std::size_t> Stream::read_now(std::span<char> into) { return parts_->try_read(into); }

void Stream::watch(std::function<void()> readable) {
    auto& parts = *parts_;
    auto const turn = ++parts.watch_turn;
    parts.readable = std::move(readable);
    auto call = [weak = parts.weak_from_this(), turn](error_code = {}) {
        auto held = weak.lock();
        if (!held || held->watch_turn != turn || !held->readable) return;
        auto f = std::exchange(held->readable, nullptr);
        f();
    };
    if (parts.has_pending())
        asio::post(parts.socket.get_executor(), call);
    else
        parts.socket.async_wait(Parts::Socket::wait_read, call);
}

void Stream::unwatch() {
    if (!parts_) return;
    ++parts_->watch_turn;
    if (!std::exchange(parts_->readable, nullptr)) return;
    error_code ignored;
    parts_->socket.cancel(ignored);
}

void Stream::deadline(std::chrono::milliseconds from_now) { parts_->set_deadline(Clock::now() + from_now); }
void Stream::no_deadline() {
    parts_->set_deadline(Clock::time_point::max());
    parts_->timer.reset(); // a held poll keeps no timer that says nothing
    parts_->armed = false;
}

void Stream::cancel() {
    if (!parts_) return;
    parts_->canceled = true;
    error_code ignored;
    parts_->socket.cancel(ignored);
}

awaitable<void> Stream::shutdown() {
    auto parts = parts_;
    if (!parts || !parts->socket.is_open()) co_return;
    if (parts->canceled) { // whoever cancels wants no politeness either
        parts->close();
        co_return;
    }
    if (parts->ssl && SSL_is_init_finished(parts->ssl.get())) {
        ERR_clear_error();
        SSL_shutdown(parts->ssl.get());
    }
    error_code ignored;
    parts->socket.shutdown(tcp::socket::shutdown_send, ignored);
    parts->set_deadline(Clock::now() + linger);
    // Closing with unread bytes would send a reset, and the peer would lose the answer that it has not read yet.
    for (std::size_t dropped = 0; dropped < (std::size_t{1} << 20);) {
        char chunk[2048];
        auto const n = ::recv(parts->socket.native_handle(), chunk, sizeof chunk, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) break;
        if (n > 0) dropped += static_cast<std::size_t>(n);
        if (n > 0 || errno == EINTR) continue;
        auto [error] = co_await parts->socket.async_wait(Parts::Socket::wait_read, without_throwing);
        if (!parts->after_wait(error)) break;
    }
    parts->close();
}

void Stream::close() {
    if (parts_) parts_->close();
}

bool Stream::is_open() const { return parts_ && parts_->socket.is_open(); }
bool Stream::is_tls() const { return parts_ && parts_->ssl != nullptr; }
std::string Stream::tls_version() const { return is_tls() ? SSL_get_version(parts_->ssl.get()) : ""; }

std::string Stream::peer_certificate_problem() const {
    if (!is_tls()) return {};
    auto const result = SSL_get_verify_result(parts_->ssl.get());
    return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

std::string Stream::peer() const {
    if (!parts_) return {};
    auto address = parts_->remote.address();
    if (address.is_unspecified()) return {};
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == text.npos || colon == 0) return {};
    auto host = text.substr(0, colon);
    auto const digits = text.substr(colon + 1);
    Endpoint endpoint;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) return {};
    if (host.starts_with('[') && host.ends_with(']') && host.size() > 2)
        host = host.substr(1, host.size() - 2);
    else if (host.find_first_of("[]:") != host.npos)
        return {};
    endpoint.host = host;
    return endpoint;
}

} // namespace godwit::net
