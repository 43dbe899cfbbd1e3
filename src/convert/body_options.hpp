#pragma once
// What a phone wants of a body: the Options of Sync, ItemOperations and Search, resolved to plain numbers.
#include <cstdint>
#include <optional>
#include <vector>

namespace godwit::convert {

enum class BodyType : std::uint8_t { plain = 1, html = 2, rtf = 3, mime = 4 }; // MS-ASAIRS 2.2.2.41

struct BodyPreference {
    BodyType type = BodyType::plain;
    std::optional<std::uint32_t> truncation_size = {}; // bytes
    bool all_or_none = false;                          // means nothing without truncation_size (MS-ASAIRS_R75)
    std::uint8_t preview = 0;                          // characters; 0: none (14.0 and later)
};

enum class MimeSupport : std::uint8_t { never = 0, smime_only = 1, always = 2 }; // MS-ASCMD 2.2.3.110

struct BodyOptions {
    std::vector<BodyPreference> preferences = {}; // in the order of the request; empty: plain text, whole
    MimeSupport mime_support = MimeSupport::never;
    std::optional<std::uint8_t> mime_truncation = {}; // the code 0 to 8, not a size (MS-ASCMD 2.2.3.111)
};

/// Bytes that a MIMETruncation code allows; nothing for 8, "do not truncate", and for codes that do not exist.
std::optional<std::uint32_t> mime_truncation_size(std::uint8_t code);

} // namespace godwit::convert
