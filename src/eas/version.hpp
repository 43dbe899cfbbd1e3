// The protocol versions (MS-ASHTTP 2.2.1.1.2.2). 12.1 to 16.1 are spoken; the two older ones are only names for
// `since`.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace godwit::eas {

// The number is the version byte of the base64 query (MS-ASHTTP 2.2.1.1.1.1): 14.1 is 141.
enum class Version : std::uint8_t {
    v2_5 = 25,
    v12_0 = 120,
    v12_1 = 121,
    v14_0 = 140,
    v14_1 = 141,
    v16_0 = 160,
    v16_1 = 161
};
using enum Version;

inline constexpr std::array spoken_versions{v12_1, v14_0, v14_1, v16_0, v16_1};
inline constexpr std::string_view protocol_versions_header = "12.1,14.0,14.1,16.0,16.1"; // MS-ASProtocolVersions

std::optional<Version> parse_version(std::string_view header); // "14.1"; only spoken versions
std::optional<Version> version_of_byte(std::uint8_t byte);     // only spoken versions
std::string_view name(Version version);                        // "14.1"

} // namespace godwit::eas
