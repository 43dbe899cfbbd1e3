#include "itip/own_answer.hpp"

#include "ical/object.hpp"
#include "itip/record.hpp"
#include "itip/schedule_parts.hpp"

#include <algorithm>

namespace godwit::itip {
namespace {

using ical::Component, ical::Instant, ical::Property;

void stamp(Component& event, Instant now) {
    auto last = ical::instant(event.value("DTSTAMP"));
    auto at = std::max(now, last.value_or(now)); // incident 1.9
    event.set("DTSTAMP", ical::raw(at));
    event.set("LAST-MODIFIED", ical::raw(at));
}

Property* self_in(Component& event, std::span<std::string const> owner) {
    for (auto const& address : owner)
        if (auto* found = attendee(event, address)) return found;
    return nullptr;
}

void write_answer(Component& event, OwnAnswer const& own, std::span<std::string const> owner) {
    auto* self = self_in(event, owner);
    bool known =
        self && ical::same_name(self->parameter("PARTSTAT"), partstat(own.answer)) && event.find("X-GODWIT-REPLY-TIME");
    if (known) return;
    if (!self) { // invited as one of a group
        event.properties.push_back({.name = "ATTENDEE", .value = "mailto:" + owner.front()});
        self = &event.properties.back();
    }
    self->set_parameter("PARTSTAT", std::string(partstat(own.answer)));
    event.set("X-GODWIT-REPLY-TIME", ical::raw(own.now));
    if (!ical::same_name(event.value(busy), "FREE")) {
        auto meant = std::string(event.value(intended));
        if (own.answer == Answer::accepted) event.set(busy, meant.empty() ? "BUSY" : meant);
        if (own.answer == Answer::tentative) event.set(busy, "TENTATIVE");
    }
    stamp(event, own.now);
}

// Of several single occurrences one may be cancelled, and the others not.
bool is_cancelled(ical::Object& object, std::optional<Instant> occurrence) {
    auto const one = occurrence ? said_of(object.calendar(), *occurrence) : std::nullopt;
    return is_off(one ? object.calendar().components[*one] : object.main());
}

using Result = std::expected<Component, NoAnswer>;

Result answered_occurrence(Component calendar, OwnAnswer const& own, std::span<std::string const> owner) {
    auto object = *ical::Object::of(calendar, ical::Kind::event);
    auto& master = object.main();
    bool recurs = object.has_master() && (master.find("RRULE") || master.find("RDATE"));
    auto at = *own.occurrence;
    auto const said = said_of(calendar, at);
    auto found = said ? calendar.components.begin() + static_cast<std::ptrdiff_t>(*said) : calendar.components.end();
    bool made = found == calendar.components.end();
    if (!recurs && (made || object.has_master())) return std::unexpected(NoAnswer::not_recurring);
    if (!object.has_master()) { // only he alone is known of
        write_answer(*found, own, owner);
        return calendar;
    }
    if (made && at > answer_horizon(calendar, master, own.now)) return std::unexpected(NoAnswer::no_occurrence);
    Occurrences occurrences(calendar, master, at);
    auto moment = occurrences.moment(at);
    bool gone = is_left_out(calendar, master, at);
    if (gone && own.answer == Answer::declined) return calendar; // said before
    if (gone || (made && !occurrences.is_known(at))) return std::unexpected(NoAnswer::no_occurrence);
    if (own.answer == Answer::declined) {
        master.properties.push_back(ical::property("EXDATE", moment));
        stamp(master, own.now);
        if (!made) calendar.components.erase(found);
        return calendar;
    }
    if (made) {
        auto* self = self_in(master, owner); // who comes to all comes to this one
        bool alike = self && ical::same_name(self->parameter("PARTSTAT"), partstat(own.answer));
        if (alike && master.find("X-GODWIT-REPLY-TIME")) return calendar;
        calendar.components.push_back(occurrence_of(master, ical::property("RECURRENCE-ID", moment)));
        found = calendar.components.end() - 1;
        found->remove("X-GODWIT-REPLY-TIME");
    }
    write_answer(*found, own, owner);
    return calendar;
}

} // namespace

mime::Address invited_as(Component const& calendar, std::span<std::string const> owner, std::string_view name) {
    mime::Address out{.name = std::string(name), .address = owner.empty() ? std::string() : owner.front()};
    for (auto const& event : calendar.components) {
        if (event.name != "VEVENT") continue;
        for (auto const& address : owner) {
            auto const* self = attendee(event, address);
            if (!self) continue;
            out.address = ical::mail_address(*self);
            if (!self->parameter("CN").empty() && name.empty()) out.name = self->parameter("CN");
            return out;
        }
    }
    return out;
}

Instant next_word(Component const& stored, Instant now) {
    auto out = now;
    for (auto const& event : stored.components)
        for (auto const* name : {"LAST-MODIFIED", "X-GODWIT-REPLY-TIME"})
            if (auto last = event.name == "VEVENT" ? ical::instant(event.value(name)) : std::nullopt;
                last && *last < now + std::chrono::hours(1)) // else somebody else's clock
                out = std::max(out, *last + std::chrono::seconds(1));
    return out;
}

bool nothing_is_left(Component const& calendar, std::span<std::string const> owner) {
    return std::ranges::all_of(calendar.components, [&](Component const& one) {
        if (one.name != "VEVENT" || is_off(one)) return true;
        auto const declines = [&](std::string const& address) {
            auto const* self = attendee(one, address);
            return self && ical::same_name(self->parameter("PARTSTAT"), partstat(Answer::declined));
        };
        return std::ranges::any_of(owner, declines);
    });
}

Result answered(Component const& stored, OwnAnswer const& own, std::span<std::string const> owner) {
    auto calendar = stored;
    auto object = ical::Object::of(calendar, ical::Kind::event);
    auto const* organizer = organizer_in(calendar);
    auto const address = organizer ? ical::mail_address(*organizer) : std::string_view();
    if (!object || owner.empty() || address.empty()) return std::unexpected(NoAnswer::no_meeting);
    if (is_owner(owner, address)) return std::unexpected(NoAnswer::organizer);
    if (is_cancelled(*object, own.occurrence)) return std::unexpected(NoAnswer::cancelled);
    if (own.occurrence) return answered_occurrence(std::move(calendar), own, owner);
    for (auto& one : calendar.components)
        if (one.name == "VEVENT") write_answer(one, own, owner);
    return calendar;
}

} // namespace godwit::itip
