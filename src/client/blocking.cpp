#include "client/blocking.hpp"
#include "net/time.hpp"

namespace godwit::client {

BlockingPhone::~BlockingPhone() {
    if (!held_) return;
    phone_.poll_connection().close(); // the coroutine ends before what it uses
    wait(std::chrono::seconds(5));
}

net::awaitable<void> BlockingPhone::run_ping(Phone& phone, PingAsk ask, std::shared_ptr<Held> into) {
    into->ping = co_await phone.ping(std::move(ask));
}

net::awaitable<void> BlockingPhone::run_sync(Phone& phone, SyncAsk ask, std::shared_ptr<Held> into) {
    into->sync = co_await phone.sync(std::move(ask));
}

void BlockingPhone::start(net::awaitable<void> work) {
    loop_.spawn(std::move(work), [held = held_](std::exception_ptr failure) {
        held->failure = failure;
        held->done = true;
    });
    run_for(milliseconds(1)); // so that the request leaves now
}

void BlockingPhone::hold(PingAsk ask) {
    held_ = std::make_shared<Held>();
    start(run_ping(phone_, std::move(ask), held_));
}

void BlockingPhone::hold_sync(SyncAsk ask) {
    held_ = std::make_shared<Held>();
    start(run_sync(phone_, std::move(ask), held_));
}

net::awaitable<void> BlockingPhone::until(std::shared_ptr<Held> held, milliseconds patience) {
    auto end = net::Clock::now() + patience;
    while (!held->done && net::Clock::now() < end) co_await net::sleep_for(milliseconds(1));
}

bool BlockingPhone::wait(milliseconds patience) {
    loop_.wait_for(until(held_, patience));
    return held_->done;
}

std::optional<PingAnswer> BlockingPhone::held(milliseconds patience) {
    if (!held_ || !wait(patience)) return std::nullopt;
    auto held = std::exchange(held_, nullptr);
    if (held->failure) std::rethrow_exception(held->failure);
    return held->ping;
}

std::optional<SyncAnswer> BlockingPhone::held_sync(milliseconds patience) {
    if (!held_ || !wait(patience)) return std::nullopt;
    auto held = std::exchange(held_, nullptr);
    if (held->failure) std::rethrow_exception(held->failure);
    return held->sync;
}

void BlockingPhone::run_for(milliseconds time) { loop_.wait_for(net::sleep_for(time)); }

} // namespace godwit::client
