// Drafts through a whole Sync: hundreds at once, sent once, and what the transaction leaves behind.
#include "command/drafts.hpp"
#include "directory/directory.hpp"
#include "eas/email.hpp"
#include "mime/message.hpp"
#include "source/local.hpp"
#include <chrono>
#include <gtest/gtest.h>

namespace godwit::command {
namespace {
using eas::SyncStatus;

constexpr index::AccountId account{1};
constexpr index::CollectionId inbox{1}, drafts{2}, sent{4};

eas::Fragment data(eas::Email const& email) { return eas::encode_fragment(email, eas::v16_1); }
eas::Email note(std::string subject) {
    return {.to = "max@example.org",
            .subject = std::move(subject),
            .body = eas::Body{.data = eas::Content{"Draft text", false}},
            .bcc = "secret@example.org"};
}

class Drafts : public testing::Test {
protected:
    Drafts() {
        accounts.create(account);
        config.relay_host = "relay.example.org";
    }
    eas::SyncCollectionResponse sync(std::string key, std::vector<eas::ClientCommand> commands = {},
                                     index::CollectionId folder = drafts) {
        eas::SyncCollectionRequest collection{.sync_key = std::move(key),
                                              .collection_id = std::to_string(std::to_underlying(folder))};
        if (!commands.empty()) collection.commands = std::move(commands);
        box.used = false;
        SyncContext context{.device = "phone", .now = now, .postbox = &box};
        auto response = accounts.write_now(account, [&](index::Transaction& tx) {
            return exchange(tx, context, {.collections = std::vector{std::move(collection)}});
        });
        isolated = context.isolated;
        return response.collections.empty() ? eas::SyncCollectionResponse{} : response.collections.front();
    }
    template <class F> auto look(F f) { return accounts.read_now(account, f); }
    std::uint64_t count(index::CollectionId folder) {
        return look([&](index::Transaction& tx) { return tx.item_count(folder); });
    }
    static index::Time const now;
    config::Delivery config;
    net::Pool pool{1};
    index::Accounts accounts{pool, "", [](index::Commit const&) {}};
    directory::Directory directory{pool, "", {}};
    Postbox box{.user = {.id = account, .address = "anna@example.org", .name = "Anna", .aliases = {}},
                .config = config,
                .directory = directory};
    std::size_t isolated = 0;
};
index::Time const Drafts::now{std::chrono::seconds(1'768'478'400)};

// Status 113 is that draft's alone: it was not asked for drafts at all, and a full mailbox answered 503 for the whole
// Sync when one was to be sent, for ever.
TEST_F(Drafts, AFullMailboxRefusesTheDraftAndNotTheSync) {
    auto const full = SyncStatus(std::to_underlying(eas::CommonStatus::MailboxQuotaExceeded));
    auto const quota = [&](std::uint64_t more) {
        accounts.write_now(account, [&](index::Transaction& tx) { tx.set_quota(tx.used() + more); });
    };
    auto const status = [](auto const& response, std::size_t at) {
        return std::visit([](auto const& one) { return std::optional(one.status); }, response.responses.at(at));
    };
    auto large = note("Large");
    large.body->data->bytes.assign(20'000, 'x');
    auto answer = sync(sync("0").sync_key, {eas::ClientAdd{.client_id = "a", .application_data = data(note("Small"))}});
    ASSERT_EQ(status(answer, 0), SyncStatus::Success);
    quota(5000);
    answer =
        sync(answer.sync_key, {eas::ClientAdd{.client_id = "b", .application_data = data(large)},
                               eas::ClientAdd{.client_id = "c", .application_data = data(large), .send = true},
                               eas::ClientChange{.server_id = "2:1", .application_data = data(large)},
                               eas::ClientChange{.server_id = "2:1", .application_data = data(large), .send = true},
                               eas::ClientAdd{.client_id = "d", .application_data = data(note("Small too"))}});
    ASSERT_EQ(answer.responses.size(), 5U);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(status(answer, i), full) << i;
    EXPECT_EQ(status(answer, 4), SyncStatus::Success);
    EXPECT_EQ(count(drafts), 2U);
    EXPECT_EQ(count(sent), 0U);
    EXPECT_TRUE(look([](index::Transaction& tx) { return tx.outbox(); }).empty());
    quota(1000); // the draft goes for its copy in Sent: only what is new of it needs room
    answer = sync(answer.sync_key, {eas::ClientChange{.server_id = "2:1", .send = true}});
    EXPECT_EQ(count(drafts), 1U);
    EXPECT_EQ(count(sent), 1U);
    quota(0);
    answer = sync(answer.sync_key, {eas::ClientDelete{.server_id = "2:2"}}, drafts); // frees what it held
    answer = sync(answer.sync_key, {eas::ClientAdd{.client_id = "e", .application_data = data(note("Small too"))}});
    EXPECT_EQ(status(answer, 0), full); // it went to Deleted Items, as mail does
}

// clients.md: Gmail's FullDraftsUpSync.
TEST_F(Drafts, HundredsInOneSyncAndAgainUnchanged) {
    constexpr std::size_t many = 500;
    std::vector<eas::ClientCommand> adds, changes;
    for (std::size_t i = 0; i < many; ++i) {
        auto words = data(note("Draft " + std::to_string(i)));
        adds.emplace_back(eas::ClientAdd{.client_id = "d" + std::to_string(i), .application_data = words});
        changes.emplace_back(eas::ClientChange{.server_id = "2:" + std::to_string(i + 1), .application_data = words});
    }
    auto begin = std::chrono::steady_clock::now();
    auto primed = sync("0");
    auto added = sync(primed.sync_key, adds);
    ASSERT_EQ(added.responses.size(), many);
    for (auto const& response : added.responses)
        EXPECT_EQ(std::get<eas::AddResponse>(response).status, SyncStatus::Success);
    EXPECT_EQ(count(drafts), many);
    auto before = look([](index::Transaction& tx) { return tx.modseq(); });
    auto changed = sync(added.sync_key, changes);
    EXPECT_TRUE(changed.responses.empty() && changed.commands.empty());
    EXPECT_EQ(look([](index::Transaction& tx) { return tx.modseq(); }), before);   // not one of them has changed
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)); // under sanitizers, machine busy
}

TEST_F(Drafts, WhatIsSentLeavesOnceWithACopyThatKeepsBcc) {
    auto primed = sync("0");
    auto added = sync(primed.sync_key, {eas::ClientAdd{.client_id = "d", .application_data = data(note("Notes"))}});
    ASSERT_EQ(added.responses.size(), 1U);
    auto server_id = std::get<eas::AddResponse>(added.responses[0]).server_id.value();
    std::vector<eas::ClientCommand> send{eas::ClientChange{.server_id = server_id, .send = true}};
    auto gone = sync(added.sync_key, send);
    EXPECT_TRUE(box.used);
    EXPECT_TRUE(gone.responses.empty());
    ASSERT_EQ(gone.commands.size(), 1U);
    EXPECT_EQ(std::get<eas::ServerDelete>(gone.commands[0]).server_id, server_id);
    auto again = sync(added.sync_key, send); // the answer was lost (laws 1 and 2)
    EXPECT_TRUE(again.responses.empty());
    sync(again.sync_key, send); // nonsense, and harmless
    EXPECT_EQ(count(drafts), 0U);
    EXPECT_EQ(count(sent), 1U);
    look([&](index::Transaction& tx) {
        auto rows = tx.outbox();
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].recipients, (std::vector<std::string>{"max@example.org", "secret@example.org"}));
        auto outgoing = tx.content(rows[0].content);
        EXPECT_FALSE(outgoing.contains("secret@"));
        EXPECT_TRUE(outgoing.contains("\r\nDate: ") || outgoing.starts_with("Date: "));
        auto copies = tx.walk(sent, {}, {}, 10);
        EXPECT_TRUE(tx.content(copies.at(0).content).contains("secret@"));
        EXPECT_TRUE(copies[0].marks.read);
    });
}

// A phone keeps the draft, the sent copy and the answers together by ConversationId.
TEST_F(Drafts, ADraftItsSentCopyAndWhoAnswersIt) {
    auto primed = sync("0");
    auto added = sync(primed.sync_key, {eas::ClientAdd{.client_id = "d", .application_data = data(note("Notes"))}});
    auto server_id = std::get<eas::AddResponse>(added.responses.at(0)).server_id.value();
    auto draft = look([](index::Transaction& tx) { return tx.walk(drafts, {}, {}, 1).at(0); });
    auto id = look([&](index::Transaction& tx) {
        auto bytes = tx.content(draft.content);
        return mime::Message::parse(bytes).message_id();
    });
    EXPECT_EQ(draft.thread.size(), 16U);
    sync(added.sync_key, {eas::ClientChange{.server_id = server_id, .send = true}});
    accounts.write_now(account, [&](index::Transaction& tx) {
        auto mail = "Message-ID: <other@x>\r\nReferences: <root@x>\r\nIn-Reply-To: <" + id + ">\r\n\r\n";
        source::append(tx, inbox, mail, {}, now);
        for (auto folder : {sent, inbox}) EXPECT_EQ(tx.walk(folder, {}, {}, 1).at(0).thread, draft.thread);
        tx.sweep_threads(10); // the draft has gone, its conversation has not
        source::append(tx, inbox, "References: <root@x>\r\n\r\n", {}, now);
        EXPECT_EQ(tx.in_thread(draft.thread, {}, {}, 10).size(), 3U);
    });
}

TEST_F(Drafts, AnAddThatIsSentMakesNoItem) {
    auto primed = sync("0");
    std::vector<eas::ClientCommand> add{
        eas::ClientAdd{.client_id = "d", .application_data = data(note("Notes")), .send = true}};
    for (int i = 0; i < 2; ++i) {
        auto answer = sync(primed.sync_key, add);
        ASSERT_EQ(answer.responses.size(), 1U);
        auto const& response = std::get<eas::AddResponse>(answer.responses[0]);
        EXPECT_EQ(response.status, SyncStatus::Success);
        EXPECT_FALSE(response.server_id);
        EXPECT_TRUE(answer.commands.empty());
    }
    EXPECT_EQ(count(drafts), 0U);
    EXPECT_EQ(count(sent), 1U);
    EXPECT_EQ(look([](index::Transaction& tx) { return tx.outbox().size(); }), 1U);
}

// The user saves a draft, the answer is lost, he sends it: the phone, which has no ServerId, adds it again with Send.
TEST_F(Drafts, WhatWasSavedWithoutAnAnswerLeavesDraftsWhenItIsSent) {
    auto primed = sync("0");
    eas::ClientAdd add{.client_id = "d", .application_data = data(note("Notes"))};
    sync(primed.sync_key, {add});
    EXPECT_EQ(count(drafts), 1U);
    auto saved = add;
    add.send = true;
    for (auto const& said : {add, add, saved}) { // the last is a late duplicate
        auto answer = sync(primed.sync_key, {said});
        EXPECT_EQ(std::get<eas::AddResponse>(answer.responses.at(0)).status, SyncStatus::Success);
        EXPECT_EQ(count(drafts), 0U);
        EXPECT_EQ(count(sent), 1U);
        EXPECT_EQ(look([](index::Transaction& tx) { return tx.outbox().size(); }), 1U);
    }
}

// Incident 2.7: after a reset the phone adds its drafts again, as it has them by now.
TEST_F(Drafts, WhatWasChangedSinceItWasAddedIsRecognisedAfterAReset) {
    auto primed = sync("0");
    auto added = sync(primed.sync_key, {eas::ClientAdd{.client_id = "d", .application_data = data(note("First"))}});
    auto server_id = std::get<eas::AddResponse>(added.responses.at(0)).server_id.value();
    sync(added.sync_key, {eas::ClientChange{.server_id = server_id, .application_data = data({.subject = "Second"})}});
    auto again = sync("0");
    auto words = data(note("Second")), other = data(note("Third"));
    auto answer = sync(again.sync_key, {eas::ClientAdd{.client_id = "n1", .application_data = other},
                                        eas::ClientAdd{.client_id = "n2", .application_data = words},
                                        eas::ClientAdd{.client_id = "n3", .application_data = words}});
    ASSERT_EQ(answer.responses.size(), 3U);
    EXPECT_NE(std::get<eas::AddResponse>(answer.responses[0]).server_id, server_id);
    EXPECT_EQ(std::get<eas::AddResponse>(answer.responses[1]).server_id, server_id);
    EXPECT_NE(std::get<eas::AddResponse>(answer.responses[2]).server_id, server_id); // two drafts of the same words
    EXPECT_EQ(count(drafts), 3U);
}

// A sending that fails undoes nothing else of the request, and leaves nothing of itself (law 7).
TEST_F(Drafts, ASendingThatFailsLeavesTheDraftAsItWas) {
    auto primed = sync("0");
    auto nobody = note("To nobody");
    nobody.to.reset(), nobody.bcc.reset();
    auto added = sync(primed.sync_key, {eas::ClientAdd{.client_id = "d", .application_data = data(nobody)}});
    auto server_id = std::get<eas::AddResponse>(added.responses.at(0)).server_id.value();
    auto content = look([&](index::Transaction& tx) { return tx.walk(drafts, {}, {}, 1).at(0).content; });
    auto refused = sync(
        added.sync_key,
        {eas::ClientChange{.server_id = server_id, .application_data = data({.subject = "changed"}), .send = true}});
    ASSERT_EQ(refused.responses.size(), 1U);
    EXPECT_EQ(std::to_underlying(std::get<eas::ChangeResponse>(refused.responses[0]).status), 183);
    EXPECT_FALSE(box.used);
    look([&](index::Transaction& tx) {
        EXPECT_EQ(tx.walk(drafts, {}, {}, 1).at(0).content, content);
        EXPECT_TRUE(tx.outbox().empty());
        EXPECT_EQ(tx.item_count(sent), 0U);
    });
    config.relay_host = ""; // mail for others has no way out: 120
    auto away = note("Away");
    away.to = "x@elsewhere.example";
    auto nowhere =
        sync(refused.sync_key, {eas::ClientAdd{.client_id = "e", .application_data = data(away), .send = true}});
    EXPECT_EQ(std::to_underlying(std::get<eas::AddResponse>(nowhere.responses.at(0)).status), 120);
}

// Law 4: what cannot be read is shown as that, listed, and stops nothing.
TEST_F(Drafts, ContentThatIsGoneIsToldAsAStandIn) {
    accounts.write_now(account, [&](index::Transaction& tx) {
        source::append(tx, inbox, "Subject: good\r\n\r\nx", {}, now);
        tx.add_item({.folder = inbox, .received = now, .content = std::string(32, '\x7F'), .size = 10});
    });
    auto primed = sync("0", {}, inbox);
    auto told = sync(primed.sync_key, {}, inbox);
    ASSERT_EQ(told.commands.size(), 2U);
    std::vector<std::string> subjects;
    for (auto const& command : told.commands) {
        auto email = eas::decode<eas::Email>(std::get<eas::ServerAdd>(command).application_data, eas::v16_1);
        ASSERT_TRUE(email);
        subjects.push_back(email->subject.value());
    }
    EXPECT_EQ(subjects, (std::vector<std::string>{"(This message could not be shown)", "good"}));
    EXPECT_EQ(isolated, 1U);
    EXPECT_EQ(look([](index::Transaction& tx) { return tx.isolated().size(); }), 1U);
    auto fetched = sync(told.sync_key, {eas::ClientFetch{"1:2"}}, inbox);
    EXPECT_TRUE(std::get<eas::FetchResponse>(fetched.responses.at(0)).application_data);
}

} // namespace
} // namespace godwit::command
