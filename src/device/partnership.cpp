#include "device/partnership.hpp"
#include <algorithm>

namespace godwit::device {

std::string folded(std::string_view device_id) {
    std::string out(device_id);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

bool makes_partnership(std::string_view folded_id) { return !folded_id.empty() && folded_id != "validate"; }

bool worth_writing(std::optional<index::DeviceRow> const& row, Caller const& caller, Time now) {
    if (!row) return true;
    return row->user_agent != caller.user_agent || row->protocol_version != caller.protocol_version ||
           row->type != caller.type || now - row->last_seen >= seen_every || now < row->last_seen;
}

Greeting greet(index::Transaction& tx, Caller const& caller, Time now, std::size_t max_devices) {
    auto row = tx.device(caller.id);
    if (row && !worth_writing(row, caller, now)) return Greeting::Known;
    // MS-ASCMD 2.2.2 status 177: a new partnership only while there is room; those that exist go on.
    if (!row && tx.devices().size() >= max_devices) return Greeting::TooMany;
    auto greeting = row ? Greeting::Refreshed : Greeting::Created;
    index::DeviceRow fresh{.id = caller.id,
                           .type = caller.type,
                           .user_agent = caller.user_agent,
                           .first_seen = row ? row->first_seen : now,
                           .last_seen = now,
                           .protocol_version = caller.protocol_version};
    tx.put_device(fresh);
    return greeting;
}

} // namespace godwit::device
