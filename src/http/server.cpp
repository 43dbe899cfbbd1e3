#include "http/connection.hpp"
#include <algorithm>
#include <random>

namespace godwit::http {

Server::Server(net::Loop& loop, command::Rooms const& rooms, std::string commands, Dispatch dispatch)
    : parts_(std::make_shared<Parts>(loop, rooms, std::move(commands), std::move(dispatch))) {
    parts_->seed = static_cast<std::uint64_t>(std::random_device{}()) << 32;
}

Server::~Server() {
    for (auto& listener : parts_->listeners) listener.close();
    for (auto i = parts_->connections.begin(); i != parts_->connections.end();) {
        auto& c = *i++;
        if (c.parked) delete &c; // its own
    }
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
        auto& c = *i++; // cancelling may end the connection at once, and take it off the list
        c.hangup.stopping = true;
        if (c.idle)
            c.stream.cancel();
        else
            wake(c);
    }
    constexpr std::chrono::milliseconds look{5};
    auto const until = net::Clock::now() + grace;
    while (!parts->connections.empty() && net::Clock::now() < until) co_await net::sleep_for(look);
    for (auto& c : parts->connections) c.stream.cancel();
    // What a command still does on the pool it does to the end; its connection ends with it.
    for (int tries = 0; tries < 200 && !parts->connections.empty(); ++tries) co_await net::sleep_for(look);
}

void Server::end_polls(std::span<index::AccountId const> accounts) {
    for (auto i = parts_->connections.begin(); i != parts_->connections.end();) {
        auto& c = *i++;
        bool const concerned = c.poll && std::ranges::find(accounts, c.poll->session->user.id) != accounts.end();
        // Whose request has no poll yet is not known here: one that is about to be held comes once more for nothing.
        if (!concerned && (c.poll || accounts.empty())) continue;
        c.hangup.stopping = true;
        wake(c);
    }
}

std::size_t Server::connections() const { return parts_->connections.size(); }
std::size_t Server::requests_in_flight() const { return parts_->in_flight; }

} // namespace godwit::http
