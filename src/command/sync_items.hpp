// A phone's commands for an item that is no mail, in the engine's words; for any class (item_kind.hpp).
#pragma once
#include "command/item_kind.hpp"
#include "command/sync_exchange.hpp"
#include <memory>

namespace godwit::command {

using SharedVoice = std::shared_ptr<Voice const>;

// All refer to the context when they are carried out.
sync::AddCommand add_item(SyncContext& context, ItemKind const& kind, index::Folder const& folder,
                          eas::ClientAdd const& add, SharedVoice voice);
sync::ChangeCommand change_item(SyncContext& context, ItemKind const& kind, index::ItemId item,
                                eas::Fragment const& said, SharedVoice voice);
// One occurrence of a series; nothing said: it goes.
sync::ChangeCommand change_occurrence(SyncContext& context, ItemKind const& kind, index::ItemId item,
                                      eas::Instant instance, std::optional<eas::Fragment> const& said,
                                      SharedVoice voice);
sync::DeleteCommand delete_item(SyncContext& context, ItemKind const& kind, index::ItemId item, SharedVoice voice);

} // namespace godwit::command
