#include "net/signals.hpp"
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace godwit::net {

struct Signals::Parts : std::enable_shared_from_this<Signals::Parts> {
    Parts(asio::any_io_executor executor, std::function<void()> s, std::function<void()> r)
        : set(executor, SIGTERM, SIGINT, SIGHUP), stop(std::move(s)), reload(std::move(r)) {}

    void wait() {
        set.async_wait([weak = weak_from_this()](boost::system::error_code error, int number) {
            auto self = weak.lock();
            if (error || !self) return;
            self->wait();
            number == SIGHUP ? self->reload() : self->stop();
        });
    }

    asio::signal_set set;
    std::function<void()> stop, reload;
};

Signals::Signals(Loop& loop, std::function<void()> stop, std::function<void()> reload)
    : parts_(std::make_shared<Parts>(loop.executor(), std::move(stop), std::move(reload))) {
    parts_->wait();
}
Signals::~Signals() { parts_->set.cancel(); }

} // namespace godwit::net
