// One connection: its bytes, its place in the server's list, and the reading of requests. For the files of this room alone.
#pragma once
#include "command/session.hpp"
#include "http/parser.hpp"
#include "http/record.hpp"
#include "http/server.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"
#include <array>
#include <boost/intrusive/list.hpp>
#include <list>

namespace godwit::http {

struct Connection : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Connection(Server::Parts& s, net::Stream t) : server(s), stream(std::move(t)) {}

    Server::Parts& server;
    net::Stream stream;
    std::string in;          // read and not yet used: the rest of a request, or pipelined ones
    command::Hangup hangup;  // of the request under way
    bool idle = true;        // nothing of a next request is there
    bool working = false;    // a gate or a command is at work
    bool dispatched = false; // it is a command

    bool busy() const { return working && !hangup.wake; } // a held poll costs nothing but memory
};

struct Server::Parts {
    Parts(net::Loop& l, command::Rooms const& r, std::string c, Dispatch d)
        : loop(l), rooms(r), commands(std::move(c)), dispatch(std::move(d)), log(r.config.log.json) {}

    // Requests that need the processor now; held ones do not count. Counts afresh at most every 20 ms.
    std::size_t busy();

    net::Loop& loop;
    command::Rooms const& rooms;
    std::string commands;
    Dispatch dispatch;
    Log log;
    std::list<net::Listener> listeners;
    boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>> connections;
    std::array<char, 65536> scratch = {}; // what every read goes through: no connection keeps a buffer of its own
    std::size_t in_flight = 0;            // requests whose head is whole and whose answer is not sent
    std::size_t held_bytes = 0;           // of bodies, in and out
    std::size_t busy_count = 0;
    net::Clock::time_point busy_counted = {};
    std::uint64_t requests = 0;
    std::uint64_t seed = 0; // makes request ids differ between runs
    bool stopping = false;
};

// Waits for bytes and appends them to connection.in.
net::awaitable<net::Outcome<void>> fill(Connection& connection);
// Null: the connection has ended, or nothing came in time. A parser that has failed says how to answer.
net::awaitable<std::unique_ptr<Parser>> read_head(Connection& connection);
// Reads on until the parser is done or has failed; an error is the connection's end.
net::awaitable<net::Outcome<void>> read_body(Connection& connection, Parser& parser);
// Reads and drops what is left of a body that nobody wants, if that is little; false: it is not.
net::awaitable<bool> drain(Connection& connection, Parser& parser);

// Begins to look for a phone that leaves; ends when the answer is there.
void watch(Connection& connection);

// One request and its answer. False: the connection is over.
net::awaitable<bool> exchange(Connection& connection);

// The life of a connection.
net::awaitable<void> serve(std::shared_ptr<Server::Parts> server, net::Stream stream, net::TlsContext* tls);

} // namespace godwit::http
