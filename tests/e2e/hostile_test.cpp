// Peers that are slow, half gone, huge, or mad; requests that are nonsense. Each gets its code or status, costs bounded
// time and memory, and leaves the server as it was for everyone else.
#include "client/request.hpp"
#include "server.hpp"
#include <algorithm>
#include <gtest/gtest.h>
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
        // A hundred megabytes and more, whatever the server says to it. Throws when it hangs up.
        void pour(std::string const& head, std::string const& piece) {
            say(head);
            for (std::size_t said = 0; said < std::size_t{100} << 20; said += piece.size()) say(piece);
        }
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

// Refused by the head alone, or where a body that says no length passes the limit; whoever goes on is cut off.
TEST_F(Hostile, AHundredMegabytesAreRefused) {
    auto before = server->rss_kb();
    auto const chunked =
        std::string("POST /Microsoft-Server-ActiveSync?Cmd=Sync&User=anna&DeviceId=RAW&DeviceType=Raw ") +
        "HTTP/1.1\r\nHost: x\r\nMS-ASProtocolVersion: 16.1\r\nTransfer-Encoding: chunked\r\n" + authorization() +
        "\r\n";
    std::string const zeros(65536, '\0'), chunk = "10000\r\n" + zeros + "\r\n";
    struct {
        std::string head, piece;
        unsigned before_the_answer; // pieces
        char const* why;
    } const rows[] = {{post("104857600", authorization()), zeros, 0, "the body is too large"},
                      {post("104857600", ""), zeros, 0, "the body is too large"},
                      {chunked, chunk, 8 * 1024 / 64, "the body is too large"}};
    for (auto const& row : rows) {
        auto const told = server->log_lines(row.why);
        Raw raw(*server);
        raw.say(row.head);
        for (unsigned i = 0; i < row.before_the_answer; ++i) raw.say(row.piece);
        if (row.before_the_answer) raw.say("10000\r\n");
        auto const answer = raw.hear();
        EXPECT_EQ(answer.status, 413u);
        EXPECT_FALSE(answer.keeps_alive()) << "half a body is left on the connection";
        EXPECT_TRUE(eventually([&] { return server->log_lines(row.why) == told + 1; })) << server->log();
        Raw deaf(*server);
        EXPECT_THROW(deaf.pour(row.head, row.piece), client::Failure) << "all of it was read";
        EXPECT_TRUE(eventually([&] { return server->log_lines(row.why) == told + 2; })) << server->log();
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
    std::string many;
    for (int i = 0; i < 300; ++i) many += "X-" + std::to_string(i) + ": flood\r\n";
    struct {
        std::string flood; // more than a head may hold
        char const* why;
    } const rows[] = {{std::string(40'000, 'a'), "the head is too large"}, {many, "too many headers"}};
    for (auto const& row : rows) {
        auto const told = server->log_lines(row.why), refused = server->log_lines("status=431");
        Raw raw(*server);
        raw.say("POST / HTTP/1.1\r\nHost: x\r\n" + row.flood);
        auto const answer = raw.hear();
        EXPECT_EQ(answer.status, 431u);
        EXPECT_FALSE(answer.keeps_alive());
        EXPECT_TRUE(eventually([&] { return server->log_lines(row.why) == told + 1; })) << server->log();
        Raw deaf(*server);
        EXPECT_THROW(deaf.pour("POST / HTTP/1.1\r\nHost: x\r\n", row.flood), client::Failure);
        // Which of the two it is hangs on how much of the flood lies there when the server reads.
        EXPECT_TRUE(eventually([&] { return server->log_lines("status=431") == refused + 2; })) << server->log();
    }
    EXPECT_LT(server->rss_kb() - before, 30'000);
}

struct Odd {
    char const* name;
    std::string request;
    unsigned code;
    char const* why; // in the log's line
};
std::string line(std::string const& method_and_target, std::string const& more = "", std::string const& body = "") {
    return method_and_target + " HTTP/1.1\r\nHost: x\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

// MS-ASHTTP 2.2.2.1.1, MS-ASCMD 2.2.2 (R7559: 400 for a version that is not spoken), and RFC 9110 for what is no
// ActiveSync. A command that nobody knows has no document that could hold status 137: 501 at every version (R186).
TEST_F(Hostile, OddRequestsGetTheirCode) {
    std::string const in = authorization(), at = "POST /Microsoft-Server-ActiveSync",
                      device = "&User=anna&DeviceId=RAW&DeviceType=Raw", sync = at + "?Cmd=Sync" + device;
    std::string const v161 = "MS-ASProtocolVersion: 16.1\r\n", v121 = "MS-ASProtocolVersion: 12.1\r\n";
    auto const head = sync + " HTTP/1.1\r\nHost: x\r\n" + in;
    std::vector<Odd> const rows = {
        {"no method", "\r\n\r\n\r\n \r\n\r\n", 400, "malformed HTTP"},
        {"no http", "hello\r\n\r\n", 400, "malformed HTTP"},
        {"http 3", "POST / HTTP/3.0\r\n\r\n", 505, "HTTP version"},
        {"method", line("BREW /Microsoft-Server-ActiveSync", in), 501, "This method is not implemented."},
        {"get", line("GET /Microsoft-Server-ActiveSync", in), 405, "POST and OPTIONS."},
        {"get autodiscover", line("PUT /Autodiscover/Autodiscover.xml", in), 501, "This method is not implemented."},
        {"elsewhere", line("POST /elsewhere", in), 404, "There is nothing here."},
        {"nobody", line(sync, v161), 401, "Sign in with"},
        {"no query", line(at, in + v161), 400, "no command"},
        {"bad base64", line(at + "?!!!!", in), 400, "the query is malformed"},
        {"short base64", line(at + "?oQ==", in), 400, "the query is malformed"},
        {"no device", line(at + "?Cmd=Sync", in + v161), 200, "the device id is missing or invalid"},
        {"no device 12.1", line(at + "?Cmd=Sync", in + v121), 400, "the device id is missing or invalid"},
        {"no device type", line(at + "?Cmd=Sync&DeviceId=RAW", in + v161), 200, "the device type is missing"},
        {"unknown command", line(at + "?Cmd=Brew" + device, in + v161), 501, "an unknown command"},
        {"unknown command 12.1", line(at + "?Cmd=Brew" + device, in + v121), 501, "an unknown command"},
        {"no command here", line(at + "?Cmd=GetHierarchy" + device, in + v121), 501, "no such command here"},
        {"unknown version", line(sync, in + "MS-ASProtocolVersion: 99.9\r\n"), 400, "version=99.9"},
        {"no version", line(sync, in), 400, "version=none"},
        {"two versions", line(at + "?Cmd=FolderSync" + device, in + v161 + v121), 400, "one header with two values"},
        {"two lengths", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "malformed HTTP"},
        {"length and chunks", head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
         "malformed HTTP"},
        {"bad gzip", line(sync, in + v161 + "Content-Encoding: gzip\r\n", "no gzip"), 400, "The gzip body is broken."},
        {"no coding", line(sync, in + v161 + "Content-Encoding: br\r\n", "x"), 415, "Only gzip is understood"},
        {"gzip bomb",
         line(sync, in + v161 + "Content-Encoding: gzip\r\n", client::gzip_bytes(std::string(64 << 20, '\0'))), 413,
         "The body is too large."},
    };
    auto const requests = [&](Odd const& row) {
        return server->log_lines("request: status=" + std::to_string(row.code));
    };
    for (auto const& row : rows) {
        auto const answered = requests(row), told = server->log_lines(row.why);
        Raw raw(*server);
        raw.say(row.request);
        auto const answer = raw.hear();
        EXPECT_EQ(answer.status, row.code) << row.name;
        EXPECT_TRUE(eventually([&] { return server->log_lines(row.why) > told; })) << row.name << '\n' << server->log();
        EXPECT_EQ(server->log_lines(row.why), told + 1) << row.name;
        EXPECT_EQ(requests(row), answered + 1) << row.name;
    }
}

// What is wrong with a document is a Status from 14.0 on, and up to 12.1 an HTTP code unless the command has a Status of
// its own for it (MS-ASCMD 2.2.2). The log says which rule was broken.
TEST_F(Hostile, OddDocumentsGetTheirStatus) {
    using enum eas::Command;
    namespace hierarchy = wbxml::folderhierarchy;
    wbxml::Writer root, order;
    root.empty(wbxml::ping::Ping);
    order.open(hierarchy::FolderCreate);
    for (auto const& [tag, text] : {std::pair(hierarchy::DisplayName, "x"), std::pair(hierarchy::ParentId, "0")})
        client::leaf(order, tag, text);
    order.close();
    std::string const header("\x03\x01\x6A\x00", 4);
    struct {
        char const* name;
        eas::Command command;
        std::string body;
        unsigned status;
        bool own = false; // a status of the command's own
    } const rows[] = {
        {"zeros", FolderSync, std::string(100, '\0'), 102},
        {"cut off", MoveItems, client::move_request({{"1:1", "1", "2"}}).substr(0, 12), 102},
        {"itself within itself", Sync, header + std::string(5000, '\x45'), 4, true},
        {"an unknown token", FolderSync, header + std::string("\x00\x07\x56\x3F\x01", 5), 102},
        {"another root", FolderSync, std::move(root).finish(), 103},
        {"no body", MoveItems, "", 101},
        {"another order", FolderCreate, std::move(order).finish(), 10, true},
    };
    for (auto const version : {eas::v12_1, eas::v16_1}) {
        BlockingPhone odd(server->settings("anna@example.org", "ODD" + std::to_string(int(version)), version));
        ASSERT_EQ(odd.enrol(), 1u);
        for (auto const& row : rows) {
            auto const told = server->log_lines(" malformed=");
            auto const reply = odd.command(row.command, row.body);
            EXPECT_EQ(reply.http.status, row.own || version > eas::v12_1 ? 200u : 400u) << row.name;
            if (reply.ok() && reply.document) {
                auto const& all = reply.document->children;
                auto const said = std::ranges::find_if(
                    all, [](auto const& one) { return one.tag.name == std::string_view("Status"); });
                EXPECT_EQ(said == all.end() ? "" : said->text, std::to_string(row.status)) << row.name;
            }
            EXPECT_TRUE(eventually([&] { return server->log_lines(" malformed=") == told + 1; })) << row.name;
        }
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
    EXPECT_EQ(phone->estimate("4711").status, 2u);
    EXPECT_EQ(phone->ping({.heartbeat = 1, .folders = {{in, "Email"}}}).status, 5u);
    EXPECT_EQ(phone->ping({.heartbeat = 60, .folders = {{"4711", "Email"}}}).status, 7u);
    // The line of each says which status, and of what.
    using Told = std::pair<std::string, std::string>;
    for (auto const& [command, refused] :
         {Told{"Sync", "\"12 of 4711\""}, Told{"ItemOperations", "\"6 of " + in + ":999999\""},
          Told{"ItemOperations", "\"6 of 4711:1\""}, Told{"ItemOperations", "\"15 of no-such-reference\""},
          Told{"GetItemEstimate", "2"}, Told{"Ping", "5"}, Told{"Ping", "7"}})
        EXPECT_TRUE(eventually([&] { return server->log_lines("cmd=" + command, " refused=" + refused) > 0; }))
            << command << refused << server->log();
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
