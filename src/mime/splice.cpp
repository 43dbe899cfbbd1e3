#include "mime/splice.hpp"

#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/content.hpp"

#include <algorithm>
#include <array>

namespace godwit::mime {
namespace {

constexpr std::size_t max_line = 998;        // RFC 5322 2.1.1
constexpr std::size_t max_field = 64 * 1024; // of a part's header; a longer one goes
constexpr std::size_t bytes_of_a_line = 57;  // 76 characters of base64

void append_base64(std::string& out, std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned v = 0;
        for (std::size_t k = 0; k < 3; ++k)
            v = v << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? digits[v >> (18 - 6 * k) & 63] : '=';
    }
}

// Decoded and encoded in one pass: only the result is held.
std::string encoded_anew(Part const& part) {
    std::string out;
    out.reserve(part.body.size() + part.body.size() / 3 + 1024);
    ContentReader reader(part);
    std::array<char, 64 * bytes_of_a_line> buffer;
    for (;;) {
        std::size_t filled = 0, n = 0;
        while (filled < buffer.size() && (n = reader.read(std::span(buffer).subspan(filled))) > 0) filled += n;
        for (std::size_t at = 0; at < filled; at += bytes_of_a_line) {
            append_base64(out, {buffer.data() + at, std::min(bytes_of_a_line, filled - at)});
            out += "\r\n";
        }
        if (filled < buffer.size()) return out;
    }
}

bool has_long_line(std::string_view bytes) {
    while (bytes.size() > max_line) {
        auto const end = bytes.substr(0, max_line + 2).rfind('\n');
        if (end == bytes.npos) return true;
        bytes.remove_prefix(end + 1);
    }
    return false;
}

bool has_bare_end(std::string_view bytes) {
    Rope rope;
    add_crlf(rope, bytes);
    return rope.size() != bytes.size() || (!bytes.empty() && rope.pieces().front().data() != bytes.data());
}

// Whether the body survives the way as it is, line ends of encoded content aside.
bool travels(Part const& part) {
    if (part.is_multipart() || part.type.starts_with("message/")) return true; // these may not be encoded
    if (has_long_line(part.body)) return false;
    if (part.encoding != Encoding::identity) return true;
    if (part.body.contains('\0')) return false;
    return part.is_text() || !has_bare_end(part.body);
}

std::string file_name_parameter(std::string_view name) { // RFC 2231 4
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out = "; filename*=utf-8''";
    for (char c : name) {
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                     c == '-' || c == '_';
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

std::string fields_of(Part const& part, bool encode, bool says_attached) {
    std::string out;
    bool typed = false;
    HeaderBlock const block(part.header);
    for (auto const& field : block.fields()) {
        auto is = [&](std::string_view name) { return equal_ignoring_case(field.name, name); };
        if (!lower(field.name.substr(0, 8)).starts_with("content-") || field.whole.size() > max_field) continue;
        if (encode && is("Content-Transfer-Encoding")) continue;
        if (says_attached && is("Content-Disposition")) continue;
        if (is("Content-Length") || is("Content-Class")) continue; // of the whole message
        if (is("Content-Type")) {
            // A multipart in which no part was found was read as text, and says so now.
            typed = part.is_multipart() || !parse_parameterised(field.value).value.starts_with("multipart/");
            if (!typed) continue;
        }
        out += to_crlf(field.whole);
        if (!out.ends_with('\n')) out += "\r\n";
    }
    if (!typed) out += "Content-Type: " + part.type + "\r\n";
    if (encode) out += "Content-Transfer-Encoding: base64\r\n";
    if (says_attached) {
        auto const name = part.file_name();
        out += "Content-Disposition: attachment" + (name.empty() ? std::string() : file_name_parameter(name)) + "\r\n";
    }
    return out;
}

} // namespace

void splice(Rope& into, Part const& part, Place place) {
    bool const encode = !travels(part);
    bool const says_attached = place == Place::attached && part.is_text() && !part.attachment;
    into.add(fields_of(part, encode, says_attached) + "\r\n");
    if (encode)
        into.add(encoded_anew(part));
    else
        add_crlf(into, part.body);
}

void splice_message(Rope& into, std::string_view bytes) {
    HeaderBlock const header(bytes, SIZE_MAX, SIZE_MAX);
    auto name = decode_text(header.raw("Subject").value_or(""));
    std::ranges::replace_if(name, [](char c) { return c == '/' || c == '\\' || c == ':'; }, '_');
    name = clean(std::string(cut_bytes(name, 200)));
    into.add("Content-Type: message/rfc822\r\nContent-Disposition: attachment" +
             file_name_parameter((name.empty() ? "message" : name) + ".eml") + "\r\n\r\n");
    std::size_t at = 0;
    for (auto const& field : header.fields()) {
        if (!equal_ignoring_case(field.name, "Bcc") && !equal_ignoring_case(field.name, "Resent-Bcc")) continue;
        auto const begin = static_cast<std::size_t>(field.whole.data() - bytes.data());
        add_crlf(into, bytes.substr(at, begin - at));
        at = begin + field.whole.size();
    }
    add_crlf(into, bytes.substr(at));
}

} // namespace godwit::mime
