// What stands for an item that cannot be shown says the truth: it is safe if it is, and that it is lost if it is.
#include "command/item_kind.hpp"
#include "convert/email.hpp"
#include "eas/email.hpp"
#include <gtest/gtest.h>

namespace godwit::command {
namespace {

constexpr std::string_view lost = "does not give the content", safe = "safe";

TEST(ItemKind, only_what_is_still_there_is_called_safe) {
    std::size_t kinds = 0;
    for (auto n = 0; n < 16; ++n) {
        auto const* kind = kind_of(index::ItemClass(n));
        if (!kind) continue;
        ++kinds;
        for (auto version : eas::spoken_versions) {
            SCOPED_TRACE(std::string(kind->name) + ' ' + std::string(eas::name(version)));
            std::string why;
            auto const unread = kind->show({}, "no object of any class", {.version = version}, why).bytes;
            EXPECT_NE(why, "");
            EXPECT_NE(unread.find(safe), std::string::npos);
            EXPECT_EQ(unread.find(lost), std::string::npos);
            auto const gone = kind->lost(version).bytes;
            EXPECT_NE(gone.find(lost), std::string::npos);
            EXPECT_EQ(gone.find(safe), std::string::npos);
        }
    }
    EXPECT_EQ(kinds, 4U);
}

TEST(ItemKind, so_it_is_of_mail) {
    for (auto version : eas::spoken_versions) {
        auto const unread = convert::stand_in({.item = 1}, "why", version),
                   gone = convert::lost_content({.item = 1}, version);
        EXPECT_NE(unread.body->data->bytes.find(safe), std::string::npos);
        EXPECT_NE(gone.body->data->bytes.find(lost), std::string::npos);
        EXPECT_EQ(gone.body->data->bytes.find(safe), std::string::npos);
        EXPECT_TRUE(eas::decode<eas::Email>(eas::encode_fragment(gone, version), version));
    }
}

} // namespace
} // namespace godwit::command
