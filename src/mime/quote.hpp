#pragma once
// The original as text below a reply.
#include "mime/answer.hpp"
#include "mime/message.hpp"

namespace godwit::mime {

inline constexpr std::string_view quote_class = "original-message";

/// The original with its header above it; `below` what the user has written, in the same format.
std::string plain_below(std::string written, Message const& original, Answering const& how);
std::string html_below(std::string written, Message const& original, Answering const& how);

} // namespace godwit::mime
