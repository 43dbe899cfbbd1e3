#include "eas/tasks.hpp"

namespace godwit::eas {

template Shape const& document<Task>();

} // namespace godwit::eas
