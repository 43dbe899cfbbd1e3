// The one event loop: every session, timer and signal runs here, on the thread that called run(). What must not block
// it goes to the Pool. Coroutines are started by spawn() alone, and their exceptions end in `done`, never in run().
#pragma once
#include "net/async.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

namespace godwit::net {

class Loop {
public:
    using Done = std::function<void(std::exception_ptr)>; // on the loop, when the coroutine ends; null: no exception

    Loop();
    ~Loop();
    Loop(Loop const&) = delete;

    asio::any_io_executor executor() const;
    void run();                                  // until stop(), or until nothing is left to do
    void stop();                                 // from any thread
    void post(std::function<void()>);            // from any thread: runs on the loop, in order
    void spawn(awaitable<void>, Done done = {}); // without `done` an exception is dropped
    // Runs the loop until this one coroutine has ended, and gives its result: tests and the command line.
    template <class T> T wait_for(awaitable<T> work);

private:
    void run_until(awaitable<void>);
    template <class T> static awaitable<void> keep(awaitable<T> work, std::optional<T>& result);
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Waits on the server's clock (frozen in tests).
awaitable<void> sleep_for(std::chrono::milliseconds);
// Goes on from the loop, behind what is ready now: for a coroutine that is started from within somebody else's work.
awaitable<void> next_turn();

template <class T> awaitable<void> Loop::keep(awaitable<T> work, std::optional<T>& result) {
    result = co_await std::move(work);
}
template <class T> T Loop::wait_for(awaitable<T> work) {
    if constexpr (std::is_void_v<T>) {
        run_until(std::move(work));
    } else {
        std::optional<T> result;
        run_until(keep(std::move(work), result));
        return std::move(*result);
    }
}

} // namespace godwit::net
