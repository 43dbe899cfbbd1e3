#pragma once
// Notes: a VJOURNAL (RFC 5545 3.6.3) in a VCALENDAR as a phone sees it, and what a phone says merged into it.
// Which element is which property: the table in convert/note.cpp.
#include "convert/body_options.hpp"
#include "eas/notes.hpp"
#include "eas/version.hpp"
#include "ical/component.hpp"

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace godwit::convert {

struct NoteRules {
    eas::Version version = eas::v16_1;
    BodyOptions body = {};             // how the phone is shown the text
    std::chrono::sys_seconds now = {}; // when it speaks
};

bool holds_note(ical::Component const& calendar);
std::string note_uid(ical::Component const& calendar);
/// Nothing if it holds none.
std::optional<eas::Note> to_note(ical::Component const& calendar, BodyOptions const& options, eas::Version version);

/// The error is what the phone did wrong, for the log; on the wire it is Sync status 6 for the item.
std::expected<ical::Component, std::string_view> new_note(eas::Note const& said, NoteRules const& rules,
                                                          std::string_view uid);
std::expected<ical::Component, std::string_view> changed_note(ical::Component calendar, eas::Note const& said,
                                                              NoteRules const& rules);

/// Whether the note is just what the phone says (incident 2.7); and what is equal for those that may be.
bool is_same_note(ical::Component const& calendar, eas::Note const& said, NoteRules const& rules);
std::string note_key(eas::Note const& note);

eas::Note note_stand_in(std::string_view reason); // in place of one that cannot be read

} // namespace godwit::convert
