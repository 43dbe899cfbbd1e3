// What the server keeps in memory about the phones it has seen since it started, so that a request which is in order
// costs no look at the index: the partnership as it was last written, the policy state, the breaker. It is a copy:
// whoever changes the index tells it, and what is forgotten is read again. Used on the event loop only.
#pragma once
#include "device/breaker.hpp"
#include "device/partnership.hpp"
#include "device/provisioning.hpp"
#include "device/repetition.hpp"
#include <optional>
#include <string>
#include <unordered_map>

namespace godwit::device {

struct Standing {
    std::optional<index::DeviceRow> row; // absent: not read yet, or none
    Provisioning provisioning;
    Breaker breaker;
    Repetition sync_repetition; // of Sync alone: the others have a meaning when they are said twice
    unsigned refusals = 0;      // how often policy turned it away since its last Provision (incident 2.12)
    std::string last_sync;      // its last Sync request, for those that say only "again": the command room's own form
    net::Clock::time_point used = {};
};

class Standings {
public:
    explicit Standings(std::size_t max_phones = 50'000) : max_phones_(max_phones) {}
    // The reference is good until the next call.
    Standing& of(index::AccountId account, std::string_view folded_id, net::Clock::time_point now);
    void forget(index::AccountId account, std::string_view folded_id);
    std::size_t size() const { return phones_.size(); }

private:
    void make_room(net::Clock::time_point now);
    static std::string key(index::AccountId account, std::string_view folded_id);

    std::size_t max_phones_;
    std::unordered_map<std::string, Standing> phones_;
};

} // namespace godwit::device
