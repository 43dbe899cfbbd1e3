// What a phone tells about itself (MS-ASCMD 2.2.3.45 DeviceInformation): shown to the administrator, never needed by a
// command. Kept whole, replaced whole; the blob lies in the index under state(device, "description").
#pragma once
#include "index/transaction.hpp"
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace godwit::device {

// Property name as in the specification, and its value; in the order of the request.
using Description = std::vector<std::pair<std::string, std::string>>;

std::string to_blob(Description const& description);
std::optional<Description> description_of(std::string_view blob);
// True if something was written: the same description again costs no commit.
bool store(index::Transaction& tx, std::string_view device, Description const& description);
Description load_description(index::Transaction& tx, std::string_view device);

} // namespace godwit::device
