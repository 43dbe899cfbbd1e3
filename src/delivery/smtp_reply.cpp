#include "delivery/smtp_reply.hpp"
#include <algorithm>

namespace godwit::delivery {
namespace {

// RFC 5321 4.2: three digits, then the end, a space, or a hyphen where more lines follow.
bool is_reply(std::string_view line) {
    return line.size() >= 3 && line[0] >= '2' && line[0] <= '5' &&
           std::ranges::all_of(line.substr(1, 2), [](char c) { return c >= '0' && c <= '9'; }) &&
           (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}

} // namespace

std::string_view without_line_end(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

void SmtpReplies::feed(std::string_view bytes) {
    if (failure_.empty()) heard_ += bytes;
}

bool SmtpReplies::take_line(std::string& line) {
    auto const end = heard_.find('\n', searched_);
    searched_ = end == std::string::npos ? heard_.size() : 0;
    if (std::min(end, heard_.size()) > max_reply_line) {
        failure_ = "a reply without an end";
        return false;
    }
    if (end == std::string::npos) return false;
    line = without_line_end(std::string_view(heard_).substr(0, end));
    heard_.erase(0, end + 1);
    if (is_reply(line)) return true;
    failure_ = "no SMTP reply: " + line.substr(0, 100);
    return false;
}

std::optional<std::string> SmtpReplies::next() {
    for (std::string line; failure_.empty() && take_line(line);) {
        if (line.size() == 3 || line[3] == ' ') {
            lines_ = 0;
            return line;
        }
        if (++lines_ > max_reply_lines) failure_ = "a reply without an end";
    }
    if (!failure_.empty()) std::string().swap(heard_);
    return std::nullopt;
}

void take_keyword(std::string_view line, std::set<std::string>& offered) {
    if (!line.starts_with("250") || line.size() < 5 || offered.size() >= max_keywords) return;
    auto keyword = std::string(line.substr(4, line.find(' ', 4) - 4));
    std::ranges::transform(keyword, keyword.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
    offered.insert(std::move(keyword));
}

} // namespace godwit::delivery
