#include "delivery/allowance.hpp"
#include "delivery/outbox_fixture.hpp"

namespace godwit::delivery {
namespace {

struct AllowanceTest : OutboxTest {
    void SetUp() override {
        OutboxTest::SetUp();
        net::Clock::frozen_utc = net::Time(std::chrono::seconds(1'768'478'400)); // on the hour
        config.recipients_per_day = 5;
    }
    std::uint64_t used() {
        return accounts.read_now(anna.id,
                                 [](index::Transaction& tx) { return recipients_lately(tx, net::Clock::utc()); });
    }
    // Apart from the hour: what the account may send is settled by when, not by what.
    bool use(std::uint64_t recipients, std::uint64_t most = 5) {
        return accounts.write_now(
            anna.id, [&](index::Transaction& tx) { return use_allowance(tx, recipients, most, net::Clock::utc()); });
    }
};

TEST_F(AllowanceTest, is_of_the_last_24_hours_by_the_hour) {
    struct Row {
        std::chrono::minutes later; // than the row before
        std::uint64_t recipients;
        bool fits;
        std::uint64_t used; // after it
    };
    for (auto const& [later, recipients, fits, expected] : {Row{0min, 3, true, 3},
                                                            {0min, 3, false, 3},
                                                            {0min, 0, true, 3},
                                                            {60min, 2, true, 5},
                                                            {22 * 60min, 1, false, 5},
                                                            {59min, 1, false, 5}, // the 24th hour's last minute
                                                            {1min, 4, false, 2},  // the three have left
                                                            {0min, 3, true, 5},
                                                            {60min, 2, true, 5},       // so have the two
                                                            {-48 * 60min, 5, true, 5}, // the clock was set back
                                                            {1000 * 60min, 6, false, 0},
                                                            {0min, ~0ULL, false, 0}}) {
        *net::Clock::frozen_utc += later;
        EXPECT_EQ(use(recipients), fits) << later.count();
        EXPECT_EQ(used(), expected) << later.count();
    }
}

TEST_F(AllowanceTest, what_is_kept_is_bounded_and_rubbish_begins_anew) {
    for (int hour = 0; hour < 1000; ++hour, *net::Clock::frozen_utc += 60min) EXPECT_TRUE(use(10, 0)) << "no limit";
    auto const kept = [&] {
        return accounts.read_now(anna.id, [](index::Transaction& tx) { return tx.setting("sent_by_hour").value(); });
    };
    EXPECT_EQ(std::ranges::count(kept(), ':'), 24);
    for (auto const* rubbish :
         {"", "x", "1:", ":", "491244", "491244:", "491244:x", "99999999999999999999:1", "1:1 "}) {
        accounts.write_now(anna.id, [&](index::Transaction& tx) { tx.put_setting("sent_by_hour", rubbish); });
        EXPECT_TRUE(use(1)) << rubbish;
    }
}

TEST_F(AllowanceTest, a_message_counts_its_recipients_once) {
    EXPECT_EQ(send(letter("bert@x.org, bert@x.org, c@y.org", "Bcc: d@y.org\r\n")), SendResult::Sent);
    EXPECT_EQ(used(), 3U) << "local ones too, each once";
    EXPECT_EQ(send(letter("bert@x.org, c@y.org", "Bcc: d@y.org\r\n")), SendResult::PreviouslySent);
    restart();
    EXPECT_EQ(used(), 3U);
    EXPECT_EQ(send(letter("b@y.org, c@y.org, d@y.org"), "c2"), SendResult::SendQuota);
    EXPECT_EQ(used(), 3U);
    EXPECT_EQ(rows_of(anna).size(), 1U);
    EXPECT_EQ(mail_of(anna, index::FolderType::SentItems).size(), 1U);
    EXPECT_EQ(send(letter("b@y.org, c@y.org"), "c2"), SendResult::Sent) << "a refused ClientId is free";
    EXPECT_EQ(send(letter("b@y.org"), "c3"), SendResult::SendQuota);
    EXPECT_EQ(send(letter("b@y.org, c@y.org"), "c2"), SendResult::PreviouslySent) << "a repeat is no matter of quota";
    *net::Clock::frozen_utc += 24h;
    EXPECT_EQ(send(letter("b@y.org"), "c3"), SendResult::Sent);
}

TEST_F(AllowanceTest, what_is_undone_was_not_counted) {
    Sending sending{.user = anna, .device = "phone", .client_id = "c1", .mime = letter("bert@x.org")};
    sending.also = [](index::Transaction&) { throw std::runtime_error("broken"); };
    EXPECT_EQ(loop.wait_for(outbox->send(sending)), SendResult::Failed);
    EXPECT_EQ(used(), 0U);
}

} // namespace
} // namespace godwit::delivery
