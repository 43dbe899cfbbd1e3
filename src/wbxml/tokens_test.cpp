#include "wbxml/tokens.hpp"
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <vector>

namespace godwit::wbxml {
namespace {

TEST(Tokens, EveryTagIsFoundByBothItsNames) {
    std::set<std::pair<int, int>> seen;
    for (std::size_t number = 0; number < code_pages.size(); ++number) {
        auto const& page = code_pages[number];
        for (auto const& tag : page.tags) {
            EXPECT_EQ(tag.page, number) << page.name << ' ' << tag.name;
            EXPECT_GE(tag.token, 5) << tag.name;
            EXPECT_LT(tag.token, 64) << tag.name;
            EXPECT_TRUE(seen.emplace(tag.page, tag.token).second) << page.name << ' ' << tag.name;
            EXPECT_EQ(find_tag(tag.page, tag.token)->name, tag.name);
            EXPECT_EQ(find_tag(page.name, tag.name), find_tag(tag.page, tag.token)) << tag.name;
        }
    }
    EXPECT_EQ(seen.size(), 655u);
}

TEST(Tokens, WhatIsNotThere) {
    EXPECT_EQ(find_tag(0, 0x3F), nullptr);
    EXPECT_EQ(find_tag(0, 0x40), nullptr);
    EXPECT_EQ(find_tag(26, 0x05), nullptr);
    EXPECT_EQ(find_tag(255, 255), nullptr);
    EXPECT_EQ(find_tag("AirSync", "Subject"), nullptr);
    EXPECT_EQ(find_tag("Nowhere", "Sync"), nullptr);
}

std::vector<std::string> cells(std::string const& line) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, '\t');) out.push_back(cell);
    return out;
}

TEST(Tokens, TheSpecificationHasTheSame) {
    std::ifstream in(GODWIT_SHARED "/spec/wbxml-codepages.tsv");
    if (!in) GTEST_SKIP() << "no ../shared";
    std::string line;
    std::getline(in, line);
    int rows = 0;
    for (; std::getline(in, line); ++rows) {
        auto row = cells(line);
        auto page = static_cast<std::uint8_t>(std::stoi(row[0]));
        auto const* tag = find_tag(page, static_cast<std::uint8_t>(std::stoi(row[2], nullptr, 16)));
        ASSERT_NE(tag, nullptr) << line;
        EXPECT_EQ(tag->name, row[3]);
        EXPECT_EQ(code_pages[page].name, row[1]);
        EXPECT_EQ(tag->kind == legacy, row[5] == "legacy") << line;
    }
    EXPECT_EQ(rows, 655);
}

} // namespace
} // namespace godwit::wbxml
