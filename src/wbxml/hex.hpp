// Bytes as hexadecimal digits and back.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace godwit::wbxml {

std::string to_hex(std::string_view bytes);                   // lower case, no spaces
std::optional<std::string> from_hex(std::string_view digits); // any case, white space anywhere between bytes

} // namespace godwit::wbxml
