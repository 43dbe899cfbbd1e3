#include "mime/charset.hpp"

#include "mime/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <unicode/ucnv.h>

namespace godwit::mime {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// Length of the well-formed sequence at `p`, 0 if there is none. RFC 3629 section 4.
std::size_t sequence(unsigned char const* p, std::size_t left) {
    auto follows = [&](std::size_t i, unsigned char low = 0x80, unsigned char high = 0xBF) {
        return i < left && p[i] >= low && p[i] <= high;
    };
    unsigned char c = p[0];
    if (c < 0x80) return 1;
    if (c < 0xC2) return 0;
    if (c < 0xE0) return follows(1) ? 2 : 0;
    if (c < 0xF0) {
        unsigned char low = c == 0xE0 ? 0xA0 : 0x80, high = c == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (c > 0xF4) return 0;
    unsigned char low = c == 0xF0 ? 0x90 : 0x80, high = c == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
}

bool forbidden(unsigned char const* p, std::size_t length) { // by XML 1.0
    if (length == 1) return p[0] < 0x20 && p[0] != '\t' && p[0] != '\n' && p[0] != '\r';
    return length == 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE; // U+FFFE, U+FFFF
}

bool eight_plain(unsigned char const* p) { // eight bytes, all ASCII and none a control
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    return ((word | (word - ones * 0x20)) & highs) == 0;
}

std::size_t clean_prefix(std::string_view bytes, std::size_t from = 0) {
    auto p = reinterpret_cast<unsigned char const*>(bytes.data());
    std::size_t i = from, n = bytes.size();
    while (i < n) {
        if (n - i >= 8 && eight_plain(p + i)) {
            i += 8;
            continue;
        }
        auto length = sequence(p + i, n - i);
        if (length == 0 || forbidden(p + i, length)) return i;
        i += length;
    }
    return i;
}

void append_utf8(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

std::string from_windows_1252(std::string_view bytes) {
    static constexpr std::array<std::uint16_t, 32> upper{
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 8);
    for (char byte : bytes) {
        auto c = static_cast<unsigned char>(byte);
        append_utf8(out, c >= 0x80 && c < 0xA0 ? upper[c - 0x80] : c);
    }
    return out;
}

// What a name means in real mail: supersets in place of the narrow standard that few senders keep to (WHATWG
// Encoding 4.2).
struct Meaning {
    std::string_view said, icu;
};
constexpr std::array meanings{
    Meaning{"gb2312", "gb18030"},
    Meaning{"gbk", "gb18030"},
    Meaning{"x-gbk", "gb18030"},
    Meaning{"gb_2312-80", "gb18030"},
    Meaning{"cp936", "gb18030"},
    Meaning{"euc-cn", "gb18030"},
    Meaning{"hz-gb-2312", "HZ"},
    Meaning{"shift_jis", "ibm-943"},
    Meaning{"shift-jis", "ibm-943"},
    Meaning{"x-sjis", "ibm-943"},
    Meaning{"sjis", "ibm-943"},
    Meaning{"cp932", "ibm-943"},
    Meaning{"windows-31j", "ibm-943"},
    Meaning{"ks_c_5601-1987", "windows-949"},
    Meaning{"euc-kr", "windows-949"},
    Meaning{"ks_c_5601", "windows-949"},
    Meaning{"cp949", "windows-949"},
    Meaning{"big5", "windows-950"},
    Meaning{"big5-hkscs", "Big5-HKSCS"},
    Meaning{"iso-8859-9", "windows-1254"},
    Meaning{"iso-8859-11", "windows-874"},
    Meaning{"tis-620", "windows-874"},
    Meaning{"iso-8859-8-i", "iso-8859-8"},
    Meaning{"x-mac-roman", "macintosh"},
    Meaning{"unicode", "UTF-16"},
};
constexpr std::array western{
    std::string_view{"iso-8859-1"}, std::string_view{"iso8859-1"}, std::string_view{"iso_8859-1"},
    std::string_view{"latin1"},     std::string_view{"latin-1"},   std::string_view{"windows-1252"},
    std::string_view{"cp1252"},     std::string_view{"cp-1252"},   std::string_view{"l1"}};
constexpr std::array guessed{
    std::string_view{""},        std::string_view{"us-ascii"},  std::string_view{"ascii"},
    std::string_view{"unknown"}, std::string_view{"x-unknown"}, std::string_view{"unknown-8bit"},
    std::string_view{"default"}, std::string_view{"none"},      std::string_view{"ansi_x3.4-1968"},
    std::string_view{"binary"},  std::string_view{"8bit"},      std::string_view{"default_charset"}};

std::string normal_name(std::string_view charset) {
    std::string name;
    for (char c : charset.substr(0, 64)) {
        if (c > ' ' && c < 0x7F && c != '"' && c != '\'' && c != ';')
            name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    return name;
}

bool ascii_means_ascii(std::string_view name) { // not so where ASCII bytes carry other characters
    auto has = [&](std::string_view word) { return name.contains(word); };
    return !(has("2022") || has("utf-7") || has("utf7") || has("utf-16") || has("utf16") || has("utf-32") ||
             has("utf32") || has("ucs") || has("unicode") || has("hz") || has("ebcdic") || has("ibm") || has("cp") ||
             has("scsu") || has("bocu") || has("imap"));
}

bool is_utf8_name(std::string_view name) { return name == "utf-8" || name == "utf8" || name == "unicode-1-1-utf-8"; }

// Declared or guessed UTF-8 that is not quite: one valid sequence of several bytes speaks for UTF-8, none for
// windows-1252.
std::string almost_utf8(std::string bytes) {
    auto p = reinterpret_cast<unsigned char const*>(bytes.data());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (p[i] >= 0xC2 && sequence(p + i, bytes.size() - i) > 1) return clean(std::move(bytes));
    }
    return clean(from_windows_1252(bytes));
}

std::optional<std::string> by_icu(std::string_view bytes, char const* name) {
    if (bytes.size() > std::numeric_limits<std::int32_t>::max() / 4) return std::nullopt;
    UErrorCode error = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(name, &error);
    if (U_FAILURE(error)) return std::nullopt;
    std::string out(bytes.size() * 3 / 2 + 64, '\0');
    auto convert = [&] {
        error = U_ZERO_ERROR;
        return ucnv_toAlgorithmic(UCNV_UTF8, converter, out.data(), static_cast<std::int32_t>(out.size()), bytes.data(),
                                  static_cast<std::int32_t>(bytes.size()), &error);
    };
    auto length = convert();
    if (error == U_BUFFER_OVERFLOW_ERROR) {
        out.resize(static_cast<std::size_t>(length) + 1);
        length = convert();
    }
    ucnv_close(converter);
    if (U_FAILURE(error)) return std::nullopt;
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string guess(std::string bytes) {
    if (bytes.contains("\x1b$") || bytes.contains("\x1b(J")) {
        if (auto text = by_icu(bytes, "ISO-2022-JP")) return clean(std::move(*text));
    }
    if (is_utf8(bytes)) return clean(std::move(bytes));
    return almost_utf8(std::move(bytes));
}

} // namespace

std::size_t valid_utf8_prefix(std::string_view bytes) {
    auto p = reinterpret_cast<unsigned char const*>(bytes.data());
    std::size_t i = 0, n = bytes.size();
    while (i < n) {
        if (n - i >= 8 && eight_plain(p + i)) {
            i += 8;
            continue;
        }
        auto length = sequence(p + i, n - i);
        if (length == 0) return i;
        i += length;
    }
    return i;
}

bool is_clean(std::string_view bytes) { return clean_prefix(bytes) == bytes.size(); }

std::string clean(std::string text) {
    std::size_t good = clean_prefix(text);
    if (good == text.size()) return text;
    auto p = reinterpret_cast<unsigned char const*>(text.data());
    std::string out(text, 0, good);
    bool replaced = false; // one U+FFFD for a run of bad bytes, or a binary file would treble
    for (std::size_t i = good; i < text.size();) {
        auto length = sequence(p + i, text.size() - i);
        if (length == 0) {
            if (!replaced) out += replacement;
            replaced = true;
            ++i;
        } else if (forbidden(p + i, length)) {
            i += length;
        } else {
            auto end = clean_prefix(text, i);
            out.append(text, i, end - i);
            replaced = false;
            i = end;
        }
    }
    return out;
}

std::string to_utf8(std::string&& bytes, std::string_view charset) {
    auto name = normal_name(charset);
    if (is_utf8_name(name)) {
        if (bytes.starts_with("\xEF\xBB\xBF")) bytes.erase(0, 3);
        return is_utf8(bytes) ? clean(std::move(bytes)) : almost_utf8(std::move(bytes));
    }
    if (ascii_means_ascii(name) && is_ascii(bytes) && !bytes.contains('\x1b')) return clean(std::move(bytes));
    if (std::ranges::find(guessed, std::string_view{name}) != guessed.end()) return guess(std::move(bytes));
    if (std::ranges::find(western, std::string_view{name}) != western.end()) {
        return clean(from_windows_1252(bytes));
    }
    auto meaning = std::ranges::find(meanings, std::string_view{name}, &Meaning::said);
    std::string icu(meaning != meanings.end() ? meaning->icu : std::string_view{name});
    auto text = by_icu(bytes, icu.c_str());
    return text ? clean(std::move(*text)) : guess(std::move(bytes));
}

std::string to_utf8(std::string_view bytes, std::string_view charset) { return to_utf8(std::string(bytes), charset); }

std::string_view cut_bytes(std::string_view text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return text;
    auto end = max_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

std::string_view cut_characters(std::string_view text, std::size_t max_characters) {
    std::size_t units = 0;
    for (std::size_t i = 0; i < text.size();) {
        auto c = static_cast<unsigned char>(text[i]);
        std::size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        units += length == 4 ? 2 : 1;
        if (units > max_characters) return text.substr(0, i);
        i += length;
    }
    return text;
}

int code_page(std::string_view charset) {
    struct Page {
        std::string_view name;
        int number;
    };
    static constexpr std::array pages{
        Page{"utf-8", 65001},      Page{"utf8", 65001},      Page{"us-ascii", 20127},    Page{"ascii", 20127},
        Page{"utf-7", 65000},      Page{"utf-16", 1200},     Page{"utf-16le", 1200},     Page{"utf-16be", 1201},
        Page{"gb2312", 936},       Page{"gbk", 936},         Page{"cp936", 936},         Page{"gb18030", 54936},
        Page{"hz-gb-2312", 52936}, Page{"big5", 950},        Page{"shift_jis", 932},     Page{"iso-2022-jp", 50220},
        Page{"euc-jp", 51932},     Page{"euc-kr", 51949},    Page{"iso-2022-kr", 50225}, Page{"ks_c_5601-1987", 949},
        Page{"koi8-r", 20866},     Page{"koi8-u", 21866},    Page{"tis-620", 874},       Page{"windows-874", 874},
        Page{"latin1", 28591},     Page{"macintosh", 10000},
    };
    auto name = normal_name(charset);
    if (auto page = std::ranges::find(pages, std::string_view{name}, &Page::name); page != pages.end())
        return page->number;
    auto suffix = [&](std::string_view prefix) -> int {
        int n = 0;
        if (!name.starts_with(prefix) || name.size() == prefix.size() || name.size() > prefix.size() + 4) return -1;
        for (char c : name.substr(prefix.size())) {
            if (c < '0' || c > '9') return -1;
            n = n * 10 + (c - '0');
        }
        return n;
    };
    if (int n = suffix("windows-"); n >= 1250 && n <= 1258) return n;
    if (int n = suffix("cp"); n >= 1250 && n <= 1258) return n;
    if (int n = suffix("iso-8859-"); n >= 1 && n <= 16) return 28590 + n;
    return 0;
}

} // namespace godwit::mime
