#include "itip/global_id.hpp"

#include <algorithm>

namespace godwit::itip {
namespace {

constexpr std::string_view class_id{"\x04\x00\x00\x00\x82\x00\xE0\x00\x74\xC5\xB7\x10\x1A\x82\xE0\x08", 16};
constexpr std::string_view marker{"vCal-Uid\x01\x00\x00\x00", 12};
constexpr std::size_t instance_at = 16, size_at = 36, content_at = 40, most = 4096;

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    for (std::size_t i = 0; i < text.size(); i += 2) {
        int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

std::string to_hex(std::string_view bytes) {
    std::string out;
    for (unsigned char c : bytes) {
        out += "0123456789ABCDEF"[c >> 4];
        out += "0123456789ABCDEF"[c & 15];
    }
    return out;
}

std::uint32_t size_in(std::string_view bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out |= std::uint32_t(static_cast<unsigned char>(bytes[size_at + i])) << (8 * i);
    return out;
}

// MS-ASEMAIL_R1009, R26, R27
bool is_vcal(std::string_view bytes) {
    if (bytes.size() < content_at + marker.size() + 1 || bytes.substr(content_at, 8) != marker.substr(0, 8))
        return false;
    auto size = size_in(bytes);
    return size >= marker.size() + 1 && size <= bytes.size() - content_at;
}

} // namespace

std::string global_object_id(std::string_view uid, std::optional<std::chrono::local_days> instance) {
    uid = uid.substr(0, most);
    auto outlooks = from_hex(uid);
    std::string out;
    if (outlooks && outlooks->size() >= content_at && outlooks->starts_with(class_id)) {
        out = *outlooks;
    } else {
        out = std::string(class_id) + std::string(size_at - class_id.size(), '\0');
        auto size = marker.size() + uid.size() + 1;
        for (std::size_t i = 0; i < 4; ++i) out += static_cast<char>((size >> (8 * i)) & 0xFF);
        out += marker;
        out += uid;
        out += '\0';
    }
    out.replace(instance_at, 4, 4, '\0');
    if (!instance) return out;
    std::chrono::year_month_day day(*instance);
    auto year = static_cast<unsigned>(static_cast<int>(day.year()));
    out[instance_at] = static_cast<char>(year >> 8);
    out[instance_at + 1] = static_cast<char>(year & 0xFF);
    out[instance_at + 2] = static_cast<char>(static_cast<unsigned>(day.month()));
    out[instance_at + 3] = static_cast<char>(static_cast<unsigned>(day.day()));
    return out;
}

std::string uid_of(std::string_view bytes) {
    if (bytes.size() < content_at || !bytes.starts_with(class_id)) return {};
    if (is_vcal(bytes))
        return std::string(bytes.substr(content_at + marker.size(), size_in(bytes) - marker.size() - 1));
    std::string plain(bytes);
    plain.replace(instance_at, 4, 4, '\0'); // R28
    return to_hex(plain);
}

} // namespace godwit::itip
