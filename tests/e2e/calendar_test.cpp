// One account, a phone of 14.1 and one of 16.1: each sees the other's events and tasks, series, occurrences and days.
#include "server.hpp"
#include <algorithm>
#include <gtest/gtest.h>

namespace godwit::e2e {
namespace {

using client::BlockingPhone;
using client::Edit;
using client::element;
using client::Properties;
using client::text_of;
namespace cal = wbxml::calendar;
namespace tasks = wbxml::tasks;

// Berlin's rules, as a phone writes them (MS-ASDTYPE 2.7.6).
constexpr char const* berlin =
    "xP///wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoAAAAFAAMAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMAAAAFAAIAAAAAAAAAxP///"
    "w==";

class CalendarOf : public testing::Test {
protected:
    void SetUp() override {
        server.account("anna@example.org", {"--name", "Anna", "--zone", "Europe/Berlin"});
        ASSERT_EQ(old.enrol(), 1u);
        ASSERT_EQ(young.enrol(), 1u);
        for (auto* phone : {&old, &young}) {
            ASSERT_EQ(phone->sync_all(calendar()), 1u);
            ASSERT_EQ(phone->sync_all(tasks_folder()), 1u);
        }
    }
    std::string calendar() { return old.model().of_type(8)->id; }
    std::string tasks_folder() { return old.model().of_type(7)->id; }
    client::Outcome edit(BlockingPhone& phone, std::string const& folder, std::vector<Edit> edits) {
        auto answer =
            phone.sync({.collections = {{.collection = folder, .get_changes = false, .edits = std::move(edits)}}});
        return answer.of(folder);
    }
    // What the phone holds under this subject.
    static Properties const& held(BlockingPhone& phone, std::string const& folder, wbxml::Tag name,
                                  std::string const& subject) {
        auto& collection = phone.model().at(folder);
        auto ids = collection.find(name, subject);
        EXPECT_EQ(ids.size(), 1U) << subject;
        static Properties const none;
        return ids.empty() ? none : *collection.item(ids.front());
    }
    std::string id_of(std::string const& subject) {
        auto ids = young.model().at(calendar()).find(cal::Subject, subject);
        return ids.empty() ? std::string() : ids.front();
    }
    Server server;
    BlockingPhone old{server.settings("anna@example.org", "OLD", eas::v14_1)};
    BlockingPhone young{server.settings("anna@example.org", "YOUNG", eas::v16_1)};
};

TEST_F(CalendarOf, OneAccountAtTwoVersions) {
    auto const folder = calendar();
    auto weekly = element(cal::Recurrence, Properties{element(cal::Type, "1"), element(cal::Interval, "1"),
                                                      element(cal::DayOfWeek, "2"), element(cal::Occurrences, "10")});
    auto made = edit(old, folder,
                     {{.kind = Edit::Add,
                       .id = "c1",
                       .data = {element(cal::Timezone, berlin), element(cal::Subject, "Team"),
                                element(cal::Location, "Room 2"), element(cal::StartTime, "20260119T090000Z"),
                                element(cal::EndTime, "20260119T093000Z"), element(cal::UID, "uid-1"), weekly}},
                      {.kind = Edit::Add,
                       .id = "c2",
                       .data = {element(cal::Timezone, berlin), element(cal::AllDayEvent, "1"),
                                element(cal::Subject, "Holiday"), element(cal::StartTime, "20260219T230000Z"),
                                element(cal::EndTime, "20260220T230000Z"), element(cal::UID, "uid-2")}}});
    EXPECT_EQ(made.edit_status["c1"], 1u);
    EXPECT_EQ(made.edit_status["c2"], 1u);

    ASSERT_EQ(young.sync_all(folder), 1u);
    auto const& team = held(young, folder, cal::Subject, "Team");
    EXPECT_EQ(text_of(team, cal::StartTime), "20260119T090000Z");
    EXPECT_EQ(text_of(team, cal::UID), "uid-1");
    auto const* place = client::property(team, wbxml::airsyncbase::Location);
    ASSERT_TRUE(place);
    EXPECT_EQ(place->value(wbxml::airsyncbase::DisplayName), "Room 2");
    auto const& holiday = held(young, folder, cal::Subject, "Holiday"); // a day is a day, whatever the zone
    EXPECT_EQ(text_of(holiday, cal::AllDayEvent), "1");
    EXPECT_EQ(text_of(holiday, cal::StartTime), "20260220T000000Z");

    // One occurrence is changed and one deleted by the young phone; the old one is told exceptions of one event.
    auto const series = id_of("Team");
    auto done = edit(young, folder,
                     {{.kind = Edit::Change,
                       .id = series,
                       .data = {element(cal::StartTime, "20260126T120000Z"), element(cal::EndTime, "20260126T130000Z")},
                       .instance = "20260126T090000Z"},
                      {.kind = Edit::Delete, .id = series, .instance = "20260202T090000Z"}});
    for (auto const& [id, status] : done.edit_status) ADD_FAILURE() << id << ' ' << status;
    ASSERT_EQ(old.sync_all(folder), 1u);
    auto const* exceptions = client::property(held(old, folder, cal::Subject, "Team"), cal::Exceptions);
    ASSERT_TRUE(exceptions);
    ASSERT_EQ(exceptions->children.size(), 2U);
    EXPECT_EQ(exceptions->children[0].value(cal::ExceptionStartTime), "20260126T090000Z");
    EXPECT_EQ(exceptions->children[0].value(cal::StartTime), "20260126T120000Z");
    EXPECT_EQ(exceptions->children[1].value(cal::Deleted), "1");
}

// The young one makes an event; the old one moves it; the young one deletes it.
TEST_F(CalendarOf, AnEventGoesToAndFro) {
    auto const folder = calendar();
    auto own =
        edit(young, folder,
             {{.kind = Edit::Add,
               .id = "y1",
               .data = {element(cal::ClientUid, "cu"), element(cal::Subject, "Dentist"),
                        element(cal::StartTime, "20260120T080000Z"), element(cal::EndTime, "20260120T083000Z")}}});
    EXPECT_EQ(own.edit_status["y1"], 1u);
    ASSERT_EQ(old.sync_all(folder), 1u);
    auto const dentist = old.model().at(folder).find(cal::Subject, "Dentist").at(0);
    EXPECT_TRUE(
        edit(old, folder,
             {{.kind = Edit::Change,
               .id = dentist,
               .data = {element(cal::Timezone, berlin), element(cal::Subject, "Dentist"),
                        element(cal::StartTime, "20260120T100000Z"), element(cal::EndTime, "20260120T103000Z")}}})
            .edit_status.empty());
    ASSERT_EQ(young.sync_all(folder), 1u);
    EXPECT_EQ(text_of(held(young, folder, cal::Subject, "Dentist"), cal::StartTime), "20260120T100000Z");
    edit(young, folder, {{.kind = Edit::Delete, .id = dentist}});
    ASSERT_EQ(old.sync_all(folder), 1u);
    EXPECT_TRUE(old.model().at(folder).find(cal::Subject, "Dentist").empty());
}

TEST_F(CalendarOf, TasksAndAPollThatWaitsForThem) {
    auto const folder = tasks_folder();
    young.hold({.heartbeat = 600, .folders = {{folder, "Tasks"}}});
    ASSERT_FALSE(young.held(300ms));
    edit(old, folder,
         {{.kind = Edit::Add,
           .id = "t1",
           .data = {element(tasks::Subject, "Milk"), element(tasks::UtcDueDate, "2026-01-19T23:00:00.000Z"),
                    element(tasks::DueDate, "2026-01-20T00:00:00.000Z"), element(tasks::Complete, "0")}}});
    auto pushed = young.held(5s);
    ASSERT_TRUE(pushed);
    EXPECT_EQ(pushed->changed, std::vector<std::string>{folder});
    ASSERT_EQ(young.sync_all(folder), 1u);
    auto const& milk = held(young, folder, tasks::Subject, "Milk");
    EXPECT_EQ(text_of(milk, tasks::DueDate), "2026-01-20T00:00:00.000Z");
    EXPECT_EQ(text_of(milk, tasks::UtcDueDate), "2026-01-19T23:00:00.000Z");
    auto data = milk;
    for (auto& one : data)
        if (one.tag == tasks::Complete) one.text = "1";
    edit(young, folder,
         {{.kind = Edit::Change, .id = young.model().at(folder).find(tasks::Subject, "Milk").at(0), .data = data}});
    ASSERT_EQ(old.sync_all(folder), 1u);
    EXPECT_EQ(text_of(held(old, folder, tasks::Subject, "Milk"), tasks::Complete), "1");
    EXPECT_FALSE(text_of(held(old, folder, tasks::Subject, "Milk"), tasks::DateCompleted).empty());
}

// Issue 4, bad input: each gets its status, the good ones beside it go through, a line of the log says what was wrong.
TEST_F(CalendarOf, BadEventsHaveTheirStatusAndALine) {
    auto const folder = calendar();
    auto const event = [](std::string const& id, Properties data) {
        data.push_back(element(cal::Subject, id));
        return Edit{.kind = Edit::Add, .id = id, .data = std::move(data)};
    };
    auto const at = [](char const* start, char const* end) {
        return Properties{element(cal::StartTime, start), element(cal::EndTime, end)};
    };
    for (auto* phone : {&old, &young}) {
        auto const name = std::string(eas::name(phone->settings().version));
        auto endless = at("20260119T090000Z", "20260119T100000Z"), crowd = endless;
        endless.push_back(element(cal::Recurrence, Properties{element(cal::Type, "0"), element(cal::Interval, "1"),
                                                              element(cal::Occurrences, "1000000")}));
        Properties people;
        people.reserve(10'000);
        for (int i = 0; i < 10'000; ++i)
            people.push_back(element(cal::Attendee, Properties{element(cal::Email, "a" + std::to_string(i) + "@x.org"),
                                                               element(cal::Name, "A")}));
        crowd.push_back(element(cal::Attendees, std::move(people)));
        auto const told = server.log_lines("refused=");
        auto done = edit(*phone, folder,
                         {event("ends first", at("20260119T090000Z", "20260119T080000Z")),
                          event("a million", endless),
                          event("crowd", crowd),
                          event("good", at("20260119T090000Z", "20260119T100000Z")),
                          {.kind = Edit::Change, .id = folder + ":4711", .data = {element(cal::Subject, "x")}},
                          {.kind = Edit::Delete, .id = folder + ":4712"}});
        EXPECT_EQ(done.status, 1u);
        for (auto const* bad : {"ends first", "a million", "crowd"})
            EXPECT_EQ(done.edit_status[bad], 6u) << bad << name;
        EXPECT_EQ(done.edit_status["good"], 1u) << name;
        EXPECT_EQ(done.edit_status[folder + ":4711"], 8u) << name;
        EXPECT_EQ(done.edit_status[folder + ":4712"], 8u) << name;
        EXPECT_TRUE(eventually([&] { return server.log_lines("refused=") == told + 1; })) << server.log();
        EXPECT_TRUE(server.log().contains("6 x3, 8 x2: an event that ends before it starts")) << server.log();
    }
    EXPECT_EQ(server.log_lines("status=500"), 0u);
}

// In by the command line beside the server, seen by phones, out again as it went in.
TEST_F(CalendarOf, ImportAndExport) {
    Directory files;
    write_file(files / "in.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:one\r\n"
                                 "DTSTAMP:20260101T000000Z\r\nDTSTART:20260119T090000Z\r\nDTEND:20260119T100000Z\r\n"
                                 "SUMMARY:Imported\r\nX-ODD:kept\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nUID:two\r\n"
                                 "DTSTAMP:20260101T000000Z\r\nSUMMARY:Do it\r\nEND:VTODO\r\nEND:VCALENDAR\r\n");
    auto in = godwit({"import", "anna@example.org", files / "in.ics", "--data", server.data()});
    EXPECT_EQ(in.status, 0) << in.err;
    ASSERT_EQ(young.sync_all(calendar()), 1u);
    held(young, calendar(), cal::Subject, "Imported");
    ASSERT_EQ(old.sync_all(tasks_folder()), 1u);
    held(old, tasks_folder(), tasks::Subject, "Do it");
    EXPECT_TRUE(edit(young, calendar(),
                     {{.kind = Edit::Change, .id = id_of("Imported"), .data = {element(cal::Subject, "Mine")}}})
                    .edit_status.empty());
    auto out = godwit({"export", "anna@example.org", files / "out", "--data", server.data()});
    EXPECT_EQ(out.status, 0) << out.err;
    auto text = read_file(files / "out/Calendar.ics");
    for (auto const* line : {"UID:one\r\n", "X-ODD:kept\r\n", "SUMMARY:Mine\r\n"})
        EXPECT_TRUE(text.contains(line)) << text;
    EXPECT_TRUE(read_file(files / "out/Tasks.ics").contains("UID:two"));
}

} // namespace
} // namespace godwit::e2e
