#include "device/repetition.hpp"
#include <gtest/gtest.h>

namespace godwit::device {
namespace {
using std::chrono::milliseconds, std::chrono::seconds;
using Moment = Repetition::Moment;

// mailcow #4857: six Syncs in a second, all the same.
TEST(Repetition, ALoopIsSlowedMoreAndMore) {
    Repetition repetition;
    Repetition::Limits limits;
    Moment now{std::chrono::hours(1)};
    unsigned let_in = 0;
    seconds longest{0};
    for (int i = 0; i < 6 * 3600; ++i, now += milliseconds(167)) {
        if (auto wait = repetition.refuse(7, now, limits))
            longest = std::max(longest, *wait);
        else
            ++let_in;
    }
    EXPECT_LT(let_in, 60U);
    EXPECT_EQ(longest, limits.longest_wait);
}

TEST(Repetition, SomethingElseIsProgress) {
    Repetition repetition;
    Repetition::Limits limits;
    Moment now{std::chrono::hours(1)};
    for (int i = 0; i < limits.repeats; ++i) EXPECT_FALSE(repetition.refuse(7, now, limits));
    EXPECT_EQ(repetition.refuse(7, now, limits), limits.first_wait);
    EXPECT_EQ(repetition.refuse(7, now + seconds(9), limits), seconds(1));
    EXPECT_FALSE(repetition.refuse(8, now + seconds(9), limits));
    EXPECT_FALSE(repetition.refuse(7, now + seconds(9), limits));
    EXPECT_EQ(repetition.trips(), 0);
}

TEST(Repetition, AHealthyPhoneIsNeverRefused) { // a hanging Sync every minute; a thumb that pulls to refresh
    Repetition repetition;
    Moment now{std::chrono::hours(1)};
    for (int i = 0; i < 1000; ++i, now += seconds(60)) EXPECT_FALSE(repetition.refuse(7, now, {}));
    for (int i = 0; i < 1000; ++i, now += seconds(2)) EXPECT_FALSE(repetition.refuse(7, now, {}));
}

TEST(Repetition, RestForgives) {
    Repetition repetition;
    Repetition::Limits limits;
    Moment now{std::chrono::hours(1)};
    while (!repetition.refuse(7, now, limits)) {
    }
    now += limits.first_wait + limits.window;
    for (int i = 0; i < limits.repeats; ++i) EXPECT_FALSE(repetition.refuse(7, now, limits));
}

} // namespace
} // namespace godwit::device
