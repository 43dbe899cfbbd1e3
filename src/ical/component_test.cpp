// Everything of the corpus goes in or is refused by reason; what goes in comes out with the same meaning.
#include "ical/file.hpp"
#include "ical/object.hpp"
#include "ical/rule.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace godwit::ical {
namespace {

namespace fs = std::filesystem;

std::string slurp(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::string event(std::string_view lines) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\n" + std::string(lines) +
           "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

TEST(Component, CorpusGoesInAndComesOutTheSame) {
    fs::path folder = GODWIT_SHARED "/corpus/ical";
    if (!fs::exists(folder)) GTEST_SKIP() << "no ../shared";
    int objects = 0, files = 0;
    for (auto const& file : fs::directory_iterator(folder)) {
        if (file.path().extension() != ".ics") continue;
        ++files;
        auto bytes = slurp(file.path());
        auto calendars = parse(bytes);
        if (!calendars) {
            EXPECT_FALSE(calendars.error().reason.empty());
            continue;
        }
        for (auto const& calendar : *calendars)
            EXPECT_TRUE(parse(write(calendar)).value() == std::vector{calendar}) << file.path();
        auto parts = split(*calendars);
        for (auto const& one : parts.refused) {
            EXPECT_FALSE(one.reason.empty());
        }
        for (auto& object : parts.objects) {
            ++objects;
            EXPECT_TRUE(Object::of(object.calendar, object.kind)) << file.path();
            EXPECT_EQ(split({object.calendar}).objects.front().calendar, object.calendar) << file.path();
        }
        EXPECT_GT(parts.objects.size() + parts.refused.size(), 0U) << file.path();
    }
    EXPECT_GE(files, 45);
    EXPECT_GE(objects, 2000);
}

struct Broken {
    char const* what;
    std::string bytes;
    std::string_view reason;
};

TEST(Component, RefusesByReason) {
    std::string deep;
    for (int i = 0; i < 9; ++i) deep += "BEGIN:X\r\n";
    Broken const rows[] = {
        {"nothing", "", "no VCALENDAR"},
        {"another format", "BEGIN:VCARD\r\nEND:VCARD\r\n", "no VCALENDAR"},
        {"cut off", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "a component that does not end"},
        {"crossed", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "END of another component"},
        {"deep", "BEGIN:VCALENDAR\r\n" + deep, "components too deep"},
    };
    for (auto const& row : rows) {
        auto found = parse(row.bytes);
        ASSERT_FALSE(found) << row.what;
        EXPECT_EQ(found.error().reason, row.reason) << row.what;
    }
    EXPECT_EQ(parse(event("X:" + std::string(100, 'x') + "\r\n"), {.bytes = 50}).error().reason,
              "beyond the size limit");
    EXPECT_EQ(parse(event("X:1\r\n"), {.lines = 3}).error().reason, "too many lines");
    EXPECT_EQ(parse(event("X:" + std::string(100, 'x') + "\r\n x\r\n"), {.line_bytes = 50}).error().reason,
              "a line beyond the limit");
    EXPECT_EQ(parse(event("X;A;B;C:1\r\n"), {.parameters = 2}).error().reason, "too many parameters");
}

// Law 4: of a file only what is broken is left out.
TEST(Component, Law4_AFileIsReadAroundWhatIsBroken) {
    auto item = [](std::string name, std::string more) {
        return "BEGIN:VEVENT\r\nUID:" + name + "\r\nSUMMARY:" + name + "\r\nDTSTART:20240101T100000Z\r\n" + more;
    };
    std::string const end = "END:VEVENT\r\n", alarm = "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\n";
    std::string deep;
    for (int i = 0; i < 9; ++i) deep += "BEGIN:X\r\n";
    struct Row {
        std::string_view name;
        std::string broken;
        std::vector<std::string> left_out;
    };
    Row const rows[] = {
        {"nothing", "", {}},
        {"no end", item("b", ""), {"VEVENT b"}},
        {"two", item("b", item("c", "")), {"VEVENT b", "VEVENT c"}},
        {"no end of its alarm", item("b", alarm + end), {"VEVENT b"}},
        {"no end of both", item("b", alarm), {"VEVENT b"}},
        {"another end", item("b", "END:VALARM\r\nX-A:1\r\n" + end), {"VEVENT b"}},
        {"an end too many", end + end, {}},
        {"a zone without end", "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\n", {"VTIMEZONE"}},
        {"too deep", item("b", deep), {"VEVENT b"}},
        {"a stray alarm", "END:VCALENDAR\r\n" + alarm + "END:VALARM\r\nBEGIN:VCALENDAR\r\n", {"VALARM"}},
        {"a stray alarm without end", "END:VCALENDAR\r\n" + alarm + "BEGIN:VCALENDAR\r\n", {"VALARM"}},
        {"something of somebody's",
         "END:VCALENDAR\r\nBEGIN:X-A\r\n" + item("b", end) + "END:X-A\r\nBEGIN:VCALENDAR\r\n",
         {"X-A"}},
        {"no end of the calendar", "BEGIN:VCALENDAR\r\n" + item("b", end + "BEGIN:VCALENDAR\r\n"), {}},
    };
    for (auto const& row : rows)
        for (bool last : {false, true}) {
            SCOPED_TRACE(row.name);
            auto bytes = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + item("good", end) + row.broken +
                         (last ? "" : item("good", end)) + "END:VCALENDAR\r\n";
            auto file = parse_file(bytes);
            ASSERT_TRUE(file);
            std::vector<std::string> left_out;
            for (auto const& one : file->broken) {
                left_out.push_back(one.name);
                EXPECT_GT(one.line, 5U);
            }
            EXPECT_EQ(left_out, row.left_out);
            int good = 0;
            for (auto const& calendar : file->calendars)
                for (auto const& one : calendar.components) good += one.value("UID") == "good";
            EXPECT_EQ(good, last ? 1 : 2);
            EXPECT_EQ(parse(bytes).has_value(), row.left_out.empty() && row.broken.empty());
        }
    EXPECT_EQ(parse_file("").error().reason, "no VCALENDAR");
    EXPECT_EQ(parse_file("BEGIN:VEVENT\r\nUID:a\r\nBEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\n").value().calendars.size(),
              1U);
    EXPECT_EQ(parse_file(event("X:1\r\n"), {.lines = 3}).error().reason, "too many lines");
}

// RFC 6868
TEST(Component, KeepsWhatAParameterSays) {
    for (std::string said : {"\"Bob\" Smith", "\"", "a^b", "^n", "^^'", "two\nlines", "\"x\": y; z, ^", "^", "plain"}) {
        Component one{.name = "VEVENT"};
        Property attendee{.name = "ATTENDEE", .value = "mailto:a@b"};
        attendee.set_parameter("CN", said);
        attendee.set_parameter("DIR", "ldap://x, y");
        one.properties.push_back(attendee);
        auto const back = parse("BEGIN:VCALENDAR\r\n" + write(one) + "END:VCALENDAR\r\n");
        EXPECT_EQ(back.value().front().components.front(), one) << write(one);
    }
    auto read = parse(event("ATTENDEE;CN=\"a^'b^nc^^d^e\":mailto:a@b\r\n"));
    EXPECT_EQ(read->front().components.front().find("ATTENDEE")->parameter("CN"), "a\"b\nc^d^e");
}

TEST(Component, ReadsWhatIsReallyWritten) {
    auto one = [](std::string_view lines) { return parse(event(lines)).value().front().components.front(); };
    EXPECT_EQ(text(one("SUMMARY:a\\, b\\nc\\\\d\r\n").value("SUMMARY")), "a, b\nc\\d");
    EXPECT_EQ(one("SUMMARY:fol\r\n ded\r\n").value("SUMMARY"), "folded");
    EXPECT_EQ(text(one("DESCRIPTION:folded\nwithout a blank\r\n").value("DESCRIPTION")), "folded\nwithout a blank");
    EXPECT_EQ(one("ATTENDEE;CN=\"A: B; C\";X=1,\"2,3\":mailto:a@b\r\n").find("ATTENDEE")->parameter("cn"), "A: B; C");
    EXPECT_EQ(one("summary:low\r\n").value("SUMMARY"), "low");
    EXPECT_EQ(text(one("SUMMARY:caf\xE9\r\n").value("SUMMARY")), "caf\xC3\xA9");
    auto kept = one("X-A;X-P=\"q,r\":v\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nBEGIN:X-B\r\nEND:X-B\r\n");
    EXPECT_EQ(parse("BEGIN:VCALENDAR\r\n" + write(kept) + "END:VCALENDAR").value().front().components.front(), kept);
}

TEST(Component, FoldsBetweenCharacters) {
    Component component{.name = "VEVENT"};
    std::string umlauts;
    for (int i = 0; i < 100; ++i) umlauts += "\xC3\xA4";
    component.set("SUMMARY", umlauts);
    std::istringstream lines(write(component));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 76U); // with its CR
    auto back = parse("BEGIN:VCALENDAR\n" + write(component) + "END:VCALENDAR\n");
    EXPECT_EQ(back.value().front().components.front().value("SUMMARY"), umlauts);
}

TEST(Component, SplitsByUid) {
    auto calendars =
        parse("BEGIN:VCALENDAR\nMETHOD:PUBLISH\nBEGIN:VTIMEZONE\nTZID:A\nEND:VTIMEZONE\nBEGIN:VTIMEZONE\nTZID:B\n"
              "END:VTIMEZONE\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=B:20240101T100000\nEND:VEVENT\n"
              "BEGIN:VEVENT\nUID:2\nDTSTART:20240101T100000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\n"
              "RECURRENCE-ID;TZID=B:20240102T100000\nDTSTART;TZID=B:20240102T110000\nEND:VEVENT\n"
              "BEGIN:VTODO\nSUMMARY:no uid\nEND:VTODO\nBEGIN:VFREEBUSY\nEND:VFREEBUSY\n"
              "BEGIN:VEVENT\nUID:3\nEND:VEVENT\nEND:VCALENDAR\n");
    auto parts = split(calendars.value());
    ASSERT_EQ(parts.objects.size(), 3U);
    EXPECT_EQ(parts.objects[0].uid, "1");
    EXPECT_EQ(parts.objects[0].calendar.components.size(), 3U); // zone B, master, override
    EXPECT_FALSE(parts.objects[0].calendar.find("METHOD"));
    EXPECT_EQ(parts.objects[1].calendar.components.size(), 1U);
    EXPECT_EQ(parts.objects[2].kind, Kind::task);
    EXPECT_EQ(parts.objects[2].uid.size(), 32U);
    EXPECT_EQ(split(calendars.value()).objects[2].uid, parts.objects[2].uid);
    ASSERT_EQ(parts.refused.size(), 2U);
    EXPECT_EQ(parts.refused[0].reason, "free and busy times are no item");
    EXPECT_EQ(parts.refused[1].reason, "an event without a start");
    auto object = Object::of(parts.objects[0].calendar, Kind::event);
    EXPECT_TRUE(object->has_master());
    EXPECT_EQ(object->overrides().size(), 1U);
    EXPECT_TRUE(object->override_at(*moment("20240102T100000", "B")));
    EXPECT_FALSE(object->override_at(*moment("20240103T100000", "B")));
}

TEST(Component, OneUidIsOneItem) {
    auto event = [](std::string const& name, std::string const& lines) {
        return "BEGIN:VEVENT\nUID:1\nDTSTART:20240101T100000Z\nSUMMARY:" + name + "\n" + lines + "END:VEVENT\n";
    };
    auto const old = event("Old", "SEQUENCE:1\nDTSTAMP:20240105T000000Z\n"),
               same = event("Later", "SEQUENCE:2\nDTSTAMP:20240102T000000Z\n"),
               newest = event("Newest", "SEQUENCE:2\nDTSTAMP:20240103T000000Z\n"),
               one = event("One", "RECURRENCE-ID:20240102T100000Z\n");
    for (auto const& events : {old + one + same + newest, newest + same + old + one, one + newest + old + same}) {
        auto parts = split(parse("BEGIN:VCALENDAR\n" + events + "END:VCALENDAR\n").value());
        ASSERT_EQ(parts.objects.size(), 1U);
        auto object = Object::of(parts.objects.front().calendar, Kind::event);
        EXPECT_EQ(object->main().value("SUMMARY"), "Newest");
        EXPECT_EQ(object->calendar().components.size(), 2U);
        ASSERT_EQ(parts.refused.size(), 2U);
        for (auto const& refused : parts.refused) {
            EXPECT_TRUE(refused.name == "VEVENT Old" || refused.name == "VEVENT Later") << refused.name;
            EXPECT_EQ(refused.reason, "another version of an item of this UID");
        }
    }
}

// What stands at the head of a file goes into each of its objects: not as often as somebody likes.
TEST(Component, SplitsWithinBounds) {
    std::string const zone = "BEGIN:VTIMEZONE\nTZID:Z\nX-LONG:" + std::string(60'000, 'z') + "\nEND:VTIMEZONE\n";
    auto events = [](int count) {
        std::string out;
        for (int i = 0; i < count; ++i)
            out += "BEGIN:VEVENT\nUID:" + std::to_string(i) + "\nDTSTART;TZID=Z:20240101T100000\nEND:VEVENT\n";
        return out;
    };
    struct {
        char const* what;
        std::string head;
        int events;
        std::size_t objects, properties, refused;
    } const rows[]{
        {"a long property of one event stays", "X-A:" + std::string(1'000'000, 'a') + "\n", 1, 1, 3, 0},
        {"of many events it goes", "X-A:" + std::string(1'000'000, 'a') + "\n", 1000, 1000, 2, 0},
        {"a zone that many events name", zone, 4500, 4470, 2, 30},
    };
    for (auto const& row : rows) {
        auto parts =
            split(parse("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:p\n" + row.head + events(row.events) + "END:VCALENDAR\n")
                      .value());
        EXPECT_EQ(parts.objects.size(), row.objects) << row.what;
        EXPECT_EQ(parts.refused.size(), row.refused) << row.what;
        EXPECT_EQ(parts.objects.front().calendar.properties.size(), row.properties) << row.what;
        for (auto const& one : parts.refused) EXPECT_EQ(one.reason, "more zones than one file may bring");
    }
    std::string many, named;
    for (int i = 0; i < 21; ++i) {
        auto name = "Z" + std::to_string(i);
        many += "BEGIN:VTIMEZONE\nTZID:" + name + "\nEND:VTIMEZONE\n";
        named += "X-AT;TZID=" + name + ":20240101T100000\n";
    }
    auto parts = split(
        parse("BEGIN:VCALENDAR\n" + many + "BEGIN:VEVENT\nDTSTART:20240101\n" + named + "END:VEVENT\nEND:VCALENDAR\n")
            .value());
    ASSERT_EQ(parts.refused.size(), 1U);
    EXPECT_EQ(parts.refused.front().reason, "too many zones");
}

} // namespace
} // namespace godwit::ical
