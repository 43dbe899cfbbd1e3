#include "command/ids.hpp"
#include "command/ping_parameters.hpp"
#include "command/reply.hpp"
#include <gtest/gtest.h>

namespace godwit::command {
namespace {
using index::CollectionId, index::ItemId;

TEST(Ids, ComeBackAndOnlyOurOwnFormsAreRead) {
    EXPECT_EQ(format(ServerId{CollectionId(3), ItemId(42)}), "3:42");
    EXPECT_EQ(parse_server_id("3:42"), (ServerId{CollectionId(3), ItemId(42)}));
    EXPECT_EQ(parse_long_id(format_long(ItemId(42))), ItemId(42));
    EXPECT_EQ(parse_collection("4294967295"), CollectionId(4294967295));
    for (auto const* bad : {"", "3", "3:", ":42", "03:42", "3:-42", "3:42 ", " 3:42", "3:4:2", "3:042", "x:1",
                            "4294967296:1", "3:9223372036854775808"})
        EXPECT_FALSE(parse_server_id(bad)) << bad;
    for (auto const* bad : {"", "m", "42", "m-1", "m1 ", "M1"}) EXPECT_FALSE(parse_long_id(bad)) << bad;
}

TEST(PingParameters, BlobsComeBackAndBrokenOnesDoNot) {
    for (auto const& p : {PingParameters{std::chrono::seconds(60), {}},
                          PingParameters{std::chrono::seconds(3540), {CollectionId(1), CollectionId(22)}}})
        EXPECT_EQ(ping_parameters_of(to_blob(p)), p);
    for (auto const* bad : {"", "x", "60 ", "60 x", "60 1 ", "60,1", "-1 1"})
        EXPECT_FALSE(ping_parameters_of(bad)) << bad;
}

TEST(PingParameters, WhatIsLeftOutIsAsBefore) { // MS-ASCMD_R5632 to R5635
    PingParameters before{std::chrono::seconds(60), {CollectionId(1)}};
    EXPECT_FALSE(merged(std::nullopt, {}));
    EXPECT_FALSE(merged(std::nullopt, {.heartbeat = std::chrono::seconds(60)}));
    EXPECT_EQ(merged(before, {}), before);
    auto later = merged(before, {.heartbeat = std::chrono::seconds(90)});
    EXPECT_EQ(later->heartbeat, std::chrono::seconds(90));
    EXPECT_EQ(later->folders, before.folders);
    auto other = merged(before, {.folders = std::vector<eas::PingFolder>{{"2", "Email"}, {"2", "Email"}}});
    EXPECT_EQ(other->folders, std::vector{CollectionId(2)});
}

TEST(Multipart, OffsetsCountFromTheFirstByte) { // MS-ASCMD_R5509 to R5517
    auto body = multipart_body("DOC", {"first", ""});
    auto word = [&](std::size_t at) {
        return std::uint8_t(body[at]) | std::uint8_t(body[at + 1]) << 8 | std::uint8_t(body[at + 2]) << 16 |
               std::uint8_t(body[at + 3]) << 24;
    };
    ASSERT_EQ(body.size(), 4U + 3 * 8 + 3 + 5);
    EXPECT_EQ(word(0), 3);
    EXPECT_EQ(body.substr(std::size_t(word(4)), std::size_t(word(8))), "DOC");
    EXPECT_EQ(body.substr(std::size_t(word(12)), std::size_t(word(16))), "first");
    EXPECT_EQ(word(20), int(body.size()));
    EXPECT_EQ(word(24), 0);
}

TEST(Multipart, StandInTheirOrderWhicheverIsTheLargest) {
    std::vector<std::string> const lengths{"", "a", "bb", std::string(300, 'c')};
    for (auto const& first : lengths)
        for (auto const& second : lengths)
            for (auto const& third : lengths) {
                auto const body = multipart_body("DOC", {first, second, third});
                EXPECT_EQ(body.substr(4 + 4 * 8), "DOC" + first + second + third);
                EXPECT_EQ(first_part(body), "DOC");
                EXPECT_EQ(std::uint8_t(body[28]) | std::uint8_t(body[29]) << 8,
                          int(4 + 4 * 8 + 3 + first.size() + second.size()));
            }
    EXPECT_EQ(multipart_body("DOC", {}).size(), 4U + 8 + 3);
}

} // namespace
} // namespace godwit::command
