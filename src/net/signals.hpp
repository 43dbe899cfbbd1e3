// SIGTERM and SIGINT ask the server to stop, SIGHUP to read its certificate again. Both functions run on the loop.
#pragma once
#include "net/loop.hpp"
#include <functional>
#include <memory>

namespace godwit::net {

class Signals {
public:
    Signals(Loop& loop, std::function<void()> stop, std::function<void()> reload);
    ~Signals();

private:
    struct Parts;
    std::shared_ptr<Parts> parts_;
};

} // namespace godwit::net
