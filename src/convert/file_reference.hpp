#pragma once
// FileReference: names an attachment for ItemOperations. An item keeps its id when it moves and its bytes never change,
// so `<item>-<part path>` survives folder moves; it holds only characters that a URL leaves alone (MS-ASAIRS 2.2.2.24,
// trap 69).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::convert {

inline constexpr std::size_t max_attachments = 1000; // what one item may list

struct FileReference {
    std::int64_t item = 0; // index::ItemId
    std::string part;      // mime::Part::path
    bool operator==(FileReference const&) const = default;
};

std::string format(FileReference const& reference);
std::optional<FileReference> parse_file_reference(std::string_view text);

} // namespace godwit::convert
