// What the administrator does to a server: signals, restarts, the command line beside it.
#include "client/certificate.hpp"
#include "server.hpp"
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <thread>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
namespace email = wbxml::email;

struct Enrolled {
    Enrolled(Server& server, std::string const& login, std::string const& device)
        : phone(server.settings(login, device)) {
        if (phone.enrol() != 1) throw std::runtime_error("the phone cannot enrol");
        in = phone.model().of_type(2)->id;
        if (phone.sync_all(in) != 1) throw std::runtime_error("the phone cannot sync");
    }
    BlockingPhone phone;
    std::string in;
};

// Law 6: the server ends its own long polls, so that phones come back.
TEST(Operation, SigtermAnswersHeldPollsNoChange) {
    Server server;
    server.account("anna@example.org");
    Enrolled ping(server, "anna@example.org", "PING"), hanging(server, "anna@example.org", "HANG");
    ping.phone.hold({.heartbeat = 3540, .folders = {{ping.in, "Email"}}});
    hanging.phone.hold_sync({.collections = {{.collection = hanging.in}}, .heartbeat = 3540});
    EXPECT_FALSE(ping.phone.held(300ms));
    EXPECT_FALSE(hanging.phone.held_sync(100ms));
    int code = -1;
    std::thread stopping([&] { code = server.stop(); });
    auto answer = ping.phone.held(5s);
    auto sync = hanging.phone.held_sync(5s);
    stopping.join();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->http, 200u);
    EXPECT_EQ(answer->status, 1u);
    ASSERT_TRUE(sync);
    EXPECT_EQ(sync->http, 200u);
    EXPECT_TRUE(sync->empty);
    EXPECT_EQ(code, 0);
}

// The XML view is what logs show; law 10: secrets stay secret there as well.
TEST(Operation, TheDebugLogShowsDocumentsAndNothingPersonal) {
    Server server({.more = {"--log-level", "debug"}});
    server.account("anna@example.org");
    ASSERT_EQ(server.deliver("anna@example.org", mail("Geheimnis 1")), std::vector<unsigned>{250});
    Enrolled phone(server, "anna@example.org", "DEBUG");
    // A line is written after its answer has gone: the last one, the Sync with the message, is waited for.
    ASSERT_TRUE(eventually([&] { return server.log_lines("Subject bytes=") > 0; })) << server.log();
    EXPECT_GT(server.log_lines("answered=\"<"), 0u);
    EXPECT_GT(server.log_lines("asked=\"<"), 0u);
    EXPECT_GT(server.log_lines("<Collections><Collection><SyncKey>"), 0u);
    EXPECT_EQ(server.log_lines("Geheimnis"), 0u);
    EXPECT_EQ(server.log_lines("Zahlen"), 0u); // an attachment's name
}

// The command line beside the server: who may not sign in any more does not go on listening for 59 minutes.
TEST(Operation, WhoMayNotSignInAnyMoreIsNotHeldEither) {
    struct {
        std::vector<std::string> words;
        unsigned http; // what the phone gets when it comes again
    } const rows[] = {{{"set", "anna@example.org", "--password-stdin"}, 401},
                      {{"set", "carl@example.org", "--disable"}, 403},
                      {{"set", "emil@example.org", "--moved-to", "https://new.example.org"}, 451},
                      {{"remove", "dora@example.org", "--yes"}, 401}};
    Server server;
    server.account("bob@example.org");
    Enrolled other(server, "bob@example.org", "OTHER");
    client::PingAsk const other_ask{.heartbeat = 3540, .folders = {{other.in, "Email"}}};
    other.phone.hold(other_ask);
    for (auto const& row : rows) {
        auto const& address = row.words[1];
        server.account(address);
        Enrolled ping(server, address, "PING"), hanging(server, address, "HANG");
        client::PingAsk const ask{.heartbeat = 3540, .folders = {{ping.in, "Email"}}};
        ping.phone.hold(ask);
        hanging.phone.hold_sync({.collections = {{.collection = hanging.in}}, .heartbeat = 3540});
        EXPECT_FALSE(ping.phone.held(1200ms)) << address; // making the account ended nobody's poll
        EXPECT_FALSE(hanging.phone.held_sync(100ms)) << address;
        auto words = row.words;
        words.insert(words.begin(), "account");
        words.insert(words.end(), {"--data", server.data()});
        auto const changed = godwit(words, "another secret\n");
        ASSERT_EQ(changed.status, 0) << changed.err;
        auto const answer = ping.phone.held(3s);
        ASSERT_TRUE(answer) << address;
        EXPECT_EQ(answer->status, 1u) << address;
        auto const sync = hanging.phone.held_sync(3s);
        ASSERT_TRUE(sync) << address;
        EXPECT_TRUE(sync->empty) << address;
        EXPECT_EQ(ping.phone.ping(ask).http, row.http) << address;
        EXPECT_EQ(hanging.phone.sync({.collections = {{.collection = hanging.in}}}).http, row.http) << address;
    }
    EXPECT_FALSE(other.phone.held(100ms));
    // A display name is nobody's business but the phone's next Settings.
    auto const named = godwit({"account", "set", "bob@example.org", "--name", "Robert", "--data", server.data()});
    ASSERT_EQ(named.status, 0) << named.err;
    EXPECT_FALSE(other.phone.held(1500ms));
}

TEST(Operation, SighupReadsTheCertificateAgain) {
    Server server({.tls = true});
    server.account("anna@example.org");
    client::Target target{.tls = true, .host = "127.0.0.1", .port = server.https_port()};
    auto subject = [&] { return client::inspect(target, 5s).value_or(client::Certificate{}).subject; };
    EXPECT_EQ(subject(), "CN=first.example.org");
    Enrolled old(server, "anna@example.org", "OLD");
    make_certificate(server.certificate(), server.key(), "second.example.org");
    EXPECT_EQ(subject(), "CN=first.example.org") << "not before it is told";
    server.signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return subject() == "CN=second.example.org"; }));
    EXPECT_EQ(old.phone.folder_sync(), 1u) << "a connection keeps the certificate that it began with";
    // Files that do not fit change nothing.
    write_file(server.key(), "this is no key");
    server.signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return server.log_lines("certificate kept") == 1; }));
    EXPECT_EQ(subject(), "CN=second.example.org");
}

TEST(Operation, ARestartKeepsPolicyAndSyncKeys) {
    Server server;
    server.account("anna@example.org");
    Enrolled anna(server, "anna@example.org", "KEEP");
    for (int i = 0; i < 3; ++i) server.deliver("anna@example.org", mail("r" + std::to_string(i)));
    ASSERT_EQ(anna.phone.sync_all(anna.in), 1u);
    EXPECT_EQ(server.stop(), 0);
    server.start();
    EXPECT_EQ(anna.phone.folder_sync(), 1u) << "the policy key is not good any more";
    EXPECT_TRUE(anna.phone.sync({.collections = {{.collection = anna.in}}}).empty) << "something is new that is not";
    server.deliver("anna@example.org", mail("r3"));
    ASSERT_EQ(anna.phone.sync_all(anna.in), 1u);
    EXPECT_EQ(anna.phone.model().at(anna.in).items.size(), 4u);
    // Ping's parameters are remembered too (trap 20).
    anna.phone.hold({.heartbeat = 600, .folders = {{anna.in, "Email"}}});
    anna.phone.held(200ms);
    std::thread stopping([&] { server.stop(); });
    EXPECT_TRUE(anna.phone.held(5s));
    stopping.join();
    server.start();
    anna.phone.hold({});
    EXPECT_FALSE(anna.phone.held(300ms));
    server.deliver("anna@example.org", mail("r4"));
    auto woken = anna.phone.held(5s);
    ASSERT_TRUE(woken);
    EXPECT_EQ(woken->status, 2u);
}

TEST(Operation, TwoServersDoNotShareADirectory) {
    Server server;
    auto second = godwit({"serve", "--data", server.data(), "--listen", "127.0.0.1:0", "--lmtp", "127.0.0.1:0"});
    EXPECT_EQ(second.status, 5) << second.err;
    EXPECT_FALSE(second.err.empty());
}

// The bytes of one item are gone from the account's file, as after a bad repair; its row is still there.
void lose_content(std::string const& data, std::string const& item) {
    std::size_t lost = 0;
    for (auto const& entry : std::filesystem::directory_iterator(data + "/accounts")) {
        if (entry.path().extension() != ".db") continue;
        sqlite3* db = nullptr;
        sqlite3_open_v2(entry.path().c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
        sqlite3_busy_timeout(db, 5000);
        auto const sql = "DELETE FROM content WHERE hash = (SELECT content FROM item WHERE id = " + item + ")";
        if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK)
            lost += static_cast<std::size_t>(sqlite3_changes(db));
        sqlite3_close(db);
    }
    ASSERT_EQ(lost, 1u) << "the content of item " << item;
}

// Law 4: one item that cannot be shown does not stop its folder, and the administrator is told which one it is.
TEST(Operation, AccountShowNamesTheItemThatWasIsolated) {
    Server server;
    server.account("anna@example.org");
    for (auto const* subject : {"one", "two", "three"}) server.deliver("anna@example.org", mail(subject));
    Enrolled before(server, "anna@example.org", "BEFORE");
    auto const broken = before.phone.model().at(before.in).find(email::Subject, "two");
    ASSERT_EQ(broken.size(), 1u);
    auto const colon = broken[0].find(':');
    auto const folder = broken[0].substr(0, colon), item = broken[0].substr(colon + 1);
    auto show = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"account", "show", "anna@example.org", "--data", server.data()});
        return godwit(more).out;
    };
    EXPECT_NE(show({"--json"}).find(R"("isolated":[])"), std::string::npos);
    ASSERT_NO_FATAL_FAILURE(lose_content(server.data(), item));
    server.deliver("anna@example.org", mail("four"));

    Enrolled anna(server, "anna@example.org", "AFTER");
    auto& inbox = anna.phone.model().at(anna.in);
    EXPECT_EQ(inbox.items.size(), 4u);
    for (auto const* subject : {"one", "three", "four"})
        EXPECT_EQ(inbox.find(email::Subject, subject).size(), 1u) << subject;
    auto const* stand_in = inbox.item(broken[0]);
    ASSERT_TRUE(stand_in) << "nothing stands for the broken item";
    EXPECT_EQ(client::text_of(*stand_in, email::Subject), "(This message could not be shown)");
    auto const body = std::ranges::find(*stand_in, wbxml::airsyncbase::Body, &client::Element::tag);
    ASSERT_NE(body, stand_in->end());
    auto const* said = body->child(wbxml::airsyncbase::Data);
    ASSERT_TRUE(said);
    EXPECT_NE(said->text.find("does not give"), std::string::npos) << said->text; // and is not called safe
    EXPECT_EQ(said->text.find("safe"), std::string::npos) << said->text;
    EXPECT_TRUE(anna.phone.sync({.collections = {{.collection = anna.in}}}).empty)
        << "the folder does not come to rest";

    auto const text = show({}), json = show({"--json"});
    std::string const reason = "a content that an item names is missing";
    auto const begun = text.find("Isolated items");
    ASSERT_NE(begun, std::string::npos) << text;
    auto const listed = text.substr(begun, text.find("\nOutbox:") - begun);
    EXPECT_NE(listed.find("syncs): 1\n  " + broken[0] + "  "), std::string::npos) << listed;
    EXPECT_TRUE(listed.ends_with("  " + reason + "\n")) << listed;
    auto const named = R"("isolated":[{"item":)" + item + R"(,"folder":)" + folder + R"(,"reason":")" + reason + '"';
    EXPECT_NE(json.find(named), std::string::npos) << json;

    auto const saved = godwit({"export", "anna@example.org", server.data() + "/saved", "--data", server.data()});
    EXPECT_EQ(saved.status, 6) << saved.err; // in part
    EXPECT_NE(saved.err.find(broken[0]), std::string::npos) << saved.err;
    EXPECT_NE(saved.out.find("3 messages"), std::string::npos) << saved.out;
}

TEST(Operation, AccountShowTellsWhatThePhoneSaysOfItself) {
    Server server;
    server.account("anna@example.org");
    Enrolled anna(server, "anna@example.org", "PHONE");
    EXPECT_EQ(anna.phone.describe_device(), 1u);
    auto const json = godwit({"account", "show", "anna@example.org", "--json", "--data", server.data()}).out;
    EXPECT_NE(json.find(R"("description":{"Model":")"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("FriendlyName":"Godwit's own client","OS":"Godwit 1")"), std::string::npos) << json;
    auto const text = godwit({"account", "show", "anna@example.org", "--data", server.data()}).out;
    EXPECT_NE(text.find("OS  Godwit 1"), std::string::npos) << text;
}

} // namespace
} // namespace godwit::e2e
