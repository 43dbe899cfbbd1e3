#include "device/standing.hpp"
#include <utility>

namespace godwit::device {

std::string Standings::key(index::AccountId account, std::string_view folded_id) {
    auto out = std::to_string(std::to_underlying(account)) + '/';
    return out.append(folded_id);
}

Standing& Standings::of(index::AccountId account, std::string_view folded_id, net::Clock::time_point now) {
    auto name = key(account, folded_id);
    auto found = phones_.find(name);
    if (found == phones_.end()) {
        if (phones_.size() >= max_phones_) make_room(now);
        found = phones_.try_emplace(std::move(name)).first;
    }
    found->second.used = now;
    return found->second;
}

void Standings::forget(index::AccountId account, std::string_view folded_id) { phones_.erase(key(account, folded_id)); }

// Everything here can be read again, but an open breaker must not be shaken off by making up device ids.
void Standings::make_room(net::Clock::time_point now) {
    std::erase_if(phones_, [&](auto const& phone) {
        return !phone.second.breaker.open(now) && now - phone.second.used > std::chrono::minutes(10);
    });
    if (phones_.size() < max_phones_) return;
    std::erase_if(phones_, [&](auto const& phone) { return !phone.second.breaker.open(now); });
    if (phones_.size() >= max_phones_) phones_.clear();
}

} // namespace godwit::device
