#include "convert/body.hpp"

#include "mime/charset.hpp"
#include "mime/content.hpp"
#include "mime/html.hpp"

#include <algorithm>

namespace godwit::convert {
namespace {

using eas::BodyPreference;
using eas::BodyType;

constexpr std::size_t preview_source = 64 * 1024; // of HTML looked at for a preview of at most 255 characters

eas::BodyType native_type(mime::Message const& message) { return message.is_html() ? BodyType::Html : BodyType::Plain; }

std::uint32_t small(std::size_t size) { return static_cast<std::uint32_t>(std::min<std::size_t>(size, INT32_MAX)); }

std::size_t estimate(mime::Message const& message, BodyType type) {
    std::size_t size = 0;
    for (auto const& piece : message.pieces()) {
        auto const* part =
            type == BodyType::Html ? (piece.html ? piece.html : piece.plain) : (piece.plain ? piece.plain : piece.html);
        if (part && !(type == BodyType::Plain && piece.text_is_elsewhere)) size += mime::estimated_size(*part);
    }
    return size;
}

// A tag or entity that the cut has left open would be shown as text.
std::string_view cut_html(std::string_view text, std::size_t max_bytes) {
    auto cut = mime::cut_bytes(text, max_bytes);
    auto open = cut.rfind('<'), close = cut.rfind('>');
    bool inside = open != cut.npos && (close == cut.npos || close < open) && cut.size() - open < 1024;
    if (inside) return cut.substr(0, open);
    auto entity = cut.rfind('&');
    bool in_entity = entity != cut.npos && cut.size() - entity < 10 && cut.find(';', entity) == cut.npos;
    return in_entity ? cut.substr(0, entity) : cut;
}

std::string preview_of(mime::Message const& message, std::size_t characters) {
    for (auto const& piece : message.pieces()) {
        auto text = piece.plain
                        ? mime::text_content(*piece.plain, 4096)
                        : mime::html_to_text(mime::text_content(*piece.html, preview_source), 4096, mime::Links::hide);
        auto line = mime::preview(text, characters);
        if (!line.empty()) return line;
    }
    return {};
}

std::optional<std::uint32_t> smaller(std::optional<std::uint32_t> a, std::optional<std::uint32_t> b) {
    return a && b ? std::min(*a, *b) : a ? a : b;
}

eas::Body mime_body(mime::Message const& message, BodyPreference const& preference, BodyOptions const& options) {
    auto by_code = options.mime_truncation ? mime_truncation_size(*options.mime_truncation) : std::nullopt;
    auto limit = smaller(preference.truncation_size, by_code);
    auto bytes = message.bytes();
    eas::Body body{.type = BodyType::Mime, .estimated_data_size = small(bytes.size()), .truncated = false};
    bool cut = limit && bytes.size() > *limit;
    if (cut) body.truncated = true;
    if (cut && preference.truncation_size && preference.all_or_none.value_or(false)) return body;
    // Raw 8-bit cannot travel as text: what the phone gets is byte for byte the message, as opaque data.
    bool opaque = !mime::is_clean(bytes);
    auto sent = !cut ? bytes : opaque ? bytes.substr(0, *limit) : mime::cut_bytes(bytes, *limit);
    body.data = eas::Content{std::string(sent), opaque};
    return body;
}

// No data if the preference wants all or none and would get less than all.
eas::Body text_body(mime::Message const& message, BodyPreference const& preference, BodyType type) {
    auto limit = preference.truncation_size;
    std::size_t enough = limit ? *limit : SIZE_MAX;
    auto text = type == BodyType::Html ? message.html(enough) : message.plain(enough);
    bool more = limit && text.size() > *limit;
    auto whole = more ? std::max(estimate(message, type), text.size()) : 0;
    if (type == BodyType::Html) text = mime::without_active_content(text);
    if (limit && text.size() > *limit) more = true; // what was made harmless may have grown (&lt; for <)
    eas::Body body{.type = type, .estimated_data_size = small(text.size())};
    if (more) {
        body.truncated = true;
        body.estimated_data_size = small(std::max(whole, text.size()));
        if (preference.all_or_none.value_or(false)) return body;
        auto kept = type == BodyType::Html ? cut_html(text, *limit) : mime::cut_bytes(text, *limit);
        text.resize(kept.size());
    }
    body.data = eas::Content{std::move(text), false};
    return body;
}

bool wants_mime(mime::Message const& message, BodyOptions const& options) {
    switch (options.mime_support) {
    case eas::MimeSupport::Never: return false;
    case eas::MimeSupport::SignedOnly: return message.is_smime();
    case eas::MimeSupport::Always: return true;
    }
    return false;
}

struct Choice {
    BodyPreference preference;
    eas::Body body;
};

// The preference of the native type first; if that may not be truncated and would be, the one that brings most
// (MS-ASAIRS_R77, R80).
Choice choose(mime::Message const& message, BodyOptions const& options) {
    auto const& all = options.preferences;
    auto of_type = [&](BodyType type) { return std::ranges::find(all, type, &BodyPreference::type); };
    std::optional<Choice> without_data;
    if (auto mime = of_type(BodyType::Mime); mime != all.end() && wants_mime(message, options)) {
        without_data = {*mime, mime_body(message, *mime, options)};
        if (without_data->body.data) return std::move(*without_data);
    }
    auto native = native_type(message);
    if (auto match = of_type(native); match != all.end()) {
        Choice choice{*match, text_body(message, *match, native)};
        if (choice.body.data) return choice;
    }
    std::optional<Choice> best;
    for (auto const& preference : all) {
        if (preference.type != BodyType::Plain && preference.type != BodyType::Html) continue;
        Choice choice{preference, text_body(message, preference, preference.type)};
        auto size = [](Choice const& c) { return c.body.data ? c.body.data->bytes.size() + 1 : 0; };
        if (!best || size(choice) > size(*best)) best = std::move(choice);
    }
    if (best) return std::move(*best);
    if (without_data) return std::move(*without_data); // MIME, all or none: nobody has asked for text (MS-ASAIRS_R78)
    // Nothing that can be served (RTF, or MIME where it is not allowed): the body as it is, within the size asked for.
    BodyPreference rest = all.empty() ? BodyPreference{} : all.front();
    auto type = all.empty() ? BodyType::Plain : native;
    return {rest, text_body(message, rest, type)};
}

} // namespace

std::optional<std::uint32_t> mime_truncation_size(eas::MimeTruncation code) {
    switch (code) {
    case eas::MimeTruncation::Nothing: return 0;
    case eas::MimeTruncation::To4K: return 4096;
    case eas::MimeTruncation::To5K: return 5120;
    case eas::MimeTruncation::To7K: return 7168;
    case eas::MimeTruncation::To10K: return 10240;
    case eas::MimeTruncation::To20K: return 20480;
    case eas::MimeTruncation::To50K: return 51200;
    case eas::MimeTruncation::To100K: return 102400;
    case eas::MimeTruncation::Whole: return std::nullopt;
    }
    return std::nullopt;
}

eas::Body to_body(mime::Message const& message, BodyOptions const& options, eas::Version version) {
    auto [preference, body] = choose(message, options);
    bool text_is_there = body.type == BodyType::Plain && body.data && !body.data->bytes.empty(); // MS-ASAIRS_R1001036
    auto characters = std::min<std::uint32_t>(preference.preview.value_or(0), 255);
    if (version >= eas::v14_0 && characters > 0 && !text_is_there) body.preview = preview_of(message, characters);
    return body;
}

std::optional<eas::BodyPart> to_body_part(mime::Message const& message, BodyOptions const& options,
                                          eas::Version version) {
    if (options.parts.empty() || version < eas::v14_1) return std::nullopt; // MS-ASCON_R504
    auto const& wanted = options.parts.front();
    BodyPreference preference{
        .type = BodyType::Html, .truncation_size = wanted.truncation_size, .all_or_none = wanted.all_or_none};
    auto body = text_body(message, preference, BodyType::Html);
    eas::BodyPart out{.type = BodyType::Html, .estimated_data_size = body.estimated_data_size.value_or(0)};
    out.truncated = body.truncated; // MS-ASCON_R240
    out.data = std::move(body.data);
    auto characters = std::min<std::uint32_t>(wanted.preview.value_or(0), 255);
    if (characters > 0) out.preview = preview_of(message, characters);
    return out;
}

} // namespace godwit::convert
