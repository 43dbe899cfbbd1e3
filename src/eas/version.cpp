#include "eas/version.hpp"

namespace godwit::eas {

std::optional<Version> parse_version(std::string_view header) {
    for (auto version : spoken_versions)
        if (name(version) == header) return version;
    return {};
}

std::optional<Version> version_of_byte(std::uint8_t byte) {
    for (auto version : spoken_versions)
        if (static_cast<std::uint8_t>(version) == byte) return version;
    return {};
}

std::string_view name(Version version) {
    switch (version) {
    case v2_5: return "2.5";
    case v12_0: return "12.0";
    case v12_1: return "12.1";
    case v14_0: return "14.0";
    case v14_1: return "14.1";
    case v16_0: return "16.0";
    case v16_1: return "16.1";
    }
    return "?";
}

} // namespace godwit::eas
