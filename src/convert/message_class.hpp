#pragma once
// The class that a phone's hints hang on (MS-ASEMAIL 2.2.2.49).
#include "mime/message.hpp"

#include <string_view>

namespace godwit::convert {

std::string_view message_class(mime::Message const& message);

} // namespace godwit::convert
