#pragma once
// What sending does to the MIME that a phone hands in. Only the named header fields change; every other byte stays as
// it was, but for line ends, which become CRLF (RFC 5321 2.3.8).
#include "mime/address.hpp"
#include "mime/rope.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::mime {

struct Recipients {
    std::vector<Address> to, cc, bcc;
    /// Each address once (domain in any case), in order.
    std::vector<std::string> all() const;
};
Recipients recipients(std::string_view mime); // Resent- fields are not looked at

/// A message on its way out: the fields, which sending edits, and the rest, which it only passes on.
struct Manuscript {
    std::string header = {}; // whole fields, CRLF, without the empty line
    Rope body = {};          // CRLF
};
/// Views into `mime` wherever its line ends are right.
Manuscript read_manuscript(std::string_view mime);
/// Into the rope: as a view where all line ends are CRLF, else as a copy that has them.
void add_crlf(Rope& rope, std::string_view bytes);

struct Departure {
    std::optional<Address> from = {};   // replaces From (all of them); absent: From stays
    std::optional<Address> sender = {}; // replaces Sender; absent: Sender is removed if From is replaced, else stays
    bool drop_sender = false;           // Sender goes in any case
    std::chrono::sys_seconds now = {};  // for Date where it is missing
    std::string message_id = {};        // without < >, for Message-ID where it is missing
    bool keep_bcc = false;              // true for the copy in Sent Items
};
/// The header as it leaves, the empty line behind it included.
std::string leaving_header(std::string_view header, Departure const& departure);
/// The whole message as it leaves, in one piece.
std::string prepare(std::string_view mime, Departure const& departure);

/// Line ends to CRLF; lone CR and lone LF count as line ends.
std::string to_crlf(std::string_view bytes);

/// `Sat, 21 Nov 2026 21:50:00 +0000`
std::string format_date(std::chrono::sys_seconds time);
/// RFC 5322 date, leniently.
std::optional<std::chrono::sys_seconds> parse_date(std::string_view value);

} // namespace godwit::mime
