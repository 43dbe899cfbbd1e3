// Row by row: every element of MS-ASCAL, MS-ASCNTC, MS-ASTASK and MS-ASNOTE, and what these classes have of MS-ASAIRS,
// is in our tables at its versions; what a phone says in it is stored and told again; or it stands below with the
// reason.
#include "convert/calendar_table.hpp"
#include "convert/class_spoken.hpp"
#include "convert/contact_table.hpp"
#include "convert/note_parts.hpp"
#include "convert/task_parts.hpp"

namespace godwit::convert {
namespace {

using eas::Calendar, eas::Contact, eas::Note, eas::Task;

// Where the sheet has left out what its document says elsewhere.
constexpr std::string_view forgotten = "the sheet forgets a version that its neighbours have";
Reason const sheet_differs[]{
    {"ApplicationData/Contacts:Anniversary", forgotten},
    {"ApplicationData/Contacts2:CompanyMainPhone", forgotten},
    {"ApplicationData/Tasks:StartDate", forgotten},
    {"Recurrence/Tasks:Start", forgotten},
    {"Recurrence/Tasks:Regenerate", forgotten},
    {"ApplicationData/Calendar:Exceptions", forgotten},
    {"ApplicationData/Calendar:Reminder", forgotten},
    {"Exception/Calendar:Reminder", forgotten},
    {"Exception/Calendar:Attendees", "an exception has them from 14.0 on (MS-ASCAL_R2023): its row says so in words"},
};

// What the list of the class document forgets, and its text or its schema has.
Reason const also_there[]{
    {"ApplicationData/AirSyncBase:Location", "from 16.0 on (MS-ASCAL 2.2.2.27): its row has no parents"},
    {"Exception/AirSyncBase:Location", "likewise"},
    {"Exception/AirSyncBase:Attachments", "MS-ASCAL 2.2.2.21"},
    {"Exception/AirSyncBase:Body", "MS-ASCAL 2.2.2.7"},
    {"ApplicationData/Calendar:OnlineMeetingConfLink", "MS-ASCAL_R557"},
    {"ApplicationData/Calendar:OnlineMeetingExternalLink", "MS-ASCAL_R557"},
    {"Attendee/MeetingResponse:ProposedStartTime", "16.1, MS-ASCMD 2.2.3.141"},
    {"Attendee/MeetingResponse:ProposedEndTime", "16.1, MS-ASCMD 2.2.3.140"},
};
// And what stands elsewhere than in the class's data.
Reason const elsewhere[]{
    {"ApplicationData/AirSyncBase:InstanceId", "beside it, in Change, Delete and their answers (eas/sync.hpp)"},
    {"Delete/AirSyncBase:InstanceId", "the Delete of Sync, not that of an attachment (eas/sync.hpp)"},
};

constexpr std::string_view of_cache = "of the recipient information cache, which is no folder of contacts";
constexpr std::string_view of_mail = "an event has the file alone: none of a mail's or a voice mail's marks";
constexpr std::string_view from_phone = "only a phone says it";
Reason const not_told[]{
    {"ApplicationData/Contacts:Alias", of_cache},
    {"ApplicationData/Contacts:WeightedRank", of_cache},
    {"ApplicationData/Calendar:ClientUid", from_phone},
    {"Attachments/AirSyncBase:Add", from_phone},
    {"Attachments/AirSyncBase:Delete", from_phone},
    {"Add/", from_phone},
    {"Delete/", from_phone},
    {"Attachment/AirSyncBase:ContentId", of_mail},
    {"Attachment/AirSyncBase:ContentLocation", of_mail},
    {"Attachment/AirSyncBase:IsInline", of_mail},
    {"Attachment/AirSyncBase:ClientId", "in the answer to an Add: Calendar.AttachmentsFrom16"},
    {"Body/ItemOperations:Part", "put there by ItemOperations where the phone wants parts"},
};

// What a phone may say and the server knows better.
constexpr std::string_view server = "the server's to say";
Reason const not_taken[]{
    {"ApplicationData/Calendar:DtStamp", server},
    {"Exception/Calendar:DtStamp", server},
    {"ApplicationData/Calendar:OrganizerName", "of what is his own it is the account's (law 9)"},
    {"ApplicationData/Calendar:ResponseType", server},
    {"Exception/Calendar:ResponseType", server},
    {"ApplicationData/Calendar:AppointmentReplyTime", server},
    {"Exception/Calendar:AppointmentReplyTime", server},
    {"Exception/Calendar:OnlineMeetingConfLink", server},
    {"Exception/Calendar:OnlineMeetingExternalLink", server},
    {"ApplicationData/AirSyncBase:NativeBodyType", server},
    {"Body/AirSyncBase:EstimatedDataSize", server},
    {"Body/AirSyncBase:Truncated", server},
    {"Body/AirSyncBase:Preview", server},
};

struct Class {
    std::string_view document;
    std::set<std::string> pages;
    eas::Shape const& shape;
};
Class const classes[]{{"MS-ASCAL", {"Calendar"}, eas::document<Calendar>()},
                      {"MS-ASCNTC", {"Contacts", "Contacts2"}, eas::document<Contact>()},
                      {"MS-ASTASK", {"Tasks"}, eas::document<Task>()},
                      {"MS-ASNOTE", {"Notes"}, eas::document<Note>()}};

struct Row {
    Versions versions;
    bool request = false, response = false;
};
using Sheet = std::map<Place, Row>;

void add_row(Sheet& out, std::vector<std::string> const& row, std::set<std::string> const& parents) {
    for (auto const& cell : eas::split(row[9], ',')) {
        auto parent = bare(cell);
        if (parent == "Flag") parent = row[5] == "MS-ASTASK" ? "ApplicationData" : parent; // OrdinalDate: of tasks too
        if (!parents.contains(parent) || parent == row[3]) continue;
        auto name = row[3];
        name.front() = static_cast<char>(std::toupper(name.front()));
        if (name.starts_with("Dayof")) name.replace(3, 1, "O"); // DayofMonth
        auto& one = out[parent + '/' + row[2] + ':' + name];
        one.request |= row[8].empty() || row[8].contains("request");
        one.response |= row[8].empty() || row[8].contains("response");
        for (auto version : eas::spoken_versions)
            if (row[13].contains(eas::name(version))) one.versions.insert(version);
    }
}

// The class's own elements, and those of MS-ASAIRS in the containers that it has.
Sheet sheet_of(Class const& one, Table const& ours) {
    std::set<std::string> parents;
    for (auto const& [place, versions] : ours) parents.insert(place.substr(0, place.find('/')));
    Sheet out;
    eas::each_row(sheet_file(), [&](auto const& row) {
        if (row[5] == one.document) return add_row(out, row, parents);
        if (row[5] != "MS-ASAIRS" || row[3] == "BodyPart") return;
        bool event = one.document == "MS-ASCAL";
        bool attached = row[3] == "Attachments" || row[3] == "InstanceId" || row[3] == "NativeBodyType";
        if (!attached || event) add_row(out, row, parents);
    });
    for (auto& [place, row] : out) { // of mail at every version, of an event from 16.0 on, where a phone says Add
        if (!place.starts_with("Attachment") && !place.ends_with(":Attachments")) continue;
        std::erase_if(row.versions, [](eas::Version version) { return version < eas::v16_0; });
        if (place.starts_with("Attachment")) row.request = false;
    }
    return out;
}

void expect_row(Place const& place, Row const& row, Table const& ours, Spoken const& spoken) {
    SCOPED_TRACE(place);
    if (stands_in(elsewhere, place)) return;
    auto found = ours.find(place);
    ASSERT_NE(found, ours.end()) << "in no table of ours";
    bool const differs = stands_in(sheet_differs, place);
    EXPECT_EQ(found->second == row.versions || row.versions.empty(), !differs) << "versions";
    auto at = [&](Table const& table) { return table.contains(place) ? table.at(place) : Versions(); };
    if (row.response) EXPECT_EQ(at(spoken.told).empty(), stands_in(not_told, place)) << "told";
    EXPECT_TRUE(std::ranges::includes(found->second, at(spoken.told))) << "told at a version that has it not";
    bool const said_by_phone = !stands_in(not_taken, place);
    if (!row.request || !said_by_phone || stands_in(not_told, place)) return;
    EXPECT_FALSE(at(spoken.said).empty()) << "no test says it";
    EXPECT_TRUE(std::ranges::includes(at(spoken.told), at(spoken.said))) << "said, and not told again";
}

TEST(ClassElements, EachIsKnownSaidAndToldOrStandsHereWithItsReason) {
    if (!std::filesystem::exists(sheet_file())) GTEST_SKIP() << "no " << sheet_file();
    std::map<std::string_view, Spoken> spoken;
    contacts(spoken["MS-ASCNTC"]);
    tasks(spoken["MS-ASTASK"]);
    notes(spoken["MS-ASNOTE"]);
    events_of_phones(spoken["MS-ASCAL"]);
    events_of_others(spoken["MS-ASCAL"]);
    if (HasFatalFailure()) return;
    std::map<Place, bool> seen;
    for (auto const& one : classes) {
        SCOPED_TRACE(one.document);
        Walk walk;
        walk.shape(one.shape, "ApplicationData", eas::v12_1, eas::v16_1);
        auto const wanted = sheet_of(one, walk.table);
        EXPECT_GE(wanted.size(), one.document == "MS-ASNOTE" ? 5U : 25U); // the sheet was read
        for (auto const& [place, row] : wanted) {
            seen[place] = true;
            expect_row(place, row, walk.table, spoken[one.document]);
        }
        for (auto const& [place, versions] : spoken[one.document].told) // and nothing is told that the sheet knows not
            EXPECT_TRUE(wanted.contains(place) || stands_in(also_there, place)) << place;
    }
    for (std::span<Reason const> list : {std::span<Reason const>(not_told), std::span<Reason const>(not_taken),
                                         std::span<Reason const>(sheet_differs)})
        for (auto const& reason : list)
            EXPECT_TRUE(std::ranges::any_of(seen, [&](auto const& row) { return stands_in({&reason, 1}, row.first); }))
                << reason.place;
}

// One table per class: each of its elements has a row, and no row is of another.
TEST(ClassElements, EachHasItsRow) {
    std::set<std::string_view> events, done;
    for (auto const& row : calendar_parts::event_table()) {
        bool is_new = events.insert(row.element.name).second;
        EXPECT_TRUE(is_new || row.element == eas::airsyncbase::Location) << row.element.name;
        EXPECT_FALSE(row.properties.empty());
    }
    for (auto const& row : task_parts::task_table())
        for (auto name : {row.element.name, row.also.name})
            if (!name.empty()) EXPECT_TRUE(done.insert(name).second) << name;
    done.insert("Body"); // task.cpp
    auto expect_all = [](eas::Shape const& shape, std::set<std::string_view> const& rows) {
        for (auto const& row : shape.rows)
            EXPECT_TRUE(rows.contains(row.wrapper ? row.wrapper->name : row.tag.name)) << row.tag.name;
    };
    expect_all(eas::document<Calendar>(), events);
    expect_all(eas::document<Task>(), done);
    std::set<std::string_view> written, named{"Children", "Categories", "Picture", "Body", "Birthday", "Anniversary"};
    for (auto const& row : note_table()) EXPECT_TRUE(written.insert(row.element.name).second) << row.element.name;
    expect_all(eas::document<Note>(), written);
    for (auto const& row : element_rows()) EXPECT_TRUE(named.insert(row.tag.name).second) << row.tag.name;
    for (auto cached : {"Alias", "WeightedRank"}) named.insert(cached); // of_cache
    expect_all(eas::document<Contact>(), named);
}

} // namespace
} // namespace godwit::convert
