// Issue 4: random events of the store, told at each version and said back, as a change of the same event and as an
// event of another calendar; and random elements that a phone says, stored, told again.
#include "convert/calendar_fixture.hpp"
#include "convert/calendar_parts.hpp"
#include "convert/phone_reading.hpp"

#include <set>

namespace godwit::convert {
namespace {

struct Dice {
    std::mt19937& random;
    int operator()(int low, int high) const { return std::uniform_int_distribution<int>(low, high)(random); }
    bool maybe() const { return random() % 2 == 0; }
};

std::string const odd_zone =
    "BEGIN:VTIMEZONE\r\nTZID:Odd/Place\r\nBEGIN:STANDARD\r\nDTSTART:20000101T000000\r\nTZOFFSETFROM:+0545\r\n"
    "TZOFFSETTO:+0815\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

// Random moments of one kind in one zone.
struct Clock {
    std::string name; // empty: floating; "Z": UTC; "date"
    ical::Property at(std::string_view property, Local local) const {
        using Kind = ical::Moment::Kind;
        if (name == "date") return ical::property(property, {Kind::date, floor<days>(local), {}});
        if (name == "Z") return ical::property(property, {Kind::utc, local, {}});
        if (name.empty()) return ical::property(property, {Kind::floating, local, {}});
        return ical::property(property, {Kind::zoned, local, name});
    }
    // As some calendars write what is gone, whatever zone the series is in.
    ical::Property in_utc(std::string_view property, Local local) const {
        auto const zone = ical::Zone::named(name);
        if (name.empty() || name == "Z" || name == "date" || !zone) return at(property, local);
        auto const utc = Local(zone->to_utc(local).time_since_epoch());
        return ical::property(property, {ical::Moment::Kind::utc, utc, {}});
    }
};

// The whole minutes of a series: its rule, and which of its days are gone or other.
void add_series(ical::Component& calendar, Clock const& clock, Local start, minutes length, Dice dice) {
    auto& event = calendar.components.back();
    auto pattern = random_recurrence(dice.random, start, eas::v16_1);
    for (int i = 0; i < 400 && !occurs(pattern, floor<days>(start), floor<days>(start)); ++i) start += days(1);
    pattern.until.reset();
    pattern.first_day_of_week.reset(); // below 14.1 nobody can say it
    event.set(clock.at("DTSTART", start));
    event.set(clock.at("DTEND", start + length));
    auto const utc = ical::Zone::utc();
    auto rule = rule_of(pattern, {ical::Moment{.at = start}, &utc}).value();
    event.set("RRULE", ical::raw(rule));
    auto all = ical::expand(rule, start, {start + years(3), 30});
    std::vector<ical::Component> others;
    for (std::size_t i = 1; i < all.size() && i < 6; ++i) {
        if (dice(0, 3) == 0)
            event.properties.push_back(dice.maybe() ? clock.at("EXDATE", all[i]) : clock.in_utc("EXDATE", all[i]));
        else if (dice(0, 3) == 0) {
            auto other = event;
            for (auto const* name : {"RRULE", "EXDATE"}) other.remove(name);
            other.set(clock.at("RECURRENCE-ID", all[i]));
            auto moved = all[i] + (clock.name == "date" ? minutes(0) : minutes(15 * dice(-8, 8)));
            other.set(clock.at("DTSTART", moved));
            other.set(clock.at("DTEND", moved + length));
            if (dice.maybe()) other.set("SUMMARY", "Other " + std::to_string(i));
            if (dice.maybe()) other.set("DESCRIPTION", "Another text");
            if (dice.maybe()) other.remove("LOCATION");
            others.push_back(std::move(other));
        }
    }
    calendar.components.insert(calendar.components.end(), others.begin(), others.end());
}

// Anna's own meeting, or one that she is invited to.
void add_people(ical::Component& event, Dice dice) {
    event.set("ORGANIZER", dice.maybe() ? "mailto:anna@x.org" : "mailto:carl@y.org");
    constexpr std::string_view answers[]{"NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED", "DELEGATED"},
        roles[]{"CHAIR", "REQ-PARTICIPANT", "OPT-PARTICIPANT"};
    for (auto const* address : {"a@x.org", "bob@x.org", "eve@z.org", "room@x.org"}) {
        if (dice.maybe()) continue;
        ical::Property guest{.name = "ATTENDEE", .value = std::string("mailto:") + address};
        if (dice.maybe()) guest.set_parameter("CN", "Somebody, else");
        if (dice.maybe()) guest.set_parameter("PARTSTAT", std::string(answers[dice(0, 4)]));
        if (dice.maybe()) guest.set_parameter("ROLE", std::string(roles[dice(0, 2)]));
        if (dice.maybe()) guest.set_parameter("RSVP", dice.maybe() ? "TRUE" : "FALSE");
        if (std::string_view(address).starts_with("room")) guest.set_parameter("CUTYPE", "ROOM");
        event.properties.push_back(std::move(guest));
    }
    if (dice.maybe()) event.set("X-MICROSOFT-DISALLOW-COUNTER", dice.maybe() ? "TRUE" : "FALSE");
}

std::string random_stored(Dice dice) {
    static Clock const clocks[]{{"Europe/Berlin"},
                                {"America/New_York"},
                                {"Australia/Sydney"},
                                {"Asia/Kathmandu"},
                                {"Odd/Place"},
                                {"Z"},
                                {"date"},
                                {""}};
    auto const& clock = clocks[dice(0, 7)];
    Local start = local_days(year(2012) / 1 / 1) + days(dice(0, 5000)) + hours(5) + minutes(5 * dice(0, 200));
    auto length = minutes(5 * dice(0, 100));
    if (clock.name == "date") start = floor<days>(start), length = days(dice(1, 3));
    ical::Component calendar{.name = "VCALENDAR"};
    calendar.set("VERSION", "2.0");
    calendar.set("PRODID", "-//x//EN");
    if (clock.name == "Odd/Place")
        calendar.components = ical::parse("BEGIN:VCALENDAR\r\n" + odd_zone + "END:VCALENDAR\r\n")->front().components;
    ical::Component event{.name = "VEVENT"};
    event.set("UID", "uid-" + std::to_string(dice(0, 1'000'000)));
    event.set("DTSTAMP", "20240101T000000Z");
    event.set(clock.at("DTSTART", start));
    if (length > minutes(0)) event.set(clock.at("DTEND", start + length));
    event.set("SUMMARY", "Plan\\, with\\; marks " + std::to_string(dice(0, 99)));
    if (dice.maybe()) event.set("LOCATION", "Room\\, 2");
    if (dice.maybe()) event.set("DESCRIPTION", "One\\nTwo\\n");
    if (dice.maybe()) event.set("CATEGORIES", "Blue,a\\,b");
    if (dice.maybe()) event.set("CLASS", dice.maybe() ? "PRIVATE" : "CONFIDENTIAL");
    if (dice.maybe()) event.set("TRANSP", "TRANSPARENT");
    if (dice.maybe()) event.set("X-KEPT", "a;b");
    if (dice.maybe()) {
        ical::Component alarm{.name = "VALARM"};
        alarm.set("ACTION", "DISPLAY");
        alarm.set("TRIGGER", "-PT" + std::to_string(dice(0, 600)) + "M");
        event.components.push_back(std::move(alarm));
    }
    if (dice.maybe()) { // another one, and what no phone is told of
        ical::Component alarm{.name = "VALARM"};
        alarm.set("ACTION", dice.maybe() ? "EMAIL" : "AUDIO");
        alarm.set("TRIGGER", "-PT" + std::to_string(dice(0, 600)) + "M");
        event.components.push_back(std::move(alarm));
    }
    if (dice.maybe()) event.set("STATUS", dice.maybe() ? "TENTATIVE" : dice.maybe() ? "CONFIRMED" : "CANCELLED");
    if (event.find("DESCRIPTION") && dice.maybe())
        event.set({.name = "X-ALT-DESC",
                   .parameters = {{"FMTTYPE", {"text/html"}}},
                   .value = "<p>One<br>Two<b>three</b></p>"});
    if (dice.maybe()) add_people(event, dice);
    calendar.components.push_back(std::move(event));
    if (dice.maybe()) add_series(calendar, clock, start, std::max(length, minutes(5)), dice);
    return ical::write(calendar);
}

struct Occurrence {
    ical::Instant start, end;
    std::string subject;
    bool all_day = false;
    auto operator<=>(Occurrence const&) const = default;
};

// Of the first ten years, as the calendar's owner sees them: nothing of convert's but the reading of its times.
std::set<Occurrence> occurrences(std::string const& stored) {
    auto calendars = ical::parse(stored).value();
    auto object = ical::Object::of(calendars.front(), ical::Kind::event).value();
    auto const home = ical::Zone::named(owner.zone).value();
    auto one = [&](ical::Component const& event, ical::Moment const& start) {
        auto times = calendar_parts::times_of(event);
        auto end = start;
        end.at += times.end.at - times.start.at;
        return Occurrence{object.instant(start, home), object.instant(end, home), ical::text(event.value("SUMMARY")),
                          start.is_date()};
    };
    auto const& main = object.main();
    auto first = calendar_parts::times_of(main).start;
    std::set<Local> gone;
    std::set<Occurrence> out;
    for (auto const& property : main.properties)
        if (property.name == "EXDATE")
            for (auto const& at : ical::moments(property)) {
                bool const other = at.kind != first.kind && first.kind == ical::Moment::Kind::zoned;
                gone.insert(other ? object.zone(first.zone, first.at).to_local(object.instant(at, home)) : at.at);
            }
    for (auto index : object.overrides()) {
        auto const& other = calendars.front().components[index];
        gone.insert(ical::moment(*other.find("RECURRENCE-ID")).value().at);
        out.insert(one(other, calendar_parts::times_of(other).start));
    }
    auto rule = calendar_parts::rule_of(main);
    auto all = rule ? ical::expand(*rule, first.at, {first.at + years(10), 5000}) : std::vector{first.at};
    for (auto at : all) {
        auto start = first;
        start.at = at;
        if (!gone.contains(at)) out.insert(one(main, start));
    }
    return out;
}

// What a server stamps and names itself.
eas::Calendar without_stamps(eas::Calendar event) {
    event.dt_stamp.reset(), event.uid.reset(), event.client_uid.reset(), event.native_body_type.reset();
    event.organizer_email.reset(), event.organizer_name.reset();
    if (!event.exceptions) return event;
    for (auto& one : *event.exceptions) one.dt_stamp.reset();
    auto const when = [](eas::Exception const& e) {
        return (e.instance_id ? e.instance_id : e.exception_start_time)->at;
    };
    std::ranges::sort(*event.exceptions, {}, when);
    return event;
}

// A phone that copies the event into another calendar: to 14.1 in one, from 16.0 the occurrences after it.
std::string copied(eas::Calendar const& shown, eas::Version version) {
    auto made = new_event(as_said(over_the_wire(shown, version), version), owner, rules(version));
    EXPECT_TRUE(made) << made.error();
    if (!made || version < eas::v16_0 || !shown.exceptions) return made.value_or("");
    for (auto const& one : *shown.exceptions) {
        auto said = calendar_parts::lifted(one);
        said.attachments.reset(), said.dt_stamp.reset(), said.response_type.reset();
        auto after =
            one.deleted.value_or(false)
                ? deleted_occurrence(*made, one.instance_id->at, owner, rules(version))
                : changed_occurrence(*made, one.instance_id->at, over_the_wire(said, version), owner, rules(version));
        EXPECT_TRUE(after) << after.error();
        if (after) made = after;
    }
    return *made;
}

TEST(CalendarAtRandom, AnEventComesBackTheSame) {
    std::mt19937 random(41);
    int series = 0, others = 0, meetings = 0;
    for (int round = 0; round < 120; ++round) {
        auto const stored = random_stored({random});
        auto const expected = occurrences(stored);
        for (auto version : eas::spoken_versions) {
            SCOPED_TRACE(std::string(eas::name(version)) + "\n" + stored);
            auto const before = told(stored, version);
            auto const said = as_said(over_the_wire(before, version), version);
            ASSERT_EQ(changed(stored, said, version), stored); // said back, no byte is another
            if (before.meeting_status != 0) { // whose it is, and who has answered what, nobody says in a copy
                ++meetings;
                continue;
            }
            auto const copy = copied(before, version);
            EXPECT_EQ(without_stamps(told(copy, version)), without_stamps(before)) << copy;
            EXPECT_EQ(occurrences(copy), expected) << copy;
            if (HasFailure()) return;
            series += before.recurrence.has_value();
            others += before.exceptions ? static_cast<int>(before.exceptions->size()) : 0;
        }
    }
    EXPECT_GT(series, 100);
    EXPECT_GT(others, 100);
    EXPECT_GT(meetings, 100);
}

} // namespace
} // namespace godwit::convert
