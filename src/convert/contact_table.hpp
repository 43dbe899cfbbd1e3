#pragma once
// The one table between the elements of a contact (MS-ASCNTC 2.2.2) and the properties of a vCard: reading, writing,
// ghosting, the page docs/contacts.md and the tests go by it. A slot is a place of a card that elements speak of; most
// are one property, a name or an address is several elements. What has no row here (Categories, Children, Body,
// Picture) is in contact.cpp.
#include "eas/contacts.hpp"
#include "vcard/card.hpp"

#include <array>
#include <span>

namespace godwit::convert {

enum class Slot : std::uint8_t {
    Name,
    FileAs,
    YomiFirst,
    YomiLast,
    Nickname,
    Org,
    YomiCompany,
    JobTitle,
    Office,
    Manager,
    Assistant,
    Email1,
    Email2,
    Email3,
    Im1,
    Im2,
    Im3,
    Web,
    Mobile,
    Home,
    Home2,
    HomeFax,
    Work,
    Work2,
    WorkFax,
    Company,
    AssistantPhone,
    Pager,
    Car,
    Radio,
    Mms,
    HomeAddress,
    WorkAddress,
    OtherAddress,
    Spouse,
    Customer,
    Government,
    Account,
    Birthday,
    Anniversary,
    None,
};
inline constexpr std::size_t slots = std::size_t(Slot::None);

enum class Form : std::uint8_t { Text, Email, Date };

struct SlotRow {
    Slot slot;
    std::string_view mark; // the parameter X-EAS says this of a property that lies elsewhere by its type or its order
    std::string_view name;
    std::string_view types; // as it is written
    Form form = Form::Text;
    std::string_view also = {}; // other programs' names, which are read and kept
};
SlotRow const& row_of(Slot slot);

struct ElementRow {
    eas::Tag tag;
    std::optional<std::string> eas::Contact::* member;
    Slot slot;
    int part = -1; // of a compound; -1: the value as a whole
};
std::span<ElementRow const> element_rows();

inline constexpr std::string_view mark_name = "X-EAS", no_slot = "-";

/// Which slot each property of the card fills, Slot::None where it fills none: marked ones first, then each by its
/// name and types in the order of PREF, then telephone numbers and addresses of no known type where there is room.
std::vector<Slot> filed(vcard::Card const& card);

/// docs/contacts.md
std::string describe_contacts();

} // namespace godwit::convert
