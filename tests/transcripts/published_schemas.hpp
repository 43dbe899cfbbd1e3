// The published schemas (../shared/spec/xsd/merged) as a judge of every document that a conversation was answered with.
#pragma once
#include <string>
#include <string_view>

namespace godwit::transcripts {

// Keeps a document, as the XML view shows it, until it is judged. `where` names the conversation and its line.
void keep_for_schemas(std::string_view xml, std::string_view where);

// Registers the test that judges all that was kept; it skips where there is no ../shared. To be called last.
void enlist_schemas();

} // namespace godwit::transcripts
