#include "eas/provision.hpp"

namespace godwit::eas {

template Shape const& document<ProvisionRequest>();
template Shape const& document<ProvisionResponse>();

} // namespace godwit::eas
