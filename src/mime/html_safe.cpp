// HTML without what acts (docs/security.md says what goes and what stays). One pass over tags; what is not understood
// goes. Comments go too: where one ends is a thing that readers disagree about, and inside them senders hide tags.
#include "mime/ascii.hpp"
#include "mime/header.hpp"
#include "mime/html.hpp"
#include "mime/web_address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace godwit::mime {
namespace {

template <std::size_t N> bool among(std::string_view name, std::array<std::string_view, N> const& list) {
    return std::ranges::any_of(list, [&](auto one) { return equal_ignoring_case(one, name); });
}

constexpr std::array<std::string_view, 1> with_content{"script"};
// Their tags go, what they hold is looked at. Three give other elements the addresses that they may not have; of the
// last five some readers take the content as text, and others as HTML.
constexpr std::array<std::string_view, 18> never{
    "object", "applet", "embed",   "iframe",        "frame",    "frameset", "link",     "base",      "param",
    "portal", "set",    "animate", "animatemotion", "noscript", "noembed",  "noframes", "plaintext", "xmp"};
// Text up to their own end tag, whatever it looks like; but not so in SVG.
constexpr std::array<std::string_view, 3> raw_text{"style", "title", "textarea"};

// "import", in whatever spelling, behind the '@' of a style sheet (CSS Syntax 4.3.7).
bool says_import(std::string_view css) {
    std::string out;
    while (!css.empty() && out.size() < 7) {
        char c = css.front();
        css.remove_prefix(1);
        if (c == '\\') {
            std::string_view constexpr digits = "0123456789abcdefABCDEF";
            std::uint32_t value = 0;
            std::size_t n = 0;
            for (; n < 6 && n < css.size() && digits.contains(css[n]); ++n)
                value = value * 16 + std::uint32_t(std::min(digits.find(css[n]), digits.find(css[n]) - 6) % 16);
            c = n > 0 ? static_cast<char>(value < 0x80 ? value : '?') : css.empty() ? '?' : css.front();
            css.remove_prefix(std::min(css.size(), std::max<std::size_t>(n, 1)));
            if (n > 0 && !css.empty() && is_space(css.front())) css.remove_prefix(1);
        } else if (!is_letter(c)) {
            break;
        }
        out += c;
    }
    return equal_ignoring_case(out, "import");
}

class Filter {
public:
    explicit Filter(std::string_view html) : html_(html) { out_.reserve(html.size()); }

    std::string read() {
        while (at_ < html_.size()) {
            auto open = std::min(html_.find('<', at_), html_.size());
            out_ += html_.substr(at_, open - at_);
            at_ = open;
            if (at_ < html_.size()) markup();
        }
        return std::move(out_);
    }

private:
    char peek(std::size_t ahead) const { return at_ + ahead < html_.size() ? html_[at_ + ahead] : '\0'; }

    void markup() { // at '<'
        char next = peek(1);
        if (html_.substr(at_).starts_with("<!--")) return comment();
        if (next == '!' && equal_ignoring_case(html_.substr(at_ + 2, 7), "doctype")) return keep_to_end_of_tag();
        if (next == '!' || next == '?' || (next == '/' && !is_letter(peek(2)))) return drop_to_end_of_tag();
        if (next != '/' && !is_letter(next)) {
            out_ += "&lt;"; // as it is read; it must not begin a tag with what comes after a thing that goes
            ++at_;
            return;
        }
        tag(next == '/');
    }

    void comment() {
        auto rest = html_.substr(at_ + 4);
        if (rest.starts_with('>') || rest.starts_with("->")) return drop_to_end_of_tag();
        auto usual = rest.find("-->"), odd = rest.find("--!>");
        auto end = std::min(usual, odd);
        if (end == rest.npos)
            at_ = html_.size();
        else
            at_ += 4 + end + (usual < odd ? 3 : 4);
    }

    void drop_to_end_of_tag() {
        auto end = html_.find('>', at_);
        at_ = end == html_.npos ? html_.size() : end + 1;
    }
    void keep_to_end_of_tag() {
        auto begin = at_;
        drop_to_end_of_tag();
        out_ += html_.substr(begin, at_ - begin);
    }

    void tag(bool closing) {
        auto begin = at_;
        at_ += closing ? 2 : 1;
        auto name_begin = at_;
        while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>' && html_[at_] != '/') ++at_;
        auto name = html_.substr(name_begin, at_ - name_begin);
        bool meta = equal_ignoring_case(name, "meta"), refresh = false, changed = false;
        auto kept = std::string(html_.substr(begin, at_ - begin));
        while (at_ < html_.size() && html_[at_] != '>') {
            auto from = at_;
            auto [attribute, value] = this->attribute();
            bool bad = attribute.size() > 2 && equal_ignoring_case(attribute.substr(0, 2), "on");
            bad = bad || attribute.starts_with('='); // it would become the value of one before what went
            bad = bad || equal_ignoring_case(attribute, "srcdoc") || (is_address_attribute(attribute) && acts(value));
            refresh = refresh || (equal_ignoring_case(attribute, "http-equiv") && !harmless(value));
            changed = changed || bad;
            if (bad) continue;
            if (!is_space(html_[from])) kept += ' '; // or it would go on with the value before what went
            kept += html_.substr(from, at_ - from);
        }
        if (at_ == html_.size()) return; // it never ends: nothing of it is shown
        ++at_;
        if (among(name, never) || (meta && refresh)) return;
        if (!among(name, with_content)) {
            out_ += changed ? kept + '>' : std::string(html_.substr(begin, at_ - begin));
            if (!closing && among(name, raw_text)) text_of(name);
            return;
        }
        if (!closing) skip_to_end_of(name);
    }

    // Only what says how to read the text.
    static bool harmless(std::string_view http_equiv) {
        return equal_ignoring_case(http_equiv, "content-type") || equal_ignoring_case(http_equiv, "x-ua-compatible") ||
               equal_ignoring_case(http_equiv, "content-language");
    }

    struct Attribute {
        std::string_view name, value;
    };
    // With the blanks before it; at least one byte.
    Attribute attribute() {
        while (at_ < html_.size() && (is_space(html_[at_]) || html_[at_] == '/')) ++at_;
        auto begin = at_;
        if (peek(0) == '=') ++at_; // as readers take it: part of the name
        while (at_ < html_.size() && !is_space(html_[at_]) && !std::string_view("/>=").contains(html_[at_])) ++at_;
        Attribute out{html_.substr(begin, at_ - begin), {}};
        auto after = at_;
        while (after < html_.size() && is_space(html_[after])) ++after;
        if (after >= html_.size() || html_[after] != '=') return out;
        at_ = after + 1;
        while (at_ < html_.size() && is_space(html_[at_])) ++at_;
        char quote = peek(0);
        if (quote == '"' || quote == '\'') {
            auto end = std::min(html_.find(quote, at_ + 1), html_.size());
            out.value = html_.substr(at_ + 1, end - at_ - 1);
            at_ = std::min(end + 1, html_.size());
            return out;
        }
        auto from = at_;
        while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>') ++at_;
        out.value = html_.substr(from, at_ - from);
        return out;
    }

    std::size_t end_of(std::string_view name) const { // where its end tag begins
        for (auto at = html_.find("</", at_); at != html_.npos; at = html_.find("</", at + 2)) {
            auto after = at + 2 + name.size();
            if (!equal_ignoring_case(html_.substr(at + 2, name.size()), name)) continue;
            if (after >= html_.size() || is_space(html_[after]) || html_[after] == '>' || html_[after] == '/')
                return at;
        }
        return html_.size();
    }

    void skip_to_end_of(std::string_view name) {
        at_ = end_of(name);
        drop_to_end_of_tag();
    }

    // As text it stays; who reads it as HTML, as in SVG, finds no tag in it. It ends where we say.
    void text_of(std::string_view name) {
        auto end = end_of(name);
        auto text = html_.substr(at_, end - at_);
        at_ = end;
        bool const css = equal_ignoring_case(name, "style");
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (css && text[i] == '@' && says_import(text.substr(i + 1))) { // as `link`
                i = std::min(text.find(';', i), text.size() - 1);
                out_ += ' ';
            } else if (text[i] != '<') {
                out_ += text[i];
            } else if (css && text.substr(i).starts_with("<!--")) { // around sheets that old readers must not show
                out_ += "    ";
                i += 3;
            } else if (!css) {
                out_ += "&lt;";
            } else {
                char next = i + 1 < text.size() ? text[i + 1] : '/';
                out_ += is_letter(next) || next == '/' || next == '!' || next == '?' ? "\\3C " : "<";
            }
        }
        ((out_ += "</") += name) += '>';
        drop_to_end_of_tag(); // its own end tag, which may be cut off
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::string out_;
};

} // namespace

std::string without_active_content(std::string_view html) { return Filter(html).read(); }

} // namespace godwit::mime
