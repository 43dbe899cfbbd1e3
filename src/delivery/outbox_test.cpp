#include "delivery/outbox_fixture.hpp"
#include "delivery/report.hpp"
#include "mime/message.hpp"

namespace godwit::delivery {
namespace {

TEST_F(OutboxTest, local_recipients_have_it_when_send_returns) {
    without_relay();
    EXPECT_EQ(send(letter("bert@x.org, BERT@x.org", "Bcc: a.berg@x.org\r\n")), SendResult::Sent);
    auto const mail = mail_of(bert);
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_TRUE(mail[0].starts_with("Return-Path: <anna@x.org>\r\nReceived: "));
    EXPECT_EQ(mail[0].find("Bcc"), std::string::npos);
    EXPECT_TRUE(mail[0].ends_with("\r\nhello\r\n..\r\n"));
    EXPECT_EQ(mail_of(anna).size(), 1U);
    auto const sent = mail_of(anna, index::FolderType::SentItems);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_NE(sent[0].find("Bcc: a.berg@x.org"), std::string::npos);
    EXPECT_TRUE(rows_of(anna).empty());
}

TEST_F(OutboxTest, a_client_id_is_sent_once_also_after_a_restart) {
    EXPECT_EQ(send(letter("bert@x.org")), SendResult::Sent);
    EXPECT_EQ(send(letter("bert@x.org")), SendResult::PreviouslySent);
    restart();
    EXPECT_EQ(send(letter("bert@x.org")), SendResult::PreviouslySent);
    EXPECT_EQ(mail_of(bert).size(), 1U);
    EXPECT_EQ(send(letter("bert@x.org"), "c2", false), SendResult::Sent) << "the same bytes sent on purpose";
    EXPECT_EQ(send(letter("bert@x.org"), "", false), SendResult::Sent);
    EXPECT_EQ(mail_of(bert).size(), 3U);
    EXPECT_EQ(mail_of(anna, index::FolderType::SentItems).size(), 1U);
}

TEST_F(OutboxTest, what_cannot_be_sent_is_refused_and_leaves_nothing) {
    EXPECT_EQ(send(letter("")), SendResult::NoRecipients);
    EXPECT_EQ(send("Subject: x\r\n\r\n"), SendResult::NoRecipients);
    EXPECT_EQ(send(letter("Carl <carl>")), SendResult::BadRecipient);
    EXPECT_EQ(send(letter("Carl, bert@x.org")), SendResult::BadRecipient) << "a name is no address";
    EXPECT_EQ(send(letter("undisclosed-recipients:;")), SendResult::NoRecipients);
    without_relay();
    EXPECT_EQ(send(letter("bert@x.org, carl@y.org")), SendResult::NoRelay);
    config.max_message_bytes = 10;
    EXPECT_EQ(send(letter("bert@x.org")), SendResult::TooLarge);
    EXPECT_TRUE(mail_of(bert).empty());
    EXPECT_TRUE(mail_of(anna, index::FolderType::SentItems).empty());
    config.max_message_bytes = 1 << 20;
    EXPECT_EQ(send(letter("bert@x.org")), SendResult::Sent) << "a refused ClientId is free";
}

TEST_F(OutboxTest, a_failure_inside_the_transaction_sends_nothing) {
    auto broken = [](index::Transaction&) { throw std::runtime_error("broken"); };
    Sending sending{.user = anna,
                    .device = "phone",
                    .client_id = "c1",
                    .mime = letter("bert@x.org"),
                    .save_in_sent = true,
                    .also = broken};
    EXPECT_EQ(loop.wait_for(outbox->send(sending)), SendResult::Failed);
    sending.also = [](index::Transaction&) { throw index::StoreFull("full"); };
    EXPECT_THROW(loop.wait_for(outbox->send(sending)), index::StoreFull) << "503, and not a status (law 5)";
    EXPECT_TRUE(mail_of(bert).empty());
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(send(letter("bert@x.org")), SendResult::Sent);
}

TEST_F(OutboxTest, the_sender_is_one_that_the_account_owns) {
    struct Row {
        char const *from, *expected;
    };
    for (auto const& [from, expected] : {Row{"Anna <a.berg@x.org>", "<a.berg@x.org>"},
                                         {"Boss <bert@x.org>", "<anna@x.org>"},
                                         {"anna", "<anna@x.org>"},
                                         {"anna@x.org, bert@x.org", "<anna@x.org>"}}) {
        relay.taken.clear();
        EXPECT_EQ(send("From: " + std::string(from) + "\r\nTo: c@y.org\r\n\r\nx\r\n", ""), SendResult::Sent);
        run_once();
        ASSERT_EQ(relay.taken.size(), 1U) << from;
        EXPECT_EQ(relay.taken[0].from, expected) << from;
        auto const message = mime::Message::parse(relay.taken[0].bytes);
        EXPECT_EQ("<" + message.addresses("From").at(0).address + ">", expected) << from;
    }
}

TEST_F(OutboxTest, others_get_it_by_the_relay_without_bcc) {
    EXPECT_EQ(send(letter("carl@y.org, bert@x.org", "Bcc: dora@z.org\r\n")), SendResult::Sent);
    EXPECT_EQ(mail_of(bert).size(), 1U);
    EXPECT_EQ(rows_of(anna).at(0).recipients, (std::vector<std::string>{"carl@y.org", "dora@z.org"}));
    EXPECT_EQ(run_once(), 1U);
    ASSERT_EQ(relay.taken.size(), 1U);
    EXPECT_EQ(relay.taken[0].from, "<anna@x.org>");
    EXPECT_EQ(relay.taken[0].to, (std::vector<std::string>{"<carl@y.org>", "<dora@z.org>"}));
    EXPECT_EQ(relay.taken[0].bytes.find("Bcc"), std::string::npos);
    EXPECT_TRUE(relay.taken[0].bytes.ends_with("\r\n\r\nhello\r\n...\r\n")) << relay.taken[0].bytes;
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(run_once(), 0U);
    EXPECT_EQ(relay.commands.front(), "EHLO mx.x.org");
}

TEST_F(OutboxTest, each_recipient_has_its_own_fate) {
    relay.rcpt_reply["<no@y.org>"] = "550 5.1.1 who is that";
    relay.rcpt_reply["<later@y.org>"] = "450 4.2.0 busy";
    EXPECT_EQ(send(letter("no@y.org, carl@y.org, later@y.org")), SendResult::Sent);
    run_once();
    ASSERT_EQ(relay.taken.size(), 1U);
    EXPECT_EQ(relay.taken[0].to, std::vector<std::string>{"<carl@y.org>"});
    auto const rows = rows_of(anna);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].recipients, std::vector<std::string>{"later@y.org"});
    EXPECT_EQ(rows[0].attempts, 1U);
    EXPECT_NE(rows[0].last_error.find("450 4.2.0 busy"), std::string::npos);
    auto const inbox = mail_of(anna);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(mime::Message::parse(inbox[0]).kind(), mime::Kind::non_delivery);
    for (auto const* part : {"Final-Recipient: rfc822; no@y.org\r\nAction: failed\r\nStatus: 5.1.1\r\n",
                             "References: <1@phone>", "Subject: hi"})
        EXPECT_NE(inbox[0].find(part), std::string::npos) << part;
    EXPECT_EQ(run_once(), 0U) << "not before its time";
    relay.rcpt_reply.clear();
    let_it_be_due();
    EXPECT_EQ(run_once(), 1U);
    EXPECT_EQ(relay.taken.size(), 2U);
    EXPECT_TRUE(rows_of(anna).empty());
}

// Law 4: what the store has lost ends with a report, and holds nobody up.
TEST_F(OutboxTest, a_message_whose_content_is_lost_is_given_up_and_the_next_one_leaves) {
    accounts.write_now(anna.id, [&](index::Transaction& tx) {
        tx.enqueue({.sender = "anna@x.org",
                    .recipients = {"carl@y.org", "bert@x.org"},
                    .content = std::string(32, 'x'),
                    .next_attempt = net::Time{}});
    });
    EXPECT_EQ(send(letter("carl@y.org")), SendResult::Sent);
    run_once();
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(relay.taken.size(), 1U);
    auto const inbox = mail_of(anna);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(mime::Message::parse(inbox[0]).kind(), mime::Kind::non_delivery);
    for (auto const* part : {"carl@y.org", "bert@x.org", "Status: 5.6.0", "the message is lost here"})
        EXPECT_NE(inbox[0].find(part), std::string::npos) << part;
}

TEST_F(OutboxTest, trouble_on_the_way_is_tried_again_until_it_is_too_long) {
    relay.drop_in_data = true;
    EXPECT_EQ(send(letter("carl@y.org")), SendResult::Sent);
    run_once();
    EXPECT_EQ(rows_of(anna).at(0).attempts, 1U);
    relay.drop_in_data = false;
    relay.silent = true; // never greets
    let_it_be_due();
    run_once();
    EXPECT_EQ(rows_of(anna).at(0).attempts, 2U);
    relay.silent = false;
    relay.data_reply = "451 4.3.0 not now";
    config.retry_for = 5min;
    let_it_be_due();
    run_once();
    EXPECT_EQ(rows_of(anna).at(0).next_attempt, *net::Clock::frozen_utc + 2min) << "a last time when the five are over";
    let_it_be_due();
    run_once();
    EXPECT_TRUE(rows_of(anna).empty());
    auto const inbox = mail_of(anna);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_NE(inbox[0].find("gave up after 4 attempts: 451 4.3.0 not now"), std::string::npos);
}

// RFC 5321 4.5.4.1 counts from when it was handed in, whether or not we ran. But the network may come up after us: what
// is overdue has an hour of attempts here first, or all of retry_for where that is less.
TEST_F(OutboxTest, how_long_it_is_tried_counts_while_the_server_is_down_but_for_a_grace) {
    struct Row {
        std::chrono::seconds retry_for, grace;
        unsigned attempts;
    };
    config.delay_notice = 0s;
    for (auto const& [retry_for, grace, attempts] : {Row{std::chrono::hours(24 * 5), 1h, 7}, {5min, 5min, 4}}) {
        config.retry_for = retry_for;
        relay.data_reply = "451 4.3.0 not now";
        relay.commands.clear();
        EXPECT_EQ(send(letter("carl@y.org"), std::to_string(attempts)), SendResult::Sent);
        run_once();
        restart();
        *net::Clock::frozen_utc += std::chrono::hours(24 * 6);
        auto const started = *net::Clock::frozen_utc;
        for (unsigned i = 0; i < attempts; ++i) {
            ASSERT_EQ(rows_of(anna).size(), 1U) << i;
            let_it_be_due();
            EXPECT_EQ(run_once(), 1U);
        }
        EXPECT_EQ(*net::Clock::frozen_utc - started, grace);
        EXPECT_EQ(std::ranges::count(relay.commands, "DATA"), 1 + attempts);
        EXPECT_TRUE(rows_of(anna).empty());
        auto const said = "gave up after " + std::to_string(1 + attempts) + " attempts: 451 4.3.0 not now";
        EXPECT_EQ(std::ranges::count_if(mail_of(anna), [&](auto const& mail) { return mail.contains(said); }), 1)
            << said;
    }
}

TEST_F(OutboxTest, what_was_handed_in_under_a_wrong_clock_is_not_returned_at_once) {
    relay.data_reply = "451 4.3.0 not now";
    auto const right = *net::Clock::frozen_utc;
    net::Clock::frozen_utc = net::Time(std::chrono::seconds(60)); // 1970, until NTP is heard
    config.delay_notice = 0s;
    EXPECT_EQ(send(letter("carl@y.org")), SendResult::Sent);
    run_once();
    net::Clock::frozen_utc = right;
    run_once();
    EXPECT_EQ(rows_of(anna).size(), 1U);
    EXPECT_TRUE(mail_of(anna).empty());
    relay.data_reply = "250 2.0.0 taken";
    let_it_be_due();
    run_once();
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_TRUE(mail_of(anna).empty());
}

// What was to be tried later than any pause is long is tried now, and how long it is tried counts from now at most.
TEST_F(OutboxTest, a_clock_that_is_set_back_holds_nothing_up) {
    relay.data_reply = "451 4.3.0 not now";
    EXPECT_EQ(send(letter("carl@y.org")), SendResult::Sent);
    run_once();
    auto const wrong = *net::Clock::frozen_utc;
    *net::Clock::frozen_utc = wrong - 30min;
    EXPECT_EQ(run_once(), 0U) << "no longer than the longest pause: it may have been meant so";
    *net::Clock::frozen_utc = wrong - std::chrono::days(400);
    auto const now = *net::Clock::frozen_utc;
    EXPECT_EQ(run_once(), 1U);
    ASSERT_EQ(rows_of(anna).size(), 1U);
    EXPECT_EQ(rows_of(anna)[0].handed_in, now);
    EXPECT_EQ(rows_of(anna)[0].next_attempt, now + 2min);
    EXPECT_EQ(run_once(), 0U);
}

TEST_F(OutboxTest, the_worker_hears_of_a_clock_that_is_set_back) {
    auto const account = anna.id, other = bert.id;
    auto& parts = outbox->parts();
    auto const now = *net::Clock::frozen_utc;
    EXPECT_FALSE(parts.take_due());
    parts.schedule(other, now + 5min);
    parts.schedule(account, now + 1h);
    EXPECT_FALSE(parts.take_due()) << "not yet";
    *net::Clock::frozen_utc = now - 30min;
    EXPECT_EQ(parts.take_due(), account) << "an hour and a half: nobody meant that";
    EXPECT_FALSE(parts.take_due());
    *net::Clock::frozen_utc = now - std::chrono::days(400);
    EXPECT_EQ(parts.take_due(), other);
    EXPECT_FALSE(parts.take_due());
}

TEST_F(OutboxTest, a_message_that_is_refused_comes_back_at_once) {
    relay.data_reply = "554 5.7.1 spam";
    EXPECT_EQ(send(letter("carl@y.org, dora@y.org")), SendResult::Sent);
    run_once();
    EXPECT_TRUE(rows_of(anna).empty());
    ASSERT_EQ(mail_of(anna).size(), 1U);
    EXPECT_NE(mail_of(anna)[0].find("Status: 5.7.1"), std::string::npos);
}

TEST_F(OutboxTest, unknown_people_of_our_own_domain_bounce) {
    without_relay();
    EXPECT_EQ(send(letter("nobody@x.org, bert@x.org")), SendResult::Sent);
    EXPECT_EQ(mail_of(bert).size(), 1U);
    EXPECT_EQ(mail_of(anna).size(), 1U);
    EXPECT_TRUE(rows_of(anna).empty());
}

TEST_F(OutboxTest, a_crash_between_commit_and_delivery_delivers_once) {
    auto const row = accounts.write_now(anna.id, [&](index::Transaction& tx) {
        index::Outgoing one{.sender = "anna@x.org",
                            .recipients = {"bert@x.org"},
                            .content = tx.put_content(letter("bert@x.org")),
                            .next_attempt = net::Clock::utc(),
                            .last_error = {}};
        one.id = tx.enqueue(one);
        return one;
    });
    restart();
    EXPECT_EQ(run_once(), 1U);
    EXPECT_EQ(mail_of(bert).size(), 1U);
    EXPECT_TRUE(rows_of(anna).empty());
    // And a crash after the delivery, before the row went: the same row again.
    loop.wait_for(outbox->parts().attempt(anna.id, row, nullptr, Reach::All));
    EXPECT_EQ(mail_of(bert).size(), 1U);
}

TEST_F(OutboxTest, the_worker_takes_up_what_was_left_and_stops_when_told) {
    EXPECT_EQ(send(letter("carl@y.org")), SendResult::Sent);
    restart();
    bool ended = false;
    loop.spawn(outbox->run(), [&](std::exception_ptr) { ended = true; });
    auto wait = [](FakeRelay& one, std::size_t count) -> net::awaitable<void> {
        for (int i = 0; i < 1000 && one.taken.size() < count; ++i) co_await net::sleep_for(5ms);
    };
    loop.wait_for(wait(relay, 1));
    EXPECT_EQ(relay.taken.size(), 1U);
    EXPECT_EQ(send(letter("dora@y.org"), "c2"), SendResult::Sent);
    loop.wait_for(wait(relay, 2));
    EXPECT_EQ(relay.taken.size(), 2U) << "what is sent while it runs leaves at once";
    outbox->stop();
    auto until = [](bool& flag) -> net::awaitable<void> {
        for (int i = 0; i < 1000 && !flag; ++i) co_await net::sleep_for(5ms);
    };
    loop.wait_for(until(ended));
    EXPECT_TRUE(ended);
}

TEST(Pauses, grow_to_an_hour) {
    EXPECT_EQ(pause_after(1), 60s);
    EXPECT_EQ(pause_after(3), 240s);
    EXPECT_EQ(pause_after(1000), 3600s);
}

TEST(Report, status_codes_and_hostile_replies) {
    Report report{.hostname = "h",
                  .to = "a@x.org",
                  .original = "Subject: x\r\nMessage-ID: <m@x>\r\n\r\nbody",
                  .recipients = {{"b@y.org", "450 4.2.2 full\r\nX: y"}, {"c@y.org", "550 no"}},
                  .when = {},
                  .retry_until = {},
                  .id = "id"};
    auto const text = compose_report(report);
    EXPECT_NE(text.find("Status: 5.2.2\r\nDiagnostic-Code: smtp; 450 4.2.2 full  X: y\r\n"), std::string::npos);
    EXPECT_NE(text.find("Status: 5.0.0\r\n"), std::string::npos);
    EXPECT_EQ(text.find("body"), std::string::npos);
}

TEST(Report, RFC6533_addresses_beyond_ascii_are_said_in_utf_8) {
    Report report{.hostname = "h",
                  .to = "jürgen@x.org",
                  .original = "Subject: Grüße\r\n\r\nbody",
                  .recipients = {{"bärbel@y.org", "550 5.1.1 no b\xE4rbel"}, {"c@y.org", "550 no"}},
                  .when = {},
                  .retry_until = {},
                  .id = "id"};
    auto text = compose_report(report);
    EXPECT_EQ(mime::Message::parse(text).kind(), mime::Kind::non_delivery);
    for (auto const* part :
         {"\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: multipart/report; report-type=delivery-status;",
          "Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
          "Final-Recipient: utf-8; bärbel@y.org\r\n", "Diagnostic-Code: smtp; 550 5.1.1 no bärbel\r\n",
          "Final-Recipient: rfc822; c@y.org\r\n",
          "Content-Type: message/global-headers\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: Grüße\r\n"})
        EXPECT_TRUE(text.contains(part)) << part << "\n" << text;
    report.original = "Subject: Gr\xFC\xDF\x65\r\n\r\n"; // no UTF-8: as it came
    EXPECT_TRUE(compose_report(report).contains(
        "text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: Gr\xFC"));
    report = {.hostname = "h",
              .to = "a@x.org",
              .original = "Subject: x\r\n\r\n",
              .recipients = {{"b@y.org", "550 no"}},
              .when = {},
              .retry_until = {},
              .id = "id"};
    text = compose_report(report);
    EXPECT_FALSE(text.contains("8bit") || text.contains("global")) << text;
}

} // namespace
} // namespace godwit::delivery
