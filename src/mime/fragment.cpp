#include "mime/fragment.hpp"

#include "mime/ascii.hpp"
#include "mime/header.hpp"
#include "mime/web_address.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace godwit::mime {
namespace {

constexpr std::size_t max_depth = 200, max_style = 256 << 10;
constexpr auto npos = std::string_view::npos;
using Names = std::string_view; // " a b c ": a set of element names

bool among(Names names, std::string_view name) { return names.contains(" " + std::string(name) + " "); }

// What HTML reads as one text up to its own end tag, and what brings foreign rules or a life of its own.
constexpr Names dropped_with_content =
    " script title textarea xmp iframe noembed noframes noscript svg math object applet select ";
constexpr Names dropped = " html head meta base link form input button frame frameset param embed option optgroup "
                          "template audio video source track portal slot dialog image isindex keygen ";
constexpr Names empty_elements = " br hr img wbr col area ";
// Elements that end by themselves where their parent ends: an end tag of ours could be one too many.
constexpr Names implied_end = " p li dt dd td th tr thead tbody tfoot colgroup rt rp ";
constexpr Names table_parts = " td th tr thead tbody tfoot caption colgroup ";

// What a new element of this name ends, if it lies on top.
Names ends_before(std::string_view name) {
    struct Row {
        std::string_view name;
        Names ends;
    };
    static constexpr std::array rows{
        Row{"p", " p "},
        Row{"div", " p "},
        Row{"ul", " p "},
        Row{"ol", " p "},
        Row{"dl", " p "},
        Row{"table", " p "},
        Row{"blockquote", " p "},
        Row{"pre", " p "},
        Row{"h1", " p "},
        Row{"h2", " p "},
        Row{"h3", " p "},
        Row{"li", " p li "},
        Row{"dt", " p dt dd "},
        Row{"dd", " p dt dd "},
        Row{"td", " p td th "},
        Row{"th", " p td th "},
        Row{"tr", " p td th tr colgroup "},
        Row{"tbody", " p td th tr thead tbody tfoot colgroup "},
        Row{"thead", " p td th tr thead tbody tfoot colgroup "},
        Row{"tfoot", " p td th tr thead tbody tfoot colgroup "},
    };
    auto found = std::ranges::find(rows, name, &Row::name);
    return found == rows.end() ? Names{} : found->ends;
}

// Looks that would lay the original over the reply; an escape or a reference could hide them.
bool is_overlay(std::string_view css) {
    if (css.contains('\\') || css.contains("&#")) return true;
    auto const low = lower(css);
    auto const at = low.find("position");
    return at != low.npos && (low.find("fixed", at) != low.npos || low.find("absolute", at) != low.npos ||
                              low.find("sticky", at) != low.npos);
}

struct Attribute {
    std::string_view name, value;
    bool has_value = false;
};

// The tag that begins at `at`, behind its name, read as a browser reads it; npos if it does not end.
std::size_t read_attributes(std::string_view html, std::size_t at, std::vector<Attribute>& out) {
    auto skip = [&](auto while_true) {
        while (at < html.size() && while_true(html[at])) ++at;
    };
    for (;;) {
        skip([](char c) { return is_space(c) || c == '/'; });
        if (at >= html.size()) return npos;
        if (html[at] == '>') return at + 1;
        Attribute attribute;
        auto begin = at++;
        skip([](char c) { return !is_space(c) && c != '/' && c != '>' && c != '='; });
        attribute.name = html.substr(begin, at - begin);
        skip(is_space);
        if (at < html.size() && html[at] == '=') {
            ++at;
            skip(is_space);
            char quote = at < html.size() && (html[at] == '"' || html[at] == '\'') ? html[at] : 0;
            begin = quote != 0 ? ++at : at;
            skip([quote](char c) { return quote != 0 ? c != quote : !is_space(c) && c != '>'; });
            attribute.value = html.substr(begin, at - begin);
            attribute.has_value = true;
            if (quote != 0 && at < html.size()) ++at;
        }
        if (out.size() < 100) out.push_back(attribute);
    }
}

class FragmentWriter {
public:
    FragmentWriter(std::string_view html, std::string_view scope) : html_(html), scope_(scope) {}

    std::string write() {
        while (at_ < html_.size()) {
            auto open = std::min(html_.find('<', at_), html_.size());
            out_ += html_.substr(at_, open - at_);
            at_ = open;
            if (at_ < html_.size()) markup();
        }
        while (!stack_.empty()) pop();
        std::string style = style_.empty() ? std::string() : "<style>\r\n" + style_ + "</style>\r\n";
        if (body_style_.empty()) return style + out_;
        return style + "<div style=\"" + body_style_ + "\">" + out_ + "</div>";
    }

private:
    void markup() { // at '<'
        char next = at_ + 1 < html_.size() ? html_[at_ + 1] : ' ';
        if (next == '!' || next == '?') return declaration();
        bool closing = next == '/';
        auto begin = at_ + (closing ? 2 : 1);
        if (begin >= html_.size() || !is_letter(html_[begin])) {
            if (closing) return bogus();
            out_ += "&lt;";
            ++at_;
            return;
        }
        auto end = begin;
        while (end < html_.size() && !is_space(html_[end]) && html_[end] != '/' && html_[end] != '>') ++end;
        auto name = lower(html_.substr(begin, std::min<std::size_t>(end - begin, 32)));
        attributes_.clear();
        end = read_attributes(html_, end, attributes_);
        at_ = end == npos ? html_.size() : end; // a tag that does not end is none, and takes the rest with it
        if (end == npos) return;
        bool known = std::ranges::all_of(name, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
        if (!known) return; // o:p and its like: what they hold stays
        if (closing)
            close(name);
        else
            open(name);
    }

    void declaration() { // comments, <!DOCTYPE>, <?xml?>, and the brackets of conditional comments
        if (html_.substr(at_, 4) != "<!--") return bogus();
        auto end = html_.find("-->", at_ + 4);
        at_ = end == npos ? html_.size() : end + 3;
    }
    void bogus() {
        auto end = html_.find('>', at_);
        at_ = end == npos ? html_.size() : end + 1;
    }

    void open(std::string_view name) {
        if (name == "style") return style();
        if (name == "plaintext") at_ = html_.size();
        if (among(dropped_with_content, name)) return skip_content(name);
        if (name == "body") return body();
        if (name == "plaintext" || among(dropped, name)) return;
        auto ends = ends_before(name);
        while (!ends.empty() && !stack_.empty() && among(ends, stack_.back())) pop();
        bool is_empty = among(empty_elements, name);
        if (!is_empty && stack_.size() >= max_depth) return;
        out_ += '<';
        out_ += name;
        write_attributes();
        out_ += '>';
        if (!is_empty) stack_.emplace_back(name);
    }

    void close(std::string_view name) {
        bool of_table = among(table_parts, name);
        for (auto i = stack_.size(); i-- > 0;) {
            if (stack_[i] == name) {
                while (stack_.size() > i + 1) pop();
                stack_.pop_back();
                out_ += "</";
                out_ += name;
                out_ += '>';
                return;
            }
            // No end tag reaches out of a cell or a table (HTML's scopes), but for the table's own.
            if (stack_[i] == "table" || (!of_table && name != "table" && among(" td th caption ", stack_[i]))) return;
        }
    }

    void pop() {
        if (!among(implied_end, stack_.back())) out_ += "</" + stack_.back() + ">";
        stack_.pop_back();
    }

    void body() { // there is only one, and it is not ours: its looks go to an element of their own
        for (auto const& attribute : attributes_) {
            auto value = attribute.value.substr(0, 1000);
            bool plain = value.find_first_of("\"<>&{}") == npos && !is_overlay(value) && !value.contains("display");
            if (!plain || !body_style_.empty()) continue;
            if (equal_ignoring_case(attribute.name, "style")) body_style_ = value;
            if (equal_ignoring_case(attribute.name, "bgcolor") && !value.contains(';'))
                body_style_ = "background-color:" + std::string(value);
        }
    }

    // Up to the element's own end tag; there the scan goes on. Without one the rest of the document is its content.
    std::string_view raw_content(std::string_view name) {
        auto begin = at_;
        for (auto at = html_.find("</", at_); at != npos; at = html_.find("</", at + 2)) {
            auto rest = html_.substr(at + 2);
            if (!equal_ignoring_case(rest.substr(0, name.size()), name)) continue;
            auto after = rest.size() > name.size() ? rest[name.size()] : '>';
            if (!is_space(after) && after != '/' && after != '>') continue;
            at_ = at;
            bogus(); // its end tag
            return html_.substr(begin, at - begin);
        }
        at_ = html_.size();
        return html_.substr(begin);
    }
    void skip_content(std::string_view name) { raw_content(name); }
    void style() {
        auto const css = raw_content("style");
        if (style_.size() + css.size() <= max_style) style_ += scoped_style(css, scope_);
    }

    void write_attributes() {
        for (auto const& attribute : attributes_) {
            auto name = lower(attribute.name.substr(0, 64));
            bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
                return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
            });
            if (!plain || name.starts_with("on") || name == "srcdoc" || name == "autofocus") continue;
            if (is_address_attribute(name) && acts(attribute.value)) continue;
            if (name == "style" && is_overlay(attribute.value)) continue;
            out_ += ' ';
            out_ += name;
            if (!attribute.has_value) continue;
            out_ += "=\"";
            for (char c : attribute.value) {
                if (c == '"')
                    out_ += "&quot;";
                else if (c == '<' || c == '>') // readers that look for tags without looking for quotes
                    out_ += c == '<' ? "&lt;" : "&gt;";
                else
                    out_ += c;
            }
            out_ += '"';
        }
    }

    std::string_view html_, scope_;
    std::size_t at_ = 0;
    std::string out_, style_, body_style_;
    std::vector<std::string> stack_;
    std::vector<Attribute> attributes_;
};

std::string without_css_comments(std::string_view css) {
    std::string out;
    for (std::size_t at = 0; at < css.size();) {
        auto open = css.find("/*", at);
        out += css.substr(at, open - at);
        if (open == npos) break;
        auto close = css.find("*/", open + 2);
        at = close == npos ? css.size() : close + 2;
    }
    for (std::string_view mark : {"<!--", "-->"}) { // around sheets that very old readers must not show
        for (auto at = out.find(mark); at != out.npos; at = out.find(mark, at))
            out.replace(at, mark.size(), mark.size(), ' ');
    }
    std::ranges::replace(out, '<', ' '); // nothing ends the element from within
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

// Where the block that opens at `open` ends: behind its brace, strings aside; the end if it does not.
std::size_t end_of_block(std::string_view css, std::size_t open) {
    std::size_t depth = 0;
    char quote = 0;
    for (auto at = open; at < css.size(); ++at) {
        char c = css[at];
        if (c == '\\') {
            ++at;
        } else if (quote != 0) {
            if (c == quote || c == '\n') quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return css.size();
}

std::string scoped_selectors(std::string_view list, std::string_view scope) {
    std::string out;
    for (std::size_t at = 0; at <= list.size();) {
        auto comma = std::min(list.find(',', at), list.size());
        auto one = trimmed(list.substr(at, comma - at));
        at = comma + 1;
        if (one.empty()) continue;
        for (std::string_view whole : {"html", "body", ":root"}) { // the document is the fragment
            bool is_it = one.size() >= whole.size() && equal_ignoring_case(one.substr(0, whole.size()), whole) &&
                         (one.size() == whole.size() || is_space(one[whole.size()]));
            if (is_it) one = trimmed(one.substr(whole.size()));
        }
        if (!out.empty()) out += ',';
        out += '.';
        out += scope;
        if (!one.empty()) out += ' ';
        out += one;
    }
    return out;
}

} // namespace

std::string html_fragment(std::string_view html, std::string_view scope) { return FragmentWriter(html, scope).write(); }

std::string scoped_style(std::string_view css, std::string_view scope) {
    auto const text = without_css_comments(css);
    std::string_view rest = text;
    std::string out;
    bool in_media = false;
    while (!rest.empty()) {
        auto stop = rest.find_first_of("{};");
        if (stop == npos) break;
        auto prelude = trimmed(rest.substr(0, stop));
        bool is_media = prelude.starts_with('@') && equal_ignoring_case(prelude.substr(0, 7), "@media ");
        if (rest[stop] == '{' && is_media && !in_media && !prelude.contains('"') && !prelude.contains('\'')) {
            out.append(prelude).append("{\r\n");
            in_media = true;
            rest.remove_prefix(stop + 1);
            continue;
        }
        if (rest[stop] != '{') {
            if (rest[stop] == '}' && in_media) out += "}\r\n", in_media = false;
            rest.remove_prefix(stop + 1);
            continue;
        }
        auto end = end_of_block(rest, stop);
        auto block = rest.substr(stop, end - stop);
        rest.remove_prefix(end);
        bool whole = block.ends_with('}') && std::ranges::count(block, '{') == 1;
        bool odd = prelude.empty() || prelude.starts_with('@') || prelude.find_first_of("\\\"'()") != npos;
        if (whole && !odd && !is_overlay(block))
            out.append(scoped_selectors(prelude, scope)).append(block).append("\r\n");
    }
    if (in_media) out += "}\r\n";
    return out;
}

std::size_t end_of_body(std::string_view html) {
    for (std::string_view mark : {"</body", "</html"}) {
        for (auto at = html.rfind("</"); at != npos && html.size() - at <= 4096; at = html.rfind("</", at - 1)) {
            if (equal_ignoring_case(html.substr(at, mark.size()), mark)) return at;
            if (at == 0) break;
        }
    }
    return html.size();
}

} // namespace godwit::mime
