// Cards of any bytes: what is read, said in version 4.0 and written is the same when it is read again.
#include "vcard/card.hpp"
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace godwit::vcard;
    Reader reader({reinterpret_cast<char const*>(data), size}, {.card_bytes = 4096, .properties = 50, .parameters = 8});
    while (auto one = reader.next()) {
        if (!*one) {
            if (one->error().reason.empty()) std::abort();
            continue;
        }
        auto card = upgraded(**one);
        if (upgraded(card) != card) std::abort();
        auto again = read_card(write(card));
        if (!again || *again != card) std::abort();
    }
    return 0;
}
