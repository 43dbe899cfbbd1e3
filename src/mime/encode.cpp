#include "mime/encode.hpp"
#include "mime/charset.hpp"

namespace godwit::mime {

std::string base64(std::string_view bytes, std::size_t line) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4 + bytes.size() / 57 * 2 + 2);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        if (line != 0 && i != 0 && i % line == 0) out += "\r\n";
        unsigned v = 0;
        for (std::size_t k = 0; k < 3; ++k)
            v = v << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? digits[v >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

std::string encoded_words(std::string_view utf8, std::size_t longest) {
    std::string out;
    while (!utf8.empty()) {
        auto piece = cut_bytes(utf8, longest);
        if (piece.empty()) piece = utf8.substr(0, longest); // not UTF-8: no character ends there
        utf8.remove_prefix(piece.size());
        out += (out.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + base64(piece) + "?=";
    }
    return out;
}

} // namespace godwit::mime
