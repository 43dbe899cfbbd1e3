// A phone, the real server, a real Postfix: what is sent leaves once, and what cannot leave comes back, whoever dies.
#include "postfix_fixture.hpp"
#include "server.hpp"
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <sqlite3.h>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using client::text_of;
using delivery::Postfix;
namespace email = wbxml::email;

std::string letter(std::string const& to, std::string const& subject) {
    return "From: anna@example.org\r\nTo: " + to + "\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject +
           "@phone>\r\nDate: Thu, 15 Jan 2026 12:00:00 +0000\r\n\r\nhello\r\n";
}

class Sending : public testing::Test {
protected:
    void SetUp() override {
        if (auto const why = Postfix::missing(); !why.empty()) GTEST_SKIP() << why;
        postfix.emplace();
        postfix->start();
        Options options;
        options.config =
            "[delivery]\nrelay_host = \"127.0.0.1\"\nrelay_tls = \"none\"\nrelay_timeout = 20\nrelay_port = " +
            std::to_string(postfix->port()) + "\n";
        server.emplace(options);
        server->account("anna@example.org");
        phone.emplace(server->settings("anna@example.org", "PHONE"));
        ASSERT_EQ(phone->enrol(), 1u);
        in = phone->model().of_type(2)->id;
        ASSERT_EQ(phone->sync_all(in), 1u);
    }
    void answer(std::string const& recipients) { // what Postfix says to whom
        postfix->recipients(recipients);
        postfix->reload();
    }
    struct Row {
        std::int64_t attempts = 0;
        std::string error = {};
    };
    // The rows of the outbox, as they lie on the disk.
    std::vector<Row> outbox(char const* first = "SELECT 1") {
        std::vector<Row> rows;
        for (auto const& entry : std::filesystem::directory_iterator(server->data() + "/accounts")) {
            if (entry.path().extension() != ".db") continue;
            sqlite3* db = nullptr;
            sqlite3_open_v2(entry.path().c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
            sqlite3_busy_timeout(db, 5000);
            sqlite3_exec(db, first, nullptr, nullptr, nullptr);
            auto note = [](void* into, int, char** v, char**) {
                static_cast<std::vector<Row>*>(into)->push_back({std::stol(v[0]), v[1]});
                return 0;
            };
            sqlite3_exec(db, "SELECT attempts, last_error FROM outbox ORDER BY id", note, &rows, nullptr);
            sqlite3_close(db);
        }
        return rows;
    }
    // As though the minutes until the next attempt had passed.
    void start_when_it_is_due() {
        outbox("UPDATE outbox SET next_attempt = 0");
        server->start();
    }
    bool all_left() {
        return eventually([&] { return outbox().empty(); }, 30s);
    }
    std::vector<std::string> subjects() { // of what Postfix has delivered
        std::vector<std::string> out;
        for (auto const& mail : postfix->mail(0)) {
            auto const at = mail.find("\nSubject: ") + 10;
            out.push_back(mail.substr(at, mail.find('\n', at) - at));
        }
        std::ranges::sort(out);
        return out;
    }
    std::optional<Postfix> postfix;
    std::optional<Server> server;
    std::optional<BlockingPhone> phone;
    std::string in;
};
using Subjects = std::vector<std::string>;

TEST_F(Sending, ARefusalIsPushedToThePhone) {
    answer("no@y.org 550 5.1.1 who is that\n");
    phone->hold({.heartbeat = 600, .folders = {{in, "Email"}}});
    ASSERT_FALSE(phone->held(300ms));
    ASSERT_EQ(phone->send_mail(letter("carl@y.org, no@y.org", "refused"), "c1"), 1u);
    auto const pushed = phone->held(20s);
    ASSERT_TRUE(pushed) << server->log();
    EXPECT_EQ(pushed->status, 2u);
    ASSERT_EQ(phone->sync_all(in, 100, client::mail_options(1, 20000)), 1u);
    auto const& items = phone->model().at(in).items;
    ASSERT_EQ(items.size(), 1u);
    auto const& report = items.begin()->second;
    EXPECT_EQ(text_of(report, email::MessageClass), "REPORT.IPM.Note.NDR");
    auto const* body = client::property(report, wbxml::airsyncbase::Body);
    ASSERT_TRUE(body);
    EXPECT_TRUE(body->value(wbxml::airsyncbase::Data).contains("no@y.org\r\n        550 5.1.1 "));
    EXPECT_TRUE(body->value(wbxml::airsyncbase::Data).contains("who is that"));
    EXPECT_TRUE(all_left());
    EXPECT_EQ(postfix->mail(1).size(), 1u) << "the other has it";
}

TEST_F(Sending, ARelayThatIsAwayGetsItOnceWhenItIsBack) {
    postfix->kill();
    ASSERT_EQ(phone->send_mail(letter("carl@y.org", "patient"), "c1"), 1u) << "the phone does not wait for the relay";
    ASSERT_TRUE(eventually([&] { return !outbox().empty() && outbox()[0].attempts == 1; })) << server->log();
    server->kill_hard();
    EXPECT_EQ(integrity(server->data()), "ok");
    ASSERT_EQ(outbox().size(), 1u) << "it is still ours";
    postfix->start();
    start_when_it_is_due();
    EXPECT_TRUE(all_left()) << outbox()[0].error;
    EXPECT_EQ(postfix->mail(1).size(), 1u);
    EXPECT_EQ(phone->send_mail(letter("carl@y.org", "patient"), "c1"), 118u) << "the phone has not heard the answer";
    ASSERT_EQ(phone->send_mail(letter("carl@y.org", "second"), "c2"), 1u);
    EXPECT_TRUE(all_left());
    EXPECT_EQ(postfix->mail(2).size(), 2u);
    EXPECT_EQ(subjects(), (Subjects{"patient", "second"}));
    ASSERT_EQ(phone->sync_all(in), 1u);
    EXPECT_TRUE(phone->model().at(in).items.empty()) << "no report: nothing has failed";
}

// Killed in the middle of the conversation with the relay, before the message was taken.
TEST_F(Sending, AServerThatIsKilledSendsItOnce) {
    answer("slow@y.org sleep 3\n");
    auto const connected = [&](std::size_t before) {
        return eventually([&] { return postfix->log().find("connect from localhost", before) != std::string::npos; });
    };
    for (auto const* subject : {"first", "second"}) {
        auto const before = postfix->log().size();
        ASSERT_EQ(phone->send_mail(letter("slow@y.org", subject), subject), 1u);
        ASSERT_TRUE(connected(before)) << postfix->log();
        server->kill_hard();
        ASSERT_EQ(outbox().size(), 1u);
        EXPECT_EQ(outbox()[0].attempts, 0) << "due at once when the server is back";
        server->start();
        EXPECT_TRUE(all_left()) << server->log();
        EXPECT_EQ(phone->send_mail(letter("slow@y.org", subject), subject), 118u);
    }
    EXPECT_EQ(postfix->mail(2).size(), 2u);
    EXPECT_EQ(subjects(), (Subjects{"first", "second"}));
    ASSERT_EQ(phone->sync_all(phone->model().of_type(5)->id), 1u);
    EXPECT_EQ(phone->model().at(phone->model().of_type(5)->id).items.size(), 2u) << "Sent holds each once";
}

} // namespace
} // namespace godwit::e2e
