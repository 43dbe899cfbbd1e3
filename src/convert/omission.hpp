#pragma once
// What a phone means by an element that its Change leaves out: the one rule of all classes.
#include "eas/leaf.hpp"
#include "eas/version.hpp"

#include <optional>

namespace godwit::convert {

/// Whether the value goes (MS-ASCMD 2.2.3.179, R5906 to R5912). `supported`: as it was said with key 0. With it, those
/// that it names go. Without it the specification has all go; Exchange does so from 16.0 on and keeps all up to 14.1,
/// where a phone sends what it has emptied as an empty element (trap 25). Phones were made for Exchange.
bool omission_removes(eas::Tag element, eas::Version version, std::optional<eas::ElementNames> const& supported);

} // namespace godwit::convert
