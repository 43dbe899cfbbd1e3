#pragma once
// The zones that were asked for last. Making one is dear (ICU's rules are read, a VTIMEZONE's are followed), and an
// event asks for the same few for each of its dates. Of one thread, so that nobody waits.
#include "ical/zone.hpp"

#include <algorithm>

namespace godwit::ical {

template <class Key> class ZoneMemory {
public:
    static constexpr std::size_t most_zones = 64, most_bytes = 4 << 20; // the last one whatever its size

    /// Where the key is not known, `make` says what holds for it for ever, and `measure` how many bytes it has.
    template <class Measure, class Make> std::optional<Zone> get(Key const& key, Measure measure, Make make) {
        auto found = std::ranges::find(known_, key, &Known::key);
        if (found == known_.end()) {
            known_.push_back({key, make(), measure()});
            bytes_ += known_.back().bytes;
            found = known_.end() - 1;
        }
        std::rotate(known_.begin(), found, found + 1); // the last first
        while (known_.size() > 1 && (known_.size() > most_zones || bytes_ > most_bytes)) {
            bytes_ -= known_.back().bytes;
            known_.pop_back();
        }
        return known_.front().zone;
    }

private:
    struct Known {
        Key key;
        std::optional<Zone> zone;
        std::size_t bytes;
    };
    std::vector<Known> known_;
    std::size_t bytes_ = 0;
};

} // namespace godwit::ical
