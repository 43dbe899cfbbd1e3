#pragma once
// A meeting of Ann's with Bob and Cat, and a calendar that mail arrives at.
#include "itip/record.hpp"
#include "itip/schedule.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace godwit::itip {
using Effect = Outcome::Effect;
using Place = Outcome::Place;

inline std::vector<std::string> const bob{"bob@b.test", "robert@b.test"}, ann{"ann@a.test"};

inline std::string crlf(std::string text) {
    std::string out;
    for (char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}

inline std::string vevent(std::string const& lines) {
    return "BEGIN:VEVENT\nUID:m1\nORGANIZER;CN=Ann:mailto:ann@a.test\n" + lines + "END:VEVENT\n";
}

inline Message message(std::string const& method, std::string const& events) {
    auto read_it =
        read(crlf("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:" + method + "\n" + events + "END:VCALENDAR\n"));
    EXPECT_TRUE(read_it) << (read_it ? "" : read_it.error());
    return read_it ? *read_it : Message{};
}

inline std::string const people = "ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:bob@b.test\n"
                                  "ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:cat@c.test\n";

// Mondays at ten, four times.
inline std::string series(int sequence, int hour, std::string const& more = "") {
    auto stamp = "DTSTAMP:20261101T0" + std::to_string(sequence) + "0000Z\n";
    auto at = std::to_string(hour);
    return vevent(stamp + "SEQUENCE:" + std::to_string(sequence) + "\nSUMMARY:Weekly " + std::to_string(sequence) +
                  "\nDTSTART:20261207T" + at + "0000Z\nDTEND:20261207T" + at + "3000Z\nRRULE:FREQ=WEEKLY;COUNT=4\n" +
                  people + more);
}
inline std::string occurrence(int sequence, std::string const& day, std::string const& more = "") {
    auto stamp = "DTSTAMP:20261101T0" + std::to_string(sequence) + "3000Z\n";
    return vevent("RECURRENCE-ID:202612" + day + "T100000Z\n" + stamp + "SEQUENCE:" + std::to_string(sequence) + "\n" +
                  more);
}
inline std::string moved(int sequence, std::string const& day) {
    return occurrence(sequence, day,
                      "SUMMARY:Moved\nDTSTART:202612" + day + "T150000Z\nDTEND:202612" + day + "T160000Z\n" + people);
}

struct Calendar {
    std::optional<ical::Component> stored = {};
    Place place = Place::aside; // as wiring would keep it
    std::vector<std::string> const& owner = bob;

    Outcome take(Message const& said, std::string_view from, std::vector<std::string> const& others = {}) {
        auto out = apply(stored ? &*stored : nullptr, said, {from, others}, owner);
        if (out.effect != Effect::changed) return out;
        stored = ical::parse(ical::write(out.calendar)).value().front(); // as it comes back from the store
        if (out.place != Place::keep) place = out.place;
        return out;
    }
    std::string text() const { return stored ? ical::write(*stored) : std::string(); }
    ical::Component const* event(std::string_view occurrence = {}) const {
        if (stored)
            for (auto const& one : stored->components)
                if (one.name == "VEVENT" && one.value("RECURRENCE-ID") == occurrence) return &one;
        return nullptr;
    }
    std::string value(std::string_view name, std::string_view occurrence = {}) const {
        auto const* found = event(occurrence);
        return found ? std::string(found->value(name)) : "no event";
    }
    std::string answer(std::string_view who, std::string_view occurrence = {}) const {
        auto const* found = event(occurrence);
        auto const* person = found ? attendee(*found, who) : nullptr;
        return person ? std::string(person->parameter("PARTSTAT")) : "nobody";
    }
};

inline std::string const from_ann = "ann@a.test";

inline std::string reply(std::string const& who, std::string const& partstat, int sequence, int hour,
                         std::string const& more = "") {
    return vevent("DTSTAMP:20261102T" + std::to_string(hour) + "0000Z\nSEQUENCE:" + std::to_string(sequence) +
                  "\nATTENDEE;PARTSTAT=" + partstat + ":mailto:" + who + "\n" + more);
}

inline Calendar organized(std::string const& events = series(1, 10)) {
    return {.stored = message("PUBLISH", events).calendar, .owner = ann};
}
inline std::string const second = "RECURRENCE-ID:20261214T100000Z\n";

struct Arriving {
    std::string method, events, from;
};

inline void expect_one_end(char const* what, std::vector<Arriving> mails, Calendar const& start) {
    std::optional<std::string> end;
    std::optional<Place> place;
    std::vector<std::size_t> order(mails.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
        auto calendar = start;
        std::string names;
        for (auto i : order) {
            calendar.take(message(mails[i].method, mails[i].events), mails[i].from);
            calendar.take(message(mails[i].method, mails[i].events), mails[i].from);
            names += std::to_string(i);
        }
        if (!end) end = calendar.text();
        if (!place) place = calendar.place;
        ASSERT_EQ(calendar.text(), *end) << what << " " << names;
        ASSERT_EQ(calendar.place, *place) << what << " " << names;
    } while (std::ranges::next_permutation(order).found);
}

} // namespace godwit::itip
