#include "convert/draft.hpp"

#include "convert/conversation.hpp"
#include "convert/file_reference.hpp"

#include "mime/build.hpp"
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/header.hpp"
#include "mime/recipient.hpp"

#include <algorithm>

namespace godwit::convert {
namespace {

// ReplyTo separates by semicolons (MS-ASEMAIL_R711); outside quotes they are what the comma is.
std::vector<mime::Address> people(std::string text) {
    bool quoted = false, group = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && quoted)
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == ':' && !quoted)
            group = true;
        else if (text[i] == ';' && !quoted && !std::exchange(group, false))
            text[i] = ',';
    }
    return mime::parse_recipients(text);
}

bool is_mime(eas::Email const& said) { return said.body && said.body->type == eas::BodyType::Mime; }
bool has_text(eas::Email const& said) { return said.body && said.body->data && !is_mime(said); }

// What a phone may not say of a draft. What the server has told it and it tells back (From, DateReceived ...) is no
// wish of the user's and is not looked at.
std::string_view refuse(eas::Email const& said) {
    if (said.conversation_id || said.conversation_index) return "a conversation is the server's (MS-ASEMAIL_R347)";
    if (said.sender) return "Sender is read-only (MS-ASEMAIL_R723)";
    if (said.received_as_bcc) return "ReceivedAsBcc is read-only (MS-ASEMAIL_R648)";
    if (said.um_caller_id || said.um_user_notes)
        return "what is known of a call is the server's (MS-ASEMAIL_R817, R835)";
    if (said.meeting_request) return "a draft is no meeting request";
    if (said.body_part) return "BodyPart in a request (MS-ASAIRS_R123)";
    if (said.body && said.body->type == eas::BodyType::Rtf) return "a body in RTF";
    if (is_mime(said)) {
        if (said.to || said.cc || said.bcc || said.subject || said.reply_to)
            return "header elements beside a MIME body (MS-ASEMAIL_R14890)";
        if (!said.body->data || !said.body->data->bytes.contains(':')) return "a MIME body that is no message";
    }
    if (!said.attachments) return {};
    if (said.attachments->size() > max_attachments) return "too many attachments";
    for (auto const& entry : *said.attachments) {
        if (std::holds_alternative<eas::Attachment>(entry)) return "Attachment in a request (MS-ASAIRS_R88)";
        auto const* add = std::get_if<eas::AttachmentAdd>(&entry);
        if (add && !add->content) return "an attachment that was not uploaded (MS-ASAIRS_R1010)";
        if (add && add->method == eas::AttachmentMethod::AttachOle) return "an OLE attachment (MS-ASAIRS_R1390)";
    }
    return {};
}

mime::NewAttachment of_add(eas::AttachmentAdd const& add) {
    return {.name = add.display_name,
            .type = add.content_type.value_or(""),
            .content_id = add.content_id.value_or(""),
            .content_location = add.content_location.value_or(""),
            .is_inline = add.is_inline.value,
            .is_message = add.method == eas::AttachmentMethod::EmbeddedMessage,
            .content = add.content ? std::string_view(add.content->bytes) : std::string_view()};
}

mime::Entity text_of(eas::Body const& body) {
    auto const& text = body.data->bytes;
    return body.type == eas::BodyType::Html ? mime::html_entity(text) : mime::plain_entity(text);
}

std::vector<mime::FieldChange> fields_of(eas::Email const& said) {
    std::vector<mime::FieldChange> out;
    auto list = [&](std::optional<std::string> const& value, std::string_view name) {
        if (value) out.push_back({name, mime::address_field(name, people(*value))});
    };
    list(said.to, "To");
    list(said.cc, "Cc");
    list(said.bcc, "Bcc");
    list(said.reply_to, "Reply-To");
    if (said.subject) {
        out.push_back({"Subject", mime::text_field("Subject", *said.subject)});
        out.push_back({"Thread-Topic", ""}); // it told the old one
    }
    if (said.importance) {
        using enum eas::Importance;
        auto i = *said.importance;
        out.push_back({"Importance", i == High ? "Importance: high\r\n" : i == Low ? "Importance: low\r\n" : ""});
        out.push_back({"X-Priority", i == High ? "X-Priority: 1\r\n" : i == Low ? "X-Priority: 5\r\n" : ""});
        out.push_back({"X-MSMail-Priority", ""});
        out.push_back({"Priority", ""});
    }
    return out;
}

// The parts of a message as they lie there: the first text, what belongs to it, and all else.
mime::Assembly taken_apart(mime::Message const& message, eas::Email const& said) {
    mime::Assembly out;
    bool first = true;
    for (auto const& piece : message.pieces()) {
        if (piece.text_is_elsewhere || (first && has_text(said))) continue;
        auto const* one = piece.html ? piece.html : piece.plain;
        auto entity = mime::entity_of(*one);
        if (piece.html && piece.plain) entity = mime::alternative(mime::entity_of(*piece.plain), entity);
        if (first)
            out.text = std::move(entity);
        else
            out.mixed.push_back(std::move(entity));
        first = false;
    }
    if (has_text(said))
        out.text = text_of(*said.body);
    else if (first)
        out.text = mime::plain_entity("");
    return out;
}

bool deletes(eas::Email const& said, mime::Part const& part) {
    if (!said.attachments) return false;
    auto lasting = mime::lasting_path(part);
    return std::ranges::any_of(*said.attachments, [&](auto const& entry) {
        auto const* gone = std::get_if<eas::AttachmentDelete>(&entry);
        if (!gone) return false;
        auto dash = gone->file_reference.find('-');
        auto path = std::string_view(gone->file_reference).substr(dash == std::string::npos ? 0 : dash + 1);
        return path == lasting || path == part.path;
    });
}

// A phone that repeats an Add, in a request that is not the same word for word, must not attach twice.
bool holds(mime::Assembly const& assembly, std::string_view path) {
    auto same = [&](mime::Entity const& entity) { return mime::lasting_path(entity) == path; };
    return std::ranges::any_of(assembly.related, same) || std::ranges::any_of(assembly.mixed, same);
}

void add_attachments(mime::Assembly& assembly, eas::Email const& said) {
    if (!said.attachments) return;
    for (auto const& entry : *said.attachments) {
        auto const* add = std::get_if<eas::AttachmentAdd>(&entry);
        if (!add) continue;
        auto entity = mime::attachment_entity(of_add(*add));
        if (holds(assembly, mime::lasting_path(entity))) continue;
        bool shown = add->is_inline.value && add->content_id;
        (shown ? assembly.related : assembly.mixed).push_back(std::move(entity));
    }
}

// The message with another body, or with other attachments.
std::string rebuilt(mime::Message const& message, eas::Email const& said,
                    std::vector<mime::FieldChange> const& fields) {
    auto assembly = taken_apart(message, said);
    for (auto const& attachment : message.attachments()) {
        if (deletes(said, *attachment.part)) continue;
        auto const& part = *attachment.part;
        bool shown = attachment.is_inline || (part.inline_disposition && part.has_id);
        (shown ? assembly.related : assembly.mixed).push_back(mime::entity_of(part));
    }
    add_attachments(assembly, said);
    assembly.fields = mime::plain_fields(message.bytes(), fields);
    return mime::assemble(assembly);
}

bool says_attachments(eas::Email const& said) { return said.attachments && !said.attachments->empty(); }

// However each of them encodes it.
bool reads_alike(mime::Message const& one, mime::Message const& other) {
    auto trimmed = [](std::string text) {
        text.erase(text.find_last_not_of(" \r\n") + 1);
        return text;
    };
    if (one.is_html() != other.is_html()) return false;
    return one.is_html() ? trimmed(one.html()) == trimmed(other.html())
                         : trimmed(one.plain()) == trimmed(other.plain());
}

} // namespace

std::expected<std::string, std::string_view> new_draft(eas::Email const& said, Author const& author) {
    if (auto why = refuse(said); !why.empty()) return std::unexpected(why);
    if (is_mime(said)) return changed_draft({}, said);
    auto start = mime::address_field("From", {author.from}) + "Message-ID: <" + author.message_id + ">\r\n\r\n";
    return rebuilt(mime::Message::parse(start), said, fields_of(said));
}

std::expected<std::string, std::string_view> changed_draft(std::string_view draft, eas::Email const& said) {
    if (auto why = refuse(said); !why.empty()) return std::unexpected(why);
    if (is_mime(said)) { // the whole of it
        auto whole = mime::to_crlf(said.body->data->bytes);
        return changed_draft(whole, {.importance = said.importance, .attachments = said.attachments});
    }
    auto fields = fields_of(said);
    if (has_text(said) || says_attachments(said)) {
        auto message = mime::Message::parse(draft);
        if (message.is_smime() && !has_text(said))
            return std::unexpected("attachments of a signed or encrypted message");
        if (message.cut_by_limits()) return std::unexpected("a message beyond the limits: it would not stay whole");
        return rebuilt(message, said, fields);
    }
    return fields.empty() ? std::string(draft) : mime::with_fields(draft, fields);
}

bool is_same_draft(std::string_view draft, eas::Email const& said) {
    auto message = mime::Message::parse(draft);
    if (is_mime(said) || says_attachments(said) || message.has_attachments()) return false;
    auto unsaid = [&](bool told, std::string_view field) { return !told && message.header().raw(field); };
    if (unsaid(said.to.has_value(), "To") || unsaid(said.cc.has_value(), "Cc") || unsaid(said.bcc.has_value(), "Bcc") ||
        unsaid(said.subject.has_value(), "Subject"))
        return false;
    if (!has_text(said) && !message.plain(1).empty()) return false;
    auto after = changed_draft(draft, said);
    return after && mime::plain_fields(*after) == mime::plain_fields(draft) &&
           reads_alike(mime::Message::parse(*after), message);
}

std::expected<EmailChange, std::string_view> draft_marks(eas::Email const& said) {
    return from_change({.read = said.read, .flag = said.flag, .categories = said.categories});
}

std::vector<Uploaded> uploaded(eas::Email const& said) {
    std::vector<Uploaded> out;
    if (!said.attachments) return out;
    for (auto const& entry : *said.attachments) {
        auto const* add = std::get_if<eas::AttachmentAdd>(&entry);
        if (add && add->content)
            out.push_back({add->client_id, mime::lasting_path(mime::attachment_entity(of_add(*add)))});
    }
    return out;
}

eas::Email draft_answer(EmailState const& state, std::vector<Uploaded> const& brought, bool is_new) {
    eas::Email out;
    for (auto const& [client_id, part] : brought) {
        if (!out.attachments) out.attachments.emplace();
        auto reference = format(FileReference{state.item, part});
        out.attachments->emplace_back(eas::Attachment{.file_reference = reference, .client_id = client_id});
    }
    if (!is_new) return out;
    out.conversation_id = eas::Opaque{state.conversation};
    out.conversation_index = eas::Opaque{conversation_index({}, state.received)};
    return out;
}

bool has_good_recipients(std::string_view draft) {
    auto const to = mime::recipients(draft);
    auto good = [](mime::Address const& one) { return mime::is_recipient(one.address); };
    for (auto const* list : {&to.to, &to.cc, &to.bcc})
        if (!std::ranges::all_of(*list, good)) return false;
    return !to.to.empty() || !to.cc.empty() || !to.bcc.empty();
}

std::string undated(std::string_view draft) { return mime::with_fields(draft, {{"Date", ""}}); }

} // namespace godwit::convert
