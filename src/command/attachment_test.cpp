#include "command/attachment.hpp"
#include "mime/content.hpp"
#include "source/local.hpp"
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

} // namespace
} // namespace godwit::command
