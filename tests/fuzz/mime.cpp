// Any bytes as a message: they parse, convert under options taken from the input, prepare for sending; what must hold,
// holds.
#include "convert/body.hpp"
#include "convert/email.hpp"
#include "convert/file_reference.hpp"
#include "convert/flag.hpp"
#include "mime/answer.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/content.hpp"
#include "mime/html.hpp"
#include "mime/message.hpp"
#include "mime/skeleton.hpp"
#include "mime/uudecode.hpp"

#include <cstdio>
#include <cstdlib>
#include <source_location>

using namespace godwit;

namespace {

void must(bool holds, std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "broken: line %u\n", where.line());
    std::abort();
}

convert::BodyOptions options_from(std::uint8_t a, std::uint8_t b, std::uint8_t c) {
    convert::BodyOptions options;
    eas::BodyPreference first{.type = eas::BodyType(1 + a % 4), .all_or_none = (a & 4) != 0, .preview = b};
    if (a & 8) first.truncation_size = b * 7U;
    options.preferences.push_back(first);
    if (a & 16) options.preferences.push_back({.type = eas::BodyType(1 + (a + 1) % 4), .truncation_size = c * 100U});
    options.mime_support = eas::MimeSupport(c % 3);
    if (c & 64) options.mime_truncation = eas::MimeTruncation(b % 9);
    return options;
}

void check_body(eas::Body const& body, convert::BodyOptions const& options) {
    if (body.preview) must(mime::is_clean(*body.preview) && mime::cut_characters(*body.preview, 255) == *body.preview);
    if (!body.data) return must(body.truncated.value_or(false));
    if (!body.data->opaque) must(mime::is_clean(body.data->bytes));
    for (auto const& preference : options.preferences) {
        if (preference.type == body.type && preference.truncation_size)
            must(body.data->bytes.size() <= *preference.truncation_size);
    }
}

void check_texts(eas::Email const& email) {
    for (auto const* text : {&email.to, &email.cc, &email.from, &email.subject, &email.reply_to, &email.display_to,
                             &email.thread_topic, &email.sender, &email.bcc}) {
        if (*text) must(mime::is_clean(**text));
    }
    if (!email.attachments) return;
    for (auto const& entry : *email.attachments) {
        auto const& attachment = std::get<eas::Attachment>(entry);
        must(attachment.display_name && !attachment.display_name->empty() && mime::is_clean(*attachment.display_name));
        if (attachment.content_id) must(mime::is_clean(*attachment.content_id));
        if (attachment.content_location) must(mime::is_clean(*attachment.content_location));
        must(convert::parse_file_reference(attachment.file_reference).has_value());
    }
}

void check_parts(mime::Message const& message) {
    must(!message.parts().empty());
    must(mime::is_clean(message.plain()) && mime::is_clean(message.html()));
    auto safe = mime::without_active_content(message.html());
    must(mime::without_active_content(safe) == safe);
    for (auto const& part : message.parts()) {
        must(message.find(part.path) == &part);
        if (part.children.empty()) must(mime::content_size(part) == mime::content(part).size());
    }
}

// The reader of large messages, fed in pieces, finds what the other one finds.
void check_skeleton(mime::Message const& message, std::string_view bytes, std::size_t piece) {
    mime::Skeleton skeleton;
    for (std::size_t at = 0; at < bytes.size(); at += piece) skeleton.feed(bytes.substr(at, piece));
    for (auto const& part : message.parts()) {
        auto const where = skeleton.find(part.path);
        if (!skeleton.ok()) return;
        if (!part.children.empty()) continue;
        must(where && where->begin <= where->end && where->end <= bytes.size());
        mime::PieceDecoder decoder(where->encoding);
        auto rest = bytes.substr(where->begin, where->end - where->begin);
        if (where->encoding == mime::Encoding::uuencode) {
            mime::UuBegin begin;
            begin.feed(rest);
            rest.remove_prefix(begin.behind().value_or(0));
        }
        std::string decoded;
        for (; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
            decoded += decoder.feed(rest.substr(0, piece));
        decoded += decoder.finish();
        must(decoded == mime::content(part));
    }
}

void check_sending(std::string_view bytes) {
    auto once = mime::prepare(bytes, {.from = mime::Address{"Ann", "a@b"}, .message_id = "i@x"});
    must(mime::recipients(once).bcc.empty());
    must(mime::prepare(once, {.message_id = "other@x"}) == once);
}

// As the original of a reply or a forward: the phone's own words stay first, its fields its own, lines short.
void check_answer(std::string_view original) {
    constexpr std::string_view written = "From: me@x\r\nTo: you@y\r\nContent-Type: text/html\r\n\r\n<p>Yes.</p>\r\n";
    for (auto verb : {mime::Verb::reply, mime::Verb::forward}) {
        auto made = mime::answer(written, original, {.verb = verb, .token = "4d6f17a2"});
        auto bytes = mime::leaving_header(made.header, {}) + made.body.flat();
        auto message = mime::Message::parse(bytes);
        must(message.plain(64).starts_with("Yes."));
        must(mime::recipients(bytes).all() == std::vector<std::string>{"you@y"});
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size < 4) return 0;
    std::string_view mail(reinterpret_cast<char const*>(bytes) + 4, size - 4);
    auto version = eas::spoken_versions[bytes[3] % eas::spoken_versions.size()];
    auto options = options_from(bytes[0], bytes[1], bytes[2]);
    auto message = mime::Message::parse(mail);
    check_parts(message);
    convert::EmailState state{.item = 1, .flag_status = 2, .flag = std::string(mail.substr(0, 200))};
    auto converted = convert::to_email(message, state, options, version);
    must(converted.isolated.empty());
    check_texts(converted.email);
    check_body(*converted.email.body, options);
    auto flag = convert::read_flag(mail);
    must(convert::read_flag(convert::write_flag(flag)) == flag);
    check_skeleton(message, mail, 1 + bytes[1] % 64U);
    check_sending(mail);
    check_answer(mail);
    return 0;
}
