// Any bytes as the Timezone of an event: 172 bytes, or what a phone sends instead, in base64 or not. What is taken
// can be kept and told again, has a zone that shows the same clock, and an event in it keeps its instants. The first
// two bytes choose the version and the day.
#include "convert/time_zone.hpp"
#include "convert/calendar.hpp"
#include "wbxml/base64.hpp"

#include <cstdio>
#include <cstdlib>
#include <source_location>

using namespace godwit;

namespace {

void must(bool holds, std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "broken: line %u\n", where.line());
    std::abort();
}

void check(std::string const& base64, eas::Version version, ical::Instant at) {
    auto structure = eas::parse_time_zone(base64);
    std::string const owner_zone = "Europe/Berlin";
    convert::CalendarOwner const owner{.zone = owner_zone};
    convert::EventRules const rules{.version = version, .now = at, .uid = "u"};
    eas::CompactDateTime const start{eas::Instant(at)}, end{eas::Instant(at + std::chrono::minutes(30))};
    auto made =
        convert::new_event({.time_zone = base64, .end_time = end, .subject = "s", .start_time = start}, owner, rules);
    if (made) {
        auto told = convert::to_calendar(*made, owner, {}, version);
        must(told.isolated.empty());
        must(told.event.start_time == start && told.event.end_time == end);
        auto shown = eas::parse_time_zone(told.event.time_zone.value());
        must(shown.has_value() && shown->standard_name.empty() && shown->daylight_name.empty());
    }
    if (!structure) return;
    must(eas::same_rules(*eas::parse_time_zone(eas::to_base64(*structure)), *structure));
    auto rules_of_it = convert::zone_of(*structure);
    convert::structure_of(rules_of_it, at);
    auto kept = convert::vtimezone_of(*structure, convert::own_tzid(*structure), eas::to_base64(*structure));
    must(eas::same_rules(*convert::kept_structure(kept), *structure));
    auto name = convert::zone_for(*structure, {at, at + std::chrono::minutes(30)}, at, {});
    if (name.empty()) return;
    auto zone = ical::Zone::named(name);
    must(zone && zone->offset(at) == rules_of_it.offset(at));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size < 2 || size > 1000) return 0;
    std::string_view input(reinterpret_cast<char const*>(bytes) + 2, size - 2);
    auto version = eas::spoken_versions[bytes[0] % eas::spoken_versions.size()];
    ical::Instant at = std::chrono::sys_days(std::chrono::year(2005) / 1 / 1) + std::chrono::days(bytes[1] * 37);
    check(bytes[0] & 0x80 ? std::string(input) : wbxml::to_base64(input), version, at);
    return 0;
}
