#include "ical/zone.hpp"

#include "ical/zone_memory.hpp"
#include "ical/zone_source.hpp"

#include <algorithm>
#include <set>
#include <unicode/basictz.h>
#include <unicode/strenum.h>
#include <unicode/tztrans.h>
#include <unicode/vtzone.h>

namespace godwit::ical {
namespace {

using namespace std::chrono;

constexpr std::size_t max_name = 200; // bytes of a TZID that are looked at

icu::UnicodeString wide(std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
}
std::string narrow(icu::UnicodeString const& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}
UDate to_icu(Instant at) { return static_cast<double>(at.time_since_epoch().count()) * 1000.0; }
Instant from_icu(UDate at) { return Instant(seconds(static_cast<std::int64_t>(at / 1000.0))); }

struct IcuSource : Zone::Source {
    std::unique_ptr<icu::TimeZone> zone;
    icu::BasicTimeZone const* basic = nullptr; // the same, if it can tell its changes

    explicit IcuSource(std::unique_ptr<icu::TimeZone> z)
        : zone(std::move(z)), basic(dynamic_cast<icu::BasicTimeZone const*>(zone.get())) {}

    seconds offset(Instant at) const override {
        std::int32_t raw = 0, saved = 0;
        UErrorCode error = U_ZERO_ERROR;
        zone->getOffset(to_icu(at), false, raw, saved, error);
        return U_SUCCESS(error) ? seconds((raw + saved) / 1000) : seconds(0);
    }
    std::optional<Zone::Change> next_change(Instant after) const override {
        if (!basic) return std::nullopt;
        icu::TimeZoneTransition transition;
        constexpr Instant last = sys_days(year(2200) / 1 / 1);
        while (after < last && basic->getNextTransition(to_icu(after), false, transition)) {
            auto at = from_icu(transition.getTime());
            auto total = [](icu::TimeZoneRule const* rule) {
                return seconds((rule->getRawOffset() + rule->getDSTSavings()) / 1000);
            };
            auto before = total(transition.getFrom()), behind = total(transition.getTo());
            if (at >= last || at <= after) break;
            if (before != behind) return Zone::Change{at, before, behind};
            after = at; // a new name or another split between standard and daylight time
        }
        return std::nullopt;
    }
};

struct UtcSource : Zone::Source {
    seconds offset(Instant) const override { return seconds(0); }
    std::optional<Zone::Change> next_change(Instant) const override { return std::nullopt; }
};

// Whether ICU has a zone of exactly this name; its factory answers anything with something.
bool known(std::string const& name) {
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString canonical;
    UBool system = false;
    if (name.empty() || name.size() > 64 || name == "Etc/Unknown") return false;
    icu::TimeZone::getCanonicalID(wide(name), canonical, system, error);
    return U_SUCCESS(error) && system;
}

std::string windows_zone(std::string const& name) {
    icu::UnicodeString id;
    UErrorCode error = U_ZERO_ERROR;
    icu::TimeZone::getIDForWindowsID(wide(name), nullptr, id, error);
    return U_SUCCESS(error) ? narrow(id) : std::string();
}

} // namespace

Zone Zone::utc() { return Zone(std::make_shared<UtcSource const>()); }

std::string iana_name(std::string_view tzid) {
    std::string name(tzid.substr(0, max_name));
    if (known(name)) return name;
    if (auto windows = windows_zone(name); !windows.empty()) return windows;
    // /mozilla.org/20050126_1/America/Argentina/Ushuaia: three, two or one of its last words.
    std::string found;
    std::size_t slash = name.size();
    for (int words = 0; words < 3; ++words) {
        slash = slash == 0 ? name.npos : name.rfind('/', slash - 1);
        if (slash == name.npos) break;
        auto tail = name.substr(slash + 1);
        if (tail.contains('/') && known(tail)) found = tail;
    }
    return found;
}

std::optional<Zone> Zone::named(std::string_view tzid) {
    static thread_local ZoneMemory<std::string> memory;
    std::string const key(tzid.substr(0, max_name));
    return memory.get(key, [&] { return key.size(); }, [&] { return made(key); });
}

std::optional<Zone> Zone::made(std::string const& tzid) {
    auto name = iana_name(tzid);
    if (name.empty()) return std::nullopt;
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(wide(name)));
    if (!zone) return std::nullopt;
    return Zone(std::make_shared<IcuSource const>(std::move(zone)));
}

seconds Zone::offset(Instant at) const { return source_->offset(at); }

Local Zone::to_local(Instant at) const { return Local((at + offset(at)).time_since_epoch()); }

Instant Zone::to_utc(Local at) const {
    Instant as_utc(at.time_since_epoch());
    // Offsets before and after any change near it: no zone changes twice within a day.
    auto early = offset(as_utc - days(1)), late = offset(as_utc + days(1));
    auto first = as_utc - early;
    if (early == late || offset(first) == early) return first;
    auto second = as_utc - late;
    return offset(second) == late ? second : first;
}

std::optional<Zone::Change> Zone::next_change(Instant after) const { return source_->next_change(after); }

std::optional<Component> vtimezone(std::string_view iana, Instant from) {
    std::unique_ptr<icu::VTimeZone> zone(icu::VTimeZone::createVTimeZoneByID(wide(iana)));
    if (!zone) return std::nullopt;
    icu::UnicodeString text;
    UErrorCode error = U_ZERO_ERROR;
    zone->write(to_icu(from - days(366)), text, error);
    if (U_FAILURE(error)) return std::nullopt;
    auto calendars = parse("BEGIN:VCALENDAR\r\n" + narrow(text) + "\r\nEND:VCALENDAR\r\n");
    if (!calendars || calendars->front().components.empty()) return std::nullopt;
    auto out = std::move(calendars->front().components.front());
    out.set("TZID", std::string(iana));
    std::erase_if(out.properties, [](Property const& one) { return one.name.starts_with("X-"); });
    return out;
}

// Where most people live of those who have the same rules today, in the names of ICU: Grand Turk, Indianapolis and New
// York have had them for years.
constexpr std::string_view largest[]{
    "America/New_York", "America/Chicago",   "America/Denver",   "America/Los_Angeles", "America/Mexico_City",
    "America/Bogota",   "America/Sao_Paulo", "Europe/London",    "Europe/Berlin",       "Europe/Athens",
    "Europe/Moscow",    "Europe/Istanbul",   "Africa/Cairo",     "Africa/Lagos",        "Africa/Johannesburg",
    "Asia/Dubai",       "Asia/Karachi",      "Asia/Calcutta",    "Asia/Dhaka",          "Asia/Bangkok",
    "Asia/Shanghai",    "Asia/Tokyo",        "Australia/Sydney", "Australia/Brisbane",  "Pacific/Auckland"};

std::vector<std::string> const& well_known_zones() {
    static std::vector<std::string> const zones = [] {
        std::vector<std::string> first(std::begin(largest), std::end(largest)), rest;
        UErrorCode error = U_ZERO_ERROR;
        std::unique_ptr<icu::StringEnumeration> all(
            icu::TimeZone::createTimeZoneIDEnumeration(UCAL_ZONE_TYPE_CANONICAL_LOCATION, nullptr, nullptr, error));
        if (!all || U_FAILURE(error)) return first;
        while (auto const* id = all->snext(error)) {
            if (std::ranges::find(largest, narrow(*id)) != std::end(largest)) continue;
            icu::UnicodeString windows, common;
            icu::TimeZone::getWindowsID(*id, windows, error);
            if (!windows.isEmpty()) icu::TimeZone::getIDForWindowsID(windows, nullptr, common, error);
            (common == *id ? first : rest).push_back(narrow(*id));
            error = U_ZERO_ERROR;
        }
        first.insert(first.end(), rest.begin(), rest.end());
        return first;
    }();
    return zones;
}

} // namespace godwit::ical
