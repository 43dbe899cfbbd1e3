#include "eas/sync.hpp"

namespace godwit::eas {

template Shape const& document<SyncOptions>();
template Shape const& document<SyncRequest>();
template Shape const& document<SyncResponse>();

} // namespace godwit::eas
