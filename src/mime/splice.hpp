#pragma once
// A part of one message as a part of another: its bytes as a view, where they may travel so.
#include "mime/message.hpp"
#include "mime/rope.hpp"

namespace godwit::mime {

enum class Place : std::uint8_t { attached, inline_or_alternative };

/// Its Content- fields, the empty line, its body. What has line ends that would not survive, lines that are too long or
/// NUL is encoded anew. A text that is attached says so, so that no reader takes it for the body.
void splice(Rope& into, Part const& part, Place place);

/// A whole message as an attached one, without its Bcc.
void splice_message(Rope& into, std::string_view bytes);

} // namespace godwit::mime
