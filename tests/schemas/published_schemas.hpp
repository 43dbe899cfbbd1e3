// The published schemas (../shared/spec/xsd/merged) as a judge of every document that a server under test has answered.
#pragma once
#include <string_view>

namespace godwit::tests {

// Keeps a document, as the XML view shows it, until it is judged when the program's tests have ended; where there is no
// ../shared it is not. `where` names it in a complaint. Thread-safe.
void keep_for_schemas(std::string_view xml, std::string_view where);

} // namespace godwit::tests
