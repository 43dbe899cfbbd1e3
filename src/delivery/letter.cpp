#include "delivery/letter.hpp"
#include "delivery/host_name.hpp"
#include "delivery/scheduling.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include "mime/recipient.hpp"
#include <algorithm>

namespace godwit::delivery {
namespace {

std::vector<mime::Address> authors(std::string_view message) {
    mime::HeaderBlock const header(message);
    auto const from = header.raw("From");
    return from ? mime::parse_addresses(*from) : std::vector<mime::Address>();
}

// What is in the way of the whole: first whom mail could reach nowhere (116), then that there is nobody (119).
std::optional<SendResult> obstacle(std::vector<mime::Address> const& people, config::Delivery const& config,
                                   directory::Directory const& directory) {
    std::optional<SendResult> found;
    for (auto const& one : people) {
        auto const why = why_unreachable(one, config, directory);
        if (why == SendResult::BadRecipient) return why;
        if (why) found = why;
    }
    return people.empty() ? SendResult::NoRecipients : found;
}

// From must be an address of the account's own, and who answers an invitation that who was invited (incident 1.3); the
// name that the phone gives stays.
mime::Departure departure_of(Sending const& sending, std::string_view header, std::string_view mime,
                             directory::Directory const& directory, std::string& sender) {
    auto const owns_address = [&](std::string_view address) {
        auto const owner = directory.find(address);
        return owner && owner->id == sending.user.id;
    };
    auto const owns = [&](mime::Address const& one) { return owns_address(one.address); };
    mime::Departure departure;
    auto const from = authors(header);
    if (from.size() == 1 && owns(from[0])) {
        sender = from[0].address;
    } else {
        auto const name = from.size() == 1 && !from[0].name.empty() ? from[0].name : sending.user.name;
        departure.from = mime::Address{.name = name, .address = sending.user.address};
    }
    auto const speaker = speaker_of(mime, owns_address);
    if (!speaker.empty() && !mime::equal_ignoring_case(speaker, sender)) {
        auto const name = from.size() == 1 && !from[0].name.empty() ? from[0].name : sending.user.name;
        departure.from = mime::Address{.name = name, .address = speaker};
        sender = speaker;
    }
    auto const said = mime::HeaderBlock(header).raw("Sender");
    departure.drop_sender = said && !std::ranges::all_of(mime::parse_addresses(*said), owns);
    return departure;
}

std::shared_ptr<mime::Rope const> under(std::string header, std::shared_ptr<mime::Rope const> const& body) {
    auto message = std::make_shared<mime::Rope>(std::move(header));
    message->view(*body);
    message->keep(body);
    return message;
}

} // namespace

Way way_to(std::string_view address, config::Delivery const& config, directory::Directory const& directory) {
    if (directory.find(address)) return Way::Local;
    if (!config.relay_host.empty()) return Way::Relay;
    return directory.serves(address.substr(address.rfind('@') + 1)) ? Way::Nowhere : Way::Relay;
}

std::optional<SendResult> why_unreachable(mime::Address const& one, config::Delivery const& config,
                                          directory::Directory const& directory) {
    if (!mime::is_recipient(one.address)) return SendResult::BadRecipient; // a name without one as well
    bool const leaves = config.relay_host.empty() && way_to(one.address, config, directory) == Way::Relay;
    return leaves ? std::optional(SendResult::NoRelay) : std::nullopt;
}

std::vector<mime::Address> everybody(mime::Recipients people) {
    auto all = std::move(people.to);
    for (auto* more : {&people.cc, &people.bcc})
        all.insert(all.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    return all;
}

std::expected<Letter, SendResult> prepare_letter(Sending const& sending, std::shared_ptr<std::string const> mime,
                                                 config::Delivery const& config,
                                                 directory::Directory const& directory) {
    auto people = mime::recipients(*mime);
    Letter letter{.sender = sending.user.address, .recipients = people.all(), .outgoing = {}, .copy = {}};
    if (auto const why = obstacle(everybody(std::move(people)), config, directory)) return std::unexpected(*why);

    auto manuscript = sending.compose ? sending.compose(*mime) : mime::read_manuscript(*mime);
    if (manuscript.header.size() + manuscript.body.size() > config.max_message_bytes)
        return std::unexpected(SendResult::TooLarge);
    auto departure = departure_of(sending, manuscript.header, sending.compose ? std::string_view() : *mime, directory,
                                  letter.sender);
    departure.now = std::chrono::floor<std::chrono::seconds>(net::Clock::utc());
    departure.message_id = random_id() + "@" + host_name(config);
    manuscript.body.keep(mime);
    auto const body = std::make_shared<mime::Rope const>(std::move(manuscript.body));
    auto const header = mime::leaving_header(manuscript.header, departure);
    letter.outgoing = under(header, body);
    if (!sending.save_in_sent) return letter;
    departure.keep_bcc = true;
    auto with_bcc = mime::leaving_header(manuscript.header, departure);
    letter.copy = with_bcc == header ? letter.outgoing : under(std::move(with_bcc), body);
    return letter;
}

} // namespace godwit::delivery
