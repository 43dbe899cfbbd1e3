// Checks bytes against our own tables: the client does it with what a server said, the tests with all that Godwit says.
#pragma once
#include "eas/command.hpp"
#include "eas/schema.hpp"

namespace godwit::eas {

// Nothing when the response is in order: every element known, in its place and version, with a value it may have, and
// in ApplicationData of the email class too (the other classes: their elements exist). An empty body is in order where
// the command may answer one (Sync, SendMail, SmartReply, SmartForward).
std::optional<Violation> validate_response(std::string_view wbxml, Command command, Version version);
std::optional<Violation> validate_request(std::string_view wbxml, Command command, Version version);

// The tables by command, for describe() and the tests; nullptr for a command whose tables do not exist yet.
Shape const* request_shape(Command command);
Shape const* response_shape(Command command);

} // namespace godwit::eas
