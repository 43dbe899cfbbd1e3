#include "convert/body.hpp"

#include "convert/email.hpp"
#include "convert/mail_fixture.hpp"

#include <gtest/gtest.h>

namespace godwit::convert {
namespace {

eas::Body body_of(std::string const& bytes, BodyOptions const& options, eas::Version version = eas::v16_1) {
    return to_body(mime::Message::parse(bytes), options, version);
}

struct BodyRow {
    std::string_view why;
    std::string const* mail;
    BodyOptions options;
    BodyType type;
    std::optional<std::string> data; // absent: no data
    bool truncated = false;
};

BodyRow const rows[]{
    {"no preference: plain", &html_mail, {}, BodyType::Plain, "café one two three\r\n"},
    {"plain asked for", &both_mail, {.preferences = {plain}}, BodyType::Plain, "plain text"},
    {"the native type wins (AIRS_R77)",
     &both_mail,
     {.preferences = {plain, html}},
     BodyType::Html,
     "<p>the html text</p>"},
    {"the native type wins", &plain_mail, {.preferences = {html, plain}}, BodyType::Plain, "héllo world"},
    {"cut by bytes, not in a character (trap 28)",
     &plain_mail,
     {.preferences = {limited(plain, 2)}},
     BodyType::Plain,
     "h",
     true},
    {"size 0: no text", &plain_mail, {.preferences = {limited(plain, 0)}}, BodyType::Plain, "", true},
    {"exactly as long", &plain_mail, {.preferences = {limited(plain, 12)}}, BodyType::Plain, "héllo world"},
    {"no tag is left open", &both_mail, {.preferences = {limited(html, 18)}}, BodyType::Html, "<p>the html text", true},
    {"all or none, too long, nothing else (AIRS_R376)",
     &plain_mail,
     {.preferences = {limited(plain, 5, true)}},
     BodyType::Plain,
     std::nullopt,
     true},
    {"all or none, fits", &plain_mail, {.preferences = {limited(plain, 50, true)}}, BodyType::Plain, "héllo world"},
    {"all or none, then the next (AIRS_R385)",
     &both_mail,
     {.preferences = {limited(html, 5, true), limited(plain, 5)}},
     BodyType::Plain,
     "plain",
     true},
    {"all or none without a size means nothing (trap 27)",
     &plain_mail,
     {.preferences = {BodyPreference{.all_or_none = true}}},
     BodyType::Plain,
     "héllo world"},
    {"MIME not allowed (trap 31)", &plain_mail, {.preferences = {mime, plain}}, BodyType::Plain, "héllo world"},
    {"MIME for S/MIME only, and this is none",
     &plain_mail,
     {{mime, plain}, MimeSupport::SignedOnly},
     BodyType::Plain,
     "héllo world"},
    {"MIME for S/MIME", &signed_mail, {{plain, mime}, MimeSupport::SignedOnly}, BodyType::Mime, signed_mail},
    {"MIME for all", &plain_mail, {{plain, mime}, MimeSupport::Always}, BodyType::Mime, plain_mail},
    {"MIME, code 0 (trap 26)",
     &plain_mail,
     {{mime}, MimeSupport::Always, eas::MimeTruncation::Nothing},
     BodyType::Mime,
     "",
     true},
    {"MIME, code 8",
     &plain_mail,
     {{mime}, MimeSupport::Always, eas::MimeTruncation::Whole},
     BodyType::Mime,
     plain_mail},
    {"MIME, smaller of both limits",
     &plain_mail,
     {{limited(mime, 7)}, MimeSupport::Always, eas::MimeTruncation::To4K},
     BodyType::Mime,
     "Subject",
     true},
    {"only MIME, all or none: nobody has asked for text (MS-ASAIRS_R78, R376)",
     &plain_mail,
     {{limited(mime, 7, true)}, MimeSupport::Always},
     BodyType::Mime,
     {},
     true},
    {"MIME, all or none, and another that brings something (MS-ASAIRS_R80)",
     &plain_mail,
     {{limited(mime, 7, true), limited(plain, 2)}, MimeSupport::Always},
     BodyType::Plain,
     "h",
     true},
    {"only MIME, not allowed: the body as it is",
     &both_mail,
     {.preferences = {mime}},
     BodyType::Html,
     "<p>the html text</p>"},
    {"only RTF: the body as it is", &plain_mail, {.preferences = {rtf}}, BodyType::Plain, "héllo world"},
};

TEST(Body, the_choice_among_preferences) {
    for (auto const& row : rows) {
        SCOPED_TRACE(row.why);
        auto body = body_of(*row.mail, row.options);
        EXPECT_EQ(body.type, row.type);
        EXPECT_EQ(body.data.transform([](eas::Content const& c) { return c.bytes; }), row.data);
        EXPECT_EQ(body.truncated.value_or(false), row.truncated);
        ASSERT_TRUE(body.estimated_data_size);
        if (body.data) EXPECT_GE(*body.estimated_data_size, body.data->bytes.size());
        if (row.truncated) EXPECT_GT(*body.estimated_data_size, row.data.value_or("").size());
    }
}

TEST(Body, raw_8_bit_mime_travels_as_opaque_bytes) {
    BodyOptions options{{BodyPreference{.type = BodyType::Mime}}, MimeSupport::Always};
    auto body = body_of(html_mail, options);
    EXPECT_TRUE(body.data->opaque);
    EXPECT_EQ(body.data->bytes, html_mail);
    EXPECT_FALSE(body_of(plain_mail, options).data->opaque);
}

TEST(Body, what_grows_when_it_is_made_harmless_stays_within_the_size_asked_for) {
    std::string const mail = "Content-Type: text/html\r\n\r\n1 < 2 < 3 << 4 < 5";
    for (std::uint32_t size = 0; size < 40; ++size) {
        auto body = body_of(mail, {.preferences = {limited(html, size)}});
        ASSERT_LE(body.data->bytes.size(), size);
        EXPECT_EQ(body.truncated.value_or(false), body.data->bytes.size() < *body.estimated_data_size);
    }
    EXPECT_FALSE(body_of(mail, {.preferences = {limited(html, 20, true)}}).data.has_value());
}

TEST(Body, previews) {
    BodyOptions options{{BodyPreference{.type = BodyType::Html, .preview = 6}}};
    EXPECT_EQ(body_of(html_mail, options).preview, "café o");
    EXPECT_FALSE(body_of(html_mail, options, eas::v12_1).preview); // 14.0 and later
    options.preferences[0].type = BodyType::Plain;
    EXPECT_FALSE(body_of(html_mail, options).preview); // the text itself is there (AIRS_R1001036)
    options.preferences[0].truncation_size = 0;
    EXPECT_EQ(body_of(html_mail, options).preview, "café o");
}

TEST(Body, html_is_told_without_what_acts_and_mime_as_it_is) {
    std::string mail = "Content-Type: text/html\r\n\r\n<p onclick=\"x()\">one<script>alert(1)</script> two</p>";
    EXPECT_EQ(body_of(mail, {.preferences = {html}}).data->bytes, "<p>one two</p>");
    EXPECT_EQ(body_of(mail, {.preferences = {plain}}).data->bytes, "one two\r\n");
    auto cut = body_of(mail, {.preferences = {limited(html, 8)}}); // more was there, although the rest is small now
    EXPECT_TRUE(cut.truncated.value_or(false));
    EXPECT_EQ(cut.data->bytes, "<p>one t");
    BodyOptions whole{.preferences = {mime}, .mime_support = MimeSupport::Always};
    EXPECT_EQ(body_of(mail, whole).data->bytes, mail);
}

TEST(Body, the_part_of_a_conversation) { // MS-ASCON_R240, R245 to R248, R504
    struct Row {
        bool preference, part;
    };
    for (auto [preference, part] : {Row{false, false}, Row{true, false}, Row{false, true}, Row{true, true}})
        for (auto version : eas::spoken_versions) {
            BodyOptions options;
            if (preference) options.preferences = {plain};
            if (part) options.parts = {{.truncation_size = 10, .preview = 5}};
            auto email = email_from_bytes(html_mail, {}, options, version).email;
            bool told = part && version >= eas::v14_1;
            EXPECT_EQ(email.body_part.has_value(), told);
            EXPECT_EQ(email.body.has_value(), !told || preference);
            if (!told) continue;
            EXPECT_EQ(email.body_part->type, BodyType::Html);
            EXPECT_TRUE(email.body_part->truncated.value_or(false));
            EXPECT_LE(email.body_part->data->bytes.size(), 10U);
            EXPECT_EQ(email.body_part->preview, "café");
        }
    BodyOptions all{.parts = {{.truncation_size = 10, .all_or_none = true}}};
    EXPECT_FALSE(email_from_bytes(html_mail, {}, all, eas::v16_1).email.body_part->data);
}

} // namespace
} // namespace godwit::convert
