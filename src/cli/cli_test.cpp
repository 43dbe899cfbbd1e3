#include "cli/host.hpp"
#include "cli/logging.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "cli/secret.hpp"
#include "http/record.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <regex>
#include <set>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace godwit::cli {
namespace {

using testing::HasSubstr;

struct Directory { // a fresh directory that goes away again
    std::string path = testing::TempDir() + "godwit-cli-" + std::to_string(::getpid());
    Directory() { std::filesystem::create_directories(path); }
    ~Directory() { std::filesystem::remove_all(path); }
};

TEST(Logging, AnEventIsOneLineWhateverItSays) {
    EXPECT_EQ(one_line("listening http=127.0.0.1:1"), "listening http=127.0.0.1:1");
    EXPECT_EQ(one_line("a\nb\tc\x1b[0m\x7f"), "a\\nb\\tc\\x1b[0m\\x7f");
}

struct EventRow {
    std::string event, members;
};
TEST(Logging, KeysBecomeMembers) {
    std::vector<EventRow> const rows = {
        {"listening http=127.0.0.1:1 lmtp=[::1]:2", R"("event":"listening","http":"127.0.0.1:1","lmtp":"[::1]:2")"},
        {"request done code=200", R"("event":"request done","code":"200")"},
        {R"(sign-in agent="iPhone 15 \"x\"" ok=1)", R"("event":"sign-in","agent":"iPhone 15 \"x\"","ok":"1")"},
        {"broken key=\"open end", R"("event":"broken","key":"\"open end")"},
        {"a\nb", R"("event":"a\nb")"},
        {"request: status=200", R"("event":"request","status":"200")"},
        // As http writes it: control characters and broken bytes arrive as what they were.
        {R"(sign-in failed: login="x\u000a\"\\\u00ff \u001b[m" why=no)",
         R"("event":"sign-in failed","login":"x\n\"\\ÿ \u001b[m","why":"no")"},
        {R"(odd: a="\u12" b="\u00zz")", R"("event":"odd","a":"u12","b":"u00zz")"},
        {"1 + 1 = 2", R"("event":"1 + 1 = 2")"},
        {"", R"("event":"")"},
    };
    for (auto const& row : rows) EXPECT_EQ(json_members(row.event), row.members);
}

// The lines of docs/security.md for fail2ban find a refused sign-in in either form of the log, and nothing else.
TEST(Logging, Fail2banFindsRefusedSignIns) {
    std::ifstream page(GODWIT_SOURCE "/docs/security.md");
    std::vector<std::regex> all;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        auto const at = line.find("failregex = ");
        inside = at != line.npos || (inside && line.starts_with("      "));
        if (!inside) continue;
        auto text = line.substr(at == line.npos ? line.find_first_not_of(' ') : at + 12);
        text.replace(text.find("<HOST>"), 6, R"(([0-9a-f.:]+))");
        all.emplace_back(text);
    }
    ASSERT_EQ(all.size(), 2U);
    auto const host = [&](std::string const& line) {
        std::smatch found;
        for (auto const& one : all)
            if (std::regex_search(line, found, one)) return found.str(1);
        return std::string();
    };
    auto const text = [](std::string const& event) { return "2026-11-21T22:00:00.000Z warning " + event; };
    auto const as_json = [](std::string const& event) {
        return R"({"time":"2026-11-21T22:00:00.000Z","level":"warning",)" + json_members(event) + "}";
    };
    std::string const mean = "sign-in failed: peer=192.0.2.9",
                      meaner = R"("event":"sign-in failed","peer":"192.0.2.9")";
    for (auto const& stranger : {std::string("anna"), mean, meaner, "\" " + mean}) {
        auto const refused = http::text_line("sign-in failed", {{"peer", "203.0.113.7"}, {"login", stranger}});
        auto const request = http::text_line("request", {{"user", stranger}, {"device", mean}, {"query", meaner}});
        for (auto const& form : {text(refused), as_json(refused)}) EXPECT_EQ(host(form), "203.0.113.7") << form;
        for (auto const& form : {text(request), as_json(request)}) EXPECT_EQ(host(form), "") << form;
    }
}

TEST(Progress, OnATerminalOneLineThatRedrawsItself) {
    std::string out;
    Progress progress("importing", 200, true, &out);
    progress.at(100, "5 messages");
    progress.at(500, "9 messages");
    progress.finish();
    EXPECT_THAT(out, HasSubstr("\rimporting [===============               ]  50 %  5 messages"));
    EXPECT_THAT(out, HasSubstr("100 %  9 messages"));
    EXPECT_EQ(std::ranges::count(out, '\n'), 1);
}

TEST(Progress, ElsewhereALineForEveryTenPercent) {
    std::string out;
    Progress progress("importing", 1000, false, &out);
    for (std::uint64_t done = 0; done <= 1000; ++done) progress.at(done, "");
    progress.finish();
    EXPECT_EQ(std::ranges::count(out, '\n'), 10);
    EXPECT_THAT(out, HasSubstr("importing 10 %"));
}

TEST(Progress, EndsWithAllOfIt) {
    std::string out;
    Progress progress("importing", 1000, false, &out);
    progress.at(330, "1 message");
    progress.done("2 messages");
    EXPECT_EQ(out, "importing 33 %  1 message\nimporting 100 %  2 messages\n");
}

TEST(Secret, IsLongAndNeverTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) seen.insert(make_secret());
    EXPECT_EQ(seen.size(), 100u);
    EXPECT_EQ(seen.begin()->size(), 23u); // 20 letters of 5 bits, and three dashes
}

TEST(DirectoryLock, ASecondServerIsRefusedAndNamesTheFirst) {
    Directory const directory;
    {
        DirectoryLock const held(directory.path);
        try {
            DirectoryLock const second(directory.path);
            ADD_FAILURE() << "two servers on one directory";
        } catch (Stop const& stop) {
            EXPECT_EQ(stop.exit, Exit::Busy);
            EXPECT_THAT(stop.text, HasSubstr(std::to_string(::getpid())));
        }
    }
    DirectoryLock const again(directory.path);
}

TEST(Systemd, ReadinessIsOneDatagram) {
    Directory const directory;
    auto const path = directory.path + "/notify";
    int const socket = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path, address.sun_path);
    ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr const*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_systemd("READY=1");
    ::unsetenv("NOTIFY_SOCKET");
    char received[32] = {};
    EXPECT_EQ(::recv(socket, received, sizeof received, MSG_DONTWAIT), 7);
    EXPECT_STREQ(received, "READY=1");
    ::close(socket);
    notify_systemd("READY=1"); // nobody asked: nothing happens
}

} // namespace
} // namespace godwit::cli
