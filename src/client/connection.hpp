// One keep-alive HTTP/1.1 connection to one server, plain or TLS. A connection that the server has closed while it lay
// idle is opened again once, as every phone does; one that breaks in the middle of an answer is a Failure.
// A waiting connection holds no buffer, so that ten thousand of them fit in a few processes.
#pragma once
#include "client/failure.hpp"
#include "client/message.hpp"
#include "net/async.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"
#include <chrono>
#include <memory>

namespace godwit::client {
using std::chrono::milliseconds;

struct Target {
    bool tls = false;
    std::string host = "127.0.0.1";
    std::uint16_t port = 80;
    std::string path = "/";

    std::string host_header() const; // the port only where it is not the scheme's own
};
// http://host[:port][/path], https://...; a bare host means https. Throws Failure::Url with what is wrong.
Target parse_url(std::string_view url);

class Connection {
public:
    Connection(Target target, std::shared_ptr<net::TlsContext> tls, ResponseLimits limits = {});

    net::awaitable<void> open(milliseconds patience);
    // `again`: whether a request that met a closed idle connection may be sent a second time.
    net::awaitable<HttpResponse> exchange(HttpRequest const& request, milliseconds patience, bool again = true);
    // The halves, for pipelining and for tests that lose an answer.
    net::awaitable<void> send(std::string_view bytes, milliseconds patience);
    net::awaitable<HttpResponse> receive(milliseconds patience, bool has_body = true);
    void cancel() { stream_.cancel(); }
    void close();

    Target const& target() const { return target_; }
    bool is_open() const { return stream_.is_open(); }
    net::Stream& stream() { return stream_; }
    // Of the last answer: from the request's last byte to the answer's first.
    std::chrono::microseconds first_byte() const { return first_byte_; }

private:
    struct Attempt {
        HttpResponse response = {};
        bool stale = false; // closed before a byte of the answer came
    };
    net::awaitable<Attempt> attempt(HttpRequest const& request, milliseconds patience, bool fresh);

    Target target_;
    std::shared_ptr<net::TlsContext> tls_;
    ResponseLimits limits_;
    net::Stream stream_ = {};
    std::string ahead_ = {}; // of a pipelined answer
    std::chrono::microseconds first_byte_{0};
};

} // namespace godwit::client
