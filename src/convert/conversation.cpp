#include "convert/conversation.hpp"
#include "wbxml/base64.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace godwit::convert {
namespace {

constexpr std::size_t head = 22, level = 5, longest_index = 2048; // of its base64, folds and all
constexpr std::size_t deepest = head + 280 * level;               // no level is added beyond it: that fits
constexpr std::size_t before_fold = 72;                           // characters before a fold

// Thread-Index: a byte 1, five of a FILETIME, a GUID, five for each level.
std::optional<std::string> read_index(std::string_view thread_index) {
    auto index = thread_index.size() <= longest_index ? wbxml::from_base64(thread_index) : std::nullopt;
    bool good = index && index->size() >= head && (index->size() - head) % level == 0 && index->front() == 1;
    return good ? index : std::nullopt;
}

std::uint64_t filetime(Time at) { // in 100 ns since 1601
    auto micros = at.time_since_epoch().count() + std::int64_t{11'644'473'600} * 1'000'000;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0)) * 10;
}

std::uint64_t began(std::string_view index) {
    std::uint64_t time = 0;
    for (std::size_t i = 0; i <= level; ++i) time = time << 8 | static_cast<std::uint8_t>(index[i]);
    return time << 16;
}

std::string index_header(Time sent) {
    auto const time = filetime(std::chrono::floor<std::chrono::seconds>(sent));
    std::string out;
    for (int shift = 48; shift >= 16; shift -= 8) out += static_cast<char>(time >> shift & 0xFF);
    return out;
}

// How long after the first one, in units of 26 ms, or of 0.8 s beyond 1.8 years; then four bits that tell apart what
// was written at the same time, and four of zero.
std::string response_level(std::uint64_t first, Time now) {
    auto const at = filetime(now);
    auto const since = at > first ? at - first : 0;
    bool const late = since >> 49 != 0;
    auto const units = static_cast<std::uint32_t>(since >> (late ? 23 : 18) & 0x7FFF'FFFF) | (late ? 1U << 31 : 0U);
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(units >> shift & 0xFF);
    return out + static_cast<char>(at >> 10 & 0xF0);
}

std::string folded(std::string_view text) {
    std::string out;
    for (; text.size() > before_fold; text.remove_prefix(before_fold))
        out.append(text.substr(0, before_fold)).append("\r\n ");
    return out.append(text);
}

} // namespace

std::string conversation_index(std::string_view thread_index, Time sent) {
    auto const index = read_index(thread_index);
    return index ? index->substr(1, level) + index->substr(head) : index_header(sent);
}

std::string answering_thread_index(std::string_view original, Time sent, std::string_view conversation, Time now) {
    auto index = read_index(original);
    if (!index) {
        auto guid = std::string(conversation.substr(0, 16));
        guid.resize(16);
        index = "\x01" + index_header(sent) + guid;
    }
    if (index->size() < deepest) *index += response_level(began(*index), now);
    return folded(wbxml::to_base64(*index));
}

} // namespace godwit::convert
