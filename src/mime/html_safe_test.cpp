#include "mime/html.hpp"

#include <array>
#include <chrono>
#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

struct SafeRow {
    std::string_view html, left;
};

constexpr SafeRow rows[]{
    {"", ""},
    {"<p>Hello <b class=x>you</b></p>", "<p>Hello <b class=x>you</b></p>"},
    {"a<script>alert(1)</script>b", "ab"},
    {"a<SCRIPT src=//x></SCRIPT\n>b", "ab"},
    {"a<script>never closed", "a"},
    {"<p onclick='x()' id=1>t</p>", "<p id=1>t</p>"},
    {"<img src=\"x\"onerror=alert(1)>", "<img src=\"x\">"},
    {"<img/src=x/onerror=alert(1)>", "<img/src=x/onerror=alert(1)>"}, // all of it is the address
    {"<svg/onload=alert(1)>", "<svg>"},
    {"<a href=\"javascript:x()\">t</a>", "<a>t</a>"},
    {"<a href=' java\nscript&#58;x()'>t</a>", "<a>t</a>"},
    {"<a href=&#x6A;avascript:x>t</a>", "<a>t</a>"},
    {"<a href=https://example.org/?a=javascript:>t</a>", "<a href=https://example.org/?a=javascript:>t</a>"},
    {"<img src=\"cid:i@x\"><img src=\"https://t.example/1.gif\" width=1>",
     "<img src=\"cid:i@x\"><img src=\"https://t.example/1.gif\" width=1>"},
    {"<img src=\"data:image/png;base64,AAAA\">", "<img src=\"data:image/png;base64,AAAA\">"},
    {"<a href=\"data:text/html,x\">t</a>", "<a>t</a>"},
    {"<iframe src=x>inside</iframe>", "inside"},
    {"<meta http-equiv=refresh content='0;url=x'><meta charset=utf-8>", "<meta charset=utf-8>"},
    {"<meta http-equiv=\"Content-Type\" content=\"text/html\">",
     "<meta http-equiv=\"Content-Type\" content=\"text/html\">"},
    {"<base href=//x><link rel=stylesheet href=//x>t", "t"},
    {"a<!-- <b>c</b> -->d<!--[if mso]>e<![endif]-->f<![if !mso]>g<![endif]>", "adfg"},
    {"a<!-->b<!--->c<!-- x --!>d", "abcd"},
    {"a<!-- never closed", "a"},
    {"1 < 2 <3 & 4 > 3", "1 &lt; 2 &lt;3 & 4 > 3"},
    {"<<!-- -->script>x", "&lt;script>x"},
    {"<<iframe>img src=x onerror=y>", "&lt;img src=x onerror=y>"},
    {"<scr<script>ipt>x", "<scr<script>ipt>x"}, // an element named scr<script, to every reader
    {"<!DOCTYPE html><html><style>p > b { color: red }</style>",
     "<!DOCTYPE html><html><style>p > b { color: red }</style>"},
    {"<?xml version='1.0'?><p>t", "<p>t"},
    {"t<p", "t"},
    {"t<p title=\"a>b\">u", "t<p title=\"a>b\">u"},
    {"<a title=\"never closed>t", ""},
    {"<svg><a><set attributeName=href to=javascript:x><animate values='x;javascript:y'>t</a>", "<svg><a>t</a>"},
    {"<a href=java onclick='x'script:y>t</a>", "<a href=java script:y>t</a>"},
    {"<a href onclick='x'=javascript:y>t</a>", "<a href>t</a>"},
    {"<form action=javascript:x><input formaction=javascript:y>", "<form><input>"},
    // What one reader takes for text and another for HTML.
    {"<title><img title=\"</title><img src=x onerror=y>\"></title>",
     "<title>&lt;img title=\"</title><img src=x>\"></title>"},
    {"<textarea><a title='</textarea><svg onload=y>'>", "<textarea>&lt;a title='</textarea><svg>'>"},
    {"<style><a title=\"</style><img src=x onerror=y>\">", "<style>\\3C a title=\"</style><img src=x>\">"},
    {"<style>p{}</style a", "<style>p{}</style>"},
    {"<title>x</title a=\">", "<title>x</title>"},
    {"<svg><style><img src=x onerror=y></style>", "<svg><style>\\3C img src=x onerror=y></style>"},
    {"<style></styles><img src=x onerror=y>", "<style>\\3C /styles>\\3C img src=x onerror=y></style>"},
    {"<title>never closed<b onclick=x>", "<title>never closed&lt;b onclick=x></title>"},
    {"<noscript><a title=\"</noscript><img onerror=y>\">t</noscript>", "<a title=\"</noscript><img onerror=y>\">t"},
    {"<xmp><noembed><noframes><plaintext><p onclick=x>t", "<p>t"},
    {"a<script></scripts>x()</script>b", "ab"},
    // Word puts its sheet into a comment: no reason to lose it.
    {"<style><!-- p { margin: 0 } @media (width<9em) {} --></style>",
     "<style>     p { margin: 0 } @media (width<9em) {} --></style>"},
    {"<style>@import url(//x);p{}@IM\\50 oRT '//y'; b{}@import//z</style>", "<style> p{}  b{} </style>"},
    {"<style>@im@import x;port y;</style>", "<style>@im port y;</style>"},
    // References that HTML 4 does not have, and numbers of any length.
    {"<a href=\"java&Tab;scr&NewLine;ipt&colon;x()\">t</a>", "<a>t</a>"},
    {"<a href=&#x0000000000000006A;avascript:x>t</a>", "<a>t</a>"},
    {"<a href='&#1;&#0000000000000000000000106avascript:x'>t</a>", "<a>t</a>"},
    {"<img lowsrc=javascript:a longdesc='data:image/svg+xml,b'><q cite=vbscript:c><a ping=javascript:d href=/e>t</a>",
     "<img><q><a href=/e>t</a>"},
    {"<meta http-equiv=X-UA-Compatible content=IE=edge><meta http-equiv=content-language content=de>",
     "<meta http-equiv=X-UA-Compatible content=IE=edge><meta http-equiv=content-language content=de>"},
    {"<a href='data:,x'><a href='data&colon;x/y;z'>t</a>", "<a><a>t</a>"},
};

TEST(ActiveContent, goes_and_the_rest_stays) {
    for (auto const& row : rows) {
        auto left = without_active_content(row.html);
        EXPECT_EQ(left, row.left);
        EXPECT_EQ(without_active_content(left), left) << "a second time";
    }
}

TEST(ActiveContent, hostile_html_costs_its_size) {
    std::string const samples[]{
        std::string(4'000'000, '<'),
        [] {
            std::string out;
            while (out.size() < 4'000'000) out += "<!--";
            return out;
        }(),
        [] {
            std::string out;
            while (out.size() < 4'000'000) out += "<script></";
            return out;
        }(),
        "<a " + std::string(4'000'000, '='),
        [] {
            std::string out;
            while (out.size() < 4'000'000) out += "<a b=\"";
            return out;
        }(),
        "<a href=\"" + std::string(4'000'000, ' ') + "javascript:",
    };
    EXPECT_EQ(without_active_content("<a href='" + std::string(5000, ' ') + "javascript:x'>t"), "<a>t");
    auto begin = std::chrono::steady_clock::now();
    for (auto const& sample : samples) EXPECT_LE(without_active_content(sample).size(), 4 * sample.size());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)); // under sanitizers, machine busy
}

} // namespace
} // namespace godwit::mime
