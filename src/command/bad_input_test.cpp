// The list "Bad input" of issue 4, item by item through a whole Sync: as other programs leave it in the store, and as
// phones say it. Each gets its status or is shown as well as it can be, and what stands beside it goes through.
#include "command/calendar_fixture.hpp"
#include "eas/contacts.hpp"
#include "eas/time_zone.hpp"
#include "source/objects.hpp"

namespace godwit::command {
namespace {

constexpr index::CollectionId contacts{8};

eas::Calendar meeting(std::string subject) {
    return {
        .end_time = wire("20260119T093000Z"), .subject = std::move(subject), .start_time = wire("20260119T090000Z")};
}

std::string event(std::string_view lines, std::string_view more = {}) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//"
           "EN\r\nBEGIN:VEVENT\r\nUID:bad\r\nDTSTAMP:20260101T000000Z\r\n"
           "SUMMARY:Bad\r\n" +
           std::string(lines) + "END:VEVENT\r\n" + std::string(more) + "END:VCALENDAR\r\n";
}
std::string card(std::string_view lines) {
    return "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:bad\r\n" + std::string(lines) + "END:VCARD\r\n";
}
std::string many(int count, auto line) {
    std::string out;
    for (int i = 0; i < count; ++i) out += line(i);
    return out;
}
std::string day(int i) { // the days from 2026 on
    return ical::raw(
        ical::Moment{.kind = ical::Moment::Kind::date,
                     .at = std::chrono::local_days(std::chrono::year(2026) / 1 / 5) + std::chrono::days(i)});
}

constexpr eas::Version versions[]{eas::v12_1, eas::v14_1, eas::v16_1};

class BadInput : public CalendarSync {
protected:
    void put(index::CollectionId folder, index::ItemClass item_class, std::string const& bytes) {
        accounts.write_now(account, [&](index::Transaction& tx) {
            auto const* kind = kind_of(item_class);
            source::append_object(tx, folder,
                                  {.item_class = item_class,
                                   .bytes = bytes,
                                   .uid = kind->uid_of(bytes),
                                   .received = kind->place_of(bytes, {}).value_or(now)});
        });
    }
    eas::SyncCollectionResponse sync(std::vector<eas::ClientCommand> commands = {}, eas::Version version = eas::v16_1,
                                     index::CollectionId folder = calendar) {
        auto& key = keys[{version, folder}];
        auto const id = std::to_string(std::to_underlying(folder));
        eas::SyncCollectionRequest collection{.sync_key = key.empty() ? "0" : key, .collection_id = id};
        if (!commands.empty()) collection.commands = std::move(commands);
        SyncContext context{.device = "phone" + std::string(eas::name(version)), .version = version, .now = now};
        context.holder.addresses = {"anna@example.org"};
        auto response = accounts.write_now(account, [&](index::Transaction& tx) {
            return exchange(tx, context, {.collections = std::vector{std::move(collection)}});
        });
        refusals = context.refusals;
        failed = context.failed;
        if (response.collections.empty()) return {};
        key = response.collections.front().sync_key;
        return std::move(response.collections.front());
    }
    std::map<std::pair<eas::Version, index::CollectionId>, std::string> keys;
    std::vector<std::string> refusals;
    std::map<unsigned, unsigned> failed; // as the log has it: how many got which status
};

struct Stored {
    char const* what;
    std::string bytes;
};

TEST_F(BadInput, EventsOfOtherPrograms) {
    std::string const times = "DTSTART:20260105T100000Z\r\nDTEND:20260105T103000Z\r\n";
    Stored const rows[]{
        {"ends before it starts", event("DTSTART:20260105T100000Z\r\nDTEND:20260104T100000Z\r\n")},
        {"without start", event("")},
        {"without start, with an end", event("DTEND:20260104T100000Z\r\n")},
        {"a million recurrences", event(times + "RRULE:FREQ=SECONDLY;COUNT=1000000\r\n")},
        {"a million days", event(times + "RRULE:FREQ=DAILY;COUNT=1000000\r\n")},
        {"for ever, each second", event(times + "RRULE:FREQ=SECONDLY\r\n")},
        {"never matches", event(times + "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n")},
        {"never matches, to the second", event(times + "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n")},
        {"no rule", event(times + "RRULE:FREQ=SOMETIMES\r\n")},
        {"10,000 days that are gone", event(times + "RRULE:FREQ=DAILY\r\n" +
                                            many(10'000, [](int i) { return "EXDATE:" + day(i) + "T100000Z\r\n"; }))},
        {"10,000 other occurrences",
         event(times + "RRULE:FREQ=DAILY\r\n", many(10'000,
                                                    [](int i) {
                                                        auto const at = day(i) + "T1";
                                                        return "BEGIN:VEVENT\r\nUID:bad\r\nRECURRENCE-ID:" + at +
                                                               "00000Z\r\nDTSTART:" + at + "10000Z\r\nDTEND:" + at +
                                                               "20000Z\r\nEND:VEVENT\r\n";
                                                    }))},
        {"10,000 attendees",
         event(times + many(10'000, [](int i) { return "ATTENDEE:mailto:a" + std::to_string(i) + "@x.org\r\n"; }))},
        {"a zone that does not exist",
         event("DTSTART;TZID=Mars/Olympus Mons:20260105T100000\r\nDTEND;TZID=Mars/Olympus Mons:20260105T110000\r\n")},
        {"a zone without rules",
         event("DTSTART;TZID=Odd:20260105T100000\r\n", "BEGIN:VTIMEZONE\r\nTZID:Odd\r\nEND:VTIMEZONE\r\n")},
    };
    for (auto const& row : rows) {
        SCOPED_TRACE(row.what);
        accounts.write_now(account, [](index::Transaction& tx) { tx.empty_folder(calendar); });
        keys.clear();
        put(calendar, index::ItemClass::Calendar, row.bytes);
        put(calendar, index::ItemClass::Calendar, event("DTSTART:20260105T100000Z\r\nSUMMARY:Good\r\n"));
        for (auto version : versions) {
            SCOPED_TRACE(eas::name(version));
            sync({}, version);
            auto const told = sync({}, version);
            ASSERT_EQ(told.commands.size(), 2U);
            std::vector<eas::ClientCommand> edits;
            for (auto const& one : told.commands) {
                auto const& shown = std::get<eas::ServerAdd>(one);
                auto const element = eas::decode<eas::Calendar>(shown.application_data, version);
                ASSERT_TRUE(element) << eas::to_string(element.error());
                EXPECT_TRUE(element->start_time && element->end_time &&
                            element->end_time->at >= element->start_time->at);
                edits.push_back(change(shown.server_id,
                                       eas::Calendar{.subject = "Called by " + std::string(eas::name(version))}, {},
                                       version));
            }
            EXPECT_TRUE(statuses(sync(std::move(edits), version)).empty()); // only failures are answered
        }
    }
}

TEST_F(BadInput, CardsOfOtherPrograms) {
    Stored const rows[]{
        {"without a name", card("TEL:1\r\n")},
        {"with an empty name", card("FN:\r\nN:;;;;\r\nEMAIL:a@x.org\r\n")},
        {"with nothing", card("")},
        {"a picture of 5 MB", card("FN:Ida\r\nPHOTO:data:image/jpeg;base64," + std::string(5 << 20, 'A') + "\r\n")},
        {"a picture that is none", card("FN:Ida\r\nPHOTO:not a picture\r\n")},
    };
    for (auto const& row : rows) {
        SCOPED_TRACE(row.what);
        accounts.write_now(account, [](index::Transaction& tx) { tx.empty_folder(contacts); });
        keys.clear();
        put(contacts, index::ItemClass::Contacts, row.bytes);
        put(contacts, index::ItemClass::Contacts, card("FN:Good\r\n"));
        for (auto version : versions) {
            sync({}, version, contacts);
            auto const told = sync({}, version, contacts);
            ASSERT_EQ(told.commands.size(), 2U);
            std::vector<eas::ClientCommand> edits;
            for (auto const& one : told.commands) {
                auto const& shown = std::get<eas::ServerAdd>(one);
                auto const element = eas::decode<eas::Contact>(shown.application_data, version);
                ASSERT_TRUE(element) << eas::to_string(element.error());
                auto said = *element;
                said.job_title = "Known at " + std::string(eas::name(version));
                edits.push_back(change(shown.server_id, said, {}, version));
            }
            EXPECT_TRUE(statuses(sync(std::move(edits), version, contacts)).empty());
        }
    }
}

// What a phone says: a card without a name is one, a picture of 5 MB is refused for itself (MS-ASCNTC_R384).
TEST_F(BadInput, CardsOfPhones) {
    eas::Contact const nameless{.mobile_phone_number = "1"}, good{.last_name = "Good"};
    eas::Contact const heavy{.last_name = "Heavy", .picture = std::string(5 << 20, 'A')};
    for (auto version : versions) {
        sync({}, version, contacts);
        auto const answer =
            sync({add("1", nameless, version), add("2", heavy, version), add("3", good, version)}, version, contacts);
        EXPECT_EQ(statuses(answer), (std::vector<unsigned>{1, 6, 1}));
        EXPECT_EQ(refusals, std::vector<std::string>{"a picture of more than 48 KB (MS-ASCNTC_R384)"});
        EXPECT_EQ(failed, (std::map<unsigned, unsigned>{{6, 1}}));
    }
}

// What a phone says of an event, each by itself: its status, why, and the good one beside it.
TEST_F(BadInput, EventsOfPhones) {
    struct {
        char const* what;
        eas::Calendar said;
        unsigned status;
        std::string_view why;
        eas::Version until = eas::v16_1;
    } const rows[]{
        {"ends first",
         {.end_time = wire("20260119T080000Z"), .subject = "x", .start_time = wire("20260119T090000Z")},
         6,
         "ends before it starts"},
        {"without start and end", {.subject = "x"}, 1, ""}, // MS-ASCAL_R52514
        {"without start, ended", {.end_time = wire("20200119T080000Z"), .subject = "x"}, 6, "without a start"},
        {"without end, to come", {.subject = "x", .start_time = wire("20300119T080000Z")}, 6, "without an end"},
        {"Type 4", {.subject = "x", .recurrence = eas::Recurrence{.type = 4}}, 6, "a Type that there is not"},
        {"for ever", {.subject = "x", .recurrence = eas::Recurrence{.type = 0, .interval = 1}}, 1, ""},
        {"never",
         {.subject = "x", .recurrence = eas::Recurrence{.type = 5, .day_of_month = 30, .month_of_year = 2}},
         1,
         ""},
        {"a zone that is nobody's", // Mars: 13 hours and 7 minutes
         {.time_zone = eas::to_base64(eas::TimeZone{.bias = -787}),
          .end_time = wire("20260119T090000Z"),
          .subject = "x",
          .start_time = wire("20260119T080000Z")},
         1,
         ""},
        {"no zone", {.time_zone = "bm9uZQ==", .subject = "x"}, 1, ""},
        {"10,000 attendees",
         {.subject = "x", .attendees = std::vector<eas::Attendee>(10'000, {.email = "a@x.org", .name = "A"})},
         6,
         "breaks max_items (MS-ASCAL "},
        {"10,000 exceptions",
         {.subject = "x",
          .recurrence = eas::Recurrence{.type = 0, .interval = 1},
          .exceptions =
              std::vector<eas::Exception>(10'000, {.deleted = true, .exception_start_time = wire("20260120T090000Z")})},
         6,
         "Exception",
         eas::v14_1},
    };
    for (auto version : versions) {
        sync({}, version);
        int number = 0;
        for (auto const& row : rows) {
            SCOPED_TRACE(std::string(row.what) + " at " + std::string(eas::name(version)));
            if (version > row.until) continue;
            auto said = row.said;
            auto const name = std::to_string(int(version)) + "-" + std::to_string(++number);
            (version < eas::v16_0 ? said.uid : said.client_uid) = "bad" + name;
            auto const answer =
                sync({add(name + "a", said, version), add(name + "b", meeting("Good" + name), version)}, version);
            EXPECT_EQ(statuses(answer), (std::vector<unsigned>{row.status, 1}));
            EXPECT_EQ(refusals.empty(), row.status == 1);
            if (row.status != 1 && !refusals.empty())
                EXPECT_TRUE(refusals.front().contains(row.why)) << refusals.front();
        }
    }
}

// Up to 14.1: the later word wins.
TEST_F(BadInput, TwoEditsOfOneItemInOneRequestAsOldPhonesSayThem) {
    for (auto version : {eas::v12_1, eas::v14_1}) {
        sync({}, version);
        auto const name = "Team" + std::string(eas::name(version));
        auto const made = sync({add("1", meeting(name), version), add("2", meeting("Good" + name), version)}, version);
        std::vector<std::string> ids;
        ids.reserve(made.responses.size());
        for (auto const& one : made.responses) ids.push_back(*std::get<eas::AddResponse>(one).server_id);
        auto const answer = sync({change(ids.at(0), eas::Calendar{.subject = name + " first"}, {}, version),
                                  change(ids.at(1), eas::Calendar{.subject = name + " other"}, {}, version),
                                  change(ids.at(0), eas::Calendar{.subject = name + " second"}, {}, version)},
                                 version);
        EXPECT_TRUE(statuses(answer).empty() && answer.commands.empty());
        auto const number = [](std::string const& id) { return std::stoll(id.substr(id.find(':') + 1)); };
        EXPECT_TRUE(stored(number(ids[0])).contains(name + " second"));
        EXPECT_TRUE(stored(number(ids[1])).contains(name + " other"));
    }
}

TEST_F(BadInput, TwoEditsOfOneItemInOneRequest) {
    sync();
    auto series = meeting("Team");
    series.recurrence = eas::Recurrence{.type = 0, .interval = 1};
    sync({add("1", series), add("2", meeting("Good"))});
    auto const answer =
        sync({change("7:1", eas::Calendar{.subject = "First"}), change("7:2", eas::Calendar{.subject = "Other"}),
              change("7:1", eas::Calendar{.subject = "Second"}),
              change("7:1", eas::Calendar{.subject = "Once"}, "20260121T090000Z"),
              change("7:1", eas::Calendar{.subject = "Once more"}, "20260121T090000Z")});
    EXPECT_TRUE(statuses(answer).empty());
    EXPECT_TRUE(answer.commands.empty());
    EXPECT_TRUE(stored(1).contains("SUMMARY:Second") && stored(1).contains("SUMMARY:Once more"));
    EXPECT_FALSE(stored(1).contains("SUMMARY:First") || stored(1).contains("SUMMARY:Once\r\n"));
    EXPECT_TRUE(stored(2).contains("SUMMARY:Other"));
}

TEST_F(BadInput, EditsOfDeletedItems) {
    sync();
    auto series = meeting("Team");
    series.recurrence = eas::Recurrence{.type = 0, .interval = 1};
    sync({add("1", series), add("2", meeting("Good"))});
    accounts.write_now(account, [](index::Transaction& tx) { tx.remove_item(index::ItemId(1)); });
    eas::ClientDelete const gone{.server_id = "7:1"};
    eas::ClientDelete const day_gone{.server_id = "7:1", .instance_id = "20260121T090000Z"};
    auto const answer =
        sync({change("7:1", eas::Calendar{.subject = "x"}),
              change("7:1", eas::Calendar{.subject = "x"}, "20260121T090000Z"), day_gone, gone,
              change("7:77", eas::Calendar{.subject = "x"}), change("7:2", eas::Calendar{.subject = "Other"})});
    EXPECT_EQ(statuses(answer), (std::vector<unsigned>{8, 8, 8, 8, 8}));
    EXPECT_EQ(failed, (std::map<unsigned, unsigned>{{8, 5}}));
    EXPECT_TRUE(stored(2).contains("SUMMARY:Other"));
}

TEST_F(BadInput, EditsOfDeletedItemsAsOldPhonesSayThem) {
    for (auto version : {eas::v12_1, eas::v14_1}) {
        sync({}, version);
        auto const made = sync({add("1", meeting("x"), version), add("2", meeting("y"), version)}, version);
        auto const id = *std::get<eas::AddResponse>(made.responses.at(0)).server_id;
        auto const other = *std::get<eas::AddResponse>(made.responses.at(1)).server_id;
        accounts.write_now(account, [&](index::Transaction& tx) {
            tx.remove_item(index::ItemId(std::stoll(id.substr(id.find(':') + 1))));
        });
        auto whole = meeting("z");
        whole.exceptions = {{.deleted = true, .exception_start_time = wire("20260121T090000Z")}};
        auto const answer = sync({change(id, whole, {}, version), eas::ClientDelete{.server_id = id},
                                  change(other, eas::Calendar{.subject = "Other"}, {}, version)},
                                 version);
        EXPECT_EQ(statuses(answer), (std::vector<unsigned>{8, 8}));
        EXPECT_EQ(failed, (std::map<unsigned, unsigned>{{8, 2}}));
        EXPECT_TRUE(stored(std::stoll(other.substr(other.find(':') + 1))).contains("SUMMARY:Other"));
    }
}

// A day that was deleted of a series: deleted again it is gone already, changed it is there again.
TEST_F(BadInput, EditsOfDeletedOccurrences) {
    sync();
    auto series = meeting("Team");
    series.recurrence = eas::Recurrence{.type = 0, .interval = 1};
    sync({add("1", series)});
    eas::ClientDelete const day_gone{.server_id = "7:1", .instance_id = "20260121T090000Z"};
    EXPECT_TRUE(statuses(sync({day_gone})).empty());
    EXPECT_TRUE(statuses(sync({day_gone})).empty());
    EXPECT_TRUE(stored(1).contains("EXDATE"));
    EXPECT_TRUE(statuses(sync({change("7:1", eas::Calendar{.subject = "Back"}, "20260121T090000Z")})).empty());
    EXPECT_TRUE(stored(1).contains("SUMMARY:Back") && !stored(1).contains("EXDATE"));
}

} // namespace
} // namespace godwit::command
