// A TCP connection, plain or with OpenSSL set straight on its descriptor (DESIGN section 5: 18 KB where asio::ssl costs
// 75). Nothing holds a buffer while it waits: wait_readable() first, read then. One reader and one writer at a time.
// Failures are values. deadline(d) bounds all that follows until it is set again: a peer that trickles bytes does not
// renew it. Time is net::Clock's. Lives on one loop and is not thread safe; movable, and closed by its destructor.
#pragma once
#include "net/async.hpp"
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace godwit::net {
class TlsContext;

enum class StreamError {
    Eof,      // the peer has closed, or half-closed, or sent close_notify
    TimedOut, // the deadline has passed
    Canceled, // cancel() or close() from our side
    Broken,   // reset, unreachable, refused
    Tls,      // no agreement, a bad certificate, bytes that are not TLS
    Unknown,  // no such host
};
std::string_view name(StreamError);
template <class T> using Outcome = std::expected<T, StreamError>;

class Stream {
public:
    struct Parts;

    Stream(); // not open
    explicit Stream(std::shared_ptr<Parts>);
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;
    ~Stream();

    // Resolves and tries each address. `deadline` bounds all of it, and is lifted afterwards.
    static awaitable<Outcome<Stream>> connect(std::string host, std::uint16_t port, std::chrono::milliseconds deadline);

    // TLS from here on. `host` is sent as SNI and checked against the certificate when the context verifies.
    awaitable<Outcome<void>> accept_tls(TlsContext& context);
    awaitable<Outcome<void>> connect_tls(TlsContext& context, std::string host);

    awaitable<Outcome<std::size_t>> read_some(std::span<char> into); // at least one byte, or an error
    awaitable<Outcome<void>> write_all(std::string_view bytes);      // `bytes` must outlive the wait
    awaitable<Outcome<void>> wait_readable();                        // bytes, EOF or failure: read_now() tells which
    Outcome<std::size_t> read_now(std::span<char> into);             // 0: nothing there yet

    // Calls `readable` once, as soon as wait_readable() would return; for what must notice a peer that leaves while
    // something else is awaited. No read or wait may be under way. unwatch() first, then read.
    void watch(std::function<void()> readable);
    void unwatch();

    void deadline(std::chrono::milliseconds from_now);
    void no_deadline();

    void cancel(); // what waits ends with Canceled
    awaitable<void>
    shutdown();   // close_notify and FIN, then what the peer still sends is dropped for at most a second; closes
    void close(); // at once

    bool is_open() const;
    bool is_tls() const;
    std::string tls_version() const;              // "TLSv1.3", empty when plain
    std::string peer_certificate_problem() const; // of a client that did not verify: what was wrong, empty if nothing
    std::string peer() const;                     // "192.0.2.7" or "2001:db8::1"; empty when unknown

private:
    std::shared_ptr<Parts> parts_;
};

// "127.0.0.1:8080", "[::1]:8443", "localhost:80"; nothing when it is not of that form.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
};
std::optional<Endpoint> parse_endpoint(std::string_view text);

} // namespace godwit::net
