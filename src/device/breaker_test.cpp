#include "device/breaker.hpp"
#include <gtest/gtest.h>

namespace godwit::device {
namespace {
using std::chrono::seconds;

// Incident KB2851708: thousands of identical Provisions.
TEST(Breaker, AStormOfTwoThousandProvisionsIsSlowedMoreAndMore) {
    Breaker breaker;
    Breaker::Limits limits;
    Breaker::Moment now{std::chrono::hours(1)};
    unsigned let_in = 0, refused = 0;
    seconds longest{0};
    for (int i = 0; i < 2000; ++i, now += seconds(1)) {
        if (auto wait = breaker.refuse(now)) {
            ++refused;
            longest = std::max(longest, *wait);
            continue;
        }
        ++let_in;
        breaker.provisioned(now, limits);
    }
    EXPECT_LT(let_in, 250U);
    EXPECT_EQ(let_in + refused, 2000U);
    EXPECT_GE(longest, seconds(240));
}

TEST(Breaker, AHealthyPhoneIsNeverRefused) {
    Breaker breaker;
    Breaker::Moment now{std::chrono::hours(1)};
    for (int i = 0; i < 1000; ++i, now += seconds(10)) {
        EXPECT_FALSE(breaker.refuse(now));
        breaker.provisioned(now, {});
    }
}

TEST(Breaker, FailuresOpenItAndQuietForgives) {
    Breaker breaker;
    Breaker::Limits limits;
    Breaker::Moment now{std::chrono::hours(1)};
    for (unsigned i = 0; i <= limits.failures; ++i) breaker.failed(now, limits);
    ASSERT_TRUE(breaker.refuse(now));
    EXPECT_EQ(*breaker.refuse(now), limits.first_wait);
    EXPECT_FALSE(breaker.refuse(now + limits.first_wait));
    now += limits.first_wait + limits.window * 2;
    for (unsigned i = 0; i <= limits.failures; ++i) breaker.failed(now, limits);
    EXPECT_EQ(*breaker.refuse(now), limits.first_wait);
}

// Whoever sets up phones by a script, fast and over and over, or asks wrong things now and then among right ones, is no
// storm.
TEST(Breaker, WhoGetsOnIsNoStorm) {
    Breaker breaker;
    Breaker::Limits const limits;
    Breaker::Moment const now{std::chrono::hours(1)};
    for (unsigned i = 0; i < 10 * limits.provisions; ++i) {
        breaker.provisioned(now, limits);
        breaker.provisioned(now, limits);
        for (unsigned said = 0; said < 3; ++said) breaker.welcomed();
        breaker.failed(now, limits); // one of the three
        ASSERT_FALSE(breaker.refuse(now)) << i;
    }
    // Half of what it says is wrong: then it is one.
    for (unsigned i = 0; i < 1000 && !breaker.open(now); ++i) breaker.welcomed(), breaker.failed(now, limits);
    EXPECT_TRUE(breaker.open(now));
}

TEST(Breaker, TheWaitDoublesUpToItsBound) {
    Breaker breaker;
    Breaker::Limits limits;
    Breaker::Moment now{std::chrono::hours(1)};
    seconds last{0};
    for (int trip = 0; trip < 12; ++trip) {
        for (unsigned i = 0; i <= limits.failures; ++i) breaker.failed(now, limits);
        auto wait = *breaker.refuse(now);
        EXPECT_EQ(wait, trip == 0 ? limits.first_wait : std::min(last * 2, limits.longest_wait));
        last = wait;
        now += wait;
    }
    EXPECT_EQ(last, limits.longest_wait);
}

} // namespace
} // namespace godwit::device
