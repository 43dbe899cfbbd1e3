#include "eas/move_items.hpp"

namespace godwit::eas {

template Shape const& document<MoveItemsRequest>();
template Shape const& document<MoveItemsResponse>();

} // namespace godwit::eas
