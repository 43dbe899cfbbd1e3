// A Reply as HTTP/1.1 text.
#pragma once
#include "command/session.hpp"
#include "net/time.hpp"
#include <string>
#include <string_view>

namespace godwit::http {

// What the answer owes to its request, after the request itself has been freed.
struct Manners {
    bool keep_alive = false;
    bool gzip = false;
    bool head_only = false; // HEAD: the length, not the body
    unsigned minor = 1;
};

std::string_view phrase(unsigned status);
// Status line and headers, with the empty line.
std::string head_of(command::Reply const& reply, Manners const& manners, std::string_view request_id, net::Time now);

} // namespace godwit::http
