#include "eas/email.hpp"

namespace godwit::eas {

template Shape const& document<Email>();

} // namespace godwit::eas
