// The copy of a live account against a server of our own that misbehaves as servers do.
#include "source/imap_fixture.hpp"
#include "source/imap_state.hpp"
#include <algorithm>

namespace godwit::source {
namespace {

TEST_F(ImapImport, copies_folders_flags_and_dates_and_only_once) {
    auto& inbox = fill("INBOX", 3);
    inbox.messages[1].flags = "\\Seen \\Flagged \\Answered";
    inbox.messages[2].flags = "\\Deleted";
    inbox.add("Subject: draft\r\n\r\n", "\\Draft");
    fill("Raus", 2).attributes = "\\Sent";
    fill("Work.2024", 1);
    server.boxes["Empty"];
    auto const first = run().total();
    EXPECT_EQ(first.added, 6U);
    EXPECT_EQ(first.deleted, 1U);
    EXPECT_EQ(in("Inbox"), 2U);
    EXPECT_EQ(in("Drafts"), 1U);
    EXPECT_EQ(in("Sent Items"), 2U);
    EXPECT_EQ(in("2024"), 1U);
    accounts.read_now(anna, [](Transaction& tx) {
        auto const inbox_id = tx.folder_of(index::FolderType::Inbox)->id;
        auto const items = tx.walk(inbox_id, {}, {index::Time::min(), index::ItemId(0)}, 10);
        index::Time const received(std::chrono::seconds(1704363072));
        EXPECT_EQ(items.back().received, received) << "INTERNALDATE";
        EXPECT_EQ(items.back().marks,
                  (index::Marks{.read = true, .flag_status = 2, .last_verb = 1, .last_verb_time = received}));
        auto const folders = tx.folders();
        EXPECT_TRUE(std::ranges::any_of(folders, [](auto const& f) { return f.name == "Empty"; }));
    });
    server.heard.clear();
    EXPECT_EQ(run().total().added, 0U);
    EXPECT_EQ(last.total().updated, 0U);
    EXPECT_TRUE(std::ranges::none_of(server.heard, [](auto const& line) { return line.contains("BODY"); }));
    fill("INBOX", 1);
    auto const third = run().total();
    EXPECT_EQ(third.added, 1U);
    EXPECT_EQ(third.known, 7U);
    EXPECT_EQ(server.count("SELECT") + server.count("UID STORE"), 0U) << "nothing is changed on the server";
    EXPECT_EQ(server.count("AUTHENTICATE PLAIN AGFubmEAc2VjIHJldCI="), 2U) << "of the second run and the third";
}

TEST_F(ImapImport, a_stopped_copy_goes_on_behind_its_last_message) {
    fill("INBOX", 20);
    options.batch = 6;
    struct Stop {};
    EXPECT_THROW(run([](ImapReport const& now) {
                     if (now.total().added >= 12) throw Stop();
                 }),
                 Stop);
    EXPECT_EQ(in("Inbox"), 12U);
    EXPECT_EQ(run().total().added, 8U);
    EXPECT_EQ(last.total().known, 12U);
    EXPECT_EQ(in("Inbox"), 20U);
}

TEST_F(ImapImport, equal_messages_stay_as_many_as_they_were) {
    for (int i = 0; i < 3; ++i) server.boxes["INBOX"].add("Subject: same\r\n\r\n");
    run();
    EXPECT_EQ(in("Inbox"), 3U);
    server.boxes["INBOX"].validity = 2; // and everything is looked at again
    fill("INBOX", 1);
    auto const again = run().total();
    EXPECT_EQ(again.added, 1U);
    EXPECT_EQ(again.known, 3U);
    EXPECT_EQ(in("Inbox"), 4U);
    server.boxes["INBOX"].add("Subject: same\r\n\r\n");
    EXPECT_EQ(run().total().added, 1U) << "a fourth one, under UIDs that hold again";
}

TEST_F(ImapImport, a_server_whose_uids_do_not_last_brings_nothing_twice) {
    fill("INBOX", 3);
    server.boxes["INBOX"].add("Subject: INBOX 0\r\n\r\nx\r\n");
    server.boxes["INBOX"].validity = 0;
    EXPECT_EQ(run().total().added, 4U);
    EXPECT_EQ(run().total().added, 0U);
    EXPECT_EQ(in("Inbox"), 4U);
}

TEST_F(ImapImport, uidvalidity_that_changes_in_the_middle_starts_the_mailbox_over) {
    fill("INBOX", 10);
    options.batch = 4;
    server.odd = [&](std::string const& command) -> std::optional<std::string> {
        if (!command.contains("BODY.PEEK") || !command.contains("5:")) return {};
        server.odd = {};
        server.boxes["INBOX"].validity = 9;
        return "\x04";
    };
    EXPECT_EQ(run().total().added, 10U);
    EXPECT_EQ(in("Inbox"), 10U);
    EXPECT_EQ(last.stopped, "");
}

TEST_F(ImapImport, a_connection_that_breaks_is_made_again) {
    fill("INBOX", 30);
    options.batch = 7;
    unsigned breaks = 0;
    server.odd = [&](std::string const& command) -> std::optional<std::string> {
        if (!command.contains("BODY.PEEK") || ++breaks % 2 == 0) return {};
        return breaks == 3 ? "* BYE too busy\r\n\x04" : "* 1 FETCH (UID 1 BODY[] {100}\r\nhalf\x04";
    };
    EXPECT_EQ(run().total().added, 30U);
    EXPECT_EQ(in("Inbox"), 30U);
    EXPECT_GT(server.connections, 3U);
}

TEST_F(ImapImport, what_came_before_the_break_is_not_fetched_again) {
    fill("INBOX", 4);
    bool broken = false;
    server.odd = [&](std::string const& command) -> std::optional<std::string> {
        if (!command.contains("BODY.PEEK") || broken) return {};
        broken = true;
        return "* 1 FETCH (UID 1 BODY[] {5}\r\na\r\n\r\n)\r\n* 2 FETCH (UID 2 BODY[] {5}\r\nb\r\n\r\n)\r\n\x04";
    };
    EXPECT_EQ(run().total().added, 4U);
    EXPECT_EQ(server.count("UID FETCH 1 "), 0U);
    EXPECT_EQ(mail().count("Inbox"), 4U);
}

TEST_F(ImapImport, a_message_that_ends_every_connection_is_named_and_the_rest_comes) {
    fill("INBOX", 10);
    auto culprit = [](std::string const& command) -> std::optional<std::string> {
        if (!command.contains("BODY.PEEK")) return {};
        auto const set = command.substr(10, command.find(' ', 10) - 10);
        for (auto const* with : {"5", "1:10", "2:5", "3:6", "4:7", "5:8"})
            if (set == with) return "\x04";
        return {};
    };
    server.odd = culprit;
    EXPECT_EQ(run().total().added, 9U);
    ASSERT_EQ(last.failures.size(), 1U);
    EXPECT_EQ(last.failures[0].origin, "INBOX, UID 5");
    server.odd = {};
    auto const again = run().total();
    EXPECT_EQ(again.added, 1U) << "the next run tries it again";
    EXPECT_EQ(again.known, 9U);
    EXPECT_EQ(run().total().added, 0U);
}

struct OddFetch {
    char const *what, *answer; // to the fetch of UID 2's content, alone or with the others
    char const* reason;        // part of it; empty: gone without a complaint
};
TEST_F(ImapImport, one_bad_message_never_stops_a_folder) { // law 4
    for (auto const& row : {OddFetch{"NIL", "* 2 FETCH (UID 2 BODY[] NIL)\r\nTAG OK\r\n", "NIL"},
                            {"nothing", "TAG OK\r\n", "sends nothing"},
                            {"NO", "TAG NO [SERVERBUG] mail is broken\r\n", "mail is broken"},
                            {"BAD", "TAG BAD what\r\n", "what"},
                            {"no sense", "* 2 FETCH (UID 2 BODY[] {1}\r\nx\r\nTAG OK\r\n", "sends nothing"},
                            {"another's", "* 2 FETCH (UID 99 BODY[] {1}\r\nx)\r\nTAG OK\r\n", "sends nothing"},
                            {"too large", "* 2 FETCH (UID 2 BODY[] {200}\r\n", "more than the limit"}}) {
        server.boxes["INBOX"] = {.validity = static_cast<std::uint32_t>(row.what[0] * 256 + row.what[1])};
        for (int i = 0; i < 3; ++i)
            server.boxes["INBOX"].add(std::string(row.what) + std::to_string(i) + ": x\r\n\r\n");
        options.max_message_bytes = 150;
        server.odd = [&](std::string const& command) -> std::optional<std::string> {
            if (!command.contains("BODY.PEEK")) return {};
            if (command.contains(" 2 ") || command.contains(" 1:3 ")) {
                std::string answer = row.answer;
                if (answer.ends_with("{200}\r\n")) answer += std::string(200, 'x') + ")\r\nTAG OK\r\n";
                return answer;
            }
            return {};
        };
        auto const count = run().total();
        EXPECT_EQ(count.added, 2U) << row.what;
        EXPECT_EQ(count.failed, 1U) << row.what;
        ASSERT_EQ(last.failures.size(), 1U) << row.what;
        EXPECT_TRUE(last.failures[0].reason.contains(row.reason)) << row.what << ": " << last.failures[0].reason;
    }
}

TEST_F(ImapImport, what_is_expunged_meanwhile_is_no_failure) {
    fill("INBOX", 3);
    server.odd = [&](std::string const& command) -> std::optional<std::string> {
        if (!command.contains("BODY.PEEK")) return {};
        server.odd = {};
        server.boxes["INBOX"].messages.erase(2);
        return {};
    };
    auto const count = run().total();
    EXPECT_EQ(count.added, 2U);
    EXPECT_EQ(count.gone, 1U);
    EXPECT_EQ(count.failed, 0U);
}

TEST_F(ImapImport, a_mailbox_that_does_not_open_is_named_and_the_rest_comes) {
    fill("A", 1);
    fill("B", 1);
    server.odd = [](std::string const& command) -> std::optional<std::string> {
        if (command.starts_with("EXAMINE \"A\"")) return "TAG NO not for you\r\n";
        if (command.starts_with("STATUS \"A\"")) return "\x04";
        return {};
    };
    EXPECT_EQ(run().total().added, 1U);
    EXPECT_EQ(last.mailboxes[1].trouble, "the server does not open it: not for you");
    server.odd = [](std::string const& command) -> std::optional<std::string> {
        if (command.starts_with("EXAMINE \"A\"")) return "\x04";
        return {};
    };
    fill("B", 1);
    EXPECT_EQ(run().total().added, 1U);
    EXPECT_TRUE(last.mailboxes[1].trouble.contains("breaks whenever it is opened"));
}

TEST_F(ImapImport, gives_up_in_the_end_and_says_so) {
    fill("INBOX", 5);
    options.tries = 1;
    server.odd = [](std::string const& command) -> std::optional<std::string> {
        return command.contains("UID FETCH") ? std::optional("TAG NO [UNAVAILABLE] later\r\n") : std::nullopt;
    };
    run();
    EXPECT_TRUE(last.stopped.contains("later")) << last.stopped;
    EXPECT_EQ(last.total().failed, 0U) << "a server that asks for patience has no bad messages";
    server.odd = {};
    EXPECT_EQ(run().total().added, 5U);
}

TEST_F(ImapImport, archived_mail_of_gmail_comes_once) {
    fill("INBOX", 2);
    auto& all = server.boxes["All Mail"];
    all.attributes = "\\All";
    all.messages = server.boxes["INBOX"].messages;
    all.next = 3;
    all.add("Subject: archived\r\n\r\n");
    EXPECT_EQ(run().total().added, 3U);
    EXPECT_EQ(in("Archive"), 1U);
    EXPECT_EQ(in("Inbox"), 2U);
}

TEST_F(ImapImport, names_that_need_a_literal_come_back_as_they_were) {
    fill("R\xC3\xA9union \"x\"", 1);
    server.boxes.erase("INBOX");
    server.odd = [](std::string const& command) -> std::optional<std::string> {
        if (command.starts_with("LIST"))
            return "* LIST () NIL {12}\r\nR\xC3\xA9union \"x\"\r\n* LIST (x\r\n* LIST () NIL\r\nTAG OK\r\n";
        return {};
    };
    EXPECT_EQ(run().total().added, 1U);
    EXPECT_EQ(in("R\xC3\xA9union \"x\""), 1U);
    EXPECT_EQ(server.count("EXAMINE {12}R\xC3\xA9union"), 1U);
}

TEST_F(ImapImport, two_at_once_do_not_both_write) {
    fill("INBOX", 4);
    options.batch = 2;
    bool once = false;
    EXPECT_THROW(run([&](ImapReport const& now) {
                     if (now.total().added < 2 || std::exchange(once, true)) return;
                     accounts.write_now(anna, [&](Transaction& tx) {
                         tx.put_setting(imap::state_name("127.0.0.1", "anna", "INBOX"), "1 1 4 0 2");
                     });
                 }),
                 std::exception);
    EXPECT_EQ(in("Inbox"), 2U);
}

} // namespace
} // namespace godwit::source
