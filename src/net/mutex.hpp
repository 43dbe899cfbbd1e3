// The only mutex: rooms other than net hold one through Guarded, so that what it guards cannot be touched without it.
#pragma once
#include <mutex>
#include <utility>

namespace godwit::net {

template <class T> class Guarded {
public:
    template <class... Args> explicit Guarded(Args&&... args) : value_(std::forward<Args>(args)...) {}
    template <class F> decltype(auto) with(F&& f) {
        std::lock_guard lock(mutex_);
        return std::forward<F>(f)(value_);
    }

private:
    std::mutex mutex_;
    T value_;
};

} // namespace godwit::net
