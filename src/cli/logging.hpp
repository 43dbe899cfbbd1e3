// The log: stderr, one line per event. An event is `words key=value key="a value"`; in text it is written so, with
// control characters shown; as JSON its words become "event" and each key a member.
#pragma once
#include "config/config.hpp"
#include <string>
#include <string_view>

namespace godwit::cli {

void start_logging(config::Log const& config); // the logger "godwit", which is spdlog's default from then on

std::string json_members(std::string_view event); // "event":"listening","http":"127.0.0.1:8080"
std::string one_line(std::string_view event);     // control characters as \n, \t, \x1b

} // namespace godwit::cli
