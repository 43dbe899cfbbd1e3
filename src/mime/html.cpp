#include "mime/html.hpp"

#include "mime/ascii.hpp"
#include "mime/charset.hpp"
#include "mime/entity.hpp"
#include "mime/header.hpp"
#include "mime/text_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace godwit::mime {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class List> bool among(std::string_view tag, List const& list) {
    return std::ranges::any_of(list, [&](char const* t) { return tag == t; });
}

enum class Break : std::uint8_t { none, cell, line, paragraph };

Break break_of(std::string_view tag) {
    static constexpr std::array paragraphs{"p",  "h1", "h2", "h3",    "h4",         "h5", "h6",
                                           "ul", "ol", "dl", "table", "blockquote", "pre"};
    static constexpr std::array lines{"div",    "tr",      "li",       "dt",    "dd",      "section", "article",
                                      "header", "footer",  "center",   "form",  "address", "title",   "body",
                                      "tbody",  "caption", "fieldset", "aside", "nav",     "main"};
    if (tag == "td" || tag == "th") return Break::cell;
    if (among(tag, paragraphs)) return Break::paragraph;
    return among(tag, lines) ? Break::line : Break::none;
}

bool is_void(std::string_view tag) {
    static constexpr std::array all{"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"};
    return among(tag, all);
}

// The attributes that tell what a person sees.
struct Attributes {
    std::string_view href = {}, alt = {}, style = {}, classes = {}, width = {}, height = {};
    bool hidden = false;
};

Attributes read_attributes(std::string_view text) {
    Attributes out;
    auto skip_spaces = [&] {
        while (!text.empty() && (is_space(text.front()) || text.front() == '/')) text.remove_prefix(1);
    };
    for (skip_spaces(); !text.empty(); skip_spaces()) {
        auto end = std::max<std::size_t>(std::min(text.find_first_of(" \t\r\n\f/="), text.size()), 1);
        auto name = text.substr(0, end);
        text.remove_prefix(end);
        auto sign = text.find_first_not_of(" \t\r\n\f");
        std::string_view value;
        if (sign != text.npos && text[sign] == '=') {
            text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\f", sign + 1), text.size()));
            char quote = !text.empty() && (text.front() == '"' || text.front() == '\'') ? text.front() : '\0';
            if (quote != 0) text.remove_prefix(1);
            auto stop = std::min(quote != 0 ? text.find(quote) : text.find_first_of(" \t\r\n\f"), text.size());
            value = text.substr(0, stop);
            text.remove_prefix(std::min(stop + 1, text.size()));
        }
        auto is = [&](std::string_view one) { return equal_ignoring_case(name, one); };
        if (is("href")) out.href = value;
        if (is("alt")) out.alt = value;
        if (is("style")) out.style = value;
        if (is("class")) out.classes = value;
        if (is("width")) out.width = value;
        if (is("height")) out.height = value;
        if (is("hidden")) out.hidden = true;
    }
    return out;
}

// Small letters, no blanks: "display:none;max-height:0".
std::string compact(std::string_view style) {
    std::string out;
    for (char c : style.substr(0, 2048))
        if (!is_space(c)) out += to_lower(c);
    return out;
}

// Whether the style sets the property to nothing: "0", "0px", not "0.5" or "0 0 1em".
bool is_zero(std::string_view style, std::string_view property) {
    for (std::size_t at = 0; (at = style.find(property, at)) != style.npos; at += property.size()) {
        auto value = style.substr(at + property.size());
        bool whole = at == 0 || style[at - 1] == ';';
        if (whole && value.starts_with('0') && (value.size() == 1 || (value[1] != '.' && !is_digit(value[1]))))
            return true;
    }
    return false;
}

// What senders put before a mail for its preview only, and what they show on screens of another size.
bool hides(Attributes const& attributes) {
    if (attributes.hidden) return true;
    if (attributes.style.empty()) return false;
    auto style = compact(attributes.style);
    return style.contains("display:none") || style.contains("visibility:hidden") || is_zero(style, "opacity:") ||
           (is_zero(style, "max-height:") && style.contains("overflow:hidden"));
}

// A paragraph without space around it, as Outlook writes each line.
bool is_tight(Attributes const& attributes) {
    if (attributes.classes.contains("MsoNormal") || attributes.classes.contains("MsoPlainText")) return true;
    if (attributes.style.empty()) return false;
    auto style = compact(attributes.style);
    return is_zero(style, "margin:") || (is_zero(style, "margin-top:") && is_zero(style, "margin-bottom:"));
}

// One pass over the document.
class TextReader {
public:
    TextReader(std::string_view html, std::size_t enough, Links links) : html_(html), links_(links), out_(enough) {
        last_tag_end_ = html.rfind('>');
    }

    std::string read() {
        while (!out_.full()) {
            if (at_ >= html_.size()) {
                if (hidden_depth_ == 0) break;
                hides_ = false; // what hides has no end: it is shown after all
                hidden_depth_ = 0;
                at_ = hidden_from_;
            } else if (html_[at_] == '<')
                markup();
            else
                text(std::min(html_.find('<', at_), html_.size()));
        }
        return out_.finish();
    }

private:
    void text(std::size_t end) {
        if (hidden_depth_ > 0) at_ = end;
        while (at_ < end && !out_.full()) {
            if (html_[at_] == '&') {
                entity_.clear();
                at_ += append_entity(entity_, html_, at_);
                for (std::string_view rest = entity_; !rest.empty();) rest.remove_prefix(character(rest));
            } else {
                at_ += character(html_.substr(at_));
            }
        }
    }

    // Takes one, or as many bytes as belong together.
    std::size_t character(std::string_view rest) {
        if (hidden_depth_ > 0) return 1;
        char c = rest.front();
        bool first_in_pre = std::exchange(pre_begins_, false);
        if (static_cast<unsigned char>(c) >= 0x80) {
            if (rest.starts_with("\xC2\xA0")) return out_.hard_space(), 2;
            if (auto length = invisible_length(rest); length > 0) return length;
            std::size_t length = 1;
            while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0) == 0x80) ++length;
            for (char one : rest.substr(0, length)) out_.put(one);
            return length;
        }
        if (!is_space(c))
            out_.put(c);
        else if (pre_ == 0)
            out_.blank();
        else if (c == '\n' && !first_in_pre)
            out_.end_line();
        else if (c == '\t')
            out_.put(c);
        else if (c == ' ')
            out_.hard_space();
        else if (c == '\r')
            pre_begins_ = first_in_pre;
        return 1;
    }

    void markup() { // at '<'
        auto rest = html_.substr(at_);
        if (rest.starts_with("<!--")) return comment();
        char next = rest.size() > 1 ? rest[1] : ' ';
        bool closing = next == '/';
        bool tag_begins = is_letter(next) || closing || next == '!' || next == '?';
        auto end = tag_begins ? tag_end() : std::string_view::npos;
        if (end == std::string_view::npos) { // none, or none ends any more
            at_ += character(rest);
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

    void element(std::string_view name, std::string_view rest, bool closing) {
        if (!closing && (name == "style" || name == "script" || name == "title")) return skip_to_end_of(name);
        if (hidden_depth_ > 0) return inside_hidden(name, closing);
        auto attributes = closing ? Attributes{} : read_attributes(rest);
        if (hides_ && !closing && name != "body" && name != "html" && hides(attributes)) {
            if (is_void(name)) return;
            hidden_name_ = name;
            hidden_depth_ = 1;
            hidden_from_ = at_;
            return;
        }
        if (name == "br") return out_.end_line();
        if (name == "hr") return out_.ruler();
        if (name == "img") return picture(attributes);
        if (name == "a") return closing ? end_link() : begin_link(attributes.href);
        if (name == "pre") {
            pre_ = closing ? pre_ - (pre_ > 0) : pre_ + 1;
            pre_begins_ = !closing;
        }
        if (name == "p" && !closing) tight_ = is_tight(attributes);
        block(name == "p" && tight_ ? Break::line : break_of(name));
        if (name == "blockquote") out_.quote(!closing);
        if (name == "ol" || name == "ul") list(name == "ol", closing);
        if (name == "li" && !closing) item();
    }

    // Ends with the element that hides; a paragraph does where the next begins.
    void inside_hidden(std::string_view name, bool closing) {
        if (name != hidden_name_) return;
        hidden_depth_ += closing || name == "p" ? -1 : 1;
        if (hidden_depth_ == 0) block(break_of(name));
    }

    void block(Break kind) {
        if (kind == Break::cell) out_.end_cell();
        if (kind == Break::line || kind == Break::paragraph) out_.end_block(kind == Break::paragraph);
    }

    // By its words; one that is there to tell that the mail is read has none.
    void picture(Attributes const& attributes) {
        auto dot = [](std::string_view size) { return size == "0" || size == "1" || size == "1px"; };
        if (dot(attributes.width) || dot(attributes.height)) return;
        auto alt = cut_bytes(attributes.alt, 500);
        std::string words;
        for (std::size_t at = 0; at < alt.size();) {
            if (alt[at] == '&')
                at += append_entity(words, alt, at);
            else
                words += alt[at++];
        }
        for (std::string_view rest = words; !rest.empty();) rest.remove_prefix(character(rest));
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
        if (numbers_.size() + (closing ? 0 : 1) > 1) out_.tighten(); // one in another
        if (closing && !numbers_.empty())
            numbers_.pop_back();
        else if (!closing && numbers_.size() < 50)
            numbers_.push_back(ordered ? 1 : 0);
        list_begins_ = !closing && numbers_.size() == 1;
    }

    void item() {
        auto number = numbers_.empty() ? 0U : numbers_.back();
        if (number > 0) ++numbers_.back();
        auto depth = std::min<std::size_t>(std::max<std::size_t>(numbers_.size(), 1) - 1, 10);
        auto mark = std::string(2 * depth, ' ') + (number > 0 ? std::to_string(number) + ". " : std::string("* "));
        out_.mark(mark, std::exchange(list_begins_, false));
    }

    void begin_link(std::string_view address) {
        link_.clear();
        link_text_ = out_.size();
        if (address.size() > 4096) return; // nobody reads that
        for (std::size_t i = 0; i < address.size();) {
            if (address[i] == '&')
                i += append_entity(link_, address, i);
            else
                link_ += address[i++];
        }
        std::erase_if(link_, [](char c) { return is_space(c) || c == '<' || c == '>'; });
    }

    void end_link() {
        bool worth = links_ == Links::show && link_.size() <= 2048 &&
                     (link_.starts_with("http://") || link_.starts_with("https://"));
        if (worth && link_text_ < out_.size()) {
            auto said = out_.since(link_text_).substr(0, 4096);
            auto bare = std::string_view(link_).substr(link_.find("//") + 2);
            while (bare.ends_with('/')) bare.remove_suffix(1);
            if (!said.contains(bare)) out_.append(" <" + link_ + ">");
        }
        link_.clear();
    }

    std::string_view html_;
    Links links_;
    TextWriter out_;
    std::size_t at_ = 0, last_tag_end_ = 0;
    std::string entity_, link_, hidden_name_;
    std::size_t link_text_ = 0, hidden_from_ = 0;
    std::vector<unsigned> numbers_; // of the open lists; 0: not numbered
    unsigned pre_ = 0, hidden_depth_ = 0;
    bool comments_end_ = true, hides_ = true;
    bool pre_begins_ = false, list_begins_ = false, tight_ = false;
};

} // namespace

std::string html_to_text(std::string_view html, std::size_t enough, Links links) {
    return TextReader(html, enough, links).read();
}

} // namespace godwit::mime
