// LMTP on a socket: connections, time limits, and LmtpSession's messages handed to LocalDelivery. A `250` after DATA is
// sent only when the message is durable in that recipient's account.
#pragma once
#include "config/config.hpp"
#include "delivery/lmtp_session.hpp"
#include "delivery/local_delivery.hpp"
#include "directory/directory.hpp"
#include "net/loop.hpp"
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace godwit::delivery {

struct LmtpLimits {
    std::size_t max_connections = 100;
    std::uint64_t max_bytes_in_flight = 512 << 20; // messages being taken in, all connections together: beyond it 451
    std::chrono::seconds command_timeout{300};     // RFC 5321 4.5.3.2.7
    std::chrono::seconds data_timeout{600};        // for a whole message
};

class LmtpServer {
public:
    // Binds at once; throws std::runtime_error with the address and the reason. All that is referred to must outlive
    // the server.
    LmtpServer(net::Loop& loop, std::string_view address, config::Delivery const& config,
               directory::Directory const& directory, LocalDelivery& local, LmtpLimits limits = {});
    ~LmtpServer(); // close()
    void start();
    void close(); // accepts no more; a message whose DATA has ended is still answered
    std::uint16_t port() const;
    std::size_t open() const;

private:
    struct Parts;
    std::shared_ptr<Parts> parts_; // also of every connection under way
};

} // namespace godwit::delivery
