// MS-ASCMD 2.2.1.19 SmartForward: as SmartReply, with the original's attachments; of a calendar item the invitation.
// From 16.0 that may be forwarded without a message of the phone's, by Forwardees and Body.
#include "command/compose_mail.hpp"
#include "command/handlers.hpp"
#include "eas/compose_mail.hpp"

namespace godwit::command {
namespace {

using eas::CommonStatus;

bool forwards_calendar_item(eas::SmartForwardRequest const& request) { return request.forwardees || request.body; }

std::optional<CommonStatus> refused(eas::SmartForwardRequest const& request) {
    bool const composed =
        request.mime || request.save_in_sent_items.value || request.replace_mime.value || request.template_id;
    if (forwards_calendar_item(request) && composed) return CommonStatus::InvalidMimeBodyCombination; // R7176, trap 46
    if (!forwards_calendar_item(request) && !request.mime) return CommonStatus::InvalidXML;           // R3342
    return refused_parameters(request.account_id, request.template_id);
}

} // namespace

awaitable<std::optional<eas::SmartForwardResponse>> smart_forward(Session& s, eas::SmartForwardRequest request) {
    if (auto status = refused(request)) co_return eas::SmartForwardResponse{*status};
    if (forwards_calendar_item(request)) {
        auto forward = forward_event(s, std::move(request));
        auto const refused = co_await std::move(forward);
        if (!refused) co_return std::nullopt;
        co_return eas::SmartForwardResponse{*refused};
    }
    auto mime = std::move(*request.mime);
    auto answer = answer_mail(s, mime::Verb::forward, std::move(request), std::move(mime));
    auto work = answer_message(s, std::move(answer));
    auto status = co_await std::move(work);
    if (!status) co_return std::nullopt;
    co_return eas::SmartForwardResponse{*status};
}

// MS-ASCMD_R7470: what cannot be read is Forwardees or Body, or lies in them. Before 16.0 there is neither.
unsigned smart_forward_malformed(eas::Violation const& violation) {
    bool const named = violation.element == eas::composemail::Forwardees.name ||
                       violation.element == eas::airsyncbase::Body.name,
               within =
                   violation.spec == eas::schema<eas::Forwardee>.spec || violation.spec == eas::schema<eas::Body>.spec;
    bool const forwarding = (named || within) && violation.rule != eas::Rule::NotInVersion;
    return std::to_underlying(forwarding ? CommonStatus::InvalidSmartForwardParameters : CommonStatus::InvalidXML);
}

} // namespace godwit::command
