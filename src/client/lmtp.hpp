// Hands a message to a server by LMTP (RFC 2033), for tests and the load generator: one conversation after the other on
// one connection, commands pipelined (RFC 2920), an answer for each recipient.
#pragma once
#include "client/connection.hpp"
#include <span>

namespace godwit::client {

class Lmtp {
public:
    Lmtp(std::string host, std::uint16_t port, milliseconds patience = milliseconds(30'000));

    // One code for each recipient, in order: 250 is the promise that the message is kept. Throws Failure when the
    // connection ends before all of them are there.
    net::awaitable<std::vector<unsigned>> deliver(std::string from, std::vector<std::string> to, std::string message);
    net::awaitable<void> open();
    void close() { stream_.close(); }
    net::Stream& stream() { return stream_; }

    // One reply of one or more lines: its code, and the text of its last line.
    struct Reply {
        unsigned code = 0;
        std::string text = {};
    };
    net::awaitable<Reply> reply();
    net::awaitable<void> say(std::string lines);

private:
    std::string host_;
    std::uint16_t port_;
    milliseconds patience_;
    net::Stream stream_ = {};
    std::string ahead_ = {};
};

// A dot at the start of a line is doubled, the last line is ended (RFC 5321 4.5.2).
std::string dot_stuffed(std::string_view message);

} // namespace godwit::client
