// MS-ASCMD 2.2.1.20 SmartReply: the original is quoted below what the phone has written.
#include "command/compose_mail.hpp"
#include "command/handlers.hpp"
#include "eas/compose_mail.hpp"

namespace godwit::command {

awaitable<std::optional<eas::SmartReplyResponse>> smart_reply(Session& s, eas::SmartReplyRequest request) {
    if (auto refused = refused_parameters(request.account_id, request.template_id))
        co_return eas::SmartReplyResponse{*refused};
    auto mime = std::move(request.mime);
    auto answer = answer_mail(s, mime::Verb::reply, std::move(request), std::move(mime));
    auto work = answer_message(s, std::move(answer));
    auto status = co_await std::move(work);
    if (!status) co_return std::nullopt;
    co_return eas::SmartReplyResponse{*status};
}

} // namespace godwit::command
