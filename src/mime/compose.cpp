#include "mime/compose.hpp"

#include "mime/charset.hpp"
#include "mime/header.hpp"
#include "mime/recipient.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <gmime/gmime.h>
#include <set>

namespace godwit::mime {
namespace {

// Every field of the header, however long it is: a Bcc must not survive because it came late.
HeaderBlock whole_header(std::string_view mime) { return HeaderBlock(mime, SIZE_MAX, SIZE_MAX); }

bool has_crlf(std::string_view bytes) { // and no other line ends
    while (!bytes.empty()) {
        auto const end = bytes.find('\n');
        auto const line = bytes.substr(0, end);
        auto const stray = line.find('\r');
        if (end == bytes.npos) return stray == line.npos;
        if (line.empty() || stray != line.size() - 1) return false;
        bytes.remove_prefix(end + 1);
    }
    return true;
}

} // namespace

std::vector<std::string> Recipients::all() const {
    std::vector<std::string> list;
    std::set<std::string> seen;
    for (auto const* some : {&to, &cc, &bcc}) {
        for (auto const& entry : *some) {
            if (entry.address.empty()) continue;
            auto at = entry.address.rfind('@');
            auto key =
                at == std::string::npos ? entry.address : entry.address.substr(0, at) + lower(entry.address.substr(at));
            if (seen.insert(std::move(key)).second) list.push_back(entry.address);
        }
    }
    return list;
}

Recipients recipients(std::string_view mime) {
    Recipients out;
    auto lines = to_crlf(mime.substr(0, whole_header(mime).length())); // as prepare() will read it
    auto header = whole_header(lines);
    for (auto const& field : header.fields()) {
        auto* list = equal_ignoring_case(field.name, "To")    ? &out.to
                     : equal_ignoring_case(field.name, "Cc")  ? &out.cc
                     : equal_ignoring_case(field.name, "Bcc") ? &out.bcc
                                                              : nullptr;
        if (!list) continue;
        auto some = parse_recipients(field.value);
        list->insert(list->end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    return out;
}

Manuscript read_manuscript(std::string_view mime) {
    auto const raw_length = whole_header(mime).length();
    // Line ends first: a lone CR would make two fields of one afterwards, and the second could be a Bcc.
    auto lines = to_crlf(mime.substr(0, raw_length));
    auto const block = whole_header(lines);
    Manuscript out;
    out.header = lines.substr(0, block.length());
    if (out.header.starts_with("From ") && !block.fields().empty()) // mbox
        out.header.erase(0, static_cast<std::size_t>(block.fields().front().whole.data() - lines.data()));
    if (out.header == "\r\n" || out.header.ends_with("\r\n\r\n")) out.header.resize(out.header.size() - 2);
    if (!out.header.empty() && !out.header.ends_with('\n')) out.header += "\r\n";
    out.body.add(lines.substr(block.length()));
    add_crlf(out.body, mime.substr(raw_length));
    return out;
}

std::string leaving_header(std::string_view header, Departure const& departure) {
    auto const block = whole_header(header);
    bool has_from = false, has_date = false, has_id = false;
    std::string kept, added;
    auto const* cursor = header.data();
    for (auto const& field : block.fields()) {
        auto is = [&](std::string_view name) { return equal_ignoring_case(field.name, name); };
        has_date = has_date || is("Date");
        has_id = has_id || is("Message-ID");
        bool from = is("From"), bcc = is("Bcc") || is("Resent-Bcc");
        bool sender = is("Sender") && (departure.sender || departure.from || departure.drop_sender);
        bool drop = (from && departure.from) || sender || (bcc && !departure.keep_bcc);
        if (drop) {
            kept.append(cursor, field.whole.data());
            cursor = field.whole.data() + field.whole.size();
            if (from && !has_from) kept += "From: " + encode_mailbox(*departure.from) + "\r\n";
        }
        has_from = has_from || from;
    }
    kept.append(cursor, header.data() + header.size());
    if (departure.from && !has_from) added += "From: " + encode_mailbox(*departure.from) + "\r\n";
    if (departure.sender) added += "Sender: " + encode_mailbox(*departure.sender) + "\r\n";
    if (!has_date) added += "Date: " + format_date(departure.now) + "\r\n";
    if (!has_id && !departure.message_id.empty())
        added += "Message-ID: <" + on_one_line(departure.message_id) + ">\r\n";
    return added + kept + "\r\n";
}

std::string prepare(std::string_view mime, Departure const& departure) {
    auto const manuscript = read_manuscript(mime);
    return leaving_header(manuscript.header, departure) + manuscript.body.flat();
}

void add_crlf(Rope& rope, std::string_view bytes) {
    if (has_crlf(bytes))
        rope.view(bytes);
    else
        rope.add(to_crlf(bytes));
}

std::string to_crlf(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 40);
    for (std::size_t at = 0; at < bytes.size();) {
        auto end = bytes.find_first_of("\r\n", at);
        out.append(bytes.substr(at, end - at));
        if (end == bytes.npos) break;
        out += "\r\n";
        at = end + (bytes.substr(end, 2) == "\r\n" ? 2 : 1);
    }
    return out;
}

std::string format_date(std::chrono::sys_seconds time) {
    using namespace std::chrono;
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto day = floor<std::chrono::days>(time);
    year_month_day date(day);
    hh_mm_ss clock(time - day);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0000", days[weekday(day).c_encoding()],
                  static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text;
}

std::optional<std::chrono::sys_seconds> parse_date(std::string_view value) {
    static bool const ready = (g_mime_init(), true); // its table of date words
    static_cast<void>(ready);
    auto text = unfold(value.substr(0, 256));
    std::erase(text, '\0');
    GDateTime* date = g_mime_utils_header_decode_date(text.c_str());
    if (!date) return std::nullopt;
    auto seconds = g_date_time_to_unix(date);
    auto year = g_date_time_get_year(date);
    g_date_time_unref(date);
    if (year < 1970 || year > 9998) return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

} // namespace godwit::mime
