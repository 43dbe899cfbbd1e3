#include "http/connection.hpp"
#include <algorithm>
#include <random>

namespace godwit::http {

std::size_t Server::Parts::busy() {
    auto const now = net::Clock::now();
    if (in_flight <= 1000) return in_flight;
    if (now - busy_counted > std::chrono::milliseconds(20) || busy_counted == net::Clock::time_point{}) {
        busy_counted = now;
        busy_count = static_cast<std::size_t>(std::ranges::count_if(connections, &Connection::busy));
    }
    return busy_count;
}

Server::Server(net::Loop& loop, command::Rooms const& rooms, std::string commands, Dispatch dispatch)
    : parts_(std::make_shared<Parts>(loop, rooms, std::move(commands), std::move(dispatch))) {
    parts_->seed = static_cast<std::uint64_t>(std::random_device{}()) << 32;
}

Server::~Server() {
    for (auto& listener : parts_->listeners) listener.close();
}

std::string Server::listen(std::string_view address, net::TlsContext* tls) {
    auto& listener = parts_->listeners.emplace_back(parts_->loop, address, parts_->rooms.config.http.max_connections);
    listener.start(
        [weak = std::weak_ptr(parts_), tls](net::Stream stream) { return serve(weak.lock(), std::move(stream), tls); });
    return listener.address();
}

net::awaitable<void> Server::stop(std::chrono::milliseconds grace) {
    auto parts = parts_;
    parts->stopping = true;
    for (auto& listener : parts->listeners) listener.close();
    for (auto i = parts->connections.begin(); i != parts->connections.end();) {
        auto& c = *i++; // waking may end the connection at once, and take it off the list
        c.hangup.stopping = true;
        auto const wake = c.hangup.wake;
        if (c.idle)
            c.stream.cancel();
        else if (wake)
            wake();
    }
    constexpr std::chrono::milliseconds look{5};
    auto const until = net::Clock::now() + grace;
    while (!parts->connections.empty() && net::Clock::now() < until) co_await net::sleep_for(look);
    for (auto& c : parts->connections) c.stream.cancel();
    // What a command still does on the pool it does to the end; its connection ends with it.
    for (int tries = 0; tries < 200 && !parts->connections.empty(); ++tries) co_await net::sleep_for(look);
}

std::size_t Server::connections() const { return parts_->connections.size(); }
std::size_t Server::requests_in_flight() const { return parts_->in_flight; }

} // namespace godwit::http
