#pragma once
// What is stored as one item: a VCALENDAR with all components of one UID (the master and its overrides) and the
// VTIMEZONEs that they name (RFC 4791 4.1 has the same form).
#include "ical/component.hpp"
#include "ical/zone.hpp"

#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::ical {

enum class Kind : std::uint8_t { event, task, note }; // VEVENT, VTODO, VJOURNAL
std::string_view component_name(Kind kind);

struct Split {
    struct Object {
        std::string uid;
        Kind kind = Kind::event;
        Component calendar;
    };
    struct Refused {
        std::string name; // of the component, with its summary or UID
        std::string_view reason;
    };
    std::vector<Object> objects;
    std::vector<Refused> refused;
};
/// One object per UID and kind, in the order of the file. A component without a UID gets one from its content, so that
/// a second import of the file brings nothing new. Of several that are no single occurrence the one with the highest
/// SEQUENCE, then DTSTAMP, is the item. METHOD goes: it is of the message, not of the item. Each object gets
/// the calendar's properties and the zones that it names, at most 20, and all of them together so much that a file of
/// many objects does not become many times as large: long properties go, and what has no room for its zones is refused.
/// So is what would cost too much ever after (too_dear). The UID is its text, unescaped.
Split split(std::vector<Component> calendars);

/// About how much is written of it (unfolded).
struct Extent {
    std::size_t bytes = 0, lines = 0;
};
Extent extent_of(Property const& property);
Extent extent_of(Component const& component);

/// Why a zone or an event is not taken, for what each look at it would cost; empty: it is. A zone of all that is known
/// of a place has a few hundred lines.
inline constexpr Extent most_of_a_zone{64 << 10, 2000};
inline constexpr std::size_t most_dates = 10'000; // EXDATE and RDATE of one event, together
std::string_view too_dear(Component const& component);

/// The files that lie in it (ATTACH in base64): what is made of an event many times goes without them.
void remove_files(Component& component);

/// The VTIMEZONE of that name; null: there is none.
Component const* vtimezone_in(Component const& calendar, std::string_view tzid);
/// The zone that a TZID means there: ICU's rules, unless the file's own VTIMEZONE says otherwise at `near`.
Zone zone_in(Component const& calendar, std::string_view tzid, Local near);
Instant instant_in(Component const& calendar, Moment const& moment, Zone const& floating);

/// The same for many dates: each of the calendar's zones is looked for once. It borrows the calendar.
class Clocks {
public:
    explicit Clocks(Component const& calendar) : calendar_(&calendar) {}
    Zone zone(std::string_view tzid, Local near);
    Instant instant(Moment const& moment, Zone const& floating);

private:
    struct Known {
        std::optional<Zone> by_name, by_file;
    };
    Component const* calendar_;
    std::map<std::string, Known, std::less<>> known_;
};

/// A stored object as one looks at it. It borrows the calendar.
class Object {
public:
    /// Nothing if the calendar holds no component of that kind.
    static std::optional<Object> of(Component& calendar, Kind kind);

    Component& calendar() { return *calendar_; }
    Component& main();                                // the master; in its absence the first override
    bool has_master() const { return has_master_; }   // false: only single occurrences of somebody's series
    std::vector<std::size_t> overrides() const;       // indices into calendar().components
    Component* override_at(Moment const& occurrence); // by RECURRENCE-ID, in whatever form it is written

    Zone zone(std::string_view tzid, Local near) const { return zone_in(*calendar_, tzid, near); }
    Instant instant(Moment const& moment, Zone const& floating) const {
        return instant_in(*calendar_, moment, floating);
    }
    Component const* vtimezone(std::string_view tzid) const { return vtimezone_in(*calendar_, tzid); }

private:
    Component* calendar_ = nullptr;
    std::string_view name_;
    std::size_t main_ = 0;
    bool has_master_ = false;
};

} // namespace godwit::ical
