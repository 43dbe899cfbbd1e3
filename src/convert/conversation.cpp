#include "convert/conversation.hpp"
#include "wbxml/base64.hpp"

#include <cstdint>
#include <optional>

namespace godwit::convert {
namespace {

constexpr std::size_t head = 22, level = 5, longest_index = 2048; // of its base64

} // namespace

// Thread-Index: a byte 1, five of a FILETIME, a GUID, five for each level.
std::string conversation_index(std::string_view thread_index, Time sent) {
    auto index = thread_index.size() <= longest_index ? wbxml::from_base64(thread_index) : std::nullopt;
    bool good = index && index->size() >= head && (index->size() - head) % level == 0 && index->front() == 1;
    if (good) return index->substr(1, level) + index->substr(head);
    auto seconds = std::chrono::floor<std::chrono::seconds>(sent).time_since_epoch().count();
    auto since_1601 = static_cast<std::uint64_t>(seconds + 11'644'473'600) * 10'000'000;
    std::string out;
    for (int shift = 48; shift >= 16; shift -= 8) out += static_cast<char>(since_1601 >> shift & 0xFF);
    return out;
}

} // namespace godwit::convert
