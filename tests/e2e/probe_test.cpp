// `godwit probe` against servers that are well and servers that are not: its verdict on each, and the exit code that
// scripts go by.
#include "server.hpp"
#include "wbxml/xml.hpp"
#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>

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

// What stands between phones and a server, and spoils one kind of request.
class Proxy {
public:
    // Whose first line holds `spoilt` is answered with this; with nothing the connection is closed.
    Proxy(std::uint16_t server, std::string spoilt, std::string answer)
        : server_(server), spoilt_(std::move(spoilt)), answer_(std::move(answer)) {
        auto any = address(0);
        socklen_t length = sizeof any;
        auto* const place = reinterpret_cast<sockaddr*>(&any);
        if (::bind(listener_, place, length) != 0 || ::listen(listener_, 8) != 0 ||
            ::getsockname(listener_, place, &length) != 0)
            throw std::runtime_error("no port for the proxy");
        port_ = ntohs(any.sin_port);
        thread_ = std::thread([this] { run(); });
    }
    ~Proxy() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }
    Proxy(Proxy const&) = delete;
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    struct Pair {
        int phone = -1, server = -1;
    };
    static sockaddr_in address(std::uint16_t port) {
        return {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    }
    static void say(int to, std::string_view bytes) {
        while (!bytes.empty()) {
            auto const sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void meet() {
        Pair pair{::accept(listener_, nullptr, nullptr), ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        auto const there = address(server_);
        if (::connect(pair.server, reinterpret_cast<sockaddr const*>(&there), sizeof there) != 0)
            throw std::runtime_error("the server does not listen");
        pairs_.push_back(pair);
    }
    // False: the connection is over.
    bool pass(Pair const& pair, bool from_phone) {
        char buffer[16384];
        auto const got = ::recv(from_phone ? pair.phone : pair.server, buffer, sizeof buffer, 0);
        if (got <= 0) return false;
        std::string_view const bytes(buffer, static_cast<std::size_t>(got));
        bool const spoilt = from_phone && bytes.substr(0, bytes.find('\r')).contains(spoilt_);
        if (!spoilt) say(from_phone ? pair.server : pair.phone, bytes);
        if (spoilt) say(pair.phone, answer_);
        return !spoilt || !answer_.empty();
    }
    void run() {
        while (!stopping_) {
            std::vector<pollfd> watched{{.fd = listener_, .events = POLLIN, .revents = 0}};
            for (auto const& pair : pairs_)
                for (int fd : {pair.phone, pair.server}) watched.push_back({.fd = fd, .events = POLLIN, .revents = 0});
            ::poll(watched.data(), watched.size(), 20);
            for (std::size_t i = pairs_.size(); i-- > 0;) {
                bool open = watched[1 + 2 * i].revents == 0 || pass(pairs_[i], true);
                open = open && (watched[2 + 2 * i].revents == 0 || pass(pairs_[i], false));
                if (open) continue;
                for (int fd : {pairs_[i].phone, pairs_[i].server}) ::close(fd);
                pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i));
            }
            if (watched[0].revents != 0) meet();
        }
        for (auto const& pair : pairs_)
            for (int fd : {pair.phone, pair.server}) ::close(fd);
    }

    std::uint16_t server_, port_ = 0;
    std::string spoilt_, answer_;
    int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::vector<Pair> pairs_ = {};
    std::atomic<bool> stopping_ = false;
    std::thread thread_ = {};
};
std::string http(std::string const& status, std::string const& headers = "", std::string const& body = "") {
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}
std::string said(unsigned status) { // by Provision
    auto const text = std::to_string(status);
    return http("200 OK", "Content-Type: application/vnd.ms-sync.wbxml\r\n",
                wbxml::from_xml("<Provision xmlns=\"Provision\"><Status>" + text + "</Status></Provision>").value());
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

// A phone that was told the server's name needs no Autodiscover, so what becomes of that is no verdict.
TEST(Probe, ABrokenAutodiscoverStopsNoPhone) {
    Server server;
    server.account("anna@example.org");
    server.deliver("anna@example.org", mail("hello"));
    std::string const url = "<Url>ftp://mail.example.org</Url>";
    for (auto const& answer :
         {std::string(), http("404 Not Found"), http("200 OK", "", url), std::string("nonsense\r\n\r\n")}) {
        Proxy const proxy(server.http_port(), "/Autodiscover/", answer);
        auto const ran = probe(proxy.url());
        EXPECT_EQ(exit_of(ran), 0) << answer << ran.out;
        EXPECT_EQ(verdict(ran, "Autodiscover"), "check") << answer << ran.out;
        for (auto const* step : {"Provision", "FolderSync", "Sync", "body", "GetItemEstimate", "Ping"})
            EXPECT_EQ(verdict(ran, step), "ok") << answer << step << ran.out;
    }
    // Two things that are wrong: the first is told, and the verdict comes all the same.
    Proxy const proxy(server.http_port(), "POST /", "");
    auto const ran = probe(proxy.url());
    EXPECT_EQ(exit_of(ran), 1) << ran.out;
    EXPECT_EQ(verdict(ran, "Autodiscover"), "check") << ran.out;
    EXPECT_EQ(verdict(ran, "Provision"), "WRONG") << ran.out;
    for (auto const* step : {"FolderSync", "Sync", "body", "GetItemEstimate", "Ping"})
        EXPECT_EQ(verdict(ran, step), "-") << step << ran.out;
}

TEST(Probe, EachRefusalHasItsWordsAndItsExitCode) {
    Server server;
    server.account("anna@example.org");
    std::string const home = "X-MS-Location: https://eas.example.org/Microsoft-Server-ActiveSync\r\n";
    struct {
        std::string spoilt, answer, step;
        int exit;
        std::string says;
    } const rows[] = {
        {"Cmd=Provision", http("403 Forbidden"), "Provision", 6, "may not use ActiveSync"},
        {"OPTIONS /", http("404 Not Found"), "OPTIONS", 1, "no ActiveSync server at this URL"},
        {"Cmd=FolderSync", http("449 Retry"), "FolderSync", 6, "asks to provision again and again"},
        {"OPTIONS /", http("451 Redirect", home), "OPTIONS", 6, "another server, https://eas.example.org/"},
        {"Cmd=Sync", http("451 Redirect", home), "Sync", 6, "another server, https://eas.example.org/"},
        {"Cmd=Sync", http("451 Redirect"), "Sync", 6, "probe the URL of the X-MS-Location header"},
        {"OPTIONS /", http("502 Bad Gateway"), "OPTIONS", 3, "a proxy cannot reach the server"},
        {"Cmd=GetItemEstimate", http("503 Service Unavailable"), "GetItemEstimate", 1, "overloaded or short of disk"},
        {"Cmd=Ping", http("500 Internal Server Error"), "Ping", 1, "Ping answered HTTP 500"},
        {"Cmd=Provision", said(126), "Provision", 6, "(status 126)"},
        {"Cmd=Provision", said(129), "Provision", 6, "(status 129)"},
        {"Cmd=Provision", said(130), "Provision", 6, "(status 130)"},
        {"Cmd=Provision", said(140), "Provision", 6, "(status 140)"},
        {"Cmd=Provision", said(177), "Provision", 6, "(status 177)"},
        {"Cmd=Provision", said(110), "Provision", 1, "Provision answered status 110"},
    };
    for (auto const& row : rows) {
        Proxy const proxy(server.http_port(), row.spoilt, row.answer);
        auto const ran = probe(proxy.url());
        EXPECT_EQ(exit_of(ran), row.exit) << row.says << ran.out;
        EXPECT_EQ(verdict(ran, row.step), "WRONG") << row.says << ran.out;
        EXPECT_THAT(ran.out, HasSubstr(row.says));
    }
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
