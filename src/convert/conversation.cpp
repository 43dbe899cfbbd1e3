#include "convert/conversation.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace godwit::convert {
namespace {

constexpr std::size_t head = 22, level = 5, most_levels = 200;

std::optional<std::string> decode(std::string_view base64) {
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (char c : base64) {
        int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 26
                    : c >= '0' && c <= '9' ? c - '0' + 52
                    : c == '+'             ? 62
                    : c == '/'             ? 63
                                           : -1;
        if (c == '=') break;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (value < 0 || out.size() > head + level * most_levels) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) out += static_cast<char>(bits >> (count -= 8) & 0xFF);
    }
    return out;
}

} // namespace

// Thread-Index: a byte 1, five of a FILETIME, a GUID, five for each level.
std::string conversation_index(std::string_view thread_index, Time sent) {
    auto index = decode(thread_index);
    bool good = index && index->size() >= head && (index->size() - head) % level == 0 && index->front() == 1;
    if (good) return index->substr(1, level) + index->substr(head);
    auto seconds = std::chrono::floor<std::chrono::seconds>(sent).time_since_epoch().count();
    auto since_1601 = static_cast<std::uint64_t>(seconds + 11'644'473'600) * 10'000'000;
    std::string out;
    for (int shift = 48; shift >= 16; shift -= 8) out += static_cast<char>(since_1601 >> shift & 0xFF);
    return out;
}

} // namespace godwit::convert
