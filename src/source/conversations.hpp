// Conversations that somebody has moved for good (MS-ASCON 3.2.5.3): what there is of them, and what is still to come.
#pragma once
#include "index/transaction.hpp"

namespace godwit::source {

/// Moves every message of the conversation to that folder, but what lies in Sent Items, Drafts or the Outbox, and those
/// too that will come. False: the account has nothing of it. Moved to the Inbox, it is an ordinary one again.
/// `thread`: index::Item::thread, the bytes of a ConversationId.
bool move_conversation(index::Transaction&, std::string_view thread, index::CollectionId to);

/// A message has just come into a folder: it goes on to where its conversation was moved, if that is still there.
void follow_conversation(index::Transaction&, index::ItemId arrived);

} // namespace godwit::source
