#include "ical/object.hpp"
#include "ical/zone.hpp"

#include <gtest/gtest.h>

namespace godwit::ical {
namespace {

using namespace std::chrono;

Local local(std::string_view raw) { return moment(raw).value().at; }
Instant utc(std::string_view raw) { return instant(raw).value(); }

TEST(Zone, NamesThatPeopleWrite) {
    EXPECT_EQ(iana_name("Europe/Berlin"), "Europe/Berlin");
    EXPECT_EQ(iana_name("W. Europe Standard Time"), "Europe/Berlin");
    EXPECT_EQ(iana_name("/mozilla.org/20050126_1/America/Argentina/Ushuaia"), "America/Argentina/Ushuaia");
    EXPECT_EQ(iana_name("/freeassociation.sourceforge.net/Tzfile/Europe/Vienna"), "Europe/Vienna");
    for (auto none : {"", "Customized Time Zone", "Etc/Unknown", "GMT+25", "My/Zone", "////"})
        EXPECT_EQ(iana_name(none), "") << none;
}

TEST(Zone, GapsAndRepeatedHours) {
    auto berlin = Zone::named("Europe/Berlin").value();
    EXPECT_EQ(berlin.to_utc(local("20240331T023000")), utc("20240331T013000Z")); // skipped: with the offset before
    EXPECT_EQ(berlin.to_utc(local("20241027T023000")), utc("20241027T003000Z")); // twice: the first
    EXPECT_EQ(berlin.to_utc(local("20240701T120000")), utc("20240701T100000Z"));
    EXPECT_EQ(berlin.to_local(utc("20240101T100000Z")), local("20240101T110000"));
    EXPECT_EQ(berlin.next_change(utc("20240101T000000Z")), (Zone::Change{utc("20240331T010000Z"), hours(1), hours(2)}));
    EXPECT_FALSE(Zone::utc().next_change(utc("20240101T000000Z")));
    // A day that a zone leaves out whole (Samoa, 30 December 2011).
    auto apia = Zone::named("Pacific/Apia").value();
    EXPECT_EQ(apia.to_local(utc("20111230T095959Z")), local("20111229T235959"));
    EXPECT_EQ(apia.to_local(utc("20111230T100000Z")), local("20111231T000000"));
}

Component vtimezone_of(std::string_view text) {
    return parse("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:T\n" + std::string(text) + "END:VTIMEZONE\nEND:VCALENDAR\n")
        .value()
        .front()
        .components.front();
}

// What we write from ICU, read again, is ICU's zone: for every zone, at every change from 1999 to 2040.
TEST(Zone, WrittenVtimezonesAreTheZones) {
    for (auto const& name : well_known_zones()) {
        auto icu = Zone::named(name).value();
        auto from = utc("20000101T000000Z");
        auto written = vtimezone(name, from);
        ASSERT_TRUE(written) << name;
        EXPECT_EQ(written->value("TZID"), name);
        auto read = Zone::from(*written);
        ASSERT_TRUE(read) << name;
        for (auto at = from; at < utc("20400101T000000Z");) {
            EXPECT_EQ(read->offset(at), icu.offset(at)) << name << " " << raw(at);
            auto change = icu.next_change(at), again = read->next_change(at);
            ASSERT_EQ(change.has_value(), again.has_value()) << name << " " << raw(at);
            if (!change) break;
            ASSERT_EQ(*change, *again) << name << " " << raw(change->at) << " " << raw(again->at);
            at = change->at;
        }
    }
    EXPECT_GT(well_known_zones().size(), 400U);
    EXPECT_EQ(well_known_zones().front().find(' '), std::string::npos);
}

TEST(Zone, OddVtimezones) {
    // Only daylight time, no rule (dst-only-vtimezone.ics).
    auto once = Zone::from(
        vtimezone_of("BEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:20180325T020000\nEND:DAYLIGHT\n"));
    EXPECT_EQ(once->offset(utc("20180325T005959Z")), hours(1));
    EXPECT_EQ(once->offset(utc("20180325T010000Z")), hours(2));
    // The Sunday between the 8th and the 14th, and a rule that has ended.
    auto old = Zone::from(vtimezone_of(
        "BEGIN:DAYLIGHT\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nDTSTART:20070311T020000\n"
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU;UNTIL=20100314T070000Z\nEND:DAYLIGHT\n"
        "BEGIN:STANDARD\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nDTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;"
        "BYDAY=1SU\n"
        "END:STANDARD\n"));
    EXPECT_EQ(old->offset(utc("20100314T070000Z")), -hours(4));
    EXPECT_EQ(old->offset(utc("20100314T065959Z")), -hours(5));
    EXPECT_EQ(old->offset(utc("20110701T000000Z")), -hours(5));
    EXPECT_FALSE(Zone::from(vtimezone_of("")));
    EXPECT_FALSE(Zone::from(vtimezone_of("BEGIN:STANDARD\nTZOFFSETTO:never\nEND:STANDARD\n")));
}

TEST(Zone, TheFileIsRightWhereItDisagreesWithTheName) {
    auto calendar =
        parse("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nTZOFFSETFROM:+0300\n"
              "TZOFFSETTO:+0300\nDTSTART:19700101T000000\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1\n"
              "DTSTART;TZID=Europe/Berlin:20240701T120000\nEND:VEVENT\nEND:VCALENDAR\n")
            .value();
    auto object = Object::of(calendar.front(), Kind::event).value();
    EXPECT_EQ(object.instant(*moment("20240701T120000", "Europe/Berlin"), Zone::utc()), utc("20240701T090000Z"));
    EXPECT_EQ(object.instant(*moment("20240701T120000", "Europe/Paris"), Zone::utc()), utc("20240701T100000Z"));
    EXPECT_EQ(object.instant(*moment("20240701T120000", "No such zone"), Zone::utc()), utc("20240701T120000Z"));
}

std::size_t changes_of(Zone const& zone) {
    std::size_t count = 0;
    for (auto change = zone.next_change(utc("19000101T000000Z")); change; change = zone.next_change(change->at))
        ++count;
    return count;
}

std::string repeated(int count, auto line) {
    std::string out;
    for (int i = 0; i < count; ++i) out += line(i);
    return out;
}

// A zone has so many changes as its file says, but not as many as somebody likes.
TEST(Zone, ChangesWithinBounds) {
    std::string const winter = "BEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nDTSTART:19000701T000000\n"
                               "RRULE:FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1\nEND:STANDARD\n";
    auto summer = [](std::string const& rules, std::string const& start = "20000101T000000") {
        return "BEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:" + start + "\n" + rules +
               "END:DAYLIGHT\n";
    };
    struct {
        char const* what;
        std::string blocks;
        std::size_t changes;
    } const rows[]{
        {"on a date of each year", winter + summer("RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1\n"), 402},
        {"by a rule that is followed", winter + summer("RRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31\n"), 201},
        {"by such as are no zone's",
         winter + summer(repeated(200, [](int) { return "RRULE:FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=2\n"; })), 3},
        {"by many rules, the first four of which count",
         "BEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nDTSTART:20000101T000000\n"
         "RRULE:FREQ=YEARLY;BYMONTHDAY=15;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12\nEND:STANDARD\n" +
             summer(repeated(
                 12, [](int i) { return "RRULE:FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=" + std::to_string(i + 1) + "\n"; })),
         126},
        {"by many dates",
         summer(repeated(
             3000, [](int i) { return "RDATE:" + raw(Moment{.at = local("20010101T000000") + days(2 * i)}) + "\n"; })) +
             "BEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nDTSTART:20000102T000000\n" +
             repeated(
                 3000,
                 [](int i) { return "RDATE:" + raw(Moment{.at = local("20010102T000000") + days(2 * i)}) + "\n"; }) +
             "END:STANDARD\n",
         2003},
    };
    for (auto const& row : rows) {
        auto zone = Zone::from(vtimezone_of(row.blocks));
        ASSERT_TRUE(zone) << row.what;
        EXPECT_EQ(changes_of(*zone), row.changes) << row.what;
    }
}

// One calendar's zone is made once, however often it is asked for, and anew when it says something else.
TEST(Zone, IsMadeOnce) {
    auto block = [](std::string const& offset) {
        return vtimezone_of("BEGIN:STANDARD\nTZOFFSETFROM:" + offset + "\nTZOFFSETTO:" + offset +
                            "\nDTSTART:19700101T000000\nEND:STANDARD\n");
    };
    Component calendar{.name = "VCALENDAR", .components = {block("+0300")}};
    auto near = local("20240701T120000");
    auto first = zone_in(calendar, "T", near);
    EXPECT_EQ(zone_in(calendar, "T", near), first);
    auto copy = calendar;
    EXPECT_EQ(zone_in(copy, "T", near), first);
    copy.components.front() = block("+0400");
    EXPECT_EQ(zone_in(copy, "T", near).offset(utc("20240701T120000Z")), hours(4));
    EXPECT_EQ(zone_in(calendar, "T", near), first);
    EXPECT_EQ(Zone::named("Europe/Berlin"), Zone::named("Europe/Berlin"));
    EXPECT_NE(Zone::named("Europe/Berlin"), Zone::named("Europe/Paris"));
    for (int i = 0; i < 100; ++i) Zone::from(block("+00" + std::to_string(10 + i % 49) + std::to_string(10 + i % 50)));
    EXPECT_NE(zone_in(calendar, "T", near), first); // others have been asked for since
}

} // namespace
} // namespace godwit::ical
