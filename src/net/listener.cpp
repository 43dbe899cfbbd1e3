#include "net/listener.hpp"
#include "net/stream_parts.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

namespace godwit::net {
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr auto no_exception = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds pause_when_refused{50}; // out of descriptors or memory

tcp::endpoint address_of(std::string_view text) {
    auto const endpoint = parse_endpoint(text);
    if (!endpoint) throw std::runtime_error("not ADDRESS:PORT: " + std::string(text));
    error_code error;
    auto const host = endpoint->host == "localhost" ? "127.0.0.1" : endpoint->host;
    auto const address = asio::ip::make_address(host, error);
    if (error) throw std::runtime_error("not an IP address: " + endpoint->host);
    return {address, endpoint->port};
}
} // namespace

struct Listener::Parts : std::enable_shared_from_this<Listener::Parts> {
    Parts(asio::any_io_executor executor, std::size_t max) : acceptor(executor), room(executor), max_connections(max) {}

    tcp::acceptor acceptor;
    Timer room; // what the full accept loop waits on; a connection that ends cancels it
    Serve serve;
    std::size_t open = 0;
    std::size_t max_connections;
    bool closed = false;

    void begin(Stream::Parts::Socket socket) {
        prepare(socket);
        Stream stream(std::make_shared<Stream::Parts>(std::move(socket), Seat(shared_from_this())));
        asio::co_spawn(loop_of(acceptor.get_executor()), serve(std::move(stream)), [](std::exception_ptr) {});
    }
};

Listener::Seat::Seat(std::shared_ptr<Parts> listener) : listener_(std::move(listener)) { ++listener_->open; }
Listener::Seat::~Seat() {
    if (!listener_) return;
    --listener_->open;
    listener_->room.cancel();
}

namespace {
awaitable<void> accept_loop(std::shared_ptr<Listener::Parts> self) {
    while (!self->closed) {
        if (self->open >= self->max_connections) {
            self->room.expires_at(Clock::time_point::max());
            co_await self->room.async_wait(no_exception);
            continue;
        }
        auto [error, socket] =
            co_await self->acceptor.async_accept(loop_of(self->acceptor.get_executor()), no_exception);
        if (self->closed) break;
        if (!error) {
            self->begin(std::move(socket));
        } else if (error != asio::error::connection_aborted) {
            // Real time, whatever the clock says: a test that has frozen it must not spin here.
            asio::steady_timer pause(self->acceptor.get_executor(), pause_when_refused);
            co_await pause.async_wait(no_exception);
        }
    }
}
} // namespace

Listener::Listener(Loop& loop, std::string_view address, std::size_t max_connections)
    : parts_(std::make_shared<Parts>(loop.executor(), max_connections)) {
    auto const endpoint = address_of(address);
    try {
        parts_->acceptor.open(endpoint.protocol());
        parts_->acceptor.set_option(asio::socket_base::reuse_address(true));
        parts_->acceptor.bind(endpoint);
        parts_->acceptor.listen(4096);
    } catch (boost::system::system_error const& e) {
        throw std::runtime_error("cannot listen on " + std::string(address) + ": " + e.code().message());
    }
}

Listener::~Listener() {
    if (parts_) close();
}
Listener::Listener(Listener&&) noexcept = default;

void Listener::start(Serve serve) {
    parts_->serve = std::move(serve);
    asio::co_spawn(parts_->acceptor.get_executor(), accept_loop(parts_), [](std::exception_ptr) {});
}

void Listener::close() {
    parts_->closed = true;
    error_code ignored;
    parts_->acceptor.close(ignored);
    parts_->room.cancel();
}

std::string Listener::address() const {
    error_code ignored;
    auto const local = parts_->acceptor.local_endpoint(ignored);
    auto const host = local.address().to_string();
    return (local.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(local.port());
}

std::uint16_t Listener::port() const {
    error_code ignored;
    return parts_->acceptor.local_endpoint(ignored).port();
}

std::size_t Listener::open() const { return parts_->open; }

} // namespace godwit::net
