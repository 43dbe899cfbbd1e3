#pragma once
// MeetingRequest, what a mail of scheduling says of its meeting (MS-ASEMAIL 2.2.2.48), and the class of such a mail.
#include "eas/email.hpp"
#include "eas/version.hpp"
#include "itip/message.hpp"

#include <span>

namespace godwit::convert {

struct MeetingMail {
    std::string_view message_class;                  // IPM.Schedule.Meeting...
    std::optional<eas::MeetingRequest> request = {}; // none beside an answer (MS-ASEMAIL_R543)
};
/// Nothing: it is told as plain mail. The owner's own invitations are: a phone would offer to answer them.
std::optional<MeetingMail> to_meeting_mail(itip::Message const& message, std::span<std::string const> owner,
                                           eas::Version version);
/// What the organizer's phone is told of who was invited by somebody else, with its Forwardees. From 16.1 on: before,
/// their addresses cannot be said (MS-ASCMD_R6485100817).
std::optional<eas::MeetingRequest> to_noticed(itip::Message const& message, std::span<std::string const> owner,
                                              eas::Version version);

} // namespace godwit::convert
