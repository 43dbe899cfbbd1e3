#include "mime/header.hpp"

#include "mime/ascii.hpp"
#include "mime/charset.hpp"
#include "mime/late_fields.hpp"

#include <algorithm>
#include <cstring>

namespace godwit::mime {
namespace {

constexpr std::size_t max_encoded_value = 128 * 1024; // of one value that is decoded
constexpr std::size_t max_parameters = 200;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// The length of the field name at the beginning of the line, 0 if the line is no field (RFC 5322 2.2).
std::size_t field_name(std::string_view line) {
    auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return 0;
    auto name = line.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    bool ok = !name.empty() && std::ranges::all_of(name, [](char c) { return c > 32 && c < 127; });
    return ok ? name.size() : 0;
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// `=XX` or `%XX`; `_` is a space in RFC 2047's Q.
std::string decode_hex(std::string_view text, char escape) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == escape && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            out += escape == '=' && text[i] == '_' ? ' ' : text[i];
        }
    }
    return out;
}

std::string decode_base64(std::string_view text) {
    std::string out;
    unsigned bits = 0, value = 0;
    for (char c : text) {
        int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 26
                    : c >= '0' && c <= '9' ? c - '0' + 52
                    : c == '+' || c == '-' ? 62
                    : c == '/' || c == '_' ? 63
                                           : -1;
        if (digit < 0) continue;
        value = value << 6 | static_cast<unsigned>(digit);
        if ((bits += 6) >= 8) out += static_cast<char>(value >> (bits -= 8) & 0xFF);
    }
    return out;
}

struct Word { // one RFC 2047 encoded word
    std::string_view charset;
    std::string bytes;
    std::size_t end = 0; // behind its "?="
};

// Reads the word at `at`, where "=?" stands. `closed` is set to false once no word can end any more.
std::optional<Word> encoded_word(std::string_view text, std::size_t at, bool& closed) {
    auto charset_end = text.substr(0, at + 2 + 72).find('?', at + 2);
    if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?')
        return {};
    char encoding = to_lower(text[charset_end + 1]);
    if (encoding != 'b' && encoding != 'q') return {};
    auto begin = charset_end + 3;
    auto end = text.find("?=", begin);
    if (end == std::string_view::npos) {
        closed = false;
        return {};
    }
    Word word;
    word.charset = text.substr(at + 2, charset_end - at - 2);
    word.charset = word.charset.substr(0, word.charset.find('*')); // RFC 2231 5: a language may follow
    auto content = text.substr(begin, end - begin);
    word.bytes = encoding == 'b' ? decode_base64(content) : decode_hex(content, '=');
    word.end = end + 2;
    return word;
}

std::string plain_text(std::string_view raw, std::string_view fallback) {
    return is_utf8(raw) && !raw.contains('\x1b') ? clean(std::string(raw)) : to_utf8(raw, fallback);
}

} // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), to_lower);
    return out;
}

std::string unfold(std::string_view raw) {
    std::string out(raw);
    std::erase_if(out, [](char c) { return c == '\r' || c == '\n'; });
    return out;
}

std::string on_one_line(std::string text) {
    std::ranges::replace_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
    return std::string(trim(text));
}

HeaderBlock::HeaderBlock(std::string_view bytes, std::size_t fields_at_most, std::size_t bytes_at_most) {
    std::size_t at = 0;
    std::size_t open = SIZE_MAX; // where the field that may be continued begins
    std::size_t name = 0;
    LateFields late;
    auto close = [&] {
        if (open == SIZE_MAX) return;
        auto whole = bytes.substr(open, at - open);
        auto value = whole.substr(whole.find(':') + 1);
        while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.remove_suffix(1);
        bool const early = open < bytes_at_most && fields_.size() < fields_at_most;
        if (early || late.wants(whole.substr(0, name), fields_))
            fields_.push_back({whole.substr(0, name), value, whole});
        open = SIZE_MAX;
    };
    while (at < bytes.size()) {
        auto newline = static_cast<char const*>(std::memchr(bytes.data() + at, '\n', bytes.size() - at));
        auto next = newline ? static_cast<std::size_t>(newline - bytes.data()) + 1 : bytes.size();
        auto line = bytes.substr(at, next - at);
        if (line == "\n" || line == "\r\n" || line == "\r") {
            close();
            length_ = next;
            return;
        }
        bool ends_header = line.starts_with("--"); // a part without the empty line, and the next boundary
        if (!ends_header && !(is_blank(line[0]) && open != SIZE_MAX)) {
            close();
            name = field_name(line);
            if (name > 0) {
                open = at;
            } else if (fields_.empty() && !(at == 0 && (line.starts_with("From ") || line.starts_with(">From ")))) {
                return; // no header at all: everything is body
            }
        }
        if (ends_header) break;
        at = next;
    }
    close();
    length_ = at;
}

std::optional<std::string_view> HeaderBlock::raw(std::string_view name) const {
    for (auto const& field : fields_) {
        if (equal_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::string decode_text(std::string_view raw, std::string_view fallback_charset) {
    auto text = unfold(raw.substr(0, max_encoded_value));
    if (!text.contains("=?")) return on_one_line(plain_text(text, fallback_charset));
    std::string out, held, held_charset; // adjacent words of one charset are joined before they are converted
    auto release = [&] {
        out += to_utf8(std::exchange(held, {}), held_charset);
        held_charset.clear();
    };
    bool closed = true, after_word = false;
    std::size_t at = 0;
    while (at < text.size()) {
        auto start = closed ? text.find("=?", at) : std::string::npos;
        auto word = start == std::string::npos ? std::nullopt : encoded_word(text, start, closed);
        auto literal_end = word ? start : start == std::string::npos ? text.size() : start + 2;
        auto literal = std::string_view(text).substr(at, literal_end - at);
        bool only_blanks = trim(literal).empty();
        if (!(word && after_word &&
              only_blanks)) { // white space between words is theirs, not the text's (RFC 2047 6.2)
            release();
            out += plain_text(literal, fallback_charset);
        }
        if (word) {
            if (!equal_ignoring_case(held_charset, word->charset)) release();
            held_charset = word->charset;
            held += word->bytes;
        }
        after_word = word.has_value();
        at = word ? word->end : literal_end;
    }
    release();
    return on_one_line(clean(std::move(out)));
}

std::string_view Parameterised::find(std::string_view name) const {
    for (auto const& [key, text] : parameters) {
        if (key == name) return text;
    }
    return {};
}

namespace {

struct Segment { // name, name*, name*0, name*0* (RFC 2231 3 and 4)
    std::string name;
    unsigned index = 0;
    bool extended = false, encoded = false;
    std::string value;
};

std::string without_comments(std::string_view text) {
    std::string out;
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (depth == 0 && c == '"') quoted = !quoted;
        if (!quoted && c == '(') ++depth;
        if (depth == 0) out += c;
        if (c == '\\' && i + 1 < text.size()) {
            ++i;
            if (depth == 0) out += text[i];
        } else if (!quoted && c == ')' && depth > 0) {
            --depth;
        }
    }
    return depth == 0 ? out : std::string(text); // a bracket that never closes is no comment
}

std::string parameter_value(std::string_view text, std::size_t& at) {
    std::string value;
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at < text.size() && text[at] == '"') {
        for (++at; at < text.size() && text[at] != '"'; ++at) {
            // A backslash escapes only what needs it: Windows senders write paths unescaped.
            if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
            value += text[at];
        }
        at = std::min(text.find(';', at), text.size());
        return value;
    }
    auto end = std::min(text.find(';', at), text.size());
    value = trim(text.substr(at, end - at));
    at = end;
    return value;
}

Segment segment(std::string_view name, std::string value) {
    Segment s;
    s.value = std::move(value);
    if (name.ends_with('*')) {
        s.extended = s.encoded = true;
        name.remove_suffix(1);
    }
    if (auto star = name.rfind('*'); star != std::string_view::npos && star + 1 < name.size()) {
        auto digits = name.substr(star + 1);
        if (digits.size() <= 4 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
            for (char c : digits) s.index = s.index * 10 + static_cast<unsigned>(c - '0');
            s.extended = true;
            name = name.substr(0, star);
        }
    }
    s.name = lower(name);
    return s;
}

std::string join_extended(std::vector<Segment const*> segments) {
    std::ranges::sort(segments, {}, [](Segment const* s) { return std::pair(s->index, s); });
    std::string bytes, charset;
    bool first = true;
    for (auto const* s : segments) {
        std::string_view value = s->value;
        if (s->encoded && first) {
            auto quote = value.find('\''), second = quote == value.npos ? quote : value.find('\'', quote + 1);
            if (second != value.npos) {
                charset = value.substr(0, quote);
                value.remove_prefix(second + 1);
            }
        }
        first = false;
        bytes += s->encoded ? decode_hex(value, '%') : std::string(value);
    }
    if (charset.empty() && bytes.contains("=?")) return decode_text(bytes);
    return to_utf8(std::move(bytes), charset);
}

} // namespace

Parameterised parse_parameterised(std::string_view raw) {
    Parameterised out;
    auto text = without_comments(unfold(raw.substr(0, max_encoded_value)));
    auto at = std::min(text.find(';'), text.size());
    out.value = lower(trim(std::string_view(text).substr(0, at)));
    std::erase_if(out.value, [](char c) { return is_blank(c) || c == '"'; });
    std::vector<Segment> segments;
    while (at < text.size() && segments.size() < max_parameters) {
        ++at; // the semicolon
        auto equals = text.find('=', at), semicolon = text.find(';', at);
        if (equals == text.npos) break;
        if (semicolon < equals) {
            at = semicolon;
            continue;
        }
        auto name = trim(std::string_view(text).substr(at, equals - at));
        at = equals + 1;
        segments.push_back(segment(name, parameter_value(text, at)));
    }
    for (auto const& s : segments) {
        if (!out.find(s.name).empty()) continue;
        std::vector<Segment const*> extended;
        Segment const* simple = nullptr;
        for (auto const& other : segments) {
            if (other.name != s.name) continue;
            if (other.extended)
                extended.push_back(&other);
            else if (!simple)
                simple = &other;
        }
        out.parameters.emplace_back(s.name,
                                    extended.empty() ? decode_text(simple->value) : join_extended(std::move(extended)));
    }
    return out;
}

std::vector<std::string> message_ids(std::string_view raw) {
    std::vector<std::string> ids;
    auto text = unfold(raw.substr(0, max_encoded_value));
    auto add = [&](std::string_view id) {
        id = trim(id);
        if (!id.empty() && ids.size() < 1000) ids.push_back(clean(std::string(id)));
    };
    std::size_t at = 0;
    while (at < text.size()) {
        auto begin = text.find('<', at);
        if (begin == text.npos) break;
        auto end = std::min(text.find('>', begin), text.size());
        add(std::string_view(text).substr(begin + 1, end - begin - 1));
        at = end + 1;
    }
    if (ids.empty() && !text.contains('<')) {
        auto word = trim(text);
        add(word.substr(0, word.find_first_of(" \t")));
    }
    return ids;
}

} // namespace godwit::mime
