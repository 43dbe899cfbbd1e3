#include "eas/item_estimate.hpp"

namespace godwit::eas {

template Shape const& document<GetItemEstimateRequest>();
template Shape const& document<GetItemEstimateResponse>();

} // namespace godwit::eas
