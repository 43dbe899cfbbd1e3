#include "wbxml/tokens.hpp"

namespace godwit::wbxml {

namespace {

constexpr std::size_t tokens_in_page = 64;
using Index = std::array<std::array<Tag const*, tokens_in_page>, code_pages.size()>;

constexpr Index index = [] {
    Index out{};
    for (auto const& page : code_pages)
        for (auto const& tag : page.tags) out[tag.page][tag.token] = &tag;
    return out;
}();

} // namespace

Tag const* find_tag(std::uint8_t page, std::uint8_t token) {
    return page < index.size() && token < tokens_in_page ? index[page][token] : nullptr;
}

Tag const* find_tag(std::string_view page, std::string_view element) {
    for (auto const& candidate : code_pages) {
        if (candidate.name != page) continue;
        for (auto const& tag : candidate.tags)
            if (tag.name == element) return &tag;
    }
    return nullptr;
}

} // namespace godwit::wbxml
