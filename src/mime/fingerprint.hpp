// What tells two texts apart, the same on every machine and for ever: it stands in what is stored and what phones hold.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace godwit::mime {

inline constexpr std::uint64_t fnv1a_basis = 0xcbf29ce484222325;

/// FNV-1a, 64 bits (RFC 9923): an identity, not a defence. `so_far` carries on where another text ended.
constexpr std::uint64_t fnv1a(std::string_view bytes, std::uint64_t so_far = fnv1a_basis) {
    for (char const c : bytes) so_far = (so_far ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return so_far;
}

/// Its 16 digits.
inline std::string hexadecimal(std::uint64_t hash) {
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(hash >> shift) & 15];
    return out;
}

} // namespace godwit::mime
