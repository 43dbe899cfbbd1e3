#include "device/description.hpp"

namespace godwit::device {
namespace {
constexpr std::string_view description_name = "description";
constexpr std::size_t max_bytes = 16 * 1024; // MS-ASCMD 2.2.3.x: each property is at most 1,024 characters
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
