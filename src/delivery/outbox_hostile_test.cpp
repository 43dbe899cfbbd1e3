// Relays that lie, phones that repeat themselves, messages that are large.
#include "delivery/outbox_fixture.hpp"
#include "mime/message.hpp"

namespace godwit::delivery {
namespace {

// A relay that lies: whatever it says instead of a reply, the message stays ours and nobody is told of a failure.
TEST_F(OutboxTest, rubbish_is_no_answer) {
    config.relay_timeout = 1s;
    config.delay_notice = 0s; // which would come with the tenth attempt
    std::string const rubbish[] = {"hello there\r\n", std::string(200'000, '2') + "\r\n", "250-never ends\r\n",
                                   std::string("\0\xff\x01\r\n", 5), "HTTP/1.1 200 OK\r\n\r\n"};
    EXPECT_EQ(send(letter("carl@y.org")), SendResult::Sent);
    unsigned attempts = 0;
    for (auto const* from : {"EHLO", "DATA"}) {
        for (auto const& what : rubbish) {
            relay.rubbish_from = from;
            relay.rubbish = what;
            relay.talks_rubbish = false;
            let_it_be_due();
            run_once();
            auto const rows = rows_of(anna);
            ASSERT_EQ(rows.size(), 1U) << from << ": " << what.substr(0, 20);
            EXPECT_EQ(rows[0].attempts, ++attempts);
        }
    }
    EXPECT_TRUE(mail_of(anna).empty());
    relay.rubbish_from.clear();
    relay.talks_rubbish = false;
    relay.taken.clear();
    let_it_be_due();
    run_once();
    EXPECT_EQ(relay.taken.size(), 1U);
    EXPECT_TRUE(rows_of(anna).empty());
}

// It has taken the message and drops the connection before it says so: ours to send again, under the same Message-ID.
TEST_F(OutboxTest, taken_but_not_said_is_sent_again_as_the_same_message) {
    auto mime = letter("carl@y.org");
    mime.erase(mime.find("Message-ID"), mime.find("Date") - mime.find("Message-ID"));
    EXPECT_EQ(send(mime), SendResult::Sent);
    relay.drop_after_taking = true;
    run_once();
    ASSERT_EQ(rows_of(anna).size(), 1U);
    relay.drop_after_taking = false;
    let_it_be_due();
    run_once();
    ASSERT_EQ(relay.taken.size(), 2U);
    EXPECT_EQ(mime::Message::parse(relay.taken[0].bytes).message_id(),
              mime::Message::parse(relay.taken[1].bytes).message_id());
    EXPECT_FALSE(mime::Message::parse(relay.taken[0].bytes).message_id().empty());
}

// Law 1 before 14.0: no ClientId, so the bytes themselves say that it is a repeat.
TEST_F(OutboxTest, without_client_id_the_same_bytes_are_sent_once) {
    EXPECT_EQ(send(letter("bert@x.org"), ""), SendResult::Sent);
    EXPECT_EQ(send(letter("bert@x.org"), ""), SendResult::PreviouslySent);
    EXPECT_EQ(send(letter("bert@x.org", "X: y\r\n"), ""), SendResult::Sent);
    std::string const bare = "From: anna@x.org\r\nTo: bert@x.org\r\n\r\nyes\r\n";
    EXPECT_EQ(send(bare, ""), SendResult::Sent);
    EXPECT_EQ(send(bare, ""), SendResult::PreviouslySent);
    *net::Clock::frozen_utc += 11min;
    EXPECT_EQ(send(bare, ""), SendResult::Sent) << "the same words said again, later";
    EXPECT_EQ(send(letter("bert@x.org"), ""), SendResult::PreviouslySent) << "but this one has a date";
}

TEST_F(OutboxTest, a_composed_message_is_not_copied_and_its_size_counts) {
    auto const large = std::make_shared<std::string const>(std::string(3'000'000, 'x'));
    Sending sending{
        .user = anna, .device = "phone", .client_id = "c1", .mime = letter("bert@x.org"), .save_in_sent = true};
    sending.compose = [large](std::string_view mime) {
        auto made = mime::read_manuscript(mime);
        made.body.view(*large);
        made.body.keep(large);
        return made;
    };
    config.max_message_bytes = 2'000'000;
    EXPECT_EQ(loop.wait_for(outbox->send(sending)), SendResult::TooLarge);
    config.max_message_bytes = 4'000'000;
    EXPECT_EQ(loop.wait_for(outbox->send(sending)), SendResult::Sent);
    ASSERT_EQ(mail_of(bert).size(), 1U);
    EXPECT_TRUE(mail_of(bert)[0].ends_with("hello\r\n..\r\n" + *large));
    EXPECT_EQ(mail_of(anna, index::FolderType::SentItems).size(), 1U);
    EXPECT_EQ(large.use_count(), 2) << "only the sending holds it still";
    EXPECT_TRUE(loop.wait_for(outbox->sent_before(sending)));
}

// Status 113 for the sender; a recipient's full mailbox is tried again (LMTP says 452).
TEST_F(OutboxTest, quotas) {
    auto const limit = [&](directory::User const& user, std::uint64_t bytes) {
        accounts.write_now(user.id, [&](index::Transaction& tx) { tx.set_quota(bytes); });
    };
    limit(anna, 10);
    EXPECT_EQ(send(letter("bert@x.org")), SendResult::QuotaExceeded);
    EXPECT_EQ(send(letter("bert@x.org"), "c1", false), SendResult::Sent) << "without a copy there is nothing to keep";
    EXPECT_EQ(mail_of(bert).size(), 1U);
    limit(anna, 0);
    limit(bert, 10);
    EXPECT_EQ(send(letter("bert@x.org"), "c2"), SendResult::Sent);
    ASSERT_EQ(rows_of(anna).size(), 1U);
    limit(bert, 0);
    let_it_be_due();
    run_once();
    EXPECT_EQ(mail_of(bert).size(), 2U);
    EXPECT_TRUE(rows_of(anna).empty());
}

} // namespace
} // namespace godwit::delivery
