#include "command/fetch.hpp"
#include "command/sync_options.hpp"
#include "command/sync_request.hpp"
#include "eas/contacts.hpp"
#include "eas/email.hpp"
#include <gtest/gtest.h>

namespace godwit::command {
namespace {
using eas::SyncCollectionRequest, eas::SyncRequest, eas::SyncStatus;
using std::chrono::minutes, std::chrono::seconds;

SyncRequest of(std::vector<SyncCollectionRequest> collections) { return {.collections = std::move(collections)}; }
SyncCollectionRequest in(std::string key, std::string id) {
    return {.sync_key = std::move(key), .collection_id = std::move(id)};
}
config::Sync const limits{};

TEST(SyncRequest, TheEmptyOneIsTheOneBeforeWordForWord) { // MS-ASCMD_R673
    std::string last;
    auto first = of({in("k1", "1"), in("k2", "2")});
    first.heartbeat = seconds(600);
    (*first.collections)[0].window_size = 25;
    (*first.collections)[0].get_changes = true;
    (*first.collections)[0].options = {{.filter_type = eas::FilterType::OneWeek,
                                        .body_preferences = {{.type = eas::BodyType::Html, .truncation_size = 500}}},
                                       {.item_class = "SMS"}};
    first.collections->push_back(in("0", "3"));
    (*first.collections)[2].supported.emplace(); // empty and absent differ (trap 23)
    auto whole = completed(first, last, limits);
    ASSERT_TRUE(whole);
    auto again = completed({}, last, limits);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, first);
}

TEST(SyncRequest, OneWithCommandsIsNotSaidAgain) { // MS-ASCMD_R666, R674
    std::string last;
    ASSERT_TRUE(completed(of({in("k1", "1")}), last, limits));
    auto with = of({in("k1", "1")});
    (*with.collections)[0].commands.emplace().emplace_back(eas::ClientDelete{"1:1"});
    ASSERT_TRUE(completed(with, last, limits));
    EXPECT_EQ(completed({}, last, limits).error().status, SyncStatus::RequestIncomplete);
    SyncRequest partial{.wait = minutes(5), .partial = true};
    auto whole = completed(partial, last, limits);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->collections->size(), 1U);
    EXPECT_FALSE(whole->collections->front().commands);
}

// Each is small enough for the reader; merged they would be more elements than it takes.
TEST(SyncRequest, WhatIsRememberedCanAlwaysBeRead) {
    eas::SyncCollectionRequest many = in("k1", "1");
    many.supported.emplace();
    for (int i = 0; i < 1000; ++i) many.supported->tags.push_back(eas::contacts::FirstName);
    auto wide = [&](int from, std::string const& key) {
        std::vector<SyncCollectionRequest> all;
        for (int i = 0; i < 150; ++i) {
            all.push_back(many);
            all.back().collection_id = std::to_string(from + i);
            all.back().sync_key = key;
        }
        return of(std::move(all));
    };
    std::string last;
    ASSERT_TRUE(completed(wide(1, "k1"), last, limits));
    EXPECT_LT(last.size(), 20'000U); // Supported counts at key 0 only
    auto partial = wide(1000, "k2");
    partial.partial = true;
    ASSERT_TRUE(completed(partial, last, limits));
    auto again = completed({}, last, limits);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->collections->size(), 300U);
    // What is too much to remember is refused, and what comes behind it finds nothing.
    EXPECT_EQ(completed(wide(1, "0"), last, limits).error().status, SyncStatus::ProtocolError);
    EXPECT_EQ(completed({}, last, limits).error().status, SyncStatus::RequestIncomplete);
    EXPECT_TRUE(collections_of(repeated("r")).empty());
}

TEST(SyncRequest, OfOneThatIsRefusedNothingIsRemembered) { // MS-ASCMD_R674
    std::string last;
    for (bool const partial : {false, true}) {
        ASSERT_TRUE(completed(of({in("k1", "1")}), last, limits));
        auto late = of({in("k2", "2")});
        late.wait = minutes(60);
        late.partial = partial;
        EXPECT_EQ(completed(late, last, limits).error().status, SyncStatus::InvalidInterval);
        EXPECT_EQ(completed({}, last, limits).error().status, SyncStatus::RequestIncomplete);
    }
}

TEST(SyncRequest, APartialOneNamesOnlyWhatIsNew) { // MS-ASCMD_R3644
    std::string last;
    auto first = of({in("k1", "1"), in("k2", "2"), in("k3", "3")});
    first.wait = minutes(10);
    ASSERT_TRUE(completed(first, last, limits));
    auto partial = of({in("k9", "2")});
    partial.partial = true;
    auto whole = completed(partial, last, limits);
    ASSERT_TRUE(whole);
    ASSERT_EQ(whole->collections->size(), 3U);
    EXPECT_EQ(whole->collections->at(0).sync_key, "k9");
    EXPECT_EQ(whole->collections->at(1).sync_key, "k1");
    EXPECT_EQ(whole->collections->at(2).sync_key, "k3");
    EXPECT_EQ(patience_of(*whole), minutes(10));
}

// Trap 17: what was told meanwhile counts for a partial request; an empty one is said again with the old keys.
TEST(SyncRequest, APartialOneGoesOnFromTheCurrentKeys) {
    std::string last;
    ASSERT_TRUE(completed(of({in("k1", "1"), in("k2", "2"), in("k3", "3")}), last, limits));
    eas::SyncResponse answer;
    answer.collections = {{.sync_key = "k5", .collection_id = "2"},
                          {.sync_key = "0", .collection_id = "3", .status = SyncStatus::InvalidSyncKey}};
    learn_keys(last, answer);
    EXPECT_EQ(repeated(last).collections->at(1).sync_key, "k2");
    auto partial = of({in("k1", "1")});
    partial.partial = true;
    auto whole = completed(partial, last, limits);
    ASSERT_TRUE(whole);
    ASSERT_EQ(whole->collections->size(), 3U);
    EXPECT_EQ(whole->collections->at(1).sync_key, "k5");
    EXPECT_EQ(whole->collections->at(2).sync_key, "k3");
    learn_keys(last, {.collections = {{.sync_key = "k6", .collection_id = "1"}}});
    learn_keys(last, {.collections = {{.sync_key = "k7", .collection_id = "2"}}});
    whole = completed({.wait = minutes(8), .partial = true}, last, limits);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->collections->at(0).sync_key, "k6");
    EXPECT_EQ(whole->collections->at(1).sync_key, "k7");
}

TEST(SyncRequest, Refusals) {
    struct Row {
        char const* why;
        SyncRequest request;
        SyncStatus status;
        std::optional<std::uint32_t> limit = {};
    };
    auto interval = [](std::optional<minutes> wait, std::optional<seconds> heartbeat) {
        auto request = of({in("k1", "1")});
        request.wait = wait, request.heartbeat = heartbeat;
        return request;
    };
    auto changes_at_0 = of({in("0", "1")});
    changes_at_0.collections->front().get_changes = true;
    std::vector<SyncCollectionRequest> many;
    for (int i = 0; i < 301; ++i) many.push_back(in("0", std::to_string(i)));
    for (auto const& row : {Row{"nothing remembered", {}, SyncStatus::RequestIncomplete},
                            Row{"Partial alone", {.partial = true}, SyncStatus::ProtocolError},
                            Row{"no collection", of({}), SyncStatus::ProtocolError},
                            Row{"twice", of({in("0", "1"), in("0", "1")}), SyncStatus::ProtocolError},
                            Row{"no key", of({in("", "1")}), SyncStatus::ProtocolError},
                            Row{"GetChanges at 0", changes_at_0, SyncStatus::ProtocolError},
                            Row{"both", interval(minutes(5), seconds(300)), SyncStatus::ProtocolError},
                            Row{"Wait 0", interval(minutes(0), {}), SyncStatus::InvalidInterval, 1},
                            Row{"Wait 60", interval(minutes(60), {}), SyncStatus::InvalidInterval, 59},
                            Row{"59 s", interval({}, seconds(59)), SyncStatus::InvalidInterval, 60},
                            Row{"3541 s", interval({}, seconds(3541)), SyncStatus::InvalidInterval, 3540},
                            Row{"too many", of(many), SyncStatus::TooManyCollections, 300}}) {
        std::string last;
        auto whole = completed(row.request, last, limits);
        ASSERT_FALSE(whole) << row.why;
        EXPECT_EQ(whole.error().status, row.status) << row.why;
        EXPECT_EQ(whole.error().limit, row.limit) << row.why;
        EXPECT_EQ(last, "") << row.why;
    }
}

TEST(SyncOptions, AreKeptWhole) {
    StickyOptions sticky;
    sticky.block.filter_type = eas::FilterType::OneWeek;
    sticky.block.conflict = eas::ConflictRule::ClientWins;
    sticky.block.mime_support = eas::MimeSupport::Always;
    sticky.block.body_preferences = {{.type = eas::BodyType::Html, .truncation_size = 32768, .preview = 200}};
    auto engine = to_engine(sticky);
    EXPECT_EQ(engine.filter, 3);
    EXPECT_TRUE(engine.client_wins);
    EXPECT_LE(engine.rest.size(), 64U);
    EXPECT_EQ(from_engine(engine).block, sticky.block);
    EXPECT_FALSE(from_engine(engine).supported);
    sticky.supported.emplace();
    EXPECT_TRUE(from_engine(to_engine(sticky)).supported);
    sticky.supported->tags = {eas::email::Read, eas::email::Subject};
    EXPECT_EQ(from_engine(to_engine(sticky)).supported->tags, sticky.supported->tags);
    for (std::string_view broken : {"", "\xFF", "\x05", "\xFF\x01\x01zzz"})
        EXPECT_EQ(from_engine({.rest = std::string(broken)}).block, eas::SyncOptions{});
}

TEST(Fetch, Ranges) {
    EXPECT_EQ(parse_range("0-10"), (ByteRange{0, 10}));
    EXPECT_EQ(parse_range("5-5"), (ByteRange{5, 5}));
    for (auto const* bad : {"", "-", "5", "5-", "-5", "6-5", "a-b", "1-2-3", "99999999999999999999-1"})
        EXPECT_FALSE(parse_range(bad)) << bad;
}

TEST(Fetch, SchemaKeepsOnlyWhatIsNamed) {
    eas::Email mail{.from = "bob", .subject = "Hello", .read = true};
    mail.body.emplace(eas::Body{.data = eas::Content{"text"}});
    auto all = eas::encode_fragment(mail, eas::v16_1);
    auto some = eas::decode<eas::Email>(only(all, {{eas::email::Subject, eas::airsyncbase::Body}}), eas::v16_1);
    ASSERT_TRUE(some);
    EXPECT_EQ(*some, (eas::Email{.subject = "Hello", .body = mail.body}));
    EXPECT_TRUE(only(all, {{eas::email::Cc}}).empty());
}

} // namespace
} // namespace godwit::command
