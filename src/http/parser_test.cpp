#include "http/parser.hpp"
#include <gtest/gtest.h>

namespace godwit::http {
namespace {

struct Seen {
    Parser::State state = {};
    unsigned status = 0;
    std::string body, rest;
    Request request;
};

// Feeds the bytes in pieces of `step`, as a connection does: what was not taken comes again with more.
Seen parse(std::string_view bytes, std::size_t step, Parser::Limits limits = {}) {
    Parser parser(limits);
    std::string held;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        held += bytes.substr(at, step);
        for (bool more = true; more;) { // the head stops it once
            auto const used = parser.put(held);
            held.erase(0, used);
            more = used > 0 && !held.empty();
        }
    }
    return {parser.state(), parser.status(), parser.request().body, held, parser.request()};
}

struct Case {
    char const* name;
    std::string bytes;
    Parser::State state = Parser::State::Done;
    unsigned status = 0;
    std::string body = {}, rest = {};
};

std::string many_headers(int n) {
    std::string out = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < n; ++i) out += "X-" + std::to_string(i) + ": y\r\n";
    return out + "\r\n";
}

std::vector<Case> cases() {
    using enum Parser::State;
    std::string const post = "POST /x HTTP/1.1\r\nHost: a\r\n";
    return {
        {"get", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {"http 1.0", "GET / HTTP/1.0\r\n\r\n"},
        {"empty lines before", "\r\n\r\nGET / HTTP/1.1\r\n\r\n"},
        {"length", post + "Content-Length: 5\r\n\r\nhello", Done, 0, "hello"},
        {"length twice the same", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", Done, 0, "hi"},
        {"pipelined", post + "Content-Length: 2\r\n\r\nhiGET /", Done, 0, "hi", "GET /"},
        {"chunked", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nGET", Done, 0,
         "abcde", "GET"},
        {"trailer", post + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nAuthorization: b\r\n\r\n", Done, 0, "a"},
        {"unfinished head", post, Head},
        {"unfinished body", post + "Content-Length: 5\r\n\r\nhel", Body, 0, "hel"},
        {"two lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", Failed, 400},
        {"length and chunked", post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", Failed, 400},
        {"chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", Failed, 400},
        {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", Failed, 400},
        {"gzip transfer", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", Failed, 501},
        {"negative length", post + "Content-Length: -1\r\n\r\n", Failed, 400},
        {"huge length", post + "Content-Length: 99999999999999999999999\r\n\r\n", Failed, 400},
        {"too long a body", post + "Content-Length: 67108865\r\n\r\n", Failed, 413},
        {"bad chunk", post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", Failed, 400},
        {"two versions", post + "MS-ASProtocolVersion: 14.1\r\nms-asprotocolversion: 16.1\r\n\r\n", Failed, 400},
        {"one version twice", post + "MS-ASProtocolVersion: 14.1\r\nMS-ASProtocolVersion: 14.1\r\n\r\n"},
        {"two authorizations", post + "Authorization: a\r\nAuthorization: b\r\n\r\n", Failed, 400},
        {"expectation", post + "Expect: miracles\r\n\r\n", Failed, 417},
        {"http 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Failed, 505},
        {"no http", "hello\r\n\r\n", Failed, 400},
        {"tls", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), Failed, 400},
        {"control in target", "GET /\x01 HTTP/1.1\r\n\r\n", Failed, 400},
        {"control in header", "GET / HTTP/1.1\r\nA: \x01\r\n\r\n", Failed, 400},
        {"header without colon", "GET / HTTP/1.1\r\nabc\r\n\r\n", Failed, 400},
        {"space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", Failed, 400},
        {"100 headers", many_headers(100)},
        {"101 headers", many_headers(101), Failed, 431},
        {"header flood", "GET / HTTP/1.1\r\nA: " + std::string(40000, 'x'), Failed, 431},
        {"endless method", std::string(40000, 'G'), Failed, 431},
        {"endless target", "GET /" + std::string(40000, 'x'), Failed, 431},
        {"endless chunk head", post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(40000, 'x'), Failed, 400},
    };
}

TEST(Parser, TakesWhatIsRightAndNamesWhatIsWrong) {
    for (auto const& c : cases())
        for (std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{65536}}) {
            auto const seen = parse(c.bytes, step);
            EXPECT_EQ(seen.state, c.state) << c.name << " in steps of " << step;
            EXPECT_EQ(seen.status, c.status) << c.name << " in steps of " << step;
            if (c.state == Parser::State::Failed) continue;
            EXPECT_EQ(seen.body, c.body) << c.name << " in steps of " << step;
            if (c.state != Parser::State::Done) continue;
            EXPECT_EQ(seen.rest, c.rest) << c.name << " in steps of " << step;
        }
}

TEST(Parser, StopsBehindTheHead) {
    Parser parser({});
    std::string_view const bytes = "POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc";
    auto const used = parser.put(bytes);
    EXPECT_EQ(parser.state(), Parser::State::Body);
    EXPECT_EQ(bytes.substr(used), "abc");
    EXPECT_EQ(parser.body_left(), 3U);
    EXPECT_TRUE(parser.request().wants_continue);
}

TEST(Parser, GivesTheRequest) {
    auto const seen =
        parse("OPTIONS http://host/Path?a=b HTTP/1.1\r\nHOST: x\r\nA:  y \r\nConnection: close\r\n\r\n", 5);
    EXPECT_EQ(seen.request.method, "OPTIONS");
    EXPECT_EQ(seen.request.target, "/Path?a=b");
    EXPECT_EQ(seen.request.path(), "/Path");
    EXPECT_EQ(seen.request.query(), "a=b");
    EXPECT_EQ(seen.request.header("host"), "x");
    EXPECT_EQ(seen.request.header("a"), "y");
    EXPECT_FALSE(seen.request.keep_alive);
    EXPECT_TRUE(parse("GET / HTTP/1.1\r\n\r\n", 5).request.keep_alive);
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n", 5).request.keep_alive);
    EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 5).request.keep_alive);
}

TEST(Parser, BoundsAChunkedBody) {
    std::string bytes = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 20; ++i) bytes += "a\r\n0123456789\r\n";
    EXPECT_EQ(parse(bytes, 50, {.body_bytes = 100}).status, 413U);
    EXPECT_EQ(parse(bytes, 50, {.body_bytes = 200}).state, Parser::State::Body);
}

TEST(Request, Routes) {
    struct {
        char const* path;
        Route route;
    } const rows[] = {{"/Microsoft-Server-ActiveSync", Route::ActiveSync},
                      {"/microsoft-server-activesync/", Route::ActiveSync},
                      {"/AutoDiscover/AutoDiscover.XML", Route::AutodiscoverXml},
                      {"/autodiscover/autodiscover.json", Route::AutodiscoverJson},
                      {"/autodiscover/autodiscover.json/v1.0/a@b", Route::AutodiscoverJson},
                      {"/autodiscover/autodiscover.jsonx", Route::Nowhere},
                      {"/healthz", Route::Health},
                      {"/", Route::Nowhere},
                      {"", Route::Nowhere}};
    for (auto const& row : rows) EXPECT_EQ(route(row.path), row.route) << row.path;
}

TEST(Request, AcceptsGzip) {
    struct {
        char const* list;
        bool gzip;
    } const rows[] = {
        {"gzip, deflate", true},         {"GZIP", true},   {"deflate", false}, {"", false},
        {"gzip;q=0, *", false},          {"*", true},      {"*;q=0", false},   {"identity, gzip;q=0.5", true},
        {"br;q=1, gzip ; q=0.0", false}, {"x-gzip", true}, {",,", false}};
    for (auto const& row : rows) EXPECT_EQ(accepts_gzip(row.list), row.gzip) << row.list;
}

} // namespace
} // namespace godwit::http
