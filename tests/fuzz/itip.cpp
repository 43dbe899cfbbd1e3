// Any two mails, one behind the other, from their organizer: each is read or refused, the calendar stays one that can
// be read, and what came twice has no effect.
#include "itip/compose.hpp"
#include "itip/forward.hpp"
#include "itip/free_busy.hpp"
#include "itip/global_id.hpp"
#include "itip/own_answer.hpp"
#include "itip/schedule.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <source_location>

using namespace godwit;

namespace {

void must(bool holds, std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "broken: line %u\n", where.line());
    std::abort();
}

std::string sender_of(itip::Message const& message) {
    for (auto const& one : message.calendar.components)
        if (one.name == "VEVENT") return std::string(itip::organizer_of(one));
    return {};
}

void look_at(ical::Component const& calendar, std::vector<std::string> const& owner) {
    must(ical::parse(ical::write(calendar)).has_value());
    for (auto answer : {itip::Answer::accepted, itip::Answer::declined}) {
        itip::OwnAnswer own{.answer = answer, .now = ical::Instant(std::chrono::seconds(1'795'000'000))};
        auto after = itip::answered(calendar, own, owner);
        if (after) must(itip::answered(*after, own, owner) == after); // incident 1.8
    }
    itip::mails_of_change(nullptr, &calendar, owner, "", {});
    auto const passed = itip::forwarded(calendar, {.to = {{"", "c@x.org"}}, .now = {}}, owner, "");
    if (passed) must(ical::parse(ical::write(passed->mail.calendar)).has_value());
    auto copy = calendar;
    itip::Effort effort;
    itip::Range const years{ical::Instant(std::chrono::seconds(1'767'000'000)), // 2026 and 2027
                            ical::Instant(std::chrono::seconds(1'830'000'000))};
    auto const busy = itip::merged(itip::busy_times(copy, years, ical::Zone::utc(), effort));
    for (std::size_t i = 0; i < busy.size(); ++i)
        must(busy[i].start < busy[i].end && (i == 0 || busy[i - 1].end <= busy[i].start));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    std::string_view input(reinterpret_cast<char const*>(bytes), size);
    must(itip::uid_of(itip::global_object_id(input)).size() <= std::max<std::size_t>(size, 4096) * 2);
    auto const border = std::min(input.find('\0'), input.size());
    std::vector<std::string> const owner{"b@x.org"};
    std::optional<ical::Component> stored;
    for (auto part : {input.substr(0, border), input.substr(std::min(border + 1, input.size()))}) {
        auto message = itip::read(part);
        if (!message) continue;
        ical::Instant const at(std::chrono::seconds(1797238800)); // 2026-12-14T09:00Z, of the seeds
        for (auto const& occurrence : {std::optional<ical::Instant>(), std::optional(at)})
            itip::forwarded(message->calendar, {.to = {{"", "c@x.org"}}, .occurrence = occurrence, .now = {}}, owner,
                            "");
        auto const sender = sender_of(*message);
        auto outcome = itip::apply(stored ? &*stored : nullptr, *message, {sender}, owner);
        if (outcome.effect != itip::Outcome::Effect::changed) continue;
        stored = std::move(outcome.calendar);
        look_at(*stored, owner);
        must(itip::apply(&*stored, *message, {sender}, owner).effect != itip::Outcome::Effect::changed);
    }
    return 0;
}
