#pragma once
// Addresses of RFC 5322 as people really write them. Total: whatever the field holds, there is a list.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::mime {

struct Address {
    std::string name = {};    // decoded, UTF-8, may be empty
    std::string address = {}; // local@domain, may be empty if the field held only a name
    bool operator==(Address const&) const = default;
};

/// At most this many are read from one field: the rest is ignored.
inline constexpr std::size_t max_addresses = 5000;

/// The mailboxes of a raw field value; groups are flattened, comments used as names where there is no other.
std::vector<Address> parse_addresses(std::string_view raw_value, std::string_view fallback_charset = {});

/// `"Name" <local@domain>` as Exchange writes it; without a name just the address (MS-ASDTYPE 2.7.3).
std::string format(Address const& address);
/// The list joined by `separator` ("," for To and Cc, ";" for ReplyTo), cut after a whole address at `max_bytes`.
std::string format(std::vector<Address> const& list, std::string_view separator = ", ", std::size_t max_bytes = 32768);
/// Display names (or addresses where there is no name), for DisplayTo: separated by "; ".
std::string display_names(std::vector<Address> const& list, std::size_t max_bytes = 32768);

/// The address as a header field holds it: name quoted or RFC 2047 encoded, pure ASCII.
std::string encode_mailbox(Address const& address);

} // namespace godwit::mime
