// The command line as a user or a script meets it: what it prints and with which code it ends.
#include "cli/outcome.hpp"
#include "cli/program.hpp"
#include "cli/upkeep.hpp"
#include "net/loop.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace godwit::cli {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

struct Ran {
    int exit;
    std::string out, err;
};

class CommandLine : public testing::Test {
protected:
    CommandLine() { fs::create_directories(here_); }
    ~CommandLine() override { fs::remove_all(here_); }

    Ran run(std::vector<std::string> words, std::string const& input = "") {
        words.insert(words.begin(), "godwit");
        std::vector<char const*> argv;
        for (auto const& word : words) argv.push_back(word.c_str());
        std::istringstream in(input);
        auto* const before = std::cin.rdbuf(in.rdbuf());
        testing::internal::CaptureStdout();
        testing::internal::CaptureStderr();
        int const exit = cli::run(static_cast<int>(argv.size()), argv.data());
        std::fflush(stdout);
        std::cin.rdbuf(before);
        return {exit, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
    }
    Ran at_place(std::vector<std::string> words, std::string const& input = "") {
        words.insert(words.end(), {"--data", data_});
        return run(std::move(words), input);
    }
    std::string put(std::string const& name, std::string const& text) const {
        fs::create_directories(fs::path(here_ + name).parent_path());
        std::ofstream(here_ + name, std::ios::binary) << text;
        return here_ + name;
    }

    std::string here_ = testing::TempDir() + "godwit-program-" + std::to_string(::getpid()) + "/";
    std::string data_ = here_ + "data";
};

struct Row {
    std::vector<std::string> words;
    Exit exit;
    std::string says; // on stderr, or stdout when the exit is Ok
};
TEST_F(CommandLine, SaysWhatToDoNext) {
    std::vector<Row> const rows = {
        {{}, Exit::Usage, "--help"},
        {{"acount"}, Exit::Usage, "Did you mean account?"},
        {{"account"}, Exit::Usage, "--help"},
        {{"account", "list", "--jsn"}, Exit::Usage, "--jsn"},
        {{"--help"}, Exit::Ok, "Exit codes:"},
        {{"--version"}, Exit::Ok, "godwit 0."},
        {{"import", "--help"}, Exit::Ok, "Running the same import again adds only what is new"},
        {{"serve", "--help"}, Exit::Ok, "SIGHUP reads the certificate again"},
        {{"account", "list", "--data", "/nonexistent/godwit"}, Exit::NotFound, "godwit account add"},
        {{"account", "list", "--config", "/nonexistent.toml"}, Exit::NotFound, "cannot read the configuration"},
        {{"wbxml", "/nonexistent"}, Exit::NotFound, "cannot read"},
        {{"serve", "--tls-listen", "127.0.0.1:0", "--data", "/nonexistent"}, Exit::Usage, "listen.certificate"},
        {{"serve", "--log-level", "loud"}, Exit::Usage, "loud"},
        {{"serve", "--listen", "nonsense"}, Exit::Usage, "listen.http: \"nonsense\" is not ADDR:PORT"},
        {{"serve", "--listen", "127.0.0.1:99999"}, Exit::Usage, "is not ADDR:PORT"},
        {{"serve", "--lmtp", "24"}, Exit::Usage, "listen.lmtp: \"24\" is not ADDR:PORT"},
        {{"serve", "--data", ""}, Exit::Usage, "--data names no directory"},
        {{"account", "list", "--data", ""}, Exit::Usage, "--data names no directory"},
        {{"account", "list", "--config", ""}, Exit::NotFound, "cannot read the configuration"},
        {{"help"}, Exit::Ok, "First steps:"},
        {{"help", "serve"}, Exit::Ok, "SIGHUP reads the certificate again"},
        {{"help", "account", "add"}, Exit::Ok, "--password-stdin"},
        {{"help", "account", "ad"}, Exit::Usage, "there is no command godwit account ad"},
    };
    for (auto const& row : rows) {
        auto const ran = run(row.words);
        EXPECT_EQ(ran.exit, code(row.exit)) << ran.err;
        EXPECT_THAT(row.exit == Exit::Ok ? ran.out : ran.err, HasSubstr(row.says));
    }
}

// The subcommands that a page of help names.
std::vector<std::string> below(std::string const& page) {
    std::vector<std::string> names;
    std::istringstream lines(page.substr(std::min(page.find("Subcommands:"), page.size())));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line) && line.starts_with("  "))
        if (line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
    return names;
}
TEST_F(CommandLine, EveryCommandTeachesByAnExample) {
    std::vector<std::vector<std::string>> todo{{}};
    std::size_t leaves = 0;
    while (!todo.empty()) {
        auto const words = todo.back();
        todo.pop_back();
        auto asked = words;
        asked.emplace_back("--help");
        auto const page = run(asked).out;
        auto const path = testing::PrintToString(words);
        for (auto const& name : below(page)) todo.push_back(words), todo.back().push_back(name);
        if (!below(page).empty()) continue;
        ++leaves;
        EXPECT_THAT(page, HasSubstr("Example")) << path;
        auto help = words;
        help.insert(help.begin(), "help");
        EXPECT_EQ(run(help).out, page) << path;
    }
    EXPECT_GE(leaves, 25U);
}

TEST_F(CommandLine, ServeNamesTheCertificateThatIsNotThere) {
    auto const serve = [&](std::string const& certificate, std::string const& key) {
        return at_place({"serve", "--listen", "", "--tls-listen", "127.0.0.1:0", "--lmtp", "", "--cert", certificate,
                         "--key", key});
    };
    auto const some = put("some.pem", "no certificate");
    auto const none = serve(here_ + "nowhere.pem", some);
    EXPECT_EQ(none.exit, code(Exit::NotFound)) << none.err;
    EXPECT_THAT(none.err, HasSubstr("cannot read the certificate " + here_ + "nowhere.pem: No such file"));
    EXPECT_THAT(serve(some, here_ + "nowhere.pem").err, HasSubstr("cannot read the key " + here_ + "nowhere.pem"));
    EXPECT_EQ(serve(some, some).exit, code(Exit::Failure));
}

TEST_F(CommandLine, WhatMayBeRepeatedIs) {
    auto const add =
        at_place({"account", "add", "anna@example.org", "--alias", "a@example.org", "--alias", "b@example.org"});
    EXPECT_EQ(add.exit, 0) << add.err;
    auto const aliases = [&] { return at_place({"account", "list"}).out; };
    EXPECT_THAT(aliases(), HasSubstr("also a@example.org b@example.org"));
    // One value each: what stands behind it is the address of the account.
    auto const set = at_place({"account", "set", "--alias", "c@example.org", "--alias", "D@example.org", "--unalias",
                               "A@example.org", "--unalias", "b@example.org", "anna@example.org"});
    EXPECT_EQ(set.exit, 0) << set.err;
    EXPECT_THAT(aliases(), HasSubstr("also c@example.org d@example.org\n"));
    // A closed port: the command line was understood.
    auto const only = at_place({"import", "anna@example.org", "--imap", "127.0.0.1:1", "--plaintext",
                                "--password-stdin", "--only", "Lists", "--only", "Archive"},
                               "secret\n");
    EXPECT_EQ(only.exit, code(Exit::Failure)) << only.err;
}

TEST_F(CommandLine, AChangeThatCannotBeIsRefused) {
    at_place({"account", "add", "anna@example.org", "--name", "Anna"});
    auto const set = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"account", "set", "anna@example.org"});
        return at_place(std::move(words));
    };
    EXPECT_EQ(set({"--alias", "nonsense"}).exit, code(Exit::Usage));
    EXPECT_EQ(set({"--unalias", "nonsense"}).exit, code(Exit::Usage));
    EXPECT_THAT(set({}).err, HasSubstr("nothing to change"));
    EXPECT_EQ(set({}).exit, code(Exit::Usage));
    EXPECT_THAT(at_place({"account", "list"}).out, HasSubstr("anna@example.org  Anna"));
    EXPECT_EQ(set({"--name", ""}).exit, 0);
    EXPECT_EQ(at_place({"account", "list"}).out, "anna@example.org\n");
    at_place({"account", "add", "eva@example.org", "--alias", "e@example.org"});
    EXPECT_EQ(set({"--alias", "e@example.org"}).exit, code(Exit::Exists));
}

TEST_F(CommandLine, AnAccountFromItsBeginningToItsEnd) {
    EXPECT_EQ(at_place({"account", "add", "Anna@Example.org", "--name", "Anna", "--alias", "a@example.org",
                        "--password-stdin"},
                       "secret\n")
                  .exit,
              0);
    EXPECT_EQ(fs::status(data_).permissions(), fs::perms::owner_all);
    EXPECT_EQ(at_place({"account", "add", "anna@example.org"}).exit, code(Exit::Exists));
    EXPECT_EQ(at_place({"account", "add", "b@example.org", "--alias", "a@example.org"}).exit, code(Exit::Exists));
    EXPECT_EQ(at_place({"account", "add", "nobody"}).exit, code(Exit::Usage));
    EXPECT_EQ(at_place({"account", "add", "c@example.org", "--password-stdin"}, "").exit, code(Exit::Usage));
    EXPECT_THAT(at_place({"account", "show", "ana@example.org"}).err, HasSubstr("did you mean anna@example.org?"));
    EXPECT_EQ(at_place({"account", "list", "--json"}).out,
              R"([{"id":1,"address":"anna@example.org","name":"Anna","aliases":["a@example.org"],)"
              R"("enabled":true,"moved_to":null}])"
              "\n");
    auto const shown = at_place({"account", "show", "a@example.org", "--json"});
    EXPECT_EQ(shown.exit, 0);
    EXPECT_THAT(shown.out, HasSubstr(R"("name":"Inbox","type":2,"items":0)"));
    EXPECT_THAT(shown.out, HasSubstr(R"("isolated":[],"outbox":[])"));
    EXPECT_THAT(at_place({"account", "set", "anna@example.org", "--disable", "--new-password"}).out,
                HasSubstr("password "));
    EXPECT_THAT(at_place({"account", "list"}).out, HasSubstr("(disabled)"));
    for (auto const* wrong :
         {"new.example", "https://", "ftp://new.example", "https://new.example/mail", "https://x?y"})
        EXPECT_EQ(at_place({"account", "set", "anna@example.org", "--moved-to", wrong}).exit, code(Exit::Usage))
            << wrong;
    EXPECT_EQ(at_place({"account", "set", "anna@example.org", "--moved-to", "https://new.example/"}).exit, 0);
    EXPECT_THAT(at_place({"account", "list"}).out, HasSubstr("(moved to https://new.example)"));
    EXPECT_EQ(at_place({"account", "set", "anna@example.org", "--moved-to", ""}).exit, 0);
    EXPECT_THAT(at_place({"account", "show", "anna@example.org", "--json"}).out, HasSubstr(R"("moved_to":null)"));
    EXPECT_EQ(at_place({"account", "remove", "anna@example.org", "--yes"}).exit, 0);
    EXPECT_EQ(at_place({"account", "show", "anna@example.org"}).exit, code(Exit::NotFound));
}

TEST_F(CommandLine, AQuotaIsSetShownAndLifted) {
    at_place({"account", "add", "anna@example.org", "--quota", "2K", "--password-stdin"}, "secret\n");
    auto const show = [&] { return at_place({"account", "show", "anna@example.org", "--json"}).out; };
    EXPECT_THAT(show(), HasSubstr(R"("used_bytes":0,"quota_bytes":2048)"));
    EXPECT_THAT(show(), HasSubstr(R"("recipients_in_24_hours":0,"recipients_per_day":10000)"));
    EXPECT_THAT(at_place({"account", "show", "anna@example.org"}).out, HasSubstr("used     0 B of 2.0 KiB"));
    EXPECT_EQ(at_place({"account", "set", "anna@example.org", "--name", "Anna"}).exit, 0);
    EXPECT_THAT(show(), HasSubstr(R"("quota_bytes":2048)")); // what is not named stays
    EXPECT_EQ(at_place({"account", "set", "anna@example.org", "--quota", "0"}).exit, 0);
    EXPECT_THAT(show(), HasSubstr(R"("quota_bytes":null)"));
    EXPECT_EQ(at_place({"account", "set", "anna@example.org", "--quota", "much"}).exit, code(Exit::Usage));
}

TEST_F(CommandLine, WhatIsImportedIsExportedByteForByte) {
    std::string const one =
        "From: a@example.org\r\nSubject: one\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nFirst\r\n";
    std::string const two = "Subject: two\nDate: Fri, 20 Nov 2026 11:00:00 +0000\n\nBare line feeds, no last line end";
    put("mail/cur/1:2,S", one);
    put("mail/.Archive.2026/cur/2:2,F", two);
    at_place({"account", "add", "anna@example.org"});
    auto const imported = at_place({"import", "anna@example.org", here_ + "mail"});
    EXPECT_EQ(imported.exit, 0) << imported.err;
    EXPECT_EQ(imported.out, "2 messages added, 0 there already, 0 not taken in\n");
    EXPECT_THAT(imported.err, HasSubstr("importing 100 %"));
    EXPECT_THAT(at_place({"import", "anna@example.org", here_ + "mail"}).out,
                HasSubstr("0 messages added, 2 there already"));
    EXPECT_THAT(at_place({"account", "show", "anna@example.org"}).out, HasSubstr("  Archive/2026\n"));
    EXPECT_EQ(at_place({"import", "anna@example.org", here_ + "nothing"}).exit, code(Exit::NotFound));
    EXPECT_EQ(at_place({"export", "anna@example.org", here_ + "out"}).exit, 0);
    std::vector<std::string> found;
    for (auto const& entry : fs::recursive_directory_iterator(here_ + "out")) {
        if (!entry.is_regular_file()) continue;
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        found.push_back(entry.path().filename().string().substr(entry.path().filename().string().find(':')) + " " +
                        text.str());
    }
    EXPECT_THAT(found, testing::UnorderedElementsAre(":2,S " + one, ":2,F " + two));
}

// What stands between the messages of an mbox is not theirs, and what is known already is read as well.
TEST_F(CommandLine, AnImportEndsAtAHundredPercent) {
    auto const box = put("two.mbox", "From a@example.org Fri Nov 20 10:00:00 2026\nSubject: one\n\nFirst\n\n"
                                     "From b@example.org Fri Nov 20 11:00:00 2026\nSubject: two\n\nSecond\n");
    at_place({"account", "add", "anna@example.org"});
    for (auto const* says : {"2 messages added", "0 messages added, 2 there already"}) {
        auto const imported = at_place({"import", "anna@example.org", box});
        EXPECT_THAT(imported.out, HasSubstr(says));
        EXPECT_THAT(imported.err, testing::EndsWith("importing 100 %  2 messages\n"));
    }
}

TEST_F(CommandLine, ConfigIsCheckedWithLineNumbers) {
    EXPECT_EQ(run({"config", "check", put("good.toml", run({"config", "example"}).out)}).exit, 0);
    auto const bad = run({"config", "check", put("bad.toml", "thread = 2\n\n[sync]\nheartbeat_max = 5\n")});
    EXPECT_EQ(bad.exit, code(Exit::Usage));
    EXPECT_THAT(bad.err, HasSubstr("2 mistakes"));
    EXPECT_THAT(bad.err, HasSubstr("bad.toml:1: there is no setting thread; did you mean threads?"));
    EXPECT_THAT(bad.err, HasSubstr("bad.toml:4: sync.heartbeat_max must be a number from 60 to 3540 seconds"));
}

TEST_F(CommandLine, WbxmlThereAndBack) {
    auto const xml = put("ping.xml", "<Ping xmlns=\"Ping\"><HeartbeatInterval>60</HeartbeatInterval></Ping>");
    auto const binary = run({"wbxml", xml});
    EXPECT_EQ(binary.exit, 0) << binary.err;
    EXPECT_THAT(run({"wbxml", put("ping.wbxml", binary.out)}).out,
                HasSubstr("<HeartbeatInterval>60</HeartbeatInterval>"));
    EXPECT_EQ(run({"wbxml", put("cut.wbxml", binary.out.substr(0, binary.out.size() - 2))}).exit, code(Exit::Failure));
    EXPECT_EQ(run({"wbxml", put("bad.xml", "<Ping xmlns=\"Ping\"><Nothing/></Ping>")}).exit, code(Exit::Failure));
    EXPECT_EQ(run({"wbxml", put("empty", "")}).exit, code(Exit::Failure));
}

TEST(Upkeep, SweepsWhatNothingNamesAndKeepsTheRest) {
    net::Loop loop;
    net::Pool pool(1);
    index::Accounts accounts(pool, {}, {});
    index::AccountId const account{1};
    accounts.create(account);
    std::string kept;
    accounts.write_now(account, [&](index::Transaction& tx) {
        kept = tx.put_content("kept");
        tx.add_item({.folder = tx.folder_of(index::FolderType::Inbox)->id, .content = kept, .size = 4});
        for (int i = 0; i < 1200; ++i) tx.put_content("loose " + std::to_string(i));
    });
    std::size_t dropped = 0;
    for (int i = 0; i < 4; ++i) {
        auto const swept = loop.wait_for(sweep_account(accounts, account, std::chrono::days(180)));
        if (i == 0) EXPECT_EQ(swept.contents, 0u) << "what was just put may be named by the next transaction";
        dropped += swept.contents;
    }
    EXPECT_EQ(dropped, 1200u);
    EXPECT_EQ(accounts.read_now(account, [&](index::Transaction& tx) { return tx.content(kept); }), "kept");
}

} // namespace
} // namespace godwit::cli
