#include "device/description.hpp"
#include <algorithm>

namespace godwit::device {
namespace {
constexpr std::string_view description_name = "description";
constexpr std::size_t most_characters = 1024; // of a value (MS-ASCMD_R3437, R3605 and their like)
constexpr std::size_t max_bytes = 40 * 1024;  // eight such values of the longest characters, and their names

std::string_view first_characters(std::string_view text) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
        if (begins && seen++ == most_characters) return text.substr(0, i);
    }
    return text;
}
} // namespace

std::string to_blob(Description const& description) {
    std::string out;
    for (auto const& [name, value] : description) {
        if (out.size() + name.size() + value.size() + 2 > max_bytes) break;
        out.append(name).append(1, '\0').append(value).append(1, '\0');
    }
    return out;
}

std::optional<Description> description_of(std::string_view blob) {
    Description out;
    while (!blob.empty()) {
        auto first = blob.find('\0');
        auto second = first == blob.npos ? first : blob.find('\0', first + 1);
        if (second == blob.npos) return std::nullopt;
        out.emplace_back(blob.substr(0, first), blob.substr(first + 1, second - first - 1));
        blob.remove_prefix(second + 1);
    }
    return out;
}

Description merged(Description known, Description const& said) {
    if (said.empty()) return {};
    for (auto const& [name, value] : said) {
        auto at = std::ranges::find(known, name, [](auto const& one) -> auto const& { return one.first; });
        if (value.empty() && at != known.end())
            known.erase(at);
        else if (at != known.end())
            at->second = first_characters(value);
        else if (!value.empty())
            known.emplace_back(name, first_characters(value));
    }
    return known;
}

bool store(index::Transaction& tx, std::string_view device, Description const& description) {
    auto blob = to_blob(description);
    if (tx.state(device, description_name) == blob) return false;
    tx.put_state(device, description_name, blob);
    return true;
}

Description load_description(index::Transaction& tx, std::string_view device) {
    auto blob = tx.state(device, description_name);
    return blob ? description_of(*blob).value_or(Description{}) : Description{};
}

} // namespace godwit::device
