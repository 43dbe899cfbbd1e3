// mbox files. A message begins at a `From ` line after an empty line. mboxrd (the default) quoted lines `>*From ` once,
// mboxo only `From ` itself; the two differ in what `>>From ` means. Status and X-Status fields give the marks and stay
// in the message.
#pragma once
#include "source/found.hpp"
#include <cstdint>
#include <filesystem>
#include <istream>

namespace godwit::source {

enum class Quoting { rd, o };

bool is_mbox(std::filesystem::path const& file); // begins with a `From ` line
// Messages above max_bytes are complained of and passed over without being held. Returns false if the taker stopped.
bool read_mbox(std::istream& in, std::string const& origin, Quoting quoting, std::uint64_t max_bytes,
               Taker const& taker);

} // namespace godwit::source
