#include "eas/leaf.hpp"
#include <gtest/gtest.h>

namespace godwit::eas {
namespace {

struct Time {
    std::string_view in, out = {}, compact = {}; // empty: refused
};

constexpr Time times[] = {
    {"2024-05-31T09:15:00.000Z", "2024-05-31T09:15:00.000Z", "20240531T091500Z"},
    {"2024-05-31T09:15:07.123Z", "2024-05-31T09:15:07.123Z", "20240531T091507Z"},
    {"2024-05-31T09:15:07Z", "2024-05-31T09:15:07.000Z", "20240531T091507Z"},
    {"2024-05-31T09:15:07.1234567Z", "2024-05-31T09:15:07.123Z", "20240531T091507Z"},
    {"20240531T091500Z", "2024-05-31T09:15:00.000Z", "20240531T091500Z"},
    {"2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z", "20240229T235959Z"},
    {"0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "00010101T000000Z"},
    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", "99991231T235959Z"},
    {"2023-02-29T00:00:00.000Z"},
    {"2024-13-01T00:00:00.000Z"},
    {"2024-00-01T00:00:00.000Z"},
    {"0000-01-01T00:00:00.000Z"},
    {"2024-05-31T24:00:00.000Z"},
    {"2024-05-31T09:60:00.000Z"},
    {"2024-05-31T09:15:00.000"},
    {"2024-05-31T09:15:00.Z"},
    {"2024-05-31T09:15:00.000ZZ"},
    {"2024-05-31"},
    {"20240531T0915Z"},
    {"2024/05/31T09:15:00.000Z"},
    {"-024-05-31T09:15:00.000Z"},
    {""},
    {"T"},
};

TEST(Leaf, Times) {
    for (auto const& t : times) {
        DateTime at;
        CompactDateTime compact;
        ASSERT_EQ(parse(t.in, at), !t.out.empty()) << t.in;
        ASSERT_EQ(parse(t.in, compact), !t.out.empty()) << t.in;
        if (t.out.empty()) continue;
        std::string out, short_out;
        append(out, at);
        append(short_out, compact);
        EXPECT_EQ(out, t.out);
        EXPECT_EQ(short_out, t.compact);
    }
}

TEST(Leaf, TimesBeyondTheFourDigitsAreTheNearest) {
    std::string out;
    append_time(out, Instant{std::chrono::years(20'000)});
    EXPECT_EQ(out, "9999-12-31T23:59:59.999Z");
    out.clear();
    append_compact_time(out, Instant{-std::chrono::years(5'000)});
    EXPECT_EQ(out, "00010101T000000Z");
    out.clear();
    append_time(out, Instant{std::chrono::milliseconds(-1)});
    EXPECT_EQ(out, "1969-12-31T23:59:59.999Z");
}

TEST(Leaf, NumberOrEmpty) {
    NumberOrEmpty n{5};
    EXPECT_TRUE(parse("", n));
    EXPECT_FALSE(n.value);
    EXPECT_TRUE(parse("16", n));
    EXPECT_EQ(n.value, 16u);
    EXPECT_FALSE(parse("x", n));
}

TEST(Leaf, DurationsAreNotNegative) {
    std::chrono::seconds s{};
    EXPECT_TRUE(parse("3540", s));
    EXPECT_EQ(s.count(), 3540);
    EXPECT_FALSE(parse("-1", s));
    EXPECT_FALSE(parse("4294967296", s));
    EXPECT_TRUE(parse("4294967295", s));
}

} // namespace
} // namespace godwit::eas
