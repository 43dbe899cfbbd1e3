// The organizer's phone: from 16.0 on the server mails what its changes call for; before, the phone does (trap 67).
#pragma once
#include "command/drafts.hpp"
#include "command/sync_exchange.hpp"

namespace godwit::command {

// The organizer's event with the revision that its change makes of it (RFC 5546 2.1.4); as it came, if it is no such.
std::string organizer_revision(std::string_view before, std::string_view after, Voice const& voice);
// What SyncContext::event_heard is: mails go into the outbox in the transaction of the change. Both outlive it.
EventHeard organizer_mails(Postbox& box, std::string const& device);

} // namespace godwit::command
