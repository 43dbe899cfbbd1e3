// The server over real sockets, with a dispatch of the tests' own behind it: what http's tests share.
#pragma once
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
using namespace std::chrono_literals;
using net::awaitable;
using testing::HasSubstr;
using testing::Not;

inline std::string const host = "127.0.0.1";
inline std::string const sign_in =
    "Authorization: Basic YW5uQGdvZHdpdC50ZXN0OnNlY3JldA==\r\n"; // ann@godwit.test:secret
inline std::string const wrong = "Authorization: Basic YW5uQGdvZHdpdC50ZXN0Ondyb25n\r\n";

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

inline std::string post(std::string const& query, std::string const& body, std::string const& headers = sign_in) {
    return "POST /Microsoft-Server-ActiveSync?" + query + " HTTP/1.1\r\nHost: h\r\nMS-ASProtocolVersion: 16.1\r\n" +
           headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
inline std::string query(std::string const& command) { return "Cmd=" + command + "&User=ann&DeviceId=d1&DeviceType=t"; }
inline std::string sync(std::string const& body, std::string const& headers = sign_in) {
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
        config.http.account_requests = 64; // there is one account here
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
    class Poll final : public command::Held {
    public:
        explicit Poll(Http& h) : house(h) { ++house.held; }
        ~Poll() override { --house.held; }
        void wait(std::function<void()> call) override {
            if (house.news) return call();
            house.wake = std::move(call);
        }
        awaitable<std::optional<command::Reply>> look(command::Session& s) override {
            ++house.looks;
            s.hangup.gone = s.hangup.gone || s.hangup.flooded; // as command::Waiting does
            house.gone = s.hangup.gone;
            if (!house.news && !s.hangup.gone && !s.hangup.stopping) co_return std::nullopt;
            s.notes.emplace_back("items", "7");
            co_return command::Reply{.content_type = "text/plain", .body = s.hangup.stopping ? "stopping" : "woken"};
        }
        Http& house;
    };
    awaitable<command::Reply> hold(command::Session& s, std::string) {
        auto poll = std::make_unique<Poll>(*this);
        auto answer = co_await poll->look(s);
        if (answer) co_return std::move(*answer);
        s.held = std::move(poll);
        co_return command::Reply{};
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
    int dispatched = 0, held = 0, looks = 0;
    bool gone = false, news = false;
    std::function<void()> wake = {}; // of the last poll that waits
};

} // namespace godwit::http
