// What a folder may be called. Two names are the same if a person would read them as the same: letter case, the way an
// accent is composed and characters that nobody sees do not count (Unicode's NFKC_Casefold).
#pragma once
#include <string>
#include <string_view>

namespace godwit::sync {

// 1 to 256 characters (MS-ASCMD_R2194) of which some can be seen, in UTF-8, and none that controls.
bool is_folder_name(std::string_view name);
// Equal for names that siblings may not share (MS-ASCMD_R2198).
std::string folded_name(std::string_view name);

} // namespace godwit::sync
