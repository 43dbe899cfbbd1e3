// Row by row: every element of MS-ASEMAIL and of the mail part of MS-ASAIRS is in our tables at its versions, and a
// message makes it told, or stands below with the reason why none does.
#include "convert/draft.hpp"
#include "convert/email.hpp"
#include "eas/command.hpp"
#include "eas/email.hpp"
#include "eas/validate.hpp"
#include "wbxml/tokens.hpp"
#include "wbxml/wbxml.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>

namespace godwit::convert {
namespace {

using Place = std::string; // "Attachment/AirSyncBase:Method"
using Versions = std::set<eas::Version>;
using Table = std::map<Place, Versions>;

struct Reason {
    std::string_view place, why; // a place that ends in "/" stands for all that is in it
};

// What a phone says and no server.
constexpr std::string_view from_phone = "said by the phone";
constexpr std::string_view in_mail = "an invitation has the name of the place alone (RFC 5545 3.8.1.7)";
Reason const not_told[]{
    {"Location/AirSyncBase:Accuracy", in_mail},
    {"Location/AirSyncBase:Altitude", in_mail},
    {"Location/AirSyncBase:AltitudeAccuracy", in_mail},
    {"Location/AirSyncBase:Annotation", in_mail},
    {"Location/AirSyncBase:City", in_mail},
    {"Location/AirSyncBase:Country", in_mail},
    {"Location/AirSyncBase:Latitude", in_mail},
    {"Location/AirSyncBase:LocationUri", in_mail},
    {"Location/AirSyncBase:Longitude", in_mail},
    {"Location/AirSyncBase:PostalCode", in_mail},
    {"Location/AirSyncBase:State", in_mail},
    {"Location/AirSyncBase:Street", in_mail},
    {"ApplicationData/Email2:UmUserNotes", "typed into Outlook later: no field of mail carries it"},
    {"ApplicationData/Email2:AccountId",
     "mail to the primary account has none (MS-ASEMAIL_R231), and there is no other"},
    {"Attachments/AirSyncBase:Add", from_phone},
    {"Attachments/AirSyncBase:Delete", from_phone},
    {"Add/", from_phone},
    {"Delete/", from_phone},
    {"Change/Email2:Send", from_phone},
    {"BodyPreference/", from_phone},
    {"BodyPartPreference/", from_phone},
};

// Where the rows of the sheet are at odds with themselves or with the published schemas.
Reason const sheet_differs[]{
    {"ApplicationData/Email:Cc", "its row for 16.1 is missing: drafts of 16.1 have Cc (MS-ASEMAIL_R1489)"},
    {"MeetingRequest/Email:EndTime", "its rows before 14.1 are missing: StartTime has them"},
    {"BodyPreference/AirSyncBase:Preview", "MS-ASAIRS 2.2.2.35: 14.0 too, as Body's Preview that answers it"},
};

bool stands_in(std::span<Reason const> list, Place const& place) {
    return std::ranges::any_of(
        list, [&](Reason const& r) { return r.place.ends_with('/') ? place.starts_with(r.place) : place == r.place; });
}

Place place_of(std::string_view parent, eas::Tag child) {
    return std::string(parent) + '/' + std::string(wbxml::code_pages[child.page].name) + ':' + std::string(child.name);
}

// ---- our tables -----------------------------------------------------------------------------------------------------
struct Walk {
    Table table = {};
    std::set<std::pair<eas::Shape const*, std::string>> seen = {};

    void add(std::string_view parent, eas::Tag child, eas::Version since, eas::Version until) {
        for (auto version : eas::spoken_versions)
            if (version >= since && version <= until) table[place_of(parent, child)].insert(version);
    }
    void shape(eas::Shape const& s, std::string const& as, eas::Version since, eas::Version until) {
        if (!seen.insert({&s, as}).second) return;
        for (auto const& row : s.rows) {
            auto from = std::max(since, row.since), to = std::min(until, row.until);
            auto parent = as;
            if (row.wrapper) add(as, *row.wrapper, from, to), parent = std::string(row.wrapper->name);
            if (row.choices)
                for (auto const* one : row.choices()) child(*one, one->tag, parent, from, to);
            else if (row.shape)
                child(*row.shape(), row.tag, parent, from, to);
            else
                add(parent, row.tag, from, to);
        }
    }
    void child(eas::Shape const& s, eas::Tag tag, std::string const& parent, eas::Version since, eas::Version until) {
        since = std::max(since, s.since), until = std::min(until, s.until);
        add(parent, tag, since, until);
        shape(s, std::string(tag.name), since, until);
    }
};

Table our_tables() {
    Walk walk;
    walk.shape(eas::document<eas::Email>(), "ApplicationData", eas::v12_1, eas::v16_1);
    if (auto const* sync = eas::request_shape(eas::Command::Sync)) walk.shape(*sync, "Sync", eas::v12_1, eas::v16_1);
    return walk.table;
}

// ---- the sheet ------------------------------------------------------------------------------------------------------
std::vector<std::string> split(std::string const& line, char separator) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, separator);) out.push_back(cell);
    return out;
}

std::string bare(std::string name) { // " airsyncbase:Body (x)" -> "Body"
    name.erase(0, name.find_first_not_of(' '));
    if (auto colon = name.find(':'); colon != name.npos) name.erase(0, colon + 1);
    return name.contains("top level") ? "ApplicationData" : name.substr(0, name.find(' '));
}

// The elements of mail by their places; other classes and commands have places of their own.
Table sheet(std::filesystem::path const& file) {
    static std::set<std::string> const parents{
        "ApplicationData", "MeetingRequest", "Recurrences",   "Recurrence",         "Flag", "Categories", "Attachments",
        "Attachment",      "Body",           "BodyPart",      "BodyPartPreference", "Add",  "Delete",     "Location",
        "Change",          "Options",        "BodyPreference"};
    Table out;
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        auto row = split(line, '\t');
        row.resize(24);
        bool mail = row[5] == "MS-ASEMAIL" || row[5] == "MS-ASAIRS";
        bool ours = row[2] == "Email" || row[2] == "Email2" || row[2] == "AirSyncBase" || row[9] == "Flag";
        if (!mail || !ours || row[13].starts_with("none")) continue;
        for (auto const& cell : split(row[9], ',')) {
            auto parent = bare(cell);
            if (!parents.contains(parent) || parent == row[3] || row[9].contains("Exception")) continue;
            row[3].front() = static_cast<char>(std::toupper(row[3].front())); // contentType, once
            auto& versions = out[parent + '/' + row[2] + ':' + row[3]];
            for (auto version : eas::spoken_versions)
                if (row[13].contains(eas::name(version))) versions.insert(version);
        }
    }
    return out;
}

// ---- what is told ---------------------------------------------------------------------------------------------------
void read_places(eas::Fragment const& fragment, eas::Version version, Table& out) {
    wbxml::Reader reader(fragment);
    std::vector<std::string> open{"ApplicationData"};
    for (auto event = reader.next(); event.kind != wbxml::Event::End; event = reader.next()) {
        if (event.starts()) out[place_of(open.back(), event.tag)].insert(version);
        if (event.kind == wbxml::Event::Open) open.emplace_back(event.tag.name);
        if (event.kind == wbxml::Event::Close) open.pop_back();
    }
    EXPECT_FALSE(reader.failed());
}

std::string const whole_mail =
    "From: Bob <bob@x.org>\r\nSender: office@x.org\r\nReply-To: a@x.org\r\nTo: anna@x.org\r\nCc: c@x.org\r\n"
    "Bcc: d@x.org\r\nSubject: s\r\nImportance: high\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
    "--r\r\nContent-Type: text/html\r\n\r\n<p>See <img src=\"cid:i@x\"> and more of it</p>\r\n--r\r\n"
    "Content-Type: image/png; name=i.png\r\nContent-ID: <i@x>\r\nContent-Location: i.png\r\n\r\nPNG\r\n--r--\r\n";

std::string const voice_mail =
    "Content-Class: voice\r\nX-CallingTelephoneNumber: +49 30 1234\r\nX-VoiceMessageDuration: 12\r\n"
    "Content-Type: audio/wav; name=vm.wav\r\n\r\nRIFF\r\n";

std::string invitation(std::string const& lines) {
    return "From: a@x.org\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
           "BEGIN:VEVENT\r\nUID:m1\r\nDTSTAMP:20261101T000000Z\r\nORGANIZER:mailto:a@x.org\r\nLOCATION:Room\r\n"
           "DTSTART:20261207T100000Z\r\nATTENDEE:mailto:erika@x.org\r\n" +
           lines + "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
}

// Every element of MeetingRequest and of its recurrences.
void tell_invitations(EmailState const& state, Table& out) {
    for (auto version : eas::spoken_versions)
        for (auto lines :
             {"RECURRENCE-ID:20261206T100000Z\r\n", "RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=SU;UNTIL=20270101T000000Z\r\n",
              "RRULE:FREQ=YEARLY;BYMONTH=12;BYDAY=1MO;COUNT=3\r\n", "RRULE:FREQ=MONTHLY;BYMONTHDAY=7\r\n",
              "RRULE:RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L;BYMONTHDAY=8\r\n"}) {
            auto converted = email_from_bytes(invitation(lines), state, {}, version);
            EXPECT_EQ(converted.isolated, "");
            read_places(eas::encode_fragment(converted.email, version), version, out);
        }
}

Table told() {
    Table out;
    std::vector<std::string> const owner{"erika@x.org"};
    EmailState state{.item = 1, .flag_status = 2, .categories = {"Blue"}, .last_verb = 1, .owner = owner};
    eas::DateTime at{eas::Instant(std::chrono::seconds(1'700'000'000))};
    eas::EmailFlag flag{.flag_type = "for follow up",
                        .complete_time = at,
                        .subject = "s",
                        .date_completed = at,
                        .start_date = at,
                        .utc_start_date = at,
                        .due_date = at,
                        .utc_due_date = at,
                        .reminder_set = true,
                        .reminder_time = at,
                        .ordinal_date = at,
                        .sub_ordinal_date = "5"};
    auto change = from_change({.flag = flag});
    if (change) state.flag = change->flag->flag;
    tell_invitations(state, out);
    for (auto version : eas::spoken_versions)
        for (auto size : {std::optional<std::uint32_t>{}, std::optional<std::uint32_t>{10}}) {
            BodyOptions options{.preferences = {{.type = eas::BodyType::Html, .truncation_size = size, .preview = 9}}};
            if (size) options.parts = {{.truncation_size = size, .preview = 9}};
            for (auto const& mail : {whole_mail, voice_mail}) {
                auto converted = email_from_bytes(mail, state, options, version);
                EXPECT_EQ(converted.isolated, "");
                read_places(eas::encode_fragment(converted.email, version), version, out);
            }
            if (version < eas::v16_0) continue;
            auto answer = draft_answer(state, {{.client_id = "c", .part = "2"}}, true);
            read_places(eas::encode_fragment(answer, version), version, out);
        }
    return out;
}

TEST(Elements, all_of_mail_is_known_and_told_or_stands_here_with_its_reason) {
    auto file = std::filesystem::path(GODWIT_SHARED) / "spec/elements.tsv";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
    auto const wanted = sheet(file), known = our_tables(), seen = told();
    EXPECT_GE(wanted.size(), 120U); // the sheet was read
    for (auto const& [place, versions] : wanted) {
        SCOPED_TRACE(place);
        auto found = known.find(place);
        if (found == known.end()) {
            ADD_FAILURE() << "in no table of ours";
            continue;
        }
        bool differs = stands_in(sheet_differs, place);
        EXPECT_EQ(found->second == versions || versions.empty(), !differs) << "versions";
        bool left_out = stands_in(not_told, place);
        EXPECT_EQ(seen.contains(place), !left_out) << "told";
        if (seen.contains(place) && !versions.empty() && !differs)
            EXPECT_TRUE(std::ranges::includes(versions, seen.at(place))) << "told at a version that has it not";
    }
    for (auto const& reason : not_told) { // nothing stands there that is no element
        auto covers = [&](auto const& row) { return stands_in({&reason, 1}, row.first); };
        EXPECT_TRUE(std::ranges::any_of(wanted, covers)) << reason.place;
    }
}

} // namespace
} // namespace godwit::convert
