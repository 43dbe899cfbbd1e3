#include "itip/schedule_parts.hpp"

#include <algorithm>
#include <set>

namespace godwit::itip {
namespace {

using ical::Component, ical::Instant, ical::Property;

constexpr std::string_view too_many = "too many occurrences";

std::string_view sent_by(Property const& person) {
    auto by = person.parameter("SENT-BY");
    return by.size() > 7 && ical::same_name(by.substr(0, 7), "mailto:") ? by.substr(7) : by;
}

std::vector<Component*> events_of(Component& calendar) {
    std::vector<Component*> out;
    for (auto& one : calendar.components)
        if (one.name == "VEVENT") out.push_back(&one);
    return out;
}

// He, or whom he lets write for him. Of a meeting that is known only its own word counts for who that is.
bool speaks_for(Property const& organizer, std::string_view sender) {
    return same_address(ical::mail_address(organizer), sender) || same_address(sent_by(organizer), sender);
}

// RFC 5546 3.2.2.3: who was invited sends the invitation on to the one who comes in his place.
bool delegates_to(Component const& event, std::string_view sender, std::span<std::string const> owner) {
    auto const* delegator = attendee(event, sender);
    if (!delegator) return false;
    auto names_owner = [&](Property const& one) {
        return std::ranges::any_of(one.parameters, [&](ical::Parameter const& parameter) {
            return ical::same_name(parameter.name, "DELEGATED-TO") &&
                   std::ranges::any_of(parameter.values, [&](std::string const& value) {
                       return is_owner(owner, ical::mail_address({.name = "ATTENDEE", .value = value}));
                   });
        });
    };
    return names_owner(*delegator);
}

// Why this mail may not say this; empty: it may.
std::string_view why_not(Record const* record, Message const& message, std::string_view sender,
                         std::span<std::string const> owner) {
    auto calendar = message.calendar;
    auto const& event = *events_of(calendar).front();
    auto const* organizer = event.find("ORGANIZER");
    if (!organizer || organizer_of(event).empty()) return "a meeting without an organizer";
    if (is_owner(owner, organizer_of(event))) return "an invitation of the owner's own"; // law 9
    for (auto const* one : events_of(calendar))
        if (!same_address(organizer_of(*one), organizer_of(event))) return "several organizers";
    bool known = record && record->any_event();
    if (!known) {
        if (same_address(organizer_of(event), sender)) return {};
        if (message.method != Method::request) return "not from the organizer";
        if (same_address(sent_by(*organizer), sender) || delegates_to(event, sender, owner)) return {};
        return "not from the organizer";
    }
    auto const* stored = record->any_event()->event->find("ORGANIZER");
    if (!stored || is_owner(owner, organizer_of(*record->any_event()->event)))
        return "a stranger's word on the owner's own event";
    if (!same_address(ical::mail_address(*stored), organizer_of(event))) return "another organizer than the meeting's";
    return speaks_for(*stored, sender) ? std::string_view() : "not from the organizer";
}

bool is_declined(Component const& event, std::span<std::string const> owner) {
    return std::ranges::any_of(owner, [&](std::string const& address) {
        auto const* self = attendee(event, address);
        return self && ical::same_name(self->parameter("PARTSTAT"), "DECLINED");
    });
}

// REQUEST and ADD, component by component.
class Invitation {
public:
    Invitation(Record& record, Component const* stored, Component& calendar, std::span<std::string const> owner)
        : record_(record), calendar_(calendar), owner_(owner), zones_{.name = "VCALENDAR"} {
        zones_.components.push_back({.name = "VEVENT"});
        for (auto const* from : {stored, static_cast<Component const*>(&calendar)})
            if (from) add_zones(*from);
    }

    // False: there are too many.
    bool take(Component said, Revision revision, bool added) {
        std::optional<Property> occurrence;
        if (auto const* id = said.find("RECURRENCE-ID")) occurrence = *id;
        auto at = occurrence ? Record::instant_of(calendar_, *occurrence) : Instant{};
        auto* entry = record_.entry(occurrence, at);
        if (!entry) return false;
        if (entry->said && *entry->said >= revision) return true;
        auto old = entry->event;
        auto invited = entry->invited;
        auto const* series = occurrence ? record_.series() : nullptr;
        if (!old && series && series->event) {
            old = occurrence_of(*series->event, *occurrence);
            invited = occurrence_of(series->invited, *occurrence);
        }
        record_.adopt_zones(calendar_, said);
        auto fresh = as_invited(std::move(said), owner_);
        entry->invited = fresh;
        entry->invited.remove("ATTACH");
        auto told = entry->event ? ical::instant(entry->event->value("DTSTAMP")) : std::nullopt;
        if (!occurrence) revived_ = entry->is_gone();
        // Who was uninvited is asked anew.
        bool again = revived_ || entry->is_gone() || (series && series->is_gone());
        bool moved = old && (again || is_moved(*old, fresh));
        entry->event = old ? with_own_part(fresh, *old, invited, moved, owner_, zones_) : std::move(fresh);
        if (!occurrence && !invited.name.empty()) renew_own(invited, entry->invited, moved);
        if (told && *told > revision.stamp) entry->event->set("DTSTAMP", ical::raw(*told)); // incident 1.9
        entry->said = revision;
        entry->added |= added;
        changed_ = true;
        asks_ |= !is_declined(*entry->event, owner_);
        return true;
    }

    bool changed() const { return changed_; }
    bool asks() const { return asks_; }

private:
    // What the owner has written into occurrences, or answered, of which the organizer has said nothing: it stays, and
    // all else is as in the series.
    void renew_own(Component const& was, Component const& is, bool moved) {
        for (auto& one : record_.entries()) {
            if (!one.occurrence || !one.event || !one.invited.name.empty()) continue;
            auto fresh = occurrence_of(is, *one.occurrence);
            auto last = std::max(revision_of(fresh).stamp, revision_of(*one.event).stamp);
            one.said = Revision{revision_of(fresh).sequence, {}};
            one.event =
                with_own_part(std::move(fresh), *one.event, occurrence_of(was, *one.occurrence), moved, owner_, zones_);
            one.event->set("DTSTAMP", ical::raw(last)); // incident 1.9
        }
    }
    void add_zones(Component const& from) {
        for (auto const& one : from.components)
            if (one.name == "VTIMEZONE" && zone_names_.emplace(one.value("TZID")).second)
                zones_.components.push_back(one);
    }
    // Same instants, same rule, same clock.
    bool is_moved(Component const& old, Component const& fresh) {
        auto clock = [](Component const& event) {
            auto const* start = event.find("DTSTART");
            return start && event.find("RRULE") ? start->parameter("TZID") : std::string_view();
        };
        return times_of(zones_, old) != times_of(zones_, fresh) || old.value("RRULE") != fresh.value("RRULE") ||
               clock(old) != clock(fresh);
    }

    Record& record_;
    Component& calendar_;
    std::span<std::string const> owner_;
    Component zones_;
    std::set<std::string> zone_names_;
    bool changed_ = false, asks_ = false, revived_ = false;
};

// As it is known. Who has cancelled what he never called is forgotten when the organizer speaks.
Record record_for(Component const* stored, Message const& message, Property const& organizer) {
    if (!stored) return {message.uid, organizer};
    Record record(*stored);
    bool other = !record.any_event() && !same_address(record.organizer(), ical::mail_address(organizer));
    return other ? Record(message.uid, organizer) : record;
}

Outcome invite(Component const* stored, Message const& message, std::span<std::string const> owner) {
    auto calendar = message.calendar;
    auto events = events_of(calendar);
    auto record = record_for(stored, message, *events.front()->find("ORGANIZER"));
    if (!record.is_whole()) return refused(too_many);
    // What comes along with the series is said at its revision, however old its own number is.
    Revision series;
    auto first = std::ranges::find_if(events, [](auto const* one) { return !one->find("RECURRENCE-ID"); });
    if (first != events.end()) {
        series = revision_of(**first);
        std::rotate(events.begin(), first, first + 1);
    }
    Invitation invitation(record, stored, calendar, owner);
    for (auto* one : events) {
        auto said = *one;
        bool added = message.method == Method::add && !said.find("RECURRENCE-ID");
        if (added) {
            auto id = *said.find("DTSTART");
            id.name = "RECURRENCE-ID";
            said.set(std::move(id));
        }
        auto revision = added ? revision_of(said) : std::max(revision_of(said), series);
        if (!invitation.take(std::move(said), revision, added)) return refused(too_many);
    }
    if (!invitation.changed()) return without_effect("known already");
    auto written = record.write();
    auto why = written.cut ? "invited; a range too large to be written out: some stay as in the series" : "invited";
    return {Outcome::Effect::changed, why, std::move(written.calendar),
            invitation.asks() ? Outcome::Place::calendar : Outcome::Place::keep};
}

// Some are told that they are not wanted any more; that is no concern of the others.
bool concerns(Component const& event, std::span<std::string const> owner) {
    if (is_off(event)) return true;
    bool any = std::ranges::any_of(event.properties, [](auto const& one) { return one.name == "ATTENDEE"; });
    return !any || std::ranges::any_of(owner, [&](auto const& own) { return attendee(event, own) != nullptr; });
}

// A cancellation that comes after what took it back: what was answered before it does not count.
void forget_answer(Entry& entry, Instant cancelled, std::span<std::string const> owner) {
    if (!entry.event || entry.invited.name.empty()) return;
    auto replied = ical::instant(entry.event->value("X-GODWIT-REPLY-TIME"));
    if (replied && *replied > cancelled) return;
    auto fresh = entry.invited;
    fresh.name = "VEVENT";
    entry.event = with_own_part(std::move(fresh), *entry.event, entry.invited, true, owner, {});
}

Outcome cancel(Component const* stored, Message const& message, std::span<std::string const> owner) {
    auto calendar = message.calendar;
    auto events = events_of(calendar);
    auto record = record_for(stored, message, *events.front()->find("ORGANIZER"));
    if (!record.is_whole()) return refused(too_many);
    bool known = record.any_event() != nullptr, changed = false;
    for (auto const* one : events) {
        if (!concerns(*one, owner)) continue;
        auto const* id = one->find("RECURRENCE-ID");
        auto occurrence = id ? std::optional(*id) : std::nullopt;
        auto at = occurrence ? Record::instant_of(calendar, *occurrence) : Instant{};
        if (occurrence) { // its zone is needed to read it again
            Component named{.name = "VEVENT", .properties = {*occurrence}};
            record.adopt_zones(calendar, named);
        }
        auto* entry = record.entry(occurrence, at);
        if (!entry) return refused(too_many);
        auto revision = revision_of(*one);
        if (entry->cancelled && *entry->cancelled >= revision) continue;
        entry->cancelled = revision;
        for (auto& other : record.entries())
            if ((!occurrence || &other == entry) && other.said && *other.said > revision && !other.is_gone())
                forget_answer(other, revision.stamp, owner);
        changed = true;
    }
    if (!changed) return without_effect("known already");
    return {Outcome::Effect::changed, "cancelled", record.write().calendar,
            known ? Outcome::Place::keep : Outcome::Place::aside};
}

} // namespace

Outcome refused(std::string_view why) { return {.effect = Outcome::Effect::refused, .why = why}; }
Outcome without_effect(std::string_view why) { return {.effect = Outcome::Effect::none, .why = why}; }

Outcome apply(Component const* stored, Message const& message, Sender sender, std::span<std::string const> owner) {
    switch (message.method) {
    case Method::reply:
    case Method::counter: return attendee_says(stored, message, sender, owner);
    case Method::publish: return without_effect("published: nobody is invited");
    case Method::refresh: return without_effect("asks for the present state");
    case Method::decline_counter: return without_effect("the meeting stays as it is");
    case Method::request:
    case Method::add:
    case Method::cancel: break;
    }
    std::optional<Record> record;
    if (stored) record.emplace(*stored);
    if (auto why = why_not(record ? &*record : nullptr, message, sender.address, owner); !why.empty())
        return refused(why);
    return message.method == Method::cancel ? cancel(stored, message, owner) : invite(stored, message, owner);
}

Outcome accept_invitation(Component const* stored, Message const& message, std::span<std::string const> owner) {
    auto calendar = message.calendar;
    auto const* event = events_of(calendar).front();
    if (message.method != Method::request && message.method != Method::add) return refused("no invitation");
    if (organizer_of(*event).empty()) return refused("a meeting without an organizer");
    if (is_owner(owner, organizer_of(*event))) return refused("an invitation of the owner's own");
    std::optional<Record> record;
    if (stored) record.emplace(*stored);
    auto sender = std::string(organizer_of(*event));
    if (auto why = why_not(record ? &*record : nullptr, message, sender, owner); !why.empty()) return refused(why);
    return invite(stored, message, owner);
}

} // namespace godwit::itip
