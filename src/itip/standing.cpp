#include "itip/standing.hpp"

#include "itip/record.hpp"
#include "mime/header.hpp"

#include <algorithm>

namespace godwit::itip {
namespace {

using ical::Component;

constexpr std::string_view field = "X-Godwit-Meeting-Message-Type";

bool has_answered(Component const& event, std::span<std::string const> owner) {
    return std::ranges::any_of(owner, [&](std::string const& address) {
        auto const* self = attendee(event, address);
        auto const word = self ? self->parameter("PARTSTAT") : std::string_view();
        return !word.empty() && !ical::same_name(word, "NEEDS-ACTION");
    });
}

} // namespace

Standing standing(Component const& stored, Message const& message, std::span<std::string const> owner) {
    if (message.method != Method::request) return Standing::plain;
    Record record(stored);
    auto known = stored, said = message.calendar;
    bool outdated = true, informational = true;
    for (auto const& event : message.calendar.components) {
        if (event.name != "VEVENT") continue;
        auto const* id = event.find("RECURRENCE-ID");
        auto const* entry = record.entry(id ? std::optional(*id) : std::nullopt,
                                         id ? Record::instant_of(message.calendar, *id) : ical::Instant{});
        if (!entry || !entry->said) return Standing::plain;
        auto const revision = revision_of(event);
        outdated &= *entry->said > revision;
        informational &= entry->event && *entry->said < revision && !entry->is_gone() &&
                         has_answered(*entry->event, owner) &&
                         times_of(known, *entry->event) == times_of(said, event) &&
                         entry->event->value("RRULE") == event.value("RRULE");
    }
    return outdated ? Standing::outdated : informational ? Standing::informational : Standing::plain;
}

std::string standing_field(Standing standing) {
    if (standing == Standing::plain) return {};
    return std::string(field) + ": " + std::to_string(static_cast<int>(standing)) + "\r\n";
}

Standing standing_of(mime::Message const& mail) {
    auto const& fields = mail.header().fields();
    if (fields.empty() || !mime::equal_ignoring_case(fields.front().name, field)) return Standing::plain;
    auto const value = mime::unfold(fields.front().value);
    for (auto const one : {Standing::informational, Standing::outdated})
        if (ical::trimmed(value) == std::to_string(static_cast<int>(one))) return one;
    return Standing::plain;
}

} // namespace godwit::itip
