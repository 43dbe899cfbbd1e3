// MS-ASCMD 2.2.1.17 SendMail. A success has an empty body. From 14.0 the ClientId makes a resend harmless (status
// 118, trap 45); before, the body is the message itself and a failure is an HTTP code.
#include "command/handlers.hpp"
#include "delivery/outbox.hpp"

namespace godwit::command {
namespace {

using delivery::SendResult;
using eas::CommonStatus;

// Whether this could be a message at all: some header field, or nothing but a body is not what a phone composes.
bool looks_like_mime(std::string_view mime) { return mime.find(':') < mime.find('\n'); }

std::optional<CommonStatus> status_of(SendResult result) {
    switch (result) {
    case SendResult::Sent: return std::nullopt;
    case SendResult::PreviouslySent: return CommonStatus::MessagePreviouslySent;
    case SendResult::NoRecipients: return CommonStatus::MessageHasNoRecipient;
    case SendResult::BadRecipient: return CommonStatus::MessageRecipientUnresolved;
    case SendResult::NoRelay: return CommonStatus::MailSubmissionFailed;
    case SendResult::TooLarge: return CommonStatus::AttachmentIsTooLarge;
    case SendResult::QuotaExceeded: return CommonStatus::MailboxQuotaExceeded;
    case SendResult::Failed: break;
    }
    return CommonStatus::ServerErrorRetryLater;
}

awaitable<std::optional<CommonStatus>> send(Session& s, delivery::Sending sending) {
    if (!looks_like_mime(sending.mime)) co_return CommonStatus::InvalidMIME;
    auto work = s.rooms.outbox.send(std::move(sending));
    auto result = co_await std::move(work);
    // A full disk recovers by itself: the dispatcher's 503 brings the phone back (issue 2, "Bad input").
    if (result == SendResult::QuotaExceeded) throw index::StoreFull("the sender's store is full");
    co_return status_of(result);
}

} // namespace

awaitable<std::optional<eas::SendMailResponse>> send_mail(Session& s, eas::SendMailRequest request) {
    // There is one account, the user's own, and it has no AccountId (settings.cpp).
    if (request.account_id) co_return eas::SendMailResponse{CommonStatus::InvalidAccountId};
    if (request.template_id) co_return eas::SendMailResponse{CommonStatus::IRMFeatureDisabled};
    delivery::Sending sending{.user = s.user,
                              .device = s.device,
                              .client_id = std::move(request.client_id),
                              .mime = std::move(request.mime.bytes),
                              .save_in_sent = request.save_in_sent_items.value};
    auto status = co_await send(s, std::move(sending));
    if (!status) co_return std::nullopt;
    co_return eas::SendMailResponse{*status};
}

awaitable<Reply> send_mime(Session& s, Row const& row, std::string mime) {
    delivery::Sending sending{
        .user = s.user, .device = s.device, .mime = std::move(mime), .save_in_sent = s.line.save_in_sent};
    auto status = co_await send(s, std::move(sending));
    if (!status) co_return Reply{};
    co_return status_reply(s, row, std::to_underlying(*status));
}

} // namespace godwit::command
