#include "device/description.hpp"
#include "device/partnership.hpp"
#include "device/standing.hpp"
#include <gtest/gtest.h>

namespace godwit::device {
namespace {
using namespace std::string_view_literals;

TEST(Description, BlobsComeBackAndBrokenOnesDoNot) {
    for (auto const& description :
         {Description{}, Description{{"Model", "iPhone 15"}, {"OS", ""}, {"FriendlyName", "Zoë"}}})
        EXPECT_EQ(description_of(to_blob(description)), description);
    for (auto broken : {"Model"sv, "Model\0"sv, "Model\0iPhone"sv}) EXPECT_FALSE(description_of(broken));
}

TEST(Description, IsBounded) {
    Description huge;
    for (int i = 0; i < 100; ++i) huge.emplace_back("Model", std::string(1000, 'x'));
    EXPECT_LE(to_blob(huge).size(), 40U * 1024);
}

TEST(Description, ASetSpeaksOfWhatItNames) { // MS-ASCMD_R3942, R3944, R3947
    Description const known{{"Model", "iPhone 15"}, {"OS", "iOS 18"}, {"PhoneNumber", "+41"}};
    struct Row {
        char const* why;
        Description said, becomes;
    };
    for (auto const& row :
         {Row{"one is new", {{"OS", "iOS 19"}}, {{"Model", "iPhone 15"}, {"OS", "iOS 19"}, {"PhoneNumber", "+41"}}},
          {"one more",
           {{"IMEI", "1"}},
           {{"Model", "iPhone 15"}, {"OS", "iOS 18"}, {"PhoneNumber", "+41"}, {"IMEI", "1"}}},
          {"an empty one goes", {{"OS", ""}, {"IMEI", ""}}, {{"Model", "iPhone 15"}, {"PhoneNumber", "+41"}}},
          {"an empty Set", {}, {}}})
        EXPECT_EQ(merged(known, row.said), row.becomes) << row.why;
}

TEST(Description, AValueIsCutAtItsCharacters) { // MS-ASCMD_R3605: up to 1024 characters, not bytes
    auto of = [](std::size_t n) {
        std::string out;
        while (n-- > 0) out += "é";
        return out;
    };
    for (auto [said, kept] : {std::pair(1024U, 1024U), {1025U, 1024U}, {9000U, 1024U}})
        EXPECT_EQ(merged({}, {{"FriendlyName", of(said)}}), (Description{{"FriendlyName", of(kept)}}));
    Description all;
    for (auto const* name :
         {"Model", "IMEI", "FriendlyName", "OS", "OSLanguage", "PhoneNumber", "UserAgent", "Operator"})
        all.emplace_back(name, of(2000));
    auto const whole = merged({}, all);
    EXPECT_EQ(description_of(to_blob(whole)), whole); // all have room
}

TEST(Partnership, IdsAreFoldedAndValidateMakesNone) {
    EXPECT_EQ(folded("ApplDX8VQ-é"), "appldx8vq-é");
    EXPECT_FALSE(makes_partnership(folded("Validate")));
    EXPECT_FALSE(makes_partnership(""));
    EXPECT_TRUE(makes_partnership("appl1"));
}

TEST(Partnership, OnlyNewsIsWritten) {
    using namespace std::chrono_literals;
    index::Time now{std::chrono::hours(500'000)};
    Caller caller{"appl1", "iPhone", "Apple-iPhone", "16.1"};
    index::DeviceRow row{"appl1", "iPhone", "Apple-iPhone", now, now, "16.1"};
    struct Row {
        std::optional<index::DeviceRow> known;
        Caller caller;
        std::chrono::seconds later;
        bool writes;
    };
    auto updated = caller;
    updated.user_agent = "Apple-iPhone/2";
    auto older = caller;
    older.protocol_version = "14.1";
    for (auto const& test :
         {Row{std::nullopt, caller, 0s, true}, Row{row, caller, 0s, false}, Row{row, caller, 3599s, false},
          Row{row, caller, 3600s, true}, Row{row, updated, 1s, true}, Row{row, older, 1s, true}})
        EXPECT_EQ(worth_writing(test.known, test.caller, now + test.later), test.writes);
}

TEST(Standings, StayBoundedAndKeepOpenBreakers) {
    Standings standings(10);
    net::Clock::time_point now{std::chrono::hours(1)};
    auto account = index::AccountId(1);
    auto& storm = standings.of(account, "storm", now).breaker;
    for (int i = 0; i < 100; ++i) storm.failed(now, {});
    for (int i = 0; i < 1000; ++i) standings.of(account, "made-up-" + std::to_string(i), now);
    EXPECT_LE(standings.size(), 10U);
    EXPECT_TRUE(standings.of(account, "storm", now).breaker.open(now));
    standings.forget(account, "storm");
    EXPECT_FALSE(standings.of(account, "storm", now).breaker.open(now));
}

} // namespace
} // namespace godwit::device
