#include "index/encoding.hpp"

namespace godwit::index {

std::string pack(std::vector<std::string> const& texts) {
    std::string packed;
    for (auto const& text : texts) {
        for (char const c : text)
            if (c != '\0') packed += c;
        packed += '\0';
    }
    return packed;
}

std::vector<std::string> unpack(std::string_view packed) {
    std::vector<std::string> texts;
    for (auto end = packed.find('\0'); end != packed.npos; end = packed.find('\0')) {
        texts.emplace_back(packed.substr(0, end));
        packed.remove_prefix(end + 1);
    }
    return texts;
}

} // namespace godwit::index
