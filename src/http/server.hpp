// The HTTP side: connections, TLS, the gates (authenticate, device and version), routing, Autodiscover (DESIGN section
// 4). A request is read whole within bounds, handed to `dispatch`, and answered in order; while it is held its
// connection keeps no buffer, and a phone that leaves frees it at once. Whatever goes wrong here is 503 with
// Retry-After, never 500 (law 5). One log line per request, when it ends, by the logger "godwit".
#pragma once
#include "index/types.hpp"
#include "net/async.hpp"
#include "net/loop.hpp"
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace godwit::net {
class TlsContext;
}
namespace godwit::command {
struct Rooms;
struct Session;
struct Reply;
} // namespace godwit::command

namespace godwit::http {

class Server {
public:
    // main passes command::dispatch; tests what they like.
    using Dispatch = std::function<net::awaitable<command::Reply>(command::Session&, std::string body)>;
    struct Parts;

    // `commands` is the answer to OPTIONS (MS-ASProtocolCommands): those that dispatch knows, "Sync,SendMail,...".
    Server(net::Loop& loop, command::Rooms const& rooms, std::string commands, Dispatch dispatch);
    ~Server();

    // Binds and accepts at once; throws std::runtime_error. Gives the address with the port that was taken.
    // `tls` (plain when null) is used for each new connection, so that a reload() of it is seen.
    std::string listen(std::string_view address, net::TlsContext* tls = nullptr);

    // Accepts no more, ends held requests with "no change", lets answers finish for at most `grace`, closes all.
    net::awaitable<void> stop(std::chrono::milliseconds grace);

    // Ends the held polls of accounts whose sign-in may not be good any more, with "no change": their phones come
    // again at once, and sign-in tells them.
    void end_polls(std::span<index::AccountId const> accounts);

    std::size_t connections() const;
    std::size_t requests_in_flight() const;

private:
    std::shared_ptr<Parts> parts_;
};

} // namespace godwit::http
