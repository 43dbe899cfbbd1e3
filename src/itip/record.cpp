#include "itip/record.hpp"

#include "ical/object.hpp"
#include "ical/range.hpp"
#include "mime/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace godwit::itip {
namespace {

using ical::Component, ical::Instant, ical::Local, ical::Moment, ical::Property, ical::Zone;

constexpr std::string_view scheduling = "X-GODWIT-SCHEDULING", invited = "X-GODWIT-INVITED";
constexpr std::string_view of_range = "X-GODWIT-OF-RANGE";
constexpr std::string_view derived = "X-GODWIT-DERIVED", before = "X-GODWIT-WAS-";

std::string raw(Revision const& revision) {
    return std::to_string(revision.sequence) + ";" + ical::raw(revision.stamp);
}

std::optional<Revision> revision(std::string_view text) {
    Revision out;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.sequence);
    if (error != std::errc() || end == text.data() + text.size()) return std::nullopt;
    auto stamp = ical::instant(text.substr(static_cast<std::size_t>(end - text.data()) + 1));
    if (!stamp) return std::nullopt;
    out.stamp = *stamp;
    return out;
}

// What a cancelled event shows, and how it was: so that an organizer who takes it back finds it.
void show_cancelled(Component& event) {
    constexpr std::array shown{std::pair{"STATUS", "CANCELLED"}, std::pair{"TRANSP", "TRANSPARENT"},
                               std::pair{"X-MICROSOFT-CDO-BUSYSTATUS", "FREE"}};
    for (auto [name, value] : shown) {
        Property kept{.name = std::string(before) + name, .value = std::string(event.value(name))};
        if (!event.find(name)) kept.set_parameter(derived, "NONE");
        event.set(std::move(kept));
        event.set(name, value);
    }
}

void restore(Component& event) {
    std::erase_if(event.properties, [](Property const& one) {
        return !one.parameter(derived).empty() && (one.name == "EXDATE" || one.name == "RDATE");
    });
    for (auto name : {"STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"}) {
        auto kept = std::string(before) + name;
        auto const* was = event.find(kept);
        if (!was) continue;
        auto value = was->value;
        bool none = !was->parameter(derived).empty();
        event.remove(kept);
        if (none)
            event.remove(name);
        else
            event.set(name, value);
    }
}

// As of the organizer's last word, and never back (incident 1.9).
void stamp(Component& event, std::optional<Revision> const& word) {
    auto at = ical::instant(event.value("DTSTAMP"));
    if (word && (!at || *at < word->stamp)) event.set("DTSTAMP", ical::raw(word->stamp));
}
Component stamped(Entry const& entry) {
    auto out = *entry.event;
    stamp(out, entry.said);
    stamp(out, entry.cancelled);
    return out;
}

// What a range says of an occurrence, until its owner changes it: then it is his, up to the range's next word.
std::string print_of(Component event) {
    event.remove(of_range);
    return std::to_string(mime::fnv1a(ical::write(event)));
}
bool is_written_out(Component const& event) { return event.find(of_range) && event.value(of_range) == print_of(event); }
bool is_overtaken(Entry const& one, std::vector<Entry> const& all) {
    if (!one.event || !one.event->find(of_range)) return false;
    return std::ranges::any_of(all, [&](Entry const& other) {
        bool range = other.occurrence && !other.occurrence->parameter("RANGE").empty() && other.said;
        return range && other.at < one.at && *other.said > revision_of(*one.event);
    });
}

Property derived_date(std::string_view name, Moment const& at) {
    auto out = ical::property(name, at);
    out.set_parameter(derived, "TRUE");
    return out;
}

// The occurrences that a series leaves out.
std::set<Instant> left_out(Component const& calendar, Component const& master) {
    std::set<Instant> out;
    ical::Clocks clocks(calendar);
    for (auto const& one : master.properties)
        if (one.name == "EXDATE")
            for (auto const& date : ical::moments(one)) out.insert(clocks.instant(date, Zone::utc()));
    return out;
}

void take_back(Component const& calendar, Component& master, std::set<Instant> const& there) {
    if (there.empty()) return;
    std::vector<Property> kept;
    ical::Clocks clocks(calendar);
    for (auto& one : master.properties) {
        auto const dates = one.name == "EXDATE" ? ical::moments(one) : std::vector<Moment>();
        auto is_there = [&](Moment const& date) { return there.contains(clocks.instant(date, Zone::utc())); };
        if (std::ranges::none_of(dates, is_there)) {
            kept.push_back(std::move(one));
            continue;
        }
        for (auto const& date : dates)
            if (!is_there(date)) kept.push_back(ical::property("EXDATE", date));
    }
    master.properties = std::move(kept);
}

using Names = std::set<std::string, std::less<>>;
void zones_named_in(Component const& component, Names& out) {
    for (auto const& one : component.properties)
        if (auto zone = one.parameter("TZID"); !zone.empty()) out.emplace(zone);
    for (auto const& inner : component.components) zones_named_in(inner, out);
}

} // namespace

Record::Record(std::string_view uid, Property organizer)
    : head_{.name = "VCALENDAR"}, uid_(ical::escaped(uid)), organizer_(std::move(organizer)) {
    head_.set("VERSION", "2.0");
    head_.set("PRODID", "-//Godwit//Godwit//EN");
}

Record::Record(Component calendar) {
    auto components = std::exchange(calendar.components, {});
    head_ = std::move(calendar);
    for (auto& one : components)
        if (one.name == "VTIMEZONE") head_.components.push_back(std::move(one));
    for (auto& one : components)
        if (one.name == scheduling) load(std::move(one), true);
    for (auto& one : components) {
        if (one.name == "VEVENT")
            load(std::move(one), false);
        else if (!one.name.empty() && one.name != scheduling && one.name != "VTIMEZONE")
            head_.components.push_back(std::move(one));
    }
}

// What is in the calendar counts more than what was hidden: a phone may have made it anew.
void Record::load(Component component, bool is_scheduling) {
    if (uid_.empty()) uid_ = component.value("UID");
    if (!is_scheduling && is_written_out(component)) return; // write() makes it anew
    if (auto const* organizer = component.find("ORGANIZER"); organizer && !organizer_) organizer_ = *organizer;
    auto const* id = component.find("RECURRENCE-ID");
    auto occurrence = id ? std::optional(*id) : std::nullopt;
    auto* found = entry(occurrence, occurrence ? instant_of(head_, *occurrence) : Instant{});
    if (!found) {
        whole_ = false;
        return;
    }
    if (!is_scheduling) {
        restore(component);
        if (!found->said) found->said = Revision{revision_of(component).sequence, {}};
        found->event = std::move(component);
        return;
    }
    found->said = revision(component.value("X-GODWIT-SAID"));
    found->cancelled = revision(component.value("X-GODWIT-CANCELLED"));
    found->added = component.find("X-GODWIT-ADDED") != nullptr;
    for (auto& inner : component.components) {
        if (inner.name == invited)
            found->invited = std::move(inner);
        else if (inner.name == "VEVENT")
            found->event = std::move(inner);
    }
}

bool Entry::goes_with(Entry const& series) const {
    if (!occurrence || series.occurrence || !series.is_gone()) return false;
    return !said || *series.cancelled >= *said || series.cancelled->stamp >= said->stamp;
}

Instant Record::instant_of(Component const& calendar, Property const& occurrence) {
    auto at = ical::moment(occurrence);
    return at ? ical::instant_in(calendar, *at, Zone::utc()) : Instant{};
}

Entry* Record::find(std::optional<Property> const& occurrence, Instant at) {
    for (auto& one : entries_)
        if (one.occurrence.has_value() == occurrence.has_value() && one.at == at) return &one;
    return nullptr;
}

Entry* Record::entry(std::optional<Property> const& occurrence, Instant at) {
    if (auto* found = find(occurrence, at)) return found;
    if (entries_.size() >= max_entries) return nullptr;
    auto behind = std::ranges::upper_bound(entries_, std::pair(occurrence.has_value(), at), {}, [](Entry const& one) {
        return std::pair(one.occurrence.has_value(), one.at);
    });
    return &*entries_.insert(behind, Entry{.occurrence = occurrence, .at = at});
}

Entry const* Record::any_event() const {
    for (auto const& one : entries_)
        if (one.event) return &one;
    return nullptr;
}

void Record::adopt_zones(Component const& calendar, Component& event) {
    Names names;
    zones_named_in(event, names);
    std::map<std::string, Component const*, std::less<>> theirs;
    for (auto const& zone : calendar.components)
        if (zone.name == "VTIMEZONE" && names.contains(zone.value("TZID")))
            theirs.insert_or_assign(std::string(zone.value("TZID")), &zone);
    for (auto& known : head_.components) {
        auto found = known.name == "VTIMEZONE" ? theirs.find(known.value("TZID")) : theirs.end();
        if (found == theirs.end()) continue;
        known = *found->second; // the organizer knows better what he means by it
        theirs.erase(found);
    }
    for (auto const& zone : calendar.components) // as they came
        if (auto found = theirs.find(zone.value("TZID")); found != theirs.end() && found->second == &zone)
            head_.components.push_back(zone);
}

namespace {

Component as_component(Entry const& entry, bool hidden) {
    Component out{.name = std::string(scheduling)};
    if (entry.occurrence) out.set(*entry.occurrence);
    if (entry.said) out.set("X-GODWIT-SAID", raw(*entry.said));
    if (entry.cancelled) out.set("X-GODWIT-CANCELLED", raw(*entry.cancelled));
    if (entry.added) out.set("X-GODWIT-ADDED", "TRUE");
    if (!entry.invited.name.empty()) {
        out.components.push_back(entry.invited);
        out.components.back().name = invited;
    }
    if (hidden && entry.event) out.components.push_back(stamped(entry));
    return out;
}

// What the calendar shows, and which of the events are not in it.
struct Shown {
    std::vector<Component> events;
    std::vector<bool> hidden;
};

// Only occurrences are known, somebody else's series.
Shown without_series(std::vector<Entry> const& entries) {
    Shown out;
    for (auto const& one : entries) {
        out.hidden.push_back(!one.event);
        if (!one.event) continue;
        out.events.push_back(stamped(one));
        if (one.is_gone() || one.goes_with(entries.front())) show_cancelled(out.events.back());
    }
    return out;
}

// A series that was moved (by its SEQUENCE) leaves behind what was said of its occurrences before, even if it comes
// back to their times.
bool is_behind(std::optional<Revision> const& word, Entry const& series) {
    return series.said && word && word->sequence < series.said->sequence;
}

Shown with_series(Component& head, std::vector<Entry> const& entries) {
    auto const& series = entries.front();
    auto master = stamped(series);
    Occurrences occurrences(head, master, entries.back().at);
    auto const without = left_out(head, master);
    std::set<Instant> there_again;
    Shown out{.events = {}, .hidden = {false}};
    for (auto const& one : std::span(entries).subspan(1)) {
        auto at = occurrences.moment(one.at);
        bool newer = one.said && (!series.said || *one.said >= *series.said);
        bool told = !one.invited.name.empty(); // else it is its owner's own
        bool gone = one.is_gone() && !is_behind(one.cancelled, series), left = told && is_behind(one.said, series);
        bool in_rule = occurrences.has(one.at), excluded = without.contains(one.at);
        // Called since its series was called off: where that would have been by now nobody has said.
        bool alone = series.is_gone() && told && !one.goes_with(series);
        bool there = (in_rule && (!excluded || (newer && one.event))) || ((one.added || alone) && newer && !in_rule);
        bool shown = there && one.event && !gone && !left;
        out.hidden.push_back(!shown);
        if (gone) {
            if (in_rule && !excluded) master.properties.push_back(derived_date("EXDATE", at));
            stamp(master, one.cancelled);
        }
        if (!shown) continue;
        if (excluded) there_again.insert(one.at);
        if (!in_rule) master.properties.push_back(derived_date("RDATE", at));
        out.events.push_back(stamped(one));
        if (one.goes_with(series)) show_cancelled(out.events.back());
    }
    take_back(head, master, there_again);
    if (series.is_gone()) show_cancelled(master);
    out.events.insert(out.events.begin(), std::move(master));
    return out;
}

} // namespace

Record::Written Record::write() const {
    auto out = head_;
    auto entries = entries_;
    std::erase_if(entries, [&](Entry const& one) { return is_overtaken(one, entries_); });
    bool series = !entries.empty() && !entries.front().occurrence && entries.front().event;
    auto shown = series ? with_series(out, entries) : without_series(entries);
    for (auto& event : shown.events) out.components.push_back(std::move(event));
    auto ranged = ical::ranged(out);
    for (auto& one : ranged.events) {
        one.set(std::string(of_range), print_of(one));
        out.components.push_back(std::move(one));
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto const& one = entries[i];
        bool told = !one.invited.name.empty() || one.cancelled || shown.hidden[i];
        if (!told) continue;
        out.components.push_back(as_component(one, shown.hidden[i]));
        out.components.back().set("UID", uid_);
        if (organizer_) out.components.back().set(*organizer_);
    }
    Names names;
    for (auto const& one : out.components)
        if (one.name != "VTIMEZONE") zones_named_in(one, names);
    std::vector<Component> zones, others;
    for (auto& one : out.components) {
        bool zone = one.name == "VTIMEZONE";
        if (!zone)
            others.push_back(std::move(one));
        else if (names.contains(one.value("TZID")))
            zones.push_back(std::move(one));
    }
    std::ranges::sort(zones, {}, [](auto const& one) { return one.value("TZID"); });
    out.components = std::move(zones);
    std::ranges::move(others, std::back_inserter(out.components));
    return {std::move(out), ranged.cut};
}

} // namespace godwit::itip
