// Notes: VJOURNAL in the store, MS-ASNOTE on the wire.
#include "command/item_kind.hpp"
#include "convert/note.hpp"
#include "ical/component.hpp"

namespace godwit::command {
namespace {

using eas::Note;
using Calendar = std::expected<ical::Component, std::string_view>;

convert::NoteRules rules(Voice const& voice) {
    return {.version = voice.version, .body = voice.body, .now = std::chrono::floor<std::chrono::seconds>(voice.now)};
}

Calendar read(std::string_view bytes) {
    auto calendars = ical::parse(bytes);
    if (!calendars) return std::unexpected(calendars.error().reason);
    if (calendars->empty()) return std::unexpected("no iCalendar");
    return std::move(calendars->front());
}

eas::Fragment show(std::string_view bytes, convert::BodyOptions const& options, eas::Version version,
                   std::string& isolated) {
    auto calendar = read(bytes);
    auto note = calendar ? convert::to_note(*calendar, options, version) : std::nullopt;
    if (!note) isolated = calendar ? "no note" : calendar.error();
    return eas::encode_fragment(note ? *note : convert::note_stand_in("It cannot be read."), version);
}

Merged stored(Calendar const& calendar) {
    if (!calendar) return std::unexpected(calendar.error());
    return Becomes{ical::write(*calendar)};
}

Merged make(eas::Fragment const& said, Voice const& voice, std::string_view uid) {
    auto note = eas::decode<Note>(said, voice.version);
    if (!note) return std::unexpected(note.error().element);
    return stored(convert::new_note(*note, rules(voice), uid));
}

Merged merge(std::string_view bytes, eas::Fragment const& said, Voice const& voice) {
    auto note = eas::decode<Note>(said, voice.version);
    if (!note) return std::unexpected(note.error().element);
    auto calendar = read(bytes);
    if (!calendar) return std::unexpected("the stored note cannot be read");
    auto after = convert::changed_note(*calendar, *note, rules(voice));
    if (after && *after == *calendar) return Becomes{std::string(bytes)};
    return stored(after);
}

bool same(std::string_view bytes, eas::Fragment const& said, Voice const& voice) {
    auto note = eas::decode<Note>(said, voice.version);
    auto calendar = read(bytes);
    return note && calendar && convert::is_same_note(*calendar, *note, rules(voice));
}

std::string key_of(std::string_view bytes) {
    auto calendar = read(bytes);
    auto note = calendar ? convert::to_note(*calendar, {}, eas::v16_1) : std::nullopt;
    return note ? convert::note_key(*note) : std::string();
}

std::string key_said(eas::Fragment const& said, Voice const& voice) {
    auto note = eas::decode<Note>(said, voice.version);
    return note ? convert::note_key(*note) : std::string();
}

} // namespace

constinit ItemKind const note_kind{.item_class = index::ItemClass::Notes,
                                   .name = "Notes",
                                   .show = show,
                                   .make = make,
                                   .merge = merge,
                                   .same = same,
                                   .key_of = key_of,
                                   .key_said = key_said};

} // namespace godwit::command
