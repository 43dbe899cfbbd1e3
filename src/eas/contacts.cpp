#include "eas/contacts.hpp"

namespace godwit::eas {

template Shape const& document<Contact>();

} // namespace godwit::eas
