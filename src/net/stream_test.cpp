#include "net/listener.hpp"
#include "net/loop.hpp"
#include "net/signals.hpp"
#include "net/stream.hpp"
#include "net/test_certificate.hpp"
#include "net/timer.hpp"
#include "net/tls.hpp"
#include <array>
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace godwit::net {
namespace {
using namespace std::chrono_literals;

std::string const host = "127.0.0.1";

// A server on a free port whose every connection runs `serve`, and a client's connection to it.
struct Pair {
    explicit Pair(Listener::Serve serve, bool tls, std::size_t max = 100) : listener(loop, "127.0.0.1:0", max) {
        if (tls) {
            certificate.emplace("localhost");
            auto made = TlsContext::server(certificate->certificate(), certificate->key());
            if (!made) throw std::runtime_error(made.error());
            server.emplace(std::move(*made));
        }
        listener.start([this, serve](Stream s) { return accept(std::move(s), serve); });
    }

    awaitable<void> accept(Stream stream, Listener::Serve serve) {
        if (server) {
            auto agreed = co_await stream.accept_tls(*server);
            if (!agreed) co_return;
        }
        co_await serve(std::move(stream));
    }

    awaitable<Stream> dial() {
        auto stream = co_await Stream::connect(host, listener.port(), 5s);
        if (!stream) throw std::runtime_error(std::string(name(stream.error())));
        if (server) {
            auto agreed = co_await stream->connect_tls(client, host);
            if (!agreed) throw std::runtime_error("no TLS");
        }
        co_return std::move(*stream);
    }

    Loop loop;
    Listener listener;
    std::optional<TestCertificate> certificate;
    std::optional<TlsContext> server;
    TlsContext client = TlsContext::client(TlsContext::Verify::Nothing);
};

awaitable<void> echo(Stream stream) {
    std::vector<char> buffer(10000);
    for (;;) {
        auto got = co_await stream.read_some(buffer);
        if (!got) co_return;
        std::string_view const bytes(buffer.data(), *got);
        auto sent = co_await stream.write_all(bytes);
        if (!sent) co_return;
    }
}

awaitable<std::string> read_exactly(Stream& stream, std::size_t size) {
    std::string out(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        std::span<char> const rest(out.data() + have, size - have);
        auto got = co_await stream.read_some(rest);
        if (!got) break;
        have += *got;
    }
    out.resize(have);
    co_return out;
}

class PlainAndTls : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Stream, PlainAndTls, testing::Bool(), [](auto const& p) { return p.param ? "Tls" : "Plain"; });

TEST_P(PlainAndTls, CarriesMoreThanTheBuffersHold) {
    Pair pair(echo, GetParam());
    std::string const sent(3 << 20, 'x');
    auto write = [&](Stream& stream) -> awaitable<void> { co_await stream.write_all(sent); };
    auto work = [&]() -> awaitable<std::string> {
        auto stream = co_await pair.dial();
        pair.loop.spawn(write(stream));
        auto back = co_await read_exactly(stream, sent.size());
        co_return back;
    };
    EXPECT_EQ(pair.loop.wait_for(work()), sent);
}

TEST_P(PlainAndTls, WaitsWithoutABufferAndSeesTheEnd) {
    std::optional<StreamError> seen;
    auto serve = [&](Stream stream) -> awaitable<void> {
        auto ready = co_await stream.wait_readable();
        std::array<char, 16> buffer{};
        auto got = stream.read_now(buffer);
        if (ready && !got) seen = got.error();
    };
    Pair pair(serve, GetParam());
    auto work = [&]() -> awaitable<void> {
        auto stream = co_await pair.dial();
        co_await sleep_for(20ms);
        co_await stream.shutdown();
        while (!seen) co_await sleep_for(1ms);
    };
    pair.loop.wait_for(work());
    EXPECT_EQ(seen, StreamError::Eof);
}

TEST_P(PlainAndTls, WatchCallsOnceAndUnwatchNever) {
    int calls = 0;
    std::string read;
    auto serve = [&](Stream stream) -> awaitable<void> {
        stream.watch([&] { ++calls; });
        while (calls == 0) co_await sleep_for(1ms);
        std::array<char, 16> buffer{};
        auto const got = stream.read_now(buffer);
        read.assign(buffer.data(), got.value_or(0));
        stream.watch([&] { calls += 100; });
        stream.unwatch();
        auto more = co_await stream.read_some(buffer);
        read.append(buffer.data(), more.value_or(0));
    };
    Pair pair(serve, GetParam());
    auto work = [&]() -> awaitable<void> {
        auto stream = co_await pair.dial();
        co_await stream.write_all("one");
        while (read.empty()) co_await sleep_for(1ms);
        co_await stream.write_all("two");
        while (read.size() < 6) co_await sleep_for(1ms);
    };
    pair.loop.wait_for(work());
    EXPECT_EQ(read, "onetwo");
    EXPECT_EQ(calls, 1);
}

TEST_P(PlainAndTls, WatchSeesBytesThatAreAlreadyDecrypted) {
    std::string read;
    auto serve = [&](Stream stream) -> awaitable<void> {
        std::array<char, 3> buffer{};
        auto first = co_await stream.read_some(buffer); // one TLS record brings six
        read.assign(buffer.data(), first.value_or(0));
        bool called = false;
        stream.watch([&] { called = true; });
        while (!called) co_await sleep_for(1ms);
        auto const rest = stream.read_now(buffer);
        read.append(buffer.data(), rest.value_or(0));
    };
    Pair pair(serve, GetParam());
    auto work = [&]() -> awaitable<void> {
        auto stream = co_await pair.dial();
        co_await stream.write_all("onetwo");
        while (read.size() < 6) co_await sleep_for(1ms);
    };
    pair.loop.wait_for(work());
    EXPECT_EQ(read, "onetwo");
}

TEST_P(PlainAndTls, TheDeadlineEndsARead) {
    Pair pair(echo, GetParam());
    auto work = [&]() -> awaitable<StreamError> {
        auto stream = co_await pair.dial();
        stream.deadline(30ms);
        std::array<char, 16> buffer{};
        auto got = co_await stream.read_some(buffer);
        co_return got ? StreamError::Eof : got.error();
    };
    EXPECT_EQ(pair.loop.wait_for(work()), StreamError::TimedOut);
}

TEST_P(PlainAndTls, ADeadlineThatMovesOnIsNotTheOldOne) {
    Pair pair(echo, GetParam());
    auto work = [&]() -> awaitable<std::string> {
        auto stream = co_await pair.dial();
        std::string back;
        for (int i = 0; i < 4; ++i) { // longer together than each may take
            stream.deadline(200ms);
            co_await sleep_for(80ms);
            co_await stream.write_all("x");
            auto one = co_await read_exactly(stream, 1);
            back += one;
        }
        stream.deadline(10ms);
        stream.no_deadline();
        co_await sleep_for(30ms);
        co_await stream.write_all("y");
        auto last = co_await read_exactly(stream, 1);
        co_return back + last;
    };
    EXPECT_EQ(pair.loop.wait_for(work()), "xxxxy");
}

TEST_P(PlainAndTls, TheDeadlineEndsAWriteThatNobodyReads) {
    auto silent = [](Stream) -> awaitable<void> { co_await sleep_for(400ms); };
    Pair pair(silent, GetParam());
    std::string const much(32 << 20, 'x');
    auto work = [&]() -> awaitable<StreamError> {
        auto stream = co_await pair.dial();
        stream.deadline(100ms);
        auto sent = co_await stream.write_all(much);
        co_return sent ? StreamError::Eof : sent.error();
    };
    EXPECT_EQ(pair.loop.wait_for(work()), StreamError::TimedOut);
}

TEST_P(PlainAndTls, CancelEndsAWait) {
    Pair pair(echo, GetParam());
    auto work = [&]() -> awaitable<StreamError> {
        auto stream = co_await pair.dial();
        pair.loop.post([&] { stream.cancel(); });
        auto ready = co_await stream.wait_readable();
        co_return ready ? StreamError::Eof : ready.error();
    };
    EXPECT_EQ(pair.loop.wait_for(work()), StreamError::Canceled);
}

TEST(Stream, AFrozenClockExpiresALongDeadlineAtOnce) {
    Pair pair(echo, false);
    Clock::frozen = Clock::now();
    auto work = [&]() -> awaitable<StreamError> {
        auto stream = co_await pair.dial();
        stream.deadline(59min);
        *Clock::frozen += 59min;
        auto ready = co_await stream.wait_readable();
        co_return ready ? StreamError::Eof : ready.error();
    };
    auto const result = pair.loop.wait_for(work());
    Clock::frozen.reset();
    EXPECT_EQ(result, StreamError::TimedOut);
}

TEST(Stream, ConnectFailuresHaveNames) {
    Loop loop;
    std::uint16_t free_port = 0;
    {
        Listener const closed(loop, "127.0.0.1:0", 1);
        free_port = closed.port();
    }
    auto dial = [](std::string to, std::uint16_t port) -> awaitable<StreamError> {
        auto stream = co_await Stream::connect(to, port, 2s);
        co_return stream ? StreamError::Eof : stream.error();
    };
    EXPECT_EQ(loop.wait_for(dial(host, free_port)), StreamError::Broken);
    EXPECT_EQ(loop.wait_for(dial("no-such-host.invalid", 80)), StreamError::Unknown);
}

TEST(Stream, ReadsEndpoints) {
    struct {
        char const* text;
        char const* host;
        int port;
    } const rows[] = {{"127.0.0.1:80", "127.0.0.1", 80},
                      {"[::1]:8443", "::1", 8443},
                      {"localhost:0", "localhost", 0},
                      {"80", nullptr, 0},
                      {":80", nullptr, 0},
                      {"a:", nullptr, 0},
                      {"a:b", nullptr, 0},
                      {"a:65536", nullptr, 0},
                      {"::1:80", nullptr, 0},
                      {"a:80x", nullptr, 0}};
    for (auto const& row : rows) {
        auto const endpoint = parse_endpoint(row.text);
        ASSERT_EQ(endpoint.has_value(), row.host != nullptr) << row.text;
        if (!endpoint) continue;
        EXPECT_EQ(endpoint->host, row.host);
        EXPECT_EQ(endpoint->port, row.port);
    }
}

// ---- TLS ------------------------------------------------------------------------------------------------------------

TEST(Tls, AVerifyingClientTakesOnlyWhatItTrusts) {
    Pair pair(echo, true);
    auto attempt = [&](TlsContext& context, std::string as) -> awaitable<bool> {
        auto stream = co_await Stream::connect(host, pair.listener.port(), 5s);
        auto agreed = co_await stream->connect_tls(context, as);
        co_return agreed.has_value();
    };
    auto trusting = TlsContext::client(pair.certificate->certificate());
    ASSERT_TRUE(trusting);
    auto system = TlsContext::client(TlsContext::Verify::System);
    EXPECT_TRUE(pair.loop.wait_for(attempt(*trusting, "localhost")));
    EXPECT_TRUE(pair.loop.wait_for(attempt(*trusting, "127.0.0.1")));
    EXPECT_FALSE(pair.loop.wait_for(attempt(*trusting, "other.example")));
    EXPECT_FALSE(pair.loop.wait_for(attempt(system, "localhost")));
}

TEST(Tls, AClientThatDoesNotVerifyKnowsWhatIsWrong) {
    Pair pair(echo, true);
    auto work = [&]() -> awaitable<std::string> {
        auto stream = co_await pair.dial();
        EXPECT_EQ(stream.tls_version(), "TLSv1.3");
        co_return stream.peer_certificate_problem();
    };
    EXPECT_NE(pair.loop.wait_for(work()).find("self-signed"), std::string::npos);
}

TEST(Tls, PlainBytesAreAFailureOfTheHandshakeOnly) {
    std::optional<StreamError> seen;
    Pair pair(echo, true);
    auto serve = [&](Stream stream) -> awaitable<void> {
        auto agreed = co_await stream.accept_tls(*pair.server);
        if (!agreed) seen = agreed.error();
    };
    Listener second(pair.loop, "127.0.0.1:0", 10);
    second.start(serve);
    auto work = [&]() -> awaitable<void> {
        auto stream = co_await Stream::connect(host, second.port(), 5s);
        co_await stream->write_all("GET / HTTP/1.1\r\n\r\n");
        while (!seen) co_await sleep_for(1ms);
    };
    pair.loop.wait_for(work());
    EXPECT_EQ(seen, StreamError::Tls);
}

TEST(Tls, ReloadKeepsTheOldCertificateWhenTheNewIsBad) {
    TestCertificate const files("localhost");
    auto context = TlsContext::server(files.certificate(), files.key());
    ASSERT_TRUE(context) << context.error();
    auto const before = context->current();
    EXPECT_TRUE(context->reload());
    auto const again = context->current();
    EXPECT_NE(before, again);
    std::ofstream(files.key()) << "no key";
    auto const bad = context->reload();
    ASSERT_FALSE(bad);
    EXPECT_NE(bad.error().find(files.key()), std::string::npos);
    EXPECT_EQ(context->current(), again);
    TestCertificate const other("localhost");
    std::filesystem::copy_file(other.key(), files.key(), std::filesystem::copy_options::overwrite_existing);
    auto const foreign = context->reload();
    ASSERT_FALSE(foreign);
    EXPECT_EQ(context->current(), again);
    EXPECT_FALSE(TlsContext::server("/nowhere/c.pem", "/nowhere/k.pem"));
}

// ---- Listener -------------------------------------------------------------------------------------------------------

TEST(Listener, HoldsMoreThanItsBoundBackUntilOneEnds) {
    std::size_t most = 0;
    Pair* self = nullptr;
    auto serve = [&](Stream stream) -> awaitable<void> {
        most = std::max(most, self->listener.open());
        co_await echo(std::move(stream));
    };
    Pair pair(serve, false, 2);
    self = &pair;
    int answered = 0;
    auto one = [&]() -> awaitable<void> {
        auto stream = co_await pair.dial();
        co_await stream.write_all("x");
        auto back = co_await read_exactly(stream, 1);
        answered += back == "x";
    };
    for (int i = 0; i < 10; ++i) pair.loop.spawn(one());
    auto all = [&]() -> awaitable<void> {
        while (answered < 10) co_await sleep_for(1ms);
    };
    pair.loop.wait_for(all());
    EXPECT_EQ(most, 2U);
}

TEST(Listener, SurvivesBeingOutOfDescriptors) {
    Pair pair(echo, false);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    auto work = [&]() -> awaitable<std::string> {
        auto stream = co_await pair.dial(); // its descriptor is there; the accepted one's will not be
        auto second = co_await Stream::connect(host, pair.listener.port(), 5s);
        co_await second->write_all("again");
        rlimit const none{.rlim_cur = 3, .rlim_max = before.rlim_max};
        setrlimit(RLIMIT_NOFILE, &none);
        co_await sleep_for(120ms);
        setrlimit(RLIMIT_NOFILE, &before);
        auto back = co_await read_exactly(*second, 5);
        co_return back;
    };
    EXPECT_EQ(pair.loop.wait_for(work()), "again");
    setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Listener, AnExceptionEndsOneConnectionOnly) {
    int served = 0;
    auto serve = [&](Stream stream) -> awaitable<void> {
        if (++served == 1) throw std::runtime_error("bad connection");
        co_await echo(std::move(stream));
    };
    Pair pair(serve, false);
    auto work = [&]() -> awaitable<std::string> {
        auto first = co_await pair.dial();
        auto nothing = co_await read_exactly(first, 1);
        auto second = co_await pair.dial();
        co_await second.write_all("x");
        auto back = co_await read_exactly(second, 1);
        co_return nothing + back;
    };
    EXPECT_EQ(pair.loop.wait_for(work()), "x");
}

TEST(Listener, SaysWhyItCannotListen) {
    Loop loop;
    Listener const first(loop, "127.0.0.1:0", 1);
    EXPECT_THROW(Listener(loop, first.address(), 1), std::runtime_error);
    EXPECT_THROW(Listener(loop, "nonsense", 1), std::runtime_error);
    EXPECT_THROW(Listener(loop, "not.an.address:80", 1), std::runtime_error);
}

TEST(Signals, StopAndReload) {
    Loop loop;
    int reloads = 0, stops = 0;
    auto on_stop = [&] {
        if (++stops == 2) loop.stop();
    };
    Signals const signals(loop, on_stop, [&] { ++reloads; });
    for (int number : {SIGHUP, SIGTERM, SIGHUP, SIGINT}) loop.post([number] { std::raise(number); });
    loop.run();
    EXPECT_EQ(stops, 2);
    EXPECT_EQ(reloads, 2);
}

} // namespace
} // namespace godwit::net
