// What a phone says of an event, merged into the event that is stored.
#include "convert/calendar_table.hpp"
#include "convert/omission.hpp"

#include "mime/header.hpp"
#include <algorithm>
#include <exception>
#include <set>

namespace godwit::convert {
namespace {

using namespace calendar_parts;
using namespace std::chrono;
using ical::Component, ical::Instant, ical::Local, ical::Moment, ical::Property;

constexpr std::string_view unreadable = "the stored event cannot be read";

bool in_version(eas::Tag tag, eas::Version version) {
    if (tag == eas::calendar::Location) return true; // one row for both of its elements
    for (auto const& row : eas::document<eas::Calendar>().rows)
        if (row.tag == tag || row.wrapper == tag) return version >= row.since && version <= row.until;
    return false;
}

// From 16.0 on what is not said stays (MS-ASCAL_R2231); before, a list need not name the place for it to go (R301).
bool is_ghosted(eas::Tag tag, EventRules const& rules) {
    bool const goes = tag == eas::calendar::Location && rules.supported && !rules.supported->tags.empty();
    return rules.version >= eas::v16_0 || (!goes && !omission_removes(tag, rules.version, rules.supported));
}

// Whether the phone holds another event than there is if what it says of this is passed over: not for another spelling.
bool matters(eas::Tag tag, eas::Calendar const& said, eas::Calendar const& told) {
    auto invited = [](eas::Calendar const& event) {
        std::set<std::pair<std::string, std::uint8_t>> out;
        for (auto const& one : event.attendees.value_or(std::vector<eas::Attendee>()))
            out.emplace(mime::lower(one.email), one.type.value_or(1));
        return out;
    };
    if (tag == eas::calendar::Attendees) return invited(said) != invited(told);
    auto both = [&](auto member) { return (said.*member).value_or(false) != (told.*member).value_or(false); };
    if (tag == eas::calendar::DisallowNewTimeProposal) return both(&eas::Calendar::disallow_new_time_proposal);
    if (tag == eas::calendar::ResponseRequested) return both(&eas::Calendar::response_requested);
    return true;
}

class Merge {
public:
    Merge(Component calendar, CalendarOwner const& owner, EventRules const& rules)
        : calendar_(std::move(calendar)), owner_(owner), rules_(rules) {}

    std::string_view begin() {
        return ical::Object::of(calendar_, ical::Kind::event) ? std::string_view() : unreadable;
    }

    // The master, or a single event.
    std::string_view series(eas::Calendar const& said, bool is_new) {
        auto object = *ical::Object::of(calendar_, ical::Kind::event);
        View view{object, object.main(), owner_, rules_.version, whole_};
        auto clock = is_new ? EventClock{ical::Zone::utc(), ical::Zone::utc(), {}} : clock_of(view);
        auto told = is_new ? eas::Calendar{} : read_event(view, clock);
        mine_ = is_new || is_organizer(object.main(), owner_);
        auto before = object.main();
        std::vector<Component> zones;
        Editor e{object, object.main(), owner_, rules_, zones};
        if (is_new && says_meeting(said)) write_organizer(e, said);
        if (auto why = elements(e, said, told, is_new); !why.empty()) return why;
        if (!mine_)
            passed_over_ |= says_other_times(e, said, told, clock);
        else if (auto why = write_times(e, said, told, clock); !why.empty())
            return why;
        passed_over_ |= e.passed_over;
        pass_on(object, before);
        bool const asks = e.rescheduled && !is_new && is_meeting(e.event) && mine_;
        if (asks) raise_sequence(e.event);
        if (object.main() != before) stamp(object.main(), rules_.now);
        // The phone mails with a SEQUENCE of its own: the time of an answer tells whether it is one to this.
        if (asks && rules_.version < eas::v16_0)
            e.event.set("X-GODWIT-ASKED",
                        std::string(e.event.value("SEQUENCE")) + "/" + std::string(e.event.value("DTSTAMP")));
        finish(std::move(zones));
        return {};
    }

    // One occurrence; `whole` if what is not said is as in the series (embedded exceptions, up to 14.1).
    std::string_view occurrence(Instant instance, eas::Calendar const& said, bool whole) {
        auto object = *ical::Object::of(calendar_, ical::Kind::event);
        auto [day, why] = occurrence_at(object, instance);
        if (!why.empty()) return why;
        auto existing = index_of(object, day);
        auto const master = object.main();
        restore(object, day);
        if (!existing) {
            existing = calendar_.components.size();
            calendar_.components.push_back(occurrence_of(master, day));
            object = *ical::Object::of(calendar_, ical::Kind::event);
        }
        auto before = calendar_.components[*existing];
        std::vector<Component> zones;
        Editor e{object, calendar_.components[*existing], owner_, rules_, zones};
        if (auto broken = edit_occurrence(e, master, day, said, whole); !broken.empty()) return broken;
        if (e.event != before) stamp(e.event, rules_.now);
        finish(std::move(zones));
        return {};
    }

    std::string_view remove(Instant instance) {
        auto object = *ical::Object::of(calendar_, ical::Kind::event);
        auto [day, why] = occurrence_at(object, instance);
        if (!why.empty()) return why;
        auto existing = index_of(object, day);
        auto& main = object.main();
        if (!is_deleted(object, main, day, zone_of_series(object))) {
            main.properties.push_back(ical::property("EXDATE", day));
            stamp(main, rules_.now);
        }
        if (existing) calendar_.components[*existing].name.clear();
        finish({});
        return {};
    }

    // Phones repeat exceptions that their series has lost, by another start or rule. One that names no occurrence is
    // passed over: it must not keep the event from being changed.
    std::string_view exceptions(std::vector<eas::Exception> const& list) {
        for (auto const& one : list) {
            auto at = one.exception_start_time ? one.exception_start_time : one.instance_id;
            if (!at) return "an exception that names no occurrence (MS-ASCAL_R246)";
            auto instance = floor<seconds>(at->at);
            bool const deleted = one.deleted.value_or(false);
            auto why = deleted ? remove(instance) : occurrence(instance, lifted(one), true);
            if (why == no_occurrence)
                passed_over_ |= !deleted;
            else if (!why.empty())
                return why;
        }
        return {};
    }

    bool passed_over() const { return passed_over_; }
    Component const& calendar() const { return calendar_; }

private:
    static bool says_meeting(eas::Calendar const& said) {
        return (said.attendees && !said.attendees->empty()) || (said.meeting_status.value_or(0) & 2) != 0;
    }

    std::string_view elements(Editor& e, eas::Calendar const& said, eas::Calendar const& told, bool is_new) {
        if (auto why = wrong_number(said); !why.empty()) return why;
        for (auto const& row : event_table()) {
            if (!row.write || row.owner == Owner::server || !in_version(row.element, rules_.version)) continue;
            bool goes =
                !is_new && row.silence == Silence::removes && row.said(told) && !is_ghosted(row.element, rules_);
            if (row.said(said) ? row.differs(said, told) : goes) write(e, row, said, told);
        }
        bool body_goes = !said.body && !is_new && !is_ghosted(eas::airsyncbase::Body, rules_);
        if (body_goes) copy_properties({}, e.event, "DESCRIPTION X-ALT-DESC");
        if (auto why = write_body(e, said); !why.empty()) return why;
        return attachments(e, said);
    }

    // What is the organizer's to say is passed over if somebody else says it, and that is noted.
    void write(Editor& e, EventRow const& row, eas::Calendar const& said, eas::Calendar const& told) {
        if (mine_ || row.owner != Owner::organizer)
            row.write(e, said);
        else
            passed_over_ |= matters(row.element, said, told);
    }
    std::string_view attachments(Editor& e, eas::Calendar const& said) {
        if (mine_) return write_attachments(e, said);
        passed_over_ |= said.attachments && !said.attachments->empty();
        return {};
    }

    // An override that had what the series had follows it: a phone is not told what it inherits.
    void pass_on(ical::Object& object, Component const& before) {
        for (auto index : object.overrides()) {
            auto& one = calendar_.components[index];
            auto old = one;
            for (auto const& row : event_table()) {
                bool carried = row.in_exception && !row.properties.starts_with("DT");
                if (!carried || same_properties(before, object.main(), row.properties)) continue;
                if (same_properties(before, old, row.properties)) copy_properties(object.main(), one, row.properties);
            }
            if (one != old) stamp(one, rules_.now);
        }
    }

    std::string_view edit_occurrence(Editor& e, Component const& master, Moment const& day, eas::Calendar const& said,
                                     bool whole) {
        if (auto why = wrong_number(said); !why.empty()) return why;
        View of_master{e.object, master, owner_, rules_.version, whole_};
        View of_event{e.object, e.event, owner_, rules_.version, whole_};
        auto clock = clock_of(of_event);
        clock.told = clock.zone;
        auto told = read_event(of_event, clock), series = read_event(of_master, clock_of(of_master));
        mine_ = is_organizer(master, owner_);
        for (auto const& row : event_table()) {
            if (!row.in_exception || row.owner == Owner::server) continue;
            bool body = row.element == eas::airsyncbase::Body;
            if (!in_version(row.element, rules_.version) || (!row.write && !body)) continue;
            // Before 14.0 an exception cannot speak of attendees (MS-ASCAL_R2023).
            if (row.element == eas::calendar::Attendees && rules_.version < eas::v14_0) continue;
            if (row.said(said)) {
                if (row.write && row.differs(said, told)) write(e, row, said, told);
            } else if (whole && row.differs(told, series)) {
                if (mine_ || row.owner != Owner::organizer)
                    copy_properties(master, e.event, row.properties);
                else
                    passed_over_ |= matters(row.element, series, told);
            }
        }
        if (auto why = write_body(e, said); !why.empty()) return why;
        if (mine_ && (whole || said.attendees)) welcome_invited(e, master);
        if (auto why = attachments(e, said); !why.empty()) return why;
        auto times = occurrence_times(e.object, said, master, day, clock, whole);
        if (!mine_) {
            passed_over_ |= says_other_times(e, times, told, clock);
            return {};
        }
        if (said.all_day_event && *said.all_day_event != series.all_day_event && !whole)
            return "an exception that is a day where its series is not, or is not where it is (MS-ASCAL_R2009)";
        auto const why = write_times(e, times, told, clock);
        passed_over_ |= e.passed_over;
        return why;
    }

    // What a whole exception does not say of its time is that of the occurrence.
    static eas::Calendar occurrence_times(ical::Object const& object, eas::Calendar const& said,
                                          Component const& master, Moment const& day, EventClock const& clock,
                                          bool whole) {
        eas::Calendar out{
            .all_day_event = said.all_day_event, .end_time = said.end_time, .start_time = said.start_time};
        if (!whole) return out;
        auto start = out.start_time ? floor<seconds>(out.start_time->at) : clock.zone.to_utc(day.at);
        auto times = times_of(master);
        auto end = clock.zone.to_utc(clock.zone.to_local(start) + times.length(object, clock.zone));
        if (!out.start_time) out.start_time = eas::CompactDateTime{eas::Instant(start)};
        if (!out.end_time) out.end_time = eas::CompactDateTime{eas::Instant(end)};
        return out;
    }

    // An occurrence is known by its day: EAS has no two on one (MS-ASCAL_R385), and iOS names the start of a day for an
    // exception that has become one (clients.md 4.1).
    std::pair<Moment, std::string_view> occurrence_at(ical::Object& object, Instant instance) {
        View view{object, object.main(), owner_, rules_.version, whole_};
        auto start = times_of(view.event).start;
        auto rule = rule_of(view.event);
        if (!view.event.find("RRULE") && !view.event.find("RDATE")) return {start, no_occurrence};
        auto clock = clock_of(view);
        auto local = clock.told.to_local(instance);
        auto day = on_day(start, floor<days>(local));
        if (floor<days>(day.at) > last_day_written) return {day, no_occurrence};
        bool const in_time = day.at >= start.at;
        if (in_time && (rules_.version < eas::v16_0 || !rule)) return {day, {}};
        if (index_of(object, day) || is_deleted(object, view.event, day, clock.zone)) return {day, {}};
        if (!in_time) return {day, no_occurrence};
        auto all = ical::expand(in_local_time(*rule, clock.zone, start), start.at, {day.at, 40'000});
        bool there = all.size() == 40'000 || std::ranges::binary_search(all, day.at) || day.at == start.at;
        return {day, there ? std::string_view() : no_occurrence};
    }

    ical::Zone zone_of_series(ical::Object& object) const {
        return clock_of(View{object, object.main(), owner_, rules_.version, whole_}).zone;
    }

    std::optional<std::size_t> index_of(ical::Object& object, Moment const& day) const {
        auto const clock = zone_of_series(object);
        for (auto index : object.overrides()) {
            auto id = ical::moment(*calendar_.components[index].find("RECURRENCE-ID"));
            if (id && day_of(object, *id, day, clock) == floor<days>(day.at)) return index;
        }
        return std::nullopt;
    }

    // What is changed is not deleted.
    void restore(ical::Object& object, Moment const& day) {
        auto& master = object.main();
        auto const clock = zone_of_series(object);
        if (!is_deleted(object, master, day, clock)) return;
        std::vector<Property> kept;
        for (auto const& property : master.properties)
            if (property.name == "EXDATE")
                for (auto const& one : ical::moments(property))
                    if (day_of(object, one, day, clock) != floor<days>(day.at))
                        kept.push_back(ical::property("EXDATE", one));
        master.remove("EXDATE");
        master.properties.insert(master.properties.end(), kept.begin(), kept.end());
        stamp(master, rules_.now);
    }

    void finish(std::vector<Component> zones) {
        auto& all = calendar_.components;
        std::erase_if(all, [](Component const& one) { return one.name.empty(); });
        auto place = std::ranges::find_if(all, [](Component const& one) { return one.name != "VTIMEZONE"; });
        all.insert(place, std::make_move_iterator(zones.begin()), std::make_move_iterator(zones.end()));
    }

    Component calendar_;
    CalendarOwner const& owner_;
    EventRules const& rules_;
    BodyOptions whole_;
    bool mine_ = true, passed_over_ = false;
};

// What is missing of an event that is new (MS-ASCAL 3.2.4.4).
std::string_view complete_times(eas::Calendar& said, Instant now) {
    auto rounded = Instant(ceil<duration<std::int64_t, std::ratio<1800>>>(now.time_since_epoch()));
    auto wire = [](Instant at) { return eas::CompactDateTime{eas::Instant(at)}; };
    if (!said.start_time && said.end_time) {
        if (floor<seconds>(said.end_time->at) < rounded) return "an end in the past without a start (MS-ASCAL_R52515)";
        said.start_time = wire(rounded);
    } else if (said.start_time && !said.end_time) {
        if (floor<seconds>(said.start_time->at) > now) return "a start in the future without an end (MS-ASCAL_R52518)";
        said.end_time = wire(rounded + minutes(30));
    } else if (!said.start_time) {
        said.start_time = wire(rounded);
        said.end_time = wire(rounded + minutes(30));
    }
    return {};
}

Component skeleton(eas::Calendar const& said, EventRules const& rules) {
    Component event{.name = "VEVENT"};
    bool named = rules.version < eas::v16_0 && said.uid && !said.uid->empty(); // MS-ASCAL_R2219, R2221
    auto uid = named ? *said.uid : std::string(rules.uid);
    std::erase_if(uid, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    event.set("UID", ical::escaped(uid));
    event.set("DTSTAMP", ical::raw(rules.now));
    event.set("CREATED", ical::raw(rules.now));
    if (said.client_uid && !said.client_uid->empty()) event.set("X-GODWIT-CLIENT-UID", ical::escaped(*said.client_uid));
    Component calendar{.name = "VCALENDAR"};
    calendar.set("VERSION", "2.0");
    calendar.set("PRODID", "-//Godwit//Godwit//EN");
    calendar.components.push_back(std::move(event));
    return calendar;
}

template <class F> EditedEvent edited(std::string_view stored, F edit) {
    auto calendars = ical::parse(stored);
    if (!calendars) return std::unexpected(unreadable);
    auto const before = calendars->front();
    auto after = edit(calendars->front());
    if (!after) return std::unexpected(after.error());
    return *after == before ? std::string(stored) : ical::write(*after);
}

using Edited = std::expected<Component, std::string_view>;

} // namespace

EditedEvent new_event(eas::Calendar const& said, CalendarOwner const& owner, EventRules const& rules) {
    auto event = said;
    if (auto why = complete_times(event, rules.now); !why.empty()) return std::unexpected(why);
    Merge merge(skeleton(event, rules), owner, rules);
    if (auto why = merge.series(event, true); !why.empty()) return std::unexpected(why);
    if (event.exceptions)
        if (auto why = merge.exceptions(*event.exceptions); !why.empty()) return std::unexpected(why);
    return ical::write(merge.calendar());
}

EditedEvent changed_event(std::string_view stored, eas::Calendar const& said, CalendarOwner const& owner,
                          EventRules const& rules, bool* passed_over) {
    if (said.exceptions && rules.version >= eas::v16_0)
        return std::unexpected("Exceptions in a Change (MS-ASCAL_R2112)");
    if (rules.version < eas::v16_0 && said.end_time && !said.start_time)
        return std::unexpected("EndTime without StartTime (MS-ASCAL_R53915)");
    return edited(stored, [&](Component calendar) -> Edited {
        Merge merge(std::move(calendar), owner, rules);
        if (auto why = merge.begin(); !why.empty()) return std::unexpected(why);
        if (auto why = merge.series(said, false); !why.empty()) return std::unexpected(why);
        if (said.exceptions)
            if (auto why = merge.exceptions(*said.exceptions); !why.empty()) return std::unexpected(why);
        if (passed_over) *passed_over = merge.passed_over();
        return merge.calendar();
    });
}

EditedEvent changed_occurrence(std::string_view stored, eas::Instant instance, eas::Calendar const& said,
                               CalendarOwner const& owner, EventRules const& rules, bool* passed_over) {
    return edited(stored, [&](Component calendar) -> Edited {
        Merge merge(std::move(calendar), owner, rules);
        if (auto why = merge.begin(); !why.empty()) return std::unexpected(why);
        if (auto why = merge.occurrence(floor<seconds>(instance), said, false); !why.empty())
            return std::unexpected(why);
        if (passed_over) *passed_over = merge.passed_over();
        return merge.calendar();
    });
}

EditedEvent deleted_occurrence(std::string_view stored, eas::Instant instance, CalendarOwner const& owner,
                               EventRules const& rules) {
    return edited(stored, [&](Component calendar) -> Edited {
        Merge merge(std::move(calendar), owner, rules);
        if (auto why = merge.begin(); !why.empty()) return std::unexpected(why);
        if (auto why = merge.remove(floor<seconds>(instance)); !why.empty()) return std::unexpected(why);
        return merge.calendar();
    });
}

} // namespace godwit::convert
