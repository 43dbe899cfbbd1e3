// Passwords on the command line: read from stdin, or made here; never an argument, which every user of the machine can
// see.
#pragma once
#include <string>

namespace godwit::cli {

std::string read_secret(); // one line of stdin; asks, without echo, on a terminal; Stops when it is empty
std::string make_secret(); // 20 letters and digits that a phone's keyboard types easily: about 100 bits

} // namespace godwit::cli
