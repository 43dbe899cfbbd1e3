// The outbox against a real Postfix that takes, refuses, delays, dies and comes back.
#include "delivery/delivery_fixture.hpp"
#include "delivery/postfix_fixture.hpp"
#include "mime/message.hpp"
#include "net/test_certificate.hpp"

namespace godwit::delivery {
namespace {
using namespace std::chrono_literals;

class PostfixTest : public Post {
protected:
    static void SetUpTestSuite() {
        if (!Postfix::missing().empty()) return;
        postfix = std::make_unique<Postfix>();
        postfix->start();
    }
    static void TearDownTestSuite() { postfix.reset(); }

    void SetUp() override {
        if (!postfix) GTEST_SKIP() << Postfix::missing();
        Post::SetUp();
        postfix->empty_mail();
        config.relay_host = "127.0.0.1";
        config.relay_port = postfix->port();
        config.relay_tls = "none";
        config.relay_timeout = 10s;
        restart();
    }
    void TearDown() override {
        outbox.reset();
        Post::TearDown();
    }
    void restart() { outbox = std::make_unique<Outbox>(config, pool, accounts, directory, local); }

    SendResult send(std::string const& to, std::string const& more = {}, std::string const& body = "hello\r\n..\r\n") {
        static int number = 0;
        auto const id = std::to_string(++number);
        return loop.wait_for(
            outbox->send({.user = anna,
                          .device = "phone",
                          .client_id = "c" + id,
                          .mime = "From: Anna <a.berg@x.org>\r\nTo: " + to + "\r\nSubject: hi\r\nMessage-ID: <" + id +
                                  "@phone>\r\nDate: Mon, 13 Nov 2023 10:00:00 +0000\r\n" + more + "\r\n" + body,
                          .save_in_sent = true}));
    }
    std::size_t run_once() { return loop.wait_for(outbox->run_once()); }
    void let_it_be_due() {
        accounts.write_now(anna.id, [](index::Transaction& tx) {
            for (auto row : tx.outbox()) row.next_attempt = {}, tx.update_outgoing(row);
        });
    }
    static inline std::unique_ptr<Postfix> postfix;
    std::unique_ptr<Outbox> outbox;
};

TEST_F(PostfixTest, takes_it_once_without_bcc_and_with_its_receipt_request) {
    ASSERT_EQ(send("carl@y.org", "Bcc: dora@y.org\r\nDisposition-Notification-To: a.berg@x.org\r\n"), SendResult::Sent);
    EXPECT_EQ(run_once(), 1U);
    EXPECT_TRUE(rows_of(anna).empty());
    auto const mail = postfix->mail(2);
    ASSERT_EQ(mail.size(), 2U) << postfix->log();
    for (auto const& one : mail) {
        EXPECT_EQ(one.find("Bcc"), std::string::npos);
        EXPECT_NE(one.find("Disposition-Notification-To: a.berg@x.org"), std::string::npos);
        EXPECT_NE(one.find("Return-Path: <a.berg@x.org>"), std::string::npos) << "the alias is the envelope's sender";
        EXPECT_TRUE(one.ends_with("\n\nhello\n..\n")) << one;
    }
    EXPECT_EQ(run_once(), 0U);
}

TEST_F(PostfixTest, a_large_one_arrives_byte_for_byte) {
    std::string body;
    for (int i = 0; body.size() < 12'000'000; ++i) body += "." + std::to_string(i) + std::string(i % 60, 'x') + "\r\n";
    ASSERT_EQ(send("carl@y.org", {}, body), SendResult::Sent);
    run_once();
    auto const mail = postfix->mail(1);
    ASSERT_EQ(mail.size(), 1U);
    std::erase(body, '\r');
    EXPECT_TRUE(mail[0].ends_with("\n\n" + body)) << mail[0].size();
}

TEST_F(PostfixTest, a_refusal_comes_back_as_a_delivery_status) {
    postfix->recipients("no@y.org 550 5.1.1 who is that\n");
    postfix->reload();
    ASSERT_EQ(send("no@y.org, carl@y.org"), SendResult::Sent);
    run_once();
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(postfix->mail(1).size(), 1U) << "the other gets it";
    auto const inbox = mail_of(anna);
    ASSERT_EQ(inbox.size(), 1U);
    EXPECT_EQ(mime::Message::parse(inbox[0]).kind(), mime::Kind::non_delivery);
    EXPECT_NE(inbox[0].find("Final-Recipient: rfc822; no@y.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"),
              std::string::npos)
        << inbox[0];
    EXPECT_NE(inbox[0].find("who is that"), std::string::npos);
}

// RFC 3461: Postfix takes the wish over, and tells the sender itself.
TEST_F(PostfixTest, reports_of_success_are_asked_for_and_given) {
    ASSERT_EQ(send("carl@y.org"), SendResult::Sent);
    run_once();
    ASSERT_EQ(postfix->mail(1).size(), 1U);
    auto const before = postfix->log().size();
    auto const told = [&] {
        for (int i = 0; i < 500; ++i, Postfix::nap())
            if (postfix->log().find("sender delivery status notification", before) != std::string::npos) return true;
        return false;
    };
    ASSERT_EQ(send("carl@y.org", "Return-Receipt-To: a.berg@x.org\r\n"), SendResult::Sent);
    run_once();
    EXPECT_EQ(postfix->mail(2).size(), 2U);
    EXPECT_TRUE(told()) << postfix->log();
    EXPECT_EQ(postfix->log().substr(0, before).find("sender delivery status notification"), std::string::npos);
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_TRUE(mail_of(anna).empty()) << "one report, and it is Postfix's";

    postfix->configure("smtpd_discard_ehlo_keywords = dsn\n");
    postfix->reload();
    ASSERT_EQ(send("carl@y.org", "Return-Receipt-To: a.berg@x.org\r\n"), SendResult::Sent);
    run_once();
    postfix->configure({});
    postfix->reload();
    EXPECT_TRUE(rows_of(anna).empty()) << rows_of(anna)[0].last_error;
    ASSERT_EQ(mail_of(anna).size(), 1U) << "it knows no DSN: ours says that it has passed the message on";
    EXPECT_EQ(mime::Message::parse(mail_of(anna)[0]).kind(), mime::Kind::delivery_receipt);
}

TEST_F(PostfixTest, greylisting_delays) {
    postfix->recipients("later@y.org 450 4.2.0 greylisted, come again\n");
    postfix->reload();
    ASSERT_EQ(send("later@y.org, carl@y.org"), SendResult::Sent);
    run_once();
    auto const rows = rows_of(anna);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].recipients, std::vector<std::string>{"later@y.org"});
    EXPECT_NE(rows[0].last_error.find("greylisted"), std::string::npos);
    EXPECT_EQ(run_once(), 0U) << "not before its time";
    EXPECT_TRUE(mail_of(anna).empty()) << "nobody is told so early of a delay that may end";
    postfix->recipients({});
    postfix->reload();
    let_it_be_due();
    EXPECT_EQ(run_once(), 1U);
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(postfix->mail(2).size(), 2U) << "each once";
}

TEST_F(PostfixTest, dead_and_back) {
    postfix->kill();
    ASSERT_EQ(send("carl@y.org"), SendResult::Sent) << "the phone is not kept waiting";
    run_once();
    ASSERT_EQ(rows_of(anna).size(), 1U);
    EXPECT_EQ(rows_of(anna)[0].attempts, 1U);
    restart(); // so does the server
    postfix->start();
    let_it_be_due();
    EXPECT_EQ(run_once(), 1U);
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(postfix->mail(1).size(), 1U);
}

TEST_F(PostfixTest, dying_in_the_middle_of_a_conversation) {
    postfix->recipients("slow@y.org sleep 5\n");
    postfix->reload();
    auto const seen = postfix->log().size();
    ASSERT_EQ(send("slow@y.org"), SendResult::Sent);
    std::thread killer([&] {
        for (int i = 0; i < 500 && postfix->log().find("connect from localhost", seen) == std::string::npos; ++i)
            Postfix::nap();
        Postfix::nap();
        postfix->kill();
    });
    run_once();
    killer.join();
    ASSERT_EQ(rows_of(anna).size(), 1U) << "it is still ours";
    EXPECT_EQ(rows_of(anna)[0].recipients.size(), 1U);
    EXPECT_TRUE(mail_of(anna).empty());
    postfix->recipients({});
    postfix->start();
    let_it_be_due();
    run_once();
    EXPECT_TRUE(rows_of(anna).empty());
    EXPECT_EQ(postfix->mail(1).size(), 1U);
}

TEST_F(PostfixTest, starttls_and_auth) {
    net::TestCertificate const certificate("relay.test"), other("other.test");
    std::filesystem::copy_file(certificate.certificate(), postfix->path("/etc/cert.pem"));
    std::filesystem::copy_file(certificate.key(), postfix->path("/etc/key.pem"));
    std::string more = "smtpd_tls_cert_file = " + postfix->path("/etc/cert.pem") +
                       "\nsmtpd_tls_key_file = " + postfix->path("/etc/key.pem") +
                       "\nsmtpd_tls_security_level = encrypt\nsmtpd_tls_loglevel = 1\n";
    bool const auth = Postfix::has_dovecot();
    if (auth) {
        more += "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n"
                "smtpd_tls_auth_only = yes\nmynetworks = 192.0.2.0/24\n";
        postfix->start_dovecot("sesame");
    }
    postfix->configure(more);
    postfix->recipients({});
    postfix->reload();
    auto const attempt = [&](std::string const& what) {
        restart();
        let_it_be_due();
        run_once();
        return rows_of(anna).empty() ? "sent" : what + ": " + rows_of(anna)[0].last_error;
    };
    ASSERT_EQ(send("carl@y.org"), SendResult::Sent);
    EXPECT_NE(attempt("without TLS"), "sent"); // 530 Must issue STARTTLS first
    config.relay_tls = "starttls";
    EXPECT_NE(attempt("a certificate that nobody vouches for"), "sent");
    config.relay_ca = other.certificate();
    EXPECT_NE(attempt("another's certificate"), "sent");
    config.relay_ca = certificate.certificate();
    if (auth) {
        config.relay_user = "godwit@relay.test";
        config.relay_password = "wrong";
        EXPECT_NE(attempt("wrong password"), "sent");
        config.relay_password = "sesame";
    }
    EXPECT_TRUE(mail_of(anna).empty()) << "what the administrator has to mend is no reason to return mail at once";
    EXPECT_EQ(attempt("right"), "sent") << postfix->log();
    EXPECT_EQ(postfix->mail(1).size(), 1U);
    EXPECT_TRUE(postfix->logged("TLS connection established"));
    if (auth) EXPECT_TRUE(postfix->logged("sasl_username=godwit@relay.test"));
    postfix->configure({});
    postfix->reload();
}

} // namespace
} // namespace godwit::delivery
