#include "mime/entity.hpp"

#include "mime/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <libxml/HTMLparser.h>

namespace godwit::mime {
namespace {

bool is_name(char c) { return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9'); }

bool is_invisible(std::uint32_t c) {
    return c == 0xAD || c == 0x34F || c == 0x200B || c == 0x200C || c == 0x2060 || c == 0xFEFF;
}

void append_code_point(std::string& out, std::uint32_t c) {
    bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    if (control || is_invisible(c)) return;
    if ((c >= 0xD800 && c < 0xE000) || c > 0x10FFFF || c == 0xFFFE || c == 0xFFFF) return;
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
        out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

} // namespace

std::size_t append_entity(std::string& out, std::string_view text, std::size_t at) {
    auto window = text.substr(at + 1, 12);
    std::size_t end = 0;
    if (window.starts_with('#')) {
        bool hex = window.size() > 1 && to_lower(window[1]) == 'x';
        std::uint32_t value = 0;
        std::size_t begin = end = hex ? 2 : 1;
        for (; end < window.size(); ++end) {
            char c = to_lower(window[end]);
            if (c >= '0' && c <= '9')
                value = value * (hex ? 16 : 10) + static_cast<std::uint32_t>(c - '0');
            else if (hex && c >= 'a' && c <= 'f')
                value = value * 16 + static_cast<std::uint32_t>(c - 'a' + 10);
            else
                break;
            value = std::min<std::uint32_t>(value, 0x200000);
        }
        if (end == begin) return out += '&', 1;
        append_code_point(out, value);
    } else {
        std::array<char, 13> name{};
        while (end < window.size() && is_name(window[end])) name[end] = window[end], ++end;
        auto const* known = end > 0 ? htmlEntityLookup(reinterpret_cast<xmlChar const*>(name.data())) : nullptr;
        if (!known) return out += '&', 1;
        append_code_point(out, known->value);
    }
    return 1 + end + (end < window.size() && window[end] == ';' ? 1 : 0);
}

std::size_t invisible_length(std::string_view text) {
    static constexpr std::array<std::string_view, 6> all{"\xC2\xAD",     "\xCD\x8F",     "\xE2\x80\x8B",
                                                         "\xE2\x80\x8C", "\xE2\x81\xA0", "\xEF\xBB\xBF"};
    auto found = std::ranges::find_if(all, [&](auto one) { return text.starts_with(one); });
    return found == all.end() ? 0 : found->size();
}

} // namespace godwit::mime
