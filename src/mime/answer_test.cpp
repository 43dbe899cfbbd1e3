#include "mime/answer.hpp"
#include "mime/content.hpp"
#include "mime/message.hpp"
#include "mime/splice.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <sstream>

namespace godwit::mime {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string lines(std::string_view text) { return to_crlf(text); }

std::string whole(Manuscript const& m) { return leaving_header(m.header, {.keep_bcc = true}) + m.body.flat(); }

std::string answered(std::string_view written, std::string_view original, Verb verb) {
    return whole(answer(written, original, {.verb = verb, .token = "t"}));
}

std::string const plain_reply = lines("From: me@x.org\nTo: ann@y.org\nSubject: Re: hi\nMessage-ID: <r@x>\n"
                                      "Date: Sat, 21 Nov 2026 22:00:00 +0000\nContent-Type: text/plain\n\nYes.\n");
std::string const html_reply = lines("From: me@x.org\nTo: ann@y.org\nSubject: Re: hi\nMessage-ID: <r@x>\n"
                                     "Date: Sat, 21 Nov 2026 22:00:00 +0000\nContent-Type: text/html\n\n"
                                     "<html><body><p>Yes.</p></body></html>\n");
std::string const plain_original =
    lines("From: Ann <ann@y.org>\nTo: me@x.org, Bob <bob@z.org>\nCc: eve@z.org\nSubject: hi\nMessage-ID: <o@y>\n"
          "References: <first@y> <second@y>\nDate: Sat, 21 Nov 2026 21:50:00 +0100\n\nShall we?\n\n> you said\n");
std::string const html_original = lines(R"(From: Ann <ann@y.org>
To: me@x.org
Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=
Message-ID: <o@y>
Date: Sat, 21 Nov 2026 21:50:00 +0100
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<html><head><style>p { color: red }</style></head><body bgcolor="#eee"><p>Look: <img src="cid:pic@y"></p></body></html>
--r
Content-Type: image/png
Content-ID: <pic@y>
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--r--
--m
Content-Type: application/pdf; name="plan.pdf"
Content-Disposition: attachment; filename="plan.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--m--
)");

TEST(Answer, plain_below_plain_golden) {
    EXPECT_EQ(
        answered(plain_reply, plain_original, Verb::reply),
        lines("From: me@x.org\nTo: ann@y.org\nSubject: Re: hi\nMessage-ID: <r@x>\n"
              "Date: Sat, 21 Nov 2026 22:00:00 +0000\nIn-Reply-To: <o@y>\nReferences: <first@y>\n <second@y>\n <o@y>\n"
              "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\n"
              "Yes.\n\n________________________________\n"
              "From: \"Ann\" <ann@y.org>\nSent: Sat, 21 Nov 2026 21:50:00 +0100\n"
              "To: me@x.org, \"Bob\" <bob@z.org>\nCc: eve@z.org\nSubject: hi\n\n"
              "> Shall we?\n>\n>> you said\n"));
}

TEST(Answer, a_forward_quotes_without_marks) {
    auto const out = answered(plain_reply, plain_original, Verb::forward);
    EXPECT_THAT(out, HasSubstr("Subject: hi\r\n\r\nShall we?\r\n\r\n> you said\r\n"));
}

TEST(Answer, html_below_plain_makes_both_html_with_its_images) {
    auto const out = answered(plain_reply, html_original, Verb::reply);
    auto const message = Message::parse(out);
    EXPECT_TRUE(message.root().is("multipart/related"));
    EXPECT_TRUE(message.is_html());
    auto const html = message.html();
    EXPECT_LT(html.find("Yes."), html.find("<b>From:</b> &quot;Ann&quot;"));
    EXPECT_THAT(html, HasSubstr("<img src=\"cid:pic@y\">"));
    EXPECT_THAT(html, HasSubstr("grüße"));
    EXPECT_THAT(html, HasSubstr("<style>\r\n.original-message p{ color: red }"));
    EXPECT_THAT(html, HasSubstr("<div style=\"background-color:#eee\">"));
    EXPECT_THAT(message.plain(), HasSubstr("Yes.\r\n\r\n____"));
    auto const attached = message.attachments();
    ASSERT_EQ(attached.size(), 1U) << "a reply leaves the attachments where they are, but for what the text shows";
    EXPECT_TRUE(attached[0].is_inline);
    EXPECT_EQ(content(*attached[0].part), "\x89PNG\r\n\x1a\n");
}

TEST(Answer, a_forward_brings_the_attachments) {
    for (auto const* reply : {&plain_reply, &html_reply}) {
        auto const out = answered(*reply, html_original, Verb::forward);
        auto const message = Message::parse(out);
        EXPECT_TRUE(message.root().is("multipart/mixed"));
        auto const attached = message.attachments();
        ASSERT_EQ(attached.size(), 2U);
        EXPECT_TRUE(attached[0].is_inline);
        EXPECT_EQ(attached[1].name, "plan.pdf");
        EXPECT_EQ(content(*attached[1].part), "%PDF-1.4\n");
    }
}

TEST(Answer, large_parts_are_views) {
    std::string original =
        lines("From: a@b\nSubject: big\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\ntext\n--m\n"
              "Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n");
    while (original.size() < 3'000'000) original += std::string(76, 'A') + "\r\n";
    original += "--m--\r\n";
    auto const out = answer(plain_reply, original, {.verb = Verb::forward, .token = "t"});
    std::size_t viewed = 0;
    for (auto piece : out.body.pieces())
        if (piece.data() >= original.data() && piece.data() < original.data() + original.size()) viewed += piece.size();
    EXPECT_GT(viewed, 2'990'000U);
    EXPECT_EQ(content_size(*Message::parse(whole(out)).attachments().at(0).part),
              content_size(*Message::parse(original).attachments().at(0).part));
}

// A signature must stay one, and nobody can quote what is encrypted: the message is attached as it is, without its Bcc.
TEST(Answer, what_is_sealed_travels_whole) {
    for (std::string_view type : {"multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=s",
                                  "multipart/signed; protocol=\"application/pgp-signature\"; boundary=s",
                                  "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=s"}) {
        auto const body = lines("--s\nContent-Type: text/plain\n\nsigned   text \n--s\nContent-Type: "
                                "application/x\n\nxx\n--s--\n");
        auto const head =
            "From: a@b\r\nBcc: secret@c\r\nSubject: a/b\r\nContent-Type: " + std::string(type) + "\r\n\r\n";
        auto const original = head + body;
        auto const out = answered(plain_reply, original, Verb::forward);
        auto const message = Message::parse(out);
        auto const attached = message.attachments();
        ASSERT_EQ(attached.size(), 1U) << type;
        EXPECT_TRUE(attached[0].part->is("message/rfc822"));
        EXPECT_EQ(attached[0].name, "a_b.eml");
        EXPECT_THAT(content(*attached[0].part), HasSubstr(body));
        EXPECT_THAT(out, Not(HasSubstr("secret")));
        EXPECT_EQ(message.plain(), "Yes.\r\n");
    }
}

TEST(Answer, a_reply_that_is_signed_stays_as_it_is) {
    auto const sealed = lines("From: me@x.org\nTo: a@b\nContent-Type: multipart/signed; protocol=\"application/"
                              "pkcs7-signature\"; boundary=s\n\n--s\n\nx\n--s\nContent-Type: "
                              "application/pkcs7-signature\n\ny\n--s--\n");
    auto const out = answer(sealed, plain_original, {.token = "t"});
    EXPECT_EQ(out.body.flat(), sealed.substr(sealed.find("\r\n\r\n") + 4));
    EXPECT_THAT(out.header, HasSubstr("In-Reply-To: <o@y>\r\n"));
}

TEST(Answer, as_written_adds_only_the_thread) {
    auto const out = answer_as_written(plain_reply, plain_original);
    EXPECT_EQ(out.body.flat(), "Yes.\r\n");
    EXPECT_THAT(out.header, HasSubstr("References: <first@y>\r\n <second@y>\r\n <o@y>\r\n"));
    auto const said = "In-Reply-To: <else@x>\r\nReferences: <else@x>\r\n" + plain_reply;
    EXPECT_EQ(answer_as_written(said, plain_original).header, said.substr(0, said.find("\r\n\r\n") + 2));
}

TEST(Answer, the_chain_of_references_is_bounded_and_clean) {
    std::string original = "Message-ID: <own@y>\r\nReferences:";
    for (int i = 0; i < 500; ++i) original += " <" + std::to_string(i) + "@y>";
    original += " <" + std::string(500, 'x') + "> <inj\tected@y>\r\n\r\n";
    auto const header = answer_as_written(plain_reply, original).header;
    EXPECT_THAT(header, HasSubstr("References: <0@y>\r\n <"));
    EXPECT_THAT(header, HasSubstr("<499@y>\r\n"));
    EXPECT_THAT(header, HasSubstr("\r\n <own@y>\r\n"));
    EXPECT_LT(header.size(), 2000U);
    EXPECT_THAT(header, Not(HasSubstr("xxx")));
}

// "A person would not notice": the invitation in a forward is still one.
TEST(Answer, a_forward_keeps_the_invitation) {
    auto const original =
        lines("From: a@b\nContent-Type: multipart/alternative; boundary=m\n\n--m\n\nCome!\n--m\n"
              "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\n--m--\n");
    auto const bytes = answered(plain_reply, original, Verb::forward);
    auto const message = Message::parse(bytes);
    ASSERT_NE(message.calendar(), nullptr);
    EXPECT_THAT(content(*message.calendar()), HasSubstr("BEGIN:VCALENDAR"));
    EXPECT_THAT(bytes, HasSubstr("method=REQUEST"));
    auto const reply = answered(plain_reply, original, Verb::reply);
    EXPECT_EQ(Message::parse(reply).calendar(), nullptr);
}

TEST(Answer, a_forward_may_bring_another_invitation) { // to one occurrence of the series (MS-ASCMD 2.2.3.92.2)
    auto const original = lines(
        "From: a@b\nContent-Type: multipart/mixed; boundary=m\n\n--m\n"
        "Content-Type: multipart/alternative; boundary=n\n\n--n\n\nCome!\n--n\n"
        "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nX:series\n--n--\n--m\n"
        "Content-Type: application/ics; name=invite.ics\nContent-Disposition: attachment; filename=invite.ics\n\n"
        "BEGIN:VCALENDAR\nX:series\n--m\n"
        "Content-Type: text/calendar; name=trip.ics\nContent-Disposition: attachment; filename=trip.ics\n\n"
        "BEGIN:VCALENDAR\nX:trip\n--m\n"
        "Content-Type: text/x-agenda; name=agenda\nContent-Disposition: attachment; filename=agenda\n\nA.\n--m--\n");
    Answering how{.verb = Verb::forward, .token = "t"};
    how.invitation = {.entity = text_entity("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\r\nX:one\r\n"),
                      .is_copy = [](Part const& part) { return content(part).contains("X:series"); }};
    auto const bytes = whole(answer(plain_reply, original, how));
    auto const message = Message::parse(bytes);
    ASSERT_NE(message.calendar(), nullptr);
    EXPECT_THAT(content(*message.calendar()), HasSubstr("X:one"));
    EXPECT_THAT(bytes, Not(HasSubstr("series")));
    ASSERT_EQ(message.attachments().size(), 2U);
    EXPECT_EQ(message.attachments()[0].name, "trip.ics"); // another meeting's
    EXPECT_EQ(message.attachments()[1].name, "agenda");
    auto const brought =
        lines("From: me@x.org\nTo: c@d\nContent-Type: multipart/mixed; boundary=p\n\n--p\n\nSee.\n--p\n"
              "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nX:phone\n--p--\n");
    auto const of_phone = whole(answer(brought, original, how));
    EXPECT_THAT(of_phone, HasSubstr("X:phone"));
    EXPECT_THAT(of_phone, Not(testing::ContainsRegex("X:series|X:one")));
    how.verb = Verb::reply;
    auto const reply = whole(answer(plain_reply, original, how));
    EXPECT_EQ(Message::parse(reply).calendar(), nullptr);
}

TEST(Answer, what_the_phone_attaches_is_attached_as_it_wanted) {
    auto const reply = lines("From: me@x.org\nTo: a@b\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nYes.\n--m\n"
                             "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n--m--\n");
    auto const out = answered(reply, plain_original, Verb::reply);
    EXPECT_THAT(out, HasSubstr("\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN"));
    EXPECT_NE(Message::parse(out).calendar(), nullptr);
}

TEST(Answer, an_endless_original_is_bounded) {
    auto const original = "From: a@b\r\nSubject: x\r\n\r\n" + std::string(5'000'000, 'x') + "\r\n";
    auto const reply = answered(plain_reply, original, Verb::reply);
    EXPECT_LT(reply.size(), 1'200'000U);
    EXPECT_THAT(Message::parse(reply).plain(), HasSubstr("not quoted.]"));
    auto const forward = answered(plain_reply, original, Verb::forward);
    EXPECT_EQ(Message::parse(forward).attachments().at(0).method, Method::embedded_message);
}

TEST(Splice, what_would_not_travel_is_encoded_anew) {
    struct Row {
        char const* what;
        std::string part, content;
    };
    std::string const octets("a\0b\rc\nd", 7);
    for (auto const& row :
         {Row{"binary", "Content-Type: image/x; name=i\r\nContent-Transfer-Encoding: binary\r\n\r\n" + octets, octets},
          Row{"one line of base64",
              "Content-Type: image/x; name=i\r\nContent-Transfer-Encoding: base64\r\n\r\n" + std::string(4000, 'A'),
              std::string(3000, '\0')},
          Row{"a long line of text", "Content-Type: text/csv; name=i\r\n\r\n" + std::string(3000, 'x'),
              std::string(3000, 'x')}}) {
        auto const original =
            "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\r\nhi\r\n--m\r\n" + row.part + "\r\n--m--\r\n";
        auto const out = answered(plain_reply, original, Verb::forward);
        std::istringstream in(out);
        for (std::string line; std::getline(in, line);) EXPECT_LE(line.size(), 999U) << row.what;
        auto const message = Message::parse(out);
        ASSERT_EQ(message.attachments().size(), 1U) << row.what;
        EXPECT_EQ(content(*message.attachments()[0].part), row.content) << row.what;
    }
}

// What is dangerous in HTML and MIME, at random.
class Soup {
public:
    std::string original() {
        auto const soup = text();
        auto const mixed = random_() % 2 == 0 ? "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" : "";
        return "From: a@b\r\nSubject: " + soup.substr(0, 20) + "\r\nMessage-ID: <" + soup.substr(0, 9) + ">\r\n" +
               mixed + "Content-Type: text/html\r\n\r\n" + soup;
    }
    std::string token() { return std::to_string(random_()); }
    bool coin() { return random_() % 2 == 0; }

private:
    std::string text() {
        static constexpr std::string_view bits[] = {
            "<div>",
            "</div>",
            "<blockquote>",
            "</blockquote>",
            "<!--",
            "-->",
            "<table>",
            "<td>",
            "</table>",
            "<p>",
            "</p>",
            "</body>",
            "</html>",
            "<style>",
            "}",
            "*{",
            "</style",
            "<script",
            "\"",
            "'",
            "<a href=",
            "&",
            "\r\n",
            "\n",
            "\r",
            "--m",
            "--m--",
            "--gw0-t",
            "Bcc: x@y",
            "=\r\n",
            "=3D",
            "\xff",
            "text",
            "<",
            ">",
            "<svg>",
            "<select>",
            "<title>",
            "::",
        };
        std::string out;
        for (auto n = random_() % 60; n > 0; --n) out += bits[random_() % std::size(bits)];
        return out;
    }
    std::mt19937 random_{7};
};

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
    return n;
}

// What the original holds cannot reach into the reply, end its quotation, or add a field or a recipient.
TEST(Property, hostile_originals_stay_in_their_place) {
    Soup soup;
    for (int round = 0; round < 800; ++round) {
        auto const original = soup.original();
        auto const verb = soup.coin() ? Verb::reply : Verb::forward;
        auto const& reply = soup.coin() ? plain_reply : html_reply;
        auto const out = whole(answer(reply, original, {.verb = verb, .token = soup.token()}));
        auto const message = Message::parse(out);
        ASSERT_TRUE(message.plain().starts_with("Yes.")) << original;
        EXPECT_EQ(recipients(out).all(), std::vector<std::string>{"ann@y.org"}) << original;
        auto const html = message.is_html() ? message.html() : std::string();
        EXPECT_EQ(count(html, "<blockquote"), count(html, "</blockquote>")) << html;
        EXPECT_EQ(count(html, "<div"), count(html, "</div>")) << html;
        EXPECT_EQ(count(html, "<script"), 0U) << html;
        EXPECT_LE(count(html, "</body>"), 1U) << html;
    }
}

std::string squeezed(std::string text) {
    std::erase(text, '\r');
    return text;
}

// Every message that exists, forwarded, has its attachments; replied to, its inline images.
TEST(Corpus, forwards_keep_everything) {
    std::filesystem::path const folder = std::filesystem::path(GODWIT_SHARED) / "corpus/mail";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no corpus here";
    std::size_t messages = 0;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ostringstream read;
        read << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        auto const bytes = read.str();
        auto const original = Message::parse(bytes);
        auto const wanted = original.attachments();
        for (auto const* written : {&plain_reply, &html_reply}) {
            auto const reply = answered(*written, bytes, Verb::reply);
            EXPECT_TRUE(Message::parse(reply).plain().starts_with("Yes.")) << entry.path();
            auto const out = answered(*written, bytes, Verb::forward);
            auto const forward = Message::parse(out);
            EXPECT_TRUE(forward.plain().starts_with("Yes.")) << entry.path();
            auto const found = forward.attachments();
            bool const as_message = found.size() == 1 && found[0].method == Method::embedded_message &&
                                    squeezed(content(*found[0].part)).size() + 2 >= squeezed(bytes).size() * 9 / 10;
            if (as_message && wanted.size() != 1) continue;
            ASSERT_EQ(found.size(), wanted.size()) << entry.path();
            std::multiset<std::string> a, b;
            for (auto const& one : wanted) a.insert(squeezed(content(*one.part)));
            for (auto const& one : found) b.insert(squeezed(content(*one.part)));
            if (!as_message) EXPECT_TRUE(a == b) << entry.path();
        }
        ++messages;
    }
    EXPECT_GT(messages, 0U);
}

} // namespace
} // namespace godwit::mime
