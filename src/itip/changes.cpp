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
        for (auto const& one : master->properties)
            if (one.name == "EXDATE")
                for (auto const& date : ical::moments(one))
                    deleted.emplace(Record::instant_of(calendar, ical::property("EXDATE", date)), date);
    }
    bool is_cancelled() const { return master && ical::same_name(master->value("STATUS"), "CANCELLED"); }

    Component calendar;
    Component const* master = nullptr;
    std::map<Instant, Component const*> overrides;
    std::map<Instant, ical::Moment> deleted;
};

class Difference {
public:
    Difference(Parts const& before, Parts const& after, Property organizer, std::span<std::string const> owner,
               std::string_view name, Instant now)
        : before_(before), after_(after), organizer_(std::move(organizer)), owner_(owner), now_(now) {
        auto const& event = after.master ? *after.master : *before.master;
        from_ = {.name = std::string(name), .address = std::string(ical::mail_address(organizer_))};
        summary_ = ical::text(event.value("SUMMARY"));
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
            events.front().properties.push_back(std::move(left_out));
        }
        return events;
    }
    Component cancelled(Component const& event) const {
        auto out = public_part(event);
        out.set("STATUS", "CANCELLED");
        auto sequence =
            std::max(revision_of(event).sequence, before_.master ? revision_of(*before_.master).sequence + 1 : 0);
        if (after_.master) sequence = std::max(revision_of(event).sequence, revision_of(*after_.master).sequence);
        out.set("SEQUENCE", std::to_string(sequence));
        out.set("DTSTAMP", ical::raw(std::max(now_, revision_of(event).stamp))); // a clock may have been set back
        return out;
    }
    void cancel_all() {
        auto everybody = guests_of(*before_.master, owner_);
        for (auto const& [at, one] : before_.overrides)
            for (auto& guest : guests_of(*one, owner_)) everybody.insert(guest);
        auto event = cancelled(*before_.master);
        send(Method::cancel, everybody, {std::move(event)});
    }
    // Each occurrence on its own: to everybody, or, if all of the series is told, to those who come to that one alone.
    void occurrences(Guests const& was, Guests const& now, bool series_told) {
        Guests stay;
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
            auto here = guests_at(*event), there = guests_at(earlier);
            Guests gone, added;
            auto told = [&](std::string const& key) { return was.contains(key) != now.contains(key); }; // of all of it
            for (auto const& one : there)
                if (!here.contains(one.first) && !told(one.first)) gone.insert(one);
            for (auto const& one : here)
                if (!there.contains(one.first) && !told(one.first)) added.insert(one);
            send(Method::cancel, gone, {cancelled(*event)});
            bool off = ical::same_name(event->value("STATUS"), "CANCELLED");
            bool was_off = ical::same_name(earlier.value("STATUS"), "CANCELLED");
            if (off && !was_off)
                send(Method::cancel, here, {cancelled(*event)});
            else if (!off)
                send(Method::request, content(earlier) != content(*event) ? here : added, {public_part(*event)});
        }
    }
    void send(Method method, Guests const& to, std::vector<Component> events) {
        if (to.empty()) return;
        Mail mail{.method = method, .from = from_, .subject = summary_, .calendar = {.name = "VCALENDAR"}};
        if (method == Method::cancel) mail.subject = "Canceled: " + summary_;
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
    std::string summary_;
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

// The highest of all that was said of it.
std::uint32_t highest(Parts const& parts) {
    auto out = parts.master ? revision_of(*parts.master).sequence : 0;
    for (auto const& [at, one] : parts.overrides) out = std::max(out, revision_of(*one).sequence);
    return out;
}

// Who comes to the series, or does not any more, does so to the occurrences that are other than the rest.
void follow_series(Component& event, Guests const& old, Guests const& now, Component const& is) {
    std::erase_if(event.properties, [&](Property const& one) {
        auto key = mime::lower(ical::mail_address(one));
        return one.name == "ATTENDEE" && old.contains(key) && !now.contains(key);
    });
    for (auto const& [key, who] : now)
        if (!old.contains(key) && !attendee(event, who.address)) event.properties.push_back(*attendee(is, who.address));
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
    for (auto& event : after.components) {
        if (event.name != "VEVENT") continue;
        auto const earlier = earlier_of(old, fresh, event);
        if (!earlier) continue;
        bool series = !event.find("RECURRENCE-ID");
        if (!series && old.master && fresh.master) follow_series(event, was, now, *fresh.master);
        if (!event.find("ATTENDEE") && !earlier->find("ATTENDEE")) continue; // nobody to be told
        if (organizer && !series && !event.find("ORGANIZER")) event.set(*organizer);
        bool moved = times_of(old.calendar, *earlier) != times_of(fresh.calendar, event) ||
                     earlier->value("RRULE") != event.value("RRULE");
        bool fewer = series && std::ranges::any_of(fresh.deleted,
                                                   [&](auto const& one) { return !old.deleted.contains(one.first); });
        bool off = earlier->value("STATUS") != event.value("STATUS");
        // A series that was moved leaves all behind that was said of its occurrences; so does one of them that goes.
        auto sequence = series && (moved || fewer) ? highest(old) : revision_of(*earlier).sequence;
        bool raised = moved || fewer || off || loses_guests(*earlier, event);
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
