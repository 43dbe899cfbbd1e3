// How many recipients an account's phones may write to in 24 hours (status 115), so that a stolen phone is no mail
// cannon. Counted by the hour in the account's own index, in the transaction that puts the message into the outbox:
// what a crash undoes was not counted, what a phone repeats is counted once. What the relay refuses later has counted.
#pragma once
#include "index/transaction.hpp"

namespace godwit::delivery {

// Of the hour that runs and the 23 before it. Hours that lie ahead (the clock was set back) are not counted.
std::uint64_t recipients_lately(index::Transaction& tx, index::Time now);

// False: with `recipients` more it would be over `most` (0: no limit), and nothing has changed.
bool use_allowance(index::Transaction& tx, std::uint64_t recipients, std::uint64_t most, index::Time now);

} // namespace godwit::delivery
