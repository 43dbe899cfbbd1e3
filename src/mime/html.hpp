#pragma once
// HTML to plain text and back, both on clean UTF-8. One pass, no tree, no recursion: any input costs time in proportion
// to its size.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace godwit::mime {

/// What a person would read: blocks on lines of their own, links followed by their address when it says more than the
/// text, list marks, quotations with "> ", no style, script or head. Stops soon after `enough` bytes of text.
enum class Links : bool { hide, show };
std::string html_to_text(std::string_view html, std::size_t enough = SIZE_MAX, Links links = Links::show);

/// A whole HTML document that looks as the text did: paragraphs kept, runs of spaces kept, addresses of the web made
/// links.
std::string text_to_html(std::string_view text);
/// The same without <html> and <body>, to be put into a document.
std::string text_to_html_fragment(std::string_view text);

/// format=flowed (RFC 3676) to text whose lines are paragraphs; quote marks are kept, stuffing removed.
std::string unflow(std::string_view text, bool delsp);

/// One line of at most `max_characters`: blank runs become one space, quotation marks and rulers at the beginning are
/// skipped.
std::string preview(std::string_view text, std::size_t max_characters);

/// The document with its <meta> charset, if any, changed to utf-8, as the text now is.
std::string with_utf8_meta(std::string html);

/// The document without scripts, plug-ins, frames, event handlers, script addresses, redirections and comments. What
/// a person sees stays byte for byte; a second time it changes nothing.
std::string without_active_content(std::string_view html);

/// The name in <meta charset> or <meta http-equiv>, from the first 2 KB; empty if there is none.
std::string_view html_charset(std::string_view bytes);

} // namespace godwit::mime
