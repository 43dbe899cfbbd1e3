// HTML without what acts (docs/security.md says what goes and what stays). One pass over tags; what is not understood
// goes. Comments go too: where one ends is a thing that readers disagree about, and inside them senders hide tags.
#include "mime/header.hpp"
#include "mime/html.hpp"

#include <algorithm>
#include <array>

namespace godwit::mime {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <std::size_t N> bool among(std::string_view name, std::array<std::string_view, N> const& list) {
    return std::ranges::any_of(list, [&](auto one) { return equal_ignoring_case(one, name); });
}

constexpr std::array<std::string_view, 1> with_content{"script"};
// The last three give other elements the addresses that they may not have.
constexpr std::array<std::string_view, 13> never{"object",   "applet",  "embed",        "iframe", "frame",
                                                 "frameset", "link",    "base",         "param",  "portal",
                                                 "set",      "animate", "animatemotion"};
constexpr std::array<std::string_view, 8> addresses{"href",       "src",        "action", "formaction",
                                                    "background", "xlink:href", "poster", "data"};

// The beginning of an address as a reader takes it: entities read, blanks and controls left out, small letters.
std::string scheme_of(std::string_view value) {
    std::string out;
    auto text = html_to_text(value, 64, Links::hide); // reads the entities, skips the blanks
    for (char c : text)
        if (static_cast<unsigned char>(c) > 0x20) out += c;
    return lower(out.substr(0, 32));
}

bool acts(std::string_view address) {
    auto scheme = scheme_of(address);
    return scheme.starts_with("javascript:") || scheme.starts_with("vbscript:") || scheme.starts_with("livescript:") ||
           scheme.starts_with("mocha:") || scheme.starts_with("data:text/") ||
           scheme.starts_with("data:application/") || scheme.starts_with("data:image/svg");
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
            bad = bad || equal_ignoring_case(attribute, "srcdoc") || (among(attribute, addresses) && acts(value));
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

    void skip_to_end_of(std::string_view name) {
        for (auto at = html_.find("</", at_); at != html_.npos; at = html_.find("</", at + 2)) {
            if (!equal_ignoring_case(html_.substr(at + 2, name.size()), name)) continue;
            at_ = at;
            return drop_to_end_of_tag();
        }
        at_ = html_.size();
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::string out_;
};

} // namespace

std::string without_active_content(std::string_view html) { return Filter(html).read(); }

} // namespace godwit::mime
