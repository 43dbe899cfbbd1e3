// IMAP's modified UTF-7 (RFC 3501 5.1.3), the encoding of folder names in a Maildir++.
#pragma once
#include <string>
#include <string_view>

namespace godwit::source {

// `also` names ASCII characters to encode although they need not be (the hierarchy separator).
std::string to_utf7(std::string_view utf8, std::string_view also = {});
// Total: what is no modified UTF-7 stays as it is.
std::string from_utf7(std::string_view text);

} // namespace godwit::source
