// An invitation's mail that is passed on: what its bytes may not do, and who hears of what.
#include "command/compose_mail.hpp"
#include "eas/leaf.hpp"
#include "mime/content.hpp"
#include "mime/message.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace godwit::command {
namespace {

using eas::CommonStatus;
using testing::HasSubstr, testing::Not;

directory::User const bob = [] {
    directory::User out;
    out.address = "bob@x.org";
    out.name = "Bob";
    return out;
}();
auto const second = *eas::parse_time("20261214T100000Z");

std::string const master = "BEGIN:VEVENT\r\nUID:m\r\nORGANIZER:mailto:ann@y.org\r\nDTSTART:20261207T100000Z\r\n"
                           "RRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY:Weekly\r\nEND:VEVENT\r\n";

std::string invitation(std::string const& events, std::string const& type = "text/calendar; method=REQUEST",
                       std::string const& method = "REQUEST") {
    return "From: ann@y.org\r\nContent-Type: " + type + "\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:" + method + "\r\n" +
           events + "END:VCALENDAR\r\n";
}

std::string text_of(mime::Answering::Invitation const& one) {
    auto const bytes = one.entity.header + one.entity.body;
    return std::string(mime::text_content(*mime::Message::parse(bytes).calendar()));
}

TEST(InvitationToOne, IsReadAsAnyInvitationIs) {
    auto const one = invitation_to_one(invitation(master), second, bob);
    ASSERT_TRUE(one && *one);
    EXPECT_THAT(text_of(**one), HasSubstr("RECURRENCE-ID:20261214T100000Z"));
    auto const cyrillic =
        invitation(master.substr(0, master.find("SUMMARY")) + "SUMMARY:\xCF\xF0\xE8\xE2\xE5\xF2\r\nEND:VEVENT\r\n",
                   "Text/Calendar; method=REQUEST; charset=windows-1251");
    auto const read = invitation_to_one(cyrillic, second, bob);
    ASSERT_TRUE(read && *read);
    EXPECT_THAT(text_of(**read), HasSubstr("SUMMARY:\u041F\u0440\u0438\u0432\u0435\u0442"));
}

TEST(InvitationToOne, WhatInvitesNobodyIsNotMadeToInvite) {
    struct Row {
        char const* what;
        std::string mail;
        CommonStatus status;
    };
    auto const marked = // marks that only this server may set
        "BEGIN:VEVENT\r\nUID:m\r\nRECURRENCE-ID:20261214T100000Z\r\nORGANIZER:mailto:ann@y.org\r\n"
        "DTSTART:20261214T100000Z\r\nEND:VEVENT\r\nBEGIN:X-GODWIT-SCHEDULING\r\nUID:m\r\nBEGIN:X-GODWIT-INVITED\r\n"
        "UID:m\r\nSUMMARY:Evil\r\nEND:X-GODWIT-INVITED\r\nEND:X-GODWIT-SCHEDULING\r\n";
    auto const replied = invitation(master, "text/calendar; method=REPLY", "REPLY");
    Row const rows[]{{"an answer", replied, CommonStatus::MessageReplyFailed},
                     {"no calendar", "From: a@b\r\n\r\nHello\r\n", CommonStatus::NoRecurrenceInCalendar},
                     {"a broken one", invitation("BEGIN:VEVENT\r\n"), CommonStatus::NoRecurrenceInCalendar}};
    for (auto const& row : rows) {
        auto const made = invitation_to_one(row.mail, second, bob);
        ASSERT_FALSE(made) << row.what;
        EXPECT_EQ(made.error(), row.status) << row.what;
    }
    auto const made = invitation_to_one(invitation(marked), second, bob);
    ASSERT_TRUE(made && *made);
    EXPECT_THAT(text_of(**made), Not(HasSubstr("Evil")));
}

TEST(InvitationToOne, WhatTravelsWholeInvitesToAll) {
    auto const sealed = "From: ann@y.org\r\nContent-Type: multipart/signed; boundary=s; "
                        "protocol=\"application/pkcs7-signature\"; micalg=sha-256\r\n\r\n--s\r\n"
                        "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" +
                        master +
                        "END:VCALENDAR\r\n--s\r\nContent-Type: application/pkcs7-signature\r\n\r\nMIIB\r\n--s--\r\n";
    auto const made = invitation_to_one(sealed, second, bob);
    ASSERT_TRUE(made);
    EXPECT_FALSE(*made);
}

TEST(InvitationToOne, ACopyAmongTheAttachmentsIsOfTheSameMeeting) {
    auto const made = invitation_to_one(invitation(master), second, bob);
    ASSERT_TRUE(made && *made);
    auto is_copy = [&](std::string const& uid) {
        auto const bytes = "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:" + uid +
                           "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        return (*made)->is_copy(*mime::Message::parse(bytes).calendar());
    };
    EXPECT_TRUE(is_copy("m"));
    EXPECT_FALSE(is_copy("trip"));
}

TEST(MeetingAsQuote, SaysWhenItIs) { // MS-ASCMD_R574 to R576, R5420
    struct Row {
        std::string start, rule, when;
        std::optional<eas::Instant> instance = {};
    };
    Row const rows[]{
        {"DTSTART:20261207T100000Z", "", "2026-12-07 10:00 UTC"},
        {"DTSTART:20261207T100000Z", "RRULE:FREQ=WEEKLY", "2026-12-07 10:00 UTC, repeated"},
        {"DTSTART:20261207T100000Z", "RRULE:FREQ=WEEKLY", "2026-12-14 10:00 UTC", second},
        {"DTSTART;VALUE=DATE:20261207", "", "2026-12-07"},
        {"DTSTART;TZID=Europe/Berlin:20261207T110000", "", "2026-12-07 11:00 (Europe/Berlin)"},
        {"DTSTART;TZID=EAS/UTC+0100/abc:20261207T110000", "", "2026-12-07 11:00"},
    };
    for (auto const& row : rows)
        for (bool event : {true, false}) {
            auto const lines =
                "BEGIN:VEVENT\r\nUID:m\r\nORGANIZER:mailto:ann@y.org\r\nSUMMARY:Weekly\r\nDESCRIPTION:Plans"
                "\r\nLOCATION:Room\\, 1\r\n" +
                row.start + "\r\n" + row.rule + (row.rule.empty() ? "" : "\r\n") + "END:VEVENT\r\n";
            auto const source = event ? "BEGIN:VCALENDAR\r\n" + lines + "END:VCALENDAR\r\n" : invitation(lines);
            Passed const passed{
                .source = std::make_shared<std::string const>(source), .event = event, .instance = row.instance};
            auto const quote = meeting_as_quote(passed, bob);
            ASSERT_TRUE(quote) << row.when;
            EXPECT_EQ(quote->when, row.when);
            EXPECT_EQ(quote->where, "Room, 1");
            if (event) EXPECT_EQ(mime::Message::parse(quote->mail).plain(), "Plans");
            if (!event) EXPECT_EQ(quote->mail, "") << "it is quoted itself";
        }
}

TEST(NoticeOfForward, NamesWhoGotItOpenly) {
    Passed const passed{.source = std::make_shared<std::string const>(invitation(master)), .event = false};
    auto told = [&](std::string const& fields) { return notice_of_forward(passed, fields + "\r\nSee.\r\n", bob); };
    auto const notice = told("From: bob@x.org\r\nTo: carl@z.org\r\nCc: eve@z.org\r\nBcc: lawyer@z.org\r\n");
    ASSERT_TRUE(notice);
    auto const text = mime::Message::parse(*notice).plain();
    EXPECT_THAT(text, HasSubstr("carl@z.org"));
    EXPECT_THAT(text, HasSubstr("eve@z.org"));
    EXPECT_THAT(*notice, Not(HasSubstr("lawyer")));
    EXPECT_FALSE(told("From: bob@x.org\r\nBcc: lawyer@z.org\r\n"));
    EXPECT_FALSE(told("From: bob@x.org\r\nTo: Ann <ann@y.org>, bob@x.org\r\n")); // she knows it, and so does he
}

} // namespace
} // namespace godwit::command
