#pragma once
// The follow-up flag between the wire and index::Marks: the status is a number of its own, the rest one string.
#include "eas/email.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace godwit::convert {

/// Everything but the status; read_flag(write_flag(f)) has the same members.
std::string write_flag(eas::EmailFlag const& flag);
/// Total: what it cannot read is absent.
eas::EmailFlag read_flag(std::string_view stored);

/// Why the flag may not be set so; empty if it may (MS-ASEMAIL_R406 to R409, R702, R851, trap 34).
std::string_view broken_rule(eas::EmailFlag const& flag);

} // namespace godwit::convert
