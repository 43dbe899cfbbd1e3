// A phone's Add and Change of an item that is no mail, in the engine's words; for any class (item_kind.hpp).
#pragma once
#include "command/item_kind.hpp"
#include "command/sync_exchange.hpp"

namespace godwit::command {

// All three refer to the context when they are carried out.
sync::AddCommand add_item(SyncContext& context, ItemKind const& kind, index::Folder const& folder,
                          eas::ClientAdd const& add, Voice const& voice);
sync::ChangeCommand change_item(ItemKind const& kind, index::ItemId item, eas::Fragment const& said,
                                Voice const& voice);

} // namespace godwit::command
