// Who is told what has become of a message: delivery status notifications of the relay's and of ours.
#include "delivery/outbox_fixture.hpp"
#include "delivery/report.hpp"
#include "mime/message.hpp"

namespace godwit::delivery {
namespace {

constexpr auto receipt = "Return-Receipt-To: anna@x.org\r\n";

struct ReportTest : OutboxTest {
    std::string command(std::string const& start) { // the last that began so
        auto const found = std::ranges::find_if(relay.commands.rbegin(), relay.commands.rend(),
                                                [&](auto const& line) { return line.starts_with(start); });
        return found == relay.commands.rend() ? "" : *found;
    }
    // "relayed carl@y.org": what anna's Inbox tells, in order of arrival, and forgotten then.
    std::vector<std::string> told() {
        std::vector<std::string> all;
        for (auto const& mail : mail_of(anna)) {
            for (std::string const type : {"rfc822; ", "utf-8; "}) {
                auto const field = "Final-Recipient: " + type;
                for (auto at = mail.find(field); at != std::string::npos; at = mail.find(field, at + 1)) {
                    auto const who = at + field.size(), action = mail.find("Action: ", at) + 8;
                    all.push_back(mail.substr(action, mail.find("\r\n", action) - action) + " " +
                                  mail.substr(who, mail.find("\r\n", who) - who));
                }
            }
        }
        accounts.write_now(anna.id,
                           [](index::Transaction& tx) { tx.empty_folder(tx.folder_of(index::FolderType::Inbox)->id); });
        std::ranges::sort(all);
        return all;
    }
};
using Told = std::vector<std::string>;

struct ParameterRow {
    char const *offers, *more, *to, *mail, *recipient;
    Told told;
};
ParameterRow const parameter_rows[] = {
    {"250 SIZE\r\n", "", "carl@y.org", "MAIL FROM:<anna@x.org> SIZE=", "RCPT TO:<carl@y.org>", {}},
    {"250 HELP\r\n", "", "carl@y.org", "MAIL FROM:<anna@x.org>", "RCPT TO:<carl@y.org>", {}},
    {"250 DSN\r\n",
     "",
     "carl@y.org",
     "MAIL FROM:<anna@x.org> RET=HDRS ENVID=",
     "RCPT TO:<carl@y.org> ORCPT=rfc822;carl@y.org",
     {}},
    {"250-dsn\r\n250 SIZE\r\n",
     receipt,
     "carl@y.org",
     "MAIL FROM:<anna@x.org> SIZE=",
     "RCPT TO:<carl@y.org> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;carl@y.org",
     {}},
    {"250 SIZE\r\n",
     receipt,
     "carl@y.org",
     "MAIL FROM:<anna@x.org> SIZE=",
     "RCPT TO:<carl@y.org>",
     {"relayed carl@y.org"}},
    {"250 DSN\r\n",
     "Disposition-Notification-To: anna@x.org\r\n",
     "carl@y.org",
     "MAIL FROM:<anna@x.org> RET=HDRS",
     "RCPT TO:<carl@y.org> ORCPT=rfc822;carl@y.org",
     {}},
    {"250 DSN\r\n",
     "",
     "a+b=c@y.org",
     "MAIL FROM:<anna@x.org> RET=HDRS",
     "RCPT TO:<a+b=c@y.org> ORCPT=rfc822;a+2Bb+3Dc@y.org",
     {}},
    {"250 DSN\r\n",
     "",
     "carl@b\xC3\xBC"
     "cher.example",
     "MAIL FROM:<anna@x.org> RET=HDRS",
     "RCPT TO:<carl@xn--bcher-kva.example> ORCPT=rfc822;carl@xn--bcher-kva.example",
     {}},
    {"250-SMTPUTF8\r\n250 DSN\r\n",
     "",
     "j\xC3\xB6rg@y.org",
     "MAIL FROM:<anna@x.org> SMTPUTF8 RET=HDRS",
     "RCPT TO:<j\xC3\xB6rg@y.org>",
     {}},
    {"250 SIZE\r\n",
     "",
     "j\xC3\xB6rg@y.org, carl@y.org",
     "MAIL FROM:<anna@x.org> SIZE=",
     "RCPT TO:<carl@y.org>",
     {"failed j\xC3\xB6rg@y.org"}},
    {"250 8BITMIME\r\n",
     "X-Note: gr\xC3\xBC\xC3\x9F\r\n",
     "carl@y.org",
     "MAIL FROM:<anna@x.org> BODY=8BITMIME",
     "RCPT TO:<carl@y.org>",
     {}}};

TEST_F(ReportTest, parameters_are_said_to_a_relay_that_knows_them) {
    int number = 0;
    for (auto const& [offers, more, to, mail, recipient, expected] : parameter_rows) {
        relay.offers = offers;
        relay.commands.clear();
        EXPECT_EQ(send(letter(to, more), std::to_string(++number)), SendResult::Sent) << offers << to;
        EXPECT_EQ(told(), Told{}) << "not before it has left";
        run_once();
        EXPECT_TRUE(rows_of(anna).empty()) << rows_of(anna)[0].last_error;
        EXPECT_TRUE(command("MAIL").starts_with(mail)) << command("MAIL");
        EXPECT_EQ(command("RCPT"), recipient);
        EXPECT_EQ(told(), expected) << offers << more;
    }
}

TEST_F(ReportTest, a_relay_that_offers_more_than_it_understands) {
    relay.offers = "250 DSN\r\n";
    for (auto const* refused : {"RET=", "ENVID=", "NOTIFY=", "ORCPT="}) {
        relay.refuses = refused;
        relay.taken.clear();
        EXPECT_EQ(send(letter("carl@y.org", receipt), refused), SendResult::Sent);
        run_once();
        EXPECT_EQ(relay.taken.size(), 1U) << refused;
        EXPECT_EQ(command("RCPT"), "RCPT TO:<carl@y.org>");
        EXPECT_EQ(told(), Told{"relayed carl@y.org"}) << "nobody else will say so";
    }
}

TEST_F(ReportTest, who_asks_hears_of_each_recipient_once) {
    EXPECT_EQ(send(letter("bert@x.org", receipt)), SendResult::Sent);
    EXPECT_EQ(told(), Told{"delivered bert@x.org"}) << "a mailbox of ours";
    relay.rcpt_reply["<no@y.org>"] = "550 5.1.1 who is that";
    relay.rcpt_reply["<later@y.org>"] = "450 4.2.0 busy";
    EXPECT_EQ(send(letter("bert@x.org, no@y.org, later@y.org, carl@y.org", receipt), "c2"), SendResult::Sent);
    EXPECT_EQ(told(), Told{"delivered bert@x.org"});
    run_once();
    EXPECT_EQ(told(), (Told{"failed no@y.org", "relayed carl@y.org"}));
    relay.rcpt_reply.clear();
    restart();
    let_it_be_due();
    run_once();
    EXPECT_EQ(told(), Told{"relayed later@y.org"});
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(run_once(), 0U);
    EXPECT_EQ(told(), Told{});
    EXPECT_EQ(send(letter("bert@x.org"), "c3"), SendResult::Sent);
    EXPECT_EQ(told(), Told{}) << "who does not ask is not told";
}

TEST_F(ReportTest, a_delay_is_told_once_at_its_time) {
    struct Row {
        std::chrono::seconds notice;
        unsigned told_at; // attempt; 0: never
    };
    // The attempts are 0, 1, 3, 7, 15, 31, 63, 123, 183, 243 ... minutes after the message was handed in.
    for (auto const& [notice, told_at] : {Row{4h, 10}, {1s, 2}, {60s, 2}, {61s, 3}, {63min, 7}, {0s, 0}, {48h, 0}}) {
        config.delay_notice = notice;
        config.retry_for = 24h;
        relay.rcpt_reply["<later@y.org>"] = "450 4.2.2 busy";
        EXPECT_EQ(send(letter("later@y.org, carl@y.org"), ""), SendResult::Sent);
        for (unsigned attempt = 1; attempt <= 20; ++attempt) {
            let_it_be_due();
            run_once();
            EXPECT_EQ(told(), attempt == told_at ? Told{"delayed later@y.org"} : Told{}) << attempt;
        }
        EXPECT_EQ(rows_of(anna).size(), 1U);
        relay.rcpt_reply.clear();
        let_it_be_due();
        run_once();
        EXPECT_TRUE(rows_of(anna).empty());
        accounts.write_now(anna.id, [](index::Transaction& tx) { // the same bytes are another message then
            tx.forget("sent-mime:phone", net::Time::max());
        });
    }
}

TEST_F(ReportTest, says_until_when_it_is_tried) {
    config.delay_notice = 60s;
    config.retry_for = 24h;
    relay.rcpt_reply["<later@y.org>"] = "450 4.2.2 busy";
    EXPECT_EQ(send(letter("later@y.org")), SendResult::Sent);
    run_once();
    *net::Clock::frozen_utc += 60s;
    run_once();
    auto const inbox = mail_of(anna);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(mime::Message::parse(inbox[0]).kind(), mime::Kind::delayed);
    EXPECT_TRUE(inbox[0].contains("Action: delayed\r\nStatus: 4.2.2\r\nDiagnostic-Code: smtp; 450 4.2.2 busy\r\n"
                                  "Will-Retry-Until: Fri, 16 Jan 2026 12:00:00 +0000\r\n"))
        << inbox[0];
}

// Overdue at the start: until the end of its grace.
TEST_F(ReportTest, says_until_when_what_is_overdue_is_tried) {
    config.retry_for = 24h;
    relay.rcpt_reply["<later@y.org>"] = "450 4.2.2 busy";
    EXPECT_EQ(send(letter("later@y.org")), SendResult::Sent);
    *net::Clock::frozen_utc += 48h;
    run_once();
    auto const inbox = mail_of(anna);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_TRUE(inbox[0].contains("Will-Retry-Until: Sat, 17 Jan 2026 13:00:00 +0000\r\n")) << inbox[0];
}

// Who cannot be reached is named once, with his own reason; who can is not.
TEST_F(ReportTest, what_the_server_wrote_and_cannot_send_comes_back) {
    struct Row {
        char const *relay, *to;
        std::vector<std::string> groups; // of the delivery status
    };
    std::string const no_address = "; this is no address", no_relay = "; this server sends no mail to others";
    for (auto const& [host, to, groups] : {Row{"", "bert@x.org, nobody@x.org", {}},
                                           {"",
                                            "max@y.org, bert@x.org, Carl <carl>, \"M\" <max@y.org>",
                                            {"rfc822; max@y.org" + no_relay, "rfc822; carl" + no_address}},
                                           {"127.0.0.1", "max@y.org, carl <carl>", {"rfc822; carl" + no_address}},
                                           {"127.0.0.1",
                                            "\"Carl, the other\", max@y.org, \"Carl, the other\"",
                                            {"x-display-name; Carl, the other" + no_address}},
                                           {"127.0.0.1", "J\xC3\xB6rg", {"x-display-name; J\xC3\xB6rg" + no_address}},
                                           {"127.0.0.1", "max@y.org", {}}}) {
        config.relay_host = host;
        Sending const sending{.user = anna, .device = "phone", .mime = letter(to)};
        bool const returned = accounts.write_now(
            anna.id, [&](index::Transaction& tx) { return return_unsent(tx, sending, config, directory); });
        EXPECT_EQ(returned, !groups.empty()) << to;
        auto const inbox = mail_of(anna);
        ASSERT_EQ(inbox.size(), groups.empty() ? 0U : 1U) << to;
        std::vector<std::string> found;
        for (auto const& mail : inbox) {
            EXPECT_EQ(mime::Message::parse(mail).kind(), mime::Kind::non_delivery);
            std::string const begin = "\r\n\r\nFinal-Recipient: ", diagnosis = "\r\nDiagnostic-Code: smtp";
            for (auto at = mail.find(begin); at != std::string::npos; at = mail.find(begin, at + 1)) {
                auto const group = mail.substr(at + begin.size(), mail.find("\r\n\r\n", at + 1) - at - begin.size());
                EXPECT_TRUE(group.contains("\r\nAction: failed\r\nStatus: 5.0.0\r\n")) << group;
                auto const reason = group.find(diagnosis);
                ASSERT_NE(reason, std::string::npos) << group;
                auto const reply = group.substr(reason + diagnosis.size());
                found.push_back(group.substr(0, group.find("\r\n")) + reply.substr(0, reply.find("\r\n")));
            }
        }
        EXPECT_EQ(found, groups) << to;
        told();
    }
}

// No message can smuggle in another (RFC 5321 2.3.8): composing makes CRLF of every end of a line, and so does sending.
TEST_F(ReportTest, lines_end_as_smtp_wants_them) {
    struct Row {
        char const *body, *wire;
    };
    for (auto const& [body, wire] : {Row{"a\n.\nMAIL FROM:<x>\n", "a\r\n..\r\nMAIL FROM:<x>\r\n"},
                                     {"a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"},
                                     {".a\r\n..b", "..a\r\n...b\r\n"},
                                     {"a\r", "a\r\n"},
                                     {"\n\n.", "\r\n\r\n..\r\n"}}) {
        relay.taken.clear();
        EXPECT_EQ(send("To: c@y.org\r\nSubject: x\r\n\r\n" + std::string(body), body), SendResult::Sent);
        run_once();
        ASSERT_EQ(relay.taken.size(), 1U);
        auto const& bytes = relay.taken[0].bytes;
        EXPECT_EQ(bytes.substr(bytes.find("\r\n\r\n") + 4), wire);
    }
}

} // namespace
} // namespace godwit::delivery
