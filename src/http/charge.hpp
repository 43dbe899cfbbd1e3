// The bytes of bodies that the server holds at one time, in and out, whose sum is bounded; and one account's part of
// them, so that a phone that sends or reads slowly shuts out its own account at most (law 8).
#pragma once
#include "index/types.hpp"
#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>

namespace godwit::http {

struct Held {
    std::size_t bytes = 0;
    std::size_t most = 256 << 20;
    std::unordered_map<index::AccountId, std::size_t> of = {}; // what accounts hold; who holds nothing is not in it
    bool fits(std::size_t more = 0) const { return bytes + more <= most; }
    bool fits(index::AccountId who, std::size_t more) const {
        auto const found = of.find(who);
        return fits(more) && (found == of.end() ? 0 : found->second) + more <= most / 3;
    }
};

// What one exchange holds of it, until its end.
class Charge {
public:
    explicit Charge(Held& held) : held_(held) {}
    ~Charge() { set(0); }
    Charge(Charge const&) = delete;
    Charge& operator=(Charge const&) = delete;

    // Whose it is from now on.
    void belongs_to(index::AccountId who) {
        auto const bytes = bytes_;
        set(0);
        who_ = who;
        set(bytes);
    }
    // What is there, whether there is room or not.
    void set(std::size_t bytes) {
        held_.bytes += bytes - bytes_;
        if (who_ && bytes != bytes_) {
            auto const share = held_.of.try_emplace(*who_).first;
            share->second += bytes - bytes_;
            if (share->second == 0) held_.of.erase(share);
        }
        bytes_ = bytes;
    }
    // Room for that much in all. What was reserved is never refused again; false: there is none, nothing has changed.
    bool reserve(std::size_t bytes) {
        if (bytes <= bytes_) return true;
        auto const more = bytes - bytes_;
        if (who_ ? !held_.fits(*who_, more) : !held_.fits(more)) return false;
        set(bytes);
        return true;
    }

private:
    Held& held_;
    std::optional<index::AccountId> who_;
    std::size_t bytes_ = 0;
};

} // namespace godwit::http
