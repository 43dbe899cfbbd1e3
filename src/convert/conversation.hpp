#pragma once
// Where a message stands in its conversation (MS-ASCON 2.2.2.4).
#include "convert/email.hpp"

#include <string>
#include <string_view>

namespace godwit::convert {

/// The time at which the thread began and one level for each answer since, as Outlook writes them into Thread-Index
/// (base64; MS-OXOMSG 2.2.1.3); without a good one the message's own time alone.
std::string conversation_index(std::string_view thread_index, Time sent);

/// The Thread-Index of an answer to a message, or of a forward of it: one level more than `original` (its own, raw;
/// empty if it has none) or than what conversation_index() tells in its place (MS-ASEMAIL_R351, R352). `conversation`
/// is 16 bytes. Folded, without the field's name.
std::string answering_thread_index(std::string_view original, Time sent, std::string_view conversation, Time now);

} // namespace godwit::convert
