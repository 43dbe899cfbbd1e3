#include "sync/blob.hpp"
#include "sync/token.hpp"
#include <gtest/gtest.h>

namespace godwit::sync {
namespace {

CollectionState rich() {
    Token token{.n = 7, .since = Modseq{900}, .caught_up = Modseq{800}};
    token.download = Download{{Time(std::chrono::seconds(-5)), ItemId{3}}, Modseq{5}};
    token.floor = {Time(std::chrono::seconds(99)), ItemId{0}};
    token.own.add(Modseq{901}, Modseq{903});
    token.own.add(Modseq{950});
    token.known = {ItemId{1}, ItemId{1000}};
    token.owed = {ItemId{5}};
    token.options = {.filter = 3, .client_wins = true, .rest = std::string("a\0b", 3)};
    token.done = {{1, 2, ItemId{3}, Modseq{4}}};
    CollectionState state{.epoch = 1'700'000'000, .next = 9, .previous = token, .current = {token}};
    state.current[0].n = 8;
    state.added = {{5, 6, ItemId{7}, Modseq{8}}};
    state.reset = Modseq{55};
    state.reset_at = Time(std::chrono::seconds(77));
    return state;
}

TEST(Token, WhatIsWrittenIsRead) {
    auto const state = rich();
    auto const again = decode_state(encode(state));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->current[0].same_but_for_n(state.current[0]));
    EXPECT_TRUE(again->previous->same_but_for_n(*state.previous));
    EXPECT_EQ(again->epoch, state.epoch);
    EXPECT_EQ(again->next, state.next);
    EXPECT_EQ(again->added, state.added);
    EXPECT_EQ(again->reset, state.reset);
    EXPECT_EQ(again->reset_at, state.reset_at);
    EXPECT_EQ(encode(*again), encode(state));
}

TEST(Token, EveryDamageIsNoticed) {
    auto const blob = encode(rich());
    for (std::size_t size = 0; size < blob.size(); ++size) EXPECT_FALSE(decode_state(blob.substr(0, size)));
    for (std::size_t at = 0; at < blob.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            auto damaged = blob;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            EXPECT_FALSE(decode_state(damaged)) << at << ' ' << bit;
        }
    EXPECT_FALSE(decode_state(blob + "x"));
}

TEST(Stamps, MergeAndForget) {
    Stamps s;
    s.add(Modseq{5}, Modseq{7});
    s.add(Modseq{10});
    s.add(Modseq{8}, Modseq{9});
    ASSERT_EQ(s.ranges().size(), 1);
    EXPECT_TRUE(s.contains(Modseq{5}) && s.contains(Modseq{10}) && !s.contains(Modseq{11}) && !s.contains(Modseq{4}));
    s.add(Modseq{1}, Modseq{2});
    s.forget_until(Modseq{9});
    EXPECT_TRUE(s.contains(Modseq{10}) && !s.contains(Modseq{1}));
    s.forget_until(Modseq{10});
    EXPECT_TRUE(s.empty());
}

TEST(Key, OnlyOursAreRead) {
    EXPECT_EQ(parse_key("12.3")->n, 3U);
    for (auto const* bad :
         {"", "0", "1", ".", "1.", ".1", "1.2.3", "01.2", "1.02", "+1.2", "1.4294967296", " 1.2", "1.2\n"})
        EXPECT_FALSE(parse_key(bad)) << bad;
}

} // namespace
} // namespace godwit::sync
