#pragma once
// What a message says of a call. Mail carries it in fields of its header (MS-OXCMAIL 2.2.3.2.15 and 2.2.3.2.23;
// Asterisk has names of its own), in a Content-Class, or as multipart/voice-message (RFC 3801). UmUserNotes is carried
// by none: the notes are typed into Outlook later and lie in a store.
#include "eas/email.hpp"
#include "mime/message.hpp"

#include <string_view>

namespace godwit::convert {

/// The class of a voice mail, of a missed call or of a fax; empty: the message is none. Only asked of what would be
/// IPM.Note else.
std::string_view voice_class(mime::Message const& message);

/// Sets what MS-ASEMAIL 2.2.2.81 to 2.2.2.83 allow for the message's class: who called, the order of the recordings and
/// the length of the newest, in seconds. The attachments of `email` are those of `message`, in the same order.
void set_voice(eas::Email& email, mime::Message const& message);

} // namespace godwit::convert
