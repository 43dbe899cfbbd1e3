#include "mime/build.hpp"
#include "mime/ascii.hpp"
#include "mime/encode.hpp"

#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/html.hpp"

#include <algorithm>
#include <array>

namespace godwit::mime {
namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::size_t longest_line = 998; // RFC 5322 2.1.1

// Whether the text may travel as it is.
bool is_7bit(std::string_view text) {
    std::size_t run = 0;
    for (char c : text) {
        if (static_cast<unsigned char>(c) >= 0x80) return false;
        run = c == '\n' ? 0 : run + 1;
        if (run > longest_line) return false;
    }
    return true;
}

// RFC 2045 6.7; `text` has CRLF line ends.
std::string quoted_printable(std::string_view text) {
    static constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == crlf) {
            out += crlf;
            ++i;
            column = 0;
            continue;
        }
        auto c = static_cast<unsigned char>(text[i]);
        bool at_end = i + 1 == text.size() || text[i + 1] == '\r';
        bool plain = (c > 0x20 && c < 0x7F && c != '=') || ((c == ' ' || c == '\t') && !at_end);
        if (column + (plain ? 1 : 3) > 75) {
            out += "=\r\n";
            column = 0;
        }
        if (plain) {
            out += text[i];
            ++column;
        } else {
            out += '=';
            out += hex[c >> 4];
            out += hex[c & 15];
            column += 3;
        }
    }
    return out;
}

} // namespace

Entity text_entity(std::string_view type, std::string_view text) {
    auto lines = to_crlf(text);
    bool plain = is_7bit(lines);
    Entity out;
    out.header = "Content-Type: " + std::string(type) +
                 "; charset=utf-8\r\nContent-Transfer-Encoding: " + (plain ? "7bit" : "quoted-printable") + "\r\n\r\n";
    out.body = plain ? std::move(lines) : quoted_printable(lines);
    return out;
}

namespace {

std::uint64_t mix(std::string_view bytes, std::uint64_t hash = 0xCBF29CE484222325) { // FNV-1a
    for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return hash;
}

std::uint64_t hash_of(Entity const& entity) { return mix(entity.body, mix(entity.header)); }

std::string path_of(std::uint64_t hash) { return "0." + std::to_string(hash); }

// A boundary that none of these holds: from their bytes, so that it is the same for the same message.
std::string boundary_for(std::vector<Entity const*> const& parts) {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (auto const* part : parts) hash = mix(path_of(hash_of(*part)), hash);
    for (;; ++hash) {
        auto boundary = "=_" + std::to_string(hash);
        auto held = [&](Entity const* part) {
            return part->body.contains(boundary) || part->header.contains(boundary);
        };
        if (std::ranges::none_of(parts, held)) return boundary;
    }
}

Entity multipart(std::string_view subtype, std::vector<Entity const*> const& parts) {
    auto boundary = boundary_for(parts);
    Entity out;
    out.header = "Content-Type: multipart/" + std::string(subtype) + "; boundary=\"" + boundary + "\"\r\n\r\n";
    std::size_t size = boundary.size() + 8;
    for (auto const* part : parts) size += part->header.size() + part->body.size() + boundary.size() + 8;
    out.body.reserve(size);
    for (auto const* part : parts) {
        out.body.append("--").append(boundary).append(crlf);
        out.body.append(part->header).append(part->body).append(crlf);
    }
    out.body.append("--").append(boundary).append("--\r\n");
    return out;
}

bool is_token(std::string_view text) {
    auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$&^_.+-").contains(c);
    };
    return !text.empty() && text.size() <= 127 && std::ranges::all_of(text, fits);
}

std::string type_by_name(std::string_view name) {
    struct Known {
        std::string_view extension, type;
    };
    static constexpr std::array known{
        Known{"txt", "text/plain"},
        Known{"html", "text/html"},
        Known{"htm", "text/html"},
        Known{"csv", "text/csv"},
        Known{"ics", "text/calendar"},
        Known{"vcf", "text/vcard"},
        Known{"jpg", "image/jpeg"},
        Known{"jpeg", "image/jpeg"},
        Known{"png", "image/png"},
        Known{"gif", "image/gif"},
        Known{"heic", "image/heic"},
        Known{"webp", "image/webp"},
        Known{"svg", "image/svg+xml"},
        Known{"pdf", "application/pdf"},
        Known{"zip", "application/zip"},
        Known{"json", "application/json"},
        Known{"mp3", "audio/mpeg"},
        Known{"m4a", "audio/mp4"},
        Known{"wav", "audio/wav"},
        Known{"mp4", "video/mp4"},
        Known{"mov", "video/quicktime"},
        Known{"doc", "application/msword"},
        Known{"xls", "application/vnd.ms-excel"},
        Known{"ppt", "application/vnd.ms-powerpoint"},
        Known{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        Known{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        Known{"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    };
    auto dot = name.rfind('.');
    auto extension = dot == name.npos ? std::string() : lower(name.substr(dot + 1));
    auto found = std::ranges::find(known, extension, &Known::extension);
    return std::string(found == known.end() ? "application/octet-stream" : found->type);
}

// What the phone calls it, if that can be a type; a part that would be read as structure is carried as bytes.
std::string type_of(NewAttachment const& attachment) {
    if (attachment.is_message) return "message/rfc822";
    auto type = lower(attachment.type.substr(0, attachment.type.find(';')));
    auto slash = type.find('/');
    bool good = slash != type.npos && is_token(type.substr(0, slash)) && is_token(type.substr(slash + 1));
    if (!good) return type_by_name(attachment.name);
    bool structure = type.starts_with("multipart/") || type.starts_with("message/");
    return structure ? "application/octet-stream" : type;
}

// `; name="..."`, or RFC 2231 where it is not ASCII.
std::string parameter(std::string_view name, std::string_view value) {
    std::string out = ";\r\n " + std::string(name);
    if (is_ascii(value)) {
        out += "=\"";
        for (char c : value) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        return out + '"';
    }
    static constexpr char hex[] = "0123456789ABCDEF";
    out += "*=utf-8''";
    for (char c : value) {
        auto u = static_cast<unsigned char>(c);
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (plain)
            out += c;
        else
            out += {'%', hex[u >> 4], hex[u & 15]};
    }
    return out;
}

std::string id_of(std::string_view content_id) { // what may stand between < and >
    std::string out(content_id.substr(0, 512));
    std::erase_if(out, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F || c == '<' || c == '>';
    });
    return out;
}

bool is_mime_field(std::string_view name) {
    return equal_ignoring_case(name.substr(0, 8), "Content-") || equal_ignoring_case(name, "MIME-Version");
}

std::string whole_of(Field const& field) {
    std::string out(field.whole);
    return out.ends_with('\n') ? out : out.append(crlf);
}

std::string changed_fields(HeaderBlock const& header, std::vector<FieldChange> const& changes, bool with_mime) {
    std::string out;
    std::vector<bool> done(changes.size());
    for (auto const& field : header.fields()) {
        if (!with_mime && is_mime_field(field.name)) continue;
        auto is_it = [&](FieldChange const& change) { return equal_ignoring_case(change.name, field.name); };
        auto change = std::ranges::find_if(changes, is_it);
        if (change == changes.end()) {
            out += whole_of(field);
            continue;
        }
        auto index = static_cast<std::size_t>(change - changes.begin());
        if (!done[index]) out += change->whole;
        done[index] = true;
    }
    std::string added; // in front: behind thousands of fields nobody would find them
    for (std::size_t i = 0; i < changes.size(); ++i)
        if (!done[i]) added += changes[i].whole;
    return added + out;
}

} // namespace

Entity attachment_entity(NewAttachment const& attachment) {
    auto name = std::string(cut_bytes(on_one_line(attachment.name), 255));
    auto type = type_of(attachment);
    Entity out;
    out.header = "Content-Type: " + type + parameter("name", name) +
                 "\r\nContent-Disposition: " + (attachment.is_inline ? "inline" : "attachment") +
                 parameter("filename", name) + "\r\n";
    if (auto id = id_of(attachment.content_id); !id.empty()) out.header += "Content-ID: <" + id + ">\r\n";
    if (auto at = on_one_line(attachment.content_location); !at.empty() && at.size() <= 512 && is_ascii(at))
        out.header += "Content-Location: " + at + "\r\n";
    if (attachment.is_message) { // may not be encoded (RFC 2046 5.2.1)
        out.header += "\r\n";
        out.body = to_crlf(attachment.content);
        return out;
    }
    out.header += "Content-Transfer-Encoding: base64\r\n\r\n";
    out.body = base64(attachment.content, 57);
    return out;
}

Entity plain_entity(std::string_view text) { return text_entity("text/plain", text); }

Entity alternative(Entity const& plain, Entity const& html) { return multipart("alternative", {&plain, &html}); }

Entity html_entity(std::string_view html) {
    auto plain = plain_entity(html_to_text(html));
    auto rich = text_entity("text/html", with_utf8_meta(std::string(html)));
    return alternative(plain, rich);
}

Entity entity_of(Part const& part) {
    if (part.parent != UINT32_MAX) return {std::string(part.header), std::string(part.body)};
    std::string header;
    for (auto const& field : HeaderBlock(part.header).fields())
        if (is_mime_field(field.name) && !equal_ignoring_case(field.name, "MIME-Version")) header += whole_of(field);
    return {header + "\r\n", std::string(part.body)};
}

void LastingPath::feed(std::string_view bytes) { hash_ = mix(bytes, hash_); }
std::string LastingPath::path() const { return path_of(hash_); }

std::string lasting_path(Entity const& entity) { return path_of(hash_of(entity)); }

std::string lasting_path(Part const& part) {
    if (part.parent == UINT32_MAX) return lasting_path(entity_of(part));
    return path_of(mix(part.body, mix(part.header)));
}

std::string text_field(std::string_view name, std::string_view utf8) {
    auto text = on_one_line(std::string(utf8));
    std::string out = std::string(name) + ":";
    bool looks_encoded = text.contains("=?");
    if (is_ascii(text) && !looks_encoded && text.size() <= 900) {
        std::size_t column = out.size();
        for (std::string_view rest = text; !rest.empty();) {
            auto word = rest.substr(0, rest.find(' ', 1));
            if (column + word.size() + 1 > 78 && column > name.size() + 1) {
                out += "\r\n";
                column = 0;
            }
            if (!word.starts_with(' ')) out += ' ';
            out += word;
            column += word.size() + 1;
            rest.remove_prefix(word.size());
        }
        return out + "\r\n";
    }
    return out + " " + encoded_words(text, 42) + "\r\n"; // a word is at most 75 bytes (RFC 2047 2)
}

std::string address_field(std::string_view name, std::vector<Address> const& list) {
    std::string out;
    for (auto const& entry : list) {
        auto text = entry.address.empty() ? encode_mailbox({entry.name, ""}) : encode_mailbox(entry);
        if (text.empty()) continue;
        out += out.empty() ? std::string(name) + ": " : ",\r\n ";
        out += text;
    }
    return out.empty() ? out : out + "\r\n";
}

std::string assemble(Assembly const& assembly) {
    Entity related, mixed;
    auto const* shown = &assembly.text;
    if (!assembly.related.empty()) {
        std::vector<Entity const*> parts{shown};
        for (auto const& part : assembly.related) parts.push_back(&part);
        related = multipart("related", parts);
        shown = &related;
    }
    if (!assembly.mixed.empty()) {
        std::vector<Entity const*> parts{shown};
        for (auto const& part : assembly.mixed) parts.push_back(&part);
        mixed = multipart("mixed", parts);
        shown = &mixed;
    }
    // In front of thousands of fields, behind which nobody would find them.
    std::string_view says_how(shown->header);
    says_how.remove_suffix(crlf.size());
    std::string out;
    out.reserve(assembly.fields.size() + shown->header.size() + shown->body.size() + 64);
    out.append("MIME-Version: 1.0\r\n").append(says_how).append(assembly.fields).append(crlf);
    return out.append(shown->body);
}

std::string with_fields(std::string_view message, std::vector<FieldChange> const& changes) {
    HeaderBlock header(message, SIZE_MAX, SIZE_MAX);
    auto out = changed_fields(header, changes, true);
    out.reserve(out.size() + message.size() - header.length() + crlf.size());
    return out.append(crlf).append(message.substr(header.length()));
}

std::string plain_fields(std::string_view message, std::vector<FieldChange> const& changes) {
    return changed_fields(HeaderBlock(message, SIZE_MAX, SIZE_MAX), changes, false);
}

} // namespace godwit::mime
