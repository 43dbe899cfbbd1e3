#include "itip/forward.hpp"

#include "ical/object.hpp"
#include "itip/own_answer.hpp"
#include "itip/schedule_parts.hpp"
#include "mime/build.hpp"
#include "mime/content.hpp"

#include <algorithm>
#include <utility>

namespace godwit::itip {
namespace {

using ical::Component, ical::Instant, ical::Property;

constexpr std::size_t max_noted = 1 << 20; // bytes

// As the organizer has said it: what its owner has written into it is not for others.
Component organizers_word(Component const& stored) {
    Record record(stored);
    Component out = stored;
    std::vector<Component> kept;
    auto const* series = record.series();
    bool told = series && !series->invited.name.empty();
    for (auto& one : out.components) {
        if (one.name != "VEVENT") {
            if (!one.name.starts_with("X-GODWIT-")) kept.push_back(std::move(one));
            continue;
        }
        auto const* id = one.find("RECURRENCE-ID");
        auto const* entry =
            record.entry(id ? std::optional(*id) : std::nullopt, id ? Record::instant_of(stored, *id) : Instant{});
        if (!entry || entry->invited.name.empty()) {
            if (!told || !id) kept.push_back(std::move(one)); // else he has answered it on its own, and no more
            continue;
        }
        auto word = entry->invited;
        word.name = "VEVENT";
        for (auto const& property : one.properties) {
            bool date = property.name == "EXDATE" || property.name == "RDATE";
            bool his = date && !property.parameter("X-GODWIT-DERIVED").empty(); // cancelled or added since
            if (his || property.name == "ATTACH") word.properties.push_back(property);
        }
        word.remove("X-MICROSOFT-CDO-BUSYSTATUS"); // how he takes it; how it is meant stands beside it
        kept.push_back(std::move(word));
    }
    out.components = std::move(kept);
    return out;
}

// The one occurrence, made if nobody has spoken of it; its index.
std::expected<std::size_t, NotForwarded> make_occurrence(Component& calendar, Instant at) {
    auto object = ical::Object::of(calendar, ical::Kind::event);
    if (!object) return std::unexpected(NotForwarded::no_event);
    auto& all = calendar.components;
    if (auto const known = said_of(calendar, at)) return *known;
    if (!object->has_master() || !(object->main().find("RRULE") || object->main().find("RDATE")))
        return std::unexpected(NotForwarded::not_recurring);
    auto const master = object->main();
    Occurrences occurrences(calendar, master, at);
    if (!occurrences.has(at) || is_left_out(calendar, master, at)) return std::unexpected(NotForwarded::no_occurrence);
    all.push_back(occurrence_of(master, ical::property("RECURRENCE-ID", occurrences.moment(at))));
    return all.size() - 1;
}

Property guest_of(mime::Address const& person) {
    Property one{.name = "ATTENDEE", .value = "mailto:" + printable(person.address)};
    one.set_parameter("CN", printable(person.name));
    return one;
}

void invite(Component& event, std::vector<mime::Address> const& guests, Instant now) {
    bool invited = false;
    for (auto const& guest : guests) {
        auto* known = attendee(event, guest.address);
        if (known && known->parameter("X-GODWIT-UNINVITED").empty()) continue;
        invited = true;
        if (known) {
            known->set_parameter("X-GODWIT-UNINVITED", ""); // he is welcome
            known->set_parameter("ROLE", "OPT-PARTICIPANT");
            continue;
        }
        auto one = guest_of(guest);
        one.set_parameter("ROLE", "OPT-PARTICIPANT");
        one.set_parameter("PARTSTAT", "NEEDS-ACTION");
        one.set_parameter("RSVP", "TRUE");
        event.properties.push_back(std::move(one));
    }
    // Later than what they may have been told before: that they are not invited any more.
    if (invited) event.set("DTSTAMP", ical::raw(std::max(now, revision_of(event).stamp + std::chrono::seconds(1))));
}

mime::Address address_of(Property const& person) {
    return {.name = std::string(person.parameter("CN")), .address = std::string(ical::mail_address(person))};
}

std::string in_words(std::vector<mime::Address> const& people) {
    std::string out;
    for (auto const& one : people) out += "    " + printable(mime::format(one)) + "\n";
    return out;
}

// The event of the invitation, with nobody in it but those who have got it. Without METHOD: it asks for nothing.
Component noted(Component calendar, std::vector<mime::Address> const& to) {
    bool first = true;
    std::erase_if(calendar.components,
                  [&](Component const& one) { return one.name == "VEVENT" && !std::exchange(first, false); });
    for (auto& event : calendar.components) {
        if (event.name != "VEVENT") continue;
        for (auto name : {"ATTENDEE", "ATTACH", "DESCRIPTION", "X-ALT-DESC"}) event.remove(name);
        event.properties.reserve(event.properties.size() + to.size());
        for (auto const& one : to) event.properties.push_back(guest_of(one));
    }
    return calendar;
}

Component const* first_event(Mail const& mail) {
    auto const& all = mail.calendar.components;
    auto const found = std::ranges::find(all, "VEVENT", &Component::name);
    return found == all.end() ? nullptr : &*found;
}

Notice notice_of(Forwarding const& how, mime::Address const& self, Mail const& mail, Property const& organizer) {
    auto summary = printable(ical::text(first_event(mail)->value("SUMMARY")));
    auto said = "Your meeting \"" + summary + "\" was forwarded by " + printable(mime::format(self)) + " to:\n\n";
    return {.from = self,
            .to = address_of(organizer),
            .subject = "Meeting Forward Notification: " + summary,
            .text = said + in_words(how.to),
            .calendar = noted(mail.calendar, how.to)};
}

// The events, or the one, without what is nobody else's; without an organizer it is no meeting (RFC 5546 3.2.1).
// Somebody's files say of one component only whose meeting they are.
Mail mail_of(Component const& calendar, std::optional<std::size_t> only, mime::Address const& self,
             std::optional<Property> const& organizer) {
    Mail mail{.method = organizer ? Method::request : Method::publish, .from = self, .calendar = {.name = "VCALENDAR"}};
    mail.calendar.set("VERSION", "2.0");
    mail.calendar.set("PRODID", "-//Godwit//Godwit//EN");
    for (std::size_t i = 0; i < calendar.components.size(); ++i) {
        auto const& one = calendar.components[i];
        bool const event = one.name == "VEVENT";
        if ((!event && one.name != "VTIMEZONE") || (event && only && *only != i)) continue;
        auto said = event ? public_part(one) : one;
        if (auto* id = event && only ? said.find("RECURRENCE-ID") : nullptr) id->set_parameter("RANGE", "");
        if (event && !organizer) said.set({.name = "ORGANIZER", .value = "mailto:" + printable(self.address)});
        if (event && organizer && organizer_of(said).empty()) said.set(*organizer);
        mail.calendar.components.push_back(std::move(said));
    }
    return mail;
}

} // namespace

std::string write(Notice const& notice) {
    mime::Assembly assembly;
    assembly.fields = mime::address_field("From", {notice.from}) + mime::address_field("To", {notice.to}) +
                      mime::text_field("Subject", printable(notice.subject)) + std::string(notice_field) +
                      ": meeting-forwarded\r\nAuto-Submitted: auto-generated\r\n";
    assembly.text = mime::plain_entity(notice.text);
    if (!notice.calendar.components.empty())
        assembly.text =
            mime::alternative(assembly.text, mime::text_entity("text/calendar", ical::write(notice.calendar)));
    return mime::assemble(assembly);
}

std::optional<Message> noticed(mime::Message const& mail) {
    auto const* part = mail.header().raw(notice_field) ? mail.calendar() : nullptr;
    if (!part) return std::nullopt;
    auto reading = read(mime::text_content(*part, max_noted), name_of(Method::publish));
    if (!reading) return std::nullopt;
    return std::move(*reading);
}

std::expected<Forwarded, NotForwarded> forwarded(Component const& stored, Forwarding const& how,
                                                 std::span<std::string const> owner, std::string_view name) {
    auto calendar = stored;
    auto object = ical::Object::of(calendar, ical::Kind::event);
    if (!object || owner.empty()) return std::unexpected(NotForwarded::no_event);
    // An appointment may be a meeting in one occurrence alone, and that one take place when the others do not.
    auto const known = how.occurrence ? said_of(calendar, *how.occurrence) : std::nullopt;
    auto const& about = known ? calendar.components[*known] : object->main();
    if (is_off(about)) return std::unexpected(NotForwarded::no_event);
    auto const* by = organizer_of(about).empty() ? &object->main() : &about;
    bool const meeting = !organizer_of(*by).empty();
    auto const organizer = meeting ? std::optional(*by->find("ORGANIZER")) : std::nullopt;
    bool const mine = is_owner(owner, organizer_of(*by));
    if (mine && how.deleted) return std::unexpected(NotForwarded::no_event);
    std::optional<std::size_t> only; // the occurrence alone
    if (how.occurrence) {
        auto made = make_occurrence(calendar, *how.occurrence); // in his calendar
        if (meeting && !mine && made) {
            calendar = organizers_word(stored);
            made = make_occurrence(calendar, *how.occurrence); // as the organizer has it
        }
        if (!made) return std::unexpected(made.error());
        only = *made;
    } else if (meeting && !mine) {
        calendar = organizers_word(stored);
    }
    auto self = invited_as(stored, owner, name);
    if (mine) self.address = ical::mail_address(*organizer);
    Forwarded out;
    if (mine && !how.to.empty()) {
        for (std::size_t i = 0; i < calendar.components.size(); ++i)
            if (calendar.components[i].name == "VEVENT" && (!only || *only == i))
                invite(calendar.components[i], how.to, how.now);
        out.calendar = calendar;
    }
    out.mail = mail_of(calendar, only, self, organizer);
    auto const* first = first_event(out.mail);
    if (!first) return std::unexpected(NotForwarded::no_event);
    out.mail.to = how.to;
    out.mail.subject = (how.to.empty() ? "" : "FW: ") + ical::text(first->value("SUMMARY"));
    if (how.to.empty() && meeting) out.mail.from = address_of(*organizer);
    out.mail.text = how.comment;
    if (auto words = ical::text(first->value("DESCRIPTION")); !words.empty())
        out.mail.text += (how.comment.empty() ? "" : "\n\n") + words;
    if (meeting && !mine) out.notice = notice_of(how, self, out.mail, *organizer);
    return out;
}

} // namespace godwit::itip
