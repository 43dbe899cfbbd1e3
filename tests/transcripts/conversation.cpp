#include "conversation.hpp"
#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace godwit::transcripts {
namespace {

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

std::string trimmed(std::string const& line) {
    auto first = line.find_first_not_of(" \t\r");
    if (first == line.npos) return {};
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> content_lines(std::string const& text) {
    std::vector<std::string> out;
    for (auto const& line : lines_of(text))
        if (auto t = trimmed(line); !t.empty()) out.push_back(std::move(t));
    return out;
}

std::set<std::string> const step_names{"message",      "mark",    "remove", "move",    "folder",   "request",
                                       "response",     "waiting", "gone",   "advance", "stopping", "restart",
                                       "conversation", "wipe",    "full",   "damaged", "lost",     "quota"};

// The name of the step that begins in this line, or nothing.
std::string step_in(std::string const& line) {
    if (line.size() < 2 || line[0] != '<' || line[1] == '/' || line[1] == '!') return {};
    auto name = line.substr(1, line.find_first_of(" />") - 1);
    return step_names.contains(name) ? name : std::string();
}

Step opened(std::string const& line, std::string name, std::size_t number) {
    Step step{.name = std::move(name), .attributes = {}, .text = {}, .line = number};
    static std::regex const pattern("([A-Za-z-]+)=\"([^\"]*)\"");
    for (std::sregex_iterator it(line.begin(), line.end(), pattern), end; it != end; ++it)
        step.attributes[(*it)[1]] = (*it)[2];
    return step;
}

std::string opening(Step const& step) {
    std::string out = '<' + step.name;
    for (auto const& [key, value] : step.attributes) out += ' ' + key + "=\"" + value + '"';
    return out;
}

// One line against one pattern; learns on the way.
bool line_matches(std::string const& pattern, std::string const& actual, Variables& variables) {
    std::size_t at = 0;
    for (std::size_t p = 0; p < pattern.size();) {
        auto brace = pattern.find('{', p);
        auto literal = pattern.substr(p, brace == pattern.npos ? brace : brace - p);
        if (actual.compare(at, literal.size(), literal) != 0) return false;
        at += literal.size();
        if (brace == pattern.npos) break;
        auto close = pattern.find('}', brace);
        auto name = pattern.substr(brace + 1, close - brace - 1);
        auto value = actual.substr(at, actual.find_first_of("<\"", at) - at);
        if (name != "*" && variables.try_emplace(name, value).first->second != value) return false;
        at += value.size();
        p = close + 1;
    }
    return at == actual.size();
}

} // namespace

std::vector<Step> read_steps(std::string const& file) {
    std::vector<Step> out;
    auto lines = lines_of(file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto name = step_in(lines[i]);
        if (name.empty()) continue;
        auto step = opened(lines[i], name, i + 1);
        bool closed = name == "conversation" || lines[i].ends_with("/>") || lines[i].ends_with("</" + name + ">");
        while (!closed && lines.at(++i) != "</" + name + ">") step.text += lines[i] + '\n';
        out.push_back(std::move(step));
    }
    return out;
}

std::string write_steps(std::string const& file, std::vector<Step> const& steps) {
    std::string out;
    auto lines = lines_of(file);
    auto step = steps.begin();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto name = step_in(lines[i]);
        if (name.empty()) {
            out += lines[i] + '\n';
            continue;
        }
        bool closed = name == "conversation" || lines[i].ends_with("/>") || lines[i].ends_with("</" + name + ">");
        auto first = i;
        while (!closed && lines[++i] != "</" + name + ">") {
        }
        if (name == "response") {
            out += opening(*step) + (step->text.empty() ? "/>\n" : ">\n" + step->text + "</response>\n");
        } else {
            for (auto k = first; k <= i; ++k) out += lines[k] + '\n';
        }
        ++step;
    }
    return out;
}

std::string filled(std::string text, Variables const& variables) {
    for (auto const& [name, value] : variables)
        for (std::size_t at = 0; (at = text.find('{' + name + '}', at)) != text.npos; at += value.size())
            text.replace(at, name.size() + 2, value);
    return text;
}

std::string difference(std::string const& expected, std::string const& actual, Variables& variables) {
    auto want = content_lines(expected), have = content_lines(actual);
    for (std::size_t i = 0; i < std::max(want.size(), have.size()); ++i) {
        if (i < want.size() && i < have.size() && line_matches(want[i], have[i], variables)) continue;
        return "expected: " + (i < want.size() ? filled(want[i], variables) : "the end") +
               "\n  actual: " + (i < have.size() ? have[i] : "the end") + "\n  whole answer:\n" + actual;
    }
    return {};
}

std::string with_variables(std::string text, Variables& variables) {
    static std::regex const pattern("<([a-z]*:)?(SyncKey|PolicyKey)>([^<]*)<");
    std::string out;
    std::smatch match;
    while (std::regex_search(text, match, pattern)) {
        std::string value = match[3];
        auto prefix = match[2] == "SyncKey" ? "k" : "p";
        auto known = std::ranges::find(variables, value, &Variables::value_type::second);
        std::string shown = value;
        if (known != variables.end())
            shown = '{' + known->first + '}';
        else if (value.size() > 1) {
            std::size_t n = 1;
            while (variables.contains(prefix + std::to_string(n))) ++n;
            variables[prefix + std::to_string(n)] = value;
            shown = '{' + (prefix + std::to_string(n)) + '}';
        }
        auto text_before = std::string(match.prefix()) + match.str().substr(0, match.str().find('>') + 1);
        out += text_before + shown + '<';
        text = match.suffix();
    }
    return out + text;
}

std::string folded(std::string const& text) {
    auto open = text.find("<Commands>"), close = text.find("</Commands>");
    if (open == text.npos) return text;
    auto commands = text.substr(open, close - open);
    std::string counts;
    for (std::string name : {"Add", "Change", "Delete", "SoftDelete"}) {
        std::size_t n = 0;
        for (std::size_t at = 0; (at = commands.find('<' + name + '>', at)) != commands.npos; ++at) ++n;
        if (n > 0) counts += "<!-- " + std::to_string(n) + ' ' + name + " -->\n";
    }
    return text.substr(0, open) + "<Commands>\n" + counts + text.substr(close);
}

} // namespace godwit::transcripts
