// Any bytes as an mbox file: every message stays within the bound, reading ends, and what is asked to stop stops. The
// first byte chooses the quoting and the bound.
#include "source/mbox.hpp"
#include <cstdint>
#include <cstdlib>
#include <sstream>

using namespace godwit::source;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0) return 0;
    std::string const text(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    auto const quoting = bytes[0] % 2 ? Quoting::rd : Quoting::o;
    std::uint64_t const bound = 16 + bytes[0];
    std::size_t told = 0, held = 0;
    auto read = [&](std::size_t most) {
        told = held = 0;
        std::istringstream in(text);
        Taker const taker{.message =
                              [&](Found&& found) {
                                  if (found.bytes.size() > bound) std::abort();
                                  held += found.bytes.size();
                                  return ++told < most;
                              },
                          .complaint = [](Unread&&) {}};
        return read_mbox(in, "fuzz", quoting, bound, taker);
    };
    if (!read(SIZE_MAX) || held > text.size()) std::abort();
    auto const all = told;
    if (all > 1 && (read(1) || told != 1)) std::abort();
    return 0;
}
