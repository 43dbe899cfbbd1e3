#include "eas/ping.hpp"

namespace godwit::eas {

template Shape const& document<PingRequest>();
template Shape const& document<PingResponse>();

} // namespace godwit::eas
