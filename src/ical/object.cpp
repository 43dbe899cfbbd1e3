#include "ical/object.hpp"

#include "ical/range.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace godwit::ical {
namespace {

constexpr std::array<std::string_view, 3> names{"VEVENT", "VTODO", "VJOURNAL"};
constexpr std::size_t max_components = 10'000; // of one UID

// FNV-1a, 64 bits, twice: an identity for what came without one, not a defence.
std::string fingerprint(std::string_view bytes) {
    std::string out;
    for (std::uint64_t hash : {0xcbf29ce484222325ULL, 0x9ae16a3b2f90404fULL}) {
        for (unsigned char c : bytes) hash = (hash ^ c) * 0x100000001b3ULL;
        for (int i = 60; i >= 0; i -= 4) out += "0123456789abcdef"[(hash >> i) & 15];
    }
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
    if (*kind != Kind::event) return {};
    auto const* start = component.find("DTSTART");
    if (!start) return "an event without a start";
    if (!moment(*start)) return "an event whose start is no date";
    return {};
}

std::string called(Component const& component) {
    auto summary = text(component.value("SUMMARY"));
    auto uid = trimmed(component.value("UID"));
    auto out = component.name + " " + (summary.empty() ? std::string(uid) : summary);
    if (out.size() > 120) out.resize(120);
    return out;
}

std::optional<Kind> kind_of(Component const& component) {
    auto found = std::ranges::find(names, component.name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Kind>(found - names.begin());
}

// The calendar's own properties and the zones that are named, then the components as they came.
Component with_head(Component const& calendar, std::vector<Component> items) {
    Component out{.name = "VCALENDAR", .properties = calendar.properties};
    out.remove("METHOD");
    if (!out.find("VERSION"))
        out.properties.insert(out.properties.begin(), Property{.name = "VERSION", .value = "2.0"});
    std::set<std::string> wanted;
    for (auto const& item : items) zones_named_in(item, wanted);
    for (auto const& one : calendar.components)
        if (one.name == "VTIMEZONE" && wanted.erase(std::string(one.value("TZID"))) > 0) out.components.push_back(one);
    for (auto& item : items) out.components.push_back(std::move(item));
    return out;
}

class Splitter {
public:
    void add(Component calendar) {
        if (trimmed(calendar.value("VERSION")) == "1.0") {
            out_.refused.push_back({"VCALENDAR", "vCalendar 1.0 is another format"});
            return;
        }
        std::vector<std::pair<Split::Object, std::vector<Component>>> found;
        std::map<std::pair<Kind, std::string>, std::size_t> at;
        std::vector<Component> own; // what this server keeps beside an event (itip)
        for (auto& component : calendar.components) {
            if (component.name == "VTIMEZONE") continue;
            if (component.name.starts_with("X-GODWIT-")) {
                own.push_back(std::move(component));
                continue;
            }
            auto kind = kind_of(component);
            if (auto reason = why_not(component, kind); !reason.empty()) {
                out_.refused.push_back({called(component), reason});
                continue;
            }
            std::string uid(trimmed(component.value("UID")));
            if (uid.empty()) component.set("UID", uid = fingerprint(write(component)));
            auto [place, is_new] = at.try_emplace({*kind, uid}, found.size());
            if (is_new) found.push_back({{uid, *kind, {}}, {}});
            auto& items = found[place->second].second;
            if (items.size() < max_components)
                items.push_back(component);
            else
                out_.refused.push_back({called(component), "too many components of one UID"});
        }
        if (found.empty() && out_.refused.empty()) out_.refused.push_back({"VCALENDAR", "a calendar without items"});
        for (auto& [object, items] : found) {
            for (auto const& one : own)
                if (trimmed(one.value("UID")) == object.uid) items.push_back(one);
            object.calendar = with_head(calendar, std::move(items));
            for (auto& one : ranged(object.calendar)) object.calendar.components.push_back(std::move(one));
            out_.objects.push_back(std::move(object));
        }
    }
    Split take() { return std::move(out_); }

private:
    Split out_;
};

} // namespace

std::string_view component_name(Kind kind) { return names[static_cast<std::size_t>(kind)]; }

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

Zone zone_in(Component const& calendar, std::string_view tzid, Local near) {
    auto by_name = Zone::named(tzid);
    auto const* stored = vtimezone_in(calendar, tzid);
    auto by_file = stored ? Zone::from(*stored) : std::nullopt;
    if (by_name && by_file && by_name->to_utc(near) != by_file->to_utc(near)) return *by_file;
    if (by_name) return *by_name;
    return by_file ? *by_file : Zone::utc();
}

Instant instant_in(Component const& calendar, Moment const& moment, Zone const& floating) {
    switch (moment.kind) {
    case Moment::Kind::utc: return Instant(moment.at.time_since_epoch());
    case Moment::Kind::zoned: return zone_in(calendar, moment.zone, moment.at).to_utc(moment.at);
    case Moment::Kind::date:
    case Moment::Kind::floating: break;
    }
    return floating.to_utc(moment.at);
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
