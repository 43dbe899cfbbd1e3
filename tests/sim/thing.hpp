// A contact, an event, a task or a note as a phone has it, and what its user wants of it. No thought of how it is
// stored: that is what the laws compare it with.
#pragma once
#include "eas/calendar.hpp"
#include "eas/contacts.hpp"
#include "eas/notes.hpp"
#include "eas/tasks.hpp"
#include "index/types.hpp"
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace godwit::sim {

using Thing = std::variant<eas::Calendar, eas::Contact, eas::Task, eas::Note>;

// What a user speaks of, one bit each:
//            event             contact       task        note
//   Title    Subject           JobTitle      Subject     Subject
//   Text     Body              Body          Body        Body
//   Labels   Categories        Categories    Categories  Categories
//   Place    Location          MobilePhone   Importance  -
//   When     its time of day   Birthday      DueDate     -
//   Extra    Reminder          NickName      Complete    -
enum Aspect : std::uint8_t { Title = 1, Body = 2, Labels = 4, Place = 8, When = 16, Extra = 32, All = 63 };

struct Wish {
    std::uint8_t aspects = 0;
    std::uint32_t number = 0;                    // what they become; no two wishes of a life have the same
    std::optional<eas::Instant> occurrence = {}; // of a series one, by when it would have begun
    bool remove = false;                         // it goes
};

Thing new_thing(index::ItemClass, std::uint32_t number, std::uint32_t kind, index::Time now);
// As text of iCalendar or vCard that other programs have written; `uid` is its UID and stands in X-SIM-KEPT too.
std::string new_object(index::ItemClass, std::string const& uid, std::uint32_t kind, index::Time now);

void fulfil(Thing&, Wish const&);
// The times of some occurrence that is there, of a series.
std::optional<eas::Instant> some_occurrence(Thing const&, std::uint32_t pick);

// ---- what a phone sends
// All of it, but for what only a server says; `known`: what is not among these aspects the phone does not know of.
Thing whole(Thing const&, std::uint8_t known, eas::Version);
Thing only(Thing const& after, Wish const&);                      // what was changed, and nothing else
eas::ElementNames names_of(index::ItemClass, std::uint8_t known); // Supported

eas::Fragment fragment_of(Thing const&, eas::Version);
std::optional<Thing> thing_of(index::ItemClass, eas::Fragment const&, eas::Version);

// ---- what both must agree on: the text of each element by its path, each exception with all that it inherits; without
// what a server stamps or counts (DtStamp, LastModifiedDate, DateCompleted, EstimatedDataSize)
using Facts = std::map<std::string, std::string>;
Facts facts_of(Thing const&, eas::Version);
// Empty, or what differs; of what is `partial` only what it says counts.
std::string difference(Facts const& held, Facts const& told, bool partial);
bool holds(Thing const& stored, Wish const&, eas::Version); // it is as the user wants it

} // namespace godwit::sim
