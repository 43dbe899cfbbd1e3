// Notes: VJOURNAL in the store, MS-ASNOTE on the wire.
#include "command/item_view.hpp"
#include "convert/note.hpp"
#include "ical/component.hpp"

namespace godwit::command {
namespace {

using eas::Note;
using Calendar = std::expected<ical::Component, std::string_view>;

convert::NoteRules note_rules(Voice const& voice) {
    return {.version = voice.version, .body = voice.body, .now = std::chrono::floor<std::chrono::seconds>(voice.now)};
}

struct NoteView {
    using Element = Note;
    static constexpr std::string_view unreadable = "the stored note cannot be read";

    static Calendar read(std::string_view bytes) {
        auto calendars = ical::parse(bytes);
        if (!calendars) return std::unexpected(calendars.error().reason);
        if (calendars->empty()) return std::unexpected("no iCalendar");
        if (!convert::holds_note(calendars->front())) return std::unexpected("no note");
        return std::move(calendars->front());
    }
    static std::string write(ical::Component const& calendar) { return ical::write(calendar); }
    static std::string uid(ical::Component const& calendar) { return convert::note_uid(calendar); }
    static std::string key(Note const& note) { return convert::note_key(note); }
    static Note stand_in() { return convert::note_stand_in("It cannot be read."); }
    static Note to_element(ical::Component const& calendar, Voice const& voice) {
        return *convert::to_note(calendar, voice.body, voice.version);
    }
    static std::optional<index::Time> place(ical::Component const&, Voice const&) { return std::nullopt; }
    static auto fresh(Note const& said, Voice const& voice, std::string_view uid) {
        return convert::new_note(said, note_rules(voice), uid);
    }
    static auto changed(ical::Component const& calendar, Note const& said, Voice const& voice) {
        return convert::changed_note(calendar, said, note_rules(voice));
    }
    static bool same(ical::Component const& calendar, Note const& said, Voice const& voice) {
        return convert::is_same_note(calendar, said, note_rules(voice));
    }
};

} // namespace

constinit ItemKind const note_kind = ItemView<NoteView>::row(index::ItemClass::Notes, "Notes");

} // namespace godwit::command
