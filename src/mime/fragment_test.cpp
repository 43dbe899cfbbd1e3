#include "mime/fragment.hpp"

#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

TEST(Fragment, closes_nothing_that_it_has_not_opened) {
    struct Row {
        std::string_view html, fragment;
    };
    for (auto const& [html, fragment] : {
             Row{"<html><head><title>t</title></head><body><p>x</p></body></html>", "<p>x</p>"},
             Row{"</div></blockquote></body></html>I agree.", "I agree."},
             Row{"<div><b>x", "<div><b>x</b></div>"},
             Row{"<b><i>x</b>y</i>", "<b><i>x</i></b>y"},
             Row{"<p>a<p>b", "<p>a<p>b"},
             Row{"<table><tr><td>a</div><td>b</table></div>", "<table><tr><td>a<td>b</table>"},
             Row{"x<!-- <b> -->y<!-- never ends <p>", "xy"},
             Row{"<script>a</b></script>x<textarea></div>", "x"},
             Row{"<img src=a onerror='x()' style=\"position:fixed\">", "<img src=\"a\">"},
             Row{"<a href='java\nscript:x'>y</a>", "<a>y</a>"},
             Row{"<a href='&#106;avascript:x'>y</a>", "<a>y</a>"},
             Row{"<a href='data:image/svg+xml,x' ping='javascript:y'>y</a>", "<a>y</a>"}, // as in a mail that is read
             Row{"<img src='data:image/png;base64,AAAA' lowsrc='data:text/html,x'>",
                 "<img src=\"data:image/png;base64,AAAA\">"},
             Row{"<a href='https://x.org/?a=1&b=2' title='\"'>y</a>",
                 "<a href=\"https://x.org/?a=1&b=2\" title=\"&quot;\">y</a>"},
             Row{"a < b <3 </ x <a href=\"unclosed > ", "a &lt; b &lt;3  "},
             Row{"x <a href=\"unclosed > b", "x "},
             Row{"<o:p>x</o:p><form action=x>y</form><plaintext></b>", "xy"},
         })
        EXPECT_EQ(html_fragment(html, "q"), fragment) << html;
}

TEST(Fragment, styles_stay_inside) {
    struct Row {
        std::string_view css, scoped;
    };
    for (auto const& [css, scoped] : {
             Row{"p, div > a {color:red}", ".q p,.q div > a{color:red}\r\n"},
             Row{"<!-- body{margin:0} BODY p{x:y} -->", ".q{margin:0}\r\n.q p{x:y}\r\n"},
             Row{"@import url(x); @font-face{src:url(x)} a{b:c}", ".q a{b:c}\r\n"},
             Row{"@media screen { p{a:b} } i{c:d}", "@media screen{\r\n.q p{a:b}\r\n}\r\n.q i{c:d}\r\n"},
             Row{"p{a:b /* } */; c:\"}\"} } i{d:e", ".q p{a:b ; c:\"}\"}\r\n"},
             Row{"div{position:fixed;top:0} p{background-position:top}", ".q p{background-position:top}\r\n"},
         })
        EXPECT_EQ(scoped_style(css, "q"), scoped) << css;
}

} // namespace
} // namespace godwit::mime
