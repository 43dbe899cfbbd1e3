// What all the items and files that one request fetches may take in its answer together; no request has more memory.
#pragma once
#include <algorithm>
#include <cstdint>
#include <utility>

namespace godwit::command {

class FetchBudget {
public:
    explicit FetchBudget(std::uint64_t bytes = 64 << 20) : left_(bytes) {}

    // Nothing more fits: it need not even be read.
    bool spent() const { return left_ == 0; }
    // False: it does not fit, and nothing after it does. The first one always does, or it could never be had.
    bool take(std::uint64_t bytes) {
        bool fits = !std::exchange(begun_, true) || bytes <= left_;
        left_ -= fits ? std::min(left_, bytes) : left_;
        return fits;
    }

private:
    std::uint64_t left_;
    bool begun_ = false;
};

} // namespace godwit::command
