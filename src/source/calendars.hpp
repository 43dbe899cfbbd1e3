// Events, tasks and notes in files: .ics with any number of calendars in, one object for each UID out.
#pragma once
#include "source/found.hpp"
#include <cstdint>
#include <filesystem>

namespace godwit::source {

bool is_ics(std::filesystem::path const& file); // by its name
// Each object as it is stored, with the zones that it names; what is refused is named, with the reason. Returns false
// if the taker stopped.
bool read_calendars(std::filesystem::path const& file, std::uint64_t max_bytes, Taker const& taker);

} // namespace godwit::source
