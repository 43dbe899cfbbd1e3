// Messages as they really come, and as nobody should send them.
#include "mime/charset.hpp"
#include "mime/compose.hpp"
#include "mime/content.hpp"
#include "mime/message.hpp"

#include <array>
#include <ctime>
#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

using namespace std::string_literals;

struct Sample {
    std::string_view name;
    std::string bytes;
    std::size_t parts;
    std::string plain;
    std::vector<std::string> attachments = {}; // path:name, with "!" when inline
    Kind kind = Kind::note;
};

std::vector<Sample> const samples{
    {"empty", "", 1, ""},
    {"zeros", std::string(5000, '\0'), 1, ""},
    {"no header", "hello\nworld\n", 1, "hello\nworld\n"},
    {"empty header", "\r\nhello", 1, "hello"},
    {"header only", "Subject: x\r\n", 1, ""},
    {"raw 8-bit", "Subject: caf\xE9\r\n\r\ncaf\xE9", 1, "café"},
    {"wrong charset", "Content-Type: text/plain; charset=utf-8\n\ncaf\xE9 \x93q\x94", 1, "café “q”"},
    {"quoted-printable",
     "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9 =\nend=", 1,
     "café end"},
    {"base64", "Content-Transfer-Encoding: BASE64\n\naGVs\nbG8=\n", 1, "hello"},
    {"uuencode", "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a.txt\n%:&5L;&\\`\n`\nend\n", 1, "hello"},
    {"flowed", "Content-Type: text/plain; format=flowed\n\none \ntwo\n", 1, "one two\r\n"},
    {"html only", "Content-Type: text/html\n\n<p>Hi <b>you</b></p>", 1, "Hi you\r\n"},
    {"alternative",
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: "
     "text/html\n\n<i>html</i>\n--b--\n",
     3, "plain"},
    {"mixed with two texts and a file",
     "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\none\n--b\nContent-Type: image/png; "
     "name=\"a.png\"\n"
     "Content-Transfer-Encoding: base64\n\nAAAA\n--b\n\ntwo\n--b--\nepilogue",
     4,
     "one\r\ntwo",
     {"2:a.png"}},
    {"related with its image",
     "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img "
     "src=\"cid:i@x\">text\n--b\n"
     "Content-Type: image/png\nContent-ID: <i@x>\n\nPNG\n--b\nContent-Type: application/pdf; "
     "name=hidden.pdf\nContent-ID: "
     "<unused@x>\n\nPDF\n--b--",
     4,
     "text\r\n",
     {"2:attachment-2.png!", "3:hidden.pdf"}},
    {"RFC 2231 name in pieces",
     "Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''r%C3%A9;\n "
     "filename*1=\"sum\";\n "
     "filename*2*=%C3%A9.pdf\n\n%PDF",
     1,
     "",
     {"1:résumé.pdf"}},
    {"name with a path", "Content-Type: a/b; name=\"../../etc/passwd\"\n\nx", 1, "", {"1:passwd"}},
    {"embedded message",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: message/rfc822\n\nSubject: "
     "=?utf-8?Q?a/b=C3=A9?=\n\n"
     "inner\n--b--",
     3,
     "text",
     {"2:a_bé.eml"}},
    {"digest",
     "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nx\n--b\n\nSubject: two\n\ny\n--b--",
     3,
     "",
     {"1:one.eml", "2:two.eml"}},
    {"signed",
     "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\n\n--b\n\nsigned "
     "text\n--b\n"
     "Content-Type: application/pkcs7-signature\n\nSIG\n--b--",
     3,
     "signed text",
     {"2:smime.p7s"},
     Kind::multipart_signed},
    {"encrypted",
     "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nAAAA",
     1,
     "",
     {"1:smime.p7m"},
     Kind::smime_opaque},
    {"pgp",
     "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: "
     "application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; "
     "name=enc.asc\n\nPGP\n--b--",
     3,
     "",
     {"1:attachment-1.bin", "2:enc.asc"},
     Kind::pgp_encrypted},
    {"bounce",
     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt "
     "failed.\n--b\nContent-Type: "
     "message/delivery-status\n\nReporting-MTA: dns;x\n\nAction: failed\n--b\nContent-Type: "
     "message/rfc822\n\nSubject: s\n\nx\n--b--",
     4,
     "It failed.",
     {"2:details.txt", "3:s.eml"},
     Kind::non_delivery},
    {"read receipt",
     "Content-Type: multipart/report; report-type=disposition-notification; "
     "boundary=b\n\n--b\n\nRead.\n--b\nContent-Type: "
     "message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--",
     3,
     "Read.",
     {"2:details.txt"},
     Kind::read_receipt},
    {"boundary never comes", "Content-Type: multipart/mixed; boundary=b\n\njust text\n", 1, "just text\n"},
    {"no boundary", "Content-Type: multipart/mixed\n\njust text\n", 1, "just text\n"},
    {"never closed", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext", 2, "text"},
    {"part without an empty line",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n--b\n\ntext\n--b--", 3, "text"},
    {"similar boundaries",
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; "
     "boundary=bb\n\n--bb\n\ninner\n--bb--\n--b\n\n"
     "outer\n--b--",
     4, "inner\r\nouter"},
    {"Apple Mail: mixed in alternative",
     "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nall the text\n--a\nContent-Type: multipart/mixed; "
     "boundary=m\n\n--m\n"
     "Content-Type: text/html\n\n<p>one</p>\n--m\nContent-Type: application/pdf; "
     "name=x.pdf\n\nPDF\n--m\nContent-Type: text/html\n\n"
     "<p>two</p>\n--m--\n--a--",
     6,
     "all the text",
     {"2.2:x.pdf"}},
    {"invitation",
     "Content-Type: multipart/alternative; boundary=b\n\n--b\n\ncome\n--b\nContent-Type: text/calendar; "
     "method=REQUEST\n\nBEGIN:VCALENDAR\n"
     "--b--",
     3, "come"},
};

TEST(Message, samples_read_as_a_mail_reader_would) {
    for (auto const& sample : samples) {
        SCOPED_TRACE(sample.name);
        auto message = Message::parse(sample.bytes);
        EXPECT_EQ(message.parts().size(), sample.parts);
        EXPECT_EQ(message.plain(), sample.plain);
        EXPECT_TRUE(is_clean(message.html()));
        EXPECT_EQ(message.kind(), sample.kind);
        std::vector<std::string> found;
        for (auto const& a : message.attachments())
            found.push_back(a.part->path + ":" + a.name + (a.is_inline ? "!" : ""));
        EXPECT_EQ(found, sample.attachments);
        for (auto const& part : message.parts()) EXPECT_EQ(message.find(part.path), &part);
    }
}

TEST(Message, headers) {
    std::string bytes =
        "From: =?utf-8?Q?J=C3=B8rn?= <j@x.no>\r\nTo: a@b\r\nTo: c@d\r\nSubject: Re: AW: =?utf-8?Q?Th=C3=A9?=\r\n"
        "Date: Sat, 21 Nov 2026 21:50:00 +0100\r\nMessage-ID: <m@x>\r\nReferences: <r1@x> <r2@x>\r\n"
        "In-Reply-To: <r2@x>\r\nX-Priority: 1 (Highest)\r\n\r\nx";
    auto message = Message::parse(bytes);
    EXPECT_EQ(message.subject(), "Re: AW: Thé");
    EXPECT_EQ(message.thread_topic(), "Thé");
    EXPECT_EQ(message.addresses("to").size(), 2U);
    EXPECT_EQ(message.message_id(), "m@x");
    EXPECT_EQ(message.references(), (std::vector<std::string>{"r1@x", "r2@x"}));
    EXPECT_EQ(message.importance(), Importance::high);
    EXPECT_EQ(format_date(*message.date()), "Sat, 21 Nov 2026 20:50:00 +0000");
    EXPECT_EQ(message.conversation(), Message::parse("Message-ID: <r1@x>\n\n").conversation());
    EXPECT_NE(message.conversation(), Message::parse("Message-ID: <m@x>\n\n").conversation());
    EXPECT_EQ(message.conversation().size(), 16U);
    EXPECT_FALSE(parse_date("yesterday"));
    EXPECT_FALSE(parse_date(""));
}

TEST(Content, ranges_and_streams_agree_with_the_whole) {
    std::string encoded;
    for (int i = 0; i < 3000; ++i)
        encoded += "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4\r\n";
    auto bytes = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded;
    auto message = Message::parse(bytes);
    auto whole = content(message.root());
    ASSERT_EQ(whole.size(), 3000U * 57);
    EXPECT_EQ(content_size(message.root()), whole.size());
    EXPECT_NEAR(static_cast<double>(estimated_size(message.root())), static_cast<double>(whole.size()), 100);
    for (std::size_t offset :
         {0UL, 1UL, 56UL, 57UL, 16384UL, 100'000UL, whole.size() - 1, whole.size(), whole.size() + 5}) {
        for (std::size_t length : {0UL, 1UL, 700UL, 50'000UL}) {
            auto expected = offset < whole.size() ? whole.substr(offset, length) : "";
            EXPECT_EQ(content(message.root(), offset, length), expected) << offset << ' ' << length;
        }
    }
    for (std::size_t step : {1UL, 7UL, 511UL, 512UL, 4096UL}) {
        ContentReader reader(message.root());
        std::string read;
        std::vector<char> buffer(step);
        while (auto n = reader.read(buffer)) read.append(buffer.data(), n);
        EXPECT_EQ(read, whole) << step;
    }
}

TEST(Content, text_is_decoded_only_as_far_as_needed) {
    auto bytes = "Content-Type: text/plain; charset=utf-16le\r\n\r\n" + [] {
        std::string text;
        for (int i = 0; i < 100'000; ++i) text += "a\0"s;
        return text;
    }();
    auto message = Message::parse(bytes);
    auto some = message.plain(1000);
    EXPECT_GT(some.size(), 1000U);
    EXPECT_LT(some.size(), 20'000U);
    EXPECT_EQ(message.plain().size(), 100'000U);
}

std::string nested(int depth) {
    std::string bytes;
    for (int i = 0; i < depth; ++i) {
        auto b = "b" + std::to_string(i);
        bytes += "Content-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n";
    }
    return bytes + "\ndeep\n";
}

TEST(Message, hostile_mail_costs_its_size) {
    std::string many = "Content-Type: multipart/mixed; boundary=b\n\n", fields, dashes = nested(1000),
                parameters = "Content-Type: a/b";
    for (int i = 0; i < 20'000; ++i) many += "--b\nContent-Type: image/png; name=x\n\nx\n";
    for (int i = 0; i < 60'000; ++i) fields += "X-Field: something\n";
    for (int i = 0; i < 1'000'000; ++i) dashes += "--\n";
    for (int i = 0; i < 50'000; ++i) parameters += "; name*" + std::to_string(i) + "=x";
    std::string words = "Subject: ";
    for (int i = 0; i < 150'000; ++i) words += "=?a?Q?";
    std::string addresses = "To: ";
    for (int i = 0; i < 200'000; ++i) addresses += "a@b,(<";
    std::string const hostile[]{many,
                                fields,
                                dashes,
                                parameters + "\n\n",
                                words + "\n\n",
                                addresses + "\n\n",
                                "To: a" + std::string(900'000, ':') + ";\n\n",
                                "To: a@" + std::string(900'000, ':') + ";\n\n",
                                "Subject: " + std::string(1'000'000, 'x'),
                                "\n" + std::string(10'000'000, 'x'),
                                std::string(5'000'000, '\0'),
                                std::string(5'000'000, '\n'),
                                nested(20'000)};
    for (auto const& bytes : hostile) {
        SCOPED_TRACE(bytes.substr(0, 40));
        auto begin = std::clock();
        auto message = Message::parse(bytes);
        EXPECT_LE(message.parts().size(), Limits{}.parts);
        EXPECT_LE(message.addresses("To").size(), max_addresses);
        EXPECT_TRUE(is_clean(message.subject()));
        EXPECT_TRUE(is_clean(message.plain(32768)));
        EXPECT_LE(message.attachments().size(), Limits{}.parts);
        EXPECT_LT(std::clock() - begin, 8 * CLOCKS_PER_SEC);
    }
    EXPECT_TRUE(Message::parse(many).cut_by_limits());
    EXPECT_TRUE(Message::parse(nested(100)).cut_by_limits());
}

TEST(Compose, recipients_and_departure) {
    std::string mime = "To: A <a@x.org>, b@x.org\nX-Keep:  odd   spacing \nBcc: secret@x.org,\n other@x.org\nCc: "
                       "B@X.ORG\nSubject: s\n\nline\n";
    auto who = recipients(mime);
    EXPECT_EQ(who.all(), (std::vector<std::string>{"a@x.org", "b@x.org", "B@X.ORG", "secret@x.org", "other@x.org"}));
    auto out = prepare(mime, {.from = Address{"Me", "me@x.org"}, .now = {}, .message_id = "id@x"});
    EXPECT_EQ(out, "From: \"Me\" <me@x.org>\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\nMessage-ID: <id@x>\r\nTo: A "
                   "<a@x.org>, b@x.org\r\n"
                   "X-Keep:  odd   spacing \r\nCc: B@X.ORG\r\nSubject: s\r\n\r\nline\r\n");
    EXPECT_EQ(prepare(out, {}), out); // nothing left to do
    EXPECT_TRUE(prepare(mime, {.keep_bcc = true}).contains("Bcc: secret@x.org,\r\n other@x.org\r\n"));
    auto replaced = prepare("Sender: x@y\nfrom: evil@y\nFrom: again@y\n\nbody",
                            {.from = Address{"", "me@x"}, .sender = Address{"", "del@x"}});
    EXPECT_EQ(replaced, "Sender: del@x\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\nFrom: me@x\r\n\r\nbody");
    EXPECT_EQ(prepare("no header", {.message_id = "i@x"}),
              "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nMessage-ID: <i@x>\r\n\r\nno header");
    std::string late;
    for (int i = 0; i < 5000; ++i) late += "X: y\n";
    EXPECT_FALSE(prepare(late + "Bcc: secret@x\n\n", {}).contains("secret"));
    EXPECT_FALSE(prepare("To: a@b\nX: y\rBcc: hidden@x\n\n", {}).contains("hidden")); // a lone CR hides no field
    EXPECT_EQ(recipients("To: a@b\nX: y\rBcc: hidden@x\n\n").bcc.size(), 1U);
    EXPECT_EQ(to_crlf("a\nb\rc\r\nd"), "a\r\nb\r\nc\r\nd");
}

} // namespace
} // namespace godwit::mime
