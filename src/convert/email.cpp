#include "convert/email.hpp"

#include "convert/body.hpp"
#include "convert/conversation.hpp"
#include "convert/file_reference.hpp"
#include "convert/flag.hpp"
#include "convert/meeting_request.hpp"
#include "convert/message_class.hpp"
#include "convert/voice.hpp"
#include "itip/forward.hpp"
#include "itip/standing.hpp"
#include "mime/charset.hpp"
#include "mime/content.hpp"
#include "mime/html.hpp"

#include <algorithm>
#include <exception>

namespace godwit::convert {
namespace {

constexpr std::size_t max_categories = 300;
constexpr std::size_t max_line = 4096;

eas::DateTime wire_time(Time time) { return {std::chrono::floor<std::chrono::milliseconds>(time)}; }

std::optional<std::string> unless_empty(std::string text) {
    if (text.empty()) return std::nullopt;
    return text;
}

// For a field of one line: nobody reads more of it, and an answer holds many.
std::string in_bounds(std::string text) {
    text.resize(mime::cut_bytes(text, max_line).size());
    return text;
}

// Blind is who got the message and stands in none of its fields; a list's mail names the list, and who wrote it got
// a copy of his own.
bool blind_copy(mime::Message const& message, EmailState const& state) {
    if (state.owner.empty() || state.draft) return false;
    for (auto list : {"List-Id", "List-Post", "List-Unsubscribe"})
        if (message.header().raw(list)) return false;
    for (auto field : {"To", "Cc", "Resent-To", "Resent-Cc", "From", "Sender"})
        for (auto const& one : message.addresses(field))
            for (auto const& own : state.owner)
                if (mime::equal_ignoring_case(one.address, own)) return false;
    return true;
}

std::string internet_cpid(mime::Message const& message) {
    constexpr int utf8 = 65001;
    for (auto const& piece : message.pieces()) {
        auto const* part = piece.html ? piece.html : piece.plain;
        auto charset = part->charset;
        if (charset.empty() && piece.html) charset = mime::html_charset(mime::content(*part, 0, 2048));
        auto page = charset.empty() ? 0 : mime::code_page(charset);
        return std::to_string(page > 0 ? page : utf8);
    }
    return std::to_string(utf8);
}

void set_marks(eas::Email& email, EmailState const& state, eas::Version version) {
    email.read = state.read;
    email.flag = eas::EmailFlag{}; // <Flag/> says that there is none (MS-ASEMAIL_R437)
    if (state.flag_status == 1 || state.flag_status == 2) {
        email.flag = read_flag(state.flag);
        email.flag->status = static_cast<eas::FlagStatus>(state.flag_status);
    }
    if (version < eas::v14_0) return;
    email.categories = state.categories; // empty too (MS-ASEMAIL_R318)
    if (email.categories->size() > max_categories) email.categories->resize(max_categories);
    if (state.last_verb == 0 || state.last_verb > 3) return;
    email.last_verb_executed = static_cast<eas::LastVerb>(state.last_verb);
    email.last_verb_execution_time = wire_time(state.last_verb_time);
}

void set_people(eas::Email& email, mime::Message const& message, eas::Version version) {
    auto from = message.addresses("From");
    auto to = message.addresses("To");
    email.from = unless_empty(mime::format(from));
    email.to = unless_empty(mime::format(to));
    email.cc = unless_empty(mime::format(message.addresses("Cc")));
    email.reply_to = unless_empty(mime::format(message.addresses("Reply-To"), ";")); // MS-ASEMAIL_R711
    email.display_to = unless_empty(mime::display_names(to));
    if (version >= eas::v14_0) {
        auto sender = message.addresses("Sender");
        bool other = !sender.empty() && !from.empty() &&
                     !mime::equal_ignoring_case(sender.front().address, from.front().address);
        if (other) email.sender = unless_empty(mime::format(sender.front())); // MS-ASEMAIL_R726
    }
    if (version >= eas::v16_0) email.bcc = unless_empty(mime::format(message.addresses("Bcc")));
}

void set_conversation(eas::Email& email, mime::Message const& message, EmailState const& state, eas::Version version) {
    email.thread_topic = in_bounds(message.thread_topic());
    if (version < eas::v14_0) return;
    Time sent = message.date() ? Time(*message.date()) : state.received;
    email.conversation_id = eas::Opaque{state.conversation.empty() ? message.conversation() : state.conversation};
    email.conversation_index = eas::Opaque{conversation_index(message.header().raw("Thread-Index").value_or(""), sent)};
}

// The parts of a draft move about as it is written: there a file is named by what it is.
std::string part_name(mime::Part const& part, EmailState const& state) {
    return state.draft ? mime::lasting_path(part) : part.path;
}

// The last name that is listed says how many are not: nowhere else would a person see it.
std::string with_rest(std::string const& name, std::size_t rest) {
    auto const dot = std::min(name.rfind('.'), name.size());
    return name.substr(0, dot) + " (and " + std::to_string(rest) + " more that are not listed)" + name.substr(dot);
}

void set_attachments(eas::Email& email, mime::Message const& message, EmailState const& state) {
    if (!message.has_attachments()) return;
    auto& list = email.attachments.emplace();
    auto all = message.attachments();
    auto const rest = all.size() - std::min(all.size(), max_attachments);
    all.resize(all.size() - rest);
    if (rest > 0) all.back().name = with_rest(all.back().name, rest);
    for (auto& attachment : all) {
        eas::Attachment out;
        out.display_name = std::move(attachment.name);
        out.file_reference = format(FileReference{state.item, part_name(*attachment.part, state)});
        out.method = static_cast<eas::AttachmentMethod>(attachment.method);
        out.estimated_data_size =
            static_cast<std::uint32_t>(std::min<std::size_t>(attachment.estimated_size, INT32_MAX));
        if (attachment.part->has_id) {
            out.content_id = unless_empty(attachment.part->content_id());
            out.content_location = unless_empty(attachment.part->content_location());
        }
        if (attachment.is_inline) out.is_inline = true;
        list.emplace_back(std::move(out));
    }
}

// What is signed or encrypted is told as that.
void set_meeting(eas::Email& email, mime::Message const& message, EmailState const& state, eas::Version version) {
    if (message.kind() != mime::Kind::note || state.draft) return;
    if (auto notice = itip::noticed(message)) {
        email.meeting_request = to_noticed(*notice, state.owner, version);
        return;
    }
    auto reading = itip::in_mail(message);
    if (!reading || !*reading) return;
    auto meeting = to_meeting_mail(**reading, state.owner, version);
    if (!meeting) return;
    email.message_class = std::string(meeting->message_class);
    email.content_class = "urn:content-classes:calendarmessage";
    email.meeting_request = std::move(meeting->request);
    auto const standing = itip::standing_of(message);
    if (email.meeting_request && standing != itip::Standing::plain)
        email.meeting_request->meeting_message_type = static_cast<std::uint8_t>(standing);
}

eas::Email convert(mime::Message const& message, EmailState const& state, BodyOptions const& options,
                   eas::Version version) {
    eas::Email email;
    set_people(email, message, version);
    email.subject = in_bounds(message.subject());
    email.date_received = wire_time(state.received);
    email.importance = static_cast<eas::Importance>(message.importance());
    set_marks(email, state, version);
    if (email.flag->status && !email.flag->subject) email.flag->subject = email.subject; // MS-ASEMAIL_R1053
    set_attachments(email, message, state);
    email.body_part = to_body_part(message, options, version);
    if (!email.body_part || !options.preferences.empty()) // MS-ASCON_R245 to R248
        email.body = to_body(message, options, version);
    email.message_class = message_class(message);
    email.internet_cpid = internet_cpid(message);
    email.content_class = "urn:content-classes:message"; // MS-ASEMAIL_R342
    set_meeting(email, message, state, version);
    email.native_body_type = message.is_html() ? eas::NativeBodyType::Html : eas::NativeBodyType::Plain;
    set_conversation(email, message, state, version);
    if (version >= eas::v14_0) set_voice(email, message);
    if (version >= eas::v14_0 && blind_copy(message, state)) email.received_as_bcc = true; // never 0 (R649)
    if (version >= eas::v16_0) email.is_draft = state.draft;
    return email;
}

eas::Email in_place(EmailState const& state, std::string text, eas::Version version) {
    eas::Email email;
    email.subject = "(This message could not be shown)";
    email.date_received = wire_time(state.received);
    email.importance = eas::Importance::Normal;
    set_marks(email, state, version);
    auto size = static_cast<std::uint32_t>(text.size());
    email.body = eas::Body{.estimated_data_size = size, .data = eas::Content{mime::clean(std::move(text)), false}};
    email.message_class = "IPM.Note";
    email.internet_cpid = "65001";
    email.content_class = "urn:content-classes:message";
    email.native_body_type = eas::NativeBodyType::Plain;
    if (version >= eas::v14_0) {
        auto conversation = state.conversation.empty() ? std::string(16, '\0') : state.conversation;
        email.conversation_id = eas::Opaque{std::move(conversation)};
        email.conversation_index = eas::Opaque{conversation_index({}, state.received)};
    }
    return email;
}

Converted isolate(EmailState const& state, std::string_view reason, eas::Version version) {
    return {stand_in(state, reason, version), std::string(reason)};
}

} // namespace

Converted to_email(mime::Message const& message, EmailState const& state, BodyOptions const& options,
                   eas::Version version) {
    try {
        return {convert(message, state, options, version)};
    } catch (std::exception const& error) { // no memory for it, or a text beyond what a string can hold
        return isolate(state, error.what(), version);
    }
}

Converted email_from_bytes(std::string_view bytes, EmailState const& state, BodyOptions const& options,
                           eas::Version version) {
    try {
        return {convert(mime::Message::parse(bytes), state, options, version)};
    } catch (std::exception const& error) {
        return isolate(state, error.what(), version);
    }
}

eas::Email stand_in(EmailState const& state, std::string_view reason, eas::Version version) {
    return in_place(state,
                    "The server could not convert this message for your phone. It is safe in the mailbox.\r\n" +
                        std::string(reason) + "\r\n",
                    version);
}

eas::Email lost_content(EmailState const& state, eas::Version version) {
    return in_place(state, std::string(content_is_lost) + "\r\n", version);
}

eas::Email marks_only(EmailState const& state, eas::Version version, MarksTold told) {
    eas::Email all, email;
    set_marks(all, state, version);
    // Up to 12.1 there are no categories to tell: a Change that is only of them says the rest once more.
    bool const rest = !told.read && !told.flag && !all.categories;
    if (told.read || rest) email.read = all.read;
    if (told.flag || rest) email.flag = std::move(all.flag);
    if (told.categories) email.categories = std::move(all.categories);
    return email;
}

namespace {

// What a Change may not say beside the marks. All else is what a phone was told, which costs it bandwidth and is no
// error (MS-ASCMD_R875).
std::string_view beyond_marks(eas::Email const& said) {
    if (said.conversation_id) return "a conversation is the server's (MS-ASEMAIL_R347)";
    if (said.received_as_bcc) return "ReceivedAsBcc is read-only (MS-ASEMAIL_R648)";
    if (said.sender) return "Sender is read-only (MS-ASEMAIL_R723)";
    if (said.um_caller_id || said.um_user_notes)
        return "what is known of a call is the server's (MS-ASEMAIL_R817, R835)";
    auto const is_told = [](auto const& entry) { return std::holds_alternative<eas::Attachment>(entry); };
    if (said.attachments && !std::ranges::all_of(*said.attachments, is_told))
        return "attachments of a message that is no draft (MS-ASEMAIL_R41)"; // what is uploaded is not lost in silence
    return {};
}

} // namespace

bool only_marks(eas::Email const& said) {
    if (said.body || said.attachments) return false; // the large ones are not copied
    auto rest = said;
    rest.read.reset();
    rest.flag.reset();
    rest.categories.reset();
    return rest == eas::Email{};
}

std::expected<EmailChange, std::string_view> from_change(eas::Email const& change) {
    if (auto why = beyond_marks(change); !why.empty()) return std::unexpected(why);
    EmailChange out;
    out.read = change.read;
    out.categories = change.categories;
    if (!change.flag) return out;
    auto const& flag = *change.flag;
    if (auto broken = broken_rule(flag); !broken.empty()) return std::unexpected(broken);
    auto status = flag.status.value_or(flag == eas::EmailFlag{} ? eas::FlagStatus::Cleared : eas::FlagStatus::Active);
    out.flag = EmailChange::Flag{static_cast<std::uint8_t>(status), {}};
    if (status != eas::FlagStatus::Cleared) out.flag->flag = write_flag(flag);
    return out;
}

} // namespace godwit::convert
