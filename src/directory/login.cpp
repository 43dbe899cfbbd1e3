#include "directory/login.hpp"
#include <algorithm>

namespace godwit::directory {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// RFC 5322 atext, the dot, and UTF-8 (RFC 6531).
bool fits_local(char c) {
    auto const byte = static_cast<unsigned char>(c);
    constexpr std::string_view specials = "!#$%&'*+-/=?^_`{|}~.";
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           specials.find(c) != std::string_view::npos;
}

bool fits_domain(std::string_view domain) {
    auto fits = [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || c == '-' || c == '.';
    };
    return !domain.empty() && domain.front() != '.' && domain.back() != '.' &&
           domain.find("..") == std::string_view::npos && std::ranges::all_of(domain, fits);
}

// Length of the UTF-8 sequence that the byte begins; 0: none does (RFC 3629).
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

} // namespace

std::string lower(std::string_view text) {
    std::string result(text);
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return result;
}

Login parse_login(std::string_view text) {
    text = trimmed(text);
    auto const backslash = text.find('\\');
    if (backslash == std::string_view::npos) return {lower(text), {}};
    return {lower(trimmed(text.substr(backslash + 1))), lower(trimmed(text.substr(0, backslash)))};
}

std::optional<std::string> normal_address(std::string_view text) {
    auto address = lower(trimmed(text));
    auto const local = local_part(address), domain = domain_part(address);
    if (address.size() > 254 || local.empty() || local.size() > 64 || !is_utf8(address)) return {};
    if (!std::ranges::all_of(local, fits_local) || !fits_domain(domain)) return {};
    return address;
}

std::string_view local_part(std::string_view address) { return address.substr(0, address.rfind('@')); }

std::string_view domain_part(std::string_view address) {
    auto const at = address.rfind('@');
    return at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
}

bool is_utf8(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        auto const lead = static_cast<unsigned char>(bytes[i]);
        auto const length = sequence_length(lead);
        if (length == 0 || i + length > bytes.size()) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(bytes[i + k]) & 0xC0) != 0x80) return false;
        auto const second = length > 1 ? static_cast<unsigned char>(bytes[i + 1]) : 0;
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return false; // overlong, surrogates
        if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
            return false; // overlong, beyond U+10FFFF
        i += length;
    }
    return true;
}

std::string from_latin1(std::string_view bytes) {
    std::string result;
    result.reserve(bytes.size() + bytes.size() / 4);
    for (auto const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            result += c;
        } else {
            result += static_cast<char>(0xC0 | (byte >> 6));
            result += static_cast<char>(0x80 | (byte & 0x3F));
        }
    }
    return result;
}

std::vector<std::string> readings(std::string_view sent) {
    std::vector<std::string> result;
    if (is_utf8(sent)) result.emplace_back(sent);
    if (std::ranges::any_of(sent, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        result.push_back(from_latin1(sent));
    return result;
}

} // namespace godwit::directory
