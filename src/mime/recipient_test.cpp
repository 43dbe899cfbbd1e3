// Recipients are read as they stand: who is written to is never guessed.
#include "mime/compose.hpp"
#include "mime/recipient.hpp"

#include <gtest/gtest.h>

namespace godwit::mime {
namespace {

TEST(Recipients, what_stands_there_is_the_address) {
    struct Row {
        std::string_view raw, address;
        bool good;
    };
    for (auto const& [raw, address, good] : {
             Row{"a@b.c", "a@b.c", true},
             Row{" Carl <c@b> ", "c@b", true},
             Row{"Doe, John <j@b>", "j@b", true},
             Row{"< c@b >", "c@b", true},
             Row{"c@b (Carl)", "c@b", true},
             Row{"mailto:c@b", "c@b", true},
             Row{"c@[IPv6:::1]", "c@[IPv6:::1]", true},
             Row{"j\xC3\xB8rn@b", "j\xC3\xB8rn@b", true},
             Row{"\"john doe\"@example.org", "\"john doe\"@example.org", true},
             Row{"<\"a@b \\\" c\"@d>", "\"a@b \\\" c\"@d", true},
             Row{"a b@example.org", "a b@example.org", false},
             Row{"a b <a c@example.org>", "a c@example.org", false},
             Row{"John Doe john@doe.org", "John Doe john@doe.org", false},
             Row{"\"John Doe\" john@doe.org", "\"John Doe\" john@doe.org", false},
             Row{"a @ b", "a @ b", false},
             Row{"b@@example.org", "b@@example.org", false},
             Row{"a@b@c", "a@b@c", false},
             Row{"<a,b@c>", "a,b@c", false},
             Row{"\"a\"b@c", "\"a\"b@c", false},
             Row{"\"never closed@c", "\"never closed@c", false},
             Row{"@b", "@b", false},
             Row{"b@", "b@", false},
             Row{"Carl", "", false},
         }) {
        auto const list = parse_recipients(raw);
        ASSERT_EQ(list.size(), 1U) << raw;
        EXPECT_EQ(list[0].address, address) << raw;
        EXPECT_EQ(is_recipient(list[0].address), good) << raw;
    }
    EXPECT_FALSE(is_recipient(std::string(320, 'a') + "@b"));
    EXPECT_FALSE(is_recipient("\"a<b\"@c")); // it could end a command early
    EXPECT_FALSE(is_recipient("a\r\nb@c"));
}

TEST(Recipients, one_that_is_none_keeps_its_place_in_the_list) {
    auto const found = recipients("To: a@b, c d@e, f@g\r\nBcc: \"h i\"@j\r\n\r\n");
    ASSERT_EQ(found.to.size(), 3U);
    EXPECT_EQ(found.to[1].address, "c d@e");
    EXPECT_EQ(found.all(), (std::vector<std::string>{"a@b", "c d@e", "f@g", "\"h i\"@j"}));
}

} // namespace
} // namespace godwit::mime
