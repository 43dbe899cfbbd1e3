#include "mime/html.hpp"

#include "mime/header.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <libxml/HTMLparser.h>
#include <vector>

namespace godwit::mime {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char to_lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); }

void append_code_point(std::string& out, std::uint32_t c) {
    if (c == 0xA0) c = ' '; // what text means by a space that does not break
    if (c == 0xAD || c == 0x200B || c == 0x200C || c == 0xFEFF) return;
    bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    if (control || (c >= 0xD800 && c < 0xE000) || c > 0x10FFFF || c == 0xFFFE || c == 0xFFFF) return;
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

// The entity that begins at `at` (an ampersand); how many bytes it takes, 1 if it is just an ampersand.
std::size_t append_entity(std::string& out, std::string_view text, std::size_t at) {
    auto window = text.substr(at + 1, 12);
    std::size_t end = 0;
    if (window.starts_with('#')) {
        bool hex = window.size() > 1 && to_lower(window[1]) == 'x';
        std::uint32_t value = 0;
        std::size_t begin = end = hex ? 2 : 1;
        for (; end < window.size(); ++end) {
            char c = to_lower(window[end]);
            if (c >= '0' && c <= '9')
                value = value * (hex ? 16 : 10) + static_cast<std::uint32_t>(c - '0');
            else if (hex && c >= 'a' && c <= 'f')
                value = value * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
            else
                break;
            value = std::min<std::uint32_t>(value, 0x200000);
        }
        if (end == begin) return out += '&', 1;
        append_code_point(out, value);
    } else {
        std::array<char, 13> name{};
        while (end < window.size() && (is_letter(window[end]) || (window[end] >= '0' && window[end] <= '9')))
            name[end] = window[end], ++end;
        auto const* known = end > 0 ? htmlEntityLookup(reinterpret_cast<xmlChar const*>(name.data())) : nullptr;
        if (!known) return out += '&', 1;
        append_code_point(out, known->value);
    }
    return 1 + end + (end < window.size() && window[end] == ';' ? 1 : 0);
}

enum class Break : std::uint8_t { none, cell, line, paragraph };

Break break_of(std::string_view tag) {
    static constexpr std::array paragraphs{"p",  "h1", "h2", "h3",    "h4",         "h5", "h6",
                                           "ul", "ol", "dl", "table", "blockquote", "pre"};
    static constexpr std::array lines{"div",    "tr",      "li",       "dt",    "dd",      "section", "article",
                                      "header", "footer",  "center",   "form",  "address", "title",   "body",
                                      "tbody",  "caption", "fieldset", "aside", "nav",     "main"};
    auto among = [&](auto const& list) { return std::ranges::any_of(list, [&](char const* t) { return tag == t; }); };
    if (tag == "td" || tag == "th") return Break::cell;
    if (among(paragraphs)) return Break::paragraph;
    return among(lines) ? Break::line : Break::none;
}

// One pass over the document. Text is collected with its blank runs made one; breaks are remembered and written before
// the next text.
class TextReader {
public:
    TextReader(std::string_view html, std::size_t enough, Links links) : html_(html), enough_(enough), links_(links) {
        last_tag_end_ = html.rfind('>');
    }

    std::string read() {
        while (at_ < html_.size() && out_.size() <= enough_) {
            if (html_[at_] == '<')
                markup();
            else
                text();
        }
        while (out_.ends_with(' ')) out_.pop_back();
        if (!out_.empty()) out_ += "\r\n";
        return std::move(out_);
    }

private:
    void text() {
        auto end = std::min(html_.find('<', at_), html_.size());
        if (at_ == end) return;
        while (at_ < end && out_.size() <= enough_) {
            char c = html_[at_];
            if (c == '&') {
                entity_.clear();
                at_ += append_entity(entity_, html_, at_);
                for (char e : entity_) put(e);
            } else {
                put(c);
                ++at_;
            }
        }
    }

    void put(char c) {
        if (pre_ > 0 && c == '\n') return line_break();
        if (is_space(c) && pre_ == 0) {
            blank_ = true;
            return;
        }
        if (c == '\r' || c == '\n') return;
        write_break();
        out_ += c;
    }

    void write_break() {
        if (pending_ == Break::none && lines_ == 0) {
            if (blank_ && !at_line_start_ && !out_.ends_with(' '))
                out_ += ' ';
            else if (out_.empty() || at_line_start_)
                margin();
        } else {
            auto count = pending_ == Break::paragraph ? 2U : pending_ == Break::line ? 1U : 0U;
            count = std::max(count, lines_);
            if (out_.empty())
                margin();
            else if (count == 0)
                out_ += '\t'; // a cell
            else
                new_lines(std::min(count, 3U));
        }
        pending_ = Break::none;
        lines_ = 0;
        blank_ = at_line_start_ = false;
    }

    void new_lines(unsigned count) {
        while (out_.ends_with(' ') || out_.ends_with('\t')) out_.pop_back();
        for (unsigned i = 0; i < count; ++i) {
            out_ += "\r\n";
            if (i + 1 < count) margin();
        }
        margin();
    }

    void margin() {
        for (unsigned i = 0; i < std::min(quotes_, 10U); ++i) out_ += "> ";
    }

    void line_break() {
        ++lines_;
        blank_ = false;
    }
    void block(Break kind) {
        if (out_.size() == mark_end_ && !out_.empty())
            return; // the first paragraph of a list item stays beside its mark
        if (kind == Break::cell && pending_ == Break::none && at_line_start_) return;
        pending_ = std::max(pending_, kind);
        blank_ = false;
    }

    void markup() { // at '<'
        auto rest = html_.substr(at_);
        if (rest.starts_with("<!--")) return comment();
        char next = rest.size() > 1 ? rest[1] : ' ';
        bool closing = next == '/';
        if (!is_letter(next) && !closing && next != '!' && next != '?') {
            put('<');
            ++at_;
            return;
        }
        auto end = tag_end();
        if (end == std::string_view::npos) { // no tag ends any more
            put('<');
            ++at_;
            return;
        }
        auto tag = html_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        if (closing) tag.remove_prefix(1);
        std::array<char, 16> name{};
        std::size_t length = 0;
        while (length < tag.size() && length < name.size() &&
               (is_letter(tag[length]) || (tag[length] >= '0' && tag[length] <= '9'))) {
            name[length] = to_lower(tag[length]);
            ++length;
        }
        if (length > 0) element({name.data(), length}, tag.substr(length), closing);
    }

    void comment() {
        auto end = comments_end_ ? html_.find("-->", at_ + 4) : std::string_view::npos;
        if (end == std::string_view::npos)
            comments_end_ = false, end = html_.find('>', at_);
        else
            end += 2;
        at_ = end == std::string_view::npos ? html_.size() : end + 1;
    }

    // Where the tag at `at_` ends: the first '>' outside quotes, or simply the first if the quotes do not close.
    std::size_t tag_end() const {
        if (last_tag_end_ == std::string_view::npos || at_ > last_tag_end_) return std::string_view::npos;
        auto simple = html_.find('>', at_);
        auto limit = std::min(html_.size(), at_ + 1'000'000);
        char quote = 0;
        for (auto i = at_; i < limit; ++i) {
            char c = html_[i];
            if (quote == 0 && c == '>') return i;
            if (quote == 0 && (c == '"' || c == '\'') && html_[i - 1] == '=')
                quote = c;
            else if (c == quote)
                quote = 0;
            if (quote != 0 && i > last_tag_end_) break;
            if (quote != 0 && i > simple && i - at_ > 4096 && c == '<')
                break; // an unclosed quote has run into the next tags
        }
        return simple;
    }

    void element(std::string_view name, std::string_view attributes, bool closing) {
        if (!closing && (name == "style" || name == "script" || name == "title")) return skip_to_end_of(name);
        if (name == "br") return line_break();
        if (name == "hr") return block(Break::line);
        if (name == "a") return closing ? end_link() : begin_link(attributes);
        if (name == "pre") pre_ = closing ? pre_ - (pre_ > 0) : pre_ + 1;
        auto kind = break_of(name);
        if (kind != Break::none) block(kind);
        if (name == "blockquote") quotes_ = closing ? quotes_ - (quotes_ > 0) : quotes_ + 1;
        if (name == "ol" || name == "ul") list(name == "ol", closing);
        if (name == "li" && !closing) item();
    }

    void skip_to_end_of(std::string_view name) {
        for (auto at = html_.find("</", at_); at != std::string_view::npos; at = html_.find("</", at + 2)) {
            if (!equal_ignoring_case(html_.substr(at + 2, name.size()), name)) continue;
            at_ = at;
            return;
        }
        at_ = html_.size();
    }

    void list(bool ordered, bool closing) {
        if (closing && !numbers_.empty())
            numbers_.pop_back();
        else if (!closing && numbers_.size() < 50)
            numbers_.push_back(ordered ? 1 : 0);
        if (numbers_.size() > 1) pending_ = Break::line;
    }

    void item() {
        auto number = numbers_.empty() ? 0U : numbers_.back();
        if (number > 0) ++numbers_.back();
        auto mark = number > 0 ? std::to_string(number) + ". " : std::string("* ");
        auto indent =
            numbers_.size() > 1 ? std::string(2 * std::min<std::size_t>(numbers_.size() - 1, 10), ' ') : std::string();
        pending_ = std::min(pending_, numbers_.empty() || number != 1 ? Break::line : Break::paragraph);
        write_break();
        out_ += indent + mark;
        mark_end_ = out_.size();
        blank_ = false;
        at_line_start_ = false;
    }

    void begin_link(std::string_view attributes) {
        link_.clear();
        link_text_ = out_.size();
        for (std::size_t at = 0; at + 5 < attributes.size(); ++at) {
            if (!equal_ignoring_case(attributes.substr(at, 4), "href") || (at > 0 && !is_space(attributes[at - 1])))
                continue;
            auto value = attributes.substr(at + 4);
            while (!value.empty() && (is_space(value.front()) || value.front() == '=')) value.remove_prefix(1);
            char quote = !value.empty() && (value.front() == '"' || value.front() == '\'') ? value.front() : 0;
            if (quote != 0) value.remove_prefix(1);
            auto end = quote != 0 ? value.find(quote) : value.find_first_of(" \t\r\n>");
            value = value.substr(0, end);
            for (std::size_t i = 0; i < value.size();) {
                if (value[i] == '&')
                    i += append_entity(link_, value, i);
                else
                    link_ += value[i++];
            }
            break;
        }
    }

    void end_link() {
        bool worth = links_ == Links::show && link_.size() <= 2048 &&
                     (link_.starts_with("http://") || link_.starts_with("https://"));
        if (worth && link_text_ < out_.size()) {
            auto said = std::string_view(out_).substr(link_text_);
            auto bare = std::string_view(link_).substr(link_.find("//") + 2);
            while (bare.ends_with('/')) bare.remove_suffix(1);
            if (!said.contains(bare)) out_ += " <" + link_ + ">";
        }
        link_.clear();
    }

    std::string_view html_;
    std::size_t enough_;
    Links links_;
    std::size_t at_ = 0, last_tag_end_ = 0;
    std::string out_, entity_, link_;
    std::size_t link_text_ = 0, mark_end_ = 0;
    std::vector<unsigned> numbers_; // of the open lists; 0: not numbered
    unsigned pre_ = 0, quotes_ = 0, lines_ = 0;
    Break pending_ = Break::none;
    bool blank_ = false, at_line_start_ = true, comments_end_ = true;
};

} // namespace

std::string html_to_text(std::string_view html, std::size_t enough, Links links) {
    return TextReader(html, enough, links).read();
}

} // namespace godwit::mime
