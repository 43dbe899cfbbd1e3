// Contacts: vCards in the store, MS-ASCNTC on the wire.
#include "command/item_kind.hpp"
#include "convert/contact.hpp"
#include "vcard/card.hpp"

namespace godwit::command {
namespace {

using eas::Contact;

// A quirk of iOS and iPadOS (clients.md 4.1; Z-Push and Horde do the same): <Picture/> with every edit of a contact,
// and birthdays as midnight where the phone is.
bool is_ios(Voice const& voice) {
    auto const& type = voice.device_type;
    return type == "iPhone" || type == "iPad" || type == "iPod" || voice.user_agent.starts_with("Apple-iP");
}

convert::ContactRules rules(Voice const& voice) {
    return {.version = voice.version,
            .supported = voice.supported,
            .body = voice.body,
            .empty_picture_says_nothing = is_ios(voice),
            .dates_are_local_midnights = is_ios(voice)};
}

eas::Fragment show(std::string_view bytes, convert::BodyOptions const& options, eas::Version version,
                   std::string& isolated) {
    auto card = vcard::read_card(bytes);
    if (!card) isolated = card.error();
    auto contact =
        card ? convert::to_contact(*card, options, version) : convert::contact_stand_in("Its card cannot be read.");
    return eas::encode_fragment(contact, version);
}

Merged stored(std::expected<vcard::Card, std::string_view> const& card) {
    if (!card) return std::unexpected(card.error());
    return Becomes{vcard::write(*card)};
}

Merged make(eas::Fragment const& said, Voice const& voice, std::string_view uid) {
    auto contact = eas::decode<Contact>(said, voice.version);
    if (!contact) return std::unexpected(contact.error().element);
    return stored(convert::new_contact(*contact, rules(voice), uid));
}

Merged merge(std::string_view bytes, eas::Fragment const& said, Voice const& voice) {
    auto contact = eas::decode<Contact>(said, voice.version);
    if (!contact) return std::unexpected(contact.error().element);
    auto card = vcard::read_card(bytes);
    if (!card) return std::unexpected("the stored card cannot be read");
    auto after = convert::changed_contact(*card, *contact, rules(voice));
    if (after && *after == *card) return Becomes{std::string(bytes)};
    return stored(after);
}

bool same(std::string_view bytes, eas::Fragment const& said, Voice const& voice) {
    auto contact = eas::decode<Contact>(said, voice.version);
    auto card = vcard::read_card(bytes);
    return contact && card && convert::is_same_contact(*card, *contact, rules(voice));
}

std::string key_of(std::string_view bytes) {
    auto card = vcard::read_card(bytes);
    return card ? convert::contact_key(convert::to_contact(*card, {}, eas::v16_1)) : std::string();
}

std::string key_said(eas::Fragment const& said, Voice const& voice) {
    auto contact = eas::decode<Contact>(said, voice.version);
    return contact ? convert::contact_key(*contact) : std::string();
}

} // namespace

constinit ItemKind const contact_kind{.item_class = index::ItemClass::Contacts,
                                      .name = "Contacts",
                                      .show = show,
                                      .make = make,
                                      .merge = merge,
                                      .same = same,
                                      .key_of = key_of,
                                      .key_said = key_said};

} // namespace godwit::command
