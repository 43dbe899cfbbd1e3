#include "eas/calendar.hpp"

namespace godwit::eas {

template Shape const& document<Calendar>();

} // namespace godwit::eas
