// Any bytes as a calendar file and as a time-zone structure: they are read or refused, told to a phone in every
// version, and what the phone says back unchanged changes nothing.
#include "convert/calendar.hpp"
#include "convert/time_zone.hpp"
#include "eas/time_zone.hpp"
#include "ical/object.hpp"
#include "mime/charset.hpp"
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

void check_structure(std::string_view bytes, ical::Instant now) {
    auto zone = eas::parse_time_zone(wbxml::to_base64(bytes));
    if (!zone) return;
    must(eas::same_rules(*eas::parse_time_zone(eas::to_base64(*zone)), *zone));
    auto rules = convert::zone_of(*zone);
    auto local = rules.to_local(now);
    must(rules.to_utc(local) <= now + std::chrono::hours(48) && rules.to_utc(local) >= now - std::chrono::hours(48));
    auto kept = convert::vtimezone_of(*zone, convert::own_tzid(*zone), eas::to_base64(*zone));
    must(eas::same_rules(*convert::kept_structure(kept), *zone));
    convert::structure_of(rules, now);
}

void check_object(ical::Component const& calendar, eas::Version version, ical::Instant now) {
    auto stored = ical::write(calendar);
    must(ical::parse(stored).value() == std::vector{calendar});
    std::string const address = "a@b.c";
    convert::CalendarOwner owner{.addresses = {&address, 1}, .zone = "Europe/Berlin"};
    auto told = convert::to_calendar(stored, owner, {}, version);
    must(told.isolated.empty() || told.event.start_time.has_value());
    convert::event_span(stored, owner);
    auto said = eas::decode<eas::Calendar>(eas::encode_fragment(told.event, version), version);
    must(said.has_value());
    said->attachments.reset();
    if (version >= eas::v16_0) said->exceptions.reset();
    convert::EventRules rules{.version = version, .now = now, .uid = "u"};
    auto echo = convert::changed_event(stored, *said, owner, rules);
    if (echo && version >= eas::v16_0) must(*echo == stored); // its exceptions may be more than are told
    auto edited = convert::changed_event(stored, {.subject = "x"}, owner, rules);
    if (edited) must(ical::parse(*edited).has_value());
    if (told.event.start_time) convert::deleted_occurrence(stored, told.event.start_time->at, owner, rules);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size < 1) return 0;
    std::string_view input(reinterpret_cast<char const*>(bytes) + 1, size - 1);
    ical::Instant now{std::chrono::seconds(1'717'243'200)};
    check_structure(input, now);
    auto calendars = ical::parse(input);
    if (!calendars) {
        must(!calendars.error().reason.empty());
        return 0;
    }
    auto version = eas::spoken_versions[bytes[0] % eas::spoken_versions.size()];
    for (auto& object : ical::split(std::move(*calendars)).objects)
        if (object.kind == ical::Kind::event) check_object(object.calendar, version, now);
    return 0;
}
