#include "eas/time_zone.hpp"

#include "wbxml/base64.hpp"

#include <gtest/gtest.h>

namespace godwit::eas {
namespace {

TimeZone berlin() {
    return {.bias = -60,
            .standard_date = {.month = 10, .day = 5, .hour = 3},
            .daylight_date = {.month = 3, .day = 5, .hour = 2},
            .daylight_bias = -60};
}

// MS-ASDTYPE 2.7.4, byte by byte: Bias, 32 wide characters, SYSTEMTIME, bias, and the last three again.
TEST(TimeZone, IsTheStructure) {
    auto text = to_base64(berlin());
    auto bytes = wbxml::from_base64(text).value();
    ASSERT_EQ(bytes.size(), 172U);
    EXPECT_EQ(bytes.substr(0, 4), std::string_view("\xC4\xFF\xFF\xFF", 4));
    EXPECT_EQ(bytes.substr(4, 64), std::string(64, '\0')); // no names (clients.md 4.2)
    EXPECT_EQ(bytes.substr(68, 16), std::string_view("\0\0\x0A\0\0\0\x05\0\x03\0\0\0\0\0\0\0", 16));
    EXPECT_EQ(bytes.substr(152, 16), std::string_view("\0\0\x03\0\0\0\x05\0\x02\0\0\0\0\0\0\0", 16));
    EXPECT_EQ(bytes.substr(168, 4), std::string_view("\xC4\xFF\xFF\xFF", 4));
    EXPECT_EQ(parse_time_zone(text), berlin());
    EXPECT_EQ(to_base64({}), std::string(230, 'A') + "=="); // UTC
}

TEST(TimeZone, NamesAreReadAndNotWritten) {
    auto bytes = wbxml::from_base64(to_base64(berlin())).value();
    bytes.replace(4, 6, std::string_view("M\0E\0Z\0", 6));
    bytes.replace(88, 4, std::string_view("\x3D\xD8\x00\xDE", 4)); // a pair of surrogates
    auto zone = parse_time_zone(wbxml::to_base64(bytes)).value();
    EXPECT_EQ(zone.standard_name, "MEZ");
    EXPECT_EQ(zone.daylight_name, "\xF0\x9F\x98\x80");
    EXPECT_EQ(to_base64(zone), to_base64(berlin()));
    EXPECT_TRUE(same_rules(zone, berlin()));
}

TEST(TimeZone, RefusesWhatIsNone) {
    auto good = wbxml::from_base64(to_base64(berlin())).value();
    auto with = [&](std::size_t at, char c) {
        auto bytes = good;
        bytes[at] = c;
        return parse_time_zone(wbxml::to_base64(bytes));
    };
    EXPECT_TRUE(with(170, '\xFF'));
    EXPECT_FALSE(with(1, '\x7F')); // a bias of days
    EXPECT_FALSE(with(70, 13));    // month 13
    EXPECT_FALSE(with(74, 6));     // a sixth Sunday
    EXPECT_FALSE(with(76, 24));    // hour 24
    EXPECT_FALSE(with(72, 7));     // an eighth day of the week
    EXPECT_FALSE(parse_time_zone(""));
    EXPECT_FALSE(parse_time_zone("no base64!"));
    EXPECT_FALSE(parse_time_zone(wbxml::to_base64(good.substr(1))));
    EXPECT_FALSE(parse_time_zone(std::string(100'000, 'A')));
}

TEST(TimeZone, RulesAreTheSameOrNot) {
    auto other = berlin();
    other.daylight_date.hour = 1;
    EXPECT_FALSE(same_rules(berlin(), other));
    EXPECT_FALSE(same_rules(berlin(), {.bias = -60}));
    EXPECT_TRUE(same_rules({.bias = -60, .daylight_bias = -60}, {.bias = -30, .standard_bias = -30}));
}

} // namespace
} // namespace godwit::eas
