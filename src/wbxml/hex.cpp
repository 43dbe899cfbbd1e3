#include "wbxml/hex.hpp"

namespace godwit::wbxml {

namespace {
int digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}
} // namespace

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(2 * bytes.size());
    for (auto c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 0xF];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view digits) {
    std::string out;
    int high = -1;
    for (auto c : digits) {
        bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (space && high < 0) continue;
        auto value = digit(c);
        if (value < 0) return {};
        if (high < 0) {
            high = value;
        } else {
            out += static_cast<char>(high << 4 | value);
            high = -1;
        }
    }
    return high < 0 ? std::optional(out) : std::nullopt;
}

} // namespace godwit::wbxml
