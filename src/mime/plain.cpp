// Plain text: to HTML, format=flowed, previews.
#include "mime/ascii.hpp"
#include "mime/charset.hpp"
#include "mime/header.hpp"
#include "mime/html.hpp"

#include <algorithm>

namespace godwit::mime {
namespace {

constexpr std::size_t most_depth = 8;     // of quotations that are marked up
constexpr std::size_t most_marked = 2000; // tags of quotations in one text: marks of more stay as they are written
constexpr std::string_view quotation =
    "<blockquote type=\"cite\" style=\"margin:.6em 0 .6em .8ex;border-left:1px solid #ccc;padding-left:1ex\">";

bool ends_url(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>' || c == '"' || c == '`'; }

// Punctuation of other scripts, and quotation marks, are no part of an address.
bool ends_url(std::string_view rest) {
    return ends_url(rest.front()) || rest.starts_with("\xC2\xA0") || rest.starts_with("\xC2\xBB") ||
           rest.starts_with("\xE2\x80") || rest.starts_with("\xE3\x80") || rest.starts_with("\xEF\xBC");
}

bool may_precede_url(char c) {
    return ends_url(c) || std::string_view("([{,:;|").contains(c) || static_cast<unsigned char>(c) >= 0x80;
}

void append_escaped(std::string& out, std::string_view text) {
    for (char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
    return text.size() > scheme.size() && equal_ignoring_case(text.substr(0, scheme.size()), scheme);
}

// The length of the address that begins here, 0 if none does.
std::size_t url_length(std::string_view text) {
    bool named = starts_with_scheme(text, "http://") || starts_with_scheme(text, "https://") ||
                 starts_with_scheme(text, "mailto:") || starts_with_scheme(text, "ftp://");
    if (!named && !starts_with_scheme(text, "www.")) return 0;
    std::size_t end = 0;
    while (end < text.size() && end < 2048 && !ends_url(text.substr(end))) ++end;
    bool round = text.substr(0, end).contains('('), square = text.substr(0, end).contains('[');
    while (end > 0 && std::string_view(".,;:!?)]}'*_").contains(text[end - 1])) {
        if ((text[end - 1] == ')' && round) || (text[end - 1] == ']' && square)) break;
        --end;
    }
    return end > 8 || (!named && end > 4) ? end : 0;
}

void append_link(std::string& out, std::string_view url) {
    out += equal_ignoring_case(url.substr(0, 4), "www.") ? "<a href=\"http://" : "<a href=\"";
    append_escaped(out, url);
    out += "\">";
    append_escaped(out, url);
    out += "</a>";
}

void append_line(std::string& out, std::string_view line) {
    bool after_blank = true; // a space there would vanish
    for (std::size_t at = 0; at < line.size();) {
        char c = line[at];
        bool begins = (at == 0 || may_precede_url(line[at - 1])) && std::string_view("hHwWmMfF").contains(c);
        if (auto url = begins ? url_length(line.substr(at)) : 0; url > 0) {
            append_link(out, line.substr(at, url));
            at += url;
            after_blank = false;
            continue;
        }
        if (c == ' ')
            out += after_blank ? "&nbsp;" : " ";
        else if (c == '\t')
            out += "&nbsp; &nbsp; ";
        else if (c != '\r')
            append_escaped(out, {&c, 1});
        after_blank = c == ' ' || c == '\t';
        ++at;
    }
}

struct Quoted {
    std::size_t depth = 0;
    std::string_view text;
};
// "> > said" and ">>said" are both said by the last but one.
Quoted unquote(std::string_view line) {
    Quoted out{0, line};
    while (out.depth < most_depth && out.text.starts_with('>')) {
        ++out.depth;
        out.text.remove_prefix(out.text.starts_with("> >") ? 2 : 1);
    }
    if (out.depth > 0 && out.text.starts_with(' ')) out.text.remove_prefix(1);
    return out;
}

std::string_view next_line(std::string_view& rest) { // without its end
    auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool is_ruler(std::string_view line) {
    return !line.empty() && std::ranges::all_of(line, [](char c) {
        return c == '-' || c == '_' || c == '=' || c == '*' || c == '#' || is_space(c);
    });
}

} // namespace

std::string text_to_html_fragment(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 4 + 64);
    std::size_t depth = 0, marked = 0;
    bool line_begins = true; // no line end is needed
    while (!text.empty()) {
        auto line = next_line(text);
        auto quoted = marked < most_marked ? unquote(line) : Quoted{0, line};
        bool other = quoted.depth != depth;
        for (; depth < quoted.depth; ++depth, ++marked) out += quotation;
        for (; depth > quoted.depth; --depth) out += "</blockquote>";
        if (other) line_begins = true, out += "\r\n";
        if (other && std::ranges::all_of(quoted.text, is_space)) continue; // a quotation has a margin of its own
        if (!line_begins) out += "<br>\r\n";
        line_begins = false;
        append_line(out, quoted.text);
    }
    for (; depth > 0; --depth) out += "</blockquote>";
    return out;
}

std::string text_to_html(std::string_view text) {
    return "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"></head><body>\r\n<div>" +
           text_to_html_fragment(text) + "</div>\r\n</body></html>\r\n";
}

std::string unflow(std::string_view text, bool delsp) {
    std::string out;
    out.reserve(text.size());
    std::size_t open_depth = SIZE_MAX; // quote depth of the paragraph that the next line continues
    while (!text.empty()) {
        auto line = next_line(text);
        std::size_t depth = 0;
        while (depth < line.size() && line[depth] == '>') ++depth;
        auto content = line.substr(depth);
        if (content.starts_with(' ')) content.remove_prefix(1); // stuffing (RFC 3676 4.4)
        bool signature = content == "-- ";
        bool flowed = content.ends_with(' ') && !signature;
        if (open_depth != depth || signature) {
            if (open_depth != SIZE_MAX) out += "\r\n";
            out.append(depth, '>');
            if (depth > 0) out += ' ';
        }
        if (flowed && delsp) content.remove_suffix(1);
        out += content;
        if (!flowed) out += "\r\n";
        open_depth = flowed ? depth : SIZE_MAX;
    }
    if (open_depth != SIZE_MAX) out += "\r\n";
    return out;
}

std::string preview(std::string_view text, std::size_t max_characters) {
    std::string out;
    auto enough = max_characters * 4;
    while (!text.empty() && out.size() <= enough) {
        auto line = next_line(text);
        if (is_ruler(line)) continue;
        if (out.empty()) line.remove_prefix(std::min(line.find_first_not_of("> \t"), line.size()));
        for (char c : line) {
            bool blank = is_space(c);
            if (blank && (out.empty() || out.ends_with(' '))) continue;
            out += blank ? ' ' : c;
            if (out.size() > enough + 8) break;
        }
        if (!out.empty() && !out.ends_with(' ')) out += ' ';
    }
    auto cut = cut_characters(cut_bytes(out, out.size()), max_characters);
    while (cut.ends_with(' ')) cut.remove_suffix(1);
    return clean(std::string(cut));
}

std::string_view html_charset(std::string_view bytes) {
    auto window = bytes.substr(0, 2048);
    auto low = lower(window);
    for (std::size_t meta = 0; (meta = low.find("<meta", meta)) != low.npos; ++meta) {
        auto end = std::min(low.find('>', meta), low.size());
        auto at = low.find("charset", meta);
        if (at == low.npos || at >= end) continue;
        at += 7;
        while (at < end && std::string_view(" =\"'").contains(low[at])) ++at;
        auto stop = at;
        while (stop < end && !std::string_view(" \"';/>").contains(low[stop])) ++stop;
        return window.substr(at, stop - at);
    }
    return {};
}

std::string with_utf8_meta(std::string html) {
    auto name = html_charset(html);
    if (name.empty() || equal_ignoring_case(name, "utf-8")) return html;
    auto at = static_cast<std::size_t>(name.data() - html.data());
    html.replace(at, name.size(), "utf-8");
    return html;
}

} // namespace godwit::mime
