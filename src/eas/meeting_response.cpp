#include "eas/meeting_response.hpp"

namespace godwit::eas {

template Shape const& document<MeetingResponseRequest>();
template Shape const& document<MeetingResponseResponse>();

} // namespace godwit::eas
