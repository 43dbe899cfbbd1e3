// The values of properties: text with its escapes (RFC 6350 3.4), compounds (N, ADR, ORG), lists (CATEGORIES).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace godwit::vcard {

/// Lines end with \n.
std::string unescaped(std::string_view value);
std::string escaped(std::string_view text);

/// At every separator that is not escaped; the pieces stay escaped.
std::vector<std::string> split(std::string_view value, char separator);
std::string join(std::vector<std::string> const& pieces, char separator);

/// The n-th piece of a compound as text; empty if there is none.
std::string component(std::string_view value, std::size_t n);
std::string with_component(std::string_view value, std::size_t n, std::string_view text);

} // namespace godwit::vcard
