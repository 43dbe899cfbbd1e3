// Overload: who waits, who is sent away, and when they come back.
#include "http/charge.hpp"
#include "http/line.hpp"
#include "http/test_house.hpp"
#include <map>

namespace godwit::http {
namespace {

class LineTest : public testing::Test {
protected:
    ~LineTest() override { net::Clock::frozen.reset(); }
    void come(int who, int account = 0) {
        auto body = [](LineTest& t, int n, int of) -> awaitable<void> {
            auto place = co_await t.line.enter(index::AccountId(of ? of : 100 + n)); // else each has its own
            t.places.emplace(n, std::move(place));
            t.order.push_back(n);
        };
        loop.spawn(body(*this, who, account));
        turns();
    }
    void leave(int who) {
        places.erase(who);
        turns();
    }
    void turns() {
        auto some = []() -> awaitable<void> {
            for (int i = 0; i < 5; ++i) co_await net::next_turn();
        };
        loop.wait_for(some());
    }
    net::Loop loop;
    Line line{loop.executor(), 2, 2};
    std::map<int, Line::Place> places;
    std::vector<int> order;
};

TEST_F(LineTest, SoManyAtOnceTheOthersInOrder) {
    for (int who = 1; who <= 5; ++who) come(who);
    EXPECT_THAT(order, testing::ElementsAre(1, 2));
    EXPECT_EQ(line.waiting(), 3U);
    leave(2);
    EXPECT_THAT(order, testing::ElementsAre(1, 2, 3));
    come(6); // behind those who wait
    leave(1);
    leave(3);
    leave(4);
    leave(5);
    EXPECT_THAT(order, testing::ElementsAre(1, 2, 3, 4, 5, 6));
    leave(6);
    EXPECT_EQ(line.working(), 0U);
}

TEST_F(LineTest, OneAccountNeverHasAllPlaces) { // law 8
    Line shared{loop.executor(), 4, 2};
    std::vector<int> in;
    std::map<int, Line::Place> held;
    auto enter = [&](int n, int account) {
        auto body = [](Line& line, int who, int of, std::vector<int>& done, auto& kept) -> awaitable<void> {
            auto place = co_await line.enter(index::AccountId(of));
            kept.emplace(who, std::move(place));
            done.push_back(who);
        };
        loop.spawn(body(shared, n, account, in, held));
        turns();
    };
    for (int n = 1; n <= 5; ++n) enter(n, 7);
    EXPECT_THAT(in, testing::ElementsAre(1, 2));
    EXPECT_EQ(shared.waiting(), 0U); // they keep nobody else waiting
    EXPECT_EQ(shared.expected(), 0ms);
    enter(6, 8);
    EXPECT_THAT(in, testing::ElementsAre(1, 2, 6));
    for (int done : {2, 1, 6, 3, 4, 5}) {
        held.erase(done);
        turns();
    }
    EXPECT_THAT(in, testing::ElementsAre(1, 2, 6, 3, 4, 5));
    EXPECT_EQ(shared.working(), 0U);
    for (int n = 20; n < 20 + 2 + 32; ++n) { // no end of it has no sense either
        EXPECT_FALSE(shared.is_full_for(index::AccountId(7)));
        enter(n, 7);
    }
    EXPECT_TRUE(shared.is_full_for(index::AccountId(7)));
    EXPECT_FALSE(shared.is_full_for(index::AccountId(8)));
    while (!held.empty()) {
        held.erase(held.begin());
        turns();
    }
    enter(9, 7); // and nothing of it is left
    EXPECT_EQ(in.back(), 9);
    held.clear();
}

TEST(Charge, OfAllExchangesIsBounded) {
    Held held{.most = 90};
    Charge first(held);
    EXPECT_TRUE(first.reserve(60)); // of nobody, and so without a share
    {
        Charge growing(held);
        EXPECT_TRUE(growing.reserve(20));
        EXPECT_TRUE(growing.reserve(10)); // never less than was said of it
        EXPECT_EQ(held.bytes, 80U);
        EXPECT_FALSE(growing.reserve(31));
        EXPECT_EQ(held.bytes, 80U);
        EXPECT_TRUE(growing.reserve(30));
    }
    EXPECT_EQ(held.bytes, 60U);
}

// Law 5: one upload too many is refused, and those that were let in go on to their end.
TEST(Charge, WhatWasLetInIsNeverRefusedForTheNext) {
    Held held{.most = 90};
    Charge first(held), reply(held), newcomer(held);
    ASSERT_TRUE(first.reserve(60));
    reply.set(60); // an answer is there already, room or not
    EXPECT_FALSE(newcomer.reserve(1));
    EXPECT_TRUE(first.reserve(59));
    EXPECT_TRUE(first.reserve(60));
}

TEST(Charge, OneAccountHoldsAThirdOfAllAtMost) { // law 8
    Held held{.most = 90};
    index::AccountId const eva{1}, max{2};
    {
        Charge first(held), second(held), other(held);
        first.belongs_to(eva), second.belongs_to(eva), other.belongs_to(max);
        EXPECT_TRUE(first.reserve(20));
        EXPECT_FALSE(second.reserve(11));
        EXPECT_TRUE(second.reserve(10));
        EXPECT_TRUE(other.reserve(30));
        first.set(0);
        EXPECT_TRUE(second.reserve(30));
    }
    EXPECT_EQ(held.bytes, 0U);
    EXPECT_TRUE(held.of.empty());
}

// Whoever has not signed in makes the server hold nothing, whatever he announces.
TEST_F(Http, WhatAnybodyMayAskTakesNoBody) {
    for (std::string const path :
         {"/healthz", "/autodiscover/autodiscover.json/v1.0/ann@godwit.test?Protocol=ActiveSync"}) {
        auto const answer = ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 60000000\r\n\r\nx");
        EXPECT_EQ(answer.status, 200U) << path;
    }
}

TEST_F(LineTest, ExpectsWhatRequestsHaveTakenLately) {
    net::Clock::frozen = net::Clock::now();
    EXPECT_EQ(line.expected(), 0ms);
    for (int who = 1; who <= 100; ++who) { // a second each
        come(who);
        *net::Clock::frozen += 1s;
        leave(who);
    }
    EXPECT_EQ(line.expected(), 0ms); // there is room
    come(201), come(202);
    EXPECT_NEAR(static_cast<double>(line.expected().count()), 500, 20);
    for (int who = 203; who <= 222; ++who) come(who);
    EXPECT_NEAR(static_cast<double>(line.expected().count()), 10'500, 200);
}

TEST(Retries, ComeBackAboutTwentyASecondHoweverMany) {
    struct {
        int refused;
        std::chrono::seconds last; // nobody comes later
    } const rows[] = {{100, 60s}, {1000, 60s}, {5000, 260s}, {10'000, 510s}, {100'000, 610s}};
    for (auto const& row : rows) {
        Retries retries;
        auto const now = net::Clock::now();
        std::map<std::chrono::seconds, int> at;
        for (int i = 0; i < row.refused; ++i) ++at[retries.next(now)];
        EXPECT_GE(at.begin()->first, 10s) << row.refused;
        EXPECT_LE(at.rbegin()->first, row.last) << row.refused;
        EXPECT_GT(at.rbegin()->first, row.last - 15s) << row.refused;
        int most = 0;
        for (auto const& [second, count] : at) most = std::max(most, count);
        // Those before anybody knew how many there would be come soonest.
        EXPECT_LT(most, 90 + row.refused / 500) << row.refused;
    }
}

TEST(Retries, ForgetAStormThatIsOver) {
    Retries retries;
    auto now = net::Clock::now();
    for (int i = 0; i < 20'000; ++i) retries.next(now);
    now += 10min;
    for (int i = 0; i < 100; ++i) EXPECT_LT(retries.next(now), 61s);
}

// Far more requests at once than may work at once, and nobody is sent away: the second Ping of a phone included.
TEST_F(Http, ABurstWaitsAndIsServed) {
    int working = 0, most = 0;
    dispatch = [&](command::Session& s, std::string body) -> awaitable<command::Reply> {
        most = std::max(most, ++working);
        co_await net::sleep_for(50ms);
        --working;
        auto reply = co_await echo(s, std::move(body));
        co_return reply;
    };
    constexpr int phones = 600;
    int good = 0, ended = 0;
    auto phone = [&](int n) -> awaitable<void> {
        auto stream = co_await dial();
        auto const bytes = sync(std::to_string(n));
        co_await stream.write_all(bytes);
        std::string got;
        std::array<char, 4096> buffer{};
        while (got.find("\r\n\r\n") == got.npos || !got.ends_with(std::to_string(n))) {
            auto some = co_await stream.read_some(buffer);
            if (!some) break;
            got.append(buffer.data(), *some);
        }
        good += got.starts_with("HTTP/1.1 200");
    };
    auto all = [&]() -> awaitable<void> {
        for (int n = 0; n < phones; ++n) loop.spawn(phone(n), [&](std::exception_ptr) { ++ended; });
        co_await until([&] { return ended == phones; });
    };
    loop.wait_for(all());
    EXPECT_EQ(good, phones);
    EXPECT_EQ(dispatched, phones);
    EXPECT_LE(most, 64);
    EXPECT_GT(most, 32); // the line does not serve one after the other either
}

// When even waiting would take too long: 503 at once, without reading the body, and a time to come back.
TEST_F(Http, WhoWouldWaitTooLongIsToldWhenToComeAgain) {
    bool release = false;
    dispatch = [&](command::Session&, std::string) -> awaitable<command::Reply> {
        co_await until([&] { return release; });
        co_return command::Reply{};
    };
    auto stuck = [&]() -> awaitable<void> {
        std::vector<net::Stream> phones;
        auto const bytes = sync("x");
        auto come = [&](int count) -> awaitable<void> {
            for (int i = 0; i < count; ++i) {
                auto stream = co_await dial();
                co_await stream.write_all(bytes);
                phones.push_back(std::move(stream));
            }
        };
        co_await come(64); // each of them takes half an hour
        co_await until([&] { return server->requests_in_flight() == 64; });
        co_await net::sleep_for(50ms);
        net::Clock::frozen = net::Clock::now() + 30min;
        release = true;
        for (auto& phone : phones) {
            auto answer = co_await read(phone);
            EXPECT_EQ(answer.status, 200U);
        }
        release = false;
        net::Clock::frozen.reset();
        phones.clear();
        co_await come(64);
        co_await until([&] { return server->requests_in_flight() == 64; });
        co_await net::sleep_for(50ms);
        auto late = co_await dial();
        auto const big = post(query("SendMail"), std::string(1000, 'x'));
        co_await late.write_all(big);
        auto answer = co_await read(late);
        EXPECT_EQ(answer.status, 503U);
        auto const seconds = std::stoi("0" + answer.header("Retry-After"));
        EXPECT_GE(seconds, 10);
        EXPECT_LE(seconds, 60);
        // What needs no work is answered all the same.
        auto health = co_await dial();
        co_await health.write_all("GET /healthz HTTP/1.1\r\n\r\n");
        auto well = co_await read(health);
        EXPECT_EQ(well.status, 200U);
        release = true;
        for (auto& phone : phones) co_await read(phone);
    };
    loop.wait_for(stuck());
}

} // namespace
} // namespace godwit::http
