// One character as UTF-8.
#pragma once
#include <cstdint>
#include <string_view>

namespace godwit::wbxml {

// In `buffer`; empty for what is no character (zero, surrogates, beyond Unicode).
std::string_view to_utf8(std::uint32_t character, char (&buffer)[4]);

} // namespace godwit::wbxml
