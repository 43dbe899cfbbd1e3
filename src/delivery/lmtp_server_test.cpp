#include "delivery/delivery_fixture.hpp"
#include "delivery/lmtp_server.hpp"
#include "net/stream.hpp"
#include <algorithm>
#include <gmock/gmock.h>
#include <map>

namespace godwit::delivery {
namespace {

struct LmtpServerTest : Post {
    std::unique_ptr<LmtpServer> server;

    void start(LmtpLimits limits = {}) {
        server = std::make_unique<LmtpServer>(loop, "127.0.0.1:0", config, directory, local, limits);
        server->start();
    }
    // Sends all of it in pieces and returns what comes back until the server closes or says `until`.
    static net::awaitable<std::string> talk(std::uint16_t port, std::string said, std::string until,
                                            std::size_t piece) {
        auto connected = co_await net::Stream::connect("127.0.0.1", port, std::chrono::seconds(5));
        auto stream = std::move(connected.value());
        stream.deadline(std::chrono::seconds(20));
        for (std::size_t i = 0; i < said.size(); i += piece) {
            auto const part = said.substr(i, piece);
            auto const sent = co_await stream.write_all(part);
            if (!sent) break;
        }
        std::string heard;
        std::vector<char> buffer(65536);
        while (until.empty() || heard.find(until) == std::string::npos) {
            auto const n = co_await stream.read_some(buffer);
            if (!n) break;
            heard.append(buffer.data(), *n);
        }
        co_return heard;
    }
    std::string talk(std::string said, std::string until = {}, std::size_t piece = 1 << 20) {
        return loop.wait_for(talk(server->port(), std::move(said), std::move(until), piece));
    }
};

std::string const begin = "LHLO client\r\nMAIL FROM:<s@y.org>\r\n";

TEST_F(LmtpServerTest, a_message_is_there_when_the_250_comes) {
    start();
    auto const heard =
        talk(begin + "RCPT TO:<anna@x.org>\r\nRCPT TO:<nobody@x.org>\r\nRCPT TO:<BERT+news@x.org>\r\nDATA\r\n"
                     "Subject: x\r\n\r\n..dot\nlf\r\n.\r\nQUIT\r\n");
    EXPECT_NE(heard.find("550 5.1.1"), std::string::npos);
    EXPECT_NE(heard.find("250 2.1.5 <anna@x.org>\r\n250 2.1.5 <BERT+news@x.org>\r\n221"), std::string::npos) << heard;
    for (auto const& user : {anna, bert}) {
        auto const mail = mail_of(user);
        ASSERT_EQ(mail.size(), 1U);
        EXPECT_TRUE(mail[0].starts_with(
            "Return-Path: <s@y.org>\r\nReceived: from client ([127.0.0.1])\r\n\tby mx.x.org with LMTP id "))
            << mail[0];
        EXPECT_TRUE(mail[0].ends_with("\r\nSubject: x\r\n\r\n.dot\nlf\r\n"));
    }
}

TEST_F(LmtpServerTest, byte_by_byte) {
    start();
    auto const heard = talk(begin + "RCPT TO:<anna@x.org>\r\nDATA\r\nSubject: y\r\n\r\n.\r\nQUIT\r\n", {}, 1);
    EXPECT_TRUE(heard.ends_with("221 2.0.0 bye\r\n"));
    EXPECT_EQ(mail_of(anna).size(), 1U);
}

TEST_F(LmtpServerTest, two_addresses_of_one_account_are_one_message) {
    start();
    auto const heard = talk(begin + "RCPT TO:<anna@x.org>\r\nRCPT TO:<a.berg@x.org>\r\nDATA\r\n.\r\nQUIT\r\n");
    EXPECT_NE(heard.find("250 2.1.5 <anna@x.org>\r\n250 2.1.5 <a.berg@x.org>"), std::string::npos);
    EXPECT_EQ(mail_of(anna).size(), 1U);
}

TEST_F(LmtpServerTest, what_is_too_large_or_too_much_at_once_is_refused) {
    config.max_message_bytes = 1000;
    start();
    auto const big = begin + "RCPT TO:<anna@x.org>\r\nDATA\r\n" + std::string(5000, 'x') + "\r\n.\r\nQUIT\r\n";
    EXPECT_NE(talk(big).find("552 5.3.4"), std::string::npos);
    config.max_message_bytes = 1 << 20;
    start({.max_bytes_in_flight = 3000});
    EXPECT_NE(talk(big, {}, 100).find("451 4.3.0"), std::string::npos);
    EXPECT_TRUE(mail_of(anna).empty());
}

TEST_F(LmtpServerTest, fifty_megabytes) {
    start();
    auto const line = std::string(998, 'z') + "\r\n";
    std::string said = begin + "RCPT TO:<anna@x.org>\r\nDATA\r\n";
    for (int i = 0; i < 50000; ++i) said += line;
    EXPECT_NE(talk(said + ".\r\nQUIT\r\n").find("250 2.1.5 <anna@x.org>"), std::string::npos);
    auto const mail = mail_of(anna);
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_GT(mail[0].size(), 50'000'000U);
}

TEST_F(LmtpServerTest, a_silent_client_is_told_and_dropped) {
    start({.command_timeout = std::chrono::seconds(1)});
    EXPECT_TRUE(talk("LHLO c\r\n").ends_with("421 4.4.2 too slow\r\n"));
}

TEST_F(LmtpServerTest, closing_ends_what_is_idle) {
    start();
    loop.spawn([](LmtpServer& one) -> net::awaitable<void> {
        co_await net::sleep_for(std::chrono::milliseconds(100));
        one.close();
    }(*server));
    EXPECT_TRUE(talk("LHLO c\r\n").ends_with("421 4.3.2 the server stops\r\n"));
}

TEST_F(LmtpServerTest, many_at_once_share_commits_and_none_is_lost) {
    start();
    int ended = 0;
    auto one = [](LmtpServerTest& self, int number, int& count) -> net::awaitable<void> {
        std::string said = "LHLO c\r\n";
        for (int i = 0; i < 20; ++i)
            said +=
                "MAIL FROM:<s@y.org>\r\nRCPT TO:<anna@x.org>\r\nDATA\r\nSubject: " + std::to_string(number * 100 + i) +
                "\r\n\r\n.\r\n";
        auto const heard = co_await LmtpServerTest::talk(self.server->port(), said + "QUIT\r\n", {}, 1 << 20);
        std::size_t stored = 0;
        for (auto at = heard.find("250 2.1.5 <"); at != std::string::npos; at = heard.find("250 2.1.5 <", at + 1))
            ++stored;
        EXPECT_EQ(stored, 20U);
        ++count;
    };
    for (int i = 0; i < 8; ++i) loop.spawn(one(*this, i, ended));
    auto wait = [](int& count) -> net::awaitable<void> {
        while (count < 8) co_await net::sleep_for(std::chrono::milliseconds(5));
    };
    loop.wait_for(wait(ended));
    auto mail = mail_of(anna);
    EXPECT_EQ(mail.size(), 160U);
    std::ranges::sort(mail);
    EXPECT_EQ(std::ranges::unique(mail).size(), 0U);
}

// Who has no room is refused alone: the others of the same message have it, and what comes in the same batch is kept
// where it fits.
TEST_F(LmtpServerTest, a_full_mailbox_is_452_for_its_owner_alone) {
    start();
    accounts.write_now(anna.id, [](index::Transaction& tx) { tx.set_quota(1500); });
    auto const to_both = "MAIL FROM:<s@y.org>\r\nRCPT TO:<anna@x.org>\r\nRCPT TO:<bert@x.org>\r\nDATA\r\nSubject: ";
    auto const large = std::string("large\r\n\r\n") + std::string(900, 'x') + "\r\n" + std::string(900, 'x');
    std::string const end = "\r\n.\r\n", refused = "452 4.3.1 no room now for <anna@x.org>\r\n",
                      kept = "250 2.1.5 <anna@x.org>\r\n", other = "250 2.1.5 <bert@x.org>\r\n";
    auto const heard = talk("LHLO c\r\n" + (to_both + large + end) + to_both + "small\r\n\r\n" + end + "QUIT\r\n");
    auto const first = heard.find(refused + other);
    ASSERT_NE(first, std::string::npos) << heard;
    EXPECT_NE(heard.find(kept + other, first), std::string::npos) << "a small one still fits: " << heard;
    EXPECT_EQ(mail_of(anna).size(), 1U);
    EXPECT_EQ(mail_of(bert).size(), 2U);
    accounts.write_now(anna.id, [](index::Transaction& tx) { tx.set_quota(0); }); // the client tries again
    EXPECT_NE(talk("LHLO c\r\n" + (to_both + large + end) + "QUIT\r\n").find(kept + other), std::string::npos);
    EXPECT_EQ(mail_of(anna).size(), 2U);
}

// The first leads and commits alone; the four that come meanwhile share one transaction, which the large one spoils.
TEST_F(LmtpServerTest, a_message_beyond_the_quota_does_not_hurt_its_batch) {
    accounts.write_now(anna.id, [](index::Transaction& tx) { tx.set_quota(2000); });
    std::vector<std::string> const messages = {"first", "second", std::string(1990, 'x'), "fourth", "fifth"};
    std::map<std::size_t, Delivered> outcomes;
    auto deliver = [&](std::size_t i) -> net::awaitable<void> {
        Parcel parcel{.bytes = std::make_shared<mime::Rope const>(messages[i]), .delivery_id = std::to_string(i)};
        outcomes[i] = co_await local.deliver(anna.id, std::move(parcel));
    };
    auto all = [&]() -> net::awaitable<void> {
        while (outcomes.size() < messages.size()) co_await net::sleep_for(std::chrono::milliseconds(5));
    };
    for (std::size_t i = 0; i < messages.size(); ++i) loop.spawn(deliver(i));
    loop.wait_for(all());
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(outcomes[i], i == 2 ? Delivered::NoSpace : Delivered::Stored) << i;
    EXPECT_THAT(mail_of(anna), testing::UnorderedElementsAre("first", "second", "fourth", "fifth"));
    accounts.write_now(anna.id, [](index::Transaction& tx) { tx.set_quota(0); });
    loop.wait_for(deliver(2)); // refused is not remembered as delivered
    EXPECT_EQ(outcomes[2], Delivered::Stored);
    EXPECT_EQ(mail_of(anna).size(), 5U);
}

TEST_F(LmtpServerTest, an_account_without_a_file_fails_alone) {
    start();
    auto const carla = directory.add("carla@x.org", "", {}, "x").value();
    EXPECT_EQ(loop.wait_for(local.deliver(index::AccountId(77), {.bytes = std::make_shared<mime::Rope const>("x")})),
              Delivered::Failed);
    EXPECT_NE(talk(begin + "RCPT TO:<carla@x.org>\r\nRCPT TO:<anna@x.org>\r\nDATA\r\n.\r\nQUIT\r\n")
                  .find("451 4.3.0 try again later: <carla@x.org>\r\n250"),
              std::string::npos);
    EXPECT_EQ(mail_of(anna).size(), 1U);
}

} // namespace
} // namespace godwit::delivery
