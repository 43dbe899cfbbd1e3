// What stops the client. A Status of the protocol is never one of these: it is a value that the caller reads.
#pragma once
#include <stdexcept>
#include <string>

namespace godwit::client {

// The way to the server or the HTTP exchange: no such host, refused, timed out, cut in the middle.
struct Failure : std::runtime_error {
    enum Kind { Url, Resolve, Connect, Tls, TimedOut, Cut, Http } kind;
    Failure(Kind k, std::string const& what) : std::runtime_error(what), kind(k) {}
};

// The server broke the protocol: its answer is not as the schema says, or a law of synchronisation does not hold.
struct Breach : std::logic_error {
    using std::logic_error::logic_error;
};

} // namespace godwit::client
