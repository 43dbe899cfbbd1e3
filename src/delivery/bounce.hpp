// The delivery status notification for recipients that a message could not reach (RFC 3462, RFC 3464).
#pragma once
#include "index/types.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace godwit::delivery {

struct FailedRecipient {
    std::string address;
    std::string reply; // "550 5.1.1 no such user", or a reason of our own
};
struct Bounce {
    std::string hostname;
    std::string to;            // the sender of what failed
    std::string_view original; // its header fields are sent back
    std::vector<FailedRecipient> failed;
    index::Time when = {};
    std::string id; // for Message-ID and the boundary
};
std::string compose_bounce(Bounce const& bounce);

} // namespace godwit::delivery
