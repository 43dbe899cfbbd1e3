// Base64 (RFC 4648, section 4) for opaque content in the XML view.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace godwit::wbxml {

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text); // white space is skipped

} // namespace godwit::wbxml
