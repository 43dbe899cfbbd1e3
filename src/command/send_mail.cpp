// MS-ASCMD 2.2.1.17 SendMail. A success has an empty body. From 14.0 the ClientId makes a resend harmless (status
// 118, trap 45); before, the body is the message itself and a failure is an HTTP code (send_mime).
#include "command/compose_mail.hpp"
#include "command/handlers.hpp"
#include "eas/compose_mail.hpp"

namespace godwit::command {

awaitable<std::optional<eas::SendMailResponse>> send_mail(Session& s, eas::SendMailRequest request) {
    if (auto refused = refused_parameters(request.account_id, request.template_id))
        co_return eas::SendMailResponse{*refused};
    delivery::Sending sending{.user = s.user,
                              .device = s.device,
                              .client_id = std::move(request.client_id),
                              .mime = std::move(request.mime.bytes),
                              .save_in_sent = request.save_in_sent_items.value};
    auto work = send_message(s, std::move(sending));
    auto status = co_await std::move(work);
    if (!status) co_return std::nullopt;
    co_return eas::SendMailResponse{*status};
}

} // namespace godwit::command
