// The blobs of sync state: whatever lies on the disk is refused, or read and written back to the same thing.
#include "sync/blob.hpp"
#include "sync/token.hpp"
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* bytes, std::size_t size) {
    using namespace godwit::sync;
    std::string_view const input(reinterpret_cast<char const*>(bytes), size);
    static_cast<void>(parse_key(input));
    static_cast<void>(decode_state(input));
    // With the checksum put right, so that the fuzzer gets past it.
    std::string sealed(input.substr(0, std::min<std::size_t>(size, 1 << 16)));
    if (sealed.empty()) return 0;
    sealed[0] = 1;
    auto const sum = static_cast<std::uint32_t>(hash_of(sealed, 0x600d));
    for (unsigned shift = 0; shift < 32; shift += 8) sealed += static_cast<char>(sum >> shift & 0xff);
    auto const state = decode_state(sealed);
    if (!state) return 0;
    auto const again = decode_state(encode(*state));
    if (!again || encode(*again) != encode(*state)) std::abort();
    return 0;
}
