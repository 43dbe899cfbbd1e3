// The pure pieces: gzip, credentials, Autodiscover, log lines, response heads.
#include "http/autodiscover.hpp"
#include "http/credentials.hpp"
#include "http/gzip.hpp"
#include "http/record.hpp"
#include "http/response.hpp"
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace godwit::http {
namespace {
using testing::HasSubstr;
using testing::Not;

// Each header of MS-ASHTTP 2.2.1.1.2 and 2.2.2.1.2 is read or sent, in tests of their own, or has its reason not to be.
TEST(Headers, EachOfTheSpecificationHasItsPlace) {
    std::map<std::string_view, std::string_view> const places{
        {"Authorization", "Http.SignIn"},
        {"Content-Type", "Http.AnswersACommand"},
        {"MS-ASAcceptMultiPart", "Http.HeadersFillThePlainQuery"},
        {"MS-ASProtocolVersion", "Http.RefusalsHaveTheirCodes"},
        {"User-Agent", "Http.AnswersACommand"},
        {"X-MS-PolicyKey", "Http.HeadersFillThePlainQuery"},
        {"Cache-Control", "Response.HeadHasWhatEveryAnswerOwes"},
        {"Content-Encoding", "Http.GzipBothWays"},
        {"Content-Length", "Response.HeadHasWhatEveryAnswerOwes"},
        {"MS-Server-ActiveSync", "Http.Options"},
        {"X-MS-Location", "Http.AMailboxThatHasMovedIs451"},
        {"MS-ASProtocolCommands", "Http.Options, transcripts folder_sync/first"},
        {"MS-ASProtocolVersions", "Http.Options, transcripts folder_sync/first"},
        {"X-MS-RP", "transcripts folder_sync/first"},
        {"request-id", "Http.AnswersACommand"},
        {"Retry-After", "Http.AnExceptionIs503"},
        {"Accept-Language", "ignored: nothing that is sent has a language but its author's"},
        {"Cookie", "ignored: none is set"},
        {"Set-Cookie", "not sent: no request depends on which connection or process took the one before"},
        {"X-MS-Credentials-Expire", "not sent: passwords do not expire"},
        {"X-MS-Credential-Service-Url", "not sent: passwords do not expire"},
        {"X-MS-ASThrottle", "not sent: it has no value that a phone knows; Retry-After says when"},
        {"X-BEServer", "not sent: it names machines to strangers"},
        {"X-FEServer", "not sent: it names machines to strangers"},
    };
    std::ifstream rows(GODWIT_SHARED "/spec/http.tsv");
    if (!rows) GTEST_SKIP() << "no ../shared";
    std::set<std::string> named;
    for (std::string line; std::getline(rows, line);) {
        auto const tab = line.find('\t'), next = line.find('\t', tab + 1);
        if (line.substr(0, tab).ends_with("-header")) named.insert(line.substr(tab + 1, next - tab - 1));
    }
    for (auto const& name : named) EXPECT_TRUE(places.contains(name)) << name;
    EXPECT_EQ(named.size(), places.size());
}

TEST(Gzip, RoundTrips) {
    for (std::size_t size : {0UL, 1UL, 1000UL, 16384UL, 100000UL, 5000000UL}) {
        std::string text;
        while (text.size() < size) text += "line " + std::to_string(text.size() * 7919) + "\r\n";
        text.resize(size);
        auto const packed = deflate(text);
        EXPECT_EQ(inflate(packed, size), text) << size;
        if (size == 0) continue;
        EXPECT_EQ(inflate(packed, size - 1).error(), InflateError::TooBig) << size;
        EXPECT_EQ(inflate(packed.substr(0, packed.size() - 1), size).error(), InflateError::Malformed) << size;
        EXPECT_EQ(inflate(packed + "x", size).error(), InflateError::Malformed) << size;
    }
}

TEST(Gzip, ABombStopsAtTheLimit) {
    auto const bomb = deflate(std::string(200 << 20, '\0'));
    EXPECT_LT(bomb.size(), 2U << 20);
    EXPECT_EQ(inflate(bomb, 1 << 20).error(), InflateError::TooBig);
}

TEST(Gzip, RefusesWhatIsNone) {
    EXPECT_EQ(inflate("", 100).error(), InflateError::Malformed);
    EXPECT_EQ(inflate("hello", 100).error(), InflateError::Malformed);
}

TEST(Credentials, AreReadAsSent) {
    struct {
        char const* header;
        char const* login; // null: none
        char const* secret;
    } const rows[] = {{"Basic YTpi", "a", "b"},
                      {"bAsIc   YTpi  ", "a", "b"},
                      {"Basic YTpiOmM=", "a", "b:c"},
                      {"Basic YTo=", "a", ""},
                      {"Basic RE9NQUlOXHU6cA", "DOMAIN\\u", "p"},
                      {"Basic 5Dr8", "\xe4", "\xfc"},
                      {"Basic OmI=", nullptr, nullptr},     // no login
                      {"Basic YWI=", nullptr, nullptr},     // no colon
                      {"Basic YQA6Yg==", nullptr, nullptr}, // a NUL
                      {"Basic !!!!", nullptr, nullptr},
                      {"Basic ", nullptr, nullptr},
                      {"Basic", nullptr, nullptr},
                      {"Bearer YTpi", nullptr, nullptr},
                      {"", nullptr, nullptr}};
    for (auto const& row : rows) {
        auto const found = basic_credentials(row.header);
        ASSERT_EQ(found.has_value(), row.login != nullptr) << row.header;
        if (!found) continue;
        EXPECT_EQ(found->login, row.login) << row.header;
        EXPECT_EQ(found->secret, row.secret) << row.header;
    }
}

std::string const schema = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

std::string asking(std::string const& address, std::string const& wanted) {
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/"
           "autodiscover/mobilesync/requestschema/2006\"><Request><EMailAddress>" +
           address + "</EMailAddress><AcceptableResponseSchema> " + wanted +
           " </AcceptableResponseSchema></Request></Autodiscover>";
}

std::string answer_to(std::string const& request) {
    return autodiscover_xml(request, "https://h/Microsoft-Server-ActiveSync", "a@b", "A & <B>", "01:02:03");
}

TEST(Autodiscover, NamesTheServer) { // MS-ASCMD_R735
    auto const answer = answer_to(asking("x@y", schema));
    EXPECT_THAT(answer, HasSubstr("<Response xmlns=\"" + schema + "\"><Culture>en:us</Culture>"));
    EXPECT_THAT(answer, HasSubstr("<DisplayName>A &amp; &lt;B&gt;</DisplayName><EMailAddress>a@b</EMailAddress>"));
    EXPECT_THAT(answer, HasSubstr("<Type>MobileSync</Type><Url>https://h/Microsoft-Server-ActiveSync</Url>"));
}

TEST(Autodiscover, RefusesInItsOwnWords) {
    std::string const bomb =
        "<!DOCTYPE a [<!ENTITY x \"yyyy\">]><Autodiscover><Request><EMailAddress>&x;</EMailAddress>"
        "</Request></Autodiscover>";
    auto const good = asking("a@b", schema);
    auto twice = good, no_schema = good; // MS-ASCMD_R3799, R703
    auto const from = good.find("<Request>"), to = good.find("</Autodiscover>");
    twice.insert(to, good.substr(from, to - from));
    auto const element = good.find("<AcceptableResponseSchema>");
    no_schema.erase(element, good.find("</Request>") - element);
    for (auto const& bad : {std::string(), std::string("<"), std::string("<a/>"), asking("", schema), bomb,
                            asking(std::string(70000, 'x'), schema), twice, no_schema, asking("a@b", "")})
        EXPECT_THAT(answer_to(bad), HasSubstr("<ErrorCode>600</ErrorCode>")) << bad.substr(0, 80);
    EXPECT_THAT(
        answer_to(asking("a@b", "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a")),
        HasSubstr("<ErrorCode>601</ErrorCode>"));
}

TEST(Autodiscover, Json) {
    struct {
        char const* rest;
        char const* query;
        unsigned status;
        char const* text;
    } const rows[] = {
        {"/v1.0/a@b", "Protocol=ActiveSync", 200, "\"Url\":\"https://h/Microsoft-Server-ActiveSync\""},
        {"", "Email=a%40b&protocol=activesync", 200, "https://h/Microsoft-Server-ActiveSync"},
        {"", "Email=a%40b&Protocol=AutodiscoverV1", 200, "https://h/Autodiscover/Autodiscover.xml"},
        {"", "Email=a%40b&Protocol=Ews", 400, "InvalidProtocol"},
        {"", "Email=a%40b", 400, "MandatoryParameterMissing"},
        {"", "Protocol=ActiveSync", 400, "MandatoryParameterMissing"},
        {"/v1.0", "Protocol=ActiveSync", 400, "MandatoryParameterMissing"},
        {"", "%zz", 400, "InvalidRequest"},
    };
    for (auto const& row : rows) {
        auto const answer = autodiscover_json(row.rest, row.query, "https://h");
        EXPECT_EQ(answer.status, row.status) << row.rest << " " << row.query;
        EXPECT_THAT(answer.body, HasSubstr(row.text)) << row.rest << " " << row.query;
    }
}

TEST(Log, LinesCannotBeForged) {
    EXPECT_EQ(text_line("request", {{"user", "a@b.c"}, {"empty", ""}, {"note", "x y"}}),
              "request: user=a@b.c note=\"x y\"");
    auto const forged = text_line("sign-in failed", {{"login", "x\nsign-in failed: peer=9.9.9.9\x1b[31m\"\\\xff"}});
    EXPECT_THAT(forged, Not(HasSubstr("\n")));
    EXPECT_THAT(forged, Not(HasSubstr("\x1b")));
    EXPECT_THAT(forged, HasSubstr("\\u000a"));
    EXPECT_THAT(forged, HasSubstr("\\\"\\\\\\u00ff"));
    EXPECT_LT(text_line("request", {{"long", std::string(100000, 'x')}}).size(), 400U);
}

TEST(Response, HeadHasWhatEveryAnswerOwes) {
    command::Reply const reply{.content_type = "a/b", .body = "xyz", .headers = {{"X-A", "b\r\nX-Evil: 1"}}};
    auto const head = head_of(reply, {.keep_alive = true}, "id7", net::Time());
    for (auto const* line : {"HTTP/1.1 200 OK\r\n", "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", "Content-Length: 3\r\n",
                             "Content-Type: a/b\r\n", "Cache-Control: private\r\n", "MS-Server-ActiveSync: ",
                             "X-AspNet-Version: ", "request-id: id7\r\n", "X-A: bX-Evil: 1\r\n"})
        EXPECT_THAT(head, HasSubstr(line));
    EXPECT_THAT(head, Not(HasSubstr("Connection:")));
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
    EXPECT_THAT(head_of({.http_status = 449}, {.keep_alive = false}, "", net::Time()),
                HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(head_of({}, {.keep_alive = true, .minor = 0}, "", net::Time()),
                HasSubstr("Connection: keep-alive\r\n"));
    EXPECT_THAT(head_of({}, {}, "", net::Time()), Not(HasSubstr("Content-Type")));
}

} // namespace
} // namespace godwit::http
