#include "ical/object.hpp"

#include "ical/range.hpp"
#include "mime/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace godwit::ical {
namespace {

constexpr std::array<std::string_view, 3> names{"VEVENT", "VTODO", "VJOURNAL"};
constexpr std::size_t max_components = 10'000; // of one UID
constexpr std::size_t max_zones = 20;          // that one object names
constexpr std::string_view range_cut = "a range of occurrences too large to be written out: some stay as in the series";

// Twice: an identity for what came without one.
std::string fingerprint(std::string_view bytes) {
    std::string out;
    for (std::uint64_t const start : {mime::fnv1a_basis, std::uint64_t{0x9ae16a3b2f90404f}})
        out += mime::hexadecimal(mime::fnv1a(bytes, start));
    return out;
}

void zones_named_in(Component const& component, std::set<std::string>& out) {
    for (auto const& property : component.properties)
        if (auto zone = property.parameter("TZID"); !zone.empty()) out.emplace(zone);
    for (auto const& inner : component.components) zones_named_in(inner, out);
}

std::string_view why_not(Component const& component, std::optional<Kind> kind) {
    if (component.name == "VFREEBUSY") return "free and busy times are no item";
    if (!kind) return "a component that no folder holds";
    if (auto reason = too_dear(component); !reason.empty()) return reason;
    if (*kind != Kind::event) return {};
    auto const* start = component.find("DTSTART");
    if (!start) return "an event without a start";
    if (!moment(*start)) return "an event whose start is no date";
    return {};
}

std::string uid_of(Component const& component) { return text(trimmed(component.value("UID"))); }

std::string called(Component const& component) {
    auto summary = text(component.value("SUMMARY"));
    auto out = component.name + " " + (summary.empty() ? uid_of(component) : summary);
    if (out.size() > 120) out.resize(120);
    return out;
}

std::optional<Kind> kind_of(Component const& component) {
    auto found = std::ranges::find(names, component.name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Kind>(found - names.begin());
}

// Of all that a file makes: what stands at its head goes into each of its objects.
constexpr std::size_t most_head = 64 << 20, most_zones = 256 << 20;

// What the objects of a calendar share.
struct Head {
    Component const& calendar;
    std::size_t room; // bytes of properties for each object
    std::size_t zone_room = most_zones;
    struct Found {
        Component const* zone;
        std::size_t bytes;
        std::string_view too_dear;
    };
    std::map<std::string, Found, std::less<>> zones = {}; // the first of each name

    Head(Component const& from, std::size_t objects) : calendar(from), room(most_head / std::max(objects, 1UZ)) {
        for (auto const& one : calendar.components)
            if (one.name == "VTIMEZONE")
                zones.try_emplace(std::string(one.value("TZID")), &one, extent_of(one).bytes, ical::too_dear(one));
    }
    Component properties() const {
        Component out{.name = "VCALENDAR"};
        std::size_t bytes = 0;
        for (auto const& one : calendar.properties) {
            auto size = extent_of(one).bytes;
            if (one.name == "METHOD" || size > room - bytes) continue;
            bytes += size;
            out.properties.push_back(one);
        }
        if (!out.find("VERSION"))
            out.properties.insert(out.properties.begin(), Property{.name = "VERSION", .value = "2.0"});
        return out;
    }
    // The calendar's own properties and the zones that are named, then the components as they came.
    std::string_view add(Component& out, std::vector<Component> items) {
        out = properties();
        std::set<std::string> wanted;
        for (auto const& item : items) zones_named_in(item, wanted);
        std::vector<Found> named;
        for (auto const& name : wanted)
            if (auto found = zones.find(name); found != zones.end()) named.push_back(found->second);
        if (named.size() > max_zones) return "too many zones";
        std::ranges::sort(named, {}, &Found::zone); // as they came: they lie in one vector
        for (auto const& [zone, bytes, too_dear] : named) {
            if (!too_dear.empty()) return too_dear;
            if (bytes > zone_room) return "more zones than one file may bring";
            zone_room -= bytes;
            out.components.push_back(*zone);
        }
        std::ranges::move(items, std::back_inserter(out.components));
        return {};
    }
};

// Which of two that both claim to be the item is the later (RFC 5546 2.1.5).
std::pair<std::uint32_t, Instant> revision(Component const& component) {
    auto text = component.value("SEQUENCE");
    std::uint32_t sequence = 0;
    std::from_chars(text.data(), text.data() + text.size(), sequence);
    return {sequence, instant(component.value("DTSTAMP")).value_or(Instant{})};
}

struct Group {
    Split::Object object;
    std::vector<Component> items = {};
};

class Splitter {
public:
    void add(Component calendar) {
        if (trimmed(calendar.value("VERSION")) == "1.0") {
            out_.refused.push_back({"VCALENDAR", "vCalendar 1.0 is another format"});
            return;
        }
        auto groups = grouped(calendar);
        if (groups.empty() && out_.refused.empty()) out_.refused.push_back({"VCALENDAR", "a calendar without items"});
        Head head(calendar, groups.size());
        for (auto& [object, items] : groups) {
            auto name = called(items.front());
            auto reason = head.add(object.calendar, std::move(items));
            if (!reason.empty()) {
                out_.refused.push_back({std::move(name), reason});
                continue;
            }
            auto [more, cut] = ranged(object.calendar);
            std::ranges::move(more, std::back_inserter(object.calendar.components));
            if (cut) out_.refused.push_back({std::move(name), range_cut});
            out_.objects.push_back(std::move(object));
        }
    }
    Split take() { return std::move(out_); }

private:
    // By kind and UID, in the order of the file; takes the components but for the zones.
    std::vector<Group> grouped(Component& calendar) {
        std::vector<Group> out;
        std::map<std::pair<Kind, std::string>, std::size_t> at;
        std::multimap<std::string, Component> own; // what this server keeps beside an event (itip)
        for (auto& component : calendar.components) {
            if (component.name == "VTIMEZONE") continue;
            if (component.name.starts_with("X-GODWIT-")) {
                own.emplace(uid_of(component), std::move(component));
                continue;
            }
            auto kind = kind_of(component);
            if (auto reason = why_not(component, kind); !reason.empty()) {
                out_.refused.push_back({called(component), reason});
                continue;
            }
            auto uid = uid_of(component);
            if (uid.empty()) component.set("UID", uid = fingerprint(write(component)));
            auto [place, is_new] = at.try_emplace({*kind, uid}, out.size());
            if (is_new) out.push_back({{uid, *kind, {}}});
            auto& items = out[place->second].items;
            if (items.size() < max_components)
                items.push_back(std::move(component));
            else
                out_.refused.push_back({called(component), "too many components of one UID"});
        }
        for (auto& [object, items] : out) {
            keep_newest(items);
            auto [first, last] = own.equal_range(object.uid);
            for (auto one = first; one != last; ++one) items.push_back(one->second);
        }
        return out;
    }

    // One UID has one item, and its occurrences.
    void keep_newest(std::vector<Component>& items) {
        Component const* newest = nullptr;
        for (auto const& one : items)
            if (!one.find("RECURRENCE-ID") && (!newest || revision(one) > revision(*newest))) newest = &one;
        std::vector<Component> kept;
        for (auto& one : items) {
            if (&one == newest || one.find("RECURRENCE-ID"))
                kept.push_back(std::move(one));
            else
                out_.refused.push_back({called(one), "another version of an item of this UID"});
        }
        items = std::move(kept);
    }

    Split out_;
};

} // namespace

std::string_view component_name(Kind kind) { return names[static_cast<std::size_t>(kind)]; }

Extent extent_of(Property const& property) {
    Extent out{property.name.size() + property.value.size() + 3, 1};
    for (auto const& parameter : property.parameters) {
        out.bytes += parameter.name.size() + 1;
        for (auto const& value : parameter.values) out.bytes += value.size() + 1;
    }
    return out;
}

Extent extent_of(Component const& component) {
    Extent out{2 * component.name.size() + 14, 2};
    auto add = [&](Extent const& part) { out = {out.bytes + part.bytes, out.lines + part.lines}; };
    for (auto const& one : component.properties) add(extent_of(one));
    for (auto const& one : component.components) add(extent_of(one));
    return out;
}

std::string_view too_dear(Component const& component) {
    if (component.name == "VTIMEZONE") {
        auto const size = extent_of(component);
        bool const fits = size.bytes <= most_of_a_zone.bytes && size.lines <= most_of_a_zone.lines;
        return fits ? std::string_view() : "a zone too large";
    }
    std::size_t dates = 0;
    for (auto const& one : component.properties)
        if (one.name == "EXDATE" || one.name == "RDATE")
            dates += 1 + static_cast<std::size_t>(std::ranges::count(one.value, ','));
    return dates <= most_dates ? std::string_view() : "an event of too many dates";
}

void remove_files(Component& component) {
    std::erase_if(component.properties, [](Property const& one) {
        return one.name == "ATTACH" &&
               (same_name(one.parameter("ENCODING"), "BASE64") || same_name(one.parameter("VALUE"), "BINARY"));
    });
}

Split split(std::vector<Component> calendars) {
    Splitter splitter;
    for (auto& calendar : calendars) splitter.add(std::move(calendar));
    return splitter.take();
}

std::optional<Object> Object::of(Component& calendar, Kind kind) {
    Object out;
    out.calendar_ = &calendar;
    out.name_ = component_name(kind);
    bool any = false;
    for (std::size_t i = 0; i < calendar.components.size() && !out.has_master_; ++i) {
        auto const& one = calendar.components[i];
        if (one.name != out.name_) continue;
        out.has_master_ = !one.find("RECURRENCE-ID");
        if (!any || out.has_master_) out.main_ = i;
        any = true;
    }
    if (!any) return std::nullopt;
    return out;
}

Component& Object::main() { return calendar_->components[main_]; }

std::vector<std::size_t> Object::overrides() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < calendar_->components.size(); ++i) {
        auto const& one = calendar_->components[i];
        if (one.name == name_ && i != main_ && one.find("RECURRENCE-ID")) out.push_back(i);
    }
    return out;
}

Component const* vtimezone_in(Component const& calendar, std::string_view tzid) {
    for (auto const& one : calendar.components)
        if (one.name == "VTIMEZONE" && trimmed(one.value("TZID")) == tzid) return &one;
    return nullptr;
}

Zone Clocks::zone(std::string_view tzid, Local near) {
    auto found = known_.find(tzid);
    if (found == known_.end()) {
        auto const* stored = vtimezone_in(*calendar_, tzid);
        Known made{Zone::named(tzid), stored ? Zone::from(*stored) : std::nullopt};
        found = known_.emplace(tzid, std::move(made)).first;
    }
    auto const& [by_name, by_file] = found->second;
    if (by_name && by_file && by_name->to_utc(near) != by_file->to_utc(near)) return *by_file;
    if (by_name) return *by_name;
    return by_file ? *by_file : Zone::utc();
}

Instant Clocks::instant(Moment const& moment, Zone const& floating) {
    switch (moment.kind) {
    case Moment::Kind::utc: return Instant(moment.at.time_since_epoch());
    case Moment::Kind::zoned: return zone(moment.zone, moment.at).to_utc(moment.at);
    case Moment::Kind::date:
    case Moment::Kind::floating: break;
    }
    return floating.to_utc(moment.at);
}

Zone zone_in(Component const& calendar, std::string_view tzid, Local near) { return Clocks(calendar).zone(tzid, near); }

Instant instant_in(Component const& calendar, Moment const& moment, Zone const& floating) {
    return Clocks(calendar).instant(moment, floating);
}

Component* Object::override_at(Moment const& occurrence) {
    for (auto index : overrides()) {
        auto& one = calendar_->components[index];
        auto id = moment(*one.find("RECURRENCE-ID"));
        if (!id) continue;
        bool same_day =
            (id->is_date() || occurrence.is_date()) &&
            std::chrono::floor<std::chrono::days>(id->at) == std::chrono::floor<std::chrono::days>(occurrence.at);
        if (same_day || instant(*id, Zone::utc()) == instant(occurrence, Zone::utc())) return &one;
    }
    return nullptr;
}

} // namespace godwit::ical
