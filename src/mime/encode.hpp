// Bytes and text as a message carries them in ASCII.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace godwit::mime {

/// RFC 2045 6.8; with a line end after so many bytes of input (a multiple of 3), or none for 0.
std::string base64(std::string_view bytes, std::size_t line = 0);

/// RFC 2047 words of at most `longest` bytes of text each, one a line: whole characters where the text is UTF-8.
std::string encoded_words(std::string_view utf8, std::size_t longest);

} // namespace godwit::mime
