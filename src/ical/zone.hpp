#pragma once
// Time zones: how far the wall clock is from UTC at an instant. One kind of value for both sources, ICU's rules by name
// and a VTIMEZONE as it lies in the file. Neither is asked for the present time.
#include "ical/value.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::ical {

class Zone {
public:
    static Zone utc();
    /// By an IANA name, a Windows name, or a TZID that ends in an IANA name, as Mozilla and Evolution write
    /// them; nothing if ICU knows none.
    static std::optional<Zone> named(std::string_view tzid);
    /// From a VTIMEZONE; nothing if it holds no usable observance. The usual rule holds for ever; four of another kind,
    /// by dates and weekdays of a year, are followed to 2100 at most, and 4,000 changes in all. Others are left out.
    static std::optional<Zone> from(Component const& vtimezone);

    /// Seconds east of UTC.
    std::chrono::seconds offset(Instant at) const;
    Local to_local(Instant at) const;
    /// A time that the clock skips is read with the offset before the change, one that it shows twice as the first
    /// (RFC 5545 3.3.5).
    Instant to_utc(Local at) const;

    struct Change {
        Instant at;
        std::chrono::seconds before, after;
        bool operator==(Change const&) const = default;
    };
    /// The next change of the offset after `at`, not later than the year 2200.
    std::optional<Change> next_change(Instant after) const;

    struct Source; // ICU's zone or a VTIMEZONE's observances
    explicit Zone(std::shared_ptr<Source const> source) : source_(std::move(source)) {}

    /// The very same, made once: not whether two say the same.
    bool operator==(Zone const&) const = default;

private:
    static std::optional<Zone> made(std::string const& tzid);
    static std::optional<Zone> made(Component const& vtimezone);
    std::shared_ptr<Source const> source_;
};

/// The IANA name that a TZID means, by ICU; empty if none.
std::string iana_name(std::string_view tzid);

/// A VTIMEZONE with this TZID that says what ICU knows of the zone from the year before `from` on.
std::optional<Component> vtimezone(std::string_view iana, Instant from);

/// IANA names worth trying for rules that came without a name, the best known of equal ones first.
std::vector<std::string> const& well_known_zones();

} // namespace godwit::ical
