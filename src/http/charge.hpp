// The bytes of bodies that the server holds at one time, in and out, whose sum is bounded.
#pragma once
#include <algorithm>
#include <cstddef>

namespace godwit::http {

struct Held {
    std::size_t bytes = 0;
    std::size_t most = 256 << 20;
    bool fits() const { return bytes <= most; }
};

// What one exchange holds of it, until its end.
class Charge {
public:
    explicit Charge(Held& held) : held_(held) {}
    ~Charge() { set(0); }
    Charge(Charge const&) = delete;
    Charge& operator=(Charge const&) = delete;

    void set(std::size_t bytes) {
        held_.bytes += bytes - bytes_;
        bytes_ = bytes;
    }
    // A body of unknown length has grown so far; false: there is no room for it.
    bool grown(std::size_t bytes) {
        if (bytes > bytes_) set(bytes);
        return held_.fits();
    }

private:
    Held& held_;
    std::size_t bytes_ = 0;
};

} // namespace godwit::http
