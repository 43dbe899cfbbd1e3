#include "sync/hub.hpp"
#include "sync/turnstile.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <memory>
#include <thread>

namespace godwit::sync {
namespace {

namespace asio = net::asio;
using index::Commit;
constexpr AccountId ann{1}, bob{2};
constexpr CollectionId inbox{1}, other{2};

class HubTest : public testing::Test {
protected:
    static Commit commit(AccountId a, CollectionId folder, bool hierarchy = false) {
        return {.account = a, .modseq = {}, .folders = {folder}, .hierarchy = hierarchy};
    }
    // Starts a wait; its result lies in woken once it has ended.
    void wait(Watch& watch, std::chrono::milliseconds at_most) {
        auto body = [](Watch& w, net::Clock::time_point until, std::optional<Woken>& result) -> net::awaitable<void> {
            auto waiting = w.wait_until(until);
            result = co_await std::move(waiting);
        };
        woken.reset();
        asio::co_spawn(loop, body(watch, net::Clock::now() + at_most, woken), asio::detached);
    }
    asio::io_context loop;
    Hub hub{loop.get_executor()};
    std::optional<Woken> woken;
};

TEST_F(HubTest, AWatchHearsOfItsAccountAndItsFolders) {
    struct {
        Commit published;
        bool hears;
    } const rows[] = {{commit(ann, inbox), true},
                      {commit(ann, other), false},
                      {commit(bob, inbox), false},
                      {commit(ann, other, true), true}};
    for (auto const& row : rows) {
        Watch watch(hub, ann, {inbox});
        wait(watch, std::chrono::milliseconds(30));
        hub.publish(row.published);
        loop.run();
        loop.restart();
        EXPECT_EQ(woken, row.hears ? Woken::Published : Woken::Time);
    }
}

TEST_F(HubTest, WhatIsPublishedBetweenTheLookAndTheWaitIsNotLost) {
    Watch watch(hub, ann, {inbox});
    watch.look();
    hub.publish(commit(ann, inbox));
    loop.run();
    loop.restart();
    wait(watch, std::chrono::hours(1));
    loop.run();
    EXPECT_EQ(woken, Woken::Published);
}

TEST_F(HubTest, CancelEndsAWaitAndAllLaterOnes) {
    Watch watch(hub, ann, {});
    wait(watch, std::chrono::hours(1));
    asio::post(loop, [&] { watch.cancel(); });
    loop.run();
    loop.restart();
    EXPECT_EQ(woken, Woken::Cancelled);
    wait(watch, std::chrono::hours(1));
    loop.run();
    EXPECT_EQ(woken, Woken::Cancelled);
}

TEST_F(HubTest, PublishingFromOtherThreadsToManyWatches) {
    std::vector<std::unique_ptr<Watch>> watches;
    for (int i = 0; i < 10'000; ++i)
        watches.push_back(std::make_unique<Watch>(hub, AccountId{i % 100}, std::vector{inbox}));
    EXPECT_EQ(hub.watching(), 10'000);
    std::thread one([&] {
        for (int i = 0; i < 50; ++i) hub.publish(commit(AccountId{i}, inbox));
    });
    std::thread two([&] {
        for (int i = 50; i < 100; ++i) hub.publish(commit(AccountId{i}, inbox));
    });
    one.join();
    two.join();
    loop.run();
    for (auto const& watch : watches) EXPECT_TRUE(watch->published());
    watches.erase(watches.begin() + 1, watches.end() - 1); // out of order
    EXPECT_EQ(hub.watching(), 2);
    watches.clear();
    EXPECT_EQ(hub.watching(), 0);
}

class TurnstileTest : public testing::Test {
protected:
    void come(std::string device, std::vector<CollectionId> collections, int who) {
        auto body = [](TurnstileTest& t, std::string d, std::vector<CollectionId> c, int n) -> net::awaitable<void> {
            auto entering = t.turnstile.enter(ann, std::move(d), std::move(c));
            t.passes[n] = co_await std::move(entering);
            t.inside.push_back(n);
        };
        asio::co_spawn(loop, body(*this, std::move(device), std::move(collections), who), asio::detached);
        poll();
    }
    void leave(int who) {
        passes.erase(who);
        poll();
    }
    void poll() {
        loop.restart();
        loop.poll();
    }
    asio::io_context loop;
    Turnstile turnstile{loop.get_executor()};
    std::map<int, Turnstile::Pass> passes;
    std::vector<int> inside;
};

TEST_F(TurnstileTest, OneDeviceAndCollectionAtATimeTheOthersFreely) {
    come("phone", {inbox, other}, 1);
    come("phone", {CollectionId{9}}, 2);
    come("tablet", {inbox}, 3);
    EXPECT_THAT(inside, testing::ElementsAre(1, 2, 3));
    EXPECT_FALSE(passes[1].asked());
    come("phone", {other}, 4);
    EXPECT_TRUE(passes[1].asked());
    come("phone", {other, CollectionId{10}}, 5);
    come("phone", {CollectionId{10}}, 6); // behind 5, who waits: nobody starves
    EXPECT_THAT(inside, testing::ElementsAre(1, 2, 3));
    leave(1);
    EXPECT_THAT(inside, testing::ElementsAre(1, 2, 3, 4));
    EXPECT_TRUE(passes[4].asked()); // 5 came while 4 was waiting
    leave(4);
    EXPECT_THAT(inside, testing::ElementsAre(1, 2, 3, 4, 5));
    leave(5);
    EXPECT_THAT(inside, testing::ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(TurnstileTest, AHolderWhoMerelyWaitsIsToldToEnd) {
    come("phone", {inbox}, 1);
    int asked = 0;
    passes[1].on_asked([&] { ++asked; });
    come("phone", {inbox}, 2);
    EXPECT_EQ(asked, 1);
    come("phone", {inbox}, 3);
    EXPECT_EQ(asked, 1);                            // once is enough
    passes[1].on_asked([&] { passes[1].leave(); }); // late: at once
    poll();
    EXPECT_THAT(inside, testing::ElementsAre(1, 2));
    leave(2);
    EXPECT_THAT(inside, testing::ElementsAre(1, 2, 3));
}

} // namespace
} // namespace godwit::sync
