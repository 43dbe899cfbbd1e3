// Requests that are held, and peers that are slow.
#include "http/test_house.hpp"

namespace godwit::http {
namespace {

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

TEST_F(HeldHttp, AWokenPollLooksAgainAndItsConnectionGoesOn) {
    auto work = [&]() -> awaitable<void> {
        auto stream = co_await dial();
        for (int round = 1; round <= 2; ++round) {
            news = false;
            looks = 0;
            auto const bytes = ping();
            co_await stream.write_all(bytes);
            co_await until([&] { return held == 1 && server->requests_in_flight() == 1; });
            wake();
            wake(); // oftener than once: it looks once
            co_await until([&] { return looks == 2; });
            co_await net::sleep_for(10ms);
            EXPECT_EQ(looks, 2); // nothing new: held again
            EXPECT_EQ(held, 1);
            news = true;
            wake();
            auto answer = co_await read(stream);
            EXPECT_EQ(answer.body, "woken");
            EXPECT_EQ(held, 0);
        }
        auto const next = sync("next");
        co_await stream.write_all(next);
        auto answer = co_await read(stream);
        EXPECT_EQ(answer.body, "next");
        EXPECT_EQ(server->requests_in_flight(), 0U);
        EXPECT_EQ(server->connections(), 1U);
    };
    loop.wait_for(work());
    // The line of a poll is made anew when it ends: it says what any other line does.
    EXPECT_THAT(logged.str(),
                testing::ContainsRegex("request: status=200 cmd=Ping user=ann@godwit.test device=d1 v=16.1 "
                                       "ms=[0-9.]+ in=5 out=[0-9]+ peer=127.0.0.1 id=[0-9a-f]+ items=7"));
}

TEST_F(HeldHttp, NewsBetweenTheLookAndTheWaitAreNotLost) {
    auto work = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        auto const bytes = ping() + ping();
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        news = true; // from here on wait() calls at once
        wake();
        auto first = co_await read(stream);
        EXPECT_EQ(first.body, "woken");
        auto second = co_await read(stream);
        co_return second;
    };
    EXPECT_EQ(loop.wait_for(work()).body, "woken");
}

TEST_F(HeldHttp, AServerThatEndsFreesItsPolls) {
    auto work = [&]() -> awaitable<net::Stream> {
        auto stream = co_await dial();
        auto const bytes = ping();
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        co_return std::move(stream);
    };
    auto const stream = loop.wait_for(work());
    server.reset(); // without stop(): a second SIGTERM
    EXPECT_EQ(held, 0);
}

TEST_F(HeldHttp, AFloodBehindAPollEndsIt) {
    std::string const flood(200'000, 'x');
    for (bool at_once : {false, true}) {
        gone = false;
        auto work = [&]() -> awaitable<bool> {
            auto stream = co_await dial();
            auto const first = ping() + (at_once ? flood : std::string());
            co_await stream.write_all(first);
            if (!at_once) {
                co_await until([&] { return held == 1; });
                co_await stream.write_all(flood);
            }
            auto freed = co_await until([&] { return gone && held == 0 && server->connections() == 0; });
            co_return freed;
        };
        EXPECT_TRUE(loop.wait_for(work())) << at_once;
    }
}

TEST_F(HeldHttp, ALongRequestMayFollowAnyOther) {
    std::string const big(300'000, 'x');
    auto const answers = loop.wait_for(talk(sync("first") + sync(big), 2));
    EXPECT_EQ(answers.at(0).body, "first");
    EXPECT_EQ(answers.at(1).body.size(), big.size());
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

} // namespace
} // namespace godwit::http
