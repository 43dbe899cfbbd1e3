// The few forms that an answer takes.
#pragma once
#include "command/session.hpp"
#include <chrono>

namespace godwit::command {

// A response whose body may be empty (Sync without news, a sent message) is an optional; one that may be multipart
// has parts.
template <class Response> struct WithParts {
    Response response = {};
    std::vector<std::string> parts = {}; // with MS-ASAcceptMultiPart only
};

inline constexpr std::string_view wbxml_type = "application/vnd.ms-sync.wbxml";
inline constexpr std::string_view multipart_type = "application/vnd.ms-sync.multipart";

Reply wbxml_reply(std::string document); // an empty document is an empty body, without a type
Reply http_reply(unsigned status);
Reply retry_later(std::chrono::seconds wait);  // 503 with Retry-After (law 5)
constexpr std::chrono::seconds usual_wait{60}; // after a failure that nobody knows the end of

void note(Session& session, std::string_view key, std::string_view value);

// MS-ASCMD 2.2.1.10.1 (trap 68): the count of parts, then each one's offset and length, then the parts; all numbers are
// little-endian, offsets count from the first byte of the body.
// The largest part is not copied if it has room before its end for the others.
std::string multipart_body(std::string const& document, std::vector<std::string> parts);
std::string_view first_part(std::string_view multipart); // of what multipart_body() made: the document

} // namespace godwit::command
