// The kinds of mail that a phone is told of in words of their own, and mail that is passed on as it is.
#include "convert/body.hpp"
#include "convert/email.hpp"
#include "convert/file_reference.hpp"
#include "itip/forward.hpp"
#include "mime/charset.hpp"
#include "mime/content.hpp"

#include <gtest/gtest.h>

namespace godwit::convert {
namespace {

std::string report(std::string_view type, std::string_view report, std::string_view original) {
    return "Content-Type: multipart/report; report-type=" + std::string(type) + "; boundary=b\n\n--b\n\nx\n--b\n" +
           std::string(report) + "\n--b\nContent-Type: message/rfc822\n\n" + std::string(original) + "\n--b--\n";
}
std::string dsn(std::string_view action, std::string_view original) {
    auto status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns;x\n\nAction: " + std::string(action);
    return report("delivery-status", status, original);
}
std::string mdn(std::string_view disposition) {
    auto said = "Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; " +
                std::string(disposition);
    return report("disposition-notification", said, "Subject: s\n\nx");
}

constexpr std::string_view opaque = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nAAAA",
                           clear = "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; "
                                   "boundary=s\n\n--s\n\nx\n--s\nContent-Type: application/pkcs7-signature\n\nS\n--s--",
                           plain = "Subject: s\n\nx";

std::string invitation(std::string_view method, std::string_view says = "") {
    return "Content-Type: multipart/alternative; boundary=a\n\n--a\n\ncome\n--a\nContent-Type: text/calendar; method=" +
           std::string(method) + "\n\nBEGIN:VCALENDAR\n" + std::string(says) + "\n--a--";
}

TEST(Kinds, each_has_its_class) { // MS-ASEMAIL_R587 to R616
    struct Row {
        std::string mail;
        std::string_view expected;
    };
    Row const rows[]{
        {"", "IPM.Note"},
        {std::string(plain), "IPM.Note"},
        {itip::write(itip::Notice{.subject = "x"}), "IPM.Notification.Meeting"},
        {std::string(opaque), "IPM.Note.SMIME"},
        {"Content-Type: application/x-pkcs7-mime; smime-type=signed-data\n\nAAAA", "IPM.Note.SMIME"},
        {"Content-Type: application/octet-stream; name=SMIME.P7M\n\nAAAA", "IPM.Note.SMIME"},
        {std::string(clear), "IPM.Note.SMIME.MultipartSigned"},
        {"Content-Type: application/pkcs7-mime; smime-type=signed-receipt\n\nAAAA", "IPM.Note.Receipt.SMIME"},
        {"Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\n\n--s\n\nx\n--s--",
         "IPM.Note"},
        {"Content-Class: rpmsg.message\nContent-Type: application/x-microsoft-rpmsg-message\n\nAAAA", "IPM.Note"},
        {dsn("failed", plain), "REPORT.IPM.Note.NDR"},
        {dsn("delivered", plain), "REPORT.IPM.Note.DR"},
        {dsn("relayed", plain), "REPORT.IPM.Note.DR"},
        {dsn("delayed", clear), "REPORT.IPM.Note.DELAYED"},
        {dsn("failed", opaque), "REPORT.IPM.Note.SMIME.NDR"},
        {dsn("delivered", opaque), "REPORT.IPM.Note.SMIME.DR"},
        {dsn("failed", clear), "REPORT.IPM.Note.SMIME.MultipartSigned.NDR"},
        {dsn("delivered", clear), "REPORT.IPM.Note.SMIME.MultipartSigned.DR"},
        {dsn("failed", invitation("REQUEST")), "REPORT.IPM.Schedule.Meeting.Request.NDR"},
        {dsn("failed", invitation("CANCEL")), "REPORT.IPM.Schedule.Meeting.Canceled.NDR"},
        {dsn("failed", invitation("REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@x")),
         "REPORT.IPM.Schedule.Meeting.Resp.Pos.NDR"},
        {dsn("failed", invitation("REPLY", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@x")),
         "REPORT.IPM.Schedule.Meeting.Resp.Tent.NDR"},
        {dsn("failed", invitation("REPLY", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@x")), "REPORT.IPM.Note.NDR"},
        {dsn("delivered", invitation("REQUEST")), "REPORT.IPM.Note.DR"},
        {dsn("failed", dsn("failed", opaque)), "REPORT.IPM.Note.NDR"},
        {mdn("displayed"), "REPORT.IPM.Note.IPNRN"},
        {mdn("deleted"), "REPORT.IPM.Note.IPNNRN"},
        {invitation("REQUEST"), "IPM.Note"}, // until MeetingRequest is told beside it
    };
    for (auto const& row : rows)
        for (auto version : eas::spoken_versions) {
            auto email = email_from_bytes(row.mail, {.item = 1}, {}, version).email;
            EXPECT_EQ(email.message_class, row.expected) << row.mail;
            EXPECT_EQ(email.content_class, "urn:content-classes:message"); // MS-ASEMAIL_R342: whatever it says itself
        }
}

TEST(Kinds, who_stands_nowhere_got_it_blind) { // MS-ASEMAIL_R644, R649
    std::vector<std::string> const owner{"erika@x.org", "e@x.org"};
    struct Row {
        std::string_view header;
        bool blind;
    };
    Row const rows[]{
        {"From: a@y\nTo: b@y", true},
        {"From: a@y\nTo: undisclosed-recipients:;", true},
        {"From: a@y", true},
        {"To: Erika <ERIKA@X.ORG>", false},
        {"To: b@y\nCc: c@y, e@x.org", false},
        {"To: b@y\nTo: erika@x.org", false},
        {"Resent-To: e@x.org\nTo: b@y", false},
        {"From: e@x.org\nTo: b@y", false}, // Sent Items
        {"From: a@y\nTo: list@y\nList-Id: <list.y>", false},
    };
    for (auto const& row : rows)
        for (auto version : eas::spoken_versions) {
            auto mail = std::string(row.header) + "\n\nx";
            std::optional<bool> told;
            if (row.blind && version >= eas::v14_0) told = true;
            EXPECT_EQ(email_from_bytes(mail, {.owner = owner}, {}, version).email.received_as_bcc, told) << row.header;
            EXPECT_FALSE(email_from_bytes(mail, {}, {}, version).email.received_as_bcc); // whose it is is not known
            EXPECT_FALSE(email_from_bytes(mail, {.draft = true, .owner = owner}, {}, version).email.received_as_bcc);
        }
}

TEST(Kinds, code_pages) { // MS-ASEMAIL_R496
    auto page = [](std::string const& mail) { return *email_from_bytes(mail, {}, {}, eas::v14_1).email.internet_cpid; };
    EXPECT_EQ(page("\nx"), "65001");
    EXPECT_EQ(page("Content-Type: text/plain; charset=koi8-r\n\nx"), "20866");
    EXPECT_EQ(page("Content-Type: text/plain; charset=klingon\n\nx"), "65001");
    EXPECT_EQ(page("Content-Type: text/html\n\n<meta charset=\"iso-8859-2\">x"), "28592");
    EXPECT_EQ(page("Content-Type: text/html\n\nx"), "65001");
}

TEST(Kinds, html_without_a_charset_is_read_all_the_same) {
    std::string const bodies[]{"<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'><p>caf\xE9</p>",
                               "<p>caf\xE9</p>", "<p>caf\xC3\xA9</p>", "\xEF\xBB\xBF<p>caf\xC3\xA9</p>",
                               "<p>caf&eacute;</p>"};
    for (auto const& body : bodies) {
        auto bytes = "Content-Type: text/html\n\n" + body;
        EXPECT_EQ(email_from_bytes(bytes, {}, {}, eas::v16_1).email.body->data->bytes, "café\r\n") << body;
        BodyOptions html{.preferences = {{.type = eas::BodyType::Html}}};
        auto shown = email_from_bytes(bytes, {}, html, eas::v16_1).email.body->data->bytes;
        EXPECT_TRUE(mime::is_clean(shown) && !shown.contains("8859")) << shown;
    }
}

TEST(Kinds, lines_have_bounds_and_a_topic_has_no_prefixes) {
    auto mail = "Thread-Topic: RE: AW: Figures\nSubject: " + std::string(100'000, 'x') + "é\n\n";
    auto email = email_from_bytes(mail, {}, {}, eas::v16_1).email;
    EXPECT_EQ(email.thread_topic, "Figures");
    EXPECT_EQ(email.subject->size(), 4096U);
    EXPECT_EQ(email_from_bytes("Thread-Topic: Re:\nSubject: Re: s\n\n", {}, {}, eas::v14_0).email.thread_topic, "s");
    std::string names = "To: ";
    for (int i = 0; i < 4000; ++i) names += "\"Somebody, Number " + std::to_string(i) + "\" <a@x.org>, ";
    email = email_from_bytes(names + "\n\n", {}, {}, eas::v16_1).email;
    for (auto const* list : {&email.to, &email.display_to}) {
        EXPECT_LE((*list)->size(), 32'768U); // MS-ASEMAIL_R788
        EXPECT_GE((*list)->size(), 32'000U);
    }
    EXPECT_TRUE(email.to->ends_with('>')); // whole addresses only
}

struct Kept {
    std::string_view why, mail, type, content;
    eas::AttachmentMethod method = eas::AttachmentMethod::Normal;
};

// What cannot be looked into, or is nobody's to change, comes out byte for byte.
TEST(Kinds, what_is_sealed_or_foreign_stays_whole) {
    static constexpr std::string_view inner =
        "Subject: Inside\r\nX-Odd:   kept \r\n\r\n--b-but-no-boundary\r\ntext\r\n";
    std::string const embedded = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
                                 "message/rfc822\r\n\r\n" +
                                 std::string(inner) + "\r\n--b--\r\n";
    Kept const rows[]{
        {"TNEF", "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgA=\n",
         "application/ms-tnef", std::string_view("\x78\x9f\x3e\x22\x00", 5)},
        {"encrypted",
         "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAB\n",
         "application/pkcs7-mime", std::string_view("\x30\x80\x01", 3)},
        {"signed", clear, "application/pkcs7-signature", "S"},
        {"PGP",
         "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/octet-stream\n\nPGP\n--b--",
         "application/octet-stream", "PGP"},
        {"embedded", embedded, "message/rfc822", inner, eas::AttachmentMethod::EmbeddedMessage},
    };
    BodyOptions mime{.preferences = {{.type = eas::BodyType::Mime}}, .mime_support = eas::MimeSupport::Always};
    for (auto const& row : rows) {
        SCOPED_TRACE(row.why);
        auto message = mime::Message::parse(row.mail);
        auto email = to_email(message, {.item = 9}, mime, eas::v16_1).email;
        EXPECT_EQ(email.body->data->bytes, row.mail); // as MIME: the whole
        ASSERT_TRUE(email.attachments && email.attachments->size() == 1);
        auto const& told = std::get<eas::Attachment>(email.attachments->front());
        EXPECT_EQ(told.method, row.method);
        auto const* part = message.find(parse_file_reference(told.file_reference)->part);
        ASSERT_TRUE(part);
        EXPECT_TRUE(part->is(row.type));
        EXPECT_EQ(mime::content(*part), row.content);
    }
}

} // namespace
} // namespace godwit::convert
