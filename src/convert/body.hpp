#pragma once
// HTML is told without what acts in it (docs/security.md); as MIME a message is told as it is.
// The body of a message in the form that the phone asked for (MS-ASAIRS 2.2.2.3.2, 2.2.2.12, 2.2.2.40).
#include "convert/body_options.hpp"
#include "eas/version.hpp"
#include "mime/message.hpp"

namespace godwit::convert {

eas::Body to_body(mime::Message const& message, BodyOptions const& options, eas::Version version);
/// The part that a conversation shows (MS-ASCON 2.2.2.1): the message's HTML; absent if none is wanted.
std::optional<eas::BodyPart> to_body_part(mime::Message const& message, BodyOptions const& options,
                                          eas::Version version);

} // namespace godwit::convert
