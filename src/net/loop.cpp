#include "net/loop.hpp"
#include "net/timer.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

namespace godwit::net {

struct Loop::Parts {
    asio::io_context context{1}; // one thread runs it; the pool's threads only post to it
};

Loop::Loop() : parts_(std::make_unique<Parts>()) {
    std::signal(SIGPIPE,
                SIG_IGN); // OpenSSL writes with write(2): a peer that left is an error, not the end of the process
}
Loop::~Loop() = default;

asio::any_io_executor Loop::executor() const { return parts_->context.get_executor(); }

void Loop::run() {
    parts_->context.restart();
    parts_->context.run();
}

void Loop::stop() { parts_->context.stop(); }

void Loop::post(std::function<void()> f) { asio::post(parts_->context, std::move(f)); }

void Loop::spawn(awaitable<void> work, Done done) {
    asio::co_spawn(parts_->context, std::move(work), [done = std::move(done)](std::exception_ptr failure) {
        if (done) done(failure);
    });
}

void Loop::run_until(awaitable<void> work) {
    bool ended = false;
    std::exception_ptr failure;
    spawn(std::move(work), [&](std::exception_ptr e) { ended = true, failure = e; });
    parts_->context.restart();
    while (!ended && parts_->context.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
}

awaitable<void> sleep_for(std::chrono::milliseconds duration) {
    auto executor = co_await asio::this_coro::executor;
    Timer timer(executor, duration);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

awaitable<void> next_turn() {
    auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
}

} // namespace godwit::net
