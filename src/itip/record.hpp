#pragma once
// A stored event as scheduling sees it: for the series and for each occurrence that was spoken of, what the organizer
// has said last, what he has cancelled, and the event as its owner has it. The first two lie in the object itself, as
// components X-GODWIT-SCHEDULING that no reader of calendars looks at. What the calendar shows is computed from all of
// it anew each time, so that it does not depend on the order in which it was learnt.
#include "ical/zone.hpp"
#include "itip/message.hpp"

#include <span>
#include <vector>

namespace godwit::itip {

struct Entry {
    std::optional<ical::Property> occurrence = {}; // RECURRENCE-ID; none: the series, or a single event
    ical::Instant at = {};                         // when that is
    std::optional<Revision> said = {};             // of the organizer's last word
    std::optional<Revision> cancelled = {};
    bool added = false;                        // by ADD: it may lie outside of the rule
    ical::Component invited = {};              // how the event was put into the calendar at that word
    std::optional<ical::Component> event = {}; // how it is now: the owner may have added to it
    bool is_gone() const { return cancelled && (!said || *cancelled >= *said); }
    /// Of an occurrence: cancelled with its series, and not called on its own since, to be later than that by SEQUENCE
    /// and by the clock. Some count an occurrence higher than its series.
    bool goes_with(Entry const& series) const;
};

class Record {
public:
    static constexpr std::size_t max_entries = 1000;

    Record(std::string_view uid, ical::Property organizer); // its text
    explicit Record(ical::Component calendar);

    std::string_view organizer() const { return organizer_ ? ical::mail_address(*organizer_) : std::string_view(); }
    std::optional<ical::Property> const& organizer_property() const { return organizer_; }

    bool is_whole() const { return whole_; } // false: it has more occurrences than are looked at

    /// Made if there is none; null: too many occurrences were spoken of.
    Entry* entry(std::optional<ical::Property> const& occurrence, ical::Instant at);
    Entry* series() { return find(std::nullopt, {}); }
    std::vector<Entry>& entries() { return entries_; }
    Entry const* any_event() const; // of the series, else of some occurrence; null: nothing but cancellations is known
    /// When an occurrence is, by the zones of the calendar that names it.
    static ical::Instant instant_of(ical::Component const& calendar, ical::Property const& occurrence);

    /// Takes the zones that the event names from the calendar that it came in; the event then names them as they are
    /// called here.
    void adopt_zones(ical::Component const& calendar, ical::Component& event);
    struct Written {
        ical::Component calendar;
        bool cut = false; // a range was too large to be written out for all that it speaks of
    };
    Written write() const;

private:
    Entry* find(std::optional<ical::Property> const& occurrence, ical::Instant at);
    void load(ical::Component component, bool scheduling);

    ical::Component head_;       // its properties, zones and what else lies in it
    std::vector<Entry> entries_; // the series first, then by when they are
    std::string uid_;            // as it is written
    bool whole_ = true;
    std::optional<ical::Property> organizer_;
};

/// Start and end as instants.
struct Times {
    ical::Instant start = {}, end = {};
    bool operator==(Times const&) const = default;
};
Times times_of(ical::Component& calendar, ical::Component const& event);
/// The occurrence of a series as an event of its own, where nobody has spoken of it.
ical::Component occurrence_of(ical::Component const& master, ical::Property occurrence);

/// Whoever answers to an occurrence behind this answers to none: so far no rule is followed for him. `now` is not his
/// to say.
ical::Instant answer_horizon(ical::Component& calendar, ical::Component const& master, ical::Instant now);

/// Which occurrences a series has, up to a horizon.
class Occurrences {
public:
    static constexpr std::size_t most_followed = 40'000; // a daily one of a century

    Occurrences(ical::Component& calendar, ical::Component const& master, ical::Instant until,
                std::size_t most = most_followed);
    bool has(ical::Instant at) const;           // or may have: of a rule that is not understood, or not followed so far
    bool is_known(ical::Instant at) const;      // for who is not believed: that it has it, and no less
    bool is_whole() const { return !unknown_; } // false: there may be more
    std::vector<ical::Instant> instants() const; // in order; of a rule that is not understood only the first
    /// As DTSTART of the series is written: its zone, or a date.
    ical::Moment moment(ical::Instant at) const;

private:
    ical::Moment start_;
    ical::Zone zone_;
    std::vector<ical::Local> all_; // sorted
    bool unknown_ = false;         // a rule that is not understood: it may have any
};

} // namespace godwit::itip
