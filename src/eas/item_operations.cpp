#include "eas/item_operations.hpp"

namespace godwit::eas {

template Shape const& document<ItemOperationsRequest>();
template Shape const& document<FileProperties>();
template Shape const& document<ItemOperationsResponse>();

} // namespace godwit::eas
