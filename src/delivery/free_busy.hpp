// When an account has no time, for whoever is to be told: of its Calendar, nothing but when.
#pragma once
#include "index/transaction.hpp"
#include "itip/free_busy.hpp"
#include <string_view>
#include <vector>

namespace godwit::delivery {

struct FreeBusy {
    std::vector<itip::BusyTime> times = {}; // in order and apart
    bool whole = true;                      // false: there is more than is looked at
};
// `zone`: IANA, of an account that names none; empty: UTC. Reads what ends within the range or later.
FreeBusy free_busy(index::Transaction& tx, itip::Range range, std::string_view zone, std::size_t most_events = 10'000);

} // namespace godwit::delivery
