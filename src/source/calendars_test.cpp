#include "ical/object.hpp"
#include "mime/charset.hpp"
#include "source/calendars.hpp"
#include "source/export.hpp"
#include "source/import.hpp"
#include "source/local.hpp"
#include "source/objects.hpp"
#include <algorithm>
#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <unistd.h>

namespace godwit::source {
namespace {
namespace fs = std::filesystem;
using index::Transaction, index::ItemClass, index::FolderType;

constexpr index::AccountId anna{1}, bert{2};
constexpr index::Position lowest{index::Time::min(), index::ItemId(0)};

class CalendarFiles : public testing::Test {
protected:
    CalendarFiles() {
        fs::create_directories(place);
        accounts.create(anna);
        accounts.create(bert);
    }
    ~CalendarFiles() override { fs::remove_all(place); }

    fs::path write(std::string const& name, std::string_view text) {
        std::ofstream(place / name, std::ios::binary).write(text.data(), std::streamsize(text.size()));
        return place / name;
    }
    ImportReport import(index::AccountId account, fs::path const& path, ImportOptions const& options = {}) {
        std::array const paths{path};
        return import_paths(accounts, account, paths, options, {});
    }
    // Path and content of each folder that is no folder of mail.
    std::map<std::string, std::vector<std::string>> objects(index::AccountId account) {
        std::map<std::string, std::vector<std::string>> out;
        accounts.read_now(account, [&](Transaction& tx) {
            for (auto const& one : tx.folders())
                for (auto const& item : tx.walk(one.id, {}, lowest, 5000)) {
                    if (item.item_class == ItemClass::Email) continue;
                    auto path = one.name;
                    for (auto at = tx.folder(one.parent); at; at = tx.folder(at->parent)) path = at->name + '/' + path;
                    out[path].push_back(fetch(tx, item));
                }
        });
        for (auto& [path, list] : out) std::ranges::sort(list);
        return out;
    }

    fs::path place = fs::temp_directory_path() / ("godwit-ics-test-" + std::to_string(getpid()));
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
};

std::string item(std::string const& kind, std::string const& uid, std::string const& more = "") {
    return "BEGIN:" + kind + "\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\n" +
           (kind == "VEVENT" ? "DTSTART;TZID=Own:20260119T100000\r\n" : "") + more + "END:" + kind + "\r\n";
}
std::string calendar(std::string const& items) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VTIMEZONE\r\nTZID:Own\r\n"
           "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0117\r\nTZOFFSETTO:+0117\r\nEND:STANDARD\r\n"
           "END:VTIMEZONE\r\n" +
           items + "END:VCALENDAR\r\n";
}

TEST_F(CalendarFiles, EachUidIsAnItemOfItsClass) {
    auto file = write("all.ics", calendar(item("VEVENT", "a", "RRULE:FREQ=DAILY\r\n") + item("VTODO", "b") +
                                          item("VEVENT", "a", "RECURRENCE-ID;TZID=Own:20260120T100000\r\n") +
                                          item("VJOURNAL", "c") + item("VFREEBUSY", "d")));
    auto const report = import(anna, file);
    EXPECT_EQ(report.count.added, 3U);
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_EQ(report.failures[0].reason, "free and busy times are no item");
    auto lie = objects(anna);
    ASSERT_EQ(lie.size(), 3U);
    auto const& event = lie["Calendar"].at(0);
    EXPECT_TRUE(event.contains("BEGIN:VTIMEZONE") && !event.contains("METHOD"));
    EXPECT_EQ(ical::parse(event)->at(0).components.size(), 3U); // zone, master, override
    EXPECT_FALSE(lie["Tasks"].at(0).contains("VTIMEZONE"));
    EXPECT_TRUE(lie["Notes"].at(0).contains("VJOURNAL"));
    accounts.read_now(anna, [](Transaction& tx) {
        EXPECT_EQ(objects_of(tx, ItemClass::Calendar, "a").size(), 1U);
        EXPECT_EQ(objects_of(tx, ItemClass::Tasks, "a").size(), 0U);
        auto const folder = tx.folder_of(FolderType::Calendar)->id;
        EXPECT_TRUE(object_in(tx, folder, ItemClass::Calendar, "a"));
        EXPECT_FALSE(object_in(tx, index::CollectionId(1), ItemClass::Calendar, "a"));
    });
    EXPECT_EQ(import(anna, file).count.known, 3U);
}

TEST_F(CalendarFiles, WhatIsThereStays) {
    auto first = write("a.ics", calendar(item("VEVENT", "a", "SUMMARY:first\r\n")));
    auto second = write("b.ics", calendar(item("VEVENT", "a", "SUMMARY:second\r\n") + item("VEVENT", "b")));
    import(anna, first);
    auto report = import(anna, second);
    EXPECT_EQ(report.count.added, 1U);
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_TRUE(report.failures[0].origin.ends_with("b.ics, a")) << report.failures[0].origin;
    EXPECT_TRUE(objects(anna)["Calendar"].at(0).contains("SUMMARY:first"));
    EXPECT_EQ(import(anna, second, {.again = true}).failures.size(), 0U);
    EXPECT_EQ(objects(anna)["Calendar"].size(), 2U);
    EXPECT_TRUE(objects(anna)["Calendar"].at(0).contains("SUMMARY:second"));
    // Its place is asked for.
    auto const end = index::Time(std::chrono::days(30'000));
    import(bert, first, {.place = [&](ItemClass, std::string_view) { return end; }});
    accounts.read_now(
        bert, [&](Transaction& tx) { EXPECT_EQ(objects_of(tx, ItemClass::Calendar, "a").at(0).received, end); });
}

// `--folder A/B` is B below A, whatever the class; a name that mail has is told apart.
TEST_F(CalendarFiles, FoldersHaveParents) {
    auto file = write("a.ics", calendar(item("VEVENT", "a") + item("VTODO", "b")));
    write("c.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Ida\nEND:VCARD\n");
    import(anna, file, {.folder = FolderPath{"Old", "Club"}});
    import(anna, place / "c.vcf", {.folder = FolderPath{"Old", "Club"}});
    auto lie = objects(anna);
    std::vector<std::string> paths;
    for (auto const& [path, list] : lie) paths.push_back(path);
    EXPECT_EQ(paths, (std::vector<std::string>{"Old/Club", "Old/Club (Contacts)", "Old/Club (Tasks)"}));
    import(anna, file, {.folder = FolderPath{"Inbox"}, .again = true});
    EXPECT_TRUE(objects(anna).contains("Inbox (Calendar)"));
    import(anna, file, {.folder = FolderPath{"calendar"}, .again = true});
    EXPECT_TRUE(objects(anna).contains("Calendar"));
}

// An item as it stands in a file, read without what the server reads it with: its lines, unfolded, without the quotes
// around parameters, in any order.
struct Written {
    std::string kind, uid;
    std::multiset<std::string> lines = {}; // but UID, which who has none is given
};
std::vector<Written> written(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}}, text;
    if (!mime::is_utf8(bytes)) bytes = mime::to_utf8(bytes, "windows-1252");
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\n' && i + 1 < bytes.size() && (bytes[i + 1] == ' ' || bytes[i + 1] == '\t'))
            ++i;
        else if (bytes[i] != '\r' && bytes[i] != '"')
            text += bytes[i];
    }
    std::vector<Written> out;
    int depth = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        line.erase(line.find_last_not_of(" \t") + 1);
        auto const name = ical::upper(line.substr(0, line.find_first_of(";:")));
        line.replace(0, name.size(), name);
        auto const value = line.substr(std::min(line.find(':'), line.size() - 1) + 1);
        bool const item = value == "VEVENT" || value == "VTODO" || value == "VJOURNAL";
        if (name == "BEGIN" && depth == 0 && item) out.push_back({value, ""});
        if (name == "BEGIN" && (depth > 0 || item)) ++depth;
        if (depth > 0 && name == "UID" && depth == 1)
            out.back().uid = value;
        else if (depth > 0 && !line.empty())
            out.back().lines.insert(line);
        if (name == "END" && depth > 0) --depth;
    }
    return out;
}

// Word for word what somebody has written: of an item that lies in several versions, one of them.
TEST_F(CalendarFiles, ComeOutAsTheyWereWritten) {
    fs::path corpus = GODWIT_SHARED "/corpus/ical";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no " << corpus;
    std::map<std::pair<std::string, std::string>, std::vector<std::multiset<std::string>>> originals;
    for (auto const& file : fs::directory_iterator(corpus))
        if (file.path().extension() == ".ics")
            for (auto& one : written(file.path())) originals[{one.kind, one.uid}].push_back(std::move(one.lines));
    auto const report = import(anna, corpus);
    export_maildir(accounts, anna, place / "out", {});
    std::set<std::pair<std::string, std::string>> there;
    std::size_t count = 0;
    for (auto const* name : {"Calendar.ics", "Tasks.ics", "Notes.ics"})
        for (auto const& one : written(place / "out" / name)) {
            auto is_it = [&](auto const& original) { return original == one.lines; };
            EXPECT_TRUE(std::ranges::any_of(originals[{one.kind, one.uid}], is_it) ||
                        std::ranges::any_of(originals[{one.kind, ""}], is_it))
                << one.kind << ' ' << one.uid;
            there.emplace(one.kind, one.uid);
            ++count;
        }
    EXPECT_GT(count, 2500U);
    for (auto const& [key, versions] : originals) { // and what is not there is refused by name
        bool const named = std::ranges::any_of(
            report.failures, [&](auto const& failure) { return failure.origin.contains(key.second); });
        EXPECT_TRUE(versions.empty() || there.contains(key) || named || report.failures.size() == 100) << key.second;
    }
}

// All of the corpus goes in or is refused by name and reason, comes out and goes in again as the same.
TEST_F(CalendarFiles, ComeOutAsTheyWentIn) {
    fs::path corpus = GODWIT_SHARED "/corpus/ical";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no " << corpus;
    auto const report = import(anna, corpus);
    for (auto const& failure : report.failures)
        EXPECT_TRUE(!failure.origin.empty() && !failure.reason.empty()) << failure.origin;
    EXPECT_GT(report.count.added, 500U);
    EXPECT_GT(report.count.known, 0U) << "one event lies in two files";
    auto const before = objects(anna);
    auto const out = export_maildir(accounts, anna, place / "out", {});
    EXPECT_EQ(out.objects, report.count.added);
    EXPECT_EQ(out.skipped, 0U);
    auto const again = import(bert, place / "out");
    EXPECT_EQ(again.failures.size(), 0U);
    EXPECT_EQ(objects(bert), before);
}

TEST_F(CalendarFiles, WhatIsNoCalendarIsNamed) {
    EXPECT_EQ(import(anna, write("none.ics", "nothing")).failures.size(), 1U);
    EXPECT_EQ(
        import(anna, write("old.ics", "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nEND:VCALENDAR\r\n")).failures.at(0).reason,
        "vCalendar 1.0 is another format");
    auto big = write("big.ics", calendar(item("VEVENT", "a")));
    EXPECT_EQ(import(anna, big, {.max_message_bytes = 3}).failures.at(0).reason, "larger than the limit");
}

} // namespace
} // namespace godwit::source
