// What a phone tells about itself (MS-ASCMD 2.2.3.45 DeviceInformation): shown to the administrator, never needed by a
// command. The blob lies in the index under state(device, "description").
#pragma once
#include "index/transaction.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::device {

// Property name as in the specification, and its value; in the order in which they were first said.
using Description = std::vector<std::pair<std::string, std::string>>;

std::string to_blob(Description const& description);
std::optional<Description> description_of(std::string_view blob);
// What is said replaces what is known of that name, cut to 1024 characters; what is not said stays; what is said to be
// empty goes, and all of it where nothing is said (MS-ASCMD_R3942 to R3947: a Set may name some parameters only).
Description merged(Description known, Description const& said);
// True if something was written: the same description again costs no commit.
bool store(index::Transaction& tx, std::string_view device, Description const& description);
Description load_description(index::Transaction& tx, std::string_view device);

} // namespace godwit::device
