#include "mime/charset.hpp"
#include "mime/circumflex.hpp"
#include "vcard/card.hpp"

namespace godwit::vcard {
namespace {

constexpr std::size_t longest_line = 75; // bytes (RFC 6350 3.2)

// RFC 6868
std::string parameter_text(std::string_view text) {
    std::string out;
    bool quote = false;
    for (char c : text) {
        bool const told = static_cast<unsigned char>(c) >= 0x20 || c == '\t';
        if (!mime::append_circumflexed(out, c) && told) out += c;
        quote = quote || c == ',' || c == ';' || c == ':' || c == '=' || c == ' ' || c == '\t';
    }
    return quote ? '"' + out + '"' : out;
}

void append_folded(std::string& out, std::string_view line) {
    auto room = longest_line;
    for (;;) {
        auto const piece = mime::cut_bytes(line, room);
        auto const take = piece.empty() ? std::min(line.size(), room) : piece.size();
        out += line.substr(0, take);
        out += "\r\n";
        line.remove_prefix(take);
        if (line.empty()) return;
        out += ' ';
        room = longest_line - 1;
    }
}

} // namespace

std::string write(Card const& card) {
    std::string out = "BEGIN:VCARD\r\nVERSION:4.0\r\n", line;
    for (auto const& property : card.properties) {
        line = property.group.empty() ? "" : property.group + ".";
        line += property.name;
        for (auto const& parameter : property.parameters) {
            line += ";" + parameter.name + (parameter.name.empty() ? "" : "=");
            for (std::size_t i = 0; i < parameter.values.size(); ++i)
                line += (i > 0 ? "," : "") + parameter_text(parameter.values[i]);
        }
        line += ':';
        for (char c : property.value)
            if (c != '\r' && c != '\n') line += c;
        append_folded(out, line);
    }
    return out + "END:VCARD\r\n";
}

} // namespace godwit::vcard
