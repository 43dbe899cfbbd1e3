// The request line's query, plain and base64: whatever is taken has ids that can be stored and logged.
#include "eas/request_line.hpp"
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace godwit::eas;
    auto line = parse_query({reinterpret_cast<char const*>(data), size});
    if (!line) {
        if (name(line.error()).empty() || http_code(line.error()) < 400) std::abort();
        return 0;
    }
    if (name(line->command) == "?") std::abort();
    if (line->misnamed) {
        if (!line->device_id.empty() || !line->device_type.empty()) std::abort();
        return 0;
    }
    if (!is_device_id(line->device_id) || !is_device_type(line->device_type)) std::abort();
    if (canonical_device_id(canonical_device_id(line->device_id)) != canonical_device_id(line->device_id)) std::abort();
    return 0;
}
