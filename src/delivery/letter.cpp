#include "delivery/letter.hpp"
#include "delivery/host_name.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include <algorithm>

namespace godwit::delivery {
namespace {

// Good enough to stand between < and > in a command, whatever else it may be.
bool is_address(std::string_view text) {
    auto const at = text.rfind('@');
    auto const fits = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != '<' && c != '>'; };
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 320 &&
           std::ranges::all_of(text, fits);
}

std::vector<mime::Address> authors(std::string_view message) {
    mime::HeaderBlock const header(message);
    auto const from = header.raw("From");
    return from ? mime::parse_addresses(*from) : std::vector<mime::Address>();
}

} // namespace

Way way_to(std::string_view address, config::Delivery const& config, directory::Directory const& directory) {
    if (directory.find(address)) return Way::Local;
    if (!config.relay_host.empty()) return Way::Relay;
    return directory.serves(address.substr(address.rfind('@') + 1)) ? Way::Nowhere : Way::Relay;
}

std::expected<Letter, SendResult> prepare_letter(Sending const& sending, config::Delivery const& config,
                                                 directory::Directory const& directory) {
    if (sending.mime.size() > config.max_message_bytes) return std::unexpected(SendResult::TooLarge);
    Letter letter{
        .sender = sending.user.address, .recipients = mime::recipients(sending.mime).all(), .outgoing = {}, .copy = {}};
    if (letter.recipients.empty()) return std::unexpected(SendResult::NoRecipients);
    if (!std::ranges::all_of(letter.recipients, is_address)) return std::unexpected(SendResult::BadRecipient);
    auto const leaves = [&](std::string const& address) { return way_to(address, config, directory) == Way::Relay; };
    if (config.relay_host.empty() && std::ranges::any_of(letter.recipients, leaves))
        return std::unexpected(SendResult::NoRelay);

    // From must be an address of the account's own (incident 1.3); the name that the phone gives stays.
    mime::Departure departure;
    auto const from = authors(sending.mime);
    auto const owner = from.size() == 1 ? directory.find(from[0].address) : std::nullopt;
    if (owner && owner->id == sending.user.id) {
        letter.sender = from[0].address;
    } else {
        auto const name = from.size() == 1 && !from[0].name.empty() ? from[0].name : sending.user.name;
        departure.from = mime::Address{.name = name, .address = sending.user.address};
    }
    auto const host = host_name(config);
    departure.now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc());
    departure.message_id = random_id() + "@" + host;
    letter.outgoing = mime::prepare(sending.mime, departure);
    if (sending.save_in_sent) {
        departure.keep_bcc = true;
        letter.copy = mime::prepare(sending.mime, departure);
    }
    return letter;
}

} // namespace godwit::delivery
