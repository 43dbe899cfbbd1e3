#pragma once
// The TimeZone structure (MS-ASDTYPE 2.7.4): 172 bytes, little-endian, in base64. Local time + bias is UTC; all biases
// are minutes. Names are read, and never written: Android takes a zone with a name that it does not know for GMT
// (clients.md 4.2).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::eas {

/// SYSTEMTIME. With year 0 a yearly rule: the `day`th (5: the last) `day_of_week` (0: Sunday) of the month, by the
/// clock before the change. Month 0: no change.
struct TransitionDate {
    std::uint16_t year = 0, month = 0, day_of_week = 0, day = 0, hour = 0, minute = 0, second = 0, milliseconds = 0;
    bool operator==(TransitionDate const&) const = default;
};

struct TimeZone {
    std::int32_t bias = 0;
    TransitionDate standard_date = {}; // when standard time begins
    std::int32_t standard_bias = 0;    // added to bias in standard time
    TransitionDate daylight_date = {};
    std::int32_t daylight_bias = 0;
    std::string standard_name = {}, daylight_name = {}; // UTF-8, as told by the client

    bool has_daylight_time() const { return standard_date.month != 0 && daylight_date.month != 0; }
    bool operator==(TimeZone const&) const = default;
};

/// Nothing for what is no such structure, or holds an offset of a day or more or a date that no calendar has.
std::optional<TimeZone> parse_time_zone(std::string_view base64);
std::string to_base64(TimeZone const& zone);
/// Whether both say the same of every instant, whatever they are called.
bool same_rules(TimeZone const& a, TimeZone const& b);

} // namespace godwit::eas
