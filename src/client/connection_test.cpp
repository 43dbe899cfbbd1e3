// The client against a peer that follows a script: what it answers on each connection, and when it hangs up.
#include "client/connection.hpp"
#include "client/phone.hpp"
#include "net/listener.hpp"
#include "net/loop.hpp"
#include <gtest/gtest.h>

namespace godwit::client {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// One list of answers per connection; "" hangs up without one, and the end of the list hangs up too.
struct Script {
    std::vector<std::vector<std::string>> connections;
    std::size_t accepted = 0;
    bool linger = false; // keeps a connection open after its last answer
};

net::awaitable<void> play(Script& script, net::Stream stream) {
    auto answers =
        script.accepted < script.connections.size() ? script.connections[script.accepted] : std::vector<std::string>{};
    ++script.accepted;
    char buffer[4096];
    for (auto const& answer : answers) {
        std::string seen;
        while (!seen.contains("\r\n\r\n")) {
            auto got = co_await stream.read_some(buffer);
            if (!got) co_return;
            seen.append(buffer, *got);
        }
        if (answer.empty()) co_return;
        auto written = co_await stream.write_all(answer);
        if (!written) co_return;
    }
    if (script.linger) co_await net::sleep_for(5s);
}

class Peer : public testing::Test {
protected:
    void serve(std::vector<std::vector<std::string>> connections) {
        script.connections = std::move(connections);
        listener.start([this](net::Stream stream) { return play(script, std::move(stream)); });
        connection.emplace(Target{.port = listener.port()}, nullptr);
    }
    HttpResponse ask(bool again = true) { return loop.wait_for(connection->exchange({.body = "x"}, 500ms, again)); }
    Failure::Kind failure(bool again = true) {
        try {
            ask(again);
        } catch (Failure const& f) {
            return f.kind;
        }
        ADD_FAILURE() << "it worked";
        return Failure::Http;
    }
    net::Loop loop;
    Script script;
    net::Listener listener{loop, "127.0.0.1:0", 10};
    std::optional<Connection> connection;
};

TEST_F(Peer, AConnectionIsKept) {
    serve({{std::string(ok), std::string(ok), std::string(ok)}});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask().body, "ok");
    EXPECT_EQ(script.accepted, 1u);
}

TEST_F(Peer, ConnectionCloseIsHeeded) {
    std::string closing = "HTTP/1.1 401 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    serve({{closing, std::string(ok)}, {std::string(ok)}});
    EXPECT_EQ(ask().status, 401u);
    EXPECT_EQ(ask().body, "ok");
    EXPECT_EQ(script.accepted, 2u);
}

TEST_F(Peer, AnIdleConnectionThatWasClosedIsOpenedOnceMore) {
    serve({{std::string(ok), ""}, {std::string(ok)}});
    EXPECT_EQ(ask().body, "ok");
    EXPECT_EQ(ask().body, "ok");
    EXPECT_EQ(script.accepted, 2u);
}

TEST_F(Peer, ButNotWhatMayNotBeSentTwice) {
    serve({{std::string(ok), ""}, {std::string(ok)}});
    EXPECT_EQ(ask().body, "ok");
    EXPECT_EQ(failure(false), Failure::Cut);
    EXPECT_EQ(script.accepted, 1u);
}

TEST_F(Peer, AFreshConnectionThatHangsUpIsAFailure) {
    serve({{""}});
    EXPECT_EQ(failure(), Failure::Cut);
    EXPECT_EQ(script.accepted, 1u);
}

TEST_F(Peer, AnAnswerCutInTheMiddleIsNotAskedForAgain) {
    serve({{std::string(ok), "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"}, {std::string(ok)}});
    EXPECT_EQ(ask().body, "ok");
    EXPECT_EQ(failure(), Failure::Cut);
    EXPECT_EQ(script.accepted, 1u);
}

TEST_F(Peer, PatienceEnds) {
    script.linger = true;
    serve({{"HTTP/1.1 200 OK\r\nContent-Le"}});
    EXPECT_EQ(failure(), Failure::TimedOut);
}

TEST_F(Peer, PipelinedAnswersAreToldApart) {
    serve({{std::string(ok) + "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"}});
    EXPECT_EQ(ask().body, "ok");
    EXPECT_EQ(loop.wait_for(connection->receive(500ms)).status, 201u);
}

TEST_F(Peer, NobodyThere) {
    connection.emplace(Target{.port = 1}, nullptr);
    EXPECT_EQ(failure(), Failure::Connect);
}

struct UrlRow {
    char const* url;
    bool tls;
    char const* host;
    std::uint16_t port;
    char const* path;
};
TEST(Url, Parses) {
    UrlRow const rows[] = {
        {"https://mail.example.org", true, "mail.example.org", 443, "/"},
        {"mail.example.org", true, "mail.example.org", 443, "/"},
        {"http://127.0.0.1:8080/Microsoft-Server-ActiveSync", false, "127.0.0.1", 8080, "/Microsoft-Server-ActiveSync"},
        {"https://[::1]:8443/x", true, "::1", 8443, "/x"}};
    for (auto const& row : rows) {
        auto target = parse_url(row.url);
        EXPECT_EQ(target.tls, row.tls) << row.url;
        EXPECT_EQ(target.host, row.host) << row.url;
        EXPECT_EQ(target.port, row.port) << row.url;
        EXPECT_EQ(target.path, row.path) << row.url;
    }
    for (auto const* bad : {"ftp://x", "http://", "http://a b", "https://x:99999"})
        EXPECT_THROW(parse_url(bad), Failure) << bad;
}

} // namespace
} // namespace godwit::client
