// What SendMail, SmartReply and SmartForward have in common: from the phone's message to the outbox, and the status of
// the outcome.
#pragma once
#include "command/session.hpp"
#include "delivery/outbox.hpp"
#include "eas/compose_mail.hpp"
#include "ical/component.hpp"
#include "mime/answer.hpp"
#include <optional>

namespace godwit::command {

// None: it is sent. Refused are an AccountId (there is one account, and it has none) and a TemplateID (no IRM).
// What the phone is told of it; nothing: it was sent. Drafts say some of it in their own way (drafts.cpp).
std::optional<eas::CommonStatus> status_of(delivery::SendResult result);

net::awaitable<std::optional<eas::CommonStatus>> send_message(Session& s, delivery::Sending sending);
std::optional<eas::CommonStatus> refused_parameters(std::optional<std::string> const& account_id,
                                                    std::optional<std::string> const& template_id);

struct AnswerMail {
    eas::ComposeSource source = {};
    mime::Verb verb = mime::Verb::reply;
    bool replace_mime = false; // the phone has edited the original itself: nothing is added
    delivery::Sending sending = {};
};
// Of a SmartReplyRequest or a SmartForwardRequest, but for the message itself.
template <class Request>
AnswerMail answer_mail(Session const& s, mime::Verb verb, Request&& request, eas::Opaque mime) {
    return {.source = std::move(request.source),
            .verb = verb,
            .replace_mime = request.replace_mime.value,
            .sending = {.user = s.user,
                        .device = s.device,
                        .client_id = std::move(request.client_id),
                        .mime = std::move(mime.bytes),
                        .save_in_sent = request.save_in_sent_items.value}};
}
// The same with the original below it, which is then marked as answered (MS-ASEMAIL 2.2.2.44).
net::awaitable<std::optional<eas::CommonStatus>> answer_message(Session& s, AnswerMail answer);

// An item that a phone names as the source of what it composes, or the status that says what is wrong with the name.
struct SourceName {
    index::ItemId item = {};
    std::optional<eas::Instant> instance = {}; // the occurrence of it that is meant
};
std::expected<SourceName, eas::CommonStatus> source_name(eas::ComposeSource const& source);

// ---- forward_event.cpp
// The occurrence of a calendar item that the phone names, as itip counts (convert::occurrence_named).
eas::Instant occurrence_named(index::Transaction& tx, ical::Component calendar, eas::Instant instance,
                              Session const& s);
// A calendar item forwarded without a message of the phone's (16.0): the server composes it, and tells the organizer.
net::awaitable<std::optional<eas::CommonStatus>> forward_event(Session& s, eas::SmartForwardRequest request);
// What a mail invites to, but to the one occurrence of it alone; nothing of a mail that is forwarded as it is.
std::expected<std::optional<mime::Answering::Invitation>, eas::CommonStatus>
invitation_to_one(std::string_view mail, eas::Instant const& instance, directory::User const& user);
// What is passed on below words of the sender's own: a calendar item, or the invitation's mail.
struct Passed {
    std::shared_ptr<std::string const> source;
    bool event = true;
    bool deleted = false; // lies in Deleted Items
    std::optional<eas::Instant> instance = {};
};
// The item as a message that a phone's own can be put on top of, the invitation in it.
std::expected<std::string, eas::CommonStatus> event_as_mail(Passed const& passed, directory::User const& user);
// What a reply to a meeting is put on top of: the item as a message (of a mail none, that is quoted itself), when it
// is, or the occurrence, and where.
struct MeetingQuote {
    std::string mail = {}, when = {}, where = {};
};
std::expected<MeetingQuote, eas::CommonStatus> meeting_as_quote(Passed const& passed, directory::User const& user);
// What the organizer is told of it; nothing if it is the sender's meeting, or goes to nobody else, or is none.
std::optional<std::string> notice_of_forward(Passed const& passed, std::string_view mime, directory::User const& user);
// Into the outbox, once a forward: that he cannot be told is no reason to send nothing.
void hand_in_notice(index::Transaction& tx, delivery::Sending telling, Rooms const& rooms);
bool is_deleted(index::Transaction& tx, index::Item const& item); // lies in Deleted Items
std::string plain_text(std::optional<eas::Body> const& body);     // of what a phone has written, whatever its type

} // namespace godwit::command
