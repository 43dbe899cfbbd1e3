// The threads that take what must not run on the event loop: SQL, hashing, big conversions (DESIGN section 3, STYLE).
// A coroutine of the loop says `co_await pool.run(f)` and comes back to its own executor with f's result or exception.
// A Strand runs what it is given one after the other, in order, on the pool's threads.
#pragma once
#include "net/async.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <variant>

namespace godwit::net {

// Runs f() on `executor`, then resumes the calling coroutine on its own executor. f's exception is rethrown there.
template <class Executor, class F> awaitable<std::invoke_result_t<F>> run_on(Executor executor, F f) {
    using R = std::invoke_result_t<F>;
    using Value = std::conditional_t<std::is_void_v<R>, std::monostate, R>;
    struct Outcome {
        std::exception_ptr failure;
        std::optional<Value> value;
    };
    Outcome outcome;
    auto initiate = [&outcome, &f, executor](auto handler) {
        asio::post(executor, [&outcome, &f, handler = std::move(handler)]() mutable {
            try {
                if constexpr (std::is_void_v<R>)
                    f(), outcome.value.emplace();
                else
                    outcome.value.emplace(f());
            } catch (...) {
                outcome.failure = std::current_exception();
            }
            auto home = asio::get_associated_executor(handler);
            asio::post(home, std::move(handler));
        });
    };
    co_await asio::async_initiate<asio::use_awaitable_t<> const, void()>(initiate, asio::use_awaitable);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    if constexpr (!std::is_void_v<R>) co_return std::move(*outcome.value);
}

class Pool {
public:
    using Strand = asio::strand<asio::thread_pool::executor_type>;

    explicit Pool(unsigned threads) : threads_(threads) {}
    ~Pool() { threads_.join(); }

    template <class F> awaitable<std::invoke_result_t<F>> run(F f) {
        return run_on(threads_.get_executor(), std::move(f));
    }
    Strand strand() { return asio::make_strand(threads_.get_executor()); }

private:
    asio::thread_pool threads_;
};

} // namespace godwit::net
