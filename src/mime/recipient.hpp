// Whom a message goes to: there, unlike in what one reads, nothing may be guessed.
#pragma once
#include "mime/address.hpp"

#include <string_view>
#include <vector>

namespace godwit::mime {

/// As parse_addresses(), but an address is all that stands in its place, blanks and all: "a b@example.org" is one, and
/// none that is_recipient() lets pass.
std::vector<Address> parse_recipients(std::string_view raw_value);

/// Whether it is local@domain (RFC 5321 4.1.2): outside a quoted local part one @, no blank, no control character and
/// nothing that ends an address in a list or a command. At most 320 bytes. A domain may be any.
bool is_recipient(std::string_view address);

} // namespace godwit::mime
