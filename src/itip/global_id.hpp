#pragma once
// GlobalObjId, Exchange's name for a meeting, and UID (MS-ASEMAIL 2.2.2.37, 3.1.4.7).
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::itip {

/// The bytes; `instance`: the day of one occurrence. A UID of Outlook's making is the bytes in hexadecimal.
std::string global_object_id(std::string_view uid, std::optional<std::chrono::local_days> instance = {});
/// The UID that a phone computes from the bytes; empty if they are no such id.
std::string uid_of(std::string_view global_object_id);

} // namespace godwit::itip
