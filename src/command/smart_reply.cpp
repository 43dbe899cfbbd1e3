// MS-ASCMD 2.2.1.20 SmartReply: the original is quoted below what the phone has written.
#include "command/compose_mail.hpp"
#include "command/handlers.hpp"

namespace godwit::command {

awaitable<std::optional<eas::SmartReplyResponse>> smart_reply(Session& s, eas::SmartReplyRequest request) {
    if (auto refused = refused_parameters(request.account_id, request.template_id))
        co_return eas::SmartReplyResponse{*refused};
    AnswerMail answer{.source = std::move(request.source),
                      .verb = mime::Verb::reply,
                      .replace_mime = request.replace_mime.value,
                      .sending = {.user = s.user,
                                  .device = s.device,
                                  .client_id = std::move(request.client_id),
                                  .mime = std::move(request.mime.bytes),
                                  .save_in_sent = request.save_in_sent_items.value}};
    auto work = answer_message(s, std::move(answer));
    auto status = co_await std::move(work);
    if (!status) co_return std::nullopt;
    co_return eas::SmartReplyResponse{*status};
}

} // namespace godwit::command
