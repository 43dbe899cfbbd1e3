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

} // namespace
} // namespace godwit::ical
