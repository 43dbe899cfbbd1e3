#pragma once
// A file of calendars that somebody hands over: what is broken in it is left out by name, and the rest is read (law 4).
// What is stored, and what a mail of scheduling brings, is read by parse(), which is strict.
#include "ical/component.hpp"

namespace godwit::ical {

struct Broken {
    std::string name;        // of the component, with its summary or UID
    std::string_view reason; // static text
    std::size_t line = 0;    // where it begins, physical, from 1
    bool operator==(Broken const&) const = default;
};
struct File {
    std::vector<Component> calendars;
    std::vector<Broken> broken;
};

/// As parse() takes bytes, but that an item or a zone which has lost its END, or is beyond a limit of its own, is left
/// out alone: it ends where the next one begins. The error is of the file as a whole.
std::expected<File, Refusal> parse_file(std::string_view bytes, Limits limits = {});

} // namespace godwit::ical
