#include "delivery/lmtp_session.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace godwit::delivery {
namespace {

RecipientVerdict known(std::string_view address) {
    if (address == "off@x.org") return RecipientVerdict::Disabled;
    if (address == "later@x.org") return RecipientVerdict::TryLater;
    return address.ends_with("@x.org") ? RecipientVerdict::Ok : RecipientVerdict::Unknown;
}

struct Heard {
    std::string replies; // the first line's code of each, separated by blanks; "-" where more lines follow
    std::vector<Arrival> arrivals;
    std::string text;
    bool closed = false;
};

// Talks in pieces of that size, answering each message with `verdict` for every recipient.
Heard talk(std::string_view bytes, std::size_t piece, LmtpRules rules = {}, Verdict verdict = Verdict::Stored) {
    LmtpSession session(rules, known);
    Heard heard;
    for (std::size_t i = 0; i < bytes.size(); i += piece) {
        auto part = bytes.substr(i, piece);
        while (!part.empty()) {
            part.remove_prefix(session.feed(part));
            if (!session.arrived()) continue;
            heard.arrivals.push_back(session.take_arrival());
            session.answer(std::vector(heard.arrivals.back().envelope.recipients.size(), verdict));
        }
    }
    heard.text = session.take_replies();
    heard.closed = session.closed();
    for (std::size_t at = 0; at < heard.text.size(); at = heard.text.find('\n', at) + 1)
        heard.replies += (heard.replies.empty() ? "" : " ") + heard.text.substr(at, heard.text[at + 3] == '-' ? 4 : 3);
    return heard;
}

std::string const hello = "LHLO c\r\n", lhlo_codes = "220 250- 250- 250- 250- 250- 250";
std::string const mail = "MAIL FROM:<a@b.c>\r\n", rcpt = "RCPT TO:<u@x.org>\r\n";

struct Row {
    char const* what;
    std::string said;
    std::string replies;             // after those of the greeting and LHLO
    std::vector<std::string> bodies; // of the messages that arrived
};

std::vector<Row> const rows = {
    {"one message",
     mail + rcpt + "DATA\r\nSubject: x\r\n\r\nhello\r\n.\r\n",
     "250 250 354 250",
     {"Subject: x\r\n\r\nhello\r\n"}},
    {"an empty message", mail + rcpt + "DATA\r\n.\r\n", "250 250 354 250", {""}},
    {"dot-stuffing",
     mail + rcpt + "DATA\r\n..\r\n...\r\n.a\r\na.b.\r\n.\r\n",
     "250 250 354 250",
     {".\r\n..\r\na\r\na.b.\r\n"}},
    {"only CRLF.CRLF ends",
     mail + rcpt + "DATA\r\na\n.\nb\r.\rc\n.\r\nd\r\n.\nnot yet\r\n.\r.\r\n.\r\n",
     "250 250 354 250",
     {"a\n.\nb\r.\rc\n.\r\nd\r\n\nnot yet\r\n\r.\r\n"}},
    {"NUL and 8 bits stay",
     mail + rcpt + "DATA\r\n" + std::string("a\0b\xFF\r\n", 6) + ".\r\n",
     "250 250 354 250",
     {std::string("a\0b\xFF\r\n", 6)}},
    {"CR CR LF", mail + rcpt + "DATA\r\na\r\r\n.\r\n", "250 250 354 250", {"a\r\r\n"}},
    {"two recipients, one unknown",
     mail + rcpt + "RCPT TO:<no@y.org>\r\nRCPT TO:<v@x.org>\r\nDATA\r\nx\r\n.\r\n",
     "250 250 550 250 354 250 250",
     {"x\r\n"}},
    {"nobody known", mail + "RCPT TO:<no@y.org>\r\nDATA\r\nNOOP\r\n", "250 550 503 250", {}},
    {"disabled, later", mail + "RCPT TO:<off@x.org>\r\nRCPT TO:<later@x.org>\r\n", "250 550 451", {}},
    {"RSET forgets", mail + rcpt + "RSET\r\nDATA\r\n" + rcpt + mail + "DATA\r\n", "250 250 250 503 503 250 503", {}},
    {"two messages, pipelined",
     mail + rcpt + "DATA\r\n1\r\n.\r\n" + mail + rcpt + "DATA\r\n2\r\n.\r\nQUIT\r\nNOOP\r\n",
     "250 250 354 250 250 250 354 250 221",
     {"1\r\n", "2\r\n"}},
    {"a second MAIL", mail + mail, "250 503", {}},
    {"null sender", "MAIL FROM:<>\r\n" + rcpt + "DATA\r\n.\r\n", "250 250 354 250", {""}},
    {"parameters", "MAIL FROM:<a@b.c> SIZE=1000 BODY=8BITMIME SMTPUTF8\r\n", "250", {}},
    {"lower case, blanks, no brackets", "mail from: a@b.c size=5\r\nrcpt to: <U@x.org>\r\n", "250 250", {}},
    {"SIZE too large", "MAIL FROM:<a@b.c> SIZE=99999999999999999999999\r\n" + rcpt, "552 503", {}},
    {"bad parameters",
     "MAIL FROM:<a@b.c> SIZE=x\r\nMAIL FROM:<a@b.c> BODY=9BIT\r\nMAIL FROM:<a@b.c> FOO=1\r\n" + mail +
         "RCPT TO:<u@x.org> NOTIFY=NEVER\r\n",
     "501 501 555 250 555",
     {}},
    {"bad paths",
     "MAIL FROM:\r\nMAIL FROM:<a\r\nMAIL TO:<a@b>\r\nMAIL FROM:<a>b\r\nMAIL FROM:<a b>\r\n" + mail +
         "RCPT TO:<>\r\nRCPT\r\n",
     "501 501 501 501 501 250 501 501",
     {}},
    {"source route, quoted", mail + "RCPT TO:<@one,@two:u@x.org>\r\nRCPT TO:<\"a>b\"@x.org>\r\n", "250 250 250", {}},
    {"others",
     "NOOP\r\nVRFY u\r\nHELP\r\n\r\nEHLO c\r\nHELO c\r\nLHLO\r\nEXPN\r\n",
     "250 252 500 500 500 500 501 500",
     {}},
    {"control characters", std::string("NO\0OP\r\n", 7) + "NOOP\t\r\nRSET\r\n", "500 500 250", {}},
    {"bare LF ends a command", "NOOP\nNOOP\r\n", "250 250", {}},
    {"a long line", std::string(5000, 'x') + "\r\nNOOP\r\n", "500 250", {}},
    {"LHLO again resets", mail + rcpt + "LHLO d\r\nDATA\r\n", "250 250 250- 250- 250- 250- 250- 250 503", {}},
};

TEST(LmtpSession, says_what_it_should_however_the_bytes_are_cut) {
    for (auto const& row : rows) {
        for (std::size_t const piece : {1, 2, 3, 7, 100000}) {
            auto const heard = talk(hello + row.said, piece);
            EXPECT_EQ(heard.replies, lhlo_codes + " " + row.replies) << row.what << ", pieces of " << piece;
            std::vector<std::string> bodies;
            for (auto const& arrival : heard.arrivals) bodies.push_back(arrival.bytes);
            EXPECT_EQ(bodies, row.bodies) << row.what << ", pieces of " << piece;
        }
    }
}

TEST(LmtpSession, nothing_before_lhlo) {
    EXPECT_EQ(talk(mail + rcpt + "DATA\r\nNOOP\r\n", 1).replies, "220 503 503 503 250");
}

TEST(LmtpSession, the_envelope) {
    auto const heard = talk(
        "LHLO mx.example\r\nMAIL FROM:<S@b.c> SMTPUTF8\r\nRCPT TO:<u@x.org>\r\nRCPT TO:<V@x.org>\r\nDATA\r\n.\r\n", 9);
    ASSERT_EQ(heard.arrivals.size(), 1U);
    auto const& envelope = heard.arrivals[0].envelope;
    EXPECT_EQ(envelope.greeting, "mx.example");
    EXPECT_EQ(envelope.sender, "S@b.c");
    EXPECT_EQ(envelope.recipients, (std::vector<std::string>{"u@x.org", "V@x.org"}));
    EXPECT_TRUE(envelope.utf8);
}

TEST(LmtpSession, each_verdict_has_its_code) {
    struct VerdictRow {
        Verdict verdict;
        char const* code;
    };
    for (auto const& [verdict, code] : {VerdictRow{Verdict::Stored, "250"},
                                        {Verdict::TooLarge, "552"},
                                        {Verdict::NoSpace, "452"},
                                        {Verdict::UnknownRecipient, "550"},
                                        {Verdict::TryLater, "451"}})
        EXPECT_TRUE(talk(hello + mail + rcpt + rcpt + "DATA\r\n.\r\n", 99, {}, verdict)
                        .replies.ends_with(std::string("354 ") + code + " " + code));
}

TEST(LmtpSession, a_message_that_is_too_large_is_swallowed_and_the_next_is_taken) {
    LmtpRules const rules{.max_message_bytes = 100};
    for (std::size_t const piece : {1, 13, 100000}) {
        auto const big = std::string(101, 'x') + "\r\n..\r\nMAIL FROM:<evil@b.c>\r\n";
        auto const heard =
            talk(hello + mail + rcpt + rcpt + "DATA\r\n" + big + ".\r\n" + mail + rcpt + "DATA\r\nok\r\n.\r\n", piece,
                 rules);
        EXPECT_TRUE(heard.replies.ends_with("354 552 552 250 250 354 250")) << heard.replies;
        ASSERT_EQ(heard.arrivals.size(), 1U);
        EXPECT_EQ(heard.arrivals[0].bytes, "ok\r\n");
    }
    auto const fits = talk(hello + mail + rcpt + "DATA\r\n" + std::string(98, 'x') + "\r\n.\r\n", 1000, rules);
    EXPECT_EQ(fits.arrivals.size(), 1U) << "exactly the limit";
}

TEST(LmtpSession, fifty_megabytes_in_small_reads) {
    LmtpSession session({}, known);
    session.feed(hello + mail + rcpt + "DATA\r\n");
    std::string const line = std::string(998, 'y') + "\r\n";
    for (int i = 0; i < 50000; ++i) ASSERT_EQ(session.feed(line), line.size());
    EXPECT_EQ(session.held_bytes(), 50'000'000U);
    session.feed(".\r\n");
    ASSERT_TRUE(session.arrived());
    EXPECT_EQ(session.take_arrival().bytes.size(), 50'000'000U);
    EXPECT_EQ(session.feed("NOOP\r\n"), 0U) << "nothing is read before the answer";
}

TEST(LmtpSession, a_dropped_message_gets_its_verdict) {
    LmtpSession session({}, known);
    session.feed(hello + mail + rcpt + "DATA\r\nabc\r\n");
    session.drop_message(Verdict::TryLater);
    EXPECT_EQ(session.held_bytes(), 0U);
    session.take_replies();
    session.feed("def\r\n.\r\nNOOP\r\n");
    EXPECT_FALSE(session.arrived());
    EXPECT_EQ(session.take_replies(), "451 4.3.0 try again later: <u@x.org>\r\n250 2.0.0 ok\r\n");
}

TEST(LmtpSession, too_many_errors_and_too_many_recipients_have_an_end) {
    std::string said;
    for (int i = 0; i < 100; ++i) said += "BOO\r\n";
    auto const heard = talk(said, 1000);
    EXPECT_TRUE(heard.closed);
    EXPECT_EQ(std::ranges::count(heard.text, '\n'), 52);
    EXPECT_TRUE(heard.replies.ends_with(" 421"));

    std::string many = hello + mail;
    for (int i = 0; i < 3; ++i) many += rcpt;
    EXPECT_TRUE(talk(many, 1000, {.max_recipients = 2}).replies.ends_with("250 250 250 452"));
}

TEST(LmtpSession, an_endless_line_is_not_kept) {
    LmtpSession session({}, known);
    for (int i = 0; i < 1000; ++i) session.feed(std::string(10000, 'z'));
    session.take_replies();
    session.feed("\r\n");
    EXPECT_EQ(session.take_replies(), "500 5.5.2 line too long\r\n");
}

} // namespace
} // namespace godwit::delivery
