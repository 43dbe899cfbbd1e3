// What a phone hands in, made ready to leave: recipients found, sender put right, Bcc taken out.
#pragma once
#include "delivery/outbox.hpp"
#include <expected>

namespace godwit::delivery {

struct Letter {
    std::string sender; // envelope, an address that the account owns
    std::vector<std::string> recipients;
    std::shared_ptr<mime::Rope const> outgoing; // without Bcc
    std::shared_ptr<mime::Rope const> copy;     // for Sent, with Bcc; may be the same; none if none is wanted
};

// `mime` is what the phone composed; the letter keeps it alive.
std::expected<Letter, SendResult> prepare_letter(Sending const& sending, std::shared_ptr<std::string const> mime,
                                                 config::Delivery const& config, directory::Directory const& directory);

// To, Cc, Bcc, in this order; some may be twice.
std::vector<mime::Address> everybody(mime::Recipients people);

// Local accounts get it here; the rest of our own domains does not exist, unless a relay may know better.
enum class Way { Local, Relay, Nowhere };
Way way_to(std::string_view address, config::Delivery const& config, directory::Directory const& directory);

} // namespace godwit::delivery
