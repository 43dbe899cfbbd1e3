#pragma once
// iCalendar (RFC 5545) as a tree of components and properties that keeps what it does not understand: names, order,
// parameters and values are text until somebody asks for more (ical/value.hpp). So what is not edited is written back
// as it was read. Own reader and not libical's, which replaces what it cannot read by X-LIC-ERROR and forgets it.
// Total and bounded: any bytes give a tree or a reason. Text is clean UTF-8 from here on.
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::ical {

struct Parameter {
    std::string name;                // as written; names are compared without case
    std::vector<std::string> values; // without quotes
    bool operator==(Parameter const&) const = default;
};

struct Property {
    std::string name; // upper case
    std::vector<Parameter> parameters = {};
    std::string value = {}; // as on the line, escapes and all

    /// First value of the parameter, empty if there is none.
    std::string_view parameter(std::string_view wanted) const;
    void set_parameter(std::string_view wanted, std::string value); // an empty value removes it
    bool operator==(Property const&) const = default;
};

struct Component {
    std::string name; // upper case: VCALENDAR, VEVENT ...
    std::vector<Property> properties = {};
    std::vector<Component> components = {};

    Property const* find(std::string_view property) const; // the first
    Property* find(std::string_view property);
    std::string_view value(std::string_view property) const; // raw, of the first; empty if there is none
    /// The first of that name becomes this one, at its place; the others go. Appended if there is none.
    void set(Property property);
    void set(std::string_view property, std::string raw_value);
    void remove(std::string_view property); // all of that name
    bool operator==(Component const&) const = default;
};

struct Limits {
    std::size_t bytes = 64 * 1024 * 1024;
    std::size_t lines = 1'000'000;             // unfolded
    std::size_t line_bytes = 32 * 1024 * 1024; // unfolded: an attachment is one line
    std::size_t depth = 8;
    std::size_t parameters = 256; // of a property
};

/// Why something was not taken: for the log and for who imports. Static text.
struct Refusal {
    std::string_view reason;
    std::size_t line = 0; // physical, from 1; 0: the whole
    bool operator==(Refusal const&) const = default;
};

/// All VCALENDARs of the bytes, in order. Bytes that are not UTF-8 are read as windows-1252. A line that is no content
/// line belongs to the line before it: some writers fold without the blank.
std::expected<std::vector<Component>, Refusal> parse(std::string_view bytes, Limits limits = {});

/// With CRLF, folded at 75 octets between characters.
std::string write(Component const& component);

bool same_name(std::string_view a, std::string_view b); // ASCII, without case
std::string upper(std::string_view text);               // ASCII
std::string_view trimmed(std::string_view text);        // without spaces and tabs around it

} // namespace godwit::ical
