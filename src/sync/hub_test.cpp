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
using namespace std::chrono_literals;
using index::Commit;
constexpr AccountId ann{1}, bob{2};
constexpr CollectionId inbox{1}, other{2};

class HubTest : public testing::Test {
protected:
    static Commit commit(AccountId a, CollectionId folder, bool hierarchy = false) {
        return {.account = a, .modseq = {}, .folders = {folder}, .hierarchy = hierarchy};
    }
    // What woke the watch first, by then.
    std::string woken_by(Watch& watch, std::chrono::milliseconds at_most) {
        woken = 0;
        watch.wait(net::Clock::now() + at_most, [this] { ++woken; });
        loop.restart();
        loop.run_for(at_most / 2);
        if (woken > 0) return "commit";
        loop.restart();
        loop.run_for(at_most * 2);
        return woken > 0 ? "time" : "nothing";
    }
    asio::io_context loop;
    Hub hub{loop.get_executor()};
    int woken = 0;
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
        hub.publish(row.published);
        EXPECT_EQ(woken_by(watch, 100ms), row.hears ? "commit" : "time");
        EXPECT_EQ(woken, 1);
    }
}

TEST_F(HubTest, WhatIsPublishedBetweenTheLookAndTheWaitIsNotLost) {
    Watch watch(hub, ann, {inbox});
    watch.look();
    hub.publish(commit(ann, inbox));
    loop.run();
    watch.wait(net::Clock::now() + 1h, [this] { ++woken; });
    EXPECT_EQ(woken, 1); // at once
    watch.look();
    hub.publish(commit(ann, inbox));
    loop.restart();
    loop.run();
    EXPECT_EQ(woken, 1); // it was called, and has not asked again
}

TEST_F(HubTest, WhoRestsIsNotCalled) {
    Watch watch(hub, ann, {});
    watch.wait(net::Clock::now() + 5ms, [this] { ++woken; });
    watch.rest();
    loop.run_for(50ms);
    EXPECT_EQ(woken, 0);
    EXPECT_EQ(woken_by(watch, 20ms), "time");
}

TEST_F(HubTest, OneBellCallsEachInTime) {
    std::vector<std::unique_ptr<Watch>> watches;
    std::vector<int> order;
    auto const now = net::Clock::now();
    auto const begin = [&](int n, std::chrono::milliseconds after) {
        watches.push_back(std::make_unique<Watch>(hub, ann, std::vector{inbox}));
        watches.back()->wait(now + after, [&order, n] { order.push_back(n); });
    };
    begin(3, 30ms), begin(1, 10ms), begin(4, 60ms), begin(2, 20ms), begin(9, 25ms);
    watches.back().reset(); // the soonest but two leaves
    loop.run_for(300ms);
    EXPECT_THAT(order, testing::ElementsAre(1, 2, 3, 4));
}

TEST_F(HubTest, AHubThatEndsRingsNoMore) {
    asio::io_context other_loop;
    auto brief = std::make_unique<Hub>(other_loop.get_executor());
    auto watch = std::make_unique<Watch>(*brief, ann, std::vector{inbox});
    watch->wait(net::Clock::now() - 1ms, [this] { ++woken; });
    watch.reset();
    brief.reset();
    other_loop.run_for(20ms);
    EXPECT_EQ(woken, 0);
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
