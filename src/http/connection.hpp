// One connection: its bytes, its place in the server's list, and the reading of requests. For the files of this room alone.
#pragma once
#include "command/session.hpp"
#include "http/charge.hpp"
#include "http/line.hpp"
#include "http/parser.hpp"
#include "http/record.hpp"
#include "http/response.hpp"
#include "http/server.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"
#include <array>
#include <boost/intrusive/list.hpp>
#include <list>

namespace godwit::http {

// Counts one more for as long as it lives.
class Counted {
public:
    explicit Counted(std::size_t& count) : count_(&count) { ++count; }
    Counted(Counted&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    Counted& operator=(Counted&&) = delete;
    ~Counted() {
        if (count_) --*count_;
    }

private:
    std::size_t* count_;
};

// A held request: all that is kept of it while it waits.
struct Poll {
    std::unique_ptr<command::Session> session;
    Counted in_flight;
    net::Clock::time_point began;
    std::uint64_t bytes_in;
    Manners manners;
};

// Belongs to the coroutine that works for it; while its request is held there is none, and it belongs to itself: who
// wakes it makes a coroutine for it, and the server's end frees it.
struct Connection : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Connection(std::shared_ptr<Server::Parts> s, net::Stream t)
        : house(std::move(s)), server(*house), stream(std::move(t)) {}

    std::shared_ptr<Server::Parts> house;
    Server::Parts& server;
    net::Stream stream;
    std::string in;             // read and not yet used: the rest of a request, or pipelined ones
    std::unique_ptr<Poll> poll; // its request is held
    command::Hangup hangup;     // of the request under way
    bool idle = true;           // nothing of a next request is there
    bool parked = false;        // the poll waits, and no coroutine works for it
};

constexpr std::size_t most_at_work = 64; // requests

struct Server::Parts {
    Parts(net::Loop& l, command::Rooms const& r, std::string c, Dispatch d)
        : loop(l), rooms(r), commands(std::move(c)), dispatch(std::move(d)),
          line(l.executor(), most_at_work, r.config.http.account_requests) {
        held.most = std::max<std::uint64_t>(held.most, 4 * r.config.http.max_body_bytes);
    }

    net::Loop& loop;
    command::Rooms const& rooms;
    std::string commands;
    Dispatch dispatch;
    Log log;
    Line line;       // before the commands
    Retries retries; // of those who are sent away
    std::list<net::Listener> listeners;
    boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>> connections;
    std::array<char, 65536> scratch = {}; // what every read goes through: no connection keeps a buffer of its own
    std::size_t in_flight = 0;            // requests whose head is whole and whose answer is not sent
    Held held;                            // of bodies
    std::uint64_t requests = 0;
    std::uint64_t seed = 0; // makes request ids differ between runs
    bool stopping = false;
};

// Waits for bytes and appends them to connection.in.
net::awaitable<net::Outcome<void>> fill(Connection& connection);
// Null: the connection has ended, or nothing came in time. A parser that has failed says how to answer.
net::awaitable<std::unique_ptr<Parser>> read_head(Connection& connection);
// Reads on until the parser is done or has failed; an error is the connection's end.
net::awaitable<net::Outcome<void>> read_body(Connection& connection, Parser& parser, Charge* charge = nullptr);
constexpr unsigned no_room = 503; // the parser's status when all the bodies together have become too large
// Reads and drops what is left of a body that nobody wants, if that is little; false: it is not.
net::awaitable<bool> drain(Connection& connection, Parser& parser);

// Begins to look for a phone that leaves; ends when the answer is there.
void watch(Connection& connection);

enum class Next : std::uint8_t { Request, Held, End };
// One request and its answer, or its being held.
net::awaitable<Next> exchange(Connection& connection);
// The held request again: something has woken it.
net::awaitable<Next> look_again(Connection& connection);
// Lets a held poll look whether it is over; any other request goes on as it was.
void wake(Connection& connection);

// The life of a connection.
net::awaitable<void> serve(std::shared_ptr<Server::Parts> server, net::Stream stream, net::TlsContext* tls);

} // namespace godwit::http
