// What stands between a signed-in phone and its command: the circuit breakers, its partnership, a wipe, its policy key.
#pragma once
#include "command/table.hpp"
#include <optional>

namespace godwit::command {

// The answer that turns the phone away; nothing when it may pass.
net::awaitable<std::optional<Reply>> pass_gates(Session& session, Row const& row, std::string_view body);
// A request that was broken or that we could not serve: too many of them open the breaker.
void count_failure(Session& session);

} // namespace godwit::command
