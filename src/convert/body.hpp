#pragma once
// The body of a message in the form that the phone asked for (MS-ASAIRS 2.2.2.3.2, 2.2.2.12, 2.2.2.40).
#include "convert/body_options.hpp"
#include "eas/version.hpp"
#include "mime/message.hpp"

namespace godwit::convert {

eas::Body to_body(mime::Message const& message, BodyOptions const& options, eas::Version version);

} // namespace godwit::convert
