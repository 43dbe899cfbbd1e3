#include "device/provisioning.hpp"
#include <gtest/gtest.h>
#include <utility>

namespace godwit::device {
namespace {

std::uint32_t number(PolicyKey key) { return std::to_underlying(key); }

TEST(Provisioning, TwoPhases) {
    Provisioning state;
    auto temporary = offer(state);
    EXPECT_NE(temporary, PolicyKey::None);
    EXPECT_EQ(judge(state, number(temporary)), Verdict::InvalidKey); // only good for the acknowledgement (trap 51)
    EXPECT_EQ(acknowledge(state, number(temporary), Compliance::Full, false), Outcome::Accepted);
    EXPECT_NE(state.current, temporary);
    EXPECT_EQ(judge(state, number(state.current)), Verdict::Welcome);
    EXPECT_EQ(judge(state, number(temporary)), Verdict::InvalidKey);
    EXPECT_EQ(judge(state, 0), Verdict::NotProvisioned);
}

TEST(Provisioning, AnAcknowledgementMustMatch) { // MS-ASPROV_R657
    Provisioning state;
    EXPECT_EQ(acknowledge(state, 0, Compliance::Full, false), Outcome::WrongKey);
    auto temporary = offer(state);
    EXPECT_EQ(acknowledge(state, number(temporary) ^ 1, Compliance::Full, false), Outcome::WrongKey);
    EXPECT_EQ(state.current, PolicyKey::None);
    EXPECT_EQ(acknowledge(state, 0, Compliance::Full, false), Outcome::WrongKey);
}

TEST(Provisioning, ARepeatedAcknowledgementGetsTheSameKey) { // law 1
    Provisioning state;
    auto temporary = number(offer(state));
    ASSERT_EQ(acknowledge(state, temporary, Compliance::Full, false), Outcome::Accepted);
    auto key = state.current;
    EXPECT_EQ(acknowledge(state, temporary, Compliance::Full, false), Outcome::Accepted);
    EXPECT_EQ(state.current, key);
    offer(state); // a new Provision has begun: the old temporary key is worth nothing
    EXPECT_EQ(acknowledge(state, temporary, Compliance::Full, false), Outcome::WrongKey);
    EXPECT_EQ(judge(state, number(key)), Verdict::Welcome);
}

TEST(Provisioning, Compliance) { // trap 52
    struct Row {
        Compliance said;
        bool allow_partial;
        Outcome outcome;
    };
    for (auto const& row : {Row{Compliance::Full, false, Outcome::Accepted},
                            Row{Compliance::Partial, false, Outcome::NotFullyProvisionable},
                            Row{Compliance::Partial, true, Outcome::Accepted},
                            Row{Compliance::None, true, Outcome::NotFullyProvisionable},
                            Row{Compliance::ExternallyManaged, true, Outcome::ExternallyManaged}}) {
        Provisioning state;
        auto temporary = number(offer(state));
        EXPECT_EQ(acknowledge(state, temporary, row.said, row.allow_partial), row.outcome);
        EXPECT_EQ(state.current != PolicyKey::None, row.outcome == Outcome::Accepted);
        EXPECT_EQ(state.partial, row.said == Compliance::Partial && row.allow_partial);
    }
}

TEST(Provisioning, AWipePendsUntilItIsAcknowledged) { // trap 53
    Provisioning state{.current = PolicyKey(7)};
    acknowledge_wipe(state, true); // nobody asked for it
    EXPECT_EQ(state, (Provisioning{.current = PolicyKey(7)}));
    for (auto wipe : {Wipe::Requested, Wipe::Delivered}) {
        state.wipe = wipe;
        EXPECT_TRUE(wipe_pending(state));
    }
    acknowledge_wipe(state, false); // MS-ASPROV_R701: it gets the directive again
    EXPECT_EQ(state.wipe, Wipe::Failed);
    EXPECT_TRUE(wipe_pending(state));
    acknowledge_wipe(state, true);
    EXPECT_EQ(state, (Provisioning{.wipe = Wipe::Acknowledged}));
    EXPECT_FALSE(wipe_pending(state));
    EXPECT_EQ(judge(state, 7), Verdict::InvalidKey);
}

TEST(Provisioning, BlobsComeBackAndBrokenOnesDoNot) {
    Provisioning state{PolicyKey(1), PolicyKey(0xFFFFFFFF), PolicyKey(3), true, Wipe::Delivered};
    EXPECT_EQ(provisioning_of(to_blob(state)), state);
    for (std::string_view broken : {"", "1", "1 2 3 4 5 ", "2 1 1 1 0 0 ", "1 1 1 1 2 0 ", "1 1 1 1 0 9 ",
                                    "1 1 1 1 0 0 x", "1 -1 1 1 0 0 ", "1 1 1 1 0 0", "1 4294967296 1 1 0 0 "})
        EXPECT_FALSE(provisioning_of(broken)) << broken;
}

} // namespace
} // namespace godwit::device
