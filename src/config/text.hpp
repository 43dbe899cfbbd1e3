// The two pages that are made from the Table: the example file and the manual. Both lie in the repository as well
// (godwit.example.toml, docs/configuration.md) and a test holds them equal to what these return.
#pragma once
#include <string>

namespace godwit::config {

std::string example_file();
std::string manual_page();

} // namespace godwit::config
