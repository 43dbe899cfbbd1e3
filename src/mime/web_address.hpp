// Which attributes of HTML hold an address, and which addresses act: one answer for what is read and what is quoted.
#pragma once
#include <string_view>

namespace godwit::mime {

bool is_address_attribute(std::string_view name); // in any case

/// Whether who follows the address, or loads it, runs something: `javascript:` and its kin, `data:` of all but pictures
/// (no SVG), sound, films and fonts; in whatever spelling, references read.
bool acts(std::string_view address);

} // namespace godwit::mime
