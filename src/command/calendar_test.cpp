// Events and tasks through a whole Sync: who listens hears of each edit once, what is huge costs what it may, and the
// corpus survives a phone's edit at every version.
#include "command/calendar_fixture.hpp"
#include "eas/tasks.hpp"
#include "source/objects.hpp"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace godwit::command {
namespace {
namespace fs = std::filesystem;

class Events : public CalendarSync {
protected:
    eas::SyncCollectionResponse sync(std::vector<eas::ClientCommand> commands = {}, eas::Version version = eas::v16_1,
                                     std::string const& device = "phone", index::CollectionId folder = calendar) {
        auto& key = keys[device];
        eas::SyncCollectionRequest collection{.sync_key = key.empty() ? "0" : key,
                                              .collection_id = std::to_string(std::to_underlying(folder))};
        if (!commands.empty()) collection.commands = std::move(commands);
        SyncContext context{.device = device, .version = version, .now = now};
        context.holder.addresses = {"anna@example.org"};
        context.event_heard = [&](EventEdit const& edit) {
            heard.emplace_back(std::string(edit.before), std::string(edit.after));
        };
        auto response = accounts.write_now(account, [&](index::Transaction& tx) {
            return exchange(tx, context, {.collections = std::vector{std::move(collection)}});
        });
        refusals = context.refusals;
        isolated = context.isolated;
        if (response.collections.empty()) return {};
        key = response.collections.front().sync_key;
        return std::move(response.collections.front());
    }
    std::map<std::string, std::string> keys;
    std::vector<std::pair<std::string, std::string>> heard;
    std::vector<std::string> refusals;
    std::size_t isolated = 0;
};

eas::Calendar event(std::string subject, std::string client_uid = {}) {
    eas::Calendar out{
        .end_time = wire("20260119T093000Z"), .subject = std::move(subject), .start_time = wire("20260119T090000Z")};
    if (!client_uid.empty()) out.client_uid = std::move(client_uid);
    return out;
}

TEST_F(Events, WhoListensHearsOfEachOnce) {
    sync();
    auto weekly = event("Team", "a");
    weekly.recurrence = eas::Recurrence{.type = 1, .interval = 1, .day_of_week = 2};
    auto const key = keys["phone"];
    sync({add("c1", weekly)});
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].first, "");
    EXPECT_EQ(heard[0].second, stored(1));
    keys["phone"] = key; // its answer was lost (law 1)
    sync({add("c1", weekly)});
    EXPECT_EQ(heard.size(), 1U);
    sync({add("c9", weekly)}); // another Add of the same ClientUid
    EXPECT_EQ(heard.size(), 1U);

    sync({change("7:1", {.subject = "Club"}), change("7:1", {.subject = "Elsewhere"}, "20260126T090000Z"),
          eas::ClientDelete{.server_id = "7:1", .instance_id = "20260202T090000Z"}});
    ASSERT_EQ(heard.size(), 4U);
    for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(heard[i].first, heard[i - 1].second);
    EXPECT_TRUE(heard[1].second.contains("SUMMARY:Club") && heard[2].second.contains("RECURRENCE-ID") &&
                heard[3].second.contains("EXDATE"));
    // What changes nothing, and what is refused, is not heard of.
    auto answer = sync({change("7:1", {.subject = "Club"}), change("7:1", {.subject = "x"}, "20260127T090000Z"),
                        change("7:1", {.end_time = wire("20250119T093000Z"), .start_time = wire("20260119T090000Z")})});
    EXPECT_EQ(statuses(answer), (std::vector<unsigned>{8, 6}));
    EXPECT_EQ(refusals.size(), 2U);
    EXPECT_EQ(heard.size(), 4U);
    sync({eas::ClientDelete{.server_id = "7:1"}});
    ASSERT_EQ(heard.size(), 5U);
    EXPECT_EQ(heard[4], std::pair(heard[3].second, std::string()));
}

TEST_F(Events, AConflictThatIsLostIsNotHeard) {
    sync();
    sync({add("c1", event("Both", "a"))});
    sync({}, eas::v16_1, "tablet");
    sync({}, eas::v16_1, "tablet");
    sync({change("7:1", {.subject = "First"})});
    heard.clear();
    auto answer = sync({change("7:1", {.subject = "Second"})}, eas::v16_1, "tablet");
    EXPECT_EQ(statuses(answer), std::vector<unsigned>{7});
    EXPECT_TRUE(heard.empty());
    EXPECT_TRUE(stored(1).contains("SUMMARY:First"));
}

TEST_F(Events, TheOrganizerOfAnAppointmentIsTheUser) { // MS-ASCAL_R2169, R2175: from 16.0 on
    sync();
    sync({add("c1", event("Alone", "a"))});
    for (auto version : {eas::v14_1, eas::v16_0, eas::v16_1}) {
        auto const device = "at " + std::string(eas::name(version));
        sync({}, version, device);
        auto const commands = sync({}, version, device).commands;
        ASSERT_EQ(commands.size(), 1U);
        auto const& fragment = std::get<eas::ServerAdd>(commands[0]).application_data;
        auto told = eas::decode<eas::Calendar>(fragment, version).value();
        EXPECT_EQ(told.organizer_email.value_or(""), version < eas::v16_0 ? "" : "anna@example.org");
        EXPECT_EQ(told.meeting_status, 0);
        // A phone that says it again makes no meeting of it.
        auto const before = stored(1);
        told.uid.reset(), told.dt_stamp.reset();
        EXPECT_EQ(statuses(sync({change("7:1", told, {}, version)}, version, device)), std::vector<unsigned>{});
        EXPECT_EQ(stored(1), before);
        EXPECT_FALSE(before.contains("ORGANIZER"));
    }
}

// Ten thousand of anything is refused by the table, or taken; the rest of the request goes through.
TEST_F(Events, TenThousandOfAnything) {
    sync({}, eas::v14_1);
    auto crowded = event("Crowd"), torn = event("Torn");
    crowded.attendees.emplace(10'000, eas::Attendee{.email = "a@example.org", .name = "A"});
    torn.recurrence = eas::Recurrence{.type = 0, .interval = 1};
    torn.exceptions.emplace(10'000, eas::Exception{.deleted = true, .exception_start_time = wire("20260120T090000Z")});
    auto answer = sync({add("1", crowded, eas::v14_1), add("2", torn, eas::v14_1), add("3", event("Good"), eas::v14_1)},
                       eas::v14_1);
    EXPECT_EQ(statuses(answer), (std::vector<unsigned>{6, 6, 1}));
    EXPECT_EQ(refusals.size(), 2U);
    EXPECT_TRUE(sync({}, eas::v14_1).commands.empty());
}

struct Kept { // components without what an edit may change
    std::vector<ical::Component> components;
    bool operator==(Kept const&) const = default;
};
Kept kept(std::string const& bytes) {
    Kept out{ical::parse(bytes)->at(0).components};
    for (auto& one : out.components)
        for (auto const* name : {"SUMMARY", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE"}) one.remove(name);
    return out;
}

// A phone downloads, calls each item something else and says all of it back: nothing but that has changed.
TEST_F(Events, TheCorpusSurvivesAnEdit) {
    fs::path corpus = GODWIT_SHARED "/corpus/ical";
    if (!fs::exists(corpus)) GTEST_SKIP() << "no " << corpus;
    std::map<std::int64_t, std::string> before;
    accounts.write_now(account, [&](index::Transaction& tx) {
        for (auto const& entry : fs::directory_iterator(corpus)) {
            std::ifstream in(entry.path(), std::ios::binary);
            std::string bytes{std::istreambuf_iterator<char>(in), {}};
            auto calendars = ical::parse(bytes);
            if (!calendars) continue;
            for (auto& object : ical::split(std::move(*calendars)).objects) {
                if (object.kind != ical::Kind::event) continue;
                auto text = ical::write(object.calendar);
                if (source::object_in(tx, calendar, index::ItemClass::Calendar, object.uid)) continue;
                auto id = source::append_object(tx, calendar,
                                                {index::ItemClass::Calendar, text, object.uid, index::Time::max()});
                before[std::to_underlying(id)] = text;
            }
        }
    });
    ASSERT_GT(before.size(), 300U);
    for (auto version : {eas::v12_1, eas::v14_1, eas::v16_1}) {
        auto device = "phone" + std::string(eas::name(version));
        sync({}, version, device);
        std::vector<eas::ClientCommand> edits;
        for (bool more = true; more;) {
            auto answer = sync({}, version, device);
            more = bool(answer.more_available);
            EXPECT_EQ(isolated, 0U);
            for (auto const& command : answer.commands) {
                auto const& told = std::get<eas::ServerAdd>(command);
                auto said = eas::decode<eas::Calendar>(told.application_data, version);
                ASSERT_TRUE(said) << told.server_id;
                bool stranger = (said->meeting_status.value_or(0) & 2) != 0;
                said->subject = "Called otherwise";
                said->attachments.reset();
                if (version >= eas::v16_0) said->exceptions.reset();
                if (version >= eas::v16_0) said->uid.reset();
                if (!stranger) edits.push_back(change(told.server_id, *said, "", version));
            }
        }
        ASSERT_GT(edits.size(), 300U);
        auto answer = sync(edits, version, device);
        EXPECT_EQ(statuses(answer), std::vector<unsigned>()) << (refusals.empty() ? "" : refusals.front());
        for (auto const& [id, text] : before) EXPECT_EQ(kept(stored(id)), kept(text)) << stored(id);
        for (auto& [id, text] : before) text = stored(id);
    }
}

} // namespace
} // namespace godwit::command
