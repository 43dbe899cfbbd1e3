// A Sync request made whole and checked: an empty one is the one before again, a partial one is completed from it
// (MS-ASCMD 2.2.1.21.1 and 2.2.3.131). What is remembered is the request as it was sent, keys included, and the keys
// that it was answered with. An empty request is the one before word for word: said again after a lost answer it brings
// the same changes again, so nothing is lost. A partial one continues: the collections that it does not name go on from
// their current keys (trap 17). It is kept in memory; after a restart the phone gets status 13 and says all.
#pragma once
#include "command/session.hpp"
#include "eas/sync.hpp"
#include "index/types.hpp"
#include <expected>

namespace godwit::command {

using SyncRefusal = eas::SyncResponse;

// `last` is the remembered request, and becomes this one; of one that is refused nothing is remembered (R674).
std::expected<eas::SyncRequest, SyncRefusal> completed(eas::SyncRequest request, std::string& last,
                                                       config::Sync const& limits);
eas::SyncRequest repeated(std::string_view last); // what to look at again while it is held
void learn_keys(std::string& last, eas::SyncResponse const& answer);

// How long the phone wants to wait for news; 0: not at all.
std::chrono::seconds patience_of(eas::SyncRequest const& request);
std::vector<index::CollectionId> collections_of(eas::SyncRequest const& request); // those that have an id of ours

} // namespace godwit::command
