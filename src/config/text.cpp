#include "config/text.hpp"
#include "config/table.hpp"
#include <fmt/format.h>

namespace godwit::config {
namespace {

constexpr std::size_t page_width = 118;

// Words of `text` in lines that begin with "# ".
std::string comment(std::string_view text) {
    std::string out, line = "#";
    while (!text.empty()) {
        auto const space = text.find(' ');
        auto const word = text.substr(0, space);
        text = space == text.npos ? std::string_view{} : text.substr(space + 1);
        if (line.size() + 1 + word.size() > page_width) out += line + "\n", line = "#";
        line += fmt::format(" {}", word);
    }
    return out + line + "\n";
}

std::string cell(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

} // namespace

std::string example_file() {
    Config const defaults;
    std::string out = "# Godwit's configuration: every setting with its default, commented out. `godwit config check "
                      "FILE` reads a file\n"
                      "# as the server would. This file is what `godwit config example` prints.\n";
    for (auto const& section : sections()) {
        out += "\n" + comment(section.sentence);
        if (!section.name.empty()) out += fmt::format("[{}]\n", section.name);
        for (auto const& setting : settings()) {
            if (setting.section != section.name) continue;
            auto const range = range_text(setting);
            auto const about =
                range.empty() ? std::string(setting.sentence) : fmt::format("{} ({})", setting.sentence, range);
            out += fmt::format("\n{}#{} = {}\n", comment(about), setting.name, value_text(setting, defaults));
        }
    }
    return out;
}

std::string manual_page() {
    Config const defaults;
    std::string out =
        "# Configuration\n\nA TOML file, given with `godwit serve --config FILE`. Everything has a default, so that an "
        "empty file is\n"
        "a good one; options of the command line win over the file. `godwit config check FILE` reads a file as the\n"
        "server would and lists all that is wrong with line numbers; `godwit config example` prints a file to start "
        "from.\n"
        "This page is made from the table in `src/config/table.cpp` (`godwit config manual`).\n";
    for (auto const& section : sections()) {
        out +=
            fmt::format("\n## {}\n\n{}\n\n| setting | default | range | what it does |\n|---|---|---|---|\n",
                        section.name.empty() ? "Top of the file" : fmt::format("[{}]", section.name), section.sentence);
        for (auto const& setting : settings()) {
            if (setting.section != section.name) continue;
            out += fmt::format("| `{}` | `{}` | {} | {} |\n", setting.name, value_text(setting, defaults),
                               cell(range_text(setting)), cell(setting.sentence));
        }
    }
    return out;
}

} // namespace godwit::config
