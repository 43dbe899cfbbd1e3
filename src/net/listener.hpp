// Accepts connections and runs one coroutine for each, at most `max_connections` at a time: more wait in the kernel's
// queue. Out of descriptors it pauses and tries again; nothing but close() ends it. A connection's exception ends that
// connection.
#pragma once
#include "net/loop.hpp"
#include "net/stream.hpp"
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace godwit::net {

class Listener {
public:
    using Serve = std::function<awaitable<void>(Stream)>;
    struct Parts;

    // Binds at once; throws std::runtime_error with the address and the reason. Port 0 takes a free one: see address().
    Listener(Loop& loop, std::string_view address, std::size_t max_connections);
    ~Listener(); // closes
    Listener(Listener&&) noexcept;

    void start(Serve serve); // begins to accept; `serve` must outlive every connection's coroutine
    void close();            // accepts no more; connections go on
    std::string address() const;
    std::uint16_t port() const;
    std::size_t open() const; // connections under way

private:
    std::shared_ptr<Parts> parts_;
};

} // namespace godwit::net
