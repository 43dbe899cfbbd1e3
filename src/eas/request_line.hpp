// The request line's query (MS-ASHTTP 2.2.1.1.1), plain or base64, as one struct. What is wrong is a value that says
// what to answer. Headers (MS-ASProtocolVersion, X-MS-PolicyKey) fill what the plain form leaves absent; that is http's
// part.
#pragma once
#include "eas/command.hpp"
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::eas {

enum class QueryError : std::uint8_t {
    Malformed,         // 400
    CommandMissing,    // 400
    UnknownCommand,    // 501; status 137 to clients that can read one
    UnknownVersion,    // 400 (505 for 1.0: MS-ASCMD_R7560)
    DeviceIdInvalid,   // 400; status 108 (RequestLine::misnamed)
    DeviceTypeInvalid, // 400; status 109 (as well)
    UnsupportedOption, // 400
};

struct RequestLine {
    Command command = Command::Sync;
    std::optional<Version> version = {}; // of the base64 form
    std::string device_id = {};          // as the phone wrote it; bytes that are not printable, as hex
    std::string device_type = {};
    // What is wrong with these two, which are empty then. The rest is good: from 14.0 on a document says it.
    std::optional<QueryError> misnamed = {};
    std::optional<std::uint32_t> policy_key = {};
    std::optional<std::uint16_t> locale = {};
    std::optional<std::string> user = {};
    std::optional<std::string> collection_id = {};
    std::optional<std::string> item_id = {};
    std::optional<std::string> long_id = {};
    std::optional<std::string> occurrence = {};
    std::optional<std::string> attachment_name = {};
    bool save_in_sent = false;
    bool accept_multipart = false;
    bool operator==(RequestLine const&) const = default;
};

int http_code(QueryError error);
std::string_view name(QueryError error);

// What follows the '?'. Any parameter order, any case of the names; of a repeated parameter the first counts.
std::expected<RequestLine, QueryError> parse_query(std::string_view query);

// Trap 37: printable ASCII without separators, at most 32 characters (64 where bytes became hexadecimal digits); phones
// change the case, so compare by the canonical, lower-case form.
bool is_device_id(std::string_view id);
bool is_device_type(std::string_view type);
std::string canonical_device_id(std::string_view id);

} // namespace godwit::eas
