// What the Fetches of one answer may take together, of Sync and of ItemOperations.
#include "command/fetch.hpp"
#include "command/sync_exchange.hpp"
#include "delivery/local_delivery.hpp"
#include "delivery/outbox.hpp"
#include "eas/email.hpp"
#include "net/loop.hpp"
#include "source/local.hpp"
#include "sync/hub.hpp"
#include <gtest/gtest.h>

namespace godwit::command {
namespace {
using eas::ItemOperationsStatus, eas::SyncStatus;

TEST(FetchBudget, TheFirstAlwaysFitsAndNothingAfterWhatDoesNot) {
    FetchBudget budget(100);
    EXPECT_TRUE(budget.take(60));
    EXPECT_TRUE(budget.take(40));
    EXPECT_TRUE(budget.spent());
    EXPECT_FALSE(budget.take(1));
    FetchBudget small(100);
    EXPECT_FALSE(small.spent());
    EXPECT_TRUE(small.take(1000));
    EXPECT_TRUE(small.spent());
    FetchBudget other(100);
    EXPECT_TRUE(other.take(60));
    EXPECT_FALSE(other.take(41));
    EXPECT_TRUE(other.spent());
    EXPECT_FALSE(other.take(10));
}

class Fetches : public testing::Test {
protected:
    static constexpr std::size_t mails = 4, text = 50'000;
    Fetches() {
        accounts.create(account);
        auto bytes = "From: bob@example.org\r\nSubject: Long\r\n\r\n" + std::string(text, 'x');
        accounts.write_now(account, [&](index::Transaction& tx) {
            for (std::size_t i = 0; i < mails; ++i) source::append(tx, index::CollectionId{1}, bytes, {}, now);
        });
    }
    eas::SyncResponse sync(SyncContext& context, eas::SyncCollectionRequest collection) {
        return accounts.write_now(account, [&](index::Transaction& tx) {
            return exchange(tx, context, {.collections = std::vector{std::move(collection)}});
        });
    }
    std::vector<ItemOperationsStatus> fetch(bool multipart, FetchBudget budget, std::vector<std::string>& parts) {
        Hangup hangup;
        Session session{.rooms = rooms,
                        .user = {},
                        .line = {},
                        .version = eas::v16_1,
                        .user_agent = "",
                        .multipart = multipart,
                        .request_id = "",
                        .hangup = hangup};
        session.user.id = account;
        std::vector<ItemOperationsStatus> out;
        for (std::size_t i = 1; i <= mails; ++i) {
            eas::ItemFetch wanted{.store = "Mailbox", .server_id = "1:" + std::to_string(i)};
            auto response = loop.wait_for(fetch_item(session, wanted, parts, budget));
            out.push_back(response.status);
            EXPECT_EQ(response.server_id, wanted.server_id);
            EXPECT_EQ(response.properties.has_value(), response.status == ItemOperationsStatus::Success);
        }
        return out;
    }

    index::AccountId account{1};
    index::Time now{std::chrono::days(20'000)};
    config::Config config;
    net::Pool pool{1};
    net::Loop loop;
    sync::Hub hub{loop.executor()};
    index::Accounts accounts{pool, {}, {}};
    directory::Directory directory{pool, {}, {}};
    delivery::LocalDelivery local{accounts, directory};
    delivery::Outbox outbox{config.delivery, pool, accounts, directory, local};
    Rooms rooms{config, pool, accounts, directory, hub, outbox};
};

TEST_F(Fetches, OfSyncEndWithTheBudget) {
    SyncContext context{.device = "phone", .now = now};
    auto key = sync(context, {.sync_key = "0", .collection_id = "1"}).collections.at(0).sync_key;
    key = sync(context, {.sync_key = key, .collection_id = "1"}).collections.at(0).sync_key;
    auto statuses = [&](std::uint64_t bytes) {
        context.fetches = FetchBudget(bytes);
        std::vector<eas::ClientCommand> commands;
        for (std::size_t i = 1; i <= mails; ++i) commands.emplace_back(eas::ClientFetch{"1:" + std::to_string(i)});
        auto answer =
            sync(context, {.sync_key = key, .collection_id = "1", .get_changes = false, .commands = commands});
        std::vector<SyncStatus> out;
        for (auto const& response : answer.collections.at(0).responses) {
            auto const& one = std::get<eas::FetchResponse>(response);
            EXPECT_EQ(one.application_data.has_value(), one.status == SyncStatus::Success);
            out.push_back(one.status);
        }
        return out;
    };
    constexpr auto yes = SyncStatus::Success, no = SyncStatus::ServerError;
    EXPECT_EQ(statuses(1 << 20), (std::vector{yes, yes, yes, yes}));
    EXPECT_EQ(statuses(3 * text), (std::vector{yes, yes, no, no})); // each has its properties beside its text
    EXPECT_EQ(statuses(10), (std::vector{yes, no, no, no}));
}

TEST_F(Fetches, OfItemOperationsEndWithTheBudget) {
    constexpr auto yes = ItemOperationsStatus::Success, no = ItemOperationsStatus::TooLarge;
    for (bool multipart : {false, true}) {
        std::vector<std::string> parts;
        EXPECT_EQ(fetch(multipart, FetchBudget(), parts), (std::vector{yes, yes, yes, yes}));
        EXPECT_EQ(parts.size(), multipart ? 4U : 0U);
        parts.clear();
        EXPECT_EQ(fetch(multipart, FetchBudget(3 * text), parts), (std::vector{yes, yes, no, no}));
        EXPECT_EQ(parts.size(), multipart ? 2U : 0U);
        parts.clear();
        EXPECT_EQ(fetch(multipart, FetchBudget(10), parts), (std::vector{yes, no, no, no}));
    }
}

} // namespace
} // namespace godwit::command
