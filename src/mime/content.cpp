#include "mime/content.hpp"

#include "mime/charset.hpp"
#include "mime/html.hpp"
#include "mime/uudecode.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <gmime/gmime.h>
#include <optional>

namespace godwit::mime {
namespace {

GMimeContentEncoding gmime_encoding(Encoding encoding) {
    switch (encoding) {
    case Encoding::identity: return GMIME_CONTENT_ENCODING_BINARY;
    case Encoding::base64: return GMIME_CONTENT_ENCODING_BASE64;
    case Encoding::quoted_printable: return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
    case Encoding::uuencode: break; // our own
    }
    return GMIME_CONTENT_ENCODING_BINARY;
}

std::string_view behind_begin_line(std::string_view body) { // uuencode: "begin 644 name"
    UuBegin begin;
    begin.feed(body);
    return body.substr(static_cast<std::size_t>(begin.behind().value_or(0)));
}

bool opaque(Part const& part) { return part.is_multipart() || part.type.starts_with("message/"); }

} // namespace

struct ContentReader::State {
    static constexpr std::size_t least = 512; // smaller requests are served from `spare`
    std::string_view rest;
    GMimeEncoding encoding;
    bool identity;
    std::optional<UuDecoder> uuencoded;
    std::array<char, 2 * least> spare;
    std::size_t spare_at = 0, spare_end = 0;

    std::size_t decode(char* out, std::size_t room) { // room >= least
        if (identity) {
            auto n = std::min(room, rest.size());
            std::memcpy(out, rest.data(), n);
            rest.remove_prefix(n);
            return n;
        }
        // No decoder gives more bytes than it takes, but for what it held back: a few.
        std::size_t n = 0;
        while (n == 0 && !rest.empty()) {
            auto take = std::min(rest.size(), room - 64);
            if (uuencoded) {
                n = uuencoded->feed(rest.substr(0, take), out);
                rest.remove_prefix(take);
                continue;
            }
            n = g_mime_encoding_step(&encoding, rest.data(), take, out);
            rest.remove_prefix(take);
            if (rest.empty()) n += g_mime_encoding_flush(&encoding, "", 0, out + n);
        }
        return n;
    }
};

ContentReader::ContentReader(Part const& part) : state_(std::make_unique<State>()) {
    auto encoding = opaque(part) && part.encoding != Encoding::base64 ? Encoding::identity : part.encoding;
    state_->rest = encoding == Encoding::uuencode ? behind_begin_line(part.body) : part.body;
    state_->identity = encoding == Encoding::identity;
    if (encoding == Encoding::uuencode) state_->uuencoded.emplace();
    g_mime_encoding_init_decode(&state_->encoding, gmime_encoding(encoding));
}
ContentReader::ContentReader(ContentReader&&) noexcept = default;
ContentReader& ContentReader::operator=(ContentReader&&) noexcept = default;
ContentReader::~ContentReader() = default;

std::size_t ContentReader::read(std::span<char> buffer) {
    auto& s = *state_;
    if (s.spare_at == s.spare_end && buffer.size() >= State::least) return s.decode(buffer.data(), buffer.size());
    if (s.spare_at == s.spare_end) s.spare_end = s.decode(s.spare.data(), s.spare.size()), s.spare_at = 0;
    auto n = std::min(buffer.size(), s.spare_end - s.spare_at);
    std::memcpy(buffer.data(), s.spare.data() + s.spare_at, n);
    s.spare_at += n;
    return n;
}

std::string content(Part const& part, std::size_t offset, std::size_t length) {
    ContentReader reader(part);
    std::array<char, 16384> skipped;
    while (offset > 0) {
        auto n = reader.read({skipped.data(), std::min(offset, skipped.size())});
        if (n == 0) return {};
        offset -= n;
    }
    std::string out;
    length = std::min(length, part.body.size() + 64); // no encoding of these makes content longer than its text
    out.resize(length);
    std::size_t filled = 0;
    while (filled < length) {
        auto n = reader.read({out.data() + filled, length - filled});
        if (n == 0) break;
        filled += n;
    }
    out.resize(filled);
    return out;
}

std::size_t content_size(Part const& part) {
    if (part.encoding == Encoding::identity) return part.body.size();
    ContentReader reader(part);
    std::array<char, 16384> buffer;
    std::size_t size = 0;
    while (auto n = reader.read(buffer)) size += n;
    return size;
}

std::size_t estimated_size(Part const& part) {
    switch (part.encoding) {
    case Encoding::base64: return part.body.size() * 57 / 78; // lines of 76 digits and CRLF
    case Encoding::uuencode: return part.body.size() * 45 / 63;
    case Encoding::quoted_printable:
    case Encoding::identity: break;
    }
    return part.body.size();
}

std::string text_content(Part const& part, std::size_t enough) {
    auto slack = enough > SIZE_MAX / 8 ? SIZE_MAX : enough + enough / 8 + 64;
    for (;;) {
        auto bytes = content(part, 0, slack);
        bool whole = bytes.size() < slack;
        std::string charset = part.charset;
        if (charset.empty() && part.is("text/html")) charset = html_charset(bytes);
        auto text = to_utf8(std::move(bytes), charset);
        if (whole || text.size() > enough)
            return text; // else the charset needs more bytes than it gives (UTF-16, ISO-2022)
        slack = slack > SIZE_MAX / 8 ? SIZE_MAX : slack * 4;
    }
}

} // namespace godwit::mime
