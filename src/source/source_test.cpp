#include "net/loop.hpp"
#include "source/export.hpp"
#include "source/folders.hpp"
#include "source/import.hpp"
#include "source/local.hpp"
#include "source/maildir.hpp"
#include "source/utf7.hpp"
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>

namespace godwit::source {
namespace {
namespace fs = std::filesystem;
using index::AccountId;
using index::Item;
using index::Transaction;

std::string slurp(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct SourceTest : testing::Test {
    fs::path place;
    net::Loop loop;
    net::Pool pool{2};
    index::Accounts accounts{pool, {}, {}};
    AccountId anna{1}, bert{2};

    void SetUp() override {
        auto name = (fs::temp_directory_path() / "godwit-source-XXXXXX").string();
        place = ::mkdtemp(name.data());
        accounts.create(anna);
        accounts.create(bert);
    }
    void TearDown() override { fs::remove_all(place); }

    void write(fs::path const& file, std::string_view bytes) {
        fs::create_directories((place / file).parent_path());
        std::ofstream(place / file, std::ios::binary) << bytes;
    }
    ImportReport import(AccountId account, fs::path const& path, ImportOptions const& options = {}) {
        std::array const paths{place / path};
        return import_paths(accounts, account, paths, options, {});
    }
    // Folder path -> content and marks of each message, in any order.
    using Mail = std::multimap<std::string, std::pair<std::string, index::Marks>>;
    Mail mail(AccountId account) {
        return accounts.read_now(account, [&](Transaction& tx) {
            Mail found;
            std::map<index::CollectionId, index::Folder> folders;
            for (auto const& folder : tx.folders()) folders[folder.id] = folder;
            for (auto const& [id, folder] : folders) {
                auto name = folder.name;
                for (auto up = folders.find(folder.parent); up != folders.end(); up = folders.find(up->second.parent))
                    name = up->second.name + "/" + name;
                for (auto const& item : tx.walk(id, {}, {index::Time::min(), index::ItemId(0)}, 10000)) {
                    auto marks = item.marks;
                    marks.last_verb_time = {};
                    found.emplace(name, std::pair(fetch(tx, item), marks));
                }
            }
            return found;
        });
    }
    std::string name_of(index::FolderType type) {
        return accounts.read_now(anna, [&](Transaction& tx) { return tx.folder_of(type)->name; });
    }
};

TEST(Utf7, known_names_both_ways) {
    struct Row {
        char const *utf8, *utf7;
    };
    for (auto const& [utf8, utf7] : {Row{"Sent Items", "Sent Items"},
                                     {"a & b", "a &- b"},
                                     {"Entw\xC3\xBCrfe", "Entw&APw-rfe"},
                                     {"~peter/mail/\xE5\x8F\xB0\xE5\x8C\x97", "~peter/mail/&U,BTFw-"},
                                     {"\xF0\x9F\x90\xA6!", "&2D3cJg-!"},
                                     {"", ""}}) {
        EXPECT_EQ(to_utf7(utf8), utf7);
        EXPECT_EQ(from_utf7(utf7), utf8);
    }
    for (auto const* odd : {"&", "&AP", "&A-", "&2D0-", "&!!-", "a&b"}) EXPECT_EQ(from_utf7(odd), odd);
    EXPECT_EQ(from_utf7(to_utf7("v1.2/x", "./")), "v1.2/x");
    EXPECT_EQ(to_utf7("v1.2", ".").find('.'), std::string::npos);
    EXPECT_EQ(folder_of_directory(directory_of_folder({"v1.2", "\xC3\xBC & \xC3\xA4"})),
              (FolderPath{"v1.2", "\xC3\xBC & \xC3\xA4"}));
}

TEST(Maildir, flags_in_names) {
    struct Row {
        char const* name;
        bool read;
        int flag, verb;
        bool trashed, draft;
    };
    for (auto const& row : {Row{"1.a.h:2,", false, 0, 0, false, false},
                            {"1.a.h", false, 0, 0, false, false},
                            {"1.a.h:2,S", true, 0, 0, false, false},
                            {"1.a.h,S=5:2,FRS", true, 2, 1, false, false},
                            {"1.a.h:2,PT", false, 0, 3, true, false},
                            {"1.a.h:2,DSab", true, 0, 0, false, true}}) {
        Found found;
        read_flags(row.name, found);
        EXPECT_EQ(found.marks.read, row.read) << row.name;
        EXPECT_EQ(found.marks.flag_status, row.flag) << row.name;
        EXPECT_EQ(found.marks.last_verb, row.verb) << row.name;
        EXPECT_EQ(found.trashed, row.trashed) << row.name;
        EXPECT_EQ(found.draft, row.draft) << row.name;
    }
    EXPECT_EQ(flag_letters({.read = true, .flag_status = 2, .last_verb = 2}, true), "DFRS");
    EXPECT_EQ(flag_letters({.last_verb = 3}, false), "P");
}

struct MboxRow {
    char const* what;
    std::string bytes;
    Quoting quoting;
    std::vector<std::string> messages;
};

TEST(Mbox, is_split_and_unquoted) {
    std::string const from = "From a@b.c Thu Jan  4 10:11:12 2024\n";
    std::vector<MboxRow> const rows = {
        {"two", from + "A: 1\n\nx\n\n" + from + "A: 2\n\ny\n\n", Quoting::rd, {"A: 1\n\nx\n", "A: 2\n\ny\n"}},
        {"no empty line at the end", from + "A: 1\n\nx", Quoting::rd, {"A: 1\n\nx"}},
        {"CRLF",
         "From a Thu Jan  4 10:11:12 2024\r\nA: 1\r\n\r\nx\r\n\r\n" + from + "A: 2\n\n",
         Quoting::rd,
         {"A: 1\r\n\r\nx\r\n", "A: 2\n\n"}},
        {"rd",
         from + "A: 1\n\n>From x\n>>From y\n> From z\n>Frog\n",
         Quoting::rd,
         {"A: 1\n\nFrom x\n>From y\n> From z\n>Frog\n"}},
        {"o", from + "A: 1\n\n>From x\n>>From y\n", Quoting::o, {"A: 1\n\nFrom x\n>>From y\n"}},
        {"From within a text",
         from + "A: 1\n\nx\nFrom a Thu Jan  4 10:11:12 2024\n\nFrom here on\nwe go\n",
         Quoting::rd,
         {"A: 1\n\nx\nFrom a Thu Jan  4 10:11:12 2024\n\nFrom here on\nwe go\n"}},
        {"no time but a header",
         from + "A: 1\n\nx\n\nFrom -\nA: 2\n\ny\n",
         Quoting::rd,
         {"A: 1\n\nx\n", "A: 2\n\ny\n"}},
        {"empty lines stay",
         from + "A: 1\n\n\n\nx\n\n\n\n" + from + "A: 2\n\n",
         Quoting::rd,
         {"A: 1\n\n\n\nx\n\n\n", "A: 2\n\n"}},
        {"nothing", "", Quoting::rd, {}},
        {"too large",
         from + "A: 1\n\n" + std::string(200000, 'x') + "\n\n" + from + "A: 2\n\n",
         Quoting::rd,
         {"A: 2\n\n"}},
    };
    for (auto const& row : rows) {
        std::istringstream in(row.bytes);
        std::vector<std::string> messages;
        std::size_t complaints = 0;
        Taker const taker{.message = [&](Found&& found) { return messages.push_back(found.bytes), true; },
                          .complaint = [&](Unread&&) { ++complaints; }};
        EXPECT_TRUE(read_mbox(in, "box", row.quoting, 150000, taker)) << row.what;
        EXPECT_EQ(messages, row.messages) << row.what;
        EXPECT_EQ(complaints, row.what == std::string("too large") ? 1U : 0U) << row.what;
    }
}

TEST(Mbox, status_fields_and_the_time_of_the_from_line) {
    std::istringstream in("From a@b Thu Jan  4 10:11:12 2024\nStatus: RO\nX-Status: AF\n\nx\n\n"
                          "From a@b Thu Jan  4 10:11:13 2024\nX-Mozilla-Status: 1005\n\ny\n");
    std::vector<Found> found;
    read_mbox(in, "box", Quoting::rd, 1000,
              {.message = [&](Found&& one) { return found.push_back(one), true; }, .complaint = {}});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[0].marks.read && found[0].marks.flag_status == 2 && found[0].marks.last_verb == 1);
    EXPECT_TRUE(found[1].marks.read && found[1].marks.flag_status == 2 && found[1].marks.last_verb == 3);
    EXPECT_EQ(found[0].received, index::Time(std::chrono::seconds(1704363072)));
}

TEST(Dated, by_its_date_or_by_who_received_it) {
    index::Time const now(std::chrono::seconds(1700000000));
    EXPECT_EQ(dated("Date: Mon, 13 Nov 2023 10:00:00 +0000\n\n", now), index::Time(std::chrono::seconds(1699869600)));
    EXPECT_EQ(dated("Date: Mon, 13 Nov 2043 10:00:00 +0000\nReceived: by x; Mon, 13 Nov 2023 10:00:00 +0000\n\n", now),
              index::Time(std::chrono::seconds(1699869600)));
    EXPECT_FALSE(dated("Date: soon\n\n", now));
    EXPECT_FALSE(dated("", now));
}

TEST_F(SourceTest, folders_are_made_with_their_parents_and_special_ones_recognised) {
    auto const made = accounts.write_now(anna, [](Transaction& tx) {
        return std::array{ensure_folder(tx, {"Archive", "2024"}), ensure_folder(tx, {"Archive", "2024"}),
                          ensure_folder(tx, {"Archive"})};
    });
    EXPECT_EQ(made[0], made[1]);
    EXPECT_NE(made[0], made[2]);
    struct Row {
        FolderPath path;
        index::FolderType type;
    };
    for (auto const& row : {Row{{}, index::FolderType::Inbox},
                            {{"INBOX"}, index::FolderType::Inbox},
                            {{"Sent Items"}, index::FolderType::SentItems},
                            {{"INBOX", "sent"}, index::FolderType::SentItems},
                            {{"[Gmail]", "Sent Mail"}, index::FolderType::SentItems},
                            {{"Papierkorb"}, index::FolderType::DeletedItems},
                            {{"Deleted Messages"}, index::FolderType::DeletedItems},
                            {{"Entw\xC3\xBCrfe"}, index::FolderType::Drafts}}) {
        auto const same = accounts.write_now(
            anna, [&](Transaction& tx) { return ensure_folder(tx, row.path) == tx.folder_of(row.type)->id; });
        EXPECT_TRUE(same) << testing::PrintToString(row.path);
    }
    EXPECT_TRUE(accounts.write_now(anna, [](Transaction& tx) { return ensure_folder(tx, {"SPAM"}) == tx.junk()->id; }));
    EXPECT_TRUE(accounts.write_now(anna, [](Transaction& tx) {
        return tx.folder(ensure_folder(tx, {std::string(300, 'x')}))->name == std::string(256, 'x');
    }));
}

TEST_F(SourceTest, the_seam_appends_and_fetches) {
    Local local(accounts);
    auto const inbox =
        accounts.read_now(anna, [](Transaction& tx) { return tx.folder_of(index::FolderType::Inbox)->id; });
    auto const item = loop.wait_for(local.append(anna, {.folder = inbox, .bytes = "Subject: x\r\n\r\nabc"}));
    EXPECT_EQ(loop.wait_for(local.fetch(anna, item)), "Subject: x\r\n\r\nabc");
    EXPECT_EQ(loop.wait_for(local.fetch_range(anna, item, 14, 2)), "ab");
    EXPECT_FALSE(loop.wait_for(local.fetch(anna, index::ItemId(99))));
}

TEST_F(SourceTest, an_import_can_be_repeated_and_keeps_equal_messages) {
    write("in/a.eml", "Subject: a\n\n1");
    write("in/b.eml", "Subject: a\n\n1");
    write("in/zero.eml", "");
    write("in/.hidden", "no mail");
    write("in/box", "From a Thu Jan  4 10:11:12 2024\nSubject: c\n\n3\n");
    auto const first = import(anna, "in").count;
    EXPECT_EQ(first.added, 4U);
    EXPECT_EQ(first.failed, 0U);
    auto const again = import(anna, "in").count;
    EXPECT_EQ(again.added, 0U);
    EXPECT_EQ(again.known, 4U);
    write("in/new.eml", "Subject: d\n\n4");
    EXPECT_EQ(import(anna, "in", {.batch = 1}).count.added, 1U);
    EXPECT_EQ(import(anna, "in", {.again = true}).count.added, 5U);
    EXPECT_EQ(mail(anna).count("box"), 2U);
    EXPECT_EQ(import(bert, "in", {.folder = FolderPath{"Old", "Mail"}}).count.added, 5U);
    EXPECT_EQ(mail(bert).count("Old/Mail"), 4U);
    EXPECT_EQ(import(anna, "nowhere").failures.at(0).reason, "no such file");
    EXPECT_EQ(import(anna, "in", {.max_message_bytes = 3, .again = true}).count.failed, 4U);
}

TEST_F(SourceTest, an_import_that_was_stopped_goes_on_where_it_was) {
    for (int i = 0; i < 10; ++i) write("in/" + std::to_string(i) + ".eml", "Subject: " + std::to_string(i) + "\n\n");
    std::array const paths{place / "in"};
    struct Stop {};
    EXPECT_THROW(import_paths(accounts, anna, paths, {.batch = 3},
                              [](ImportCount const& count) {
                                  if (count.added >= 6) throw Stop();
                              }),
                 Stop);
    auto const rest = import(anna, "in").count;
    EXPECT_EQ(rest.known, 6U);
    EXPECT_EQ(rest.added, 4U);
}

TEST_F(SourceTest, a_maildir_goes_in_and_out_byte_for_byte_with_its_flags) {
    std::string const odd("Subject: x\r\n\r\n\0\xFF\n.\r lone\r\n", 27);
    write("md/cur/1700000000.a.h:2,FRS", odd);
    write("md/new/1700000001.b.h", "Subject: new\n\n");
    write("md/cur/1700000002.c.h:2,T", "Subject: gone\n\n");
    write("md/.Sent/cur/1700000003.d.h:2,S", "Subject: sent\n\n");
    write("md/.Archive.2024/cur/1700000004.e.h:2,PS", "Subject: old\n\n");
    write("md/.Drafts/cur/1700000005.f.h:2,DS", "Subject: draft\n\n");
    write("md/.Entw&APw-rfe&- mehr/cur/1700000006.g.h:2,", "Subject: name\n\n");
    write("md/Projects/A.B/cur/1700000007.i.h:2,", "Subject: nested\n\n");
    EXPECT_EQ(import(anna, "md").count.added, 8U);
    auto const before = mail(anna);
    auto const inbox = name_of(index::FolderType::Inbox);
    EXPECT_EQ(before.count(inbox), 2U);
    EXPECT_EQ(before.count(name_of(index::FolderType::DeletedItems)), 1U);
    EXPECT_EQ(before.count(name_of(index::FolderType::SentItems)), 1U);
    EXPECT_EQ(before.find("Archive/2024")->second.second, (index::Marks{.read = true, .last_verb = 3}));
    EXPECT_EQ(before.count("Entw\xC3\xBCrfe& mehr"), 1U);
    EXPECT_EQ(before.count("Projects/A.B"), 1U);
    EXPECT_TRUE(std::ranges::any_of(
        before, [&](auto const& one) { return one.second.first == odd && one.second.second.flag_status == 2; }));

    auto const out = export_maildir(accounts, anna, place / "out", {});
    EXPECT_EQ(out.messages, 8U);
    EXPECT_TRUE(is_maildir(place / "out" / ".Archive.2024"));
    EXPECT_EQ(import(bert, "out").count.added, 8U);
    EXPECT_EQ(mail(bert), before);
}

TEST_F(SourceTest, exporting_again_adds_nothing_and_renames_what_was_read) {
    write("in/a.eml", "Subject: a\n\n1");
    import(anna, "in");
    export_maildir(accounts, anna, place / "out", {});
    accounts.write_now(anna, [](Transaction& tx) {
        auto const inbox = tx.folder_of(index::FolderType::Inbox)->id;
        auto const item = tx.walk(inbox, {}, {index::Time::min(), index::ItemId(0)}, 10).at(0);
        tx.set_marks(item.id, {.read = true});
    });
    export_maildir(accounts, anna, place / "out", {});
    std::vector<fs::path> files;
    for (auto const& entry : fs::directory_iterator(place / "out" / "cur")) files.push_back(entry.path());
    ASSERT_EQ(files.size(), 1U);
    EXPECT_TRUE(files[0].string().ends_with(":2,S"));
    EXPECT_EQ(slurp(files[0]), "Subject: a\n\n1");
}

TEST_F(SourceTest, a_folder_name_that_no_file_system_takes_is_cut_and_the_rest_goes_on) {
    accounts.write_now(anna, [](Transaction& tx) {
        auto const long_one = tx.create_folder(index::CollectionId::Root, index::FolderType::UserMail,
                                               std::string(250, 'x') + "\xC3\xBC");
        auto const below = tx.create_folder(long_one, index::FolderType::UserMail, "deep");
        tx.create_folder(index::CollectionId::Root, index::FolderType::UserMail, "zz");
        for (auto const id : {long_one, below})
            tx.add_item({.folder = id, .content = tx.put_content("Subject: x\n\n"), .size = 12});
    });
    EXPECT_EQ(export_maildir(accounts, anna, place / "out", {}).messages, 2U);
    EXPECT_TRUE(is_maildir(place / "out" / ".zz"));
}

TEST_F(SourceTest, the_corpus_comes_out_as_it_went_in) {
    fs::path const corpus = fs::path(GODWIT_SHARED) / "corpus" / "mail";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no corpus here";
    std::array const paths{corpus};
    auto const report = import_paths(accounts, anna, paths, {}, {});
    EXPECT_EQ(report.count.failed, 0U);
    export_maildir(accounts, anna, place / "out", {});
    std::multiset<std::string> in, out;
    for (auto const& entry : fs::recursive_directory_iterator(corpus))
        if (entry.path().extension() == ".eml") in.insert(slurp(entry.path()));
    for (auto const& entry : fs::recursive_directory_iterator(place / "out"))
        if (entry.is_regular_file()) out.insert(slurp(entry.path()));
    EXPECT_GT(in.size(), 50U);
    EXPECT_EQ(in, out);
}

} // namespace
} // namespace godwit::source
