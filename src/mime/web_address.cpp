#include "mime/web_address.hpp"

#include "mime/ascii.hpp"
#include "mime/header.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace godwit::mime {
namespace {

// HTML's, and those that readers still know from before it.
constexpr auto address_attributes =
    std::to_array<std::string_view>({"href", "src", "action", "formaction", "background", "cite", "data", "longdesc",
                                     "lowsrc", "dynsrc", "ping", "poster", "usemap", "profile", "xlink:href"});

// What the reference at the beginning means, if it is one of those that can be part of a scheme, else 0; takes it off.
// A number may have any number of zeros before it.
std::uint32_t take_reference(std::string_view& text) {
    struct Named {
        std::string_view text;
        char means;
    };
    for (auto [name, means] : {Named{"&Tab;", '\t'}, {"&NewLine;", '\n'}, {"&colon;", ':'}, {"&sol;", '/'}})
        if (text.starts_with(name)) return text.remove_prefix(name.size()), std::uint32_t(means);
    text.remove_prefix(1);
    if (!text.starts_with('#')) return 0;
    text.remove_prefix(1);
    bool const hex = text.starts_with('x') || text.starts_with('X');
    if (hex) text.remove_prefix(1);
    std::uint32_t value = 0;
    while (!text.empty()) {
        auto digit = std::string_view("0123456789abcdef").find(lower(text.substr(0, 1)));
        if (digit >= (hex ? 16U : 10U)) break;
        value = std::min<std::uint32_t>(value * (hex ? 16 : 10) + std::uint32_t(digit), 0x110000);
        text.remove_prefix(1);
    }
    if (text.starts_with(';')) text.remove_prefix(1);
    return value;
}

// The beginning of an address as a reader takes it: references read, small letters, and what is no visible ASCII left
// out, wherever it stands.
std::string scheme_of(std::string_view value) {
    std::string out;
    while (!value.empty() && out.size() < 32) {
        auto c = static_cast<std::uint32_t>(static_cast<unsigned char>(value.front()));
        if (c == '&')
            c = take_reference(value);
        else
            value.remove_prefix(1);
        if (c > 0x20 && c < 0x7F) out += static_cast<char>(c);
    }
    return lower(out);
}

bool is_media(std::string_view type) {
    bool picture = type.starts_with("image/") && !type.starts_with("image/svg");
    return picture || type.starts_with("audio/") || type.starts_with("video/") || type.starts_with("font/");
}

} // namespace

bool is_address_attribute(std::string_view name) {
    return std::ranges::any_of(address_attributes, [&](auto one) { return equal_ignoring_case(one, name); });
}

bool acts(std::string_view address) {
    auto scheme = scheme_of(address);
    return scheme.starts_with("javascript:") || scheme.starts_with("vbscript:") || scheme.starts_with("livescript:") ||
           scheme.starts_with("mocha:") || (scheme.starts_with("data:") && !is_media(scheme.substr(5)));
}

} // namespace godwit::mime
