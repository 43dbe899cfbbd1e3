// The gates that a request passes before its body is read: method, overload, sign-in, device and version (DESIGN section 4).
// Access, budget, policy and decoding come behind, in command::dispatch. For the files of this room alone.
#pragma once
#include "http/connection.hpp"
#include <memory>
#include <optional>

namespace godwit::http {

// Who asks for what; what the gates have found out.
struct Admitted {
    Route route = Route::Nowhere;
    directory::User user = {};
    eas::RequestLine line = {};
    eas::Version version = eas::v16_1;
};

// An answer is a refusal. `record` learns what the log shall say.
net::awaitable<std::optional<command::Reply>> admit(Connection& connection, Request const& request, Admitted& admitted,
                                                    Record& record);

std::optional<command::Reply> method_gate(Request const& request, Route route);
std::optional<command::Reply> overload_gate(Server::Parts& server);
net::awaitable<std::optional<command::Reply>> sign_in_gate(Connection& connection, Request const& request,
                                                           Admitted& admitted, Record& record);
std::optional<command::Reply> device_gate(Request const& request, Admitted& admitted, Record& record);

command::Reply plain(unsigned status, std::string_view text); // a sentence for whoever debugs
command::Reply unavailable(Server::Parts& server); // 503 with Retry-After; phones do not come back all at once

} // namespace godwit::http
