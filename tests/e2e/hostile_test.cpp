// Peers that are slow, half gone, huge, or mad; requests that are nonsense. Each gets its code or status, costs bounded
// time and memory, and leaves the server as it was for everyone else.
#include "client/request.hpp"
#include "server.hpp"
#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <thread>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using client::HttpRequest;

constexpr auto short_patience =
    "[http]\nhead_timeout = 1\nbody_timeout = 1\nidle_timeout = 3\nmax_body_bytes = 8388608\n";

class Hostile : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server = std::make_unique<Server>(Options{.tls = true, .config = short_patience});
        server->account("anna@example.org");
        server->account("eva@example.org");
        phone = std::make_unique<BlockingPhone>(server->settings("anna@example.org", "HOSTILE"));
        if (phone->enrol() != 1) throw std::runtime_error("the phone cannot enrol");
    }
    static void TearDownTestSuite() {
        phone.reset();
        server.reset();
    }
    void TearDown() override { EXPECT_EQ(phone->folder_sync(), 1u) << "the server does not serve others any more"; }

    // A plain connection of our own, to say what no client says.
    struct Raw {
        explicit Raw(Server& s) : connection({.port = s.http_port()}, nullptr) { loop.wait_for(connection.open(5s)); }
        void say(std::string const& bytes) { loop.wait_for(connection.send(bytes, 20s)); }
        client::HttpResponse hear(std::chrono::milliseconds patience = 10s) {
            return loop.wait_for(connection.receive(patience));
        }
        // Whether the server hangs up by then, after an answer or without one.
        bool hangs_up(std::chrono::milliseconds patience) {
            auto until = std::chrono::steady_clock::now() + patience;
            char buffer[4096];
            while (std::chrono::steady_clock::now() < until) {
                connection.stream().deadline(patience);
                auto got = loop.wait_for(connection.stream().read_some(buffer));
                if (!got) return got.error() != net::StreamError::TimedOut;
            }
            return false;
        }
        net::Loop loop;
        client::Connection connection;
    };
    static std::string authorization(std::string const& login = "anna@example.org",
                                     std::string const& password = "secret") {
        return "Authorization: Basic " + client::base64(login + ':' + password) + "\r\n";
    }
    static std::string post(std::string const& length, std::string const& more) {
        return "POST /Microsoft-Server-ActiveSync?Cmd=Sync&User=anna&DeviceId=RAW&DeviceType=Raw HTTP/1.1\r\nHost: "
               "x\r\n"
               "MS-ASProtocolVersion: 16.1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: " +
               length + "\r\n" + more + "\r\n";
    }
    static std::unique_ptr<Server> server;
    static std::unique_ptr<BlockingPhone> phone;
};
std::unique_ptr<Server> Hostile::server;
std::unique_ptr<BlockingPhone> Hostile::phone;

TEST_F(Hostile, ASlowHeadIsCutOff) {
    Raw raw(*server);
    auto begun = std::chrono::steady_clock::now();
    try {
        for (char c : post("0", authorization())) {
            raw.say({c});
            std::this_thread::sleep_for(50ms);
            if (std::chrono::steady_clock::now() - begun > 4s) break;
        }
    } catch (client::Failure const&) { // it hung up
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 4s) << "a trickle renews the deadline";
}

TEST_F(Hostile, ASlowBodyIsCutOff) {
    Raw raw(*server);
    raw.say(post("1000", authorization()) + "only this");
    auto answer = raw.hear(5s);
    EXPECT_EQ(answer.status, 408u);
    EXPECT_FALSE(answer.keeps_alive());
}

TEST_F(Hostile, AnIdleConnectionIsClosed) {
    Raw raw(*server);
    EXPECT_TRUE(raw.hangs_up(6s));
}

TEST_F(Hostile, HalfOpenPeersAreFreed) {
    auto before = server->rss_kb();
    std::vector<std::unique_ptr<Raw>> peers;
    for (int i = 0; i < 200; ++i) {
        peers.push_back(std::make_unique<Raw>(*server));
        peers.back()->say("POST /Microsoft-Server-Act");
    }
    for (auto& peer : peers) EXPECT_TRUE(peer->hangs_up(5s));
    EXPECT_LT(server->rss_kb() - before, 50'000);
}

// TLS that never begins, or begins with nonsense.
TEST_F(Hostile, TlsPeersThatSayNothingOrNonsense) {
    net::Loop loop; // outlives the connections that it serves
    client::Connection silent({.port = server->https_port()}, nullptr), mad({.port = server->https_port()}, nullptr);
    loop.wait_for(silent.open(5s));
    loop.wait_for(mad.open(5s));
    loop.wait_for(mad.send("GET / HTTP/1.1\r\n\r\n", 5s));
    for (auto* peer : {&mad, &silent}) {
        bool ended = false;
        char buffer[256];
        peer->stream().deadline(5s);
        while (!ended) {
            auto got = loop.wait_for(peer->stream().read_some(buffer));
            if (!got) {
                EXPECT_NE(got.error(), net::StreamError::TimedOut);
                ended = true;
            }
        }
    }
}

TEST_F(Hostile, AHundredMegabytesAreRefused) {
    auto before = server->rss_kb();
    for (bool known : {true, false}) {
        Raw raw(*server);
        try {
            raw.say(post("104857600", known ? authorization() : ""));
            for (int i = 0; i < 1600; ++i) raw.say(std::string(65536, '\0'));
        } catch (client::Failure const&) { // it hung up, as it may
        }
        try {
            auto answer = raw.hear(5s);
            EXPECT_TRUE(answer.status == 413 || (!known && answer.status == 401)) << answer.status;
            EXPECT_FALSE(answer.keeps_alive()) << "half a body is left on the connection";
        } catch (client::Failure const&) { // the reset took the answer with it
        }
    }
    EXPECT_LT(server->rss_kb() - before, 60'000);
}

// The iRule incident: a 401 whose body was not read ends the connection (incidents.md 2.3).
TEST_F(Hostile, A401WithAnUnreadBodyCloses) {
    Raw raw(*server);
    raw.say(post("5000000", ""));
    auto answer = raw.hear();
    EXPECT_EQ(answer.status, 401u);
    EXPECT_FALSE(answer.header("WWW-Authenticate").empty());
    EXPECT_FALSE(answer.keeps_alive());
}

TEST_F(Hostile, AFloodOfHeaders) {
    auto before = server->rss_kb();
    for (auto const& flood : {std::string(10'000'000, 'a') + ": b\r\n", [] {
                                  std::string many;
                                  for (int i = 0; i < 100'000; ++i) many += "X-" + std::to_string(i) + ": flood\r\n";
                                  return many;
                              }()}) {
        Raw raw(*server);
        try {
            raw.say("POST / HTTP/1.1\r\nHost: x\r\n" + flood + "\r\n");
        } catch (client::Failure const&) {
        }
        try {
            auto answer = raw.hear(5s);
            EXPECT_EQ(answer.status, 431u);
            EXPECT_FALSE(answer.keeps_alive());
        } catch (client::Failure const&) {
        }
    }
    EXPECT_LT(server->rss_kb() - before, 30'000);
}

struct Odd {
    char const* name;
    std::string request;
    std::vector<unsigned> codes;
};
std::string line(std::string const& method_and_target, std::string const& more = "", std::string const& body = "") {
    return method_and_target + " HTTP/1.1\r\nHost: x\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

TEST_F(Hostile, OddRequestsGetTheirCode) {
    std::string const in = authorization(), at = "POST /Microsoft-Server-ActiveSync",
                      device = "&User=anna&DeviceId=RAW&DeviceType=Raw";
    std::string const v161 = "MS-ASProtocolVersion: 16.1\r\n", two = v161 + "MS-ASProtocolVersion: 12.1\r\n";
    std::vector<Odd> const rows = {
        {"no method", "\r\n\r\n\r\n \r\n\r\n", {400}},
        {"no http", "hello\r\n\r\n", {400}},
        {"http 3", "POST / HTTP/3.0\r\n\r\n", {400, 505}},
        {"method", line("BREW /Microsoft-Server-ActiveSync", in), {501}},
        {"get", line("GET /Microsoft-Server-ActiveSync", in), {405, 501}},
        {"elsewhere", line("POST /elsewhere", in), {404}},
        {"no query", line(at, in + v161), {400}},
        {"bad base64", line(at + "?!!!!", in), {400}},
        {"short base64", line(at + "?oQ==", in), {400}},
        {"no device", line(at + "?Cmd=Sync", in + v161), {400, 200}},
        {"unknown command", line(at + "?Cmd=Brew" + device, in + v161), {200, 400, 501}},
        {"unknown command 12.1", line(at + "?Cmd=Brew" + device, in + "MS-ASProtocolVersion: 12.1\r\n"), {400, 501}},
        {"unknown version", line(at + "?Cmd=Sync" + device, in + "MS-ASProtocolVersion: 99.9\r\n"), {400, 505}},
        {"no version", line(at + "?Cmd=Sync" + device, in), {200, 400, 403, 449}},
        {"two versions", line(at + "?Cmd=FolderSync" + device, in + two), {400}},
        {"two lengths",
         at + "?Cmd=Sync" + device + " HTTP/1.1\r\nHost: x\r\n" + in +
             "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
         {400}},
        {"length and chunks",
         at + "?Cmd=Sync" + device + " HTTP/1.1\r\nHost: x\r\n" + in +
             "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         {400}},
        {"bad gzip", line(at + "?Cmd=Sync" + device, in + v161 + "Content-Encoding: gzip\r\n", "no gzip"), {400}},
        {"gzip bomb",
         line(at + "?Cmd=Sync" + device, in + v161 + "Content-Encoding: gzip\r\n",
              client::gzip_bytes(std::string(64 << 20, '\0'))),
         {413}},
    };
    for (auto const& row : rows) {
        Raw raw(*server);
        raw.say(row.request);
        auto answer = raw.hear();
        EXPECT_NE(std::ranges::find(row.codes, answer.status), row.codes.end()) << row.name << ": " << answer.status;
    }
}

// Requests that come one right behind the other are answered in their order.
TEST_F(Hostile, PipelinedRequestsAreAnsweredInOrder) {
    Raw raw(*server);
    std::string both = line("OPTIONS /Microsoft-Server-ActiveSync", authorization()) +
                       line("POST /elsewhere", authorization()) +
                       line("OPTIONS /Microsoft-Server-ActiveSync", authorization());
    raw.say(both);
    for (unsigned code : {200u, 404u, 200u}) EXPECT_EQ(raw.hear().status, code);
}

// A body that is wrong in one of many ways, or by chance right.
std::string garbage(std::mt19937& random, std::string const& good, unsigned kind) {
    if (kind == 0) return std::string(random() % 200 + 1, '\0');
    if (kind == 1) { // noise
        std::string noise(random() % 200 + 1, '\0');
        for (auto& c : noise) c = static_cast<char>(random() & 0xFF);
        return noise;
    }
    if (kind == 2) return good.substr(0, random() % good.size());
    if (kind == 3) return std::string("\x03\x01\x6A\x00", 4) + std::string(5000, '\x45'); // depth
    auto one_bit = good;
    one_bit[random() % one_bit.size()] ^= static_cast<char>(1 << random() % 8);
    return one_bit;
}

// Law 5: no bytes whatever get a 500. From 14.0 what is wrong is said in a status, up to 12.1 by HTTP (trap 43). Each
// device says a few things only: one that goes on is told to come back later (law 8), which is the next test.
TEST_F(Hostile, GarbageIsNeverA500) {
    std::mt19937 random(2026);
    using enum eas::Command;
    unsigned devices = 0, number = 0;
    for (auto version : {eas::v12_1, eas::v16_1}) {
        for (auto command : {Sync, FolderSync, Ping, GetItemEstimate, ItemOperations, Settings, Provision, SendMail}) {
            for (int device = 0; device < 3; ++device) {
                BlockingPhone mad(server->settings("anna@example.org", "GARBAGE" + std::to_string(devices++), version));
                ASSERT_EQ(mad.enrol(), 1u);
                auto in = mad.model().of_type(2)->id;
                auto good = client::sync_request({.collections = {{.collection = in, .key = "0", .window = 5}}}, {});
                for (int i = 0; i < 15; ++i) {
                    auto reply = mad.command(command, garbage(random, good, number++ % 6));
                    EXPECT_TRUE(reply.http.status < 500 || reply.http.status == 501)
                        << name(command) << ' ' << name(version) << ": " << reply.http.status;
                }
                EXPECT_EQ(mad.folder_sync(), 1u);
            }
        }
    }
}

// Law 8, incident KB2851708: thousands of Provisions. The phone is told to come back later, and only this one.
TEST_F(Hostile, AStormHurtsOnlyThePhoneThatMakesIt) {
    server->account("storm@example.org");
    BlockingPhone runaway(server->settings("storm@example.org", "STORM")),
        other(server->settings("storm@example.org", "CALM"));
    ASSERT_EQ(other.enrol(), 1u);
    ASSERT_EQ(runaway.enrol(), 1u);
    unsigned refused = 0;
    for (int i = 0; i < 200; ++i) {
        auto reply = runaway.command(eas::Command::Provision, client::provision_request(runaway.settings()));
        if (reply.http.status != 503) continue;
        ++refused;
        EXPECT_FALSE(reply.http.header("Retry-After").empty());
    }
    EXPECT_GT(refused, 150u);
    EXPECT_EQ(other.folder_sync(), 1u);
}

TEST_F(Hostile, UnknownFoldersItemsAndReferences) {
    auto in = phone->model().of_type(2)->id;
    ASSERT_EQ(phone->sync_all(in), 1u);
    auto unknown = phone->sync({.collections = {{.collection = "4711", .key = "0"}}});
    EXPECT_EQ(unknown.of("4711").status ? unknown.of("4711").status : unknown.status, 12u) << "the hierarchy changed";
    EXPECT_EQ(phone->fetch({.collection = in, .server_id = in + ":999999"}).status, 6u);
    EXPECT_EQ(phone->fetch({.collection = "4711", .server_id = "4711:1"}).status, 6u);
    EXPECT_EQ(phone->fetch({.file_reference = "no-such-reference"}).status, 15u);
    client::SyncAsk edits{.collections = {{.collection = in,
                                           .get_changes = true,
                                           .edits = {{.kind = client::Edit::Change,
                                                      .id = in + ":999999",
                                                      .data = {client::element(wbxml::email::Read, "1")}},
                                                     {.kind = client::Edit::Fetch, .id = in + ":999998"}}}}};
    auto answer = phone->sync(edits);
    EXPECT_EQ(answer.of(in).status, 1u);
    EXPECT_EQ(answer.of(in).edit_status.at(in + ":999999"), 8u);
    EXPECT_EQ(answer.of(in).edit_status.at(in + ":999998"), 8u);
}

// Incident 2.10: the same wrong secret of the same device counts once, and the second time costs no hash.
TEST_F(Hostile, AWrongPasswordCountsOnce) {
    auto settings = server->settings("eva@example.org", "OLDPASSWORD");
    settings.password = "wrong";
    BlockingPhone old(settings);
    auto refused = [&] { return server->log_lines("why=wrong-secret"); };
    auto before = refused();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(old.folder_sync(), 401u);
    EXPECT_EQ(refused() - before, 1u);
    old.settings().password = "wrong again";
    EXPECT_EQ(old.folder_sync(), 401u);
    EXPECT_EQ(refused() - before, 2u) << "another secret is another attempt";
    old.settings().password = "secret";
    EXPECT_EQ(old.enrol(), 1u) << "the right one is not locked out";
}

TEST_F(Hostile, LoginsInEveryForm) {
    server->account("zoë@example.org");
    for (auto const* login :
         {"eva@example.org", "EVA@EXAMPLE.ORG", "eva", "EXAMPLE\\eva", "zoë@example.org", "zo\xEB@example.org"}) {
        BlockingPhone one(server->settings(login, "FORMS"));
        EXPECT_EQ(one.options().http, 200u) << login;
    }
}

} // namespace
} // namespace godwit::e2e
