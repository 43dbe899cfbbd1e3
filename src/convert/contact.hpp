#pragma once
// Contacts: a vCard 4 as a phone's application data, and what a phone says merged into the card that is stored. An
// element that says what the phone was shown changes nothing; of all else only the property that it speaks of is
// touched, so that what a phone does not know survives its edits. Pure and repeatable.
#include "convert/body_options.hpp"
#include "eas/contacts.hpp"
#include "eas/version.hpp"
#include "vcard/card.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace godwit::convert {

// How the phone that speaks means it.
struct ContactRules {
    eas::Version version = eas::v16_1;
    std::optional<eas::ElementNames> supported = {}; // as it said with key 0 (MS-ASCMD 2.2.3.179)
    BodyOptions body = {};                           // how it is shown the notes
    bool empty_picture_says_nothing = false;         // a quirk of iOS (command/contact_view.cpp)
    bool dates_are_local_midnights = false;          // likewise
};

eas::Contact to_contact(vcard::Card const& card, BodyOptions const& options, eas::Version version);

/// The error is what the phone did wrong, for the log; on the wire it is Sync status 6 for the item.
std::expected<vcard::Card, std::string_view> new_contact(eas::Contact const& said, ContactRules const& rules,
                                                         std::string_view uid);
std::expected<vcard::Card, std::string_view> changed_contact(vcard::Card card, eas::Contact const& said,
                                                             ContactRules const& rules);

/// Whether the card is just what the phone says, as far as the phone can say it (incident 2.7).
bool is_same_contact(vcard::Card const& card, eas::Contact const& said, ContactRules const& rules);
/// Equal for contacts that may be the same: whoever looks for one need not compare it with all.
std::string contact_key(eas::Contact const& contact);

/// In place of a card that cannot be read.
eas::Contact contact_stand_in(std::string_view reason);

} // namespace godwit::convert
