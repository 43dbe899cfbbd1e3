#pragma once
// What a Zone is made of.
#include "ical/zone.hpp"

namespace godwit::ical {

struct Zone::Source {
    virtual ~Source() = default;
    virtual std::chrono::seconds offset(Instant at) const = 0;
    virtual std::optional<Change> next_change(Instant after) const = 0;
};

} // namespace godwit::ical
