// Contacts: vCards in the store, MS-ASCNTC on the wire.
#include "command/item_view.hpp"
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

convert::ContactRules contact_rules(Voice const& voice) {
    return {.version = voice.version,
            .supported = voice.supported,
            .body = voice.body,
            .empty_picture_says_nothing = is_ios(voice),
            .dates_are_local_midnights = is_ios(voice)};
}

struct ContactView {
    using Element = Contact;
    static constexpr std::string_view unreadable = "the stored card cannot be read";

    static auto read(std::string_view bytes) { return vcard::read_card(bytes); }
    static std::string write(vcard::Card const& card) { return vcard::write(card); }
    static std::string uid(vcard::Card const& card) {
        auto const* property = card.find("UID");
        return property ? property->value : std::string();
    }
    static std::string key(Contact const& contact) { return convert::contact_key(contact); }
    static Contact stand_in() { return convert::contact_stand_in("Its card cannot be read."); }
    static Contact to_element(vcard::Card const& card, Voice const& voice) {
        return convert::to_contact(card, voice.body, voice.version);
    }
    static std::optional<index::Time> place(vcard::Card const&, Voice const&) { return std::nullopt; }
    static auto fresh(Contact const& said, Voice const& voice, std::string_view uid) {
        return convert::new_contact(said, contact_rules(voice), uid);
    }
    static auto changed(vcard::Card const& card, Contact const& said, Voice const& voice) {
        return convert::changed_contact(card, said, contact_rules(voice));
    }
    static bool same(vcard::Card const& card, Contact const& said, Voice const& voice) {
        return convert::is_same_contact(card, said, contact_rules(voice));
    }
};

} // namespace

constinit ItemKind const contact_kind = ItemView<ContactView>::row(index::ItemClass::Contacts, "Contacts");

} // namespace godwit::command
