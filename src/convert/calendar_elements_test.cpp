// Row by row: every element of MS-ASCAL is in our tables, has its row of properties, and is told by an event with it.
#include "convert/calendar_fixture.hpp"
#include "convert/calendar_table.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/wbxml.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace godwit::convert {
namespace {

using Places = std::set<std::string>; // "Exception/Subject"

void walk(eas::Shape const& shape, std::string const& as, Places& out) {
    for (auto const& row : shape.rows) {
        auto parent = as;
        if (row.wrapper) {
            out.insert(as + "/" + std::string(row.wrapper->name));
            parent = row.wrapper->name;
        }
        if (row.choices) continue; // attachments: MS-ASAIRS
        out.insert(parent + "/" + std::string(row.tag.name));
        if (row.shape) walk(*row.shape(), std::string(row.tag.name), out);
    }
}

void read_places(eas::Calendar const& event, eas::Version version, Places& out) {
    auto fragment = eas::encode_fragment(event, version);
    wbxml::Reader reader(fragment);
    std::vector<std::string> open{"ApplicationData"};
    for (auto one = reader.next(); one.kind != wbxml::Event::End; one = reader.next()) {
        if (one.starts()) out.insert(open.back() + "/" + std::string(one.tag.name));
        if (one.kind == wbxml::Event::Open) open.emplace_back(one.tag.name);
        if (one.kind == wbxml::Event::Close) open.pop_back();
    }
    EXPECT_FALSE(reader.failed());
}

std::vector<std::string> split(std::string const& line, char separator) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, separator);) out.push_back(cell);
    return out;
}

// What the sheet says of the class, by its places.
Places sheet(std::filesystem::path const& file) {
    Places out;
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line)) {
        auto row = split(line, '\t');
        row.resize(24);
        if (row[2] != "Calendar") continue;
        for (auto parent : split(row[9], ',')) {
            parent.erase(0, parent.find_first_not_of(' '));
            if (auto colon = parent.find(':'); colon != parent.npos) parent.erase(0, colon + 1);
            if (parent.contains("top level")) parent = "ApplicationData";
            out.insert(parent + "/" + row[3]);
        }
    }
    return out;
}

std::string const rich_lines =
    "ORGANIZER;CN=Bob:mailto:bob@x.org\r\nATTENDEE;CN=Anna;PARTSTAT=ACCEPTED;X-GODWIT-PROPOSED-START=20240506T090000Z;"
    "X-GODWIT-PROPOSED-END=20240506T093000Z:mailto:anna@x.org\r\nX-GODWIT-REPLY-TIME:20240502T000000Z\r\nCATEGORIES:"
    "A\r\n"
    "X-MICROSOFT-ONLINEMEETINGCONFLINK:sip:a@x\r\nX-MICROSOFT-ONLINEMEETINGEXTERNALLINK:https://x.org/1\r\n"
    "ATTACH;ENCODING=BASE64;VALUE=BINARY:aGk=\r\nDESCRIPTION:text\r\n";

Places told() {
    auto override_lines = "DTSTART:20240513T120000Z\r\nDTEND;VALUE=DATE:20240514\r\nSUMMARY:Other\r\nLOCATION:There\r\n"
                          "CLASS:PRIVATE\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\r\nSTATUS:CANCELLED\r\n"
                          "ORGANIZER:mailto:bob@x.org\r\nATTENDEE;PARTSTAT=TENTATIVE:mailto:anna@x.org\r\n"
                          "X-GODWIT-REPLY-TIME:20240503T000000Z\r\nX-MICROSOFT-ONLINEMEETINGCONFLINK:sip:b@x\r\n"
                          "CONFERENCE:https://x.org/2\r\nDESCRIPTION:other\r\n";
    auto of_a_day = "RECURRENCE-ID:20240520T080000Z\r\nDTSTART;VALUE=DATE:20240521\r\n";
    std::string const stored[]{
        weekly(rich_lines + "EXDATE;TZID=Europe/Berlin:20240527T100000\r\n",
               override_of("20240513T100000", override_lines) + "BEGIN:VEVENT\r\nUID:u1\r\n" + of_a_day +
                   "END:VEVENT\r\n"),
        event("DTSTART:20240531T100000Z\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=-1;UNTIL=20300101T000000Z\r\n"),
        event("DTSTART:20240531T100000Z\r\nRRULE:RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=8\r\n")};
    Places out;
    for (auto version : eas::spoken_versions)
        for (auto const& one : stored)
            read_places(convert::to_calendar(one, owner, plain, version).event, version, out);
    return out;
}

TEST(CalendarElements, AllAreKnownAndTold) {
    auto file = std::filesystem::path(GODWIT_SHARED) / "spec/elements.tsv";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
    Places known;
    walk(eas::document<eas::Calendar>(), "ApplicationData", known);
    auto seen = told(), wanted = sheet(file);
    EXPECT_GE(wanted.size(), 55U);
    wanted.insert({"ApplicationData/Body", "ApplicationData/NativeBodyType", "ApplicationData/Attachments",
                   "Exception/Body", "ApplicationData/OnlineMeetingConfLink",
                   "ApplicationData/OnlineMeetingExternalLink", "Exception/InstanceId", "Attendee/ProposedStartTime",
                   "Attendee/ProposedEndTime"});
    for (auto const& place : wanted) {
        EXPECT_TRUE(known.contains(place)) << place;
        EXPECT_EQ(seen.contains(place), place != "ApplicationData/ClientUid") << place; // only a phone says that
    }
}

TEST(CalendarElements, EachHasItsRow) {
    std::set<std::string_view> rows;
    for (auto const& row : calendar_parts::event_table()) {
        bool is_new = rows.insert(row.element.name).second;
        EXPECT_TRUE(is_new || row.element == eas::airsyncbase::Location) << row.element.name;
        EXPECT_FALSE(row.properties.empty());
    }
    for (auto const& row : eas::document<eas::Calendar>().rows)
        EXPECT_TRUE(rows.contains(row.wrapper ? row.wrapper->name : row.tag.name)) << row.tag.name;
}

} // namespace
} // namespace godwit::convert
