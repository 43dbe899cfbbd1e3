// The server behind TLS.
#include "http/test_house.hpp"

namespace godwit::http {
namespace {

// ---- TLS ------------------------------------------------------------------------------------------------------------

class TlsHttp : public Http {
protected:
    TlsHttp() : tls(net::TlsContext::server(files.certificate(), files.key()).value()) { start(&tls); }

    awaitable<Answer> over_tls(net::TlsContext& context, std::string bytes, std::string& spoken) {
        auto stream = co_await dial();
        auto agreed = co_await stream.connect_tls(context, "localhost");
        if (!agreed) co_return Answer{};
        spoken = stream.tls_version();
        co_await stream.write_all(bytes);
        auto answer = co_await read(stream);
        co_return answer;
    }

    net::TestCertificate files{"localhost"};
    net::TlsContext tls;
    std::string version;
};

TEST_F(TlsHttp, SpeaksBothVersions) {
    auto any = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    EXPECT_EQ(loop.wait_for(over_tls(any, sync(std::string(300000, 'x')), version)).body.size(), 300000U);
    EXPECT_EQ(version, "TLSv1.3");
    auto older = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    SSL_CTX_set_max_proto_version(older.current().get(), TLS1_2_VERSION);
    EXPECT_EQ(loop.wait_for(over_tls(older, sync("hello"), version)).body, "hello");
    EXPECT_EQ(version, "TLSv1.2");
    auto oldest = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    SSL_CTX_set_min_proto_version(oldest.current().get(), TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(oldest.current().get(), TLS1_1_VERSION);
    EXPECT_EQ(loop.wait_for(over_tls(oldest, sync("hello"), version)).status, 0U);
}

TEST_F(TlsHttp, AHeldPollSeesTheEnd) {
    dispatch = [this](command::Session& s, std::string body) { return hold(s, std::move(body)); };
    server.reset();
    start(&tls);
    auto any = net::TlsContext::client(net::TlsContext::Verify::Nothing);
    auto work = [&]() -> awaitable<bool> {
        auto stream = co_await dial();
        co_await stream.connect_tls(any, "localhost");
        auto const bytes = post(query("Ping"), "");
        co_await stream.write_all(bytes);
        co_await until([&] { return held == 1; });
        co_await net::sleep_for(20ms);
        EXPECT_EQ(held, 1); // session tickets and the like are no end
        loop.spawn(stream.shutdown());
        auto freed = co_await until([&] { return held == 0; });
        co_return freed;
    };
    EXPECT_TRUE(loop.wait_for(work()));
    EXPECT_TRUE(gone);
}

TEST_F(TlsHttp, NewConnectionsGetTheReloadedCertificate) {
    auto old_trust = net::TlsContext::client(files.certificate()).value();
    EXPECT_EQ(loop.wait_for(over_tls(old_trust, sync("a"), version)).body, "a");
    files.write("localhost");
    ASSERT_TRUE(tls.reload());
    auto new_trust = net::TlsContext::client(files.certificate()).value();
    EXPECT_EQ(loop.wait_for(over_tls(old_trust, sync("b"), version)).status, 0U);
    EXPECT_EQ(loop.wait_for(over_tls(new_trust, sync("c"), version)).body, "c");
}

TEST_F(TlsHttp, PlainHttpIsDroppedAndLogged) {
    EXPECT_EQ(ask(sync("x")).status, 0U);
    EXPECT_THAT(logged.str(), HasSubstr("TLS"));
}

} // namespace
} // namespace godwit::http
