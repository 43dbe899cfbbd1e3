#include "convert/omission.hpp"

#include <algorithm>

namespace godwit::convert {

bool omission_removes(eas::Tag element, eas::Version version, std::optional<eas::ElementNames> const& supported) {
    if (supported) return std::ranges::find(supported->tags, element) != supported->tags.end();
    return version >= eas::v16_0;
}

} // namespace godwit::convert
