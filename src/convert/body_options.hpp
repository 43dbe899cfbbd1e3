#pragma once
// What a phone wants of a body: what the Options of Sync, ItemOperations and Search say about it.
#include "eas/airsyncbase.hpp"
#include "eas/sync.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace godwit::convert {

struct BodyOptions {
    std::vector<eas::BodyPreference> preferences = {}; // in the order of the request; empty: plain text, whole
    eas::MimeSupport mime_support = eas::MimeSupport::Never;
    std::optional<eas::MimeTruncation> mime_truncation = {};
    std::vector<eas::BodyPartPreference> parts = {}; // of a conversation; 14.1 and later
};

/// Bytes that a MIMETruncation code allows; nothing for "do not truncate" (MS-ASCMD 2.2.3.111, trap 26).
std::optional<std::uint32_t> mime_truncation_size(eas::MimeTruncation code);

} // namespace godwit::convert
