// Lists of short texts in one column: each ends with a NUL, which no address and no XML text can hold.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace godwit::index {

std::string pack(std::vector<std::string> const&);
std::vector<std::string> unpack(std::string_view);

} // namespace godwit::index
