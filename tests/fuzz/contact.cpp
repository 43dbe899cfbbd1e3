// ApplicationData of the Contacts class, of any bytes, said of a card of any bytes: what is made can be stored, is
// shown, and said back changes nothing. The first byte chooses the version and the rules; the card follows the data
// after a zero.
#include "convert/contact.hpp"
#include "vcard/card.hpp"
#include "wbxml/wbxml.hpp"
#include <cstdint>
#include <cstdlib>

using namespace godwit;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 1) return 0;
    std::string_view bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    convert::ContactRules rules{.version = eas::spoken_versions[data[0] % eas::spoken_versions.size()]};
    if (data[0] & 0x40) rules.supported.emplace();
    rules.empty_picture_says_nothing = data[0] & 0x80;
    wbxml::Reader reader(bytes);
    eas::Fragment fragment;
    if (reader.next().kind != wbxml::Event::Open || !reader.fragment(fragment)) return 0;
    auto said = eas::decode<eas::Contact>(fragment, rules.version);
    if (!said) return 0;
    auto const text = bytes.find("BEGIN:VCARD");
    auto stored = vcard::read_card(text == bytes.npos ? std::string_view() : bytes.substr(text));
    auto made = stored ? convert::changed_contact(vcard::upgraded(*stored), *said, rules)
                       : convert::new_contact(*said, rules, "uid");
    if (!made) return 0;
    auto again = vcard::read_card(vcard::write(*made));
    if (!again || *again != *made) std::abort();
    auto shown = convert::to_contact(*made, rules.body, rules.version);
    auto wire = eas::encode_fragment(shown, rules.version);
    auto back = eas::decode<eas::Contact>(wire, rules.version);
    if (!back) std::abort();
    auto same = convert::changed_contact(*made, *back, rules);
    if (!same || *same != *made) std::abort();
    return 0;
}
