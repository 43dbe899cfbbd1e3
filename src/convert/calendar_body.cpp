// What an event says and holds: description and attachments.
#include "convert/body.hpp"
#include "convert/calendar_parts.hpp"
#include "convert/file_reference.hpp"

#include "mime/build.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/fingerprint.hpp"
#include "mime/html.hpp"
#include "wbxml/base64.hpp"

#include <algorithm>

namespace godwit::convert {
namespace calendar_parts {
namespace {

using ical::Component, ical::Property;

Property const* html_of(Component const& event) {
    for (auto const& one : event.properties)
        if (one.name == "X-ALT-DESC" && ical::same_name(one.parameter("FMTTYPE"), "text/html")) return &one;
    return nullptr;
}

// Bodies are chosen and cut by what does it for mail.
std::string as_message(Component const& event) {
    auto plain = mime::to_crlf(ical::text(event.value("DESCRIPTION")));
    auto const* html = html_of(event);
    if (!html) return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + plain;
    auto text = mime::to_crlf(ical::text(html->value));
    if (plain.empty()) plain = mime::to_crlf(mime::html_to_text(text));
    return mime::assemble({.text = mime::alternative(mime::plain_entity(plain), mime::text_entity("text/html", text))});
}

// Equal but for line ends and what stands empty at the end.
std::string comparable(std::string text) {
    std::erase(text, '\r');
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

std::string part_of(Property const& attachment) {
    auto hash = mime::fnv1a_basis;
    for (auto part :
         {attachment.parameter("FILENAME"), attachment.parameter("X-FILENAME"), std::string_view(attachment.value)})
        hash = mime::fnv1a(part, hash);
    return "0." + std::to_string(hash);
}

bool is_file(Property const& one) {
    return one.name == "ATTACH" && ical::same_name(one.parameter("ENCODING"), "BASE64");
}

std::string name_of(Property const& one) {
    for (auto name : {"FILENAME", "X-FILENAME", "X-LABEL", "X-APPLE-FILENAME"})
        if (auto value = one.parameter(name); !value.empty()) return mime::clean(std::string(value.substr(0, 255)));
    return "attachment";
}

Property attachment_of(eas::AttachmentAdd const& add) {
    Property out{.name = "ATTACH", .value = wbxml::to_base64(add.content->bytes)};
    out.set_parameter("VALUE", "BINARY");
    out.set_parameter("ENCODING", "BASE64");
    auto type = add.content_type.value_or("");
    out.set_parameter("FMTTYPE", type.contains('/') ? type : "application/octet-stream");
    out.set_parameter("FILENAME", add.display_name);
    return out;
}

} // namespace

void read_body(View const& view, eas::Calendar& out) {
    auto bytes = as_message(view.event);
    auto message = mime::Message::parse(bytes);
    auto options = view.options;
    options.mime_support = eas::MimeSupport::Never; // an event is no message
    out.body = to_body(message, options, view.version);
    out.native_body_type = html_of(view.event) ? eas::NativeBodyType::Html : eas::NativeBodyType::Plain;
}

std::string_view write_body(Editor& e, eas::Calendar const& said) {
    if (!said.body) return {};
    auto const& body = *said.body;
    bool none = !body.data && !body.truncated.value_or(false) && body.estimated_data_size.value_or(0) == 0;
    if (!body.data && !none) return {};
    auto text = none ? std::string() : body.data->bytes;
    bool html = said.body->type == eas::BodyType::Html;
    if (said.body->type == eas::BodyType::Rtf) return "a body in RTF";
    if (said.body->type == eas::BodyType::Mime) {
        auto message = mime::Message::parse(text);
        html = message.is_html();
        text = html ? message.html() : message.plain();
    }
    auto bytes = as_message(e.event);
    auto before = mime::Message::parse(bytes);
    auto options = e.rules.body;
    options.mime_support = eas::MimeSupport::Never;
    auto told = to_body(before, options, e.rules.version);
    if (told.type == said.body->type && told.data && comparable(told.data->bytes) == comparable(text)) return {};
    if (comparable(text) == comparable(html ? before.html() : before.plain())) return {};
    if (comparable(text) == comparable(html ? mime::without_active_content(before.html()) : before.plain())) return {};
    e.event.remove("X-ALT-DESC");
    auto plain = html ? mime::html_to_text(text) : text;
    if (plain.empty())
        e.event.remove("DESCRIPTION");
    else
        e.event.set("DESCRIPTION", ical::escaped(plain));
    if (!html || plain.empty()) return {};
    Property rich{.name = "X-ALT-DESC", .value = ical::escaped(text)};
    rich.set_parameter("FMTTYPE", "text/html");
    e.event.set(std::move(rich));
    return {};
}

void read_attachments(View const& view, eas::Calendar& out) {
    if (view.version < eas::v16_0) return;
    std::vector<eas::AttachmentEntry> list;
    for (auto const& one : view.event.properties) {
        if (!is_file(one) || list.size() == max_attachments) continue;
        list.emplace_back(eas::Attachment{.display_name = name_of(one),
                                          .file_reference = format(FileReference{view.owner.item, part_of(one)}),
                                          .method = eas::AttachmentMethod::Normal,
                                          .estimated_data_size = static_cast<std::uint32_t>(one.value.size() / 4 * 3)});
    }
    if (!list.empty()) out.attachments = std::move(list);
}

std::string_view write_attachments(Editor& e, eas::Calendar const& said) {
    if (!said.attachments) return {};
    auto& all = e.event.properties;
    for (auto const& entry : *said.attachments) {
        if (std::holds_alternative<eas::Attachment>(entry)) return "Attachment in a request (MS-ASAIRS_R88)";
        if (auto const* gone = std::get_if<eas::AttachmentDelete>(&entry)) {
            auto reference = parse_file_reference(gone->file_reference);
            if (!reference) continue;
            auto names = [&](Property const& one) { return is_file(one) && part_of(one) == reference->part; };
            std::erase_if(all, names);
        } else if (auto const* add = std::get_if<eas::AttachmentAdd>(&entry)) {
            if (!add->content) continue; // iOS 16.2 when it moves an event that is being made (clients.md 4.1)
            if (add->method == eas::AttachmentMethod::AttachOle) return "an OLE attachment (MS-ASAIRS_R1390)";
            auto file = attachment_of(*add);
            if (std::ranges::find(all, file) != all.end()) continue;
            if (std::ranges::count_if(all, is_file) >= static_cast<std::ptrdiff_t>(max_attachments))
                return "too many attachments";
            all.push_back(std::move(file));
        }
    }
    return {};
}

} // namespace calendar_parts

std::optional<EventAttachment> event_attachment(std::string_view stored, std::string_view part) {
    using namespace calendar_parts;
    auto calendars = ical::parse(stored);
    if (!calendars) return std::nullopt;
    for (auto const& event : calendars->front().components)
        for (auto const& one : event.properties) {
            if (!is_file(one) || part_of(one) != part) continue;
            auto content = wbxml::from_base64(one.value);
            if (!content) return std::nullopt;
            return EventAttachment{name_of(one), std::string(one.parameter("FMTTYPE")), std::move(*content)};
        }
    return std::nullopt;
}

std::vector<Uploaded> uploaded(eas::Calendar const& said) {
    using namespace calendar_parts;
    std::vector<Uploaded> out;
    if (!said.attachments) return out;
    for (auto const& entry : *said.attachments)
        if (auto const* add = std::get_if<eas::AttachmentAdd>(&entry); add && add->content)
            out.push_back({add->client_id, part_of(attachment_of(*add))});
    return out;
}

} // namespace godwit::convert
