// The server over real sockets, with a dispatch of the tests' own behind it.
#include "http/test_house.hpp"

namespace godwit::http {
namespace {

TEST_F(Http, AnswersACommand) {
    auto const answer = ask(sync("hello"));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, "hello");
    EXPECT_EQ(answer.header("Content-Type"), "application/x-echo");
    EXPECT_EQ(answer.header("X-Who"), "ann@godwit.test d1 16.1");
    EXPECT_EQ(answer.header("Cache-Control"), "private");
    EXPECT_NE(answer.header("request-id"), "");
    EXPECT_EQ(answer.header("Connection"), "");
}

// MS-ASCMD_R4813, R4828, R4830: the command's part, which must hear of it.
TEST_F(Http, TellsTheCommandWhatIsWrongWithItsEnvelope) {
    dispatch = [](command::Session& s, std::string) -> awaitable<command::Reply> {
        co_return command::Reply{.body = std::string(s.text_body ? "text " : "") +
                                         std::string(s.line.misnamed ? eas::name(*s.line.misnamed) : "")};
    };
    auto with = [&](char const* type) { return sync("x", sign_in + "Content-Type: " + type + "\r\n"); };
    EXPECT_EQ(ask(with("Text/Plain; charset=utf-8")).body, "text ");
    EXPECT_EQ(ask(with("message/rfc822")).body, "text ");
    EXPECT_EQ(ask(with("application/vnd.ms-sync.wbxml")).body, "");
    EXPECT_EQ(ask(post("Cmd=Sync", "x")).body, "the device id is missing or invalid");
    EXPECT_EQ(ask(post("Cmd=Sync&DeviceId=d1", "x")).body, "the device type is missing or invalid");
    auto old = post("Cmd=Sync&DeviceId=d1", "x");
    old.replace(old.find("16.1"), 4, "12.1");
    EXPECT_EQ(ask(old).status, 400U);
}

TEST_F(Http, OneLogLineARequestWithoutSecrets) {
    ask(sync("hello"));
    auto const log = logged.str();
    EXPECT_EQ(std::ranges::count(log, '\n'), 1);
    for (auto const* part : {"status=200", "cmd=Sync", "user=ann@godwit.test", "device=d1", "v=16.1", "in=5", "items=3",
                             "ms=", "peer=127.0.0.1"})
        EXPECT_THAT(log, HasSubstr(part));
    EXPECT_THAT(log, Not(HasSubstr("hello")));
    EXPECT_THAT(log, Not(HasSubstr("secret")));
}

TEST_F(Http, KeepAliveAndPipeliningKeepTheOrder) {
    auto const answers =
        loop.wait_for(talk(sync("one") + sync("two") + sync(std::string(200000, 'x')) + sync("four"), 4));
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_EQ(answers[0].body, "one");
    EXPECT_EQ(answers[1].body, "two");
    EXPECT_EQ(answers[2].body.size(), 200000U);
    EXPECT_EQ(answers[3].body, "four");
}

TEST_F(Http, ClosesWhenAsked) {
    auto const answers = loop.wait_for(talk(sync("one", sign_in + "Connection: close\r\n") + sync("two"), 2));
    EXPECT_EQ(answers[0].header("Connection"), "close");
    EXPECT_EQ(answers[1].status, 0U);
    EXPECT_EQ(dispatched, 1);
    std::string const old = "POST /Microsoft-Server-ActiveSync?" + query("Sync") +
                            " HTTP/1.0\r\nMS-ASProtocolVersion: 14.1\r\n" + sign_in + "Content-Length: 1\r\n";
    EXPECT_EQ(loop.wait_for(talk(old + "\r\nx", 2)).at(1).status, 0U);
    auto const kept = loop.wait_for(talk(old + "Connection: keep-alive\r\n\r\nx" + sync("y"), 2));
    EXPECT_EQ(kept.at(0).header("Connection"), "keep-alive");
    EXPECT_EQ(kept.at(1).body, "y");
}

TEST_F(Http, ByteByByte) {
    auto work = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        std::string const bytes = sync("hello");
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto const one = std::string_view(bytes).substr(i, 1);
            co_await stream.write_all(one);
            auto breath = 0ms;
            co_await net::sleep_for(breath);
        }
        auto answer = co_await read(stream);
        co_return answer;
    };
    EXPECT_EQ(loop.wait_for(work()).body, "hello");
}

TEST_F(Http, Chunked) {
    auto const head = "POST /Microsoft-Server-ActiveSync?" + query("Sync") +
                      " HTTP/1.1\r\nMS-ASProtocolVersion: 16.1\r\n" + sign_in + "Transfer-Encoding: chunked\r\n\r\n";
    auto const answers = loop.wait_for(talk(head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" + sync("next"), 2));
    EXPECT_EQ(answers.at(0).body, "abcde");
    EXPECT_EQ(answers.at(1).body, "next");
}

TEST_F(Http, GzipBothWays) {
    std::string const text(100000, 'a');
    auto answer = ask(sync(deflate(text), sign_in + "Content-Encoding: gzip\r\nAccept-Encoding: gzip, deflate\r\n"));
    EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
    EXPECT_LT(answer.body.size(), 2000U);
    EXPECT_EQ(inflate(answer.body, 1 << 20), text);
    EXPECT_EQ(ask(sync(text)).body, text);                                              // not asked
    EXPECT_EQ(ask(sync("short", sign_in + "Accept-Encoding: gzip\r\n")).body, "short"); // not worth it
    EXPECT_EQ(ask(sync("no gzip", sign_in + "Content-Encoding: gzip\r\n")).status, 400U);
    EXPECT_EQ(ask(sync("x", sign_in + "Content-Encoding: br\r\n")).status, 415U);
    config.http.max_body_bytes = 50000;
    EXPECT_EQ(ask(sync(deflate(text), sign_in + "Content-Encoding: gzip\r\n")).status, 413U); // a bomb
}

TEST_F(Http, ContinuesWhenTheGatesAreOpen) {
    auto work = [&](std::string headers) -> awaitable<std::vector<Answer>> {
        auto stream = co_await dial();
        auto const whole = sync("hello", headers + "Expect: 100-continue\r\n");
        auto const head = whole.substr(0, whole.size() - 5);
        co_await stream.write_all(head);
        std::vector<Answer> out;
        auto first = co_await read(stream);
        out.push_back(first);
        if (first.status == 100) {
            co_await stream.write_all("hello");
            auto second = co_await read(stream);
            out.push_back(second);
        }
        co_return out;
    };
    auto const good = loop.wait_for(work(sign_in));
    EXPECT_EQ(good.at(0).status, 100U);
    EXPECT_EQ(good.at(1).body, "hello");
    auto const bad = loop.wait_for(work(""));
    EXPECT_EQ(bad.at(0).status, 401U);
    EXPECT_EQ(bad.at(0).header("Connection"), "close");
}

TEST_F(Http, SignIn) {
    auto const none = ask(sync("x", ""));
    EXPECT_EQ(none.status, 401U);
    EXPECT_THAT(none.header("WWW-Authenticate"), HasSubstr("Basic realm="));
    EXPECT_THAT(logged.str(), Not(HasSubstr("sign-in failed"))); // asking first is no failure
    EXPECT_EQ(ask(sync("x", wrong)).status, 401U);
    EXPECT_THAT(logged.str(),
                HasSubstr("sign-in failed: peer=127.0.0.1 login=ann@godwit.test device=d1 why=wrong-secret"));
    auto const before = logged.str().size();
    EXPECT_EQ(ask(sync("x", wrong)).status, 401U); // incident 2.10: it counts once
    EXPECT_THAT(logged.str().substr(before), Not(HasSubstr("sign-in failed")));
    EXPECT_EQ(dispatched, 0);
}

TEST_F(Http, A401KeepsTheConnectionOnlyWhenTheBodyWasRead) {
    auto const small = loop.wait_for(talk(sync("small", "") + sync("next"), 2));
    EXPECT_EQ(small.at(0).status, 401U);
    EXPECT_EQ(small.at(0).header("Connection"), "");
    EXPECT_EQ(small.at(1).body, "next");
    auto const large = loop.wait_for(talk(sync(std::string(10 << 20, 'x'), "") + sync("next"), 2));
    EXPECT_EQ(large.at(0).status, 401U);
    EXPECT_EQ(large.at(0).header("Connection"), "close");
    EXPECT_EQ(large.at(1).status, 0U);
}

TEST_F(Http, Options) { // MS-ASHTTP_R1107
    std::string const request = "OPTIONS /microsoft-server-activesync HTTP/1.1\r\nHost: h\r\n";
    EXPECT_EQ(ask(request + "\r\n").status, 401U);
    auto const answer = ask(request + sign_in + "\r\n");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.header("MS-ASProtocolVersions"), "12.1,14.0,14.1,16.0,16.1");
    EXPECT_EQ(answer.header("MS-ASProtocolCommands"), "Sync,Ping");
    EXPECT_NE(answer.header("X-AspNet-Version"), ""); // Nine
    EXPECT_NE(answer.header("MS-Server-ActiveSync"), "");
    EXPECT_EQ(answer.header("Content-Length"), "0");
}

TEST_F(Http, RefusalsHaveTheirCodes) {
    auto request = [](std::string const& line, std::string const& headers) {
        return line + " HTTP/1.1\r\n" + headers + "\r\n";
    };
    std::string const path = "/Microsoft-Server-ActiveSync";
    auto version = [&](std::string const& v) {
        return request("POST " + path + "?" + query("Sync"), sign_in + v + "Content-Length: 0\r\n");
    };
    struct {
        std::string bytes;
        unsigned status;
    } const rows[] = {
        {request("GET /nothing", ""), 404},
        {request("PUT " + path, sign_in), 501},
        {request("BREW /healthz", ""), 501},
        {request("GET " + path, sign_in), 405},
        {request("GET " + path, ""), 401},
        {request("POST /healthz", "Content-Length: 0\r\n"), 405},
        {request("POST " + path, sign_in + "Content-Length: 0\r\n"), 400},
        {post("Cmd=Nonsense&User=a&DeviceId=d&DeviceType=t", ""), 501},
        {post("Cmd=Sync&User=a&DeviceType=t", ""), 200}, // the command says it
        {version("MS-ASProtocolVersion: 16.1\r\n"), 200},
        {version("MS-ASProtocolVersion: 1.0\r\n"), 400},
        {version("MS-ASProtocolVersion: 99\r\n"), 400},
        {version(""), 400},
        {version("MS-ASProtocolVersion: 14.1\r\nMS-ASProtocolVersion: 16.1\r\n"), 400},
        {request("POST " + path + "?" + query("Sync"), sign_in + "Content-Length: 104857600\r\n"), 413},
        {request("GET /", "A: " + std::string(50000, 'x') + "\r\n"), 431},
        {"\x16\x03\x01 not http\r\n\r\n", 400},
    };
    for (auto const& row : rows) EXPECT_EQ(ask(row.bytes).status, row.status) << row.bytes.substr(0, 200);
}

TEST_F(Http, Base64Query) {
    // 16.1, Sync, 0409, device "d1", policy key 7, type "t"
    std::string const bytes("\xa1\x00\x09\x04\x02"
                            "d1\x04\x07\x00\x00\x00\x01"
                            "t",
                            14);
    std::string encoded(64, '\0');
    encoded.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                                            reinterpret_cast<unsigned char const*>(bytes.data()),
                                                            static_cast<int>(bytes.size()))));
    std::optional<std::uint32_t> key;
    dispatch = [&](command::Session& s, std::string body) {
        key = s.line.policy_key;
        return echo(s, std::move(body));
    };
    auto const answer =
        ask("POST /Microsoft-Server-ActiveSync?" + encoded + " HTTP/1.1\r\n" + sign_in + "Content-Length: 0\r\n\r\n");
    EXPECT_EQ(answer.header("X-Who"), "ann@godwit.test d1 16.1");
    EXPECT_EQ(key, 7U);
}

TEST_F(Http, HeadersFillThePlainQuery) {
    std::optional<std::uint32_t> key;
    bool multipart = false;
    dispatch = [&](command::Session& s, std::string body) {
        key = s.line.policy_key;
        multipart = s.multipart;
        return echo(s, std::move(body));
    };
    ask(sync("", sign_in + "X-MS-PolicyKey: 4294967295\r\nMS-ASAcceptMultiPart: T\r\n"));
    EXPECT_EQ(key, 4294967295U);
    EXPECT_TRUE(multipart);
    ask(sync("", sign_in + "X-MS-PolicyKey: x\r\n"));
    EXPECT_EQ(key, std::nullopt);
    EXPECT_FALSE(multipart);
}

TEST_F(Http, TenMegabytesOfZerosAndFiftyOfMail) {
    dispatch = [&](command::Session&, std::string body) -> awaitable<command::Reply> {
        co_return command::Reply{.body = std::to_string(body.size())};
    };
    EXPECT_EQ(ask(sync(std::string(10 << 20, '\0'))).body, std::to_string(10 << 20));
    EXPECT_EQ(ask(post(query("SendMail"), std::string(50 << 20, 'm'))).body, std::to_string(50 << 20));
}

TEST_F(Http, AnExceptionIs503) { // law 5
    dispatch = [&](command::Session&, std::string) -> awaitable<command::Reply> {
        throw std::runtime_error("disk on fire");
        co_return command::Reply{};
    };
    auto const answer = ask(sync("x"));
    EXPECT_EQ(answer.status, 503U);
    EXPECT_NE(answer.header("Retry-After"), "");
    EXPECT_THAT(answer.body, Not(HasSubstr("fire")));
    EXPECT_THAT(logged.str(),
                HasSubstr("request failed: id=" + answer.header("request-id") + " what=\"disk on fire\""));
}

TEST_F(Http, CodesAndHeadersOfAReplyPassThrough) {
    dispatch = [&](command::Session&, std::string) -> awaitable<command::Reply> {
        co_return command::Reply{.http_status = 451, .headers = {{"X-MS-Location", "https://other/"}}};
    };
    auto const answer = ask(sync("x"));
    EXPECT_EQ(answer.status, 451U);
    EXPECT_EQ(answer.header("X-MS-Location"), "https://other/");
}

TEST_F(Http, Health) {
    auto const answer = ask("GET /healthz HTTP/1.1\r\n\r\n");
    EXPECT_EQ(answer.status, 200U);
    EXPECT_THAT(answer.body, HasSubstr("\"status\":\"ok\",\"connections\":1"));
    auto head = [&]() -> awaitable<Answer> {
        auto stream = co_await dial();
        co_await stream.write_all("HEAD /healthz HTTP/1.1\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n");
        auto first = co_await read(stream, true);
        auto second = co_await read(stream);
        EXPECT_NE(first.header("Content-Length"), "0");
        co_return second;
    };
    EXPECT_EQ(loop.wait_for(head()).status, 200U);
}

TEST_F(Http, AMailboxThatHasMovedIs451) { // MS-ASHTTP_R285, incident 2.6
    auto& directory = House::get().directory;
    auto ann = *directory.find("ann@godwit.test");
    ann.home = "https://new.godwit.test";
    ASSERT_TRUE(directory.set(ann, std::nullopt));
    EXPECT_EQ(ask(sync("", wrong)).status, 401U); // strangers are told nothing
    for (auto const& request :
         {sync(""), "OPTIONS /Microsoft-Server-ActiveSync HTTP/1.1\r\nHost: h\r\n" + sign_in + "\r\n"}) {
        auto const answer = ask(request);
        EXPECT_EQ(answer.status, 451U);
        EXPECT_EQ(answer.header("X-MS-Location"), "https://new.godwit.test/Microsoft-Server-ActiveSync");
    }
    ann.home.clear();
    ASSERT_TRUE(directory.set(ann, std::nullopt));
    EXPECT_EQ(ask(sync("")).status, 200U);
}

TEST_F(Http, Autodiscover) {
    std::string const body =
        "<Autodiscover "
        "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006\"><Request>"
        "<EMailAddress>ann@godwit.test</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/"
        "autodiscover/mobilesync/responseschema/2006</AcceptableResponseSchema></Request></Autodiscover>";
    auto request = [&](std::string const& headers) {
        return "POST /autodiscover/AUTODISCOVER.xml HTTP/1.1\r\nHost: mail.godwit.test\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    EXPECT_EQ(ask(request("")).status, 401U);
    auto const answer = ask(request(sign_in));
    EXPECT_EQ(answer.status, 200U);
    EXPECT_THAT(answer.body, HasSubstr("<Url>https://mail.godwit.test/Microsoft-Server-ActiveSync</Url>"));
    EXPECT_THAT(answer.body, HasSubstr("<EMailAddress>ann@godwit.test</EMailAddress>"));
    config.public_url = "https://eas.example/";
    EXPECT_THAT(ask(request(sign_in)).body, HasSubstr("<Url>https://eas.example/Microsoft-Server-ActiveSync</Url>"));
    EXPECT_EQ(
        ask("GET /autodiscover/autodiscover.json?Email=a%40b&Protocol=ActiveSync HTTP/1.1\r\nHost: h\r\n\r\n").status,
        200U);
    config.public_url.clear();
    EXPECT_EQ(
        ask("GET /autodiscover/autodiscover.json?Email=a%40b&Protocol=ActiveSync HTTP/1.1\r\nHost: <h>\r\n\r\n").status,
        400U);
}

} // namespace
} // namespace godwit::http
