// What the XML view must know of single elements: which hold bytes, and which may be shown in a log.
#pragma once
#include "wbxml/tag.hpp"

namespace godwit::wbxml {

enum class XmlContent : std::uint8_t { Text, Base64, OpaqueText };

// How an element's content is written where nothing else is said: Base64 and OpaqueText are opaque on the wire
// (MS-ASDTYPE_R98; MIME is readable, so it is shown as text).
XmlContent xml_content(Tag tag);

// Whether a log may show the content: ids, keys, statuses, times and options, but nothing that people wrote (law 10).
bool may_be_logged(Tag tag);

} // namespace godwit::wbxml
