#include "mime/message.hpp"

#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/content.hpp"
#include "mime/html.hpp"

#include <algorithm>
#include <array>
#include <glib.h>

namespace godwit::mime {

void read_structure(Message& message, Limits limits); // structure.cpp
void choose_body(Message& message);                   // body_choice.cpp

namespace {

// "Re: AW: [2] Fwd: topic": up to three letters (or a known longer word), perhaps a number in brackets, a colon.
std::string_view without_prefixes(std::string_view subject) {
    static constexpr std::array prefixes{
        "re",   "fw",  "fwd", "aw",  "wg",  "sv",  "vs",  "vb",   "rv",   "tr",
        "antw", "ant", "rif", "ref", "odp", "res", "enc", "回复", "答复", "转发",
    };
    for (int round = 0; round < 20; ++round) {
        auto begin = subject.find_first_not_of(' ');
        if (begin == subject.npos) return {};
        subject.remove_prefix(begin);
        auto colon = subject.substr(0, 24).find(':');
        std::size_t colon_length = 1;
        if (colon == subject.npos) colon = subject.substr(0, 24).find("："), colon_length = 3;
        if (colon == subject.npos) return subject;
        auto word = subject.substr(0, colon);
        word = word.substr(0, word.find_first_of("[( "));
        bool known = std::ranges::any_of(prefixes, [&](char const* p) { return equal_ignoring_case(word, p); });
        if (!known) return subject;
        subject.remove_prefix(colon + colon_length);
    }
    return subject;
}

std::string extension_of(std::string_view type) {
    struct Known {
        std::string_view type, extension;
    };
    static constexpr std::array known{
        Known{"image/jpeg", "jpg"},
        Known{"image/png", "png"},
        Known{"image/gif", "gif"},
        Known{"image/svg+xml", "svg"},
        Known{"application/pdf", "pdf"},
        Known{"application/zip", "zip"},
        Known{"text/plain", "txt"},
        Known{"text/html", "html"},
        Known{"text/calendar", "ics"},
        Known{"text/vcard", "vcf"},
        Known{"text/x-vcard", "vcf"},
        Known{"text/csv", "csv"},
        Known{"message/rfc822", "eml"},
        Known{"message/delivery-status", "txt"},
        Known{"message/global-delivery-status", "txt"},
        Known{"message/global-headers", "txt"},
        Known{"message/disposition-notification", "txt"},
        Known{"text/rfc822-headers", "txt"},
        Known{"application/pkcs7-signature", "p7s"},
        Known{"application/x-pkcs7-signature", "p7s"},
        Known{"application/pkcs7-mime", "p7m"},
        Known{"application/x-pkcs7-mime", "p7m"},
        Known{"application/pgp-signature", "asc"},
        Known{"application/ms-tnef", "dat"},
        Known{"audio/mpeg", "mp3"},
        Known{"audio/wav", "wav"},
        Known{"video/mp4", "mp4"},
    };
    auto found = std::ranges::find(known, type, &Known::type);
    return std::string(found == known.end() ? "bin" : found->extension);
}

bool is_pkcs7(std::string_view type, std::string_view what) {
    return type == std::string("application/pkcs7-").append(what) ||
           type == std::string("application/x-pkcs7-").append(what);
}

std::string attachment_name(Part const& part) {
    auto name = part.file_name();
    if (part.is("message/rfc822") || part.is("message/global")) {
        if (name.empty()) {
            HeaderBlock inner(part.body.substr(0, 1 << 16));
            name = decode_text(inner.raw("Subject").value_or("")).substr(0, 200);
            name = clean(std::string(cut_bytes(name, 200)));
            std::ranges::replace_if(name, [](char c) { return c == '/' || c == '\\' || c == ':'; }, '_');
            if (name.empty()) name = "message";
        }
        if (!lower(name).ends_with(".eml")) name += ".eml"; // MS-ASAIRS_R2299
        return name;
    }
    if (!name.empty()) return name;
    if (is_pkcs7(part.type, "mime")) return "smime.p7m";
    if (is_pkcs7(part.type, "signature")) return "smime.p7s";
    for (auto type : {"message/delivery-status", "message/global-delivery-status", "message/disposition-notification"})
        if (part.is(type)) return "details.txt";
    if (part.is("application/ms-tnef")) return "winmail.dat";
    return (part.path.empty() ? "attachment" : "attachment-" + part.path) + "." + extension_of(part.type);
}

bool mentions_cid(std::string_view html, std::string_view id) {
    for (std::size_t at = 0; (at = html.find("cid:", at)) != html.npos;) {
        at += 4;
        auto rest = html.substr(at);
        constexpr std::string_view ends = "\"'>) \t\r\n&;";
        if (rest.starts_with(id) && (rest.size() == id.size() || ends.contains(rest[id.size()]))) return true;
    }
    return false;
}

std::string encoded_id(std::string_view id) { // as an URL in the HTML may write it
    std::string out;
    for (char c : id) {
        if (c == '@')
            out += "%40";
        else if (c == '$')
            out += "%24";
        else
            out += c;
    }
    return out;
}

} // namespace

Message Message::parse(std::string_view bytes, Limits limits) {
    Message message;
    limits.parts = std::max<std::size_t>(limits.parts, 1);
    message.bytes_ = bytes;
    message.header_ = HeaderBlock(bytes);
    read_structure(message, limits);
    choose_body(message);
    return message;
}

std::string Message::text(std::string_view field) const {
    auto raw = header_.raw(field);
    return raw ? decode_text(*raw, fallback_charset_) : std::string();
}

std::vector<Address> Message::addresses(std::string_view field) const {
    std::vector<Address> all;
    for (auto const& f : header_.fields()) {
        if (!equal_ignoring_case(f.name, field) || all.size() >= max_addresses) continue;
        auto some = parse_addresses(f.value, fallback_charset_);
        all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    return all;
}

std::optional<std::chrono::sys_seconds> Message::date() const {
    auto raw = header_.raw("Date");
    return raw ? parse_date(*raw) : std::nullopt;
}

std::string Message::message_id() const {
    auto ids = message_ids(header_.raw("Message-ID").value_or(""));
    return ids.empty() ? std::string() : ids.front();
}

std::vector<std::string> Message::references() const {
    auto ids = message_ids(header_.raw("References").value_or(""));
    for (auto& id : message_ids(header_.raw("In-Reply-To").value_or(""))) {
        if (std::ranges::find(ids, id) == ids.end()) ids.push_back(std::move(id));
    }
    return ids;
}

Importance Message::importance() const {
    for (std::string_view field : {"Importance", "X-MSMail-Priority", "Priority"}) {
        auto value = lower(text(field));
        if (value.starts_with("high") || value == "urgent") return Importance::high;
        if (value.starts_with("low") || value == "non-urgent") return Importance::low;
        if (value.starts_with("normal")) return Importance::normal;
    }
    auto priority = text("X-Priority");
    if (priority.starts_with('1') || priority.starts_with('2')) return Importance::high;
    if (priority.starts_with('4') || priority.starts_with('5')) return Importance::low;
    return Importance::normal;
}

std::string Message::thread_topic() const {
    auto topic = text("Thread-Topic"); // some senders copy the subject, with its "Re:"
    auto bare = without_prefixes(topic);
    return bare.empty() ? std::string(without_prefixes(subject())) : std::string(bare);
}

std::string Message::conversation() const {
    auto ids = references();
    std::string seed = ids.empty() ? message_id() : ids.front();
    if (seed.empty()) seed = "topic:" + lower(thread_topic()) + '\n' + text("From");
    std::array<guint8, 32> digest;
    gsize length = digest.size();
    GChecksum* sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, reinterpret_cast<guchar const*>(seed.data()), static_cast<gssize>(seed.size()));
    g_checksum_get_digest(sum, digest.data(), &length);
    g_checksum_free(sum);
    return std::string(reinterpret_cast<char const*>(digest.data()), 16);
}

Part const* Message::find(std::string_view path) const {
    auto found = std::ranges::find(parts_, path, &Part::path);
    if (path.starts_with("0.")) {
        auto named = [&](Attached const& a) { return lasting_path(*a.part) == path; };
        auto attached = std::ranges::find_if(attached_, named);
        return attached == attached_.end() ? nullptr : attached->part;
    }
    return found == parts_.end() ? nullptr : &*found;
}

std::vector<Attachment> Message::attachments() const {
    std::vector<Attachment> list;
    list.reserve(attached_.size());
    std::string shown; // the HTML, only if something asks to be inline
    bool any_id = is_html() && std::ranges::any_of(attached_, [](Attached const& a) { return a.part->has_id; });
    if (any_id) shown = html(1 << 20);
    std::size_t compared = 0;
    for (auto const& [part, related] : attached_) {
        Attachment a{.part = part, .name = attachment_name(*part)};
        bool is_message = part->is("message/rfc822") || part->is("message/global");
        a.method = is_message ? Method::embedded_message : Method::normal;
        a.estimated_size = mime::estimated_size(*part);
        if (any_id && part->has_id && !is_message && ++compared <= 200) {
            auto id = part->content_id(), location = part->content_location();
            bool named_by_id = !id.empty() && (mentions_cid(shown, id) || mentions_cid(shown, encoded_id(id)));
            a.is_inline = named_by_id || (related && !location.empty() && shown.contains(location));
        }
        list.push_back(std::move(a));
    }
    return list;
}

bool Message::is_html() const {
    return std::ranges::any_of(pieces_, [](Piece const& p) { return p.html != nullptr; });
}

std::string Message::plain(std::size_t enough) const {
    std::string out;
    for (auto const& piece : pieces_) {
        if (piece.text_is_elsewhere || out.size() > enough) continue;
        auto left = enough - out.size();
        std::string text;
        if (piece.plain) {
            text = text_content(*piece.plain, left);
            if (piece.plain->flowed) text = unflow(text, piece.plain->delsp);
        } else {
            text = html_to_text(text_content(*piece.html, left > SIZE_MAX / 16 ? SIZE_MAX : left * 8 + 65536), left);
        }
        if (!out.empty() && !out.ends_with('\n')) out += "\r\n";
        if (out.empty())
            out = std::move(text);
        else
            out += text;
    }
    return out;
}

std::string Message::html(std::size_t enough) const {
    std::string out;
    bool wrapped = false;
    for (auto const& piece : pieces_) {
        if (out.size() > enough) break;
        auto left = enough - out.size();
        if (piece.html) {
            auto text = with_utf8_meta(text_content(*piece.html, left));
            if (out.empty())
                out = std::move(text);
            else
                out += text; // readers forgive a second <html>: it is how they meet it in the mail itself
            continue;
        }
        auto text = text_content(*piece.plain, left);
        if (piece.plain->flowed) text = unflow(text, piece.plain->delsp);
        if (pieces_.size() == 1) return text_to_html(text);
        if (out.empty()) out = "<html><body>", wrapped = true;
        out += "<div>" + text_to_html_fragment(text) + "</div>\r\n";
    }
    if (wrapped) out += "</body></html>";
    return out;
}

std::string Part::file_name() const {
    HeaderBlock block(header);
    std::string name;
    if (auto raw = block.raw("Content-Disposition")) name = parse_parameterised(*raw).find("filename");
    if (name.empty()) {
        if (auto raw = block.raw("Content-Type")) name = parse_parameterised(*raw).find("name");
    }
    name.erase(0, name.find_last_of("/\\") + 1); // npos + 1 is 0
    std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    return std::string(cut_bytes(name, 255));
}

std::string Part::content_id() const {
    HeaderBlock block(header);
    auto ids = message_ids(block.raw("Content-ID").value_or(""));
    return ids.empty() ? std::string() : ids.front();
}

std::string Part::content_location() const {
    HeaderBlock block(header);
    auto raw = block.raw("Content-Location");
    return raw ? decode_text(*raw) : std::string();
}

} // namespace godwit::mime
