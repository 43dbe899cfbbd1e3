#pragma once
// Where a message stands in its conversation (MS-ASCON 2.2.2.4).
#include "convert/email.hpp"

#include <string>
#include <string_view>

namespace godwit::convert {

/// The time at which the thread began and one level for each answer since, as Outlook writes them into Thread-Index
/// (base64; MS-OXOMSG 2.2.1.3); without a good one the message's own time alone.
std::string conversation_index(std::string_view thread_index, Time sent);

} // namespace godwit::convert
