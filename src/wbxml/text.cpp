// What text may leave: see is_clean() in wbxml.hpp.
#include "wbxml/wbxml.hpp"
#include <cstring>

namespace godwit::wbxml {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool legal_ascii(unsigned char c) { return c >= 0x20 || c == '\t' || c == '\n' || c == '\r'; }

// Eight bytes at once: all of them from 0x20 to 0x7F.
bool plain_word(char const* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    constexpr std::uint64_t ones = 0x0101010101010101;
    auto below_space = (word - ones * 0x20) & ~word;
    return ((word | below_space) & (ones * 0x80)) == 0;
}

bool continues(unsigned char c) { return (c & 0xC0) == 0x80; }

struct Sequence {
    std::size_t length; // valid: of the character; else of the bytes that one U+FFFD replaces
    bool valid;
};

// The character that starts with a byte of 0x80 or more (Unicode 15, table 3-7).
Sequence sequence(std::string_view s) {
    auto at = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
    auto lead = at(0);
    std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                         : lead >= 0xE0 && lead <= 0xEF ? 3
                         : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                        : 0;
    if (length == 0) return {1, false};
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (at(1) < low || at(1) > high) return {1, false};
    for (std::size_t i = 2; i < length; ++i)
        if (!continues(static_cast<unsigned char>(at(i)))) return {i, false};
    return {length, true};
}

bool noncharacter(std::string_view s) { // U+FFFE, U+FFFF
    return s.substr(0, 3) == "\xEF\xBF\xBE" || s.substr(0, 3) == "\xEF\xBF\xBF";
}

// How much of the beginning is clean.
std::size_t clean_prefix(std::string_view s) {
    std::size_t i = 0;
    while (i < s.size()) {
        if (i + 8 <= s.size() && plain_word(s.data() + i)) {
            i += 8;
            continue;
        }
        auto c = static_cast<unsigned char>(s[i]);
        if (c < 0x80) {
            if (!legal_ascii(c)) return i;
            ++i;
            continue;
        }
        auto rest = s.substr(i);
        auto next = sequence(rest);
        if (!next.valid || noncharacter(rest)) return i;
        i += next.length;
    }
    return i;
}

} // namespace

bool is_clean(std::string_view text) { return clean_prefix(text) == text.size(); }

void append_cleaned(std::string& out, std::string_view text) {
    for (;;) {
        auto clean = clean_prefix(text);
        out += text.substr(0, clean);
        text.remove_prefix(clean);
        if (text.empty()) return;
        std::size_t bad = 1;
        if (static_cast<unsigned char>(text.front()) >= 0x80) {
            auto next = sequence(text);
            bad = next.length;
            if (!next.valid) out += replacement;
        }
        text.remove_prefix(bad);
    }
}

std::string cleaned(std::string_view text) {
    std::string out;
    append_cleaned(out, text);
    return out;
}

} // namespace godwit::wbxml
