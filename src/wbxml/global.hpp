#pragma once
// The tokens that mean the same on every code page (WBXML 1.3, section 7.1), and the bits of a tag's.
#include <cstdint>

namespace godwit::wbxml {

enum Global : std::uint8_t {
    switch_page = 0x00,
    end = 0x01,
    entity_token = 0x02,
    str_i = 0x03,
    literal = 0x04,
    processing_instruction = 0x43,
    str_t = 0x83,
    opaque_token = 0xC3,
};
inline constexpr std::uint8_t content_bit = 0x40, attribute_bit = 0x80, token_bits = 0x3F;

} // namespace godwit::wbxml
