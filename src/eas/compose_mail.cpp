#include "eas/compose_mail.hpp"

namespace godwit::eas {

template Shape const& document<SendMailRequest>();
template Shape const& document<SmartReplyRequest>();
template Shape const& document<SmartForwardRequest>();
template Shape const& document<SendMailResponse>();
template Shape const& document<SmartReplyResponse>();
template Shape const& document<SmartForwardResponse>();

} // namespace godwit::eas
