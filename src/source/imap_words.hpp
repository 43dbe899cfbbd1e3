// The words that both sides of IMAP use: what a FETCH brings, how a name or a set of UIDs is written, what a date says.
#pragma once
#include "index/types.hpp"
#include "source/imap_response.hpp"
#include <span>

namespace godwit::source::imap {

// One FETCH response; a member is absent if the server did not send it, or sent what makes no sense.
struct Fetched {
    std::optional<std::uint32_t> uid = {};
    std::optional<std::uint64_t> size = {};
    std::optional<std::vector<std::string>> flags = {}; // as written
    std::optional<index::Time> internal_date = {};
    std::optional<Value> body = {}; // BODY[]: a String, NIL or Skipped
};
Fetched fetched(Response&& response); // moves the body out

// `" 4-Jan-2024 10:11:12 +0100"` (RFC 9051 date-time); absent if it is none.
std::optional<index::Time> parse_date_time(std::string_view text);

// "3:5,9"; ascending UIDs.
std::string uid_set(std::span<std::uint32_t const> uids);
bool is_quotable(std::string_view text); // as a quoted string; else it goes as a literal
std::string quoted(std::string_view text);

// \Seen, \Flagged, \Answered, $Forwarded; $label1 ... (Thunderbird) and the user's own keywords become categories.
struct FlagsRead {
    index::Marks marks = {};
    bool deleted = false, draft = false;
};
FlagsRead read_flags(std::vector<std::string> const& flags, index::Time received);

} // namespace godwit::source::imap
