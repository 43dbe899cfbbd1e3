// kill -9 in the middle of deliveries and syncs: nothing that was acknowledged is lost, nothing is there twice, the
// databases are whole, and phones go on with the keys they have.
#include "server.hpp"
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <thread>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
namespace email = wbxml::email;

// Delivers until the connection breaks; what was acknowledged, and the one whose fate is open.
struct Courier {
    std::set<std::string> acknowledged = {}, tried = {};
    unsigned number = 0;
    void work(Server& server) {
        net::Loop loop;
        auto lmtp = server.lmtp();
        try {
            for (;;) {
                auto subject = "n" + std::to_string(number++);
                tried.insert(subject);
                auto codes = loop.wait_for(lmtp.deliver("max@sample.invalid", {"anna@example.org"}, mail(subject)));
                if (codes == std::vector<unsigned>{250}) acknowledged.insert(subject);
            }
        } catch (client::Failure const&) {
        }
    }
};

// A phone that syncs, marks and asks again whatever happens, as phones do.
void sync_until_broken(BlockingPhone& phone, std::string const& in, std::set<std::string>& marked) {
    try {
        for (;;) {
            if (phone.sync_all(in, 7) != 1) return;
            auto const& items = phone.model().at(in).items;
            if (items.empty()) continue;
            auto const& id = items.rbegin()->first;
            client::SyncAsk mark{.collections = {{.collection = in,
                                                  .get_changes = true,
                                                  .edits = {{.kind = client::Edit::Change,
                                                             .id = id,
                                                             .data = {client::element(email::Read, "1")}}}}}};
            if (phone.sync(mark).of(in).status == 1) marked.insert(id);
        }
    } catch (client::Failure const&) {
    }
}

std::multiset<std::string> subjects(BlockingPhone& phone, std::string const& in) {
    std::multiset<std::string> out;
    for (auto const& [id, item] : phone.model().at(in).items)
        out.insert(std::string(client::text_of(item, email::Subject)));
    return out;
}

class Crash : public testing::TestWithParam<bool> {}; // over TLS
INSTANTIATE_TEST_SUITE_P(Over, Crash, testing::Bool(), [](auto const& way) { return way.param ? "tls" : "plain"; });

TEST_P(Crash, NothingAcknowledgedIsLostNothingIsTwice) {
    Server server(Options{.tls = GetParam()});
    server.account("anna@example.org");
    BlockingPhone phone(server.settings("anna@example.org", "CRASH"));
    ASSERT_EQ(phone.enrol(), 1u);
    auto const in = phone.model().of_type(2)->id;
    Courier courier;
    std::set<std::string> marked;
    std::mt19937 random(20261121);
    constexpr int crashes = 6;
    for (int round = 0; round < crashes; ++round) {
        std::thread post([&] { courier.work(server); });
        std::thread killer([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(300 + random() % 700));
            server.kill_hard();
        });
        sync_until_broken(phone, in, marked);
        killer.join();
        post.join();
        EXPECT_EQ(integrity(server.data()), "ok") << "after crash " << round;
        server.start();
    }
    ASSERT_EQ(phone.sync_all(in), 1u);
    ASSERT_GT(courier.acknowledged.size(), 20u) << "too little was delivered to prove anything";
    BlockingPhone fresh(server.settings("anna@example.org", "FRESH"));
    ASSERT_EQ(fresh.enrol(), 1u);
    ASSERT_EQ(fresh.sync_all(in), 1u);
    auto const truth = subjects(fresh, in);
    EXPECT_EQ(subjects(phone, in), truth) << "the phone that lived through it holds something else";
    for (auto const& subject : courier.acknowledged) EXPECT_EQ(truth.count(subject), 1u) << subject;
    for (auto const& subject : truth) {
        EXPECT_EQ(truth.count(subject), 1u) << subject;
        EXPECT_TRUE(courier.tried.contains(subject));
    }
    for (auto const& id : marked) EXPECT_EQ(client::text_of(*fresh.model().at(in).item(id), email::Read), "1") << id;
}

// An answer that the kill ate: the phone asks again with the key it has.
TEST_P(Crash, TheKeyOfALostAnswerSurvives) {
    Server server(Options{.tls = GetParam()});
    server.account("anna@example.org");
    BlockingPhone phone(server.settings("anna@example.org", "CRASH"));
    ASSERT_EQ(phone.enrol(), 1u);
    auto const in = phone.model().of_type(2)->id;
    auto const policy = phone.phone().policy_key;
    for (int i = 0; i < 5; ++i)
        ASSERT_EQ(server.deliver("anna@example.org", mail("k" + std::to_string(i))), std::vector<unsigned>{250});
    phone.sync({.collections = {{.collection = in, .key = "0"}}});
    for (int i = 0; i < 3; ++i) {
        phone.sync({.collections = {{.collection = in, .window = 2}}, .lose_answer = true});
        server.kill_hard();
        server.start();
    }
    ASSERT_EQ(phone.sync_all(in, 2), 1u);
    EXPECT_EQ(phone.model().at(in).items.size(), 5u);
    EXPECT_EQ(phone.phone().policy_key, policy);
    EXPECT_EQ(phone.folder_sync(), 1u) << "the policy key is good across the crash";
}

} // namespace
} // namespace godwit::e2e
