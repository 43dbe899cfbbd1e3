// ApplicationData of the Tasks and the Notes class, of any bytes, said of an object of any bytes: what is made can be
// stored, is shown, and said back changes nothing. The first byte chooses the class, the version and the rules; the
// object follows the data.
#include "convert/task.hpp"
#include "convert/note.hpp"
#include "ical/component.hpp"
#include "wbxml/wbxml.hpp"
#include <cstdint>
#include <cstdlib>
#include <optional>

using namespace godwit;

namespace {

constexpr ical::Instant now{std::chrono::seconds(1'717'243'200)};

void must(bool holds) {
    if (!holds) std::abort();
}

std::optional<ical::Component> stored(std::string_view bytes) {
    auto const at = bytes.find("BEGIN:VCALENDAR");
    if (at == bytes.npos) return std::nullopt;
    auto calendars = ical::parse(bytes.substr(at));
    if (!calendars || calendars->empty()) return std::nullopt;
    return std::move(calendars->front());
}

void check_stored(ical::Component const& made) {
    auto again = ical::parse(ical::write(made));
    must(again.has_value() && again->size() == 1 && again->front() == made);
}

void check_task(eas::Fragment const& fragment, std::optional<ical::Component> const& calendar,
                convert::TaskRules const& rules) {
    auto said = eas::decode<eas::Task>(fragment, rules.version);
    if (!said) return;
    bool is_there = calendar && convert::holds_task(*calendar);
    auto made = is_there ? convert::changed_task(*calendar, *said, rules) : convert::new_task(*said, rules, "uid");
    if (!made) return;
    check_stored(*made);
    auto shown = convert::to_task(*made, rules);
    must(shown.has_value());
    auto back = eas::decode<eas::Task>(eas::encode_fragment(*shown, rules.version), rules.version);
    must(back.has_value());
    auto same = convert::changed_task(*made, *back, rules);
    must(same.has_value() && *same == *made);
}

void check_note(eas::Fragment const& fragment, std::optional<ical::Component> const& calendar,
                convert::NoteRules const& rules) {
    auto said = eas::decode<eas::Note>(fragment, rules.version);
    if (!said) return;
    bool is_there = calendar && convert::holds_note(*calendar);
    auto made = is_there ? convert::changed_note(*calendar, *said, rules) : convert::new_note(*said, rules, "uid");
    if (!made) return;
    check_stored(*made);
    auto shown = convert::to_note(*made, rules.body, rules.version);
    must(shown.has_value());
    auto back = eas::decode<eas::Note>(eas::encode_fragment(*shown, rules.version), rules.version);
    must(back.has_value());
    auto same = convert::changed_note(*made, *back, rules);
    must(same.has_value() && *same == *made);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 1) return 0;
    std::string_view bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto version = eas::spoken_versions[(data[0] & 0x1F) % eas::spoken_versions.size()];
    wbxml::Reader reader(bytes);
    eas::Fragment fragment;
    if (reader.next().kind != wbxml::Event::Open || !reader.fragment(fragment)) return 0;
    auto calendar = stored(bytes);
    if (data[0] & 0x80) {
        check_note(fragment, calendar, {.version = version, .now = now});
        return 0;
    }
    convert::TaskRules rules{.version = version, .zone = "Europe/Berlin", .now = now};
    if (data[0] & 0x40) rules.supported.emplace();
    check_task(fragment, calendar, rules);
    return 0;
}
