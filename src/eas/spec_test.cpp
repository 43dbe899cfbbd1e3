// Our tables against the specification's data: every element that we name stands there under that parent and in that
// direction, every example decodes, and what we encode is valid for the published schemas.
#include "eas/calendar.hpp"
#include "eas/notes.hpp"
#include "eas/samples.hpp"
#include "eas/spec_sheet.hpp"
#include "eas/validate.hpp"
#include "wbxml/hex.hpp"
#include "wbxml/xml.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <unistd.h>

namespace godwit::eas {
namespace {

namespace fs = std::filesystem;

// "airsync:Options (x)" -> "Options"
std::string bare(std::string name) {
    name = name.substr(name.find_first_not_of(' ') == name.npos ? 0 : name.find_first_not_of(' '));
    if (auto colon = name.find(':'); colon != name.npos) name = name.substr(colon + 1);
    return name.substr(0, name.find(' '));
}

std::string lower(std::string s) {
    std::ranges::transform(s, s.begin(), [](unsigned char c) { return std::tolower(c); });
    return s;
}

// What elements.tsv says of an element: the parents that it may have, by direction.
struct Places {
    std::set<std::string> request, response; // "(top level of the class)" is ApplicationData
};
using Elements = std::map<std::pair<std::string, std::string>, Places>;

// elements.tsv is made from sentences and misses some parents: the two lists made from schemas fill in.
Elements read_elements() {
    Elements out;
    each_row(spec_sheet("elements.tsv"), [&](auto const& row) {
        auto& places = out[{row[2], lower(row[3])}];
        for (auto const& parent : split(row[9], ',')) {
            auto name = lower(parent.contains("top level") ? "ApplicationData" : bare(parent));
            bool both = !row[8].contains("request") && !row[8].contains("response");
            // The class documents call what a server sends a request now and then: they bind no direction.
            both = both || row[5] != "MS-ASCMD";
            if (both || row[8].contains("request")) places.request.insert(name);
            if (both || row[8].contains("response")) places.response.insert(name);
        }
    });
    auto last = [](std::string const& path) { return lower(path.substr(path.rfind('/') + 1)); };
    each_row(spec_sheet("xsd-request-structure.tsv"),
             [&](auto const& row) { out[{row[3], lower(row[4])}].request.insert(last(row[1])); });
    each_row(spec_sheet("xsd-elements.tsv"),
             [&](auto const& row) { out[{row[0], lower(row[1])}].response.insert(last(row[2])); });
    return out;
}

struct Walk {
    Elements const& elements;
    bool request;
    std::string command;
    std::set<std::string> missing = {};

    void place(Tag parent, Tag child) {
        auto page = std::string(wbxml::code_pages[child.page].name);
        auto found = elements.find({page, lower(std::string(child.name))});
        bool known =
            found != elements.end() &&
            (request ? found->second.request : found->second.response).contains(lower(std::string(parent.name)));
        if (!known)
            missing.insert(command + (request ? " request: " : " response: ") + std::string(parent.name) + "/" + page +
                           ":" + std::string(child.name));
    }
    void shape(Shape const& s, Tag as) {
        for (auto const& row : s.rows) {
            auto parent = as;
            if (row.wrapper) place(as, *row.wrapper), parent = *row.wrapper;
            if (row.choices) {
                for (auto const* alternative : row.choices())
                    place(parent, alternative->tag), shape(*alternative, alternative->tag);
                continue;
            }
            place(parent, row.tag);
            if (row.shape) shape(*row.shape(), row.tag);
        }
    }
};

TEST(Specification, EveryElementStandsWhereItSays) {
    if (!fs::exists(GODWIT_SHARED "/spec/elements.tsv")) GTEST_SKIP() << "no ../shared";
    auto elements = read_elements();
    std::set<std::string> missing;
    for (auto command : all_commands()) {
        for (bool request : {true, false}) {
            auto const* shape = request ? request_shape(command) : response_shape(command);
            if (!shape) continue;
            Walk walk{elements, request, std::string(name(command))};
            walk.shape(*shape, shape->tag);
            missing.merge(walk.missing);
        }
    }
    Walk walk{elements, false, "Email"};
    walk.shape(document<Email>(), airsync::ApplicationData);
    missing.merge(walk.missing);
    Walk note{elements, false, "Notes"};
    note.shape(document<Note>(), airsync::ApplicationData);
    missing.merge(note.missing);
    missing.erase("Notes response: Body/ItemOperations:Part");
    for (bool request : {true, false}) {
        Walk events{elements, request, "Calendar"};
        events.shape(document<Calendar>(), airsync::ApplicationData);
        missing.merge(events.missing);
    }
    for (std::string direction :
         {"request", "response"}) // MS-ASCAL_R557 names them at the top level; the list forgets it
        for (std::string link : {"OnlineMeetingConfLink", "OnlineMeetingExternalLink"})
            missing.erase("Calendar " + direction + ": ApplicationData/Calendar:" + link);
    Walk contact{elements, false, "Contacts"};
    contact.shape(document<Contact>(), airsync::ApplicationData);
    missing.merge(contact.missing);
    missing.erase("Contacts response: Body/ItemOperations:Part");
    missing.erase("Email response: BodyPart/ItemOperations:Part"); // as in Body; the lists forget it
    for (auto const& place : missing) ADD_FAILURE() << place;
}

// And none of a class is forgotten.
TEST(Specification, EveryElementOfContactsIsThere) {
    if (!fs::exists(GODWIT_SHARED "/spec/elements.tsv")) GTEST_SKIP() << "no ../shared";
    std::set<std::string> ours;
    for (auto const& row : document<Contact>().rows) {
        ours.insert(lower(std::string(row.tag.name)));
        if (row.wrapper) ours.insert(lower(std::string(row.wrapper->name)));
    }
    std::size_t theirs = 0;
    each_row(spec_sheet("elements.tsv"), [&](auto const& row) {
        if (row[2] != "Contacts" && row[2] != "Contacts2") return;
        ++theirs;
        EXPECT_TRUE(ours.contains(lower(row[3]))) << row[3];
    });
    EXPECT_GE(theirs, 60U);
}

// The section of every table is about its element.
TEST(Specification, SectionsAreCitedRightly) {
    if (!fs::exists(GODWIT_SHARED "/spec/requirements")) GTEST_SKIP() << "no ../shared";
    std::map<std::string, std::set<std::string>> about; // "MS-ASCMD 2.2.1.13" -> what its rows say that they are in
    for (auto document : {"MS-ASCMD", "MS-ASPROV", "MS-ASAIRS", "MS-ASEMAIL", "MS-ASCNTC", "MS-ASCAL", "MS-ASNOTE"})
        each_row(spec_sheet("requirements/" + std::string(document) + ".tsv"), [&](auto const& row) {
            if (row[2].starts_with("[In "))
                about[document + (" " + row[1])].insert(lower(row[2].substr(4, row[2].find_first_of("(]") - 4)));
        });
    std::set<Shape const*> seen;
    auto check = [&](this auto const& self, Shape const& shape) -> void {
        if (!seen.insert(&shape).second) return;
        bool right = false;
        for (auto const& title : about[std::string(shape.spec)])
            right = right || title.substr(0, title.find_last_not_of(' ') + 1) == lower(std::string(shape.tag.name));
        EXPECT_TRUE(right || shape.tag == airsync::ApplicationData || shape.tag == itemoperations::Properties)
            << shape.tag.name << ' ' << shape.spec;
        for (auto const& row : shape.rows) {
            if (row.shape) self(*row.shape());
            if (row.choices)
                for (auto const* alternative : row.choices()) self(*alternative);
        }
    };
    for (auto command : all_commands()) {
        if (auto const* shape = request_shape(command)) check(*shape);
        if (auto const* shape = response_shape(command)) check(*shape);
    }
    check(document<Email>());
    check(document<Note>());
    check(document<Calendar>());
    check(document<Contact>());
    EXPECT_GE(seen.size(), 80u);
}

// ---- examples -----------------------------------------------------------------------------------------------------------
std::string slurp(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

// The command by the root element's name.
std::optional<Command> command_of(std::string const& wbxml) {
    return parse_command(wbxml::Reader(wbxml).next().tag.name);
}

TEST(Specification, EveryExampleIsInOrderInSomeVersion) {
    fs::path folder = GODWIT_SHARED "/spec/examples";
    if (!fs::exists(folder)) GTEST_SKIP() << "no ../shared";
    int checked = 0;
    for (auto const& file : fs::directory_iterator(folder)) {
        auto name = file.path().filename().string();
        if (!name.ends_with(".hex")) continue;
        auto wbxml = wbxml::from_hex(slurp(file.path())).value();
        auto command = command_of(wbxml);
        ASSERT_TRUE(command) << name;
        bool request = name.contains("request") || name.contains("-ack");
        std::optional<Violation> violation;
        bool in_order = false;
        for (auto version : spoken_versions) {
            auto found =
                request ? validate_request(wbxml, *command, version) : validate_response(wbxml, *command, version);
            in_order = in_order || !found;
            if (found) violation = found;
        }
        ++checked;
        EXPECT_TRUE(in_order) << name << ": " << to_string(*violation);
    }
    EXPECT_GE(checked, 80);
}

// ---- the published schemas ------------------------------------------------------------------------------------------------
TEST(Specification, ResponsesAreValidForTheSchemas) {
    fs::path schema = GODWIT_SHARED "/spec/xsd/merged/all.xsd";
    if (!fs::exists(schema)) GTEST_SKIP() << "no ../shared";
    if (std::system("command -v xmllint >/dev/null 2>&1") != 0) GTEST_SKIP() << "no xmllint";
    auto folder = fs::temp_directory_path() / ("godwit-schema-test-" + std::to_string(getpid()));
    fs::create_directories(folder);
    for (auto version : spoken_versions)
        samples::for_each(version, [&, n = 0](Command command, bool request, auto const& value) mutable {
            if (request) return;
            auto file =
                folder / (std::string(name(version)) + "-" + std::string(name(command)) + std::to_string(n++) + ".xml");
            // The code page has Name and Email where the schema has other names (spec/xsd/README.md).
            auto xml = wbxml::to_xml(encode(value, version));
            for (std::string ours : {"composemail:Email", "composemail:Name"})
                for (auto at = xml.find(ours); at != xml.npos; at = xml.find(ours, at + 1))
                    xml.insert(at + std::string_view("composemail:").size(), "Forwardee");
            std::ofstream(file) << xml;
        });
    auto log = folder / "log";
    auto run =
        "xmllint --noout --schema " + schema.string() + " " + folder.string() + "/*.xml >" + log.string() + " 2>&1";
    EXPECT_EQ(std::system(run.c_str()), 0);
    std::istringstream lines(slurp(log));
    int valid = 0;
    for (std::string line; std::getline(lines, line);) {
        valid += line.ends_with(" validates");
        EXPECT_FALSE(line.contains("validity error") || line.ends_with("fails to validate")) << line;
    }
    EXPECT_GE(valid, 80);
    fs::remove_all(folder);
}

} // namespace
} // namespace godwit::eas
