#pragma once
// The one table between the elements of an event (MS-ASCAL 2.2.2) and the properties of a VEVENT: reading, writing,
// ghosting, inheritance of exceptions and the tests go by it.
#include "convert/calendar_parts.hpp"

namespace godwit::convert::calendar_parts {

/// What a phone's silence about an element means up to 14.1, and whose the element is.
enum class Silence : std::uint8_t {
    removes, // unless ghosted, what is not said is gone (MS-ASCMD_R5912)
    keeps,   // it cannot be gone, or is not the phone's to remove
};
enum class Owner : std::uint8_t {
    organizer, // of a meeting; an attendee's phone does not change it (incident 1.2)
    everyone,  // each has his own
    server,    // never taken from a phone
};

struct EventRow {
    eas::Tag element;
    std::string_view properties; // separated by blanks; what an override inherits
    Owner owner;
    Silence silence;
    bool in_exception;
    bool (*said)(eas::Calendar const&);
    bool (*differs)(eas::Calendar const& said, eas::Calendar const& told);
    void (*read)(View const&, eas::Calendar&);    // none: read with others (times, people)
    void (*write)(Editor&, eas::Calendar const&); // of what is absent: removes; none: written with others
};

std::span<EventRow const> event_table();

/// Why the numbers of a place are none (MS-ASAIRS 2.2.2.28: doubles), or empty.
std::string_view wrong_number(eas::Calendar const& said);

} // namespace godwit::convert::calendar_parts
