// What a Stream is made of; for the files of this room alone.
#pragma once
#include "net/listener.hpp"
#include "net/stream.hpp"
#include "net/timer.hpp"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

namespace godwit::net {

struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// The loop behind a type-erased executor, which would lie six words large in each socket, timer and wait.
asio::io_context::executor_type loop_of(asio::any_io_executor const& executor);

struct Stream::Parts : std::enable_shared_from_this<Stream::Parts> {
    using tcp = asio::ip::tcp;
    enum class Want : std::uint8_t { Read, Write };

    using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
    using Deadline = asio::basic_waitable_timer<Clock, FrozenAwareWait, asio::io_context::executor_type>;

    explicit Parts(Socket s, Listener::Seat seat = {});

    // One attempt without waiting. Nothing: `want` says for what to wait.
    Outcome<std::size_t> try_read(std::span<char> into);
    Outcome<std::size_t> try_write(std::string_view bytes);
    // Of OpenSSL's answer: 0 when it must wait, else the error.
    Outcome<std::size_t> tls_outcome(int result);
    // After a wait: the reason why it ended, if it was not readiness.
    Outcome<void> after_wait(boost::system::error_code error) const;
    // Before a wait.
    Outcome<void> may_wait() const;
    Socket::wait_type wait_type() const { return want == Want::Read ? Socket::wait_read : Socket::wait_write; }
    // Bytes that OpenSSL has decrypted already: the socket will not report them.
    bool has_pending() const { return ssl && SSL_pending(ssl.get()) > 0; }

    void set_deadline(Clock::time_point at);
    void arm();
    void close();

    Listener::Seat seat;
    Socket socket;
    std::unique_ptr<Deadline> timer; // none: no deadline is set
    std::unique_ptr<SSL, FreeSsl> ssl;
    Clock::time_point expiry = Clock::time_point::max();
    std::function<void()> readable; // of watch()
    std::uint32_t watch_turn = 0;   // a handler of an older watch does nothing
    Want want = Want::Read;
    bool armed = false; // the timer's wait is under way, perhaps for an earlier expiry
    bool timed_out = false;
    bool canceled = false;
    tcp::endpoint remote;
};

// Non-blocking, no delay, keepalive: what every connection of ours has.
void prepare(Stream::Parts::Socket& socket);

} // namespace godwit::net
