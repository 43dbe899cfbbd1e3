// Row by row: every element of MS-ASEMAIL and of the mail part of MS-ASAIRS is in our tables at its versions, and a
// message makes it told, or stands below with the reason why none does.
#include "convert/draft.hpp"
#include "convert/elements_sheet.hpp"
#include "convert/email.hpp"
#include "eas/email.hpp"
#include "itip/forward.hpp"

namespace godwit::convert {
namespace {

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

Table our_tables() {
    Walk walk;
    walk.shape(eas::document<eas::Email>(), "ApplicationData", eas::v12_1, eas::v16_1);
    if (auto const* sync = eas::request_shape(eas::Command::Sync)) walk.shape(*sync, "Sync", eas::v12_1, eas::v16_1);
    return walk.table;
}

// The elements of mail by their places; other classes and commands have places of their own.
Table sheet(std::filesystem::path const& file) {
    static std::set<std::string> const parents{
        "ApplicationData", "MeetingRequest", "Recurrences",   "Recurrence",         "Flag", "Categories", "Attachments",
        "Attachment",      "Body",           "BodyPart",      "BodyPartPreference", "Add",  "Delete",     "Location",
        "Change",          "Options",        "BodyPreference"};
    Table out;
    eas::each_row(file, [&](auto row) {
        bool mail = row[5] == "MS-ASEMAIL" || row[5] == "MS-ASAIRS";
        bool of_meeting = row[5] == "MS-ASCMD" && row[9].starts_with("MeetingRequest");
        bool ours = row[2] == "Email" || row[2] == "Email2" || row[2] == "AirSyncBase" || row[9] == "Flag";
        if ((!(mail && ours) && !of_meeting) || row[13].starts_with("none")) return;
        for (auto const& cell : eas::split(row[9], ',')) {
            auto parent = bare(cell);
            if (!parents.contains(parent) || parent == row[3] || row[9].contains("Exception")) continue;
            row[3].front() = static_cast<char>(std::toupper(row[3].front())); // contentType, once
            auto& versions = out[parent + '/' + row[2] + ':' + row[3]];
            for (auto version : eas::spoken_versions)
                if (row[13].contains(eas::name(version))) versions.insert(version);
        }
    });
    return out;
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

std::vector<std::string> const organizers{"a@x.org"};

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
    // To its organizer: another time, and who was invited by others.
    EmailState const organizer{.item = 1, .owner = organizers};
    auto counter = invitation("");
    counter.replace(counter.find("REQUEST"), 7, "COUNTER");
    auto const met = itip::in_mail(mime::Message::parse(invitation("")));
    std::vector<mime::Address> const eve{{"Eve", "eve@x.org"}};
    auto const passed = itip::forwarded((*met)->calendar, {.to = eve}, state.owner, "Erika");
    for (auto version : eas::spoken_versions)
        for (auto const& mail : {counter, itip::write(*passed->notice)})
            read_places(eas::encode_fragment(email_from_bytes(mail, organizer, {}, version).email, version), version,
                        out);
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
    auto file = sheet_file();
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
