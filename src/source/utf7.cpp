#include "source/utf7.hpp"
#include <cstdint>
#include <optional>
#include <vector>

namespace godwit::source {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

// UTF-16 units of the character at `at`, which moves on; a broken byte becomes U+FFFD.
void take_character(std::string_view text, std::size_t& at, std::vector<std::uint16_t>& units) {
    auto const lead = static_cast<unsigned char>(text[at]);
    std::size_t const length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    bool good = lead < 0x80 || (lead >= 0xC2 && lead < 0xF5 && at + length <= text.size());
    for (std::size_t k = 1; good && k < length; ++k) {
        auto const next = static_cast<unsigned char>(text[at + k]);
        good = (next & 0xC0) == 0x80;
        code = (code << 6) | (next & 0x3F);
    }
    at += good ? length : 1;
    if (!good || code > 0x10FFFF) code = 0xFFFD;
    if (code < 0x10000) {
        units.push_back(static_cast<std::uint16_t>(code));
    } else {
        units.push_back(static_cast<std::uint16_t>(0xD800 + ((code - 0x10000) >> 10)));
        units.push_back(static_cast<std::uint16_t>(0xDC00 + ((code - 0x10000) & 0x3FF)));
    }
}

std::string shifted(std::vector<std::uint16_t> const& units) {
    std::string out = "&";
    std::uint32_t held = 0;
    int bits = 0;
    for (auto const unit : units) {
        held = (held << 16) | unit;
        bits += 16;
        for (; bits >= 6; bits -= 6) out += alphabet[(held >> (bits - 6)) & 0x3F];
    }
    if (bits > 0) out += alphabet[(held << (6 - bits)) & 0x3F];
    return out += '-';
}

void put_utf8(std::uint32_t code, std::string& out) {
    auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return put(code);
    if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
    if (code < 0x10000) return put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
}

// What lies between & and -; absent if it is no base64 or no UTF-16.
std::optional<std::string> unshifted(std::string_view text) {
    std::string out;
    std::uint32_t held = 0, high = 0;
    int bits = 0;
    for (auto const c : text) {
        auto const value = alphabet.find(c);
        if (value == std::string_view::npos) return {};
        held = (held << 6) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 16) continue;
        bits -= 16;
        auto const unit = (held >> bits) & 0xFFFF;
        held &= (1U << bits) - 1;
        auto const is_high = unit >= 0xD800 && unit < 0xDC00, is_low = unit >= 0xDC00 && unit < 0xE000;
        if (is_low != (high != 0)) return {};
        if (is_high)
            high = unit;
        else if (is_low)
            put_utf8(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), out), high = 0;
        else
            put_utf8(unit, out);
    }
    if (high != 0 || bits >= 6 || held != 0) return {};
    return out;
}

} // namespace

std::string to_utf7(std::string_view utf8, std::string_view also) {
    std::string out;
    auto plain = [&](char c) { return c >= 0x20 && c < 0x7F && also.find(c) == std::string_view::npos; };
    for (std::size_t i = 0; i < utf8.size();) {
        if (plain(utf8[i])) {
            out += utf8[i];
            if (utf8[i++] == '&') out += '-';
            continue;
        }
        std::vector<std::uint16_t> units;
        while (i < utf8.size() && !plain(utf8[i])) take_character(utf8, i, units);
        out += shifted(units);
    }
    return out;
}

std::string from_utf7(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        auto const end = text[i] == '&' ? text.find('-', i) : std::string_view::npos;
        if (end == std::string_view::npos) {
            out += text[i++];
            continue;
        }
        auto const inner = text.substr(i + 1, end - i - 1);
        auto const decoded = inner.empty() ? std::optional<std::string>("&") : unshifted(inner);
        out += decoded ? *decoded : std::string(text.substr(i, end - i + 1));
        i = end + 1;
    }
    return out;
}

} // namespace godwit::source
