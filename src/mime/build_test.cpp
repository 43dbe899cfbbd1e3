#include "mime/build.hpp"

#include "mime/charset.hpp"
#include "mime/content.hpp"

#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

TEST(Build, what_is_put_together_reads_back) {
    struct Row {
        std::string_view why, text;
    };
    std::string const long_line(5000, 'x'), long_words = [] {
        std::string out;
        for (int i = 0; i < 400; ++i) out += "wörd ";
        return out;
    }();
    Row const rows[]{{"ascii", "hello\r\nworld\r\n"},
                     {"bare line feeds", "one\ntwo"},
                     {"umlauts", "Grüße = ok \r\n"},
                     {"blank at the end", "a \t\r\nb "},
                     {"a long line", long_line},
                     {"long words", long_words},
                     {"dots and From", ".\r\n..\r\nFrom me\r\n"},
                     {"empty", ""}};
    for (auto const& row : rows) {
        SCOPED_TRACE(row.why);
        auto picture = attachment_entity({.name = "p.png", .content_id = "i@x", .is_inline = true, .content = "PNG"});
        auto file = attachment_entity({.name = "Übersicht \"1\".pdf", .type = "application/pdf", .content = "%PDF"});
        auto bytes = assemble({.fields = text_field("Subject", "Grüße"),
                               .text = html_entity("<p><img src=\"cid:i@x\">" + std::string(row.text) + "</p>"),
                               .related = {picture},
                               .mixed = {file}});
        auto message = Message::parse(bytes);
        EXPECT_EQ(message.subject(), "Grüße");
        ASSERT_EQ(message.attachments().size(), 2U);
        EXPECT_TRUE(message.attachments()[0].is_inline);
        EXPECT_EQ(message.attachments()[1].name, "Übersicht \"1\".pdf");
        EXPECT_EQ(content(*message.attachments()[1].part), "%PDF");
        EXPECT_EQ(lasting_path(*message.attachments()[1].part), lasting_path(file));
        EXPECT_EQ(message.find(lasting_path(file)), message.attachments()[1].part);
        for (std::size_t at = 0; at < bytes.size();) { // RFC 5322 2.1.1
            auto end = bytes.find("\r\n", at);
            EXPECT_LE(end - at, 998U);
            at = end + 2;
        }
        auto plain = assemble({.text = plain_entity(row.text)});
        auto expected = std::string(row.text == "one\ntwo" ? "one\r\ntwo" : row.text);
        EXPECT_EQ(Message::parse(plain).plain(), expected);
    }
}

TEST(Build, a_text_that_holds_its_own_boundary_gets_another) {
    Assembly assembly{.text = plain_entity("text"), .mixed = {attachment_entity({.name = "a", .content = "x"})}};
    auto bytes = assemble(assembly);
    auto at = bytes.find("=_");
    auto boundary = bytes.substr(at, bytes.find('"', at) - at);
    assembly.mixed.push_back(
        Entity{"Content-Type: message/rfc822\r\n\r\n", "Subject: x\r\n\r\n--" + boundary + "--\r\n"});
    EXPECT_EQ(Message::parse(assemble(assembly)).attachments().size(), 2U);
    EXPECT_EQ(assemble(assembly), assemble(assembly)); // the same again
}

TEST(Build, fields) {
    EXPECT_EQ(text_field("Subject", "plain words"), "Subject: plain words\r\n");
    EXPECT_EQ(text_field("Subject", "a\r\nBcc: x@y"), "Subject: a  Bcc: x@y\r\n"); // one line, whatever it holds
    for (std::string text : {std::string("=?utf-8?Q?no?="), "é" + std::string(300, 'x'), std::string(2000, 'y'),
                             std::string("word ") + std::string(120, 'z') + " word"}) {
        auto field = text_field("Subject", text);
        EXPECT_EQ(decode_text(field.substr(9, field.size() - 11)), text);
    }
    EXPECT_EQ(address_field("To", {}), "");
    EXPECT_EQ(address_field("To", {{"", "a@x"}, {"Zoë", "z@x"}}), "To: a@x,\r\n =?utf-8?B?Wm/Dqw==?= <z@x>\r\n");
    std::string message = "Date: x\r\nSubject: s\r\n folded\r\nContent-Type: a/b\r\n\r\nbody";
    EXPECT_EQ(with_fields(message, {{"date", ""}, {"To", "To: a\r\n"}, {"Subject", "Subject: t\r\n"}}),
              "To: a\r\nSubject: t\r\nContent-Type: a/b\r\n\r\nbody");
    EXPECT_EQ(plain_fields(message, {{"subject", ""}}), "Date: x\r\n");
}

TEST(Build, a_type_that_is_none_is_not_written) {
    struct Row {
        std::string_view name, type, written;
    };
    Row const rows[]{{"a.pdf", "", "application/pdf"},
                     {"a.bin", "nonsense", "application/octet-stream"},
                     {"a", "x/y\r\nBcc: z@z", "application/octet-stream"},
                     {"a.JPG", "image/jpeg; name=x", "image/jpeg"},
                     {"a.txt", "multipart/mixed", "application/octet-stream"}};
    for (auto const& row : rows) {
        auto entity = attachment_entity({.name = std::string(row.name), .type = std::string(row.type)});
        EXPECT_TRUE(entity.header.starts_with("Content-Type: " + std::string(row.written) + ";")) << entity.header;
        EXPECT_FALSE(entity.header.contains("Bcc"));
    }
    auto sly = attachment_entity({.name = "a\r\nX: y", .content_id = "i>\r\nX: y"});
    EXPECT_FALSE(sly.header.contains("\nX:")) << sly.header;
}

TEST(Build, a_root_that_is_the_attachment_keeps_its_name) {
    std::string bytes = "Subject: s\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF";
    auto message = Message::parse(bytes);
    auto const& part = *message.attachments().at(0).part;
    auto entity = entity_of(part);
    EXPECT_EQ(entity.header, "Content-Type: application/pdf; name=a.pdf\r\n\r\n");
    auto again = assemble({.fields = plain_fields(bytes), .text = plain_entity("t"), .mixed = {entity}});
    auto now = Message::parse(again);
    EXPECT_EQ(now.subject(), "s");
    EXPECT_EQ(now.find(lasting_path(part)), now.attachments().at(0).part);
    EXPECT_EQ(now.find("0.1"), nullptr);
}

} // namespace
} // namespace godwit::mime
