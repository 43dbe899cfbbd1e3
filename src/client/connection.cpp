#include "client/connection.hpp"
#include "net/time.hpp"
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace godwit::client {
namespace {

Failure failure_of(net::StreamError error, std::string const& doing) {
    using net::StreamError;
    auto kind = Failure::Cut;
    switch (error) {
    case StreamError::TimedOut: kind = Failure::TimedOut; break;
    case StreamError::Unknown: kind = Failure::Resolve; break;
    case StreamError::Tls: kind = Failure::Tls; break;
    case StreamError::Eof:
    case StreamError::Canceled:
    case StreamError::Broken: break;
    }
    return Failure(kind, doing + ": " + std::string(net::name(error)));
}

// Reading never waits with this buffer in use, so that one serves every connection of a thread.
std::span<char> shared_buffer() {
    static thread_local char buffer[65536];
    return buffer;
}

} // namespace

std::string Target::host_header() const {
    auto name = host.contains(':') ? '[' + host + ']' : host;
    return port == (tls ? 443 : 80) ? name : name + ':' + std::to_string(port);
}

Target parse_url(std::string_view url) {
    std::string text(url.contains("://") ? "" : "https://");
    text += url;
    auto parsed = boost::urls::parse_uri(text);
    if (!parsed) throw Failure(Failure::Url, "'" + std::string(url) + "' is not a URL: " + parsed.error().message());
    auto view = *parsed;
    Target target;
    if (view.scheme() != "http" && view.scheme() != "https")
        throw Failure(Failure::Url, "the URL must begin with http:// or https://");
    target.tls = view.scheme() == "https";
    target.host = view.host_address();
    if (target.host.empty()) throw Failure(Failure::Url, "the URL names no host");
    unsigned port = target.tls ? 443 : 80;
    if (std::string_view digits = view.port(); !digits.empty()) {
        auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (error != std::errc{} || port == 0 || port > 65535) throw Failure(Failure::Url, "the URL's port is not one");
    }
    target.port = static_cast<std::uint16_t>(port);
    if (!view.encoded_path().empty()) target.path = std::string(view.encoded_path());
    return target;
}

Connection::Connection(Target target, std::shared_ptr<net::TlsContext> tls, ResponseLimits limits)
    : target_(std::move(target)), tls_(std::move(tls)), limits_(limits) {
    if (target_.tls && !tls_)
        tls_ = std::make_shared<net::TlsContext>(net::TlsContext::client(net::TlsContext::Verify::System));
}

void Connection::close() {
    stream_.close();
    ahead_.clear();
}

net::awaitable<void> Connection::open(milliseconds patience) {
    close();
    auto where = target_.host + " port " + std::to_string(target_.port);
    auto connected = co_await net::Stream::connect(target_.host, target_.port, patience);
    if (!connected) {
        auto failed = failure_of(connected.error(), "connecting to " + where);
        if (failed.kind == Failure::Cut) failed.kind = Failure::Connect;
        throw failed;
    }
    stream_ = std::move(*connected);
    if (!target_.tls) co_return;
    stream_.deadline(patience);
    auto agreed = co_await stream_.connect_tls(*tls_, target_.host);
    if (!agreed) {
        auto problem = stream_.peer_certificate_problem();
        close();
        throw Failure(agreed.error() == net::StreamError::TimedOut ? Failure::TimedOut : Failure::Tls,
                      "TLS with " + where + ": " +
                          (problem.empty() ? std::string(net::name(agreed.error())) : problem));
    }
}

net::awaitable<void> Connection::send(std::string_view bytes, milliseconds patience) {
    stream_.deadline(patience);
    auto written = co_await stream_.write_all(bytes);
    if (!written) throw failure_of(written.error(), "sending the request");
}

net::awaitable<HttpResponse> Connection::receive(milliseconds patience, bool has_body) {
    auto asked = net::Clock::now();
    ResponseParser parser(limits_, has_body);
    stream_.deadline(patience);
    std::string before = std::exchange(ahead_, {});
    ahead_ = before.substr(parser.feed(before));
    while (!parser.done() && !parser.failed()) {
        auto readable = co_await stream_.wait_readable();
        if (!readable) {
            close();
            throw failure_of(readable.error(), "waiting for the answer");
        }
        auto buffer = shared_buffer();
        auto got = stream_.read_now(buffer);
        if (got && *got == 0) continue;
        if (!parser.started())
            first_byte_ = std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - asked);
        if (!got) {
            parser.end_of_stream();
            break;
        }
        auto taken = parser.feed({buffer.data(), *got});
        ahead_.append(buffer.data() + taken, *got - taken);
    }
    bool whole = parser.done();
    auto why = parser.failure();
    auto response = parser.take();
    if (!whole) {
        close();
        throw Failure(Failure::Cut, why);
    }
    if (!response.keeps_alive()) close();
    co_return response;
}

net::awaitable<Connection::Attempt> Connection::attempt(HttpRequest const& request, milliseconds patience, bool fresh) {
    std::string bytes = head_of(request, target_.host_header());
    bytes += request.body;
    stream_.deadline(patience);
    auto written = co_await stream_.write_all(bytes);
    if (!written && written.error() != net::StreamError::Broken && written.error() != net::StreamError::Eof)
        throw failure_of(written.error(), "sending the request");
    Attempt result;
    try {
        // Even after a failed write: a server that refuses a body answers before it has read it.
        bool has_body = request.method != "HEAD";
        result.response = co_await receive(patience, has_body);
    } catch (Failure const& f) {
        result.stale = !fresh && f.kind == Failure::Cut && std::string_view(f.what()).ends_with("without an answer");
        if (!result.stale) throw;
    }
    co_return result;
}

net::awaitable<HttpResponse> Connection::exchange(HttpRequest const& request, milliseconds patience, bool again) {
    bool fresh = !stream_.is_open();
    if (fresh) co_await open(patience);
    auto first = co_await attempt(request, patience, fresh || !again);
    if (!first.stale) co_return std::move(first.response);
    co_await open(patience);
    auto second = co_await attempt(request, patience, true);
    co_return std::move(second.response);
}

} // namespace godwit::client
