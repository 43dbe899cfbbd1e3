// An element's identity on the wire: code page and token; the name is for people.
#pragma once
#include <cstdint>
#include <string_view>

namespace godwit::wbxml {

enum class TagKind : std::uint8_t { Specified, Legacy };
inline constexpr auto legacy = TagKind::Legacy;

struct Tag {
    std::uint8_t page = 0;
    std::uint8_t token = 0;
    std::string_view name = {};
    TagKind kind = TagKind::Specified;
    friend constexpr bool operator==(Tag const& a, Tag const& b) { return a.page == b.page && a.token == b.token; }
};

} // namespace godwit::wbxml
