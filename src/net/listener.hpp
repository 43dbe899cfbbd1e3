// Accepts connections and begins one coroutine for each, at most `max_connections` at a time: more wait in the kernel's
// queue. A connection lasts as long as its Stream, which may outlive the coroutine. Out of descriptors it pauses and
// tries again; nothing but close() ends it. A connection's exception ends that connection.
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
    // A connection's place among the listener's, given back when its Stream ends.
    class Seat {
    public:
        Seat() = default;
        explicit Seat(std::shared_ptr<Parts> listener);
        ~Seat();
        Seat(Seat&&) noexcept = default;
        Seat& operator=(Seat&&) = delete;

    private:
        std::shared_ptr<Parts> listener_;
    };

    // Binds at once; throws std::runtime_error with the address and the reason. Port 0 takes a free one: see address().
    Listener(Loop& loop, std::string_view address, std::size_t max_connections);
    ~Listener(); // closes
    Listener(Listener&&) noexcept;

    void start(Serve serve); // begins to accept; `serve` must outlive every connection's coroutine
    void close();            // accepts no more; connections go on
    std::string address() const;
    std::uint16_t port() const;
    std::size_t open() const; // connections that have not ended

private:
    std::shared_ptr<Parts> parts_;
};

} // namespace godwit::net
