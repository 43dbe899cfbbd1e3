#include "command/ids.hpp"
#include <charconv>
#include <utility>

namespace godwit::command {
namespace {

// Only what format() writes: no sign, no leading zero, no blank.
template <class N> std::optional<N> number(std::string_view text) {
    N n{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (text.front() == '-' || (text.front() == '0' && text.size() > 1)) return std::nullopt;
    return n;
}

} // namespace

std::string format(index::CollectionId id) { return std::to_string(std::to_underlying(id)); }

std::string format(ServerId id) { return format(id.folder) + ':' + std::to_string(std::to_underlying(id.item)); }

std::string format_long(index::ItemId id) { return 'm' + std::to_string(std::to_underlying(id)); }

std::optional<index::CollectionId> parse_collection(std::string_view text) {
    auto n = number<std::uint32_t>(text);
    return n ? std::optional(index::CollectionId(*n)) : std::nullopt;
}

std::optional<ServerId> parse_server_id(std::string_view text) {
    auto colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    auto folder = parse_collection(text.substr(0, colon));
    auto item = number<std::int64_t>(text.substr(colon + 1));
    if (!folder || !item) return std::nullopt;
    return ServerId{*folder, index::ItemId(*item)};
}

std::optional<index::ItemId> parse_long_id(std::string_view text) {
    if (!text.starts_with('m')) return std::nullopt;
    auto item = number<std::int64_t>(text.substr(1));
    return item ? std::optional(index::ItemId(*item)) : std::nullopt;
}

} // namespace godwit::command
