#include "mime/content.hpp"
#include "mime/skeleton.hpp"

#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

std::string lines(std::size_t count, std::string const& line) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += line;
    return out;
}

// A message with long bodies in the middle, lines of dashes that are no boundaries, and a nested multipart.
std::string large(std::string const& end) {
    auto const base64 =
        lines(4000, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0" + end);
    std::string m;
    for (auto const* line :
         {"From: a@example.org", "Subject: large", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=out",
          "", "preamble", "--out", "Content-Type: multipart/alternative; boundary=in", "", "--in",
          "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable", ""})
        m += line + end;
    m += lines(3000, "caf=C3=A9 und noch etwas Text, damit es lang wird; -- kein Ende =" + end);
    m += "-- " + end + "Anna" + end + "--in" + end + "Content-Type: text/html" + end + end;
    m += lines(5000, "<p>Hello, this is a paragraph of some length</p>" + end) + "--in--" + end + "--out" + end;
    m += "Content-Type: application/pdf; name=a.pdf" + end + "Content-Transfer-Encoding: base64" + end + end + base64;
    m += "--out" + end + "Content-Type: text/csv; name=b.csv" + end + end + lines(9000, "1,2,3" + end) + end;
    m += "--out" + end + "Content-Type: image/png" + end + "Content-Transfer-Encoding: base64" + end + end + base64;
    return m + "--out--" + end + lines(9000, "epilogue" + end);
}

std::string decoded(std::string_view bytes, Located const& where, std::size_t piece) {
    PieceDecoder decoder(where.encoding);
    std::string out;
    for (auto at = where.begin; at < where.end; at += piece)
        out += decoder.feed(bytes.substr(at, std::min<std::size_t>(piece, where.end - at)));
    out += decoder.finish();
    return out;
}

TEST(Skeleton, AgreesWithTheReaderThatHasTheWholeMessage) {
    for (auto const* end : {"\n", "\r\n"})
        for (std::size_t piece : {1UZ, 7UZ, 4096UZ, 65536UZ, 10'000'000UZ}) {
            auto const bytes = large(end);
            ASSERT_GT(bytes.size(), 1UZ << 20);
            Skeleton skeleton;
            for (std::size_t at = 0; at < bytes.size(); at += piece)
                skeleton.feed(std::string_view(bytes).substr(at, piece));
            auto const message = Message::parse(bytes);
            for (auto const* path : {"1.1", "1.2", "2", "3", "4"}) {
                auto const* part = message.find(path);
                ASSERT_TRUE(part) << path;
                auto const found = skeleton.find(path);
                ASSERT_TRUE(found) << path << " in pieces of " << piece;
                EXPECT_EQ(found->type, part->type);
                EXPECT_EQ(found->begin, static_cast<std::size_t>(part->body.data() - bytes.data())) << path;
                EXPECT_EQ(found->end - found->begin, part->body.size()) << path;
                if (piece > 1) EXPECT_TRUE(decoded(bytes, *found, piece) == content(*part)) << path;
            }
            EXPECT_FALSE(skeleton.find("9"));
            EXPECT_TRUE(skeleton.ok());
        }
}

TEST(Skeleton, SaysSoWhenItCannotTell) {
    Skeleton dashes;
    for (int i = 0; i < 1000; ++i) dashes.feed(lines(2000, "--\n"));
    EXPECT_FALSE(dashes.find("1"));
    EXPECT_FALSE(dashes.ok());
    Skeleton header;
    header.feed("Subject: " + lines(300'000, "word ") + "\n\nbody\n");
    EXPECT_FALSE(header.find("1"));
    EXPECT_FALSE(header.ok());
    Skeleton nothing;
    EXPECT_FALSE(nothing.find("1"));
    EXPECT_FALSE(nothing.ok());
}

} // namespace
} // namespace godwit::mime
