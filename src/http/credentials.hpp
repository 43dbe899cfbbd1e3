// The Authorization header (RFC 7617) as the directory wants it: bytes as sent, their charset is the directory's
// affair.
#pragma once
#include "directory/directory.hpp"
#include <optional>
#include <string_view>

namespace godwit::http {

std::optional<directory::Credentials> basic_credentials(std::string_view authorization);

} // namespace godwit::http
