// What a second run makes of the first: flags as they have become on the server, and room as far as there is.
#include "source/imap_fixture.hpp"
#include "source/imap_ledger.hpp"
#include "source/imap_state.hpp"
#include <algorithm>

namespace godwit::source {
namespace {

struct FlagsImport : ImapImport {
    struct Held {
        index::Item item;
        std::string folder;
    };
    std::map<std::string, Held> held() { // by the first line
        return accounts.read_now(anna, [](Transaction& tx) {
            std::map<std::string, Held> found;
            for (auto const& folder : tx.folders())
                for (auto const& item : tx.walk(folder.id, {}, {index::Time::min(), index::ItemId(0)}, 10000)) {
                    auto const bytes = fetch(tx, item);
                    found[bytes.substr(9, bytes.find('\r') - 9)] = {item, folder.name};
                }
            return found;
        });
    }
    index::Modseq modseq() {
        return accounts.read_now(anna, [](Transaction& tx) { return tx.modseq(); });
    }
    void mark(index::ItemId item, auto change) {
        accounts.write_now(anna, [&](Transaction& tx) {
            auto marks = tx.item(item)->marks;
            change(marks);
            tx.set_marks(item, marks);
        });
    }
};

struct FlagRow {
    char const *before, *after; // on the server
    bool read;                  // what somebody here makes of it in between,
    std::uint8_t flag, verb;    // beginning from `before`
    bool expect_read;           // and what it is in the end
    std::uint8_t expect_flag, expect_verb;
    bool told; // whether phones hear of the second run
};
constexpr FlagRow flag_rows[] = {
    {"", "", false, 0, 0, false, 0, 0, false},
    {"", "", true, 2, 1, true, 2, 1, false}, // ours stays where nothing happened there
    {"\\Seen", "\\Seen", false, 0, 0, false, 0, 0, false},
    {"", "\\Seen", false, 0, 0, true, 0, 0, true},
    {"", "\\Seen", true, 0, 0, true, 0, 0, false}, // both have read it
    {"\\Seen", "", true, 0, 0, false, 0, 0, true},
    {"", "\\Seen", false, 2, 3, true, 2, 3, true}, // only what has changed there
    {"", "\\Flagged", true, 0, 0, true, 2, 0, true},
    {"\\Flagged", "", false, 2, 0, false, 0, 0, true},
    {"\\Flagged", "", false, 1, 0, false, 1, 0, false}, // done here, cleared there
    {"", "\\Answered", false, 0, 0, false, 0, 1, true},
    {"", "$Forwarded", false, 0, 1, false, 0, 3, true},
    {"\\Answered", "", false, 0, 1, false, 0, 0, true},
    {"\\Seen", "\\Seen \\Recent \\Deleted", true, 0, 0, true, 0, 0, false},
};

TEST_F(FlagsImport, only_what_has_changed_on_the_server_is_changed_here) {
    auto& box = server.boxes["INBOX"];
    for (auto const& row : flag_rows) box.add("Subject: " + std::to_string(&row - flag_rows) + "\r\n\r\n", row.before);
    run();
    auto const first = held();
    for (auto const& row : flag_rows) {
        mark(first.at(std::to_string(&row - flag_rows)).item.id, [&](index::Marks& marks) {
            marks.read = row.read;
            marks.flag_status = row.flag;
            marks.last_verb = row.verb;
        });
        box.messages[static_cast<std::uint32_t>(&row - flag_rows + 1)].flags = row.after;
    }
    auto const between = held();
    run();
    EXPECT_EQ(last.total().added, 0U);
    EXPECT_EQ(last.total().known, std::size(flag_rows));
    auto const after = held();
    std::uint64_t told = 0;
    for (auto const& row : flag_rows) {
        auto const name = std::to_string(&row - flag_rows);
        auto const& item = after.at(name).item;
        EXPECT_EQ(item.marks.read, row.expect_read) << name;
        EXPECT_EQ(item.marks.flag_status, row.expect_flag) << name;
        EXPECT_EQ(item.marks.last_verb, row.expect_verb) << name;
        EXPECT_EQ(item.modseq != between.at(name).item.modseq, row.told) << name;
        told += row.told ? 1 : 0;
    }
    EXPECT_EQ(last.total().updated, told);
    auto const stamp = modseq();
    run();
    EXPECT_EQ(last.total().updated, 0U);
    EXPECT_EQ(modseq(), stamp) << "a third run has nothing to tell";
}

TEST_F(FlagsImport, drafts_move_as_they_become_mail_and_back) {
    auto& box = server.boxes["INBOX"];
    box.add("Subject: a\r\n\r\n", "\\Draft");
    box.add("Subject: b\r\n\r\n");
    box.add("Subject: c\r\n\r\n", "\\Draft");
    run();
    EXPECT_EQ(held()["a"].folder, "Drafts");
    accounts.write_now(anna, [&](Transaction& tx) {
        for (auto const& item :
             tx.walk(tx.folder_of(index::FolderType::Drafts)->id, {}, {index::Time::min(), index::ItemId(0)}, 10))
            if (fetch(tx, item).contains("c")) tx.move_item(item.id, tx.folder_of(index::FolderType::Inbox)->id);
    });
    box.messages[1].flags = "\\Seen";
    box.messages[2].flags = "\\Draft";
    box.messages[3].flags = "";
    run();
    EXPECT_EQ(last.total().updated, 2U) << "the third lies where somebody here has put it";
    EXPECT_EQ(held()["a"].folder, "Inbox");
    EXPECT_TRUE(held()["a"].item.marks.read);
    EXPECT_EQ(held()["b"].folder, "Drafts");
    EXPECT_EQ(held()["c"].folder, "Inbox");
}

TEST_F(FlagsImport, finds_what_was_moved_and_leaves_alone_what_is_gone) {
    auto& box = fill("INBOX", 3);
    run();
    auto const first = held();
    accounts.write_now(anna, [&](Transaction& tx) {
        tx.move_item(first.at("INBOX 0").item.id, tx.folder_of(index::FolderType::DeletedItems)->id);
        tx.remove_item(first.at("INBOX 1").item.id);
    });
    for (auto& [uid, message] : box.messages) message.flags = "\\Seen";
    box.messages.erase(3);
    run();
    EXPECT_EQ(last.total().updated, 1U);
    EXPECT_EQ(held().size(), 2U) << "neither brought back nor taken away";
    EXPECT_TRUE(held()["INBOX 0"].item.marks.read);
    EXPECT_EQ(held()["INBOX 0"].folder, "Deleted Items");
    EXPECT_FALSE(held()["INBOX 2"].item.marks.read);
}

TEST_F(FlagsImport, other_uids_are_not_taken_for_those_that_were) {
    auto& box = fill("INBOX", 2);
    run();
    box.validity = 7;
    box.next = 10;
    box.messages = {{8, {"Subject: INBOX 1\r\n\r\nx\r\n", "\\Flagged"}}, {9, {"Subject: INBOX 0\r\n\r\nx\r\n"}}};
    run();
    EXPECT_EQ(last.total().known, 2U);
    EXPECT_EQ(last.total().updated, 0U) << "what has changed cannot be told";
    box.messages[9].flags = "\\Seen";
    run();
    EXPECT_EQ(last.total().updated, 1U);
    EXPECT_TRUE(held()["INBOX 0"].item.marks.read);
    EXPECT_FALSE(held()["INBOX 1"].item.marks.read);
}

TEST_F(FlagsImport, many_in_blocks_after_a_break_too) {
    auto& box = fill("INBOX", 1203);
    options.batch = 400;
    run();
    for (auto const uid : {1U, 500U, 501U, 1203U}) box.messages[uid].flags = "\\Seen";
    unsigned asked = 0;
    server.odd = [&](std::string const& command) -> std::optional<std::string> {
        if (command.ends_with("(UID FLAGS)") && ++asked == 2) return "* 1 FETCH (UID 501\x04";
        return {};
    };
    fill("INBOX", 5);
    run();
    EXPECT_EQ(last.total().added, 5U);
    EXPECT_EQ(last.total().updated, 4U) << "each once";
    EXPECT_EQ(asked, 5U) << "the first block again on the new connection";
    server.odd = [](std::string const& command) -> std::optional<std::string> {
        if (command.ends_with("(UID FLAGS)")) return "TAG NO not today\r\n";
        return {};
    };
    run();
    EXPECT_TRUE(last.mailboxes.at(0).trouble.contains("not today"));
    EXPECT_TRUE(last.stopped.empty());
}

TEST_F(FlagsImport, an_account_takes_what_its_quota_allows_and_goes_on_with_more) {
    fill("INBOX", 10);
    fill("Zoo", 2);
    auto const limit = [&](std::uint64_t bytes) {
        accounts.write_now(anna, [&](Transaction& tx) { tx.set_quota(bytes); });
    };
    auto const one = std::string("Subject: INBOX 0\r\n\r\nx\r\n").size();
    limit(4 * one + 1);
    run();
    EXPECT_TRUE(last.over_quota);
    EXPECT_TRUE(last.stopped.contains("bytes used")) << last.stopped;
    EXPECT_EQ(last.total().added, 4U) << "as many as there is room for";
    EXPECT_EQ(in("Inbox"), 4U);
    run();
    EXPECT_TRUE(last.over_quota);
    EXPECT_EQ(last.total().added, 0U);
    limit(0);
    run();
    EXPECT_FALSE(last.over_quota);
    EXPECT_TRUE(last.stopped.empty());
    EXPECT_EQ(last.total().added, 8U);
    EXPECT_EQ(in("Inbox"), 10U);
    EXPECT_EQ(in("Zoo"), 2U);
}

TEST_F(FlagsImport, a_ledger_that_is_not_as_we_write_it_is_as_none) {
    fill("INBOX", 3);
    auto const name = imap::state_name("127.0.0.1", "anna", "INBOX");
    run();
    for (auto const* head : {"", "x", "1", "1 ", "1 99999999999999999999", "2 3", "-1 3", "1 3 4"}) {
        accounts.write_now(anna, [&](Transaction& tx) { tx.put_setting(name + " flags", head); });
        run();
        EXPECT_TRUE(last.stopped.empty()) << head;
    }
    accounts.write_now(anna, [&](Transaction& tx) {
        tx.put_setting(name + " flags", "1 3");
        tx.put_setting(name + " flags 0", std::string(20, '\xff'));
    });
    run();
    EXPECT_EQ(last.total().updated, 0U);
    EXPECT_EQ(in("Inbox"), 3U);
}

} // namespace
} // namespace godwit::source
