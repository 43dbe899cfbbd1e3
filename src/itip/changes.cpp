// What of an organizer's change concerns whom.
#include "ical/object.hpp"
#include "itip/compose.hpp"
#include "itip/record.hpp"
#include "itip/schedule_parts.hpp"
#include "mime/header.hpp"

#include <algorithm>
#include <map>

namespace godwit::itip {
namespace {

using ical::Component, ical::Instant, ical::Property;
using Guests = std::map<std::string, mime::Address>; // by address in lower case

} // namespace

Component public_part(Component event) {
    if (auto const* status = event.find(busy)) event.set(intended, status->value);
    std::erase_if(event.properties, [](Property const& one) {
        return one.name.starts_with("X-GODWIT-") || one.name == "CATEGORIES" || one.name == busy ||
               one.name == "COMMENT" || one.name == "CREATED" || one.name == "LAST-MODIFIED";
    });
    for (auto& one : event.properties)
        std::erase_if(one.parameters, [](ical::Parameter const& parameter) {
            return ical::upper(parameter.name).starts_with("X-GODWIT-");
        });
    std::erase_if(event.components, [](Component const& one) { return one.name == "VALARM"; });
    return event;
}

namespace {

// What an update is about: not who has answered what, nor when it was written.
Component content(Component event) {
    event = public_part(std::move(event));
    for (auto name :
         {std::string_view("DTSTAMP"), std::string_view("SEQUENCE"), std::string_view("EXDATE"),
          std::string_view("ATTENDEE"), std::string_view("ORGANIZER"), intended, std::string_view("TRANSP")})
        event.remove(name);
    return event;
}

// Whom nobody has invited gets nothing.
Guests guests_of(Component const& event, std::span<std::string const> owner) {
    Guests out;
    for (auto const& one : event.properties) {
        auto address = ical::mail_address(one);
        bool guest = one.name == "ATTENDEE" && !address.empty() && one.parameter("X-GODWIT-UNINVITED").empty();
        if (!guest || is_owner(owner, address) || same_address(address, organizer_of(event))) continue;
        out.try_emplace(mime::lower(address), mime::Address{std::string(one.parameter("CN")), std::string(address)});
    }
    return out;
}

// A mail of one occurrence speaks of no other, whatever the file said that it came from.
Component of_one(Component const& event) {
    auto out = public_part(event);
    if (auto* id = out.find("RECURRENCE-ID")) id->set_parameter("RANGE", "");
    return out;
}

// A calendar, taken apart: the series (or single event), its overrides and what it leaves out.
struct Parts {
    explicit Parts(Component const* from) {
        if (from) calendar = *from;
        for (auto const& one : calendar.components) {
            if (one.name != "VEVENT") continue;
            if (auto const* id = one.find("RECURRENCE-ID"))
                overrides.emplace(Record::instant_of(calendar, *id), &one);
            else
                master = &one;
        }
        if (!master) return;
        ical::Clocks clocks(calendar);
        for (auto const& one : master->properties)
            if (one.name == "EXDATE")
                for (auto const& date : ical::moments(one))
                    deleted.emplace(clocks.instant(date, ical::Zone::utc()), date);
    }
    bool is_cancelled() const { return master && is_off(*master); }

    Component calendar;
    Component const* master = nullptr;
    std::map<Instant, Component const*> overrides;
    std::map<Instant, ical::Moment> deleted;
};

// The highest of all that was said of it.
std::uint32_t highest(Parts const& parts) {
    auto out = parts.master ? revision_of(*parts.master).sequence : 0;
    for (auto const& [at, one] : parts.overrides) out = std::max(out, revision_of(*one).sequence);
    return out;
}

class Difference {
public:
    Difference(Parts const& before, Parts const& after, Property organizer, std::span<std::string const> owner,
               std::string_view name, Instant now)
        : before_(before), after_(after), organizer_(std::move(organizer)), owner_(owner), now_(now) {
        from_ = {.name = std::string(name), .address = std::string(ical::mail_address(organizer_))};
    }

    std::vector<Mail> mails() {
        bool over = !after_.master || after_.is_cancelled();
        if (over) {
            if (before_.master && !before_.is_cancelled()) cancel_all();
            return std::move(out_);
        }
        auto now = guests_of(*after_.master, owner_);
        Guests was;
        if (before_.master && !before_.is_cancelled()) was = guests_of(*before_.master, owner_);
        Guests gone, added;
        for (auto const& [key, who] : was)
            if (!now.contains(key)) gone.emplace(key, who);
        for (auto const& [key, who] : now)
            if (!was.contains(key)) added.emplace(key, who);
        if (before_.master) send(Method::cancel, gone, {cancelled(*before_.master)});
        bool other = !before_.master || content(*before_.master) != content(*after_.master);
        invite(other ? now : added);
        occurrences(was, now, other);
        return std::move(out_);
    }

private:
    // All of it, but for the occurrences to which somebody is not invited.
    void invite(Guests const& guests) {
        std::map<Instant, Guests> here;
        for (auto const& [at, one] : after_.overrides) here.emplace(at, guests_of(*one, owner_));
        std::map<std::vector<Instant>, Guests> groups; // by what they do not come to
        for (auto const& guest : guests) {
            std::vector<Instant> without;
            for (auto const& [at, come] : here)
                if (!come.contains(guest.first)) without.push_back(at);
            groups[without].insert(guest);
        }
        for (auto const& [without, group] : groups) send(Method::request, group, whole(without));
    }
    std::vector<Component> whole(std::vector<Instant> const& without) const {
        std::vector<Component> events{public_part(*after_.master)};
        for (auto const& [at, one] : after_.overrides) {
            if (!std::ranges::binary_search(without, at)) {
                events.push_back(public_part(*one));
                continue;
            }
            auto left_out = *one->find("RECURRENCE-ID");
            left_out.name = "EXDATE";
            left_out.set_parameter("RANGE", "");
            events.front().properties.push_back(std::move(left_out));
        }
        return events;
    }
    Component cancelled(Component const& event) const {
        auto out = of_one(event);
        out.set("STATUS", "CANCELLED");
        auto sequence = highest(before_) + 1;
        if (after_.master) sequence = std::max(revision_of(event).sequence, revision_of(*after_.master).sequence);
        out.set("SEQUENCE", std::to_string(sequence));
        out.set("DTSTAMP", ical::raw(std::max(now_, revision_of(event).stamp))); // a clock may have been set back
        return out;
    }
    void cancel_all() {
        auto const everybody = guests_of(*before_.master, owner_);
        send(Method::cancel, everybody, {cancelled(*before_.master)});
        for (auto const& [at, one] : before_.overrides) cancel_alone(*one, everybody);
    }
    // To those who come to it, and not to the series: of that they know nothing, and it is not theirs to see.
    void cancel_alone(Component const& event, Guests const& of_series) {
        if (is_off(event)) return;
        auto alone = guests_of(event, owner_);
        std::erase_if(alone, [&](auto const& one) { return of_series.contains(one.first); });
        send(Method::cancel, alone, {cancelled(event)});
    }
    // Each occurrence on its own: to everybody, or, if all of the series is told, to those who come to that one alone.
    void occurrences(Guests const& was, Guests const& now, bool series_told) {
        Guests stay, both = was;
        both.insert(now.begin(), now.end());
        for (auto const& one : now)
            if (!series_told && was.contains(one.first)) stay.insert(one);
        auto guests_at = [&](Component const& event) {
            auto out = guests_of(event, owner_);
            if (series_told)
                std::erase_if(out, [&](auto const& one) { return was.contains(one.first) || now.contains(one.first); });
            return out;
        };
        for (auto const& [at, date] : after_.deleted) {
            if (before_.deleted.contains(at)) continue;
            auto old = before_.overrides.find(at);
            auto event = old != before_.overrides.end()
                             ? *old->second
                             : occurrence_of(*after_.master, ical::property("RECURRENCE-ID", date));
            send(Method::cancel, old != before_.overrides.end() ? guests_at(event) : stay, {cancelled(event)});
        }
        for (auto const& [at, event] : after_.overrides) {
            auto old = before_.overrides.find(at);
            auto inherited = occurrence_of(*after_.master, *event->find("RECURRENCE-ID"));
            auto const& earlier = old != before_.overrides.end() ? *old->second : inherited;
            auto here = guests_at(*event), there = before_.is_cancelled() ? Guests() : guests_at(earlier);
            Guests gone, added;
            auto told = [&](std::string const& key) { return was.contains(key) != now.contains(key); }; // of all of it
            for (auto const& one : there)
                if (!here.contains(one.first) && !told(one.first)) gone.insert(one);
            for (auto const& one : here)
                if (!there.contains(one.first) && !told(one.first)) added.insert(one);
            send(Method::cancel, gone, {cancelled(*event)});
            bool off = is_off(*event), was_off = is_off(earlier);
            if (off && !was_off)
                send(Method::cancel, here, {cancelled(*event)});
            else if (!off)
                send(Method::request, content(earlier) != content(*event) ? here : added, {of_one(*event)});
        }
        if (before_.is_cancelled()) return;
        for (auto const& [at, event] : before_.overrides) // ended by what the series has become (MS-ASCAL_R2114)
            if (!after_.overrides.contains(at) && !after_.deleted.contains(at)) cancel_alone(*event, both);
    }
    void send(Method method, Guests const& to, std::vector<Component> events) {
        if (to.empty()) return;
        Mail mail{.method = method,
                  .from = from_,
                  .subject = ical::text(events.front().value("SUMMARY")),
                  .calendar = {.name = "VCALENDAR"}};
        if (method == Method::cancel) mail.subject.insert(0, "Canceled: ");
        for (auto const& [key, who] : to) mail.to.push_back(who);
        mail.text = ical::text(events.front().value("DESCRIPTION"));
        mail.calendar.set("VERSION", "2.0");
        mail.calendar.set("PRODID", "-//Godwit//Godwit//EN");
        for (auto const& one : (after_.master ? after_ : before_).calendar.components)
            if (one.name == "VTIMEZONE") mail.calendar.components.push_back(one);
        for (auto& event : events) {
            if (!event.find("ORGANIZER")) event.set(organizer_); // RFC 5546 3.2.2 wants him in each
            mail.calendar.components.push_back(std::move(event));
        }
        out_.push_back(std::move(mail));
    }

    Parts const &before_, &after_;
    Property organizer_;
    std::span<std::string const> owner_;
    Instant now_;
    mime::Address from_;
    std::vector<Mail> out_;
};

} // namespace

Component const* organizers_word(Component const* before, Component const* after) {
    for (auto const* one : {after, before})
        if (one && organizer_in(*one)) return one;
    return nullptr;
}

std::vector<Mail> mails_of_change(Component const* before, Component const* after, std::span<std::string const> owner,
                                  std::string_view name, Instant now) {
    Parts const old(before), fresh(after);
    auto const* word = organizers_word(before, after);
    if ((!fresh.master && !old.master) || !word || !organizes(owner, *word)) return {}; // law 9
    auto organizer = public_part({.name = "VEVENT", .properties = {*organizer_in(*word)}}).properties.front();
    return Difference(old, fresh, std::move(organizer), owner, name, now).mails();
}

namespace {

bool loses_guests(Component const& before, Component const& after) {
    auto was = guests_of(before, {}), now = guests_of(after, {});
    return std::ranges::any_of(was, [&](auto const& one) { return !now.contains(one.first); });
}

void ask(Component& event) {
    for (auto& one : event.properties) {
        if (one.name != "ATTENDEE" || same_address(ical::mail_address(one), organizer_of(event))) continue;
        one.set_parameter("PARTSTAT", "NEEDS-ACTION");
        for (auto name : {"X-GODWIT-PROPOSED-START", "X-GODWIT-PROPOSED-END"}) one.set_parameter(name, "");
    }
}

// What is told of it is later than what was told before, also in the same second or by a clock that was set back; and
// an occurrence is not older than the series, which may have been told with it.
void make_later(Component& event, Component const& earlier, std::uint32_t series) {
    bool told = content(event) != content(earlier) || std::ranges::any_of(event.properties, [&](Property const& one) {
                    return one.name == "ATTENDEE" && !attendee(earlier, ical::mail_address(one));
                });
    if (told && revision_of(event).sequence < series) event.set("SEQUENCE", std::to_string(series));
    if (told && revision_of(event) <= revision_of(earlier))
        event.set("DTSTAMP", ical::raw(revision_of(earlier).stamp + std::chrono::seconds(1)));
}

using People = std::map<std::string, Property const*>; // by address in lower case
People people_of(Component const& event) {
    People out;
    for (auto const& one : event.properties)
        if (one.name == "ATTENDEE") out.try_emplace(mime::lower(ical::mail_address(one)), &one);
    return out;
}

// Who comes to the series, or does not any more, does so to the occurrences that are other than the rest.
void follow_series(Component& event, People const& gone, People const& added) {
    std::erase_if(event.properties, [&](Property const& one) {
        return one.name == "ATTENDEE" && gone.contains(mime::lower(ical::mail_address(one)));
    });
    std::vector<Property const*> missing;
    auto const here = people_of(event);
    for (auto const& [key, who] : added)
        if (!here.contains(key)) missing.push_back(who);
    for (auto const* one : missing) event.properties.push_back(*one);
}

// Of a change of the series: who of the guests of one is not among those of the other.
People only_in(Component const* event, Guests const& guests, Guests const& others) {
    auto out = event ? people_of(*event) : People();
    std::erase_if(out, [&](auto const& one) { return !guests.contains(one.first) || others.contains(one.first); });
    return out;
}

// The event as it was: of an occurrence that nobody has spoken of, as the series had it.
std::optional<Component> earlier_of(Parts const& old, Parts& fresh, Component const& event) {
    auto const* id = event.find("RECURRENCE-ID");
    if (!id) return old.master ? std::optional(*old.master) : std::nullopt;
    auto found = old.overrides.find(Record::instant_of(fresh.calendar, *id));
    if (found != old.overrides.end()) return *found->second;
    return old.master ? std::optional(occurrence_of(*old.master, *id)) : std::nullopt;
}

} // namespace

Component revised(Component const& before, Component after) {
    Parts old(&before);
    Parts fresh(&after);
    auto const* organizer = organizer_in(fresh.calendar);
    auto const was = old.master ? guests_of(*old.master, {}) : Guests();
    auto const now = fresh.master ? guests_of(*fresh.master, {}) : Guests();
    auto const gone = only_in(old.master, was, now), added = only_in(fresh.master, now, was);
    for (auto& event : after.components) {
        if (event.name != "VEVENT") continue;
        auto const earlier = earlier_of(old, fresh, event);
        if (!earlier) continue;
        bool series = !event.find("RECURRENCE-ID");
        if (!series && old.master && fresh.master) follow_series(event, gone, added);
        if (!event.find("ATTENDEE") && !earlier->find("ATTENDEE")) continue; // nobody to be told
        if (organizer && !series && !event.find("ORGANIZER")) event.set(*organizer);
        bool moved = times_of(old.calendar, *earlier) != times_of(fresh.calendar, event) ||
                     earlier->value("RRULE") != event.value("RRULE");
        bool fewer = series && std::ranges::any_of(fresh.deleted,
                                                   [&](auto const& one) { return !old.deleted.contains(one.first); });
        // An occurrence was called off with its series, and so it is called again.
        bool off = earlier->value("STATUS") != event.value("STATUS") || (old.is_cancelled() && !fresh.is_cancelled());
        bool raised = moved || fewer || off || loses_guests(*earlier, event);
        // A series that was moved leaves all behind that was said of its occurrences; so does one that loses one of
        // them, or a guest.
        auto sequence = series && raised ? highest(old) : revision_of(*earlier).sequence;
        if (!series && off && old.master) sequence = std::max(sequence, revision_of(*old.master).sequence);
        if (raised && revision_of(event).sequence <= sequence) event.set("SEQUENCE", std::to_string(sequence + 1));
        make_later(event, *earlier, fresh.master ? revision_of(*fresh.master).sequence : 0);
        if (moved) ask(event);
        if (moved)
            event.set(asked_property, written(revision_of(event)));
        else if (raised && !event.find(asked_property)) // SEQUENCE says no more which answers count
            event.set(asked_property, written({}));
    }
    return after;
}

} // namespace godwit::itip
