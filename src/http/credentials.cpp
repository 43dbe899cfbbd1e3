#include "http/credentials.hpp"
#include "http/request.hpp"

namespace godwit::http {

namespace {
int digit(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> from_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string out;
    unsigned bits = 0, held = 0;
    for (char c : text) {
        int const value = digit(c);
        if (value < 0) return {};
        held = held << 6 | static_cast<unsigned>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(held >> bits & 0xff);
    }
    return out;
}
} // namespace

std::optional<directory::Credentials> basic_credentials(std::string_view authorization) {
    constexpr std::string_view scheme = "Basic ";
    if (!same_text(authorization.substr(0, scheme.size()), scheme)) return {};
    auto text = authorization.substr(scheme.size());
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    auto const decoded = from_base64(text);
    if (!decoded) return {};
    auto const colon = decoded->find(':');
    if (colon == 0 || colon == decoded->npos) return {};
    if (decoded->find('\0') != decoded->npos) return {};
    return directory::Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

} // namespace godwit::http
