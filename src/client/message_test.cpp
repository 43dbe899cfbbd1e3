#include "client/message.hpp"
#include <gtest/gtest.h>

namespace godwit::client {
namespace {

struct Answer {
    char const* name;
    std::string wire;
    unsigned status;       // 0: refused
    std::string body = {}; // or the reason, in part
};

std::vector<Answer> const answers = {
    {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
    {"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""},
    {"no_content", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
    {"lower_case", "HTTP/1.1 449 Retry\r\ncontent-length:2\r\n\r\nok", 449, "ok"},
    {"chunked",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: 1\r\n\r\n", 200,
     "hello world"},
    {"interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x"},
    {"not_http", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 0, "not an HTTP answer"},
    {"bad_status", "HTTP/1.1 2x0 OK\r\n\r\n", 0, "status"},
    {"bad_length", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello", 0, "Content-Length"},
    {"negative", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", 0, "Content-Length"},
    {"too_long", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", 0, "longer than the limit"},
    {"long_head", "HTTP/1.1 200 OK\r\nA: " + std::string(2000, 'x') + "\r\n\r\n", 0, "head"},
    {"long_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n", 0, "longer than the limit"},
    {"bad_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0, "chunk"},
    {"no_name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n", 0, "without a name"},
    {"coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: br\r\n\r\n", 0, "Transfer-Encoding"},
    {"cut_head", "HTTP/1.1 200 OK\r\nConte", 0, "in the middle"},
    {"cut_body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", 0, "in the middle"},
    {"nothing", "", 0, "without an answer"},
};

class Parse : public testing::TestWithParam<Answer> {};

void expect(Answer const& a, ResponseParser& parser) {
    if (!parser.done()) parser.end_of_stream();
    EXPECT_EQ(parser.done(), a.status != 0);
    if (a.status == 0) {
        EXPECT_TRUE(parser.failure().contains(a.body)) << parser.failure();
        return;
    }
    auto response = parser.take();
    EXPECT_EQ(response.status, a.status);
    EXPECT_EQ(response.body, a.body);
}

TEST_P(Parse, AtOnce) {
    ResponseParser parser({.max_head = 1000, .max_body = 1000});
    auto taken = parser.feed(GetParam().wire + "NEXT");
    if (GetParam().status) EXPECT_EQ(taken, GetParam().wire.size());
    if (!GetParam().status && GetParam().body.contains("without an answer")) return;
    if (GetParam().status) expect(GetParam(), parser);
}

TEST_P(Parse, ByteByByte) {
    ResponseParser parser({.max_head = 1000, .max_body = 1000});
    for (char c : GetParam().wire) {
        if (parser.failed()) break;
        EXPECT_EQ(parser.feed({&c, 1}), 1u);
    }
    expect(GetParam(), parser);
}

INSTANTIATE_TEST_SUITE_P(Answers, Parse, testing::ValuesIn(answers), [](auto const& one) { return one.param.name; });

TEST(Parse, WithoutLengthTheBodyEndsWithTheConnection) {
    ResponseParser parser;
    parser.feed("HTTP/1.1 200 OK\r\n\r\nabc");
    EXPECT_FALSE(parser.done());
    parser.end_of_stream();
    ASSERT_TRUE(parser.done());
    EXPECT_EQ(parser.take().body, "abc");
}

TEST(Gzip, RoundTripsAndIsBounded) {
    std::string text(100'000, 'a');
    auto packed = gzip_bytes(text);
    EXPECT_LT(packed.size(), 1000u);
    EXPECT_EQ(inflate_bytes(packed, 100'000), text);
    EXPECT_FALSE(inflate_bytes(packed, 99'999));
    EXPECT_FALSE(inflate_bytes(packed.substr(0, packed.size() / 2), 1'000'000));
    EXPECT_FALSE(inflate_bytes("no gzip at all", 1000));
}

TEST(Base64, IsThatOfRfc4648) {
    std::vector<std::pair<std::string, std::string>> rows = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xFF\xFE", "//4="}};
    for (auto const& [bytes, text] : rows) EXPECT_EQ(base64(bytes), text);
}

} // namespace
} // namespace godwit::client
