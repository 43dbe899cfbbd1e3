#include "mime/quote.hpp"

#include "mime/charset.hpp"
#include "mime/fragment.hpp"
#include "mime/html.hpp"

namespace godwit::mime {
namespace {

constexpr std::size_t max_field_line = 1000; // of one header field above the original
constexpr std::string_view rest_left_out = "[The rest of the original message is not quoted.]";

struct Above {
    std::string_view label;
    std::string text;
};

std::vector<Above> fields_above(Message const& original, Answering const& how) {
    std::vector<Above> list;
    auto add = [&](std::string_view label, std::string text) {
        if (!text.empty()) list.push_back({label, std::string(cut_bytes(text, max_field_line))});
    };
    add("From", format(original.addresses("From"), ", ", max_field_line));
    add("Sent", original.text("Date"));
    add("To", format(original.addresses("To"), ", ", max_field_line));
    add("Cc", format(original.addresses("Cc"), ", ", max_field_line));
    add("Subject", original.subject());
    add("When", how.when);
    add("Where", how.where);
    return list;
}

// The text within its bound, and whether something is missing.
std::pair<std::string, bool> bounded(std::string text, std::size_t most) {
    bool cut = text.size() > most;
    if (cut) text.resize(cut_bytes(text, most).size());
    return {std::move(text), cut};
}

} // namespace

std::string plain_below(std::string written, Message const& original, Answering const& how) {
    auto out = std::move(written);
    if (!out.empty() && !out.ends_with('\n')) out += "\r\n";
    out += "\r\n________________________________\r\n";
    for (auto const& [label, text] : fields_above(original, how))
        out.append(label).append(": ").append(text).append("\r\n");
    out += "\r\n";
    auto const [text, cut] = bounded(original.plain(how.max_quoted), how.max_quoted);
    std::string_view rest = text;
    while (!rest.empty()) {
        auto end = rest.find('\n');
        auto line = rest.substr(0, end);
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (how.verb == Verb::reply) out += line.starts_with('>') || line.empty() ? ">" : "> ";
        out.append(line).append("\r\n");
    }
    if (cut) out.append(rest_left_out).append("\r\n");
    return out;
}

std::string html_below(std::string written, Message const& original, Answering const& how) {
    auto const [text, cut] = bounded(original.html(how.max_quoted), how.max_quoted);
    std::string below = "\r\n<div><br></div><hr>\r\n<div><p>";
    bool first = true;
    for (auto const& [label, value] : fields_above(original, how)) {
        if (!first) below += "<br>\r\n";
        first = false;
        below.append("<b>").append(label).append(":</b> ").append(text_to_html_fragment(value));
    }
    bool reply = how.verb == Verb::reply;
    below += "</p></div>\r\n";
    below += reply
                 ? "<blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\" "
                 : "<div ";
    below.append("class=\"").append(quote_class).append("\">\r\n");
    below += html_fragment(text, quote_class);
    below += reply ? "\r\n</blockquote>\r\n" : "\r\n</div>\r\n";
    if (cut) below.append("<p>").append(rest_left_out).append("</p>\r\n");
    auto out = std::move(written);
    out.insert(end_of_body(out), below);
    return out;
}

} // namespace godwit::mime
