#include "convert/draft.hpp"

#include "convert/file_reference.hpp"
#include "mime/content.hpp"
#include "mime/message.hpp"

#include <array>
#include <chrono>
#include <gtest/gtest.h>

namespace godwit::convert {
namespace {

using eas::AttachmentAdd, eas::AttachmentDelete, eas::AttachmentEntry;

Author const anna{{"Anna", "anna@example.org"}, "id@example.org"};

eas::Body body(std::string text, eas::BodyType type = eas::BodyType::Plain) {
    return {.type = type, .data = eas::Content{std::move(text), false}};
}
AttachmentAdd file(std::string id, std::string name, std::string bytes) {
    return {.client_id = std::move(id), .content = eas::Opaque{std::move(bytes)}, .display_name = std::move(name)};
}
std::vector<AttachmentEntry> entries(std::vector<AttachmentEntry> list) { return list; }

std::vector<std::string> names(std::string const& draft) {
    auto message = mime::Message::parse(draft);
    std::vector<std::string> out;
    for (auto const& a : message.attachments())
        out.push_back(a.name + (a.is_inline ? "!" : "") + ":" + mime::content(*a.part));
    return out;
}

eas::Email const whole{.to = "\"Max\" <max@example.org>, b@example.org",
                       .cc = "c@example.org",
                       .subject = "Grüße",
                       .reply_to = "\"A; B\" <r@example.org>;s@example.org",
                       .importance = eas::Importance::High,
                       .attachments = entries({file("a1", "one.txt", "1"), file("a2", "two.txt", "2")}),
                       .body = body("Hello\r\n"),
                       .bcc = "d@example.org"};

TEST(Draft, what_the_phone_says_is_what_every_phone_reads) {
    auto draft = new_draft(whole, anna);
    ASSERT_TRUE(draft);
    for (auto version : {eas::v16_0, eas::v16_1}) {
        auto email = email_from_bytes(*draft, {.item = 5, .draft = true}, {}, version).email;
        EXPECT_EQ(email.to, whole.to);
        EXPECT_EQ(email.cc, whole.cc);
        EXPECT_EQ(email.bcc, whole.bcc);
        EXPECT_EQ(email.subject, whole.subject);
        EXPECT_EQ(email.reply_to, whole.reply_to);
        EXPECT_EQ(email.importance, whole.importance);
        EXPECT_EQ(email.from, "\"Anna\" <anna@example.org>");
        EXPECT_EQ(email.body->data->bytes, "Hello\r\n");
        EXPECT_EQ(email.is_draft, true);
        ASSERT_TRUE(email.attachments && email.attachments->size() == 2);
        auto given = uploaded(whole);
        ASSERT_EQ(given.size(), 2U);
        for (std::size_t i = 0; i < 2; ++i) // MS-ASAIRS_R1336
            EXPECT_EQ(std::get<eas::Attachment>(email.attachments->at(i)).file_reference,
                      format(FileReference{5, given[i].part}));
    }
}

TEST(Draft, what_a_change_does_not_mention_stays) {
    struct Row {
        std::string_view why;
        eas::Email change;
        void (*expect)(eas::Email&); // what it does to what is read
    };
    Row const rows[]{
        {"nothing", {}, [](eas::Email&) {}},
        {"subject", {.subject = "New"}, [](eas::Email& e) { e.subject = e.thread_topic = "New"; }},
        {"no recipient", {.to = ""}, [](eas::Email& e) { e.to.reset(), e.display_to.reset(); }},
        {"bcc", {.bcc = "x@example.org"}, [](eas::Email& e) { e.bcc = "x@example.org"; }},
        {"importance",
         {.importance = eas::Importance::Normal},
         [](eas::Email& e) { e.importance = eas::Importance::Normal; }},
        {"body",
         {.body = body("New")},
         [](eas::Email& e) { e.body = eas::Body{.estimated_data_size = 3, .data = eas::Content{"New"}}; }},
        {"a body without data is none", {.body = eas::Body{}}, [](eas::Email&) {}},
        {"a name without an address stays in the draft",
         {.to = "Max"},
         [](eas::Email& e) { e.to = "\"Max\"", e.display_to = "Max"; }},
    };
    auto draft = new_draft(whole, anna).value();
    auto read = [](std::string const& bytes) {
        return email_from_bytes(bytes, {.item = 5, .draft = true}, {}, eas::v16_1).email;
    };
    for (auto const& row : rows) {
        SCOPED_TRACE(row.why);
        auto expected = read(draft);
        row.expect(expected);
        auto changed = changed_draft(draft, row.change);
        ASSERT_TRUE(changed);
        EXPECT_EQ(read(*changed), expected) << *changed;
        EXPECT_EQ(changed_draft(*changed, row.change), *changed); // said again it changes nothing
    }
    EXPECT_EQ(changed_draft(draft, whole), draft); // clients.md: Gmail sends all of it again
}

TEST(Draft, attachments_come_and_go) {
    auto draft = new_draft(whole, anna).value();
    auto parts = uploaded(whole);
    auto gone = [&](std::size_t i) { return AttachmentDelete{format(FileReference{5, parts[i].part})}; };
    auto without = changed_draft(draft, {.attachments = entries({gone(0)})}).value();
    EXPECT_EQ(names(without), (std::vector<std::string>{"two.txt:2"}));
    // The name of the other still holds, though it lies at another place now.
    EXPECT_EQ(names(changed_draft(without, {.attachments = entries({gone(1)})}).value()), (std::vector<std::string>{}));
    EXPECT_EQ(changed_draft(without, {.attachments = entries({gone(0)})}), without);
    auto more = changed_draft(without, {.attachments = entries({file("a3", "three.txt", "3"), gone(1)})}).value();
    EXPECT_EQ(names(more), (std::vector<std::string>{"three.txt:3"}));
    EXPECT_EQ(changed_draft(more, {.attachments = entries({file("again", "three.txt", "3")})}), more); // law 1
    auto picture = file("p", "p.png", "PNG");
    picture.is_inline = true;
    picture.content_id = "i@x";
    auto shown = changed_draft(draft, {.attachments = entries({picture}),
                                       .body = body("<img src=\"cid:i@x\">", eas::BodyType::Html)})
                     .value();
    EXPECT_EQ(names(shown), (std::vector<std::string>{"p.png!:PNG", "one.txt:1", "two.txt:2"}));
    EXPECT_EQ(mime::Message::parse(shown).plain(), "");
    EXPECT_TRUE(mime::Message::parse(shown).is_html());
    auto reworded = changed_draft(shown, {.body = body("<p>none</p>", eas::BodyType::Html)}).value();
    EXPECT_EQ(names(reworded).size(), 3U); // it is not lost with the text that showed it
    EXPECT_EQ(changed_draft(reworded, {.body = body("<p>none</p>", eas::BodyType::Html)}), reworded);
}

// Incident 2.7: a phone that starts over adds again what it has, in one; the draft came to say that in steps.
TEST(Draft, is_the_same_by_what_it_says_however_it_came_to_say_it) {
    eas::Email const said{.to = "max@example.org", .subject = "dinner", .body = body("at eight")};
    eas::Email const steps[] = {{.to = said.to}, {.subject = said.subject}, {.body = said.body}};
    for (auto const order : {std::array{0, 1, 2}, std::array{2, 1, 0}, std::array{1, 2, 0}, std::array{2, 0, 1}}) {
        auto draft = new_draft({}, anna);
        for (auto const step : order) {
            ASSERT_TRUE(draft);
            EXPECT_FALSE(is_same_draft(*draft, said));
            draft = changed_draft(*draft, steps[step]);
        }
        ASSERT_TRUE(draft);
        EXPECT_TRUE(is_same_draft(*draft, said)) << *draft;
        for (auto const& other : {eas::Email{.to = "b@example.org", .subject = said.subject, .body = said.body},
                                  eas::Email{.to = said.to, .subject = "lunch", .body = said.body},
                                  eas::Email{.to = said.to, .subject = said.subject, .body = body("at nine")},
                                  eas::Email{.subject = said.subject, .body = said.body}})
            EXPECT_FALSE(is_same_draft(*draft, other));
    }
    auto const theirs = "To: max@example.org\r\nSubject: dinner\r\n\r\nat eight\r\n"; // another program's, without MIME
    EXPECT_TRUE(is_same_draft(theirs, said));
    EXPECT_FALSE(is_same_draft(theirs, {.to = said.to, .subject = said.subject, .body = body("at nine")}));
}

TEST(Draft, a_mime_body_is_the_whole_message) {
    std::string mime =
        "Subject: sealed\nTo: x@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n"
        "Content-Type: a/b; name=f\n\nF\n--b--\n";
    auto draft = new_draft({.importance = eas::Importance::High, .body = body(mime, eas::BodyType::Mime)}, anna);
    ASSERT_TRUE(draft);
    auto message = mime::Message::parse(*draft);
    EXPECT_EQ(message.subject(), "sealed");
    EXPECT_EQ(message.importance(), mime::Importance::high);
    EXPECT_EQ(names(*draft), (std::vector<std::string>{"f:F"}));
    EXPECT_FALSE(draft->contains("MIME-Version")); // its structure is as it came
    auto with =
        changed_draft(*draft, {.attachments = entries({file("1", "g", "G")}), .body = body(mime, eas::BodyType::Mime)});
    EXPECT_EQ(names(with.value()), (std::vector<std::string>{"f:F", "g:G"}));
    EXPECT_EQ(mime::Message::parse(*with).plain(), "text");
}

TEST(Draft, what_is_refused) {
    AttachmentAdd const never{.client_id = "a", .display_name = "never uploaded"};
    auto ole = file("a", "x", "y");
    ole.method = eas::AttachmentMethod::AttachOle;
    eas::Email const bad[]{
        {.attachments = entries({never})},
        {.attachments = entries({ole})},
        {.attachments = entries({eas::Attachment{}})},
        {.body = body("{\\rtf1}", eas::BodyType::Rtf)},
        {.subject = "x", .body = body("Subject: y\r\n\r\n", eas::BodyType::Mime)},
        {.body = body("no message", eas::BodyType::Mime)},
        {.meeting_request = eas::MeetingRequest{}},
        {.conversation_id = eas::Opaque{"x"}},
        {.received_as_bcc = true},
        {.sender = "x@example.org"},
    };
    auto draft = new_draft(whole, anna).value();
    for (auto const& one : bad) {
        EXPECT_FALSE(new_draft(one, anna));
        EXPECT_FALSE(changed_draft(draft, one));
    }
    std::string sealed = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nAAAA";
    EXPECT_FALSE(changed_draft(sealed, {.attachments = entries({file("a", "x", "y")})}));
    EXPECT_TRUE(changed_draft(sealed, {.subject = "x"}));
    std::string many = "Content-Type: multipart/mixed; boundary=b\n\n"; // what is not read could not be kept
    for (int i = 0; i < 11'000; ++i) many += "--b\n\nx\n";
    EXPECT_FALSE(changed_draft(many, {.body = body("x")}));
    EXPECT_TRUE(changed_draft(many, {.subject = "x"}));
    EXPECT_FALSE(draft_marks({.flag = eas::EmailFlag{.start_date = eas::DateTime{}}}));
    EXPECT_EQ(draft_marks({.subject = "s", .read = true})->read, true);
}

// Sending it is refused (183, MS-ASCMD_R7472), so that it must not be mended meanwhile.
TEST(Draft, a_recipient_that_is_none_stays_one) {
    for (auto const* to : {"a b@example.org", "ann@x.org, b@@example.org", "Ann ann@x.org"}) {
        auto const draft = new_draft({.to = to}, {.from = {"", "me@x.org"}, .message_id = "1@x"});
        ASSERT_TRUE(draft) << to;
        EXPECT_FALSE(has_good_recipients(*draft)) << to;
    }
    auto const draft = new_draft({.to = "\"john doe\"@example.org"}, {.from = {"", "me@x.org"}, .message_id = "1@x"});
    EXPECT_TRUE(has_good_recipients(*draft));
    EXPECT_EQ(email_from_bytes(*draft, {}, {}, eas::v16_1).email.to, "\"john doe\"@example.org");
}

TEST(Draft, recipients) {
    struct Row {
        std::string_view header;
        bool good;
    };
    for (auto const& [header, good] :
         {Row{"", false}, Row{"To: \r\n", false}, Row{"To: a@b\r\n", true}, Row{"Bcc: a@b\r\n", true},
          Row{"To: Max\r\n", false}, Row{"To: a@b, Max\r\n", false}, Row{"To: @b\r\n", false}, Row{"Cc: a@\r\n", false},
          Row{"To: a b@c\r\n", false}, Row{"To: a@b\r\nBcc: b@@c\r\n", false}, Row{"To: \"a b\"@c\r\n", true}})
        EXPECT_EQ(has_good_recipients(std::string(header) + "\r\nx"), good) << header;
    EXPECT_EQ(undated("Date: x\r\nTo: a\r\n\r\nb"), "To: a\r\n\r\nb");
}

TEST(Draft, any_message_can_be_a_draft_and_be_changed) {
    std::string deep, many = "Content-Type: multipart/mixed; boundary=b\n\n", fields;
    for (int i = 0; i < 30; ++i)
        deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) + "\n";
    for (int i = 0; i < 9'000; ++i) many += "--b\nContent-Type: image/png; name=x\n\nx\n";
    for (int i = 0; i < 30'000; ++i) fields += "X-Field: something\n";
    std::string const samples[]{
        "",
        "no header",
        std::string(5000, '\0'),
        deep + "\nx",
        many,
        fields + "\nbody",
        "Subject: x\n\n" + std::string(10 << 20, 'x'),
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\np\n--b\nContent-Type: text/html\n\n<p>h\n--b--"};
    auto begin = std::chrono::steady_clock::now();
    for (auto const& sample : samples) {
        SCOPED_TRACE(sample.substr(0, 60));
        auto before = mime::Message::parse(sample);
        auto changed = changed_draft(sample, {.subject = "new", .attachments = entries({file("1", "f", "F")})}).value();
        auto after = mime::Message::parse(changed);
        EXPECT_EQ(after.subject(), "new");
        EXPECT_EQ(after.attachments().back().name, "f");
        EXPECT_LE(changed.size(), sample.size() + sample.size() / 50 + 400'000);
        auto again = changed_draft(changed, {.body = body("text")}).value();
        EXPECT_EQ(mime::Message::parse(again).plain(), "text");
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin,
              std::chrono::seconds(20)); // under sanitizers, on a busy machine
}

} // namespace
} // namespace godwit::convert
