// What sign-in remembers for a while, without ever holding a secret: marks under a key that this process drew at its
// start and that leaves it with nobody. A mark is made from the stored hash too, so a changed password forgets both the
// good and the bad.
#pragma once
#include "net/time.hpp"
#include <array>
#include <cstdint>
#include <initializer_list>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace godwit::directory {
using net::Clock;

class Marker {
public:
    Marker();
    // HMAC-SHA256 over the fields and their lengths.
    std::string mark(std::initializer_list<std::string_view> fields) const;

private:
    std::array<unsigned char, 32> key_;
};

// Marks that expire, all after the same time; the oldest makes room when there are too many.
class MarkSet {
public:
    MarkSet(Clock::duration lifetime, std::size_t most) : lifetime_(lifetime), most_(most) {}
    bool holds(std::string const& mark, Clock::time_point now);
    void add(std::string mark, Clock::time_point now);
    std::size_t size() const { return by_mark_.size(); }

private:
    struct Entry {
        std::string mark;
        Clock::time_point until;
    };
    void drop_old(Clock::time_point now);

    Clock::duration lifetime_;
    std::size_t most_;
    std::list<Entry> by_age_;
    std::unordered_map<std::string, std::list<Entry>::iterator> by_mark_;
};

// So many a second, and no more: how often an unknown login may cost a hash.
class Allowance {
public:
    Allowance(double per_second, double most) : per_second_(per_second), most_(most), left_(most) {}
    bool take(Clock::time_point now);

private:
    double per_second_, most_, left_;
    Clock::time_point last_{};
};

} // namespace godwit::directory
