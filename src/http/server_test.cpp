// The server over real sockets, with a dispatch of the tests' own behind it.
#include "command/session.hpp"
#include "http/gzip.hpp"
#include "http/server.hpp"
#include "net/listener.hpp"
#include "net/stream.hpp"
#include "net/test_certificate.hpp"
#include "net/timer.hpp"
#include "net/tls.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>
#include <thread>

namespace godwit::http {
namespace {
using namespace std::chrono_literals;
using net::awaitable;
using testing::HasSubstr;
using testing::Not;

std::string const host = "127.0.0.1";
std::string const sign_in = "Authorization: Basic YW5uQGdvZHdpdC50ZXN0OnNlY3JldA==\r\n"; // ann@godwit.test:secret
std::string const wrong = "Authorization: Basic YW5uQGdvZHdpdC50ZXN0Ondyb25n\r\n";

// The hub and the outbox are for commands: http only hands them on.
template <class T> T& untouched() {
    alignas(std::max_align_t) static std::array<std::byte, 64> place;
    return reinterpret_cast<T&>(place);
}

// Accounts are made once: a password hash costs a tenth of a second.
struct House {
    net::Pool pool{2};
    index::Accounts accounts{pool, {}, {}};
    directory::Directory directory{pool, {}, {}};
    House() { directory.add("ann@godwit.test", "Ann", {}, "secret"); }
    static House& get() {
        static auto* house = new House; // its threads end with the process
        return *house;
    }
};

std::string post(std::string const& query, std::string const& body, std::string const& headers = sign_in) {
    return "POST /Microsoft-Server-ActiveSync?" + query + " HTTP/1.1\r\nHost: h\r\nMS-ASProtocolVersion: 16.1\r\n" +
           headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
std::string query(std::string const& command) { return "Cmd=" + command + "&User=ann&DeviceId=d1&DeviceType=t"; }
std::string sync(std::string const& body, std::string const& headers = sign_in) {
    return post(query("Sync"), body, headers);
}

struct Answer {
    unsigned status = 0; // 0: the connection ended instead
    std::string head, body;
    std::string header(std::string const& name) const {
        auto const at = head.find("\r\n" + name + ": ");
        if (at == head.npos) return "";
        auto const from = at + name.size() + 4;
        return head.substr(from, head.find("\r\n", from) - from);
    }
};

class Http : public testing::Test {
protected:
    Http() {
        config.log.json = false;
        spdlog::drop("godwit");
        auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(logged);
        auto logger = std::make_shared<spdlog::logger>("godwit", sink);
        logger->set_level(spdlog::level::debug);
        spdlog::register_logger(logger);
    }
    ~Http() override {
        if (server) loop.wait_for(server->stop(100ms));
        server.reset();
        net::Clock::frozen.reset();
    }

    // Echo, unless a test says otherwise: the body, and who asked for what.
    Server::Dispatch dispatch = [this](command::Session& s, std::string body) { return echo(s, std::move(body)); };
    awaitable<command::Reply> echo(command::Session& s, std::string body) {
        ++dispatched;
        auto const who = s.user.address + " " + s.line.device_id + " " + std::string(eas::name(s.version));
        s.notes.emplace_back("items", "3");
        co_return command::Reply{
            .content_type = "application/x-echo", .body = std::move(body), .headers = {{"X-Who", who}}};
    }
    // Waits until it is woken, as a Ping does.
    awaitable<command::Reply> hold(command::Session& s, std::string) {
        auto executor = co_await net::asio::this_coro::executor;
        auto timer = std::make_shared<net::Timer>(executor, 1h);
        s.hangup.wake = [timer] { timer->cancel(); };
        ++held;
        if (!s.hangup.gone && !s.hangup.stopping)
            co_await timer->async_wait(net::asio::as_tuple(net::asio::use_awaitable));
        --held;
        gone = s.hangup.gone;
        co_return command::Reply{.body = s.hangup.stopping ? "stopping" : "woken"};
    }

    void start(net::TlsContext* tls = nullptr) {
        server.emplace(loop, rooms, "Sync,Ping", dispatch);
        port = net::parse_endpoint(server->listen("127.0.0.1:0", tls))->port;
    }

    awaitable<net::Stream> dial() {
        if (!server) start();
        auto stream = co_await net::Stream::connect(host, port, 5s);
        co_return std::move(stream.value());
    }

    awaitable<Answer> read(net::Stream& stream, bool no_body = false) {
        Answer answer;
        std::array<char, 8192> buffer{};
        std::size_t wanted = std::string::npos;
        stream.deadline(1h);
        while (in.size() < wanted) {
            if (auto const end = in.find("\r\n\r\n"); wanted == in.npos && end != in.npos) {
                answer.head = in.substr(0, end + 2);
                in.erase(0, end + 4);
                auto const length = answer.header("Content-Length");
                wanted = no_body || length.empty() ? 0 : std::stoul(length);
                continue;
            }
            auto got = co_await stream.read_some(buffer);
            if (!got) co_return Answer{};
            in.append(buffer.data(), *got);
        }
        answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
        answer.body = in.substr(0, wanted);
        in.erase(0, wanted);
        co_return answer;
    }

    // One connection that sends all of this at once, then reads so many answers (or until the end).
    awaitable<std::vector<Answer>> talk(std::string bytes, std::size_t answers) {
        auto stream = co_await dial();
        co_await stream.write_all(bytes);
        std::vector<Answer> out;
        while (out.size() < answers) {
            auto one = co_await read(stream);
            out.push_back(one);
            if (one.status == 0) break;
        }
        co_return out;
    }
    Answer ask(std::string const& bytes) { return loop.wait_for(talk(bytes, 1)).at(0); }

    // Whether the server closes without another answer.
    awaitable<bool> ends(net::Stream& stream) {
        auto answer = co_await read(stream);
        co_return answer.status == 0 && in.empty();
    }
    template <class F> awaitable<bool> until(F f) {
        for (int i = 0; i < 5000 && !f(); ++i) co_await net::sleep_for(1ms);
        co_return f();
    }

    config::Config config;
    std::ostringstream logged;
    command::Rooms rooms{config,
                         House::get().pool,
                         House::get().accounts,
                         House::get().directory,
                         untouched<sync::Hub>(),
                         untouched<delivery::Outbox>(),
                         nullptr};
    net::Loop loop;
    std::optional<Server> server;
    std::uint16_t port = 0;
    std::string in;
    int dispatched = 0, held = 0;
    bool gone = false;
};

TEST_F(Http, AnswersACommand) {
    auto const answer = ask(sync("hello"));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.header("Content-Type"), "application/x-echo");
    EXPECT_EQ(answer.header("X-Who"), "ann@godwit.test d1 16.1");
    EXPECT_EQ(answer.header("Cache-Control"), "private");
    EXPECT_NE(answer.header("request-id"), "");
    EXPECT_EQ(answer.header("Connection"), "");
}

TEST_F(Http, OneLogLineARequestWithoutSecrets) {
    ask(sync("hello"));
    auto const log = logged.str();
    EXPECT_EQ(std::ranges::count(log, '\n'), 1);
    for (auto const* part : {"status=200", "cmd=Sync", "user=ann@godwit.test", "device=d1", "v=16.1", "in=5", "items=3",
                             "ms=", "peer=127.0.0.1"})
        EXPECT_THAT(log, HasSubstr(part));
    EXPECT_THAT(log, Not(HasSubstr("hello")));
    EXPECT_THAT(log, Not(HasSubstr("secret")));
}

TEST_F(Http, JsonLogOnRequest) {
    config.log.json = true;
    ask(sync("hello"));
    EXPECT_THAT(logged.str(), HasSubstr("\"event\":\"request\",\"status\":\"200\",\"cmd\":\"Sync\""));
}

TEST_F(Http, KeepAliveAndPipeliningKeepTheOrder) {
    auto const answers =
        loop.wait_for(talk(sync("one") + sync("two") + sync(std::string(200000, 'x')) + sync("four"), 4));
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_EQ(answers[0].body, "one");
    EXPECT_EQ(answers[1].body, "two");
    EXPECT_EQ(answers[2].body.size(), 200000U);
    EXPECT_EQ(answers[3].body, "four");
}

TEST_F(Http, ClosesWhenAsked) {
    auto const answers = loop.wait_for(talk(sync("one", sign_in + "Connection: close\r\n") + sync("two"), 2));
    EXPECT_EQ(answers[0].header("Connection"), "close");
    EXPECT_EQ(answers[1].status, 0U);
    EXPECT_EQ(dispatched, 1);
    std::string const old = "POST /Microsoft-Server-ActiveSync?" + query("Sync") +
                            " HTTP/1.0\r\nMS-ASProtocolVersion: 14.1\r\n" + sign_in + "Content-Length: 1\r\n";
    EXPECT_EQ(loop.wait_for(talk(old + "\r\nx", 2)).at(1).status, 0U);
    auto const kept = loop.wait_for(talk(old + "Connection: keep-alive\r\n\r\nx" + sync("y"), 2));
    EXPECT_EQ(kept.at(0).header("Connection"), "keep-alive");
    EXPECT_EQ(kept.at(1).body, "y");
}

TEST_F(Http, ByteByByte) {
    auto work = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        std::string const bytes = sync("hello");
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto const one = std::string_view(bytes).substr(i, 1);
            co_await stream.write_all(one);
            auto breath = 0ms;
            co_await net::sleep_for(breath);
        }
        auto answer = co_await read(stream);
        co_return answer;
    };
    EXPECT_EQ(loop.wait_for(work()).body, "hello");
}

TEST_F(Http, Chunked) {
    auto const head = "POST /Microsoft-Server-ActiveSync?" + query("Sync") +
                      " HTTP/1.1\r\nMS-ASProtocolVersion: 16.1\r\n" + sign_in + "Transfer-Encoding: chunked\r\n\r\n";
    auto const answers = loop.wait_for(talk(head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" + sync("next"), 2));
    EXPECT_EQ(answers.at(0).body, "abcde");
    EXPECT_EQ(answers.at(1).body, "next");
}

TEST_F(Http, GzipBothWays) {
    std::string const text(100000, 'a');
    auto answer = ask(sync(deflate(text), sign_in + "Content-Encoding: gzip\r\nAccept-Encoding: gzip, deflate\r\n"));
    EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
    EXPECT_LT(answer.body.size(), 2000U);
    EXPECT_EQ(inflate(answer.body, 1 << 20), text);
    EXPECT_EQ(ask(sync(text)).body, text);                                              // not asked
    EXPECT_EQ(ask(sync("short", sign_in + "Accept-Encoding: gzip\r\n")).body, "short"); // not worth it
    EXPECT_EQ(ask(sync("no gzip", sign_in + "Content-Encoding: gzip\r\n")).status, 400U);
    EXPECT_EQ(ask(sync("x", sign_in + "Content-Encoding: br\r\n")).status, 415U);
    config.http.max_body_bytes = 50000;
    EXPECT_EQ(ask(sync(deflate(text), sign_in + "Content-Encoding: gzip\r\n")).status, 413U); // a bomb
}

TEST_F(Http, ContinuesWhenTheGatesAreOpen) {
    auto work = [&](std::string headers) -> awaitable<std::vector<Answer>> {
        auto stream = co_await dial();
        auto const whole = sync("hello", headers + "Expect: 100-continue\r\n");
        auto const head = whole.substr(0, whole.size() - 5);
        co_await stream.write_all(head);
        std::vector<Answer> out;
        auto first = co_await read(stream);
        out.push_back(first);
        if (first.status == 100) {
            co_await stream.write_all("hello");
            auto second = co_await read(stream);
            out.push_back(second);
        }
        co_return out;
    };
    auto const good = loop.wait_for(work(sign_in));
    EXPECT_EQ(good.at(0).status, 100U);
    EXPECT_EQ(good.at(1).body, "hello");
    auto const bad = loop.wait_for(work(""));
    EXPECT_EQ(bad.at(0).status, 401U);
    EXPECT_EQ(bad.at(0).header("Connection"), "close");
}

TEST_F(Http, SignIn) {
    auto const none = ask(sync("x", ""));
    EXPECT_EQ(none.status, 401U);
    EXPECT_THAT(none.header("WWW-Authenticate"), HasSubstr("Basic realm="));
    EXPECT_THAT(logged.str(), Not(HasSubstr("sign-in failed"))); // asking first is no failure
    EXPECT_EQ(ask(sync("x", wrong)).status, 401U);
    EXPECT_THAT(logged.str(),
                HasSubstr("sign-in failed: peer=127.0.0.1 login=ann@godwit.test device=d1 why=wrong-secret"));
    auto const before = logged.str().size();
    EXPECT_EQ(ask(sync("x", wrong)).status, 401U); // incident 2.10: it counts once
    EXPECT_THAT(logged.str().substr(before), Not(HasSubstr("sign-in failed")));
    EXPECT_EQ(dispatched, 0);
}

TEST_F(Http, A401KeepsTheConnectionOnlyWhenTheBodyWasRead) {
    auto const small = loop.wait_for(talk(sync("small", "") + sync("next"), 2));
    EXPECT_EQ(small.at(0).status, 401U);
    EXPECT_EQ(small.at(0).header("Connection"), "");
    EXPECT_EQ(small.at(1).body, "next");
    auto const large = loop.wait_for(talk(sync(std::string(10 << 20, 'x'), "") + sync("next"), 2));
    EXPECT_EQ(large.at(0).status, 401U);
    EXPECT_EQ(large.at(0).header("Connection"), "close");
    EXPECT_EQ(large.at(1).status, 0U);
}

TEST_F(Http, Options) { // MS-ASHTTP_R1107
    std::string const request = "OPTIONS /microsoft-server-activesync HTTP/1.1\r\nHost: h\r\n";
    EXPECT_EQ(ask(request + "\r\n").status, 401U);
    auto const answer = ask(request + sign_in + "\r\n");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.header("MS-ASProtocolVersions"), "12.1,14.0,14.1,16.0,16.1");
    EXPECT_EQ(answer.header("MS-ASProtocolCommands"), "Sync,Ping");
    EXPECT_NE(answer.header("X-AspNet-Version"), ""); // Nine
    EXPECT_NE(answer.header("MS-Server-ActiveSync"), "");
    EXPECT_EQ(answer.header("Content-Length"), "0");
}

TEST_F(Http, RefusalsHaveTheirCodes) {
    auto request = [](std::string const& line, std::string const& headers) {
        return line + " HTTP/1.1\r\n" + headers + "\r\n";
    };
    std::string const path = "/Microsoft-Server-ActiveSync";
    auto version = [&](std::string const& v) {
        return request("POST " + path + "?" + query("Sync"), sign_in + v + "Content-Length: 0\r\n");
    };
    struct {
        std::string bytes;
        unsigned status;
    } const rows[] = {
        {request("GET /nothing", ""), 404},
        {request("PUT " + path, sign_in), 501},
        {request("BREW /healthz", ""), 501},
        {request("GET " + path, sign_in), 405},
        {request("GET " + path, ""), 401},
        {request("POST /healthz", "Content-Length: 0\r\n"), 405},
        {request("POST " + path, sign_in + "Content-Length: 0\r\n"), 400},
        {post("Cmd=Nonsense&User=a&DeviceId=d&DeviceType=t", ""), 501},
        {post("Cmd=Sync&User=a&DeviceType=t", ""), 400},
        {version("MS-ASProtocolVersion: 16.1\r\n"), 200},
        {version("MS-ASProtocolVersion: 1.0\r\n"), 400},
        {version("MS-ASProtocolVersion: 99\r\n"), 400},
        {version(""), 400},
        {version("MS-ASProtocolVersion: 14.1\r\nMS-ASProtocolVersion: 16.1\r\n"), 400},
        {request("POST " + path + "?" + query("Sync"), sign_in + "Content-Length: 104857600\r\n"), 413},
        {request("GET /", "A: " + std::string(50000, 'x') + "\r\n"), 431},
        {"\x16\x03\x01 not http\r\n\r\n", 400},
    };
    for (auto const& row : rows) EXPECT_EQ(ask(row.bytes).status, row.status) << row.bytes.substr(0, 200);
}

TEST_F(Http, Base64Query) {
    // 16.1, Sync, 0409, device "d1", policy key 7, type "t"
    std::string const bytes("\xa1\x00\x09\x04\x02"
                            "d1\x04\x07\x00\x00\x00\x01"
                            "t",
                            14);
    std::string encoded(64, '\0');
    encoded.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                                            reinterpret_cast<unsigned char const*>(bytes.data()),
                                                            static_cast<int>(bytes.size()))));
    std::optional<std::uint32_t> key;
    dispatch = [&](command::Session& s, std::string body) {
        key = s.line.policy_key;
        return echo(s, std::move(body));
    };
    auto const answer =
        ask("POST /Microsoft-Server-ActiveSync?" + encoded + " HTTP/1.1\r\n" + sign_in + "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(answer.header("X-Who"), "ann@godwit.test d1 16.1");
    EXPECT_EQ(key, 7U);
}

TEST_F(Http, HeadersFillThePlainQuery) {
    std::optional<std::uint32_t> key;
    bool multipart = false;
    dispatch = [&](command::Session& s, std::string body) {
        key = s.line.policy_key;
        multipart = s.multipart;
        return echo(s, std::move(body));
    };
    ask(sync("", sign_in + "X-MS-PolicyKey: 4294967295\r\nMS-ASAcceptMultiPart: T\r\n"));
    EXPECT_EQ(key, 4294967295U);
    EXPECT_TRUE(multipart);
    ask(sync("", sign_in + "X-MS-PolicyKey: x\r\n"));
    EXPECT_EQ(key, std::nullopt);
    EXPECT_FALSE(multipart);
}

TEST_F(Http, TenMegabytesOfZerosAndFiftyOfMail) {
    dispatch = [&](command::Session&, std::string body) -> awaitable<command::Reply> {
        co_return command::Reply{.body = std::to_string(body.size())};
    };
    EXPECT_EQ(ask(sync(std::string(10 << 20, '\0'))).body, std::to_string(10 << 20));
    EXPECT_EQ(ask(post(query("SendMail"), std::string(50 << 20, 'm'))).body, std::to_string(50 << 20));
}

TEST_F(Http, AnExceptionIs503) { // law 5
    dispatch = [&](command::Session&, std::string) -> awaitable<command::Reply> {
        throw std::runtime_error("disk on fire");
        co_return command::Reply{};
    };
    auto const answer = ask(sync("x"));
    EXPECT_EQ(answer.status, 503U);
    EXPECT_NE(answer.header("Retry-After"), "");
    EXPECT_THAT(answer.body, Not(HasSubstr("fire")));
    EXPECT_THAT(logged.str(),
                HasSubstr("request failed: id=" + answer.header("request-id") + " what=\"disk on fire\""));
}

TEST_F(Http, CodesAndHeadersOfAReplyPassThrough) {
    dispatch = [&](command::Session&, std::string) -> awaitable<command::Reply> {
        co_return command::Reply{.http_status = 451, .headers = {{"X-MS-Location", "https://other/"}}};
    };
    auto const answer = ask(sync("x"));
    EXPECT_EQ(answer.status, 451U);
    EXPECT_EQ(answer.header("X-MS-Location"), "https://other/");
}

// ---- held requests --------------------------------------------------------------------------------------------------

class HeldHttp : public Http {
protected:
    HeldHttp() {
        dispatch = [this](command::Session& s, std::string body) {
            return s.line.command == eas::Command::Ping ? hold(s, std::move(body)) : echo(s, std::move(body));
        };
    }
    std::string ping() { return post(query("Ping"), "hello"); }
};

TEST_F(HeldHttp, APhoneThatHasGoneFreesItsPoll) {
    auto work = [&](bool half) -> awaitable<bool> {
        auto stream = co_await dial();
        auto const bytes = ping();
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        if (half)
            loop.spawn(stream.shutdown()); // FIN, and still reading
        else
            stream.close();
        auto freed = co_await until([&] { return held == 0 && server->requests_in_flight() == 0; });
        co_return freed;
    };
    EXPECT_TRUE(loop.wait_for(work(true)));
    EXPECT_TRUE(gone);
    gone = false;
    EXPECT_TRUE(loop.wait_for(work(false)));
    EXPECT_TRUE(gone);
    EXPECT_THAT(logged.str(), HasSubstr("gone=1"));
}

TEST_F(HeldHttp, PipelinedBytesAreNoEnd) {
    auto work = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        auto const bytes = ping();
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        auto const next = sync("next");
        co_await stream.write_all(next);
        co_await net::sleep_for(30ms);
        EXPECT_EQ(held, 1);
        EXPECT_EQ(dispatched, 0); // in order: not before the Ping's answer
        stream.close();
        co_await until([&] { return held == 0; });
        co_return Answer{};
    };
    loop.wait_for(work());
    EXPECT_TRUE(gone);
}

TEST_F(HeldHttp, StoppingAnswersHeldPolls) {
    auto work = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        auto idle = co_await dial();
        auto const bytes = ping();
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        co_await server->stop(5s);
        EXPECT_EQ(server->connections(), 0U);
        auto answer = co_await read(stream);
        auto ended = co_await ends(idle);
        EXPECT_TRUE(ended);
        co_return answer;
    };
    auto const answer = loop.wait_for(work());
    EXPECT_EQ(answer.body, "stopping");
    EXPECT_EQ(answer.header("Connection"), "close");
}

TEST_F(HeldHttp, StopDoesNotWaitForThoseWhoNeverEnd) {
    dispatch = [this](command::Session&, std::string) -> awaitable<command::Reply> {
        ++held;
        co_await net::sleep_for(300ms); // deaf to `stopping`
        co_return command::Reply{};
    };
    auto work = [&]() -> awaitable<void> {
        auto stream = co_await dial();
        auto const bytes = ping();
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        co_await server->stop(20ms);
        EXPECT_EQ(server->connections(), 0U);
    };
    loop.wait_for(work());
}

// ---- slow peers -----------------------------------------------------------------------------------------------------

struct Slow {
    char const* name;
    std::string bytes;
    std::chrono::seconds after;
    unsigned status; // 0: closed without a word
};

// Real time passes between the jumps, so that what was sent arrives, and a hash ends, before a deadline does.
awaitable<void> clock_runs(std::chrono::seconds step, std::shared_ptr<bool> answered) {
    auto home = co_await net::asio::this_coro::executor;
    for (int i = 1; i <= 2000 && !*answered; ++i) {
        auto nothing = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
        co_await net::run_on(home, nothing);
        if (i % 200 == 0) *net::Clock::frozen += step;
    }
}

TEST_F(Http, SlowPeersAreSentAway) {
    config.http.head_timeout = 20s;
    config.http.body_timeout = 120s;
    config.http.idle_timeout = 60s;
    auto const whole = sync("hello");
    Slow const rows[] = {
        {"nothing", "", 61s, 0},
        {"half a head", whole.substr(0, 40), 21s, 408},
        {"half a body", whole.substr(0, whole.size() - 2), 121s, 408},
    };
    for (auto const& row : rows) {
        net::Clock::frozen = net::Clock::now();
        in.clear();
        auto work = [&]() -> awaitable<Answer> {
            auto stream = co_await dial();
            co_await stream.write_all(row.bytes);
            auto answered = std::make_shared<bool>(false);
            loop.spawn(clock_runs(row.after, answered));
            auto answer = co_await read(stream);
            *answered = true;
            co_return answer;
        };
        EXPECT_EQ(loop.wait_for(work()).status, row.status) << row.name;
        auto gone_too = [&]() -> awaitable<bool> {
            auto home = co_await net::asio::this_coro::executor;
            for (int i = 0; i < 5000 && server->connections() > 0; ++i) { // real time again, for the lingering close
                *net::Clock::frozen += 10ms;
                auto nothing = [] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
                co_await net::run_on(home, nothing);
            }
            co_return server->connections() == 0;
        };
        EXPECT_TRUE(loop.wait_for(gone_too())) << row.name;
        net::Clock::frozen.reset();
    }
}

TEST_F(Http, ABodyThatKeepsComingIsNotSlow) {
    config.http.body_timeout = 1s;
    std::string const body(400000, 'x');
    auto work = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        auto const bytes = sync(body);
        for (std::size_t at = 0; at < bytes.size(); at += 70000) {
            auto const piece = std::string_view(bytes).substr(at, 70000);
            co_await stream.write_all(piece);
            co_await net::sleep_for(300ms);
        }
        auto answer = co_await read(stream);
        co_return answer;
    };
    EXPECT_EQ(loop.wait_for(work()).body.size(), body.size());
}

// ---- the other addresses --------------------------------------------------------------------------------------------

TEST_F(Http, Health) {
    auto const answer = ask("GET /healthz HTTP/1.1\r\n\r\n");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_THAT(answer.body, HasSubstr("\"status\":\"ok\",\"connections\":1"));
    auto head = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        co_await stream.write_all("HEAD /healthz HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n");
        auto first = co_await read(stream, true);
        auto second = co_await read(stream);
        EXPECT_NE(first.header("Content-Length"), "0");
        co_return second;
    };
    EXPECT_EQ(loop.wait_for(head()).status, 200U);
}

TEST_F(Http, Autodiscover) {
    std::string const body =
        "<Autodiscover "
        "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006\"><Request>"
        "<EMailAddress>ann@godwit.test</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/"
        "autodiscover/mobilesync/responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>";
    auto request = [&](std::string const& headers) {
        return "POST /autodiscover/AUTODISCOVER.xml HTTP/1.1\r\nHost: mail.godwit.test\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    EXPECT_EQ(ask(request("")).status, 401U);
    auto const answer = ask(request(sign_in));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_THAT(answer.body, HasSubstr("<Url>https://mail.godwit.test/Microsoft-Server-ActiveSync</Url>"));
    EXPECT_THAT(answer.body, HasSubstr("<EMailAddress>ann@godwit.test</EMailAddress>"));
    config.public_url = "https://eas.example/";
    EXPECT_THAT(ask(request(sign_in)).body, HasSubstr("<Url>https://eas.example/Microsoft-Server-ActiveSync</Url>"));
    EXPECT_EQ(
        ask("GET /autodiscover/autodiscover.json?Email=a%40b&Protocol=ActiveSync HTTP/1.1\r\nHost: h\r\n\r\n").status,
        200U);
    config.public_url.clear();
    EXPECT_EQ(
        ask("GET /autodiscover/autodiscover.json?Email=a%40b&Protocol=ActiveSync HTTP/1.1\r\nHost: <h>\r\n\r\n").status,
        400U);
}

// ---- TLS ------------------------------------------------------------------------------------------------------------

class TlsHttp : public Http {
protected:
    TlsHttp() : tls(net::TlsContext::server(files.certificate(), files.key()).value()) { start(&tls); }

    awaitable<Answer> over_tls(net::TlsContext& context, std::string bytes, std::string& spoken) {
        auto stream = co_await dial();
        auto agreed = co_await stream.connect_tls(context, "localhost");
        if (!agreed) co_return Answer{};
        spoken = stream.tls_version();
        co_await stream.write_all(bytes);
        auto answer = co_await read(stream);
        co_return answer;
    }

    net::TestCertificate files{"localhost"};
    net::TlsContext tls;
    std::string version;
};

TEST_F(TlsHttp, SpeaksBothVersions) {
    auto any = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    EXPECT_EQ(loop.wait_for(over_tls(any, sync(std::string(300000, 'x')), version)).body.size(), 300000U);
    EXPECT_EQ(version, "TLSv1.3");
    auto older = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    SSL_CTX_set_max_proto_version(older.current().get(), TLS1_2_VERSION);
    EXPECT_EQ(loop.wait_for(over_tls(older, sync("hello"), version)).body, "hello");
    EXPECT_EQ(version, "TLSv1.2");
    auto oldest = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    SSL_CTX_set_min_proto_version(oldest.current().get(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(oldest.current().get(), TLS1_1_VERSION);
    EXPECT_EQ(loop.wait_for(over_tls(oldest, sync("hello"), version)).status, 0U);
}

TEST_F(TlsHttp, AHeldPollSeesTheEnd) {
    dispatch = [this](command::Session& s, std::string body) { return hold(s, std::move(body)); };
    server.reset();
    start(&tls);
    auto any = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    auto work = [&]() -> awaitable<bool> {
        auto stream = co_await dial();
        co_await stream.connect_tls(any, "localhost");
        auto const bytes = post(query("Ping"), "");
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        co_await net::sleep_for(20ms);
        EXPECT_EQ(held, 1); // session tickets and the like are no end
        loop.spawn(stream.shutdown());
        auto freed = co_await until([&] { return held == 0; });
        co_return freed;
    };
    EXPECT_TRUE(loop.wait_for(work()));
    EXPECT_TRUE(gone);
}

TEST_F(TlsHttp, NewConnectionsGetTheReloadedCertificate) {
    auto old_trust = net::TlsContext::client(files.certificate()).value();
    EXPECT_EQ(loop.wait_for(over_tls(old_trust, sync("a"), version)).body, "a");
    files.write("localhost");
    ASSERT_TRUE(tls.reload());
    auto new_trust = net::TlsContext::client(files.certificate()).value();
    EXPECT_EQ(loop.wait_for(over_tls(old_trust, sync("b"), version)).status, 0U);
    EXPECT_EQ(loop.wait_for(over_tls(new_trust, sync("c"), version)).body, "c");
}

TEST_F(TlsHttp, PlainHttpIsDroppedAndLogged) {
    EXPECT_EQ(ask(sync("x")).status, 0U);
    EXPECT_THAT(logged.str(), HasSubstr("TLS"));
}

} // namespace
} // namespace godwit::http
