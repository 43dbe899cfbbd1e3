// Charsets, header values, addresses, HTML and text: one table each.
#include "mime/address.hpp"
#include "mime/charset.hpp"
#include "mime/header.hpp"
#include "mime/html.hpp"

#include <ctime>
#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

using namespace std::string_literals;

struct Conversion {
    std::string bytes, charset, expected;
};

TEST(Charset, whatever_comes_leaves_as_clean_utf8) {
    Conversion const rows[]{
        {"plain", "", "plain"},
        {"caf\xC3\xA9", "utf-8", "café"},
        {"caf\xC3\xA9", "", "café"},
        {"caf\xE9", "", "café"},
        {"caf\xE9", "utf-8", "café"},
        {"\x93quoted\x94 \x80", "iso-8859-1", "“quoted” €"},
        {"\xC4\xE3\xBA\xC3", "gb2312", "你好"},
        {"\x81\x30\x81\x30", "gb2312", "\xC2\x80"},
        {"\xB1\xE8", "ks_c_5601-1987", "김"},
        {"\x1b$B$^$_\x1b(B", "iso-2022-jp", "まみ"},
        {"\x1b$B$^$_\x1b(B", "", "まみ"},
        {"\xF0\xD2\xC9", "koi8-r", "При"},
        {"caf\xE9", "x-no-such-charset", "café"},
        {"caf\xE9", "\"ISO-8859-1\"", "café"},
        {"a\0b\x01"s + "c", "utf-8", "abc"},
        {"\xEF\xBB\xBFtext", "utf-8", "text"},
        {"ok \xC3\xA9 bad \xFF\xFE\xFD end", "utf-8", "ok é bad \xEF\xBF\xBD end"},
        {"\xED\xA0\x80 \xC3\xA9", "utf-8", "\xEF\xBF\xBD é"},
        {"\xEF\xBF\xBF.", "utf-8", "."},
        {"a\0b\0"s, "utf-16le", "ab"},
        {"+AOk-", "utf-7", "é"},
    };
    for (auto const& row : rows) {
        EXPECT_EQ(to_utf8(row.bytes, row.charset), row.expected) << row.charset;
        EXPECT_TRUE(is_clean(to_utf8(row.bytes, row.charset)));
    }
}

TEST(Charset, cuts_never_split_a_character) {
    std::string text = "aé你😀z";
    for (std::size_t n = 0; n <= text.size() + 1; ++n) {
        auto cut = cut_bytes(text, n);
        EXPECT_LE(cut.size(), n);
        EXPECT_TRUE(is_utf8(cut)) << n;
    }
    EXPECT_EQ(cut_characters(text, 3), "aé你");
    EXPECT_EQ(cut_characters(text, 4), "aé你"); // the emoji is two units
    EXPECT_EQ(cut_characters(text, 5), "aé你😀");
}

TEST(Charset, code_pages) {
    EXPECT_EQ(code_page("UTF-8"), 65001);
    EXPECT_EQ(code_page("iso-8859-15"), 28605);
    EXPECT_EQ(code_page("Windows-1252"), 1252);
    EXPECT_EQ(code_page("us-ascii"), 20127);
    EXPECT_EQ(code_page("klingon"), 0);
    EXPECT_EQ(code_page("iso-8859-99999"), 0);
}

TEST(Header, words_are_decoded) {
    struct {
        std::string raw, expected;
    } const rows[]{
        {" plain subject", "plain subject"},
        {" =?utf-8?Q?caf=C3=A9_au_lait?=", "café au lait"},
        {" =?utf-8?B?5L2g?= =?utf-8?B?5aW9?=", "你好"},
        {" =?utf-8?B?5L0=?=\r\n =?utf-8?B?oA==?=", "你"}, // a character split between two words
        {" a =?iso-8859-1?q?=E9?= b", "a é b"},
        {" =?utf-8*en?Q?x?=", "x"},
        {" raw \xE9", "raw é"},
        {" raw \xC3\xA9", "raw é"},
        {" =?utf-8?Q?never ends", "=?utf-8?Q?never ends"},
        {" =?broken", "=?broken"},
        {" =?utf-8?X?abc?=", "=?utf-8?X?abc?="},
        {" two\r\n\tlines", "two lines"},
        {" =?utf-8?Q?with space inside?=", "with space inside"},
        {" =?utf-8?Q?a=0D=0AInjected:_x?=", "a  Injected: x"},
        {" =?unknown-charset?Q?caf=E9?=", "café"},
        {"", ""},
    };
    for (auto const& row : rows) EXPECT_EQ(decode_text(row.raw), row.expected);
    EXPECT_EQ(decode_text(" \xC4\xE3\xBA\xC3", "gb2312"), "你好"); // raw 8-bit in the charset of the body
}

TEST(Header, parameters_of_every_style) {
    struct {
        std::string raw, name, expected;
    } const rows[]{
        {"text/plain; charset=\"utf-8\"", "charset", "utf-8"},
        {"TEXT/Plain ; Charset=us-ascii (comment)", "charset", "us-ascii"},
        {"a/b; name*=utf-8''caf%C3%A9.txt", "name", "café.txt"},
        {"a/b; name*0*=utf-8'en'caf%C3; name*1*=%A9; name*2=.txt", "name", "café.txt"},
        {"a/b; name*1=b.txt; name*0=a", "name", "ab.txt"},
        {"a/b; name=\"=?utf-8?B?w6kudHh0?=\"", "name", "é.txt"},
        {"a/b; name=\"caf\xE9.txt\"", "name", "café.txt"},
        {"a/b; name=fallback.txt; name*=utf-8''better.txt", "name", "better.txt"},
        {"a/b; name=no quotes here.txt", "name", "no quotes here.txt"},
        {"a/b; name=\"semi;colon.txt\"; x=y", "name", "semi;colon.txt"},
        {"a/b; name=\"C:\\dir\\file.txt\"", "name", "C:\\dir\\file.txt"},
        {"a/b; name=\"never closed", "name", "never closed"},
        {"a/b; name*99999999999999=x", "name", ""},
        {"a/b;;;=;name", "name", ""},
    };
    for (auto const& row : rows) EXPECT_EQ(parse_parameterised(row.raw).find(row.name), row.expected) << row.raw;
    EXPECT_EQ(parse_parameterised(" Multipart/MIXED (really); boundary=x").value, "multipart/mixed");
}

TEST(Header, block_ends_at_the_empty_line) {
    HeaderBlock block("A: 1\r\nB : two\r\n\tlines\r\njunk line\r\nC:3\r\n\r\nbody");
    ASSERT_EQ(block.fields().size(), 3U);
    EXPECT_EQ(unfold(*block.raw("b")), " two\tlines");
    EXPECT_EQ(block.length(), std::string_view("A: 1\r\nB : two\r\n\tlines\r\njunk line\r\nC:3\r\n\r\n").size());
    EXPECT_EQ(HeaderBlock("no header\nat all").length(), 0U);
    EXPECT_EQ(HeaderBlock("\r\nbody").length(), 2U);
    EXPECT_EQ(HeaderBlock("").length(), 0U);
    EXPECT_EQ(*HeaderBlock("From alice Mon\nSubject: x\n\n").raw("subject"), " x"); // an mbox line first
    EXPECT_EQ(message_ids(" <a@b> (why) <c@d>"), (std::vector<std::string>{"a@b", "c@d"}));
    EXPECT_EQ(message_ids("bare@id"), (std::vector<std::string>{"bare@id"}));
    EXPECT_TRUE(message_ids("").empty());
}

// What a message is stays known behind whatever stands before it: more fields than are kept, or more bytes than are
// searched for others.
TEST(Header, what_is_asked_for_is_found_behind_any_trace) {
    std::string const line = "Received: from a.example by b.example; Thu, 15 Jan 2026 11:00:00 +0000\r\n";
    std::string const other = "X-Trace: " + std::string(2000, 'x') + "\r\n";
    std::string const last = "from: <first@x>\r\nX-Last: 1\r\nSubject: s\r\n\tt\r\njunk\r\n u\r\nFrom: <second@x>\r\n"
                             "CONTENT-Type: a/b\r\n\r\nbody";
    for (auto const& [before, times] : {std::pair{line, 13'000}, {line, 20'000}, {other, 400}, {other, 1000}}) {
        std::string header;
        for (int i = 0; i < times; ++i) header += before;
        auto const bytes = header + last;
        HeaderBlock const block(bytes);
        EXPECT_EQ(block.raw("From"), " <first@x>");
        EXPECT_EQ(unfold(block.raw("Subject").value_or("")), " s\tt");
        EXPECT_EQ(block.raw("content-type"), " a/b");
        EXPECT_EQ(block.raw("X-Last").has_value(), times == 400) << "nobody asks for it";
        EXPECT_EQ(block.length(), bytes.size() - 4);
        EXPECT_LE(block.fields().size(), HeaderBlock::max_fields + 50);
    }
}

TEST(Addresses, as_people_write_them) {
    struct {
        std::string raw, expected;
    } const rows[]{
        {"a@b.c", "a@b.c"},
        {"\"Doe, John\" <john@doe.org>, Jane <jane@doe.org>", "\"Doe, John\" <john@doe.org>, \"Jane\" <jane@doe.org>"},
        {"Doe, John <john@doe.org>", "\"Doe, John\" <john@doe.org>"},
        {"john@doe.org (John Doe)", "\"John Doe\" <john@doe.org>"},
        {"John Doe john@doe.org", "\"John Doe\" <john@doe.org>"},
        {"Friends: a@b, c@d;", "a@b, c@d"},
        {"undisclosed-recipients:;", ""},
        {"=?utf-8?Q?J=C3=B8rn?= <j@x.no>", "\"Jørn\" <j@x.no>"},
        {"\"=?utf-8?Q?J=C3=B8rn?=\" <j@x.no>", "\"Jørn\" <j@x.no>"},
        {"J\xF8rn <j@x.no>", "\"Jørn\" <j@x.no>"},
        {"<@relay,@other:user@host>", "user@host"},
        {"Missing <end@bracket.org", "\"Missing\" <end@bracket.org>"},
        {"\"quote \\\" inside\" <q@x>", "\"quote \\\" inside\" <q@x>"},
        {"a@b; c@d", "a@b, c@d"},
        {"Name only", "\"Name only\""},
        {"\"john doe\"@example.org", "\"john doe\"@example.org"},
        {"j doe@example.org, <j o@x>", "\"j\" <doe@example.org>, jo@x"},
        {"(((((unclosed", ""},
        {",,,;;;", ""},
        {"", ""},
    };
    for (auto const& row : rows) EXPECT_EQ(format(parse_addresses(row.raw)), row.expected) << row.raw;
    EXPECT_EQ(display_names(parse_addresses("A <a@x>, b@y")), "A; b@y");
    EXPECT_EQ(format(parse_addresses("a@x, b@y"), ", ", 6), "a@x"); // whole addresses only
    EXPECT_EQ(encode_mailbox({"Jørn \"J\"", "j@x.no"}), "=?utf-8?B?SsO4cm4gIkoi?= <j@x.no>");
    EXPECT_EQ(encode_mailbox({"a\r\nBcc: evil@x", "a@b\r\nX: y"}), "\"a  Bcc: evil@x\" <a@bX: y>");
    auto long_name = std::string("ж");
    for (int i = 0; i < 7; ++i) long_name += long_name;
    EXPECT_EQ(parse_addresses(encode_mailbox({long_name, "x@y"})).at(0).name, long_name);
}

TEST(Html, becomes_what_a_person_would_read) {
    struct {
        std::string html, expected;
    } const rows[]{
        {"<p>One</p><p>Two &amp; three</p>", "One\r\n\r\nTwo & three\r\n"},
        {"a<br>b<br/><br>c", "a\r\nb\r\n\r\nc\r\n"},
        {"<style>p{}</style><script>x<y</script>text", "text\r\n"},
        {"<head><title>T</title></head><body>  lots\n of   space </body>", "lots of space\r\n"},
        {"<a href=\"https://x.org/y\">click</a>", "click <https://x.org/y>\r\n"},
        {"<a href='https://x.org/'>https://x.org</a>", "https://x.org\r\n"},
        {"<ul><li>one<li> two</ul>end", "* one\r\n* two\r\n\r\nend\r\n"},
        {"<ol><li><p>one</p></li><li>two</li></ol>", "1. one\r\n2. two\r\n"},
        {"<blockquote>said<br>so</blockquote>yes", "> said\r\n> so\r\n\r\nyes\r\n"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\r\nc\r\n"},
        {"&eacute;&#233;&#xE9;&nbsp;&unknown; & &#0;&#xD800;", "ééé &unknown; &\r\n"},
        {"1 < 2 and <!-- hidden > still --> seen", "1 < 2 and seen\r\n"},
        {"<pre>keep\n  this</pre>", "keep\r\n  this\r\n"},
        {"unclosed <b", "unclosed <b\r\n"},
        {"<!-- never closed", ""},
        {"", ""},
    };
    for (auto const& row : rows) EXPECT_EQ(html_to_text(row.html), row.expected) << row.html;
    EXPECT_EQ(html_to_text("<a href=\"https://x.org/y\">click</a>", SIZE_MAX, Links::hide), "click\r\n");
}

TEST(Html, hostile_documents_cost_their_size) {
    std::string_view const pieces[]{"<",        "<!--", "<a \"",  "<a href='",    "<b",   "&",   "&#",
                                    "<ul><li>", "</",   "<style", "<blockquote>", "<td>", "<p>x"};
    for (auto piece : pieces) {
        std::string html;
        while (html.size() < 1'000'000) html += piece;
        auto begin = std::clock();
        auto text = html_to_text(html);
        EXPECT_LT(std::clock() - begin, 3 * CLOCKS_PER_SEC) << piece;
        EXPECT_LE(text.size(), html.size() * 12) << piece;
    }
}

TEST(Text, becomes_html_that_looks_the_same) {
    EXPECT_EQ(text_to_html_fragment("a<b>&\r\n  two"), "a&lt;b&gt;&amp;<br>\r\n&nbsp;&nbsp;two");
    EXPECT_EQ(text_to_html_fragment("see http://x.org/a?b=1&c=2."),
              "see <a href=\"http://x.org/a?b=1&amp;c=2\">http://x.org/a?b=1&amp;c=2</a>.");
    EXPECT_EQ(text_to_html_fragment("(www.x.org)"), "(<a href=\"http://www.x.org\">www.x.org</a>)");
    EXPECT_TRUE(text_to_html("").contains("</body>"));
    EXPECT_EQ(html_to_text(text_to_html("one\ntwo  three")), "one\r\ntwo  three\r\n");
}

TEST(Text, format_flowed) {
    EXPECT_EQ(unflow("one \r\ntwo\r\nthree\r\n", false), "one two\r\nthree\r\n");
    EXPECT_EQ(unflow("one \r\ntwo\r\n", true), "onetwo\r\n");
    EXPECT_EQ(unflow("> q \r\n> r\r\nme\r\n", false), "> q r\r\nme\r\n");
    EXPECT_EQ(unflow(" >stuffed\r\n-- \r\nsig\r\n", false), ">stuffed\r\n-- \r\nsig\r\n");
    EXPECT_EQ(unflow("", false), "");
}

TEST(Text, previews_are_one_line) {
    EXPECT_EQ(preview("\r\n-----\r\n  Hello   there\r\nyou", 255), "Hello there you");
    EXPECT_EQ(preview("héllo wörld", 5), "héllo");
    EXPECT_EQ(preview("", 10), "");
    EXPECT_EQ(preview("abc", 0), "");
    EXPECT_EQ(html_charset("<html><META http-equiv=x content=\"text/html; charset=KOI8-R\">"), "KOI8-R");
    EXPECT_EQ(with_utf8_meta("<meta charset='latin1'>x"), "<meta charset='utf-8'>x");
}

} // namespace
} // namespace godwit::mime
