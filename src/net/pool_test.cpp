#include "net/loop.hpp"
#include "net/mutex.hpp"
#include "net/pool.hpp"
#include "net/timer.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <gtest/gtest.h>
#include <stdexcept>
#include <thread>

namespace godwit::net {
namespace {

TEST(Pool, RunsElsewhereAndComesBack) {
    Loop loop;
    Pool pool(2);
    auto work = [&]() -> awaitable<bool> {
        auto const home = std::this_thread::get_id();
        auto elsewhere = co_await pool.run([] { return std::this_thread::get_id(); });
        co_return elsewhere != home&& std::this_thread::get_id() == home;
    };
    EXPECT_TRUE(loop.wait_for(work()));
}

TEST(Pool, GivesBackWhatWasThrown) {
    Loop loop;
    Pool pool(1);
    auto work = [&]() -> awaitable<void> { co_await pool.run([] { throw std::out_of_range("far"); }); };
    EXPECT_THROW(loop.wait_for(work()), std::out_of_range);
}

TEST(Pool, GivesBackWhatCannotBeCopied) {
    Loop loop;
    Pool pool(1);
    auto work = [&]() -> awaitable<std::unique_ptr<int>> {
        auto made = co_await pool.run([] { return std::make_unique<int>(7); });
        co_return made;
    };
    EXPECT_EQ(*loop.wait_for(work()), 7);
}

TEST(Strand, KeepsTheOrderAndNeverOverlaps) {
    Loop loop;
    Pool pool(4);
    auto strand = pool.strand();
    std::vector<int> order; // unguarded: only the strand's order makes this sound
    int ended = 0;
    auto work = [&](int n) -> awaitable<void> {
        co_await run_on(strand, [&order, n] { order.push_back(n); });
        if (++ended == 200) loop.stop();
    };
    for (int n = 0; n < 200; ++n) loop.spawn(work(n));
    loop.run();
    ASSERT_EQ(order.size(), 200U);
    EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(Guarded, IsReachedUnderItsLockOnly) {
    Guarded<int> count(0);
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 1000; ++i) count.with([](int& n) { ++n; });
            });
    }
    EXPECT_EQ(count.with([](int& n) { return n; }), 4000);
}

TEST(Loop, EndsWhenNothingIsLeftAndRunsAgain) {
    Loop loop;
    int turns = 0;
    loop.post([&] { ++turns; });
    loop.run();
    loop.post([&] { ++turns; });
    loop.run();
    EXPECT_EQ(turns, 2);
}

TEST(Loop, TellsHowACoroutineEnded) {
    Loop loop;
    std::exception_ptr failure;
    auto work = []() -> awaitable<void> {
        co_await sleep_for(std::chrono::milliseconds(1));
        throw std::runtime_error("broken");
    };
    loop.spawn(work(), [&](std::exception_ptr e) { failure = e; });
    loop.run();
    EXPECT_THROW(std::rethrow_exception(failure), std::runtime_error);
}

struct Frozen {
    Frozen() { Clock::frozen = Clock::now(); }
    ~Frozen() { Clock::frozen.reset(); }
};

TEST(Timer, OfAFrozenClockWaitsForTheTestNotForTime) {
    Frozen const frozen;
    Loop loop;
    auto const began = std::chrono::steady_clock::now();
    bool rang = false;
    auto wait = [&]() -> awaitable<void> {
        co_await sleep_for(std::chrono::minutes(59));
        rang = true;
    };
    auto turn = [&]() -> awaitable<void> {
        auto home = co_await asio::this_coro::executor;
        auto nothing = [] {};
        co_await run_on(home, nothing);
    };
    loop.spawn(wait());
    loop.wait_for(turn());
    EXPECT_FALSE(rang);
    *Clock::frozen += std::chrono::minutes(58);
    loop.wait_for(turn());
    EXPECT_FALSE(rang);
    *Clock::frozen += std::chrono::minutes(1);
    loop.run();
    EXPECT_TRUE(rang);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

TEST(Timer, OfTheRealClockRings) {
    Loop loop;
    auto const began = Clock::now();
    loop.wait_for(sleep_for(std::chrono::milliseconds(20)));
    EXPECT_GE(Clock::now() - began, std::chrono::milliseconds(20));
}

} // namespace
} // namespace godwit::net
