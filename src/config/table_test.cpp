#include "config/parse.hpp"
#include "config/table.hpp"
#include "config/text.hpp"
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <regex>
#include <set>
#include <sstream>

namespace godwit::config {
namespace {

using testing::HasSubstr;

std::string file_text(std::string const& name) {
    std::ifstream in(std::filesystem::path(GODWIT_SOURCE) / name);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string everything(Config const& config) {
    std::string out;
    for (auto const& setting : settings()) out += value_text(setting, config) + "\n";
    return out;
}

TEST(Table, EverySettingIsNamedOnceWithASectionAndASentence) {
    std::set<std::string> names;
    Config const defaults;
    for (auto const& setting : settings()) {
        EXPECT_TRUE(names.insert(std::string(setting.section) + "." + std::string(setting.name)).second)
            << setting.name;
        EXPECT_FALSE(setting.sentence.empty());
        EXPECT_TRUE(setting.form != Form::Number || (setting.max > setting.min && !setting.unit.empty()))
            << setting.name;
        auto const listed = [&](Section const& s) { return s.name == setting.section; };
        EXPECT_TRUE(std::ranges::any_of(sections(), listed)) << setting.section;
    }
}

TEST(Table, DefaultsPassTheirOwnRanges) {
    auto const uncommented = std::regex_replace(example_file(), std::regex("(^|\n)#([a-z_]+ = )"), "$1$2");
    auto const parsed = parse(uncommented);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().front().text;
    EXPECT_EQ(everything(*parsed), everything(Config{}));
}

TEST(Table, EverySettingIsReadIntoItsOwnPlace) {
    for (auto const& setting : settings()) {
        std::string value;
        switch (setting.form) {
        case Form::Text:
        case Form::File: value = "\"other\""; break;
        case Form::Address: value = "\"127.0.0.1:9\""; break;
        case Form::Choice: value = '"' + std::string(setting.unit.substr(0, setting.unit.find('|'))) + '"'; break;
        case Form::Flag: value = value_text(setting, {}) == "true" ? "false" : "true"; break;
        case Form::Number:
            value = std::to_string(setting.min + (std::to_string(setting.min) == value_text(setting, {})));
            break;
        }
        auto text = setting.section.empty() ? std::string() : "[" + std::string(setting.section) + "]\n";
        text += std::string(setting.name) + " = " + value + "\n";
        if (setting.name == "https") text += "certificate = \"c\"\nkey = \"k\"\n";
        auto const parsed = parse(text);
        ASSERT_TRUE(parsed.has_value()) << text << parsed.error().front().text;
        EXPECT_EQ(value_text(setting, *parsed), value);
        for (auto const& other : settings()) {
            bool const also = &other == &setting || (setting.name == "https" && other.form == Form::File);
            if (!also)
                EXPECT_EQ(value_text(other, *parsed), value_text(other, Config{}))
                    << setting.name << " moved " << other.name;
        }
    }
}

struct Bad {
    std::string text;
    unsigned line;
    std::string says;
};
TEST(Parse, NamesWhatIsWrongAndWhere) {
    std::vector<Bad> const rows = {
        {"[sync]\nheartbeet_max = 60\n", 2, "no setting sync.heartbeet_max; did you mean sync.heartbeat_max?"},
        {"heartbeat_max = 60\n", 1, "did you mean sync.heartbeat_max?"},
        {"\n[snyc]\nheartbeat_max = 60\n", 2, "no section [snyc]; did you mean [sync]?"},
        {"xyzzy_plugh = 1\n", 1, "`godwit config example` lists all"},
        {"[sync]\n\nheartbeat_min = 0\n", 3, "sync.heartbeat_min must be a number from 1 to 3540 seconds"},
        {"[sync]\nheartbeat_min = -5\n", 2, "sync.heartbeat_min must be a number"},
        {"[sync]\nheartbeat_min = 3541\n", 2, "1 to 3540"},
        {"[sync]\nheartbeat_min = \"60\"\n", 2, "must be a number"},
        {"[delivery]\nrelay_port = 65536\n", 2, "1 to 65535 port"},
        {"[delivery]\nrelay_tls = \"ssl\"\n", 2, "delivery.relay_tls must be none, starttls or tls"},
        {"[provision]\nrequired = 1\n", 2, "provision.required must be true or false"},
        {"data = 5\n", 1, "data must be a text in quotes"},
        {"[listen]\nhttp = \"8080\"\n", 2, "listen.http: \"8080\" is not ADDR:PORT"},
        {"[listen]\nlmtp = \"::1:24\"\n", 2, "is not ADDR:PORT"},
        {"[listen]\nlmtp = \"127.0.0.1:65536\"\n", 2, "is not ADDR:PORT"},
        {"[listen]\nhttps = \"127.0.0.1:443\"\n", 0, "needs listen.certificate and listen.key"},
        {"[listen]\nhttp = \"\"\n", 0, "nothing to serve"},
        {"[sync]\nheartbeat_min = 600\nheartbeat_max = 300\n", 0, "heartbeat_min is larger"},
        {"a = \n", 1, ""},
        {"[sync]\nheartbeat_min = 60\nheartbeat_min = 61\n", 3, ""},
    };
    for (auto const& row : rows) {
        auto const parsed = parse(row.text);
        ASSERT_FALSE(parsed.has_value()) << row.text;
        ASSERT_EQ(parsed.error().size(), 1u) << row.text;
        EXPECT_THAT(parsed.error().front().text, HasSubstr(row.says));
        EXPECT_EQ(parsed.error().front().line, row.line) << row.text;
    }
}

TEST(Parse, ListsEveryMistakeInTheOrderOfTheFile) {
    auto const parsed =
        parse("threads = \"a\"\n[sync]\nheartbeat_max = 9999\nheartbeat_mim = 60\n[log]\nlevel = \"loud\"\n");
    ASSERT_FALSE(parsed.has_value());
    std::vector<unsigned> lines;
    for (auto const& mistake : parsed.error()) lines.push_back(mistake.line);
    EXPECT_THAT(lines, testing::ElementsAre(1, 3, 4, 6));
}

TEST(Parse, AnEmptyFileIsTheDefaults) {
    auto const parsed = parse("");
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(everything(*parsed), everything(Config{}));
}

TEST(Parse, AddressesOfBothFamilies) {
    auto const six = split_address("[::1]:8443");
    ASSERT_TRUE(six.has_value());
    EXPECT_EQ(six->host, "::1");
    EXPECT_EQ(six->port, 8443);
    auto const any = split_address("127.0.0.1:0");
    ASSERT_TRUE(any.has_value());
    EXPECT_EQ(any->port, 0);
    for (auto const* bad : {"", ":", ":80", "host", "host:", "host:x", "host:80x", "[::1]", "[]:80"})
        EXPECT_FALSE(split_address(bad).has_value()) << bad;
}

TEST(Pages, ThoseOfTheRepositoryAreWhatTheTableSays) {
    EXPECT_TRUE(file_text("godwit.example.toml") == example_file())
        << "run: godwit config example > godwit.example.toml";
    EXPECT_TRUE(file_text("docs/configuration.md") == manual_page())
        << "run: godwit config manual > docs/configuration.md";
}

} // namespace
} // namespace godwit::config
