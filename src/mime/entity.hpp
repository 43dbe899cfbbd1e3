#pragma once
// Character references of HTML.
#include <cstddef>
#include <string>
#include <string_view>

namespace godwit::mime {

/// Appends what the reference at `at` (an ampersand) means, as UTF-8 without controls and invisible fillers; returns
/// how many bytes it takes: 1 if it is just an ampersand.
std::size_t append_entity(std::string& out, std::string_view text, std::size_t at);

/// How many bytes of UTF-8 at the beginning are a filler that no person sees (soft hyphen, zero-width space, what
/// senders pad previews with); 0 if none.
std::size_t invisible_length(std::string_view text);

} // namespace godwit::mime
