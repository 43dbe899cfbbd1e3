#include "wbxml/utf8.hpp"

namespace godwit::wbxml {

std::string_view to_utf8(std::uint32_t c, char (&buffer)[4]) {
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return {};
    std::size_t n = 0;
    auto put = [&](std::uint32_t bits) { buffer[n++] = static_cast<char>(bits); };
    auto put_six_bits = [&](int shift) { put(0x80 | (c >> shift & 0x3F)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put_six_bits(0);
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put_six_bits(6), put_six_bits(0);
    } else {
        put(0xF0 | c >> 18);
        put_six_bits(12), put_six_bits(6), put_six_bits(0);
    }
    return {buffer, n};
}

} // namespace godwit::wbxml
