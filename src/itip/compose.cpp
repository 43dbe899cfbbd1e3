#include "itip/compose.hpp"

#include "ical/object.hpp"
#include "itip/record.hpp"
#include "itip/schedule_parts.hpp"
#include "mime/build.hpp"

#include <algorithm>
#include <array>

namespace godwit::itip {

using ical::Component, ical::Property;

std::string printable(std::string text) {
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    return text;
}

bool takes_proposals(Component const& event) {
    return !ical::same_name(event.value("X-MICROSOFT-DISALLOW-COUNTER"), "TRUE");
}

namespace {

std::string_view begin_of(Answer answer, bool proposes) {
    if (proposes) return "New Time Proposed: ";
    constexpr std::array<std::string_view, 3> words{"Accepted: ", "Tentative: ", "Declined: "};
    return words[static_cast<std::size_t>(answer)];
}

// The event that is answered: the occurrence's own, or the series' as of that occurrence.
std::optional<Component> answered_event(Component& calendar, std::optional<ical::Instant> occurrence) {
    auto object = ical::Object::of(calendar, ical::Kind::event);
    if (!object) return std::nullopt;
    if (!occurrence) return object->main();
    if (auto const said = said_of(calendar, *occurrence)) return calendar.components[*said];
    auto const& master = object->main();
    if (!object->has_master() || (!master.find("RRULE") && !master.find("RDATE"))) return std::nullopt;
    Occurrences occurrences(calendar, master, *occurrence);
    if (!occurrences.has(*occurrence)) return std::nullopt;
    return occurrence_of(master, ical::property("RECURRENCE-ID", occurrences.moment(*occurrence)));
}

} // namespace

mime::Entity calendar_part(Mail const& mail) {
    auto calendar = mail.calendar;
    calendar.set("METHOD", std::string(name_of(mail.method)));
    auto type = "text/calendar; method=" + std::string(name_of(mail.method));
    return mime::text_entity(type, ical::write(calendar));
}

std::string write(Mail const& mail) {
    mime::Assembly assembly;
    assembly.fields = mime::address_field("From", {mail.from}) + mime::address_field("To", mail.to) +
                      mime::text_field("Subject", printable(mail.subject)) +
                      "Content-Class: urn:content-classes:calendarmessage\r\n";
    assembly.text = mime::alternative(mime::plain_entity(mail.text), calendar_part(mail));
    return mime::assemble(assembly);
}

std::string_view partstat(Answer answer) {
    constexpr std::array<std::string_view, 3> words{"ACCEPTED", "TENTATIVE", "DECLINED"};
    return words[static_cast<std::size_t>(answer)];
}

std::optional<Mail> answer_mail(Component const& stored, Answering const& how) {
    auto calendar = stored;
    auto event = answered_event(calendar, how.occurrence);
    if (!event || organizer_of(*event).empty()) return std::nullopt;
    if (how.proposal && !takes_proposals(*event)) return std::nullopt;
    auto const& organizer = *event->find("ORGANIZER");
    Component said{.name = "VEVENT"};
    for (auto name : {"UID", "RECURRENCE-ID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION"})
        if (auto const* property = event->find(name)) said.set(*property);
    if (auto* id = said.find("RECURRENCE-ID")) id->set_parameter("RANGE", ""); // of this one, whatever it came in
    said.set({.name = "ORGANIZER", .value = organizer.value});
    said.set("DTSTAMP", ical::raw(how.now));
    Property self{.name = "ATTENDEE", .value = "mailto:" + printable(how.self.address)};
    self.set_parameter("PARTSTAT", std::string(how.proposal ? "TENTATIVE" : partstat(how.answer)));
    self.set_parameter("CN", printable(how.self.name));
    said.set(std::move(self));
    if (how.proposal) {
        said.remove("DURATION");
        said.set("DTSTART", ical::raw(how.proposal->start));
        said.set("DTEND", ical::raw(how.proposal->end));
    }
    if (!how.comment.empty()) said.set("COMMENT", ical::escaped(how.comment));
    auto summary = ical::text(event->value("SUMMARY"));
    Mail mail{.method = how.proposal ? Method::counter : Method::reply,
              .from = how.self,
              .to = {{.name = std::string(organizer.parameter("CN")), .address = std::string(organizer_of(*event))}},
              .subject = std::string(begin_of(how.answer, how.proposal.has_value())) + summary,
              .text = how.comment,
              .calendar = {.name = "VCALENDAR"}};
    mail.calendar.set("VERSION", "2.0");
    mail.calendar.set("PRODID", "-//Godwit//Godwit//EN");
    for (auto const& one : calendar.components) {
        auto named = [&](Property const& property) { return property.parameter("TZID") == one.value("TZID"); };
        if (one.name == "VTIMEZONE" && std::ranges::any_of(said.properties, named))
            mail.calendar.components.push_back(one);
    }
    mail.calendar.components.push_back(std::move(said));
    return mail;
}

} // namespace godwit::itip
