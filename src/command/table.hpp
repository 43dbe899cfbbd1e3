// Which commands there are, and the policy of each: table.cpp is the only list. A row's function is all that the
// dispatcher calls; bind.hpp makes it from a handler `awaitable<Response> f(Session&, Request)`.
#pragma once
#include "command/session.hpp"
#include "eas/schema.hpp"
#include <span>

namespace godwit::command {

enum class Budget : std::uint8_t { Quick, Items, Held }; // what a request of this kind costs the server

struct Row {
    eas::Command command;
    std::string_view spec;
    unsigned malformed; // the status for a broken wire: the command's own, or a common one
    unsigned failed;    // the status for our failure
    bool needs_policy_key = true;
    bool may_be_empty = false; // an empty body has a meaning of its own
    Budget budget = Budget::Quick;
    net::awaitable<Reply> (*run)(Session&, Row const&, std::string body) = nullptr;
    std::string (*status_only)(unsigned status, eas::Version) = nullptr; // the response document that is only a status
    unsigned (*malformed_as)(eas::Violation const&) = nullptr;           // where the kind of violation matters
};

std::span<Row const> table();
Row const* find(eas::Command command);
std::string protocol_commands(); // MS-ASProtocolCommands

// The answer that says only a status: the document, or up to 12.1 the HTTP code in place of a common one (trap 43).
Reply status_reply(Session const& session, Row const& row, unsigned status);
Reply malformed_reply(Session& session, Row const& row, eas::Violation const& violation);

} // namespace godwit::command
