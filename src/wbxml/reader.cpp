#include "wbxml/global.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/utf8.hpp"
#include "wbxml/wbxml.hpp"

namespace godwit::wbxml {

namespace {

// UTF-8, "unknown" (which the profile says is UTF-8) and its subset US-ASCII: IANA MIBenum 106, 0 and 3.
bool is_utf8_label(std::uint32_t mibenum) { return mibenum == 106 || mibenum == 0 || mibenum == 3; }

} // namespace

Reader::Reader(std::string_view document, Limits limits) : in_(document), limits_(limits) { header(); }

Reader::Reader(Fragment const& children, Limits limits)
    : in_(children.bytes), limits_(limits), page_(children.first_page), whole_document_(false) {}

bool Reader::header() {
    std::uint8_t version = 0;
    std::uint32_t public_id = 0, index = 0, charset = 0, length = 0;
    if (!byte(version) || !multibyte(public_id)) return false;
    if (version < 0x01 || version > 0x03) return fail("not WBXML 1.1 to 1.3"), false;
    if (public_id == 0 && !multibyte(index)) return false; // a public identifier in the string table
    if (!multibyte(charset) || !multibyte(length) || !take(length, strings_)) return false;
    if (!is_utf8_label(charset)) return fail("the charset is not UTF-8"), false;
    return true;
}

Event Reader::next() {
    for (;;) {
        if (failed()) return {};
        if (in_.empty()) {
            if (depth_ > 0) return fail("the document ends inside an element");
            if (whole_document_ && !root_seen_) return fail("no element");
            return {};
        }
        std::uint8_t b = 0;
        byte(b);
        std::string_view text;
        std::uint32_t length = 0;
        if (b == switch_page) {
            if (!byte(page_)) return {};
            continue;
        }
        if (whole_document_ && root_seen_ && depth_ == 0) return fail("bytes after the document");
        if (b == end) {
            if (depth_ == 0) return fail("an end without an element");
            --depth_;
            return {.kind = Event::Close};
        }
        if (b != str_i && b != str_t && b != entity_token && b != opaque_token) return tag_event(b);
        if (depth_ == 0) return fail("text outside an element");
        if (b == entity_token) return entity();
        if (b == str_t) return from_table();
        if (b == str_i) return until_nul(text) ? Event{Event::Text, {}, text} : Event{};
        return multibyte(length) && take(length, text) ? Event{Event::Opaque, {}, text} : Event{};
    }
}

Event Reader::tag_event(std::uint8_t b) {
    auto token = static_cast<std::uint8_t>(b & token_bits);
    if (token == literal) return fail("a literal tag");
    if (b == processing_instruction) return fail("a processing instruction");
    if (token < literal) return fail("an extension");
    if (b & attribute_bit) return fail("attributes");
    if (++elements_ > limits_.max_elements) return fail("too many elements");
    root_seen_ = true;
    auto const* known = find_tag(page_, token);
    Event event{b & content_bit ? Event::Open : Event::Empty, known ? *known : Tag{page_, token}};
    if (event.kind == Event::Open && ++depth_ > limits_.max_depth) return fail("nested too deeply");
    return event;
}

Event Reader::entity() {
    std::uint32_t character = 0;
    if (!multibyte(character)) return {};
    auto text = to_utf8(character, entity_);
    if (text.empty()) return fail("an entity that is no character");
    return {Event::Text, {}, text};
}

Event Reader::from_table() {
    std::uint32_t index = 0;
    if (!multibyte(index)) return {};
    if (index >= strings_.size()) return fail("a string beyond the string table");
    auto rest = strings_.substr(index);
    auto length = rest.find('\0');
    if (length == rest.npos) return fail("a string without an end");
    return {Event::Text, {}, rest.substr(0, length)};
}

bool Reader::skip() {
    for (auto outside = depth_ - 1; depth_ > outside;) {
        if (next().kind == Event::End) return false;
    }
    return true;
}

bool Reader::text(std::string& out) {
    bool opaque = false;
    return text(out, opaque);
}

bool Reader::text(std::string& out, bool& opaque) {
    out.clear();
    opaque = false;
    for (;;) {
        auto event = next();
        switch (event.kind) {
        case Event::Opaque: opaque = true; [[fallthrough]];
        case Event::Text: out += event.text; break;
        case Event::Close: return true;
        case Event::Open:
        case Event::Empty:
        case Event::End: return false;
        }
    }
}

bool Reader::fragment(Fragment& out) {
    auto outside = depth_ - 1;
    auto writer = Writer::fragment();
    for (;;) {
        auto event = next();
        switch (event.kind) {
        case Event::Open: writer.open(event.tag); break;
        case Event::Empty: writer.empty(event.tag); break;
        case Event::Close:
            if (depth_ > outside) {
                writer.close();
                break;
            }
            out = std::move(writer).finish_fragment();
            return true;
        case Event::Text:
        case Event::Opaque:
            if (depth_ == outside + 1) return false;
            if (event.kind == Event::Text)
                writer.text(event.text);
            else
                writer.opaque(event.text);
            break;
        case Event::End: return false;
        }
    }
}

Event Reader::fail(char const* why) {
    if (!failure_) failure_ = why;
    return {};
}

bool Reader::byte(std::uint8_t& out) {
    if (in_.empty()) return fail("truncated"), false;
    out = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return true;
}

bool Reader::multibyte(std::uint32_t& out) {
    std::uint64_t value = 0;
    for (int i = 0; i < 5; ++i) {
        std::uint8_t b = 0;
        if (!byte(b)) return false;
        value = value << 7 | (b & 0x7F);
        if (b & 0x80) continue;
        if (value > UINT32_MAX) break;
        out = static_cast<std::uint32_t>(value);
        return true;
    }
    return fail("a number of more than 32 bits"), false;
}

bool Reader::take(std::size_t count, std::string_view& out) {
    if (count > in_.size()) return fail("truncated"), false;
    out = in_.substr(0, count);
    in_.remove_prefix(count);
    return true;
}

bool Reader::until_nul(std::string_view& out) {
    auto length = in_.find('\0');
    if (length == in_.npos) return fail("a string without an end"), false;
    out = in_.substr(0, length);
    in_.remove_prefix(length + 1);
    return true;
}

} // namespace godwit::wbxml
