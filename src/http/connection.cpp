#include "http/connection.hpp"
#include "net/tls.hpp"

namespace godwit::http {

namespace {
constexpr std::size_t max_pipelined = 65536;    // kept while a request is at work; more waits in the kernel
constexpr std::size_t progress = 65536;         // a body has its timeout anew for each so many bytes
constexpr std::size_t small_enough = 256 << 10; // a body worth reading to keep the connection

void consume(Connection& c, Parser& parser) {
    auto const used = parser.put(c.in);
    c.in.erase(0, used);
}

void leave(Connection& c) {
    c.hangup.gone = true;
    wake(c);
}

// Behind so many bytes an end would not be seen, so nobody may be held before them. Any other command answers soon, and
// what comes after it waits in the kernel.
void flooded(Connection& c) {
    c.hangup.flooded = true;
    if (c.parked) leave(c);
}

void readable(Connection& c) {
    while (c.in.size() <= max_pipelined) {
        auto const got = c.stream.read_now(c.server.scratch);
        if (got && *got > 0) {
            c.in.append(c.server.scratch.data(), *got); // the next request, come early: no EOF
            continue;
        }
        if (got) return watch(c);
        return leave(c);
    }
    flooded(c);
}
} // namespace

void watch(Connection& c) {
    c.stream.watch([&c] { readable(c); });
}

net::awaitable<net::Outcome<void>> fill(Connection& c) {
    for (;;) {
        auto const got = c.stream.read_now(c.server.scratch);
        if (!got) co_return std::unexpected(got.error());
        c.in.append(c.server.scratch.data(), *got);
        if (*got > 0) co_return net::Outcome<void>();
        auto ready = co_await c.stream.wait_readable();
        if (!ready) co_return ready;
    }
}

net::awaitable<std::unique_ptr<Parser>> read_head(Connection& c) {
    auto const& limits = c.server.rooms.config.http;
    c.idle = c.in.empty();
    if (c.idle) {
        std::string().swap(c.in);
        c.stream.deadline(limits.idle_timeout);
        auto begun = co_await fill(c);
        if (!begun) co_return nullptr;
    }
    c.idle = false;
    c.stream.deadline(limits.head_timeout);
    auto parser = std::make_unique<Parser>(
        Parser::Limits{.head_bytes = limits.max_head_bytes, .body_bytes = limits.max_body_bytes});
    for (;;) {
        consume(c, *parser);
        if (parser->state() != Parser::State::Head) co_return parser;
        auto more = co_await fill(c);
        if (more) continue;
        if (more.error() != net::StreamError::TimedOut || !parser->begun()) co_return nullptr;
        parser->fail(408, "head too slow");
        co_return parser;
    }
}

net::awaitable<net::Outcome<void>> read_body(Connection& c, Parser& parser, Charge* charge) {
    auto const timeout = c.server.rooms.config.http.body_timeout;
    c.stream.deadline(timeout);
    for (std::size_t next = progress;;) {
        consume(c, parser);
        if (parser.state() != Parser::State::Body) co_return net::Outcome<void>();
        if (parser.request().body.size() >= next) {
            next = parser.request().body.size() + progress;
            c.stream.deadline(timeout);
            if (charge && !charge->reserve(parser.request().body.size())) {
                parser.fail(no_room, "too many bodies at once");
                co_return net::Outcome<void>();
            }
        }
        auto more = co_await fill(c);
        if (more) continue;
        if (more.error() != net::StreamError::TimedOut) co_return more;
        parser.fail(408, "body too slow");
        co_return net::Outcome<void>();
    }
}

net::awaitable<bool> drain(Connection& c, Parser& parser) {
    if (parser.state() == Parser::State::Done) co_return true;
    auto const left = parser.body_left();
    // Who waits for 100 Continue has sent nothing, and need not.
    bool const little = left && *left <= small_enough && !parser.request().wants_continue;
    if (parser.state() != Parser::State::Body || !little) co_return false;
    auto read = co_await read_body(c, parser);
    co_return read&& parser.state() == Parser::State::Done;
}

namespace {
void park(std::unique_ptr<Connection> c) {
    auto& waiting = *c.release();
    waiting.parked = true;
    waiting.poll->session->held->wait([&waiting] { wake(waiting); });
}

// Requests one after the other, until the connection is over or one of them is held.
net::awaitable<void> converse(std::unique_ptr<Connection> c) {
    auto next = Next::Request;
    if (c->poll) next = co_await look_again(*c);
    while (next == Next::Request && !c->server.stopping) next = co_await exchange(*c);
    if (next == Next::Held) co_return park(std::move(c));
    co_await c->stream.shutdown();
}

net::awaitable<void> resume(std::unique_ptr<Connection> c) {
    co_await net::next_turn(); // whoever wakes it may be going through the watches, and the poll has one
    co_await converse(std::move(c));
}
} // namespace

void wake(Connection& c) {
    if (!std::exchange(c.parked, false)) return;
    c.server.loop.spawn(resume(std::unique_ptr<Connection>(&c)));
}

net::awaitable<void> serve(std::shared_ptr<Server::Parts> server, net::Stream stream, net::TlsContext* tls) {
    auto c = std::make_unique<Connection>(std::move(server), std::move(stream));
    c->server.connections.push_back(*c);
    if (tls) {
        c->stream.deadline(c->server.rooms.config.http.head_timeout);
        auto agreed = co_await c->stream.accept_tls(*tls);
        if (!agreed) {
            c->server.log.event(std::string("TLS: ").append(net::name(agreed.error())), c->stream.peer());
            co_return;
        }
    }
    co_await converse(std::move(c));
}

} // namespace godwit::http
