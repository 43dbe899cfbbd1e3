// gzip both ways, bounded: an inflated body never exceeds its limit, however small it came.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace godwit::http {

enum class InflateError { Malformed, TooBig };
std::expected<std::string, InflateError> inflate(std::string_view gzip_or_zlib, std::uint64_t max_bytes);
std::string deflate(std::string_view bytes); // gzip; made for speed

} // namespace godwit::http
