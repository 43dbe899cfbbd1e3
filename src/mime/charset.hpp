#pragma once
// Charsets, by ICU. Everything that leaves this room is valid UTF-8 that XML can carry: no C0 control but tab, CR and
// LF, no surrogate, no U+FFFE or U+FFFF. Conversion never fails: what cannot be read becomes U+FFFD, and an unknown
// charset is guessed (UTF-8 if it is valid, else windows-1252, which is also what "latin1" and "ascii" mean in real
// mail). ICU and not iconv, because the sender names the charset and glibc would load a module for it.
#include <cstddef>
#include <string>
#include <string_view>

namespace godwit::mime {

/// Length of the longest prefix that is valid UTF-8 (RFC 3629: no surrogates, no overlong forms).
std::size_t valid_utf8_prefix(std::string_view bytes);
inline bool is_utf8(std::string_view bytes) { return valid_utf8_prefix(bytes) == bytes.size(); }

/// Valid UTF-8 without a character that XML forbids: such text needs no cleaning.
bool is_clean(std::string_view bytes);
/// Drops what XML forbids and replaces what is not UTF-8 by U+FFFD.
std::string clean(std::string text);

/// `bytes` in the named charset as clean UTF-8; an empty or unknown name means a guess.
std::string to_utf8(std::string_view bytes, std::string_view charset);
/// The same for a text that one already owns: UTF-8 and ASCII are not copied.
std::string to_utf8(std::string&& bytes, std::string_view charset);

/// The longest prefix of `text` of at most `max_bytes` that ends between two characters.
std::string_view cut_bytes(std::string_view text, std::size_t max_bytes);
/// The longest prefix of at most `max_characters` UTF-16 units, which is what phones and Exchange count.
std::string_view cut_characters(std::string_view text, std::size_t max_characters);

/// Windows code page of a charset name, for InternetCPID: utf-8 65001, iso-8859-1 28591, ...; 0 if it has none.
int code_page(std::string_view charset);

} // namespace godwit::mime
