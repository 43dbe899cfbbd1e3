// The way in: greetings, TLS, STARTTLS, passwords, and servers that only look like one.
#include "mime/encode.hpp"
#include "net/test_certificate.hpp"
#include "source/imap_fixture.hpp"
#include <algorithm>

namespace godwit::source {
namespace {

struct SignInRow {
    char const *greeting, *capabilities, *command, *answer;
    Failure::Kind kind;
};
TEST_F(ImapImport, a_sign_in_that_fails_says_why) {
    for (auto const& row :
         {SignInRow{"* OK hi\r\n", "IMAP4rev1 AUTH=PLAIN", "AUTHENTICATE", "TAG NO wrong\r\n", Failure::Login},
          {"* OK hi\r\n", "IMAP4rev1", "LOGIN", "TAG NO wrong\r\n", Failure::Login},
          {"* OK hi\r\n", "IMAP4rev1", "LOGIN", "TAG NO [UNAVAILABLE] later\r\n", Failure::Cut},
          {"* OK hi\r\n", "IMAP4rev1 LOGINDISABLED", "", "", Failure::Login},
          {"* BYE full\r\n", "", "", "", Failure::Cut},
          {"220 smtp\r\n", "", "", "", Failure::Protocol},
          {"\x04", "", "", "", Failure::Cut},
          {"* OK hi\r\n", "", "CAPABILITY", "TAG BAD\r\n", Failure::Protocol},
          {"* OK hi\r\n", "", "CAPABILITY", "other OK\r\n", Failure::Protocol},
          {"* OK hi\r\n", "", "CAPABILITY", "* X {99999999999999}\r\n", Failure::Protocol}}) {
        server.greeting = row.greeting;
        server.capabilities = row.capabilities;
        server.odd = [&](std::string const& command) -> std::optional<std::string> {
            return *row.command != 0 && command.starts_with(row.command) ? std::optional(row.answer) : std::nullopt;
        };
        EXPECT_EQ(failure(), row.kind) << row.greeting << row.command << row.answer;
    }
    server.odd = {};
    server.greeting = "* PREAUTH [CAPABILITY IMAP4rev1] hi\r\n";
    server.heard.clear();
    run();
    EXPECT_EQ(server.count("LOGIN") + server.count("AUTHENTICATE"), 0U);
}

struct TokenRow {
    char const *login, *capabilities, *command, *heard; // the message; what is said to a refusal
};
TEST_F(ImapImport, a_bearer_token_stands_for_a_password) {
    auto const port = std::to_string(server.port());
    for (auto const& row :
         {TokenRow{"anna", "SASL-IR AUTH=PLAIN AUTH=XOAUTH2", "XOAUTH2 user=anna^auth=Bearer tok.en^^", ""},
          {"a,n=na@x.org", "SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER",
           "OAUTHBEARER n,a=a=2Cn=3Dna@x.org,^host=127.0.0.1^port=PORT^auth=Bearer tok.en^^", "AQ=="}}) {
        auto one = account();
        one.login = row.login;
        one.token = "tok.en";
        server.capabilities = row.capabilities;
        server.heard.clear();
        server.odd = {};
        loop.wait_for(import_imap(accounts, anna, one, options, {}));
        std::string message = row.command;
        std::ranges::replace(message, '^', '\1');
        if (auto const at = message.find("PORT"); at != std::string::npos) message.replace(at, 4, port);
        auto const space = message.find(' ');
        auto const said = "AUTHENTICATE " + message.substr(0, space + 1) + mime::base64(message.substr(space + 1));
        EXPECT_EQ(server.count(said), 1U);
        server.odd = [](std::string const& command) -> std::optional<std::string> {
            if (command.starts_with("AUTHENTICATE")) return "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n";
            return {};
        };
        server.heard.clear();
        try {
            loop.wait_for(import_imap(accounts, anna, one, options, {}));
            ADD_FAILURE() << "no failure";
        } catch (Failure const& failed) {
            EXPECT_EQ(failed.kind, Failure::Login);
        }
        auto const sent = std::ranges::find_if(server.heard, [](auto const& s) { return s.starts_with("AUTH"); });
        ASSERT_NE(sent, server.heard.end());
        EXPECT_EQ(*std::next(sent), row.heard);
    }
    auto one = account();
    one.token = "tok.en";
    server.capabilities = "AUTH=PLAIN";
    server.heard.clear();
    EXPECT_THROW(loop.wait_for(import_imap(accounts, anna, one, options, {})), Failure);
    EXPECT_EQ(server.count("AUTHENTICATE") + server.count("LOGIN"), 0U) << "a token is no password";
}

net::awaitable<void> hurry(std::shared_ptr<bool> over) {
    while (!*over) {
        *net::Clock::frozen += 1s;
        co_await net::sleep_for(0ms);
    }
}
TEST_F(ImapImport, a_silent_server_times_out) {
    server.greeting = "* O";
    auto const over = std::make_shared<bool>(false);
    net::Clock::frozen = net::Clock::time_point(1s);
    loop.spawn(hurry(over));
    EXPECT_EQ(failure(), Failure::TimedOut);
    *over = true;
    net::Clock::frozen.reset();
}

struct TlsImport : ImapImport {
    net::TestCertificate certificate{"localhost"};
    net::TlsContext context = *net::TlsContext::server(certificate.certificate(), certificate.key());
    imap::Account secure(imap::Security security, bool trust) {
        auto one = account();
        one.security = security;
        if (trust) one.tls = std::make_shared<net::TlsContext>(*net::TlsContext::client(certificate.certificate()));
        return one;
    }
    std::optional<Failure::Kind> try_out(imap::Account one) {
        try {
            loop.wait_for(import_imap(accounts, anna, std::move(one), options, {}));
        } catch (Failure const& failed) {
            return failed.kind;
        }
        return {};
    }
};

TEST_F(TlsImport, only_with_a_certificate_that_somebody_vouches_for) {
    server.tls = &context;
    server.tls_first = true;
    EXPECT_EQ(try_out(secure(imap::Security::Tls, false)), Failure::Tls);
    EXPECT_EQ(server.heard.size(), 0U) << "the password was not sent";
    EXPECT_EQ(try_out(secure(imap::Security::Tls, true)), std::nullopt);
}

TEST_F(TlsImport, starttls_takes_nothing_that_came_in_clear) {
    server.tls = &context;
    server.capabilities = "IMAP4rev1 STARTTLS AUTH=PLAIN";
    EXPECT_EQ(try_out(secure(imap::Security::StartTls, true)), std::nullopt);
    EXPECT_EQ(server.heard.at(1), "STARTTLS");
    EXPECT_EQ(server.heard.at(2), "CAPABILITY") << "what was said in clear counts no more";
    server.odd = [](std::string const& command) -> std::optional<std::string> {
        if (command == "STARTTLS") return "TAG OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n";
        return {};
    };
    EXPECT_EQ(try_out(secure(imap::Security::StartTls, true)), Failure::Tls) << "injected";
    server.odd = {};
    server.greeting = "* PREAUTH hi\r\n";
    EXPECT_EQ(try_out(secure(imap::Security::StartTls, true)), Failure::Tls) << "kept in clear";
    server.greeting = "* OK hi\r\n";
    server.capabilities = "IMAP4rev1 AUTH=PLAIN";
    EXPECT_EQ(try_out(secure(imap::Security::StartTls, true)), Failure::Tls) << "stripped";
    EXPECT_EQ(server.count("AUTHENTICATE"), 1U);
}

} // namespace
} // namespace godwit::source
