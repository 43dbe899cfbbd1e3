// ApplicationData of the Calendar class, of any bytes, said of an event of any bytes, whole or of one occurrence:
// what is made can be stored and is told, and from 16.0 on what is told and said back changes nothing. The first byte
// chooses the version, the rules and whether one occurrence is meant; the object follows the data.
#include "convert/calendar.hpp"
#include "ical/object.hpp"
#include "wbxml/wbxml.hpp"

#include <cstdlib>

using namespace godwit;

namespace {

constexpr ical::Instant now{std::chrono::seconds(1'717'243'200)};

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 1) return 0;
    std::string_view bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto version = eas::spoken_versions[(data[0] & 0x1F) % eas::spoken_versions.size()];
    wbxml::Reader reader(bytes);
    eas::Fragment fragment;
    if (reader.next().kind != wbxml::Event::Open || !reader.fragment(fragment)) return 0;
    auto said = eas::decode<eas::Calendar>(fragment, version);
    if (!said) return 0;
    std::string const address = "a@b.c";
    convert::CalendarOwner owner{.addresses = {&address, 1}, .zone = "Europe/Berlin"};
    convert::EventRules rules{.version = version, .now = now, .uid = "u"};
    if (data[0] & 0x40) rules.supported.emplace();
    auto const text = bytes.find("BEGIN:VCALENDAR");
    auto const stored = text == bytes.npos ? std::string_view() : bytes.substr(text);
    auto made = stored.empty() ? convert::new_event(*said, owner, rules)
                : data[0] & 0x80 && said->start_time
                    ? convert::changed_occurrence(stored, said->start_time->at, *said, owner, rules)
                    : convert::changed_event(stored, *said, owner, rules);
    if (!made) return 0;
    must(ical::parse(*made).has_value());
    auto told = convert::to_calendar(*made, owner, {}, version);
    must(told.event.start_time.has_value() && told.event.end_time.has_value());
    convert::event_span(*made, owner);
    auto back = eas::decode<eas::Calendar>(eas::encode_fragment(told.event, version), version);
    must(back.has_value());
    if (version < eas::v16_0 || !told.isolated.empty()) return 0; // its exceptions may be more than are told
    back->attachments.reset(), back->exceptions.reset();
    auto echo = convert::changed_event(*made, *back, owner, rules);
    must(!echo || *echo == *made);
    return 0;
}
