#include "command/attachment.hpp"
#include "mime/content.hpp"
#include "source/local.hpp"
#include "wbxml/base64.hpp"
#include <gtest/gtest.h>

namespace godwit::command {
namespace {

using eas::ItemOperationsStatus;

std::string large_message(std::size_t lines) {
    std::string m = "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                    "--b\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\n";
    for (std::size_t i = 0; i < lines; ++i) {
        auto digits = std::to_string(100'000'000 + i);
        m += "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5" + digits.substr(1) + "\r\n";
    }
    return m + "--b--\r\n";
}

// Issue 3: Range over a large attachment. The answer is the one that the whole message would give.
TEST(Attachment, ARangeOfALargeFileIsReadInPieces) {
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
    index::AccountId const account{1};
    accounts.create(account);
    auto const bytes = large_message(60'000);
    auto const whole = mime::content(*mime::Message::parse(bytes).find("2"));
    accounts.write_now(account, [&](index::Transaction& tx) {
        auto const id = source::append(tx, index::CollectionId{1}, bytes, {}, index::Time{});
        auto const item = tx.item(id).value();
        struct Row {
            std::string range;
            std::size_t first, length;
        };
        for (auto const& r : {Row{"0-0", 0, 1}, Row{"0-1023", 0, 1024}, Row{"1000000-1999999", 1'000'000, 1'000'000},
                              Row{"3000000-18446744073709551615", 3'000'000, whole.size() - 3'000'000}}) {
            auto const file = file_range(tx, item, "2", r.range).value();
            EXPECT_EQ(file.status, ItemOperationsStatus::Success) << r.range;
            EXPECT_TRUE(file.bytes == whole.substr(r.first, r.length)) << r.range << ' ' << file.bytes.size();
            EXPECT_EQ(file.properties.total, whole.size());
            EXPECT_EQ(file.properties.content_type, "application/pdf");
            EXPECT_EQ(file.properties.range, std::to_string(r.first) + '-' + std::to_string(r.first + r.length - 1));
        }
        for (auto const* wrong : {"nonsense", "5-4", "-", "99999999-100000000"})
            EXPECT_EQ(file_range(tx, item, "2", wrong)->status, ItemOperationsStatus::InvalidRange) << wrong;
        EXPECT_EQ(file_range(tx, item, "7", "0-1")->status, ItemOperationsStatus::InvalidAttachment);
    });
}

// A piece ends where it likes, between CR and LF too; a draft's file is named by its bytes. Both were read whole, and
// of uuencode a range gave other bytes than the file.
TEST(Attachment, EveryEncodingAndADraftsFileAreReadInPiecesToo) {
    struct Row {
        std::string encoding, begin, line, end;
    };
    for (auto const& r : {Row{"x-uuencode", "preamble\r\nbegin 644 a.pdf\r\n",
                              "M86)C9&5F9VAI:FML;6YO<'%R<W1U=G=X>7HP,3(S-#4V-S@Y04)#1$5&1TA)\r\n", "`\r\nend\r\n"},
                          Row{"x-uuencode", "", "%:&5L;&\\\r\n", "`\r\nend\r\n"},
                          Row{"quoted-printable", "", "caf=C3=A9 =E2=82=AC=\r\n", ""},
                          Row{"8bit", "", "caf\xC3\xA9, und noch etwas Text\r\n", ""},
                          Row{"base64", "", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJz\r\n", ""}}) {
        std::string bytes =
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n"
            "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: " +
            r.encoding + "\r\n\r\n" + r.begin;
        while (bytes.size() < 1'000'000) bytes += r.line;
        bytes += r.end + "--b--\r\n";
        auto const message = mime::Message::parse(bytes);
        auto const& part = *message.find("2");
        auto const whole = mime::content(part);
        ASSERT_GT(whole.size(), 300'000U) << r.encoding;
        EXPECT_EQ(mime::content_size(part), whole.size()) << r.encoding;
        EXPECT_TRUE(mime::content(part, 777, 200'000) == whole.substr(777, 200'000)) << r.encoding;
        net::Pool pool{1};
        index::Accounts accounts{pool, {}, {}};
        accounts.create(index::AccountId{1});
        accounts.write_now(index::AccountId{1}, [&](index::Transaction& tx) {
            auto const item = tx.item(source::append(tx, index::CollectionId{1}, bytes, {}, index::Time{})).value();
            for (auto const& path : {std::string("2"), mime::lasting_path(part)}) {
                auto const file = file_range(tx, item, path, "299000-299999").value();
                EXPECT_TRUE(file.bytes == whole.substr(299'000, 1000)) << r.encoding << ' ' << path;
                EXPECT_EQ(file.properties.total, whole.size()) << r.encoding << ' ' << path;
                auto const all = file_range(tx, item, path, std::nullopt).value();
                auto const text = file_range(tx, item, path, std::nullopt, Form::Base64).value();
                EXPECT_EQ(text.properties.base64, wbxml::to_base64(all.bytes));
                EXPECT_EQ(text.bytes, "");
                EXPECT_TRUE(all.bytes == whole) << r.encoding << ' ' << path;
                EXPECT_FALSE(all.properties.range || all.properties.total);
            }
            EXPECT_EQ(file_range(tx, item, "0.1", "0-1")->status, ItemOperationsStatus::InvalidAttachment);
        });
    }
}

// What would take more memory than a request has is refused whole, and can be had in ranges.
TEST(Attachment, ALargeFileIsHadInRangesOnly) {
    net::Pool pool{1};
    index::Accounts accounts{pool, {}, {}};
    accounts.create(index::AccountId{1});
    std::string bytes =
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n"
        "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n";
    bytes += std::string(72'000'000, 'x') + "\r\n--b--\r\n";
    accounts.write_now(index::AccountId{1}, [&](index::Transaction& tx) {
        auto const item = tx.item(source::append(tx, index::CollectionId{1}, bytes, {}, index::Time{})).value();
        EXPECT_EQ(file_range(tx, item, "2", std::nullopt)->status, ItemOperationsStatus::TooLarge);
        EXPECT_EQ(file_range(tx, item, "2", "70000000-70000009")->bytes.size(), 10U);
        for (auto const* much : {"0-71999999", "0-18446744073709551615"}) { // a piece, and which one
            auto const piece = file_range(tx, item, "2", much);
            EXPECT_EQ(piece->bytes.size(), 1U << 20) << much;
            EXPECT_EQ(piece->properties.range, "0-1048575") << much;
            EXPECT_EQ(piece->properties.total, 72'000'000U) << much;
        }
        EXPECT_EQ(file_range(tx, item, "2", "71999999-18446744073709551615")->properties.range, "71999999-71999999");
        EXPECT_EQ(file_range(tx, item, "2", "18446744073709551615-18446744073709551615")->status,
                  ItemOperationsStatus::InvalidRange);
    });
}

} // namespace
} // namespace godwit::command
