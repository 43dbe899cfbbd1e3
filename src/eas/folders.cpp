#include "eas/folders.hpp"

namespace godwit::eas {

template Shape const& document<FolderSyncRequest>();
template Shape const& document<FolderSyncResponse>();
template Shape const& document<FolderCreateRequest>();
template Shape const& document<FolderCreateResponse>();
template Shape const& document<FolderUpdateRequest>();
template Shape const& document<FolderUpdateResponse>();
template Shape const& document<FolderDeleteRequest>();
template Shape const& document<FolderDeleteResponse>();

} // namespace godwit::eas
