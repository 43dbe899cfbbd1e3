#pragma once
// The text of an item that is no message (the notes of a contact, a note) as a phone's Body, and back.
#include "convert/body_options.hpp"
#include "eas/version.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::convert {

/// As if it were a message's text: so it is cut, told as HTML and previewed like any body.
eas::Body text_body(std::string_view text, BodyOptions const& options, eas::Version version);

/// What a phone makes of `stored` by a Body; nothing: it says what it was shown, or nothing at all. Lines end with \n.
std::expected<std::optional<std::string>, std::string_view>
said_text(eas::Body const& said, std::optional<eas::Body> const& shown, std::string_view stored);

/// With LF alone: line ends are no difference. The other way is mime::to_crlf.
std::string with_plain_lines(std::string_view text);

} // namespace godwit::convert
