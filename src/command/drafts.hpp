// Drafts by Sync, from 16.0 on (MS-ASEMAIL 3.1.5.4): a phone's Add and Change in the Drafts folder in the engine's
// words, and Send, by which a draft leaves. A draft that is sent goes through the outbox in the same transaction, under
// a name that is remembered there: however often it is said, it leaves once (law 1).
#pragma once
#include "command/sync_exchange.hpp"
#include "config/config.hpp"
#include "directory/directory.hpp"
#include "eas/email.hpp"
#include <memory>

namespace godwit::command {

// How the one who speaks sends mail; on the account's strand.
struct Postbox {
    directory::User user;
    config::Delivery const& config;
    directory::Directory const& directory;
    bool used = false; // something was handed in: the outbox is to be told after the commit
};

struct DraftSaid {
    std::shared_ptr<eas::Email const> email; // nothing said: null
    std::uint64_t fingerprint = 0;
    bool send = false;
};

// Both refer to the context when they are carried out. An Add that is sent at once makes no item.
sync::AddCommand add_draft(SyncContext& context, std::string client_id, DraftSaid said);
sync::ChangeCommand change_draft(SyncContext& context, index::ItemId item, DraftSaid said);

} // namespace godwit::command
