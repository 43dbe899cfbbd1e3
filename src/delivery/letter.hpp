// What a phone hands in, made ready to leave: recipients found, sender put right, Bcc taken out.
#pragma once
#include "delivery/outbox.hpp"
#include <expected>

namespace godwit::delivery {

struct Letter {
    std::string sender; // envelope, an address that the account owns
    std::vector<std::string> recipients;
    std::string outgoing; // without Bcc
    std::string copy;     // for Sent, with Bcc; empty if none is wanted
};

std::expected<Letter, SendResult> prepare_letter(Sending const& sending, config::Delivery const& config,
                                                 directory::Directory const& directory);

// Local accounts get it here; the rest of our own domains does not exist, unless a relay may know better.
enum class Way { Local, Relay, Nowhere };
Way way_to(std::string_view address, config::Delivery const& config, directory::Directory const& directory);

} // namespace godwit::delivery
