// What an attendee mails to the organizer: his answer, or another time (RFC 5546 3.2.3, 3.2.7).
#include "itip/schedule_parts.hpp"

#include "ical/object.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

namespace godwit::itip {
namespace {

using ical::Component, ical::Instant, ical::Property;

constexpr std::string_view answered = "X-GODWIT-ANSWERED", uninvited = "X-GODWIT-UNINVITED";
constexpr std::string_view by_name = "X-GODWIT-ANSWERED-BY-NAME"; // his last word on this very occurrence
constexpr std::string_view proposed_start = "X-GODWIT-PROPOSED-START", proposed_end = "X-GODWIT-PROPOSED-END";
constexpr std::size_t max_uninvited = 50, max_answers = 20;

Revision read_revision(std::string_view text) {
    Revision out;
    auto slash = std::min(text.find('/'), text.size());
    std::from_chars(text.data(), text.data() + slash, out.sequence);
    if (slash < text.size()) out.stamp = ical::instant(text.substr(slash + 1)).value_or(Instant{});
    return out;
}
Revision answered_at(Property const& person) { return read_revision(person.parameter(answered)); }

// An occurrence that he has declined by name is none of his, whatever he answers to the rest, before or after.
bool is_declined_by_name(Property const& person) {
    return ical::same_name(person.parameter("PARTSTAT"), "DECLINED") && !person.parameter(by_name).empty() &&
           read_revision(person.parameter(by_name)) == answered_at(person);
}

std::string_view bare(std::string_view address) {
    return address.size() > 7 && ical::same_name(address.substr(0, 7), "mailto:") ? address.substr(7) : address;
}

bool is_answer(std::string_view partstat) {
    constexpr std::array<std::string_view, 4> known{"ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"};
    return std::ranges::any_of(known, [&](auto one) { return ical::same_name(one, partstat); });
}

// Where a stranger's answer is shown, within bounds. RFC 5546 3.2.3: the organizer decides whether he is welcome.
Property* list_uninvited(Component& event, Property const& who) {
    auto known = std::ranges::count_if(
        event.properties, [](auto const& one) { return one.name == "ATTENDEE" && !one.parameter(uninvited).empty(); });
    if (static_cast<std::size_t>(known) >= max_uninvited) return nullptr;
    Property guest{.name = "ATTENDEE", .value = who.value};
    guest.set_parameter("CN", std::string(who.parameter("CN").substr(0, 256)));
    guest.set_parameter("ROLE", "NON-PARTICIPANT");
    guest.set_parameter("PARTSTAT", "NEEDS-ACTION");
    guest.set_parameter(uninvited, "TRUE");
    auto behind = event.properties.begin(); // among the attendees, those in an order of their own
    for (auto at = behind; at != event.properties.end(); ++at) {
        if (at->name != "ATTENDEE") continue;
        if (!at->parameter(uninvited).empty() && at->value > guest.value) break;
        behind = at + 1;
    }
    return &*event.properties.insert(behind, std::move(guest));
}

void touch(Component& event, Instant at) {
    auto last = ical::instant(event.value("LAST-MODIFIED"));
    if (!last || *last < at) event.set("LAST-MODIFIED", ical::raw(at));
}

struct Word {
    Property who;
    Revision revision;
    Method method;
    Times times; // of COUNTER
};

// An attendee's later word: by the time of it, as what he answers, the series or an occurrence, counts on its own.
bool is_later(Revision const& a, Revision const& b) {
    return std::tie(a.stamp, a.sequence) > std::tie(b.stamp, b.sequence);
}

// An answer to what has been asked anew since is none (RFC 5546 2.1.5); who counts on his own is told by the time of
// his answer. What else has been changed since asks nobody anew, whatever SEQUENCE it has.
bool is_overtaken(Component const& event, Revision const& word) {
    auto known = asked_at(event).value_or(revision_of(event));
    return word.sequence < known.sequence && word.stamp <= known.stamp;
}

// False: nothing new.
bool write_word(Component& event, Word const& word) {
    if (is_off(event) || is_overtaken(event, word.revision)) return false;
    auto* person = attendee(event, ical::mail_address(word.who));
    bool const counter = word.method == Method::counter;
    if (counter && (!person || !takes_proposals(event))) return false; // only who was invited, and is asked, proposes
    if (!person) person = list_uninvited(event, word.who);
    if (!person) return false;
    auto const says = counter ? "TENTATIVE" : ical::upper(word.who.parameter("PARTSTAT"));
    bool const one = event.find("RECURRENCE-ID") != nullptr;
    bool stands = is_later(word.revision, answered_at(*person));
    if (one) { // which of his words on it by name is the last is known also where his word on the series counts
        if (!is_later(word.revision, read_revision(person->parameter(by_name)))) return false;
        stands |= says == "DECLINED";
    } else if (!stands) {
        return false;
    }
    if (stands) {
        person->set_parameter("PARTSTAT", says);
        person->set_parameter(answered, written(word.revision));
        person->set_parameter(proposed_start, counter ? ical::raw(word.times.start) : "");
        person->set_parameter(proposed_end, counter ? ical::raw(word.times.end) : "");
        person->set_parameter("DELEGATED-TO", std::string(word.who.parameter("DELEGATED-TO")));
        person->set_parameter("DELEGATED-FROM", std::string(word.who.parameter("DELEGATED-FROM")));
    }
    if (one) person->set_parameter(by_name, written(word.revision));
    touch(event, word.revision.stamp);
    return true;
}

// Whom somebody who was invited sends in his place is invited.
void welcome_delegates(Component& event) {
    for (auto& one : event.properties) {
        if (one.name != "ATTENDEE" || one.parameter(uninvited).empty()) continue;
        auto address = ical::mail_address(one);
        bool sent = std::ranges::any_of(event.properties, [&](auto const& other) {
            return other.name == "ATTENDEE" && other.parameter(uninvited).empty() &&
                   same_address(bare(other.parameter("DELEGATED-TO")), address);
        });
        if (!sent) continue;
        one.set_parameter(uninvited, "");
        one.set_parameter("ROLE", "");
    }
}

// The answer to the series is that to each occurrence that he has not answered since, and was not asked about since;
// but for those that he has declined.
void pass_on(ical::Object& object, Word word) {
    auto const* said = object.has_master() ? attendee(object.main(), ical::mail_address(word.who)) : nullptr;
    if (!said || said->parameter(answered).empty()) return;
    word.revision = answered_at(*said);
    auto partstat = std::string(said->parameter("PARTSTAT"));
    for (auto index : object.overrides()) {
        auto& event = object.calendar().components[index];
        auto* person = attendee(event, ical::mail_address(word.who));
        if (!person || is_declined_by_name(*person) || !is_later(word.revision, answered_at(*person))) continue;
        auto id = ical::moment(*event.find("RECURRENCE-ID")), start = ical::moment(*event.find("DTSTART"));
        auto utc = ical::Zone::utc();
        bool moved = !id || !start || object.instant(*id, utc) != object.instant(*start, utc);
        auto asked = asked_at(event).value_or(moved ? revision_of(event) : Revision());
        if (word.revision.stamp < asked.stamp) continue;
        person->set_parameter("PARTSTAT", partstat);
        person->set_parameter(answered, written(word.revision));
        for (auto name : {proposed_start, proposed_end}) person->set_parameter(name, "");
    }
}

bool is_invited(Component const& event, Property const& who) {
    auto const* person = attendee(event, ical::mail_address(who));
    return person && person->parameter(uninvited).empty();
}

// The occurrences of the series, as far as the answers of one mail reach: followed once for all of them.
class Reach {
public:
    explicit Reach(Component& answers) : answers_(answers) {}

    std::optional<ical::Moment> find(ical::Object& object, Instant at) {
        auto& master = object.main();
        auto const horizon = answer_horizon(object.calendar(), master, revision_of(master).stamp);
        if (at > horizon) return std::nullopt;
        if (!known_) known_.emplace(object.calendar(), master, last(horizon));
        if (!known_->is_known(at) || is_left_out(object.calendar(), master, at)) return std::nullopt;
        return known_->moment(at);
    }

private:
    Instant last(Instant horizon) {
        Instant out = Instant::min();
        for (auto const& one : answers_.components)
            if (auto const* id = one.name == "VEVENT" ? one.find("RECURRENCE-ID") : nullptr)
                if (auto at = Record::instant_of(answers_, *id); at <= horizon) out = std::max(out, at);
        return out;
    }
    Component& answers_;
    std::optional<Occurrences> known_;
};

Component made_override(Component const& master, ical::Moment const& at) {
    auto made = occurrence_of(master, ical::property("RECURRENCE-ID", at));
    ical::remove_files(made);
    made.remove("LAST-MODIFIED");
    std::erase_if(made.properties, [](Property const& one) { return !one.parameter(uninvited).empty(); });
    for (auto& one : made.properties)
        for (auto name : {proposed_start, proposed_end}) one.set_parameter(name, "");
    return made;
}

// The event that the answer is to. An override is made where there is none, of who is invited to the series.
Component* target(ical::Object& object, Component& answers, Component const& said, Property const& who, Reach& reach) {
    auto& calendar = object.calendar();
    auto const* id = said.find("RECURRENCE-ID");
    if (!id) return object.has_master() ? &object.main() : nullptr;
    auto at = Record::instant_of(answers, *id);
    if (auto const known = said_of(calendar, at)) return &calendar.components[*known];
    auto const& master = object.main();
    if (!object.has_master() || (!master.find("RRULE") && !master.find("RDATE"))) return nullptr;
    if (object.overrides().size() >= Record::max_entries || !is_invited(master, who)) return nullptr;
    auto const moment = reach.find(object, at);
    if (!moment) return nullptr;
    auto made = made_override(master, *moment);
    auto place = std::ranges::find_if(calendar.components, [&](Component const& one) {
        return one.name == "VEVENT" && one.find("RECURRENCE-ID") &&
               Record::instant_of(calendar, *one.find("RECURRENCE-ID")) > at;
    });
    return &*calendar.components.insert(place, std::move(made));
}

// He, by whichever of his addresses.
Property const* speaker(Component const& said, Sender sender) {
    auto const* found = attendee(said, sender.address);
    for (auto const& other : sender.others)
        if (!found) found = attendee(said, other);
    return found;
}

// As he stands among the invited: a phone answers as who it signs in, also where it was invited by another address.
std::string invited_value(Component const& stored, Property const& who, Sender sender) {
    auto invited = [&](std::string_view address) -> Property const* {
        for (auto const& event : stored.components) {
            auto const* found = event.name == "VEVENT" ? attendee(event, address) : nullptr;
            if (found && found->parameter(uninvited).empty()) return found;
        }
        return nullptr;
    };
    auto const* found = invited(ical::mail_address(who));
    if (!found) found = invited(sender.address);
    for (auto const& other : sender.others)
        if (!found) found = invited(other);
    return found ? found->value : who.value;
}

} // namespace

std::string written(Revision const& revision) {
    return std::to_string(revision.sequence) + "/" + ical::raw(revision.stamp);
}

std::optional<Revision> asked_at(Component const& event) {
    auto const* asked = event.find(asked_property);
    return asked ? std::optional(read_revision(asked->value)) : std::nullopt;
}

Outcome attendee_says(Component const* stored, Message const& message, Sender sender,
                      std::span<std::string const> owner) {
    if (!stored) return refused("an answer to no meeting");
    auto calendar = *stored;
    auto object = ical::Object::of(calendar, ical::Kind::event);
    if (!object || !organizes(owner, calendar)) return refused("an answer to somebody else's meeting");
    auto said = message.calendar;
    bool changed = false;
    std::size_t count = 0;
    Reach reach(said);
    for (auto const& one : said.components) {
        if (one.name != "VEVENT" || ++count > max_answers) continue;
        auto const* who = speaker(one, sender);
        if (!who || is_owner(owner, ical::mail_address(*who))) return refused("somebody else's answer");
        if (message.method == Method::reply && !is_answer(who->parameter("PARTSTAT")))
            return refused("no answer in it");
        Word word{*who, revision_of(one), message.method, times_of(said, one)};
        word.who.value = invited_value(calendar, *who, sender);
        auto trial = calendar; // an override that says nothing new is not made
        auto view = *ical::Object::of(trial, ical::Kind::event);
        auto* event = target(view, said, one, word.who, reach);
        if (!event || !write_word(*event, word)) continue;
        welcome_delegates(*event);
        view = *ical::Object::of(trial, ical::Kind::event);
        pass_on(view, word);
        calendar = std::move(trial);
        changed = true;
    }
    if (!changed) return without_effect("nothing that is new of an occurrence that is there, of who is invited");
    return {Outcome::Effect::changed, name_of(message.method), std::move(calendar), Outcome::Place::keep};
}

} // namespace godwit::itip
