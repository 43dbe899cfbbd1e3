// An address in an event is one address, or none.
#include "ical/value.hpp"
#include "mime/address.hpp"

#include <gtest/gtest.h>
#include <random>

namespace godwit::ical {
namespace {

struct AddressRow {
    char const *value, *address;
};
AddressRow const address_rows[] = {
    {"mailto:ann@a.test", "ann@a.test"},
    {"MAILTO: Ann.B+c@A.test \t", "Ann.B+c@A.test"},
    {"ann@a.test", "ann@a.test"},
    {"mailto:j\xC3\xB6rg@b\xC3\xBC\x63her.test", "j\xC3\xB6rg@b\xC3\xBC\x63her.test"},
    {"mailto:ann@xn--bcher-kva.test", "ann@xn--bcher-kva.test"},
    {"mailto:\"a,b;c@d\"@a.test", "\"a,b;c@d\"@a.test"},
    {"mailto:\"a\\\"b\"@a.test", "\"a\\\"b\"@a.test"},
    {"mailto:ann@[IPv6:2001:db8::1]", "ann@[IPv6:2001:db8::1]"},
    {"mailto:who?%40=!#$&'*/^`{|}~@a.test", "who?%40=!#$&'*/^`{|}~@a.test"},
    {"mailto:ann%2Bb@a.test", "ann%2Bb@a.test"}, // as it was stored, and compared, ever since
    {"mailto:ann@a.test?subject=hi&cc=v@b.test,w@b.test", "ann@a.test"},
    {"mailto:/O=FIRST ORG/OU=GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=ann",
     "/O=FIRST ORG/OU=GROUP (FYDIBOHF23SPDLT)/CN=RECIPIENTS/CN=ann"},
    {"mailto:ann", "ann"}, // nobody can be reached so, and the phone may say it again
    {"mailto:v1@a.test,v2@b.test", ""},
    {"mailto:v1@a.test;v2@b.test", ""},
    {"mailto:v1@a.test v2@b.test", ""},
    {"mailto:v1@a.test\tv2@b.test", ""},
    {"mailto:v1@a.test%2Cv2@b.test", ""},
    {"mailto:v1@a.test?,v2@b.test", "v1@a.test"},
    {"mailto:ann@a.test,", ""},
    {"mailto:Ann <ann@a.test>", ""},
    {"mailto:<v1@a.test>,<v2@b.test>", ""},
    {"mailto:friends:v1@a.test", ""},
    {"mailto:@b.test:ann@a.test", ""},
    {"mailto:mailto:ann@a.test", ""},
    {"mailto:\"v1@a.test,v2@b.test", ""},
    {"mailto:\"a\",v1@a.test", ""},
    {"mailto:\"a b\"@a.test", ""}, // To would make another address of it
    {"mailto:\"a>,<v\"@a.test", ""},
    {"mailto:ann(@a.test", ""},
    {"mailto:ann@[a],v@[b]", ""},
    {"mailto:@a.test", ""},
    {"mailto:ann@", ""},
    {"mailto:ann@?subject=hi", ""},
    {"mailto:", ""},
    {"mailto:Doe, John", ""},
    {"v1@a.test,v2@b.test", ""},
    {";john_public@host2.test", ""},
    {"invalid:nomail", ""},
    {"/O=ORG/CN=ann", ""},
    {"https://a.test/ann@a.test", ""},
};

TEST(MailAddress, IsOneAddressOrNone) {
    for (auto const& [value, address] : address_rows)
        EXPECT_EQ(mail_address({.name = "ORGANIZER", .value = value}), address) << value;
    std::string const longest = std::string(64, 'l') + "@" + std::string(255, 'd');
    EXPECT_EQ(mail_address({.name = "ORGANIZER", .value = "mailto:" + longest}), longest);
    EXPECT_EQ(mail_address({.name = "ORGANIZER", .value = "mailto:" + longest + "d"}), "");
    Property apple{.name = "ATTENDEE", .value = "/principals/users/ann/"};
    apple.set_parameter("EMAIL", " ann@a.test ");
    EXPECT_EQ(mail_address(apple), "ann@a.test");
    apple.set_parameter("EMAIL", "v1@a.test,v2@b.test");
    EXPECT_EQ(mail_address(apple), "");
}

// Whatever the value is: in a header field, with a name or without, it is itself, and nobody else is there.
TEST(MailAddress, NamesNobodyElseInAHeaderField) {
    std::mt19937 random(1);
    std::string_view const alphabet = "aaabb@@@..,;:<>\"\"\\()[]? \t%=/'\x7F";
    std::size_t found = 0;
    for (int i = 0; i < 300'000; ++i) {
        std::string value = "mailto:";
        for (auto n = random() % 14; n > 0; --n) value += alphabet[random() % alphabet.size()];
        Property const property{.name = "ORGANIZER", .value = value};
        std::string const address(mail_address(property));
        if (!address.contains('@')) continue;
        ++found;
        for (auto const* name : {"", "Doe, John"}) {
            auto const read = mime::parse_addresses(mime::encode_mailbox({.name = name, .address = address}));
            ASSERT_EQ(read.size(), 1U) << value;
            EXPECT_EQ(read[0].address, address) << value;
        }
    }
    EXPECT_GT(found, 1000U);
}

} // namespace
} // namespace godwit::ical
