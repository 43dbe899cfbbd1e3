// `godwit probe` against servers that are well and servers that are not: its verdict on each, and the exit code that
// scripts go by.
#include "server.hpp"
#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace godwit::e2e {
namespace {
using testing::HasSubstr;

std::vector<std::string> words_of(std::string const& url, std::vector<std::string> more) {
    std::vector<std::string> words{"probe", url, "--login", "anna@example.org", "--password-stdin", "--hold", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}
Ran probe(std::string const& url, std::vector<std::string> more = {}, std::string const& secret = "secret") {
    more.emplace_back("--json");
    return godwit(words_of(url, std::move(more)), secret + "\n");
}
// "ok", "check", "WRONG" or "-" of one step; empty: there is no such step.
std::string verdict(Ran const& ran, std::string const& step) {
    auto const begin = R"({"step":")" + step + R"(","verdict":")";
    auto const at = ran.out.find(begin);
    if (at == ran.out.npos) return "";
    auto const from = at + begin.size();
    return ran.out.substr(from, ran.out.find('"', from) - from);
}
// The exit code, which the object must repeat.
int exit_of(Ran const& ran) {
    EXPECT_THAT(ran.out, HasSubstr("\"exit\":" + std::to_string(ran.status) + ","));
    EXPECT_EQ(ran.out.find('\n'), ran.out.size() - 1) << "one object, one line: " << ran.out;
    return ran.status;
}

// Certificates that the system trusts, as far as this process and its children can tell.
struct Trusted {
    explicit Trusted(std::string const& file) { ::setenv("SSL_CERT_FILE", file.c_str(), 1); }
    ~Trusted() { ::unsetenv("SSL_CERT_FILE"); }
};

void use_certificate(Server& server, std::string const& names, std::string const& days) {
    auto const before = server.log_lines("certificate read again");
    auto const made = run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                           "-nodes", "-days", days, "-subj", "/CN=mail.example.org", "-addext",
                           "subjectAltName=" + names, "-keyout", server.key(), "-out", server.certificate()});
    ASSERT_EQ(made.status, 0) << made.err;
    server.signal(SIGHUP);
    ASSERT_TRUE(eventually([&] { return server.log_lines("certificate read again") == before + 1; }));
}

TEST(Probe, AServerThatIsWell) {
    Server server;
    server.account("anna@example.org");
    server.deliver("anna@example.org", mail("hello"));
    auto const plain = probe(server.url(false));
    EXPECT_EQ(exit_of(plain), 0) << plain.out;
    EXPECT_EQ(verdict(plain, "TLS"), "check"); // not encrypted: a phone would refuse
    for (auto const* step :
         {"DNS", "connect", "OPTIONS", "Provision", "FolderSync", "Sync", "body", "GetItemEstimate", "Ping"})
        EXPECT_EQ(verdict(plain, step), "ok") << step << plain.out;
    auto const old = probe(server.url(false), {"--protocol", "12.1"});
    EXPECT_EQ(exit_of(old), 0) << old.out;
    EXPECT_THAT(old.out, HasSubstr("going on with 12.1"));
    auto const lines = godwit(words_of(server.url(false), {}), "secret\n");
    EXPECT_EQ(lines.status, 0);
    EXPECT_THAT(lines.out, HasSubstr("A phone would work with this server."));
}

TEST(Probe, WhatIsWrongHasItsExitCode) {
    Server server({.tls = true});
    server.account("anna@example.org");
    auto const http = server.url(false), https = server.url(true);
    auto const plain_port = "https" + http.substr(4), tls_port = "http" + https.substr(5);
    struct {
        std::string what, url;
        std::vector<std::string> more;
        std::string secret;
        int exit;
        std::string step; // the first that is WRONG
    } const rows[] = {
        {"wrong password", http, {}, "wrong", 5, "OPTIONS"},
        {"nobody vouches", https, {}, "secret", 4, "TLS"},
        {"TLS to the plain port", plain_port, {}, "secret", 4, "TLS"},
        {"plain to the TLS port", tls_port, {}, "secret", 1, "OPTIONS"},
        {"nobody listens", "http://127.0.0.1:1", {}, "secret", 3, "connect"},
        {"no such name", "http://mail.invalid", {}, "secret", 3, "DNS"},
    };
    for (auto const& row : rows) {
        auto const ran = probe(row.url, row.more, row.secret);
        EXPECT_EQ(exit_of(ran), row.exit) << row.what << ran.out;
        EXPECT_EQ(verdict(ran, row.step), "WRONG") << row.what << ran.out;
        EXPECT_EQ(verdict(ran, "Ping"), "-") << row.what; // what stands on it is not tried
        EXPECT_THAT(ran.out, HasSubstr("not tried, because of " + row.step)) << row.what;
    }
    auto const disabled = godwit({"account", "set", "anna@example.org", "--disable", "--data", server.data()});
    ASSERT_EQ(disabled.status, 0);
    auto const refused = probe(http);
    EXPECT_EQ(exit_of(refused), 6) << refused.out;
    auto const lines = godwit(words_of(http, {}), "secret\n");
    EXPECT_EQ(lines.status, 6);
    EXPECT_THAT(lines.out, HasSubstr("see the first WRONG"));
}

TEST(Probe, AWrongCommandLineIsTwo) {
    EXPECT_EQ(godwit(words_of("ftp://mail.example.org", {}), "secret\n").status, 2);
    EXPECT_EQ(godwit(words_of("http://127.0.0.1:1", {"--protocol", "17.0"}), "secret\n").status, 2);
    EXPECT_EQ(godwit(words_of("http://127.0.0.1:1", {}), "").status, 2); // no password
    EXPECT_EQ(godwit({"probe", "http://127.0.0.1:1"}).status, 2);
}

TEST(Probe, TellsWhatAPhoneWouldSayToACertificate) {
    Server server({.tls = true});
    server.account("anna@example.org");
    auto const url = server.url(true);
    auto const insecure = probe(url, {"--insecure"});
    EXPECT_EQ(exit_of(insecure), 0) << insecure.out;
    EXPECT_EQ(verdict(insecure, "TLS"), "check"); // a phone would ask
    Trusted const trusted(server.certificate());
    auto const good = probe(url);
    EXPECT_EQ(exit_of(good), 0) << good.out;
    EXPECT_EQ(verdict(good, "TLS"), "ok") << good.out;
    EXPECT_THAT(good.out, HasSubstr("TLSv1.3"));

    use_certificate(server, "DNS:mail.example.org,IP:127.0.0.1", "10");
    auto const soon = probe(url);
    EXPECT_EQ(exit_of(soon), 0) << soon.out;
    EXPECT_EQ(verdict(soon, "TLS"), "check");
    EXPECT_THAT(soon.out, HasSubstr("expires in"));

    use_certificate(server, "DNS:mail.example.org", "90"); // of another server
    auto const other = probe(url);
    EXPECT_EQ(exit_of(other), 4) << other.out;
    EXPECT_EQ(verdict(other, "TLS"), "WRONG");
    EXPECT_EQ(verdict(other, "OPTIONS"), "-");
}

} // namespace
} // namespace godwit::e2e
