// What an SMTP relay answers, read from its bytes. Total and bounded: a relay that lies, or that never ends a line, is
// a failure after at most max_reply_line bytes or max_reply_lines lines, whatever pieces its bytes come in.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace godwit::delivery {

constexpr std::size_t max_reply_line = 16384; // RFC 5321 4.5.3.1.5 has 512; much text is kept for the report
constexpr std::size_t max_reply_lines = 1000, max_keywords = 200;

class SmtpReplies {
public:
    void feed(std::string_view bytes); // nothing once it has failed
    /// The last line of the next reply, three digits and then text; nothing: it has not come yet, or it has failed.
    std::optional<std::string> next();
    std::string const& failure() const { return failure_; } // empty: none
    std::size_t held_bytes() const { return heard_.size(); }

private:
    bool take_line(std::string& line);

    std::string heard_, failure_;
    std::size_t searched_ = 0; // of heard_: no line ends there
    std::size_t lines_ = 0;    // of a reply that goes on
};

std::string_view without_line_end(std::string_view line);

/// What a line of an answer to EHLO offers (RFC 5321 4.1.1.1), in capitals, is added to `offered`.
void take_keyword(std::string_view line, std::set<std::string>& offered);

} // namespace godwit::delivery
