#include "wbxml/base64.hpp"
#include <cstdint>

namespace godwit::wbxml {

namespace {
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

std::string to_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto byte = [&](std::size_t k) { return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0u; };
        auto group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        out += digits[group >> 18 & 63];
        out += digits[group >> 12 & 63];
        out += i + 1 < bytes.size() ? digits[group >> 6 & 63] : '=';
        out += i + 2 < bytes.size() ? digits[group & 63] : '=';
    }
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string out;
    std::uint32_t bits = 0;
    int held = 0;
    std::size_t seen = 0, padding = 0;
    for (auto c : text) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        ++seen;
        if (c == '=') {
            ++padding;
            continue;
        }
        auto digit = digits.find(c);
        if (digit == digits.npos || padding > 0) return {};
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>(bits >> held & 0xFF);
    }
    if (seen % 4 != 0 || padding > 2) return {};
    return out;
}

} // namespace godwit::wbxml
