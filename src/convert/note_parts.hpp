#pragma once
// The one table between the elements of a note (MS-ASNOTE 2.2.2) and the properties of a VJOURNAL.
#include "convert/note.hpp"

#include <span>

namespace godwit::convert {

struct NoteView {
    ical::Component const& journal;
    BodyOptions const& options;
    eas::Version version;
};
struct NoteEditor {
    ical::Component& journal;
};

struct NoteRow {
    eas::Tag element;
    std::string_view properties; // separated by blanks
    bool silence_keeps;          // what a Change leaves out stays
    bool (*said)(eas::Note const&);
    void (*read)(NoteView const&, eas::Note&);
    // Empty, or what was wrong; none: never taken from a phone.
    std::string_view (*write)(NoteEditor&, eas::Note const& said, eas::Note const& shown);
};
std::span<NoteRow const> note_table();

} // namespace godwit::convert
