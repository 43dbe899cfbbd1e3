// Laws 1 and 2 over the wire: answers that are lost, requests that come twice, keys that are old or made up.
#include "client/request.hpp"
#include "server.hpp"
#include <gtest/gtest.h>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using client::Edit;
using client::element;
namespace email = wbxml::email;

class Replay : public testing::Test {
protected:
    static void SetUpTestSuite() {
        server = std::make_unique<Server>();
        server->account("cara@example.org");
    }
    static void TearDownTestSuite() { server.reset(); }
    void SetUp() override {
        login = std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + "@example.org";
        server->account(login);
        phone = std::make_unique<BlockingPhone>(server->settings(login, "REPLAY"));
        ASSERT_EQ(phone->enrol(), 1u);
        in = phone->model().of_type(2)->id;
    }
    void deliver(unsigned count) {
        for (unsigned i = 0; i < count; ++i)
            ASSERT_EQ(server->deliver(login, mail("m" + std::to_string(delivered++))), std::vector<unsigned>{250});
    }
    client::SyncAsk ask(unsigned window = 10) { return {.collections = {{.collection = in, .window = window}}}; }
    std::size_t held() { return phone->model().at(in).items.size(); }
    static std::unique_ptr<Server> server;
    std::unique_ptr<BlockingPhone> phone;
    std::string login, in;
    unsigned delivered = 0;
};
std::unique_ptr<Server> Replay::server;

// Law 2: the previous key is always still good, page by page.
TEST_F(Replay, EveryLostPageComesAgain) {
    deliver(25);
    auto prime = client::SyncAsk{.collections = {{.collection = in, .key = "0"}}};
    phone->sync(prime);
    for (int page = 0; page < 3; ++page) {
        auto lost = ask();
        lost.lose_answer = true;
        phone->sync(lost);
        phone->sync(lost);
        auto heard = phone->sync(ask());
        EXPECT_EQ(heard.of(in).status, 1u);
        EXPECT_EQ(heard.of(in).more, page < 2);
    }
    EXPECT_EQ(held(), 25u);
    EXPECT_TRUE(phone->sync(ask()).empty);
}

// Law 2: what happened since comes too, and the model would notice anything that came twice.
TEST_F(Replay, NewsDuringALostAnswer) {
    ASSERT_EQ(phone->sync_all(in), 1u);
    deliver(2);
    auto lost = ask();
    lost.lose_answer = true;
    phone->sync(lost);
    deliver(3);
    ASSERT_EQ(phone->sync_all(in), 1u);
    EXPECT_EQ(held(), 5u);
}

// Law 1: what the phone did has the effect of one.
TEST_F(Replay, EditsOfALostAnswerAreDoneOnce) {
    deliver(3);
    ASSERT_EQ(phone->sync_all(in), 1u);
    auto items = phone->model().at(in).items;
    auto first = items.begin()->first, last = items.rbegin()->first;
    client::SyncAsk edits{
        .collections = {{.collection = in,
                         .get_changes = true,
                         .edits = {{.kind = Edit::Change, .id = first, .data = {element(email::Read, "1")}},
                                   {.kind = Edit::Delete, .id = last}}}},
        .lose_answer = true};
    phone->sync(edits);
    edits.lose_answer = false;
    auto again = phone->sync(edits);
    EXPECT_EQ(again.of(in).status, 1u);
    EXPECT_TRUE(again.of(in).edit_status.empty()) << "an edit that was done already is no error";
    ASSERT_EQ(phone->sync_all(in), 1u);
    EXPECT_EQ(held(), 2u);
    BlockingPhone fresh(server->settings(login, "FRESH"));
    ASSERT_EQ(fresh.enrol(), 1u);
    ASSERT_EQ(fresh.sync_all(in), 1u);
    EXPECT_EQ(fresh.model().at(in).items.size(), 2u);
    EXPECT_EQ(client::text_of(*fresh.model().at(in).item(first), email::Read), "1");
    auto trash = fresh.model().of_type(4)->id;
    ASSERT_EQ(fresh.sync_all(trash), 1u);
    EXPECT_EQ(fresh.model().at(trash).items.size(), 1u) << "the deleted message lies in the trash once";
}

// Law 2: any older key starts over by status, never by a guess; key 0 then gives all of it again.
TEST_F(Replay, AKeyOfTwoGenerationsAgoStartsOver) {
    deliver(1);
    ASSERT_EQ(phone->sync_all(in), 1u);
    auto old = phone->model().at(in).key;
    for (int i = 0; i < 2; ++i) {
        deliver(1);
        ASSERT_EQ(phone->sync_all(in), 1u);
    }
    auto stale = ask();
    stale.collections[0].key = old;
    EXPECT_EQ(phone->sync(stale).of(in).status, 3u);
    client::Model::reset(phone->model().at(in));
    ASSERT_EQ(phone->sync_all(in), 1u);
    EXPECT_EQ(held(), 3u);
}

TEST_F(Replay, AMadeUpKeyStartsOver) {
    ASSERT_EQ(phone->sync_all(in), 1u);
    for (auto const* key : {"1", "999999999", "x", "1.999", "-1", "18446744073709551616.1", "{uuid}7"}) {
        auto made_up = ask();
        made_up.collections[0].key = key;
        EXPECT_EQ(phone->sync(made_up).of(in).status, 3u) << key;
    }
}

// Law 1: a ClientId makes the resend harmless; from 14.0 the second is told so (status 118, trap 45), across a restart too.
TEST_F(Replay, ALetterSentTwiceArrivesOnce) {
    BlockingPhone cara(server->settings("cara@example.org", "CARA"));
    ASSERT_EQ(cara.enrol(), 1u);
    auto cara_in = cara.model().of_type(2)->id;
    ASSERT_EQ(cara.sync_all(cara_in), 1u);
    std::string const letter = "From: " + login + "\r\nTo: cara@example.org\r\nSubject: once\r\n\r\n.\r\n";
    EXPECT_EQ(phone->send_mail(letter, "same-id"), 1u);
    EXPECT_EQ(phone->send_mail(letter, "same-id"), 118u);
    EXPECT_EQ(server->stop(), 0);
    server->start();
    EXPECT_EQ(phone->send_mail(letter, "same-id"), 118u);
    ASSERT_EQ(cara.sync_all(cara_in), 1u);
    EXPECT_EQ(cara.model().at(cara_in).find(email::Subject, "once").size(), 1u);
    auto sent = phone->model().of_type(5)->id;
    ASSERT_EQ(phone->sync_all(sent), 1u);
    EXPECT_EQ(phone->model().at(sent).items.size(), 1u);
}

// MS-ASCMD 2.2.1.21: an empty request repeats the last one; without one it is status 13 (trap 16).
TEST_F(Replay, TheEmptyRequestRepeats) {
    ASSERT_EQ(phone->sync_all(in), 1u);
    EXPECT_TRUE(phone->sync(ask()).empty);
    EXPECT_TRUE(phone->sync({.repeat = true}).empty);
    deliver(1);
    auto news = phone->sync({.repeat = true});
    EXPECT_EQ(news.of(in).added.size(), 1u);
    BlockingPhone fresh(server->settings(login, "FRESH"));
    ASSERT_EQ(fresh.enrol(), 1u);
    EXPECT_EQ(fresh.sync({.repeat = true}).status, 13u);
}

// A Sync that waits hears of news, and ends with "no change" when the phone asks again (DESIGN: one phone at a time).
TEST_F(Replay, AHangingSyncIsAnsweredByNews) {
    ASSERT_EQ(phone->sync_all(in), 1u);
    phone->hold_sync({.collections = {{.collection = in}}, .heartbeat = 600});
    EXPECT_FALSE(phone->held_sync(300ms));
    deliver(1);
    auto news = phone->held_sync(5s);
    ASSERT_TRUE(news);
    EXPECT_EQ(news->of(in).added.size(), 1u);
    phone->hold_sync({.collections = {{.collection = in}}, .heartbeat = 600});
    EXPECT_FALSE(phone->held_sync(300ms));
    EXPECT_TRUE(phone->sync(ask()).empty);
    EXPECT_TRUE(phone->held_sync(5s)) << "the held request is ended by the newer one";
}

TEST_F(Replay, OutOfRangeWaitsAreToldTheLimit) {
    ASSERT_EQ(phone->sync_all(in), 1u);
    struct Row {
        std::optional<unsigned> wait, heartbeat;
        unsigned limit;
    };
    for (auto const& row : {Row{0, {}, 1}, Row{60, {}, 59}, Row{{}, 59, 60}, Row{{}, 3541, 3540}}) {
        auto answer = phone->sync({.collections = {{.collection = in}}, .wait = row.wait, .heartbeat = row.heartbeat});
        EXPECT_EQ(answer.status, 14u);
        EXPECT_EQ(answer.limit, row.limit);
    }
    EXPECT_EQ(phone->sync({.collections = {{.collection = in}}, .wait = 5, .heartbeat = 300}).status, 4u);
}

TEST_F(Replay, PingSaysWhatIsWrong) {
    ASSERT_EQ(phone->sync_all(in), 1u);
    EXPECT_EQ(phone->ping({}).status, 3u) << "nothing is cached";
    auto low = phone->ping({.heartbeat = 10, .folders = {{in, "Email"}}});
    EXPECT_EQ(low.status, 5u);
    EXPECT_EQ(low.heartbeat, 60u);
    auto high = phone->ping({.heartbeat = 9999, .folders = {{in, "Email"}}});
    EXPECT_EQ(high.status, 5u);
    EXPECT_EQ(high.heartbeat, 3540u);
    std::vector<std::pair<std::string, std::string>> many;
    for (int i = 0; i < 400; ++i) many.emplace_back(std::to_string(1000 + i), "Email");
    auto folders = phone->ping({.heartbeat = 60, .folders = many});
    EXPECT_EQ(folders.status, 6u);
    EXPECT_EQ(folders.max_folders, 300u);
    // clients.md 4.1: a folder that was never synced is ignored, not fatal; and the parameters are remembered (trap 20).
    auto sent = phone->model().of_type(5)->id;
    phone->hold({.heartbeat = 600, .folders = {{sent, "Email"}, {in, "Email"}}});
    EXPECT_FALSE(phone->held(200ms));
    deliver(1);
    auto woken = phone->held(5s);
    ASSERT_TRUE(woken);
    EXPECT_EQ(woken->changed, std::vector<std::string>{in});
    ASSERT_EQ(phone->sync_all(in), 1u);
    phone->hold({});
    EXPECT_FALSE(phone->held(200ms));
    deliver(1);
    ASSERT_TRUE(phone->held(5s));
}

// Traps 3 and 4: a Ping wakes once for what came, even when the phone does not sync then, and acknowledges nothing.
TEST_F(Replay, APingIsNoAcknowledgement) {
    ASSERT_EQ(phone->sync_all(in), 1u);
    deliver(1);
    auto lost = ask();
    lost.lose_answer = true;
    phone->sync(lost);
    phone->hold({.heartbeat = 600, .folders = {{in, "Email"}}});
    phone->held(300ms);
    ASSERT_EQ(phone->sync_all(in), 1u);
    EXPECT_EQ(held(), 1u);
}

} // namespace
} // namespace godwit::e2e
