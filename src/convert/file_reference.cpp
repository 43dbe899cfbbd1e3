#include "convert/file_reference.hpp"

#include <algorithm>
#include <charconv>

namespace godwit::convert {

std::string format(FileReference const& reference) { return std::to_string(reference.item) + "-" + reference.part; }

std::optional<FileReference> parse_file_reference(std::string_view text) {
    auto dash = text.find('-', 1);
    if (dash == text.npos || text.size() > 256) return std::nullopt;
    FileReference reference;
    auto const number = text.substr(0, dash);
    auto const* const stop = number.data() + number.size();
    auto [end, error] = std::from_chars(number.data(), stop, reference.item);
    if (error != std::errc{} || end != stop || reference.item < 0) return std::nullopt;
    reference.part = text.substr(dash + 1);
    bool digits = std::ranges::all_of(reference.part, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    if (reference.part.empty() || !digits) return std::nullopt;
    return reference;
}

} // namespace godwit::convert
