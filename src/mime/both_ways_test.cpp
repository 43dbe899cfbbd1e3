// Plain text made from HTML and HTML made from plain text, as phones get them of the mail that people really send.
#include "mime/charset.hpp"
#include "mime/html.hpp"
#include "mime/message.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace godwit::mime {
namespace {

struct Row {
    std::string_view kind;
    std::string from, to;
};

Row const html_mail[]{
    {"Apple Mail, Gmail: an empty line is a div with a br", "<div>Hi</div><div><br></div><div>there</div>",
     "Hi\r\n\r\nthere\r\n"},
    {"a br that only closes its line", "<div>a<br></div><div>b<br></div>", "a\r\nb\r\n"},
    {"Outlook: lines are paragraphs without margins, empty ones hold a hard space",
     "<p class=MsoNormal>Dear all,<o:p></o:p></p><p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>"
     "<p class=MsoNormal>one</p><p class=MsoNormal>two</p>",
     "Dear all,\r\n\r\none\r\ntwo\r\n"},
    {"Outlook on the web",
     "<p style=\"margin-top:0; margin-bottom: 0px\">a</p><p style='margin: 0 0 1em'>b</p><p>c</p>",
     "a\r\n\r\nb\r\n\r\nc\r\n"},
    {"a style sheet, conditional comments, Word's own",
     "<html xmlns:o=x><head><style><!-- p {color:red} --></style><!--[if gte mso 9]><xml>junk</xml><![endif]-->"
     "<title>T</title></head><body><![if !mso]>seen<![endif]></body></html>",
     "seen\r\n"},
    {"a newsletter's preview text is hidden",
     "<body><div style=\"display:none; font-size:1px\">Peek <div>in</div>&zwnj;&nbsp;&#847;</div>"
     "<span hidden>x</span><div style='max-height:0;overflow:hidden'>y</div><p style=\"display : "
     "NONE\">z<p>News</body>",
     "News\r\n"},
    {"what is not hidden",
     "<td style=\"font-size:0px\"><div style=\"opacity:0.9;max-height:0.5em;overflow:hidden\">seen</div></td>",
     "seen\r\n"},
    {"what is hidden for ever is shown", "before <div style='display:none'>lost? <b>no</b>", "before lost? no\r\n"},
    {"a hidden picture hides only itself", "<img style='display:none' alt=no>yes", "yes\r\n"},
    {"pictures say their words, counters nothing",
     "<a href=\"https://x.org/s\"><img src=cid:a alt=\"Shop &amp; save\"></a>"
     "<img src=\"https://t.org/open\" alt=pixel width=1 height=1>",
     "Shop & save <https://x.org/s>\r\n"},
    {"lists in lists", "Todo:<ul><li>one<ul><li>one.one</li><li>one.two</li></ul></li><li>two</li></ul><p>done</p>",
     "Todo:\r\n\r\n* one\r\n  * one.one\r\n  * one.two\r\n* two\r\n\r\ndone\r\n"},
    {"an ordered list", "<ol><li>a</li>\n<li>b</li></ol>", "1. a\r\n2. b\r\n"},
    {"a table, and one for the layout",
     "<table><tr><th>Item</th><th>Price</th></tr>\n<tr><td><b>Tea</b></td> <td>3 &euro;</td></tr></table>"
     "<table><tr><td><table><tr><td>&nbsp;</td><td>inner</td></tr></table></td></tr></table>",
     "Item\tPrice\r\nTea\t3 €\r\n\r\ninner\r\n"},
    {"headings and a ruler", "<h1>Big</h1>text<hr><h2>Small</h2>", "Big\r\n\r\ntext\r\n----------\r\n\r\nSmall\r\n"},
    {"a reply below a reply",
     "<div>Yes.</div><br><div>On Monday Anna wrote:<br><blockquote type=cite><p>May "
     "I?</p><blockquote>What?</blockquote>"
     "</blockquote></div>",
     "Yes.\r\n\r\nOn Monday Anna wrote:\r\n\r\n> May I?\r\n>\r\n> > What?\r\n"},
    {"code", "Run:<pre>\nif (a &lt; b) {\n    go();\n\treturn;\n}\n</pre>ok",
     "Run:\r\n\r\nif (a < b) {\r\n    go();\r\n\treturn;\r\n}\r\n\r\nok\r\n"},
    {"spaces that were meant",
     "a&nbsp;&nbsp; b &nbsp;<br>\xC2\xA0\xC2\xA0"
     "c   d<br>&nbsp;",
     "a   b\r\n  c d\r\n"},
    {"a signature", "<div>Bye</div><div>-- <br></div><div>Max</div>", "Bye\r\n-- \r\nMax\r\n"},
    {"a link that is split, one that says the same, one by mail",
     "<a\n href = 'https://x.org/a?b=1&amp;c=2'\n title=\"href=no\">here</a> <a href=http://www.x.org/>www.x.org</a> "
     "<a href=\"mailto:m@x.org\">Max</a>",
     "here <https://x.org/a?b=1&c=2> www.x.org Max\r\n"},
    {"many empty lines are two", "a<br><br><br><br><br><br>b", "a\r\n\r\n\r\nb\r\n"},
    {"fillers nobody sees",
     "A\xE2\x80\x8B"
     "B&shy;C\xC2\xAD"
     "D&#8203;",
     "ABCD\r\n"},
    {"entities of every kind", "&lt;b&gt; &amp;amp; &copy; &#x20AC; &hellip; &apos;x&apos; AT&T",
     "<b> &amp; © € … 'x' AT&T\r\n"},
};

TEST(BothWays, html_reads_as_text) {
    for (auto const& row : html_mail) EXPECT_EQ(html_to_text(row.from), row.to) << row.kind;
}

TEST(BothWays, a_cut_splits_no_character) {
    std::string link = "<a href=\"http://x.org/";
    for (int i = 0; i < 812; ++i) link += "&#97;";
    for (std::string filler : {"", "a", "aa", "aaa"})
        EXPECT_TRUE(is_clean(html_to_text(link + filler + "\xF0\x9F\x98\x80\">x</a>"))) << filler;
    for (std::size_t enough = 0; enough < 30; ++enough)
        EXPECT_TRUE(is_clean(html_to_text("a\xC3\xA9\xE4\xBD\xA0<b>\xF0\x9F\x98\x80&eacute;&#x1F600;</b>", enough)));
    std::string alt(499, 'x');
    EXPECT_TRUE(is_clean(html_to_text("<img alt='" + alt + "\xC3\xA9'>")));
}

std::string const open_quote =
    "<blockquote type=\"cite\" style=\"margin:.6em 0 .6em .8ex;border-left:1px solid #ccc;padding-left:1ex\">";

Row const text_mail[]{
    {"lines and an empty one", "a\r\n\r\nb\r\n", "a<br>\r\n<br>\r\nb"},
    {"a quotation", "Anna wrote:\r\n> May I?\r\n> > What?\r\n>> That.\r\n\r\nYes.",
     "Anna wrote:" + open_quote + "\r\nMay I?" + open_quote +
         "\r\nWhat?<br>\r\nThat.</blockquote></blockquote>\r\nYes."},
    {"a sign that quotes nothing", "a > b -> c", "a &gt; b -&gt; c"},
    {"columns", "\tx\r\n  y  z", "&nbsp; &nbsp; x<br>\r\n&nbsp;&nbsp;y &nbsp;z"},
    {"addresses of the web", "See HTTPS://X.org/a_(b). (www.x.org/y), <http://z.org> [ftp://f.org/] mailto:a@x.org!",
     "See <a href=\"HTTPS://X.org/a_(b)\">HTTPS://X.org/a_(b)</a>. (<a href=\"http://www.x.org/y\">www.x.org/y</a>), "
     "&lt;<a href=\"http://z.org\">http://z.org</a>&gt; [<a href=\"ftp://f.org/\">ftp://f.org/</a>] "
     "<a href=\"mailto:a@x.org\">mailto:a@x.org</a>!"},
    {"addresses in other scripts", "见http://x.org/a。“http://y.org”",
     "见<a href=\"http://x.org/a\">http://x.org/a</a>。“<a href=\"http://y.org\">http://y.org</a>”"},
    {"what is none", "http:// www. xhttp://y.org http", "http:// www. xhttp://y.org http"},
    {"nothing of it acts", "<script>alert('&')</script> \"http://x.org/\"onclick=x",
     "&lt;script&gt;alert('&amp;')&lt;/script&gt; "
     "&quot;<a href=\"http://x.org/\">http://x.org/</a>&quot;onclick=x"},
};

TEST(BothWays, text_reads_as_html) {
    for (auto const& row : text_mail) EXPECT_EQ(text_to_html_fragment(row.from), row.to) << row.kind;
}

Row const flowed_mail[]{
    {"a paragraph", "one \r\ntwo \r\nthree\r\n\r\nnext\r\n", "one two three\r\n\r\nnext\r\n"},
    {"quotations of several depths", "> a \r\n> b\r\n>> c \r\n> d\r\nme \r\nyou",
     "> a b\r\n>> c \r\n> d\r\nme you\r\n"},
    {"a signature ends a paragraph and is none", "Bye \r\n-- \r\nMax \r\nM.\r\n", "Bye \r\n-- \r\nMax M.\r\n"},
    {"stuffed lines", " From here\r\n >no quotation\r\n  indented\r\n", "From here\r\n>no quotation\r\n indented\r\n"},
};

TEST(BothWays, flowed_lines_are_joined) { // RFC 3676
    for (auto const& row : flowed_mail) EXPECT_EQ(unflow(row.from, false), row.to) << row.kind;
    EXPECT_EQ(unflow("> \xE4\xBD\xA0 \r\n> \xE5\xA5\xBD\r\n", true), "> 你好\r\n"); // DelSp: no space between
    std::string mail = "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n> so \r\n> me\r\n\r\nok";
    EXPECT_TRUE(Message::parse(mail).html().contains("some</blockquote>\r\nok"));
}

// Once there and back a text has its form: from then on nothing changes any more.
void expect_settles(std::string_view text, std::string_view what) {
    auto once = html_to_text(text_to_html(text));
    EXPECT_EQ(html_to_text(text_to_html(once)), once) << what;
    EXPECT_TRUE(is_clean(once));
}

TEST(BothWays, a_text_settles) {
    for (auto const& row : html_mail) expect_settles(row.to, row.kind);
    for (auto const& row : text_mail) expect_settles(row.from, row.kind);
    for (auto const& row : html_mail) // and what came from HTML has its form already, but that tabs become spaces
        if (!row.to.contains('\t'))
            EXPECT_EQ(html_to_text(text_to_html(html_to_text(row.from))), html_to_text(row.from)) << row.kind;
    unsigned seed = 1;
    for (int round = 0; round < 2000; ++round) {
        static constexpr std::string_view words[]{"a",  " ",  "\r\n", ">",   "> ",          "-- ", "--",
                                                  "\t", "* ", "<b>",  "&#9", "http://x.y/", "1. ", "\xC2\xA0"};
        std::string text;
        for (int i = 0; i < 12; ++i) text += words[(seed = seed * 1'103'515'245 + 12'345) >> 16 & 0x7FFF % 14];
        expect_settles(text, text);
    }
}

TEST(BothWays, the_corpus_settles) {
    std::filesystem::path corpus = std::filesystem::path(GODWIT_SHARED) / "corpus/mail";
    if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "no " << corpus;
    for (auto const& entry : std::filesystem::directory_iterator(corpus)) {
        std::ifstream file(entry.path(), std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(file), {}};
        auto message = Message::parse(bytes);
        expect_settles(message.plain(), entry.path().filename().string());
        auto shown = html_to_text(message.html());
        EXPECT_EQ(html_to_text(without_active_content(message.html())), shown) << entry.path();
    }
}

TEST(BothWays, one_line_of_many_megabytes_costs_its_size) {
    std::string const pieces[]{"x",
                               " ",
                               ">",
                               "> a\n",
                               ">>>>>>>>a\n\n",
                               "http://",
                               "(http://x.y/)",
                               "http://" + std::string(2000, ')'),
                               "<div style='display:none'>",
                               "<p style=display:none>",
                               "<img alt='",
                               "<a href=http://" + std::string(2000, 'x') + "y>" + std::string(2000, 'x') + "</a>",
                               "<p style=\"" + std::string(500, 'm') + "margin:\">",
                               "&nbsp;",
                               "<br>",
                               "<hr>x",
                               "<ul><li>",
                               "<pre>\n",
                               "a=b "};
    for (auto const& piece : pieces) {
        SCOPED_TRACE(piece.substr(0, 40));
        std::string text = piece.ends_with("='") ? "<b " : "";
        std::size_t size = piece == "x" || piece == " " ? 10'000'000 : 1'000'000;
        while (text.size() < size) text += piece;
        auto begin = std::clock();
        auto html = text_to_html(text);
        auto plain = html_to_text(text);
        html_to_text("<" + text + ">");
        unflow(text, true);
        EXPECT_LT(std::clock() - begin, 8 * CLOCKS_PER_SEC); // under sanitizers, machine busy
        EXPECT_LE(html.size(), text.size() * 12 + 1'000'000);
        EXPECT_LE(plain.size(), text.size() * 12);
    }
}

} // namespace
} // namespace godwit::mime
