// `godwit import --imap` from a real Dovecot: ten thousand messages with folders, flags and dates, killed half-way and
// resumed without a message twice, in clear and over TLS.
#include "dovecot.hpp"
#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <set>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>

extern char** environ;

namespace godwit::e2e {
namespace {
namespace fs = std::filesystem;

// "folder|second|seen flagged verb|bytes" of each message.
using Mail = std::multiset<std::string>;

std::string line(std::string const& folder, long second, bool seen, int flag, int verb, std::string const& bytes) {
    return folder + "|" + std::to_string(second) + "|" + (seen ? "S" : "-") + std::to_string(flag) +
           std::to_string(verb) + "|" + bytes;
}

Mail held(std::string const& data) {
    Mail out;
    for (auto const& entry : fs::directory_iterator(data + "/accounts")) {
        if (entry.path().extension() != ".db") continue;
        sqlite3* db = nullptr;
        sqlite3_open_v2(entry.path().c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
        sqlite3_busy_timeout(db, 5000);
        auto note = [](void* into, int, char** v, char**) {
            static_cast<Mail*>(into)->insert(line(std::string(v[0]) + "/" + v[1], std::stol(v[2]), *v[3] == '1',
                                                  std::stoi(v[4]), std::stoi(v[5]), v[6]));
            return 0;
        };
        sqlite3_exec(db,
                     "SELECT coalesce(p.name, ''), f.name, i.received / 1000000, i.seen, i.flag_status, i.last_verb, "
                     "CAST(c.bytes AS TEXT) FROM item i JOIN folder f ON f.id = i.folder "
                     "LEFT JOIN folder p ON p.id = f.parent JOIN content c ON c.hash = i.content",
                     note, &out, nullptr);
        sqlite3_close(db);
    }
    return out;
}

struct Sample {
    char const *directory, *folder; // Maildir++; what becomes of it
};
constexpr Sample samples[] = {{"", "/Inbox"},
                              {".Gesendetes", "/Sent Items"},
                              {".Papierkorb", "/Deleted Items"},
                              {".Werbung", "/Junk Email"},
                              {".Archiv", "/Archiv"},
                              {".Archiv.2024", "Archiv/2024"},
                              {".&U,BTFw-", "/\xE5\x8F\xB0\xE5\x8C\x97"}};

struct FlagRow {
    char const* letters;
    bool seen;
    int flag, verb;
};
constexpr FlagRow flags[] = {{"", false, 0, 0},  {"S", true, 0, 0},   {"FS", true, 2, 0}, {"RS", true, 0, 1},
                             {"Sa", true, 0, 3}, {"FRS", true, 2, 1}, {"F", false, 2, 0}};

// What lies on the server after fill(), as it must be held here.
Mail fill(Dovecot& dovecot, unsigned count) {
    Mail expected;
    for (auto const& sample : samples) {
        dovecot.folder(sample.directory);
        dovecot.keywords(sample.directory, "0 $Forwarded\n");
    }
    for (unsigned i = 0; i < count; ++i) {
        auto const& sample = samples[i % 10 < std::size(samples) ? i % 10 : 0];
        auto const& row = flags[i % std::size(flags)];
        auto const number = std::to_string(i % 1000 == 999 ? 999 : i); // some are equal
        std::string const bytes = "Date: Thu, 4 Jan 2024 10:11:12 +0000\r\nSubject: message " + number +
                                  "\r\nMessage-ID: <" + number + "@sample.invalid>\r\n\r\nText of " + number + "\r\n";
        long const arrived = 1500000000 + static_cast<long>(i) * 61;
        dovecot.put(sample.directory, bytes, row.letters, arrived);
        expected.insert(line(sample.folder, arrived, row.seen, row.flag, row.verb, bytes));
    }
    dovecot.put("", "Subject: gone\r\n\r\n", "ST", 1500000000); // marked \Deleted: stays behind
    return expected;
}

// Starts the import and kills it (SIGKILL) as soon as stderr says so. False: it had ended before.
bool killed_at(std::vector<std::string> words, std::string const& said, Directory const& place) {
    words.insert(words.begin(), GODWIT_BINARY);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    write_file(place / "password", "secret\n");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, (place / "password").c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (place / "said").c_str(), O_CREAT | O_WRONLY, 0600);
    pid_t child = 0;
    posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    bool const there = eventually(
        [&] { return read_file(place / "said").contains(said) || ::waitpid(child, &status, WNOHANG) != 0; }, 60s);
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return there && WIFSIGNALED(status);
}

TEST(Imap, TenThousandMessagesKilledHalfWayAndResumed) {
    Dovecot dovecot;
    auto const expected = fill(dovecot, 10000);
    if (auto const why = dovecot.start(); !why.empty()) GTEST_SKIP() << why;
    Directory place;
    auto const data = place / "data";
    ASSERT_EQ(godwit({"account", "add", "anna@example.org", "--password-stdin", "--data", data}, "x\n").status, 0);
    std::vector<std::string> const plain{"import", "--imap", dovecot.plain(), "--plaintext", "anna@example.org",
                                         "--data", data};
    EXPECT_TRUE(killed_at(plain, "importing 4", place)) << read_file(place / "said");
    auto const half = held(data);
    EXPECT_GT(half.size(), 1000U);
    EXPECT_LT(half.size(), 9500U);
    EXPECT_EQ(integrity(data), "ok");

    // On over TLS, which is the same mailbox: but only with a certificate that somebody vouches for.
    std::vector<std::string> tls{"import", "--imap", dovecot.tls(), "anna@example.org", "--data", data};
    auto const distrusted = godwit(tls, "secret\n");
    EXPECT_EQ(distrusted.status, 1);
    EXPECT_TRUE(distrusted.err.contains("--ca FILE")) << distrusted.err;
    EXPECT_EQ(held(data).size(), half.size());
    tls.insert(tls.end(), {"--ca", dovecot.certificate()});
    auto const resumed = godwit(tls, "secret\n");
    EXPECT_EQ(resumed.status, 0) << resumed.err << dovecot.log();
    EXPECT_TRUE(resumed.out.starts_with(std::to_string(10000 - half.size()) + " messages added, ")) << resumed.out;
    EXPECT_TRUE(resumed.out.contains(" 0 not taken in")) << resumed.out;
    auto const all = held(data);
    EXPECT_EQ(all.size(), expected.size());
    EXPECT_TRUE(all == expected) << "folders, dates, flags or content differ";
    for (auto a = all.begin(), e = expected.begin(); a != all.end() && e != expected.end(); ++a, ++e)
        if (*a != *e) {
            ADD_FAILURE() << *a << "\n" << *e;
            break;
        }

    // Again: nothing but what is new.
    dovecot.put(".Archiv", "Subject: late\r\n\r\n", "", 1700000000);
    tls.push_back("--json");
    auto const again = godwit(tls, "secret\n");
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_TRUE(again.out.contains(R"("exit":0,"added":1,"known":10001)")) << again.out;
    EXPECT_EQ(held(data).size(), expected.size() + 1);
}

TEST(Imap, FlagsOfASecondRunAndAQuota) {
    Dovecot dovecot;
    fill(dovecot, 40);
    if (auto const why = dovecot.start(); !why.empty()) GTEST_SKIP() << why;
    Directory place;
    auto const data = place / "data";
    ASSERT_EQ(godwit({"account", "add", "anna@example.org", "--quota", "1K", "--password-stdin", "--data", data}, "x\n")
                  .status,
              0);
    std::vector<std::string> const words{"import", "--imap", dovecot.plain(), "--plaintext", "anna@example.org",
                                         "--data", data,     "--json"};
    auto const full = godwit(words, "secret\n");
    EXPECT_EQ(full.status, 1);
    EXPECT_TRUE(full.out.contains(R"("over_quota":true)")) << full.out;
    auto const some = held(data).size();
    EXPECT_GT(some, 3U);
    EXPECT_LT(some, 40U);
    auto const advice = godwit({words.begin(), words.end() - 1}, "secret\n");
    EXPECT_TRUE(advice.err.contains("`godwit account set anna@example.org --quota SIZE`")) << advice.err;
    ASSERT_EQ(godwit({"account", "set", "anna@example.org", "--quota", "1M", "--data", data}).status, 0);
    EXPECT_EQ(godwit(words, "secret\n").status, 0);
    auto before = held(data);
    EXPECT_EQ(before.size(), 40U);

    dovecot.mark("", 1, "FS"); // was neither: the message of fill()'s i = 0
    auto const again = godwit(words, "secret\n");
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_TRUE(again.out.contains(R"("added":0,"known":41,"updated":1)")) << again.out; // and the \\Deleted one
    auto after = held(data);
    auto const first = [](Mail& mail) {
        auto const found = std::ranges::find_if(mail, [](auto const& one) { return one.contains("Text of 0\r\n"); });
        auto line = *found;
        mail.erase(found);
        return line;
    };
    EXPECT_TRUE(first(before).contains("|-00|"));
    EXPECT_TRUE(first(after).contains("|S20|"));
    EXPECT_TRUE(after == before) << "nothing else";
}

TEST(Imap, TokensInPlaceOfAPassword) {
    Dovecot dovecot;
    fill(dovecot, 3);
    if (auto const why = dovecot.start(); !why.empty()) GTEST_SKIP() << why;
    Directory place;
    auto const data = place / "data";
    ASSERT_EQ(godwit({"account", "add", "anna@example.org", "--password-stdin", "--data", data}, "x\n").status, 0);
    std::vector<std::string> const words{
        "import",           "--imap", dovecot.tls(), "--oauth-token-stdin", "--ca", dovecot.certificate(),
        "anna@example.org", "--data", data};
    for (auto const& bad : {dovecot.token("anna@example.org", 1h, true), dovecot.token("anna@example.org", -1h)}) {
        auto const refused = godwit(words, bad + "\n");
        EXPECT_EQ(refused.status, 1);
        EXPECT_TRUE(refused.err.contains("refuses the login anna@example.org")) << refused.err;
        EXPECT_TRUE(refused.err.contains("get a new one")) << refused.err;
        EXPECT_FALSE(refused.err.contains(bad));
    }
    EXPECT_EQ(held(data).size(), 0U);
    auto const taken = godwit(words, dovecot.token("anna@example.org", 1h) + "\n");
    EXPECT_EQ(taken.status, 0) << taken.err << dovecot.log();
    EXPECT_EQ(held(data).size(), 3U);
    EXPECT_TRUE(dovecot.log().contains("method=OAUTHBEARER")) << dovecot.log();
}

TEST(Imap, StartTlsDryRunAndWrongPassword) {
    Dovecot dovecot;
    fill(dovecot, 20);
    if (auto const why = dovecot.start(); !why.empty()) GTEST_SKIP() << why;
    Directory place;
    auto const data = place / "data";
    ASSERT_EQ(godwit({"account", "add", "anna@example.org", "--password-stdin", "--data", data}, "x\n").status, 0);
    std::vector<std::string> words{"import", "--imap", dovecot.plain(),   "--starttls", "--ca", dovecot.certificate(),
                                   "--data", data,     "anna@example.org"};
    auto with = [&](std::vector<std::string> const& more, std::string const& password) {
        auto all = words;
        all.insert(all.end(), more.begin(), more.end());
        return godwit(all, password);
    };
    auto const listed = with({"--dry-run"}, "secret\n");
    EXPECT_EQ(listed.status, 0) << listed.err;
    EXPECT_TRUE(listed.out.contains("Gesendetes -> Sent Items\n")) << listed.out;
    EXPECT_TRUE(listed.out.contains("      21  messages; nothing was copied\n")) << listed.out;
    EXPECT_EQ(held(data).size(), 0U);
    EXPECT_EQ(godwit({"import", "anna@example.org", "--data", data}).status, 2) << "from where?";
    auto const clear =
        godwit({"import", "--imap", "192.0.2.1", "--plaintext", "anna@example.org", "--data", data}, "x\n");
    EXPECT_EQ(clear.status, 2);
    EXPECT_TRUE(clear.err.contains("for everybody on the way to read")) << clear.err;
    auto const wrong = with({}, "wrong\n");
    EXPECT_EQ(wrong.status, 1);
    EXPECT_TRUE(wrong.err.contains("refuses the login anna@example.org")) << wrong.err;
    EXPECT_EQ(with({"--only", "Nowhere"}, "secret\n").status, 3);
    EXPECT_EQ(with({"--only", "Archiv"}, "secret\n").status, 0);
    EXPECT_EQ(held(data).size(), 4U);
    EXPECT_EQ(with({"--folder", "Old"}, "secret\n").status, 0);
    EXPECT_EQ(held(data).size(), 20U) << "what --only brought is not brought again";
}

} // namespace
} // namespace godwit::e2e
