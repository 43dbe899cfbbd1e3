// What a mail of scheduling says of its meeting, at each version.
#include "convert/email.hpp"
#include "convert/meeting_request.hpp"
#include "itip/global_id.hpp"
#include "mime/encode.hpp"

#include <gmock/gmock.h>

namespace godwit::convert {
namespace {

std::vector<std::string> const bob{"bob@b.test"}, ann{"ann@a.test"};

std::string mail(std::string const& method, std::string const& lines, std::string const& partstat = "NEEDS-ACTION") {
    std::string out = "From: ann@a.test\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\ncome\n--b\n"
                      "Content-Type: text/calendar; method=" +
                      method + "\n\nBEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:" + method +
                      "\nBEGIN:VEVENT\nUID:m1\nDTSTAMP:20261101T000000Z\nORGANIZER;CN=Ann Berg:mailto:ann@a.test\n"
                      "ATTENDEE;RSVP=TRUE;PARTSTAT=" +
                      partstat + ":mailto:bob@b.test\n" + lines + "END:VEVENT\nEND:VCALENDAR\n--b--\n";
    for (std::size_t at = 0; (at = out.find('\n', at)) != out.npos; at += 2) out.insert(at, 1, '\r');
    return out;
}
std::string const when = "DTSTART:20261207T100000Z\nDTEND:20261207T113000Z\n";

eas::Email shown(std::string const& bytes, eas::Version version = eas::v14_1,
                 std::vector<std::string> const& owner = bob) {
    auto out = email_from_bytes(bytes, {.item = 1, .owner = owner}, {}, version);
    EXPECT_EQ(out.isolated, "");
    EXPECT_FALSE(eas::encode_fragment(out.email, version).bytes.empty());
    return out.email;
}

eas::DateTime at(std::string_view text) { return {*eas::parse_time(text)}; }

TEST(MeetingMail, HasItsClass) { // MS-ASEMAIL 2.2.2.49
    struct Row {
        char const* what;
        std::string bytes, expected;
        bool request;
        std::vector<std::string> const& owner = bob;
    };
    Row const rows[]{
        {"invitation", mail("REQUEST", when), "IPM.Schedule.Meeting.Request", true},
        {"cancellation", mail("CANCEL", when), "IPM.Schedule.Meeting.Canceled", true},
        {"yes", mail("REPLY", when, "ACCEPTED"), "IPM.Schedule.Meeting.Resp.Pos", false, ann},
        {"perhaps", mail("REPLY", when, "TENTATIVE"), "IPM.Schedule.Meeting.Resp.Tent", false, ann},
        {"no", mail("REPLY", when, "DECLINED"), "IPM.Schedule.Meeting.Resp.Neg", false, ann},
        {"no answer", mail("REPLY", when), "IPM.Note", false, ann},
        {"another time", mail("COUNTER", when, "TENTATIVE"), "IPM.Schedule.Meeting.Resp.Tent", false, ann},
        {"one's own", mail("REQUEST", when), "IPM.Note", false, ann},
        {"a calendar", mail("PUBLISH", when), "IPM.Note", false},
        {"without a start", mail("REQUEST", ""), "IPM.Note", false},
    };
    for (auto const& row : rows)
        for (auto version : eas::spoken_versions) {
            auto email = shown(row.bytes, version, row.owner);
            EXPECT_EQ(email.message_class, row.expected) << row.what;
            bool counter = row.expected.ends_with("Tent") && row.bytes.contains("COUNTER") && version >= eas::v16_1;
            EXPECT_EQ(email.meeting_request.has_value(), row.request || counter) << row.what;
        }
}

TEST(MeetingMail, SaysAllOfASingleMeeting) {
    auto bytes = mail("REQUEST", when + "LOCATION:Room 1\nCLASS:PRIVATE\nX-MICROSOFT-DISALLOW-COUNTER:TRUE\n"
                                        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\nX-MICROSOFT-CDO-INTENDEDSTATUS:OOF\n"
                                        "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM\n");
    auto email = shown(bytes);
    EXPECT_EQ(email.content_class, "urn:content-classes:calendarmessage");
    auto const& told = *email.meeting_request;
    EXPECT_EQ(told.all_day_event, false);
    EXPECT_EQ(told.start_time, at("2026-12-07T10:00:00.000Z"));
    EXPECT_EQ(told.end_time, at("2026-12-07T11:30:00.000Z"));
    EXPECT_EQ(told.dt_stamp, at("2026-11-01T00:00:00.000Z"));
    EXPECT_EQ(told.instance_type, 0);
    EXPECT_EQ(told.location, "Room 1");
    EXPECT_EQ(told.organizer, "\"Ann Berg\" <ann@a.test>");
    EXPECT_EQ(told.reminder, 900U); // seconds (MS-ASEMAIL_R687)
    EXPECT_EQ(told.response_requested, true);
    EXPECT_EQ(told.sensitivity, 2);
    EXPECT_EQ(told.busy_status, 3);
    EXPECT_EQ(told.disallow_new_time_proposal, true);
    EXPECT_EQ(told.meeting_message_type, 1);
    EXPECT_EQ(told.global_object_id, mime::base64(itip::global_object_id("m1")));
    EXPECT_FALSE(told.recurrence_id || told.recurrences);
    EXPECT_EQ(told.time_zone.size(), 232U); // 172 bytes
    auto later = shown(bytes, eas::v16_1);
    EXPECT_EQ(later.meeting_request->uid, "m1");
    EXPECT_FALSE(later.meeting_request->global_object_id);
    ASSERT_TRUE(later.meeting_request->structured_location);
    EXPECT_EQ(later.meeting_request->structured_location->display_name, "Room 1");
}

TEST(MeetingMail, SaysWorkingElsewhereWhereThatIsKnown) { // MS-ASEMAIL_R1152 to R1154
    auto const bytes = mail("REQUEST", when + "X-MICROSOFT-CDO-INTENDEDSTATUS:WORKINGELSEWHERE\n");
    for (auto version : eas::spoken_versions)
        EXPECT_EQ(shown(bytes, version).meeting_request->busy_status, version < eas::v16_0 ? 0 : 4)
            << eas::name(version);
}

TEST(MeetingMail, SaysWhetherItIsASeriesOrAnOccurrence) {
    std::string const id = "RECURRENCE-ID:20261207T100000Z\n";
    struct Row {
        char const* what;
        std::string lines;
        int type;
        bool named;
    };
    Row const rows[]{
        {"single", when, 0, false},
        {"series", when + "RRULE:FREQ=WEEKLY;COUNT=4\n", 1, false},
        {"occurrence", when + id, 2, true},
        {"exception", "DTSTART:20261208T100000Z\nDTEND:20261208T110000Z\n" + id, 3, true},
    };
    for (auto const& row : rows) {
        auto told = *shown(mail("REQUEST", row.lines)).meeting_request;
        EXPECT_EQ(told.instance_type, row.type) << row.what;
        EXPECT_EQ(told.recurrence_id.has_value(), row.named) << row.what; // MS-ASEMAIL_R936
        EXPECT_EQ(told.recurrences.has_value(), row.type == 1) << row.what;
        if (told.recurrences) EXPECT_EQ(told.recurrences->front().is_leap_month, 0U); // required (MS-ASEMAIL_R508)
        auto day = row.named ? std::optional(std::chrono::local_days(std::chrono::year(2026) / 12 / 7)) : std::nullopt;
        EXPECT_EQ(told.global_object_id, mime::base64(itip::global_object_id("m1", day))) << row.what;
    }
}

TEST(MeetingMail, KnowsAnUpdate) {
    EXPECT_EQ(shown(mail("REQUEST", when + "SEQUENCE:3\n")).meeting_request->meeting_message_type, 2);
    EXPECT_EQ(shown(mail("CANCEL", when + "SEQUENCE:3\n")).meeting_request->meeting_message_type, 0);
}

// What delivery has found out (MS-ASEMAIL_R531, R536, R1070); what the sender writes there does not count.
TEST(MeetingMail, SaysHowItStoodWhenItCame) {
    auto const update = mail("REQUEST", when + "SEQUENCE:1\n");
    std::string const field = "X-Godwit-Meeting-Message-Type: ";
    struct {
        char const* front;
        unsigned type;
    } const rows[]{{"3\r\n", 3}, {"4\r\n", 4}, {"6\r\n", 2}, {"3\r\nReceived: x\r\n", 3}};
    for (auto const& row : rows)
        EXPECT_EQ(shown(field + row.front + update).meeting_request->meeting_message_type, row.type) << row.front;
    EXPECT_EQ(shown("Received: x\r\n" + field + "4\r\n" + update).meeting_request->meeting_message_type, 2);
    auto const cancel = mail("CANCEL", when + "SEQUENCE:1\n");
    EXPECT_EQ(shown(cancel).meeting_request->meeting_message_type, 0);
}

TEST(MeetingMail, TellsDaysAsDays) { // incident 1.4
    auto bytes = mail("REQUEST", "DTSTART;VALUE=DATE:20261207\nDTEND;VALUE=DATE:20261209\n");
    for (auto version : eas::spoken_versions) {
        auto told = *shown(bytes, version).meeting_request;
        EXPECT_EQ(told.all_day_event, true);
        EXPECT_FALSE(told.time_zone.empty()); // required
    }
    auto long_one = mail("REQUEST", "DTSTART:20261207T000000Z\nDTEND:20261208T010000Z\n"); // law 9: 25 hours
    EXPECT_EQ(shown(long_one).meeting_request->all_day_event, false);
}

TEST(MeetingMail, TellsAProposalOfAnotherTime) { // 16.1
    auto told = *shown(mail("COUNTER", when, "TENTATIVE"), eas::v16_1, ann).meeting_request;
    EXPECT_EQ(told.proposed_start->at, at("2026-12-07T10:00:00.000Z").at);
    EXPECT_EQ(told.proposed_end->at, at("2026-12-07T11:30:00.000Z").at);
}

} // namespace
} // namespace godwit::convert
