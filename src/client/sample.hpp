// Made-up mail for tests and the load generator, the same for the same number.
#pragma once
#include <cstddef>
#include <string>

namespace godwit::client {

// A message such as people send: text and HTML with a few words that are not ASCII, of about this many bytes together.
std::string sample_message(unsigned number, std::size_t bytes);

} // namespace godwit::client
