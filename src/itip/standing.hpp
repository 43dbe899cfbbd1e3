#pragma once
// How an invitation stands to what is known of its meeting when it arrives (MS-ASEMAIL 2.2.2.47, MeetingMessageType).
// It is decided then and never again (MS-ASEMAIL_R531): the delivered mail has it in front of all its fields.
#include "itip/message.hpp"

namespace godwit::itip {

enum class Standing : std::uint8_t {
    plain = 0,         // what else can be told of it, the mail itself says
    informational = 3, // of a meeting that was answered: neither when it is nor how often is new
    outdated = 4,      // something newer has come before it (MS-ASEMAIL_R1070)
};
Standing standing(ical::Component const& stored, Message const& message, std::span<std::string const> owner);

/// The field, with its line end; empty of what is plain.
std::string standing_field(Standing standing);
/// Only in front of all others: what a sender writes lies behind the fields of delivery.
Standing standing_of(mime::Message const& mail);

} // namespace godwit::itip
