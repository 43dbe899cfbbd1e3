#include "convert/contact_table.hpp"

#include "mime/header.hpp"
#include "vcard/value.hpp"

#include <algorithm>
#include <charconv>

namespace godwit::convert {
namespace {

namespace contacts = eas::contacts;
namespace contacts2 = eas::contacts2;
using eas::Contact;
using vcard::Card;

// Standard properties where there is one (RFC 6350); else the names that Apple, Evolution and others already read.
constexpr std::array<SlotRow, slots> rows{
    SlotRow{Slot::Name, "LastName", "N", ""},
    SlotRow{Slot::FileAs, "FileAs", "X-FILE-AS", "", Form::Text, "X-EVOLUTION-FILE-AS"},
    SlotRow{Slot::YomiFirst, "YomiFirstName", "X-PHONETIC-FIRST-NAME", ""},
    SlotRow{Slot::YomiLast, "YomiLastName", "X-PHONETIC-LAST-NAME", ""},
    SlotRow{Slot::Nickname, "NickName", "NICKNAME", ""},
    SlotRow{Slot::Org, "CompanyName", "ORG", ""},
    SlotRow{Slot::YomiCompany, "YomiCompanyName", "X-PHONETIC-ORG", ""},
    SlotRow{Slot::JobTitle, "JobTitle", "TITLE", ""},
    SlotRow{Slot::Office, "OfficeLocation", "X-OFFICE", "", Form::Text, "X-EVOLUTION-OFFICE"},
    SlotRow{Slot::Manager, "ManagerName", "X-MANAGER", "", Form::Text,
            "X-MS-MANAGER X-EVOLUTION-MANAGER X-KADDRESSBOOK-X-MANAGERSNAME"},
    SlotRow{Slot::Assistant, "AssistantName", "X-ASSISTANT", "", Form::Text,
            "X-MS-ASSISTANT X-EVOLUTION-ASSISTANT X-KADDRESSBOOK-X-ASSISTANTSNAME"},
    SlotRow{Slot::Email1, "Email1Address", "EMAIL", "", Form::Email},
    SlotRow{Slot::Email2, "Email2Address", "EMAIL", "", Form::Email},
    SlotRow{Slot::Email3, "Email3Address", "EMAIL", "", Form::Email},
    SlotRow{Slot::Im1, "IMAddress", "IMPP", "", Form::Text,
            "X-MS-IMADDRESS X-AIM X-ICQ X-JABBER X-MSN X-YAHOO X-SKYPE X-SKYPE-USERNAME X-GADUGADU X-GROUPWISE X-QQ"},
    SlotRow{Slot::Im2, "IMAddress2", "IMPP", ""},
    SlotRow{Slot::Im3, "IMAddress3", "IMPP", ""},
    SlotRow{Slot::Web, "WebPage", "URL", ""},
    SlotRow{Slot::Mobile, "MobilePhoneNumber", "TEL", "cell"},
    SlotRow{Slot::Home, "HomePhoneNumber", "TEL", "home"},
    SlotRow{Slot::Home2, "Home2PhoneNumber", "TEL", "home"},
    SlotRow{Slot::HomeFax, "HomeFaxNumber", "TEL", "home,fax"},
    SlotRow{Slot::Work, "BusinessPhoneNumber", "TEL", "work"},
    SlotRow{Slot::Work2, "Business2PhoneNumber", "TEL", "work"},
    SlotRow{Slot::WorkFax, "BusinessFaxNumber", "TEL", "work,fax"},
    SlotRow{Slot::Company, "CompanyMainPhone", "TEL", "x-company"},
    SlotRow{Slot::AssistantPhone, "AssistantPhoneNumber", "TEL", "x-assistant"},
    SlotRow{Slot::Pager, "PagerNumber", "TEL", "pager"},
    SlotRow{Slot::Car, "CarPhoneNumber", "TEL", "x-car"},
    SlotRow{Slot::Radio, "RadioPhoneNumber", "TEL", "x-radio"},
    SlotRow{Slot::Mms, "MMS", "X-MMS", ""},
    SlotRow{Slot::HomeAddress, "HomeAddressStreet", "ADR", "home"},
    SlotRow{Slot::WorkAddress, "BusinessAddressStreet", "ADR", "work"},
    SlotRow{Slot::OtherAddress, "OtherAddressStreet", "ADR", ""},
    SlotRow{Slot::Spouse, "Spouse", "RELATED", "spouse", Form::Text,
            "X-SPOUSE X-MS-SPOUSE X-EVOLUTION-SPOUSE X-KADDRESSBOOK-X-SPOUSESNAME"},
    SlotRow{Slot::Customer, "CustomerId", "X-CUSTOMER-ID", ""},
    SlotRow{Slot::Government, "GovernmentId", "X-GOVERNMENT-ID", ""},
    SlotRow{Slot::Account, "AccountName", "X-ACCOUNT-NAME", ""},
    SlotRow{Slot::Birthday, "Birthday", "BDAY", "", Form::Date},
    SlotRow{Slot::Anniversary, "Anniversary", "ANNIVERSARY", "", Form::Date,
            "X-ANNIVERSARY X-MS-ANNIVERSARY X-EVOLUTION-ANNIVERSARY X-KADDRESSBOOK-X-ANNIVERSARY"}};

constexpr std::array elements{
    ElementRow{contacts::FileAs, &Contact::file_as, Slot::FileAs},
    ElementRow{contacts::Title, &Contact::title, Slot::Name, 3},
    ElementRow{contacts::FirstName, &Contact::first_name, Slot::Name, 1},
    ElementRow{contacts::MiddleName, &Contact::middle_name, Slot::Name, 2},
    ElementRow{contacts::LastName, &Contact::last_name, Slot::Name, 0},
    ElementRow{contacts::Suffix, &Contact::suffix, Slot::Name, 4},
    ElementRow{contacts::YomiFirstName, &Contact::yomi_first_name, Slot::YomiFirst},
    ElementRow{contacts::YomiLastName, &Contact::yomi_last_name, Slot::YomiLast},
    ElementRow{contacts2::NickName, &Contact::nick_name, Slot::Nickname},
    ElementRow{contacts::CompanyName, &Contact::company_name, Slot::Org, 0},
    ElementRow{contacts::YomiCompanyName, &Contact::yomi_company_name, Slot::YomiCompany},
    ElementRow{contacts::Department, &Contact::department, Slot::Org, 1},
    ElementRow{contacts::JobTitle, &Contact::job_title, Slot::JobTitle},
    ElementRow{contacts::OfficeLocation, &Contact::office_location, Slot::Office},
    ElementRow{contacts2::ManagerName, &Contact::manager_name, Slot::Manager},
    ElementRow{contacts::AssistantName, &Contact::assistant_name, Slot::Assistant},
    ElementRow{contacts::Email1Address, &Contact::email_1_address, Slot::Email1},
    ElementRow{contacts::Email2Address, &Contact::email_2_address, Slot::Email2},
    ElementRow{contacts::Email3Address, &Contact::email_3_address, Slot::Email3},
    ElementRow{contacts2::IMAddress, &Contact::im_address, Slot::Im1},
    ElementRow{contacts2::IMAddress2, &Contact::im_address_2, Slot::Im2},
    ElementRow{contacts2::IMAddress3, &Contact::im_address_3, Slot::Im3},
    ElementRow{contacts::WebPage, &Contact::web_page, Slot::Web},
    ElementRow{contacts::MobilePhoneNumber, &Contact::mobile_phone_number, Slot::Mobile},
    ElementRow{contacts::HomePhoneNumber, &Contact::home_phone_number, Slot::Home},
    ElementRow{contacts::Home2PhoneNumber, &Contact::home_2_phone_number, Slot::Home2},
    ElementRow{contacts::HomeFaxNumber, &Contact::home_fax_number, Slot::HomeFax},
    ElementRow{contacts::BusinessPhoneNumber, &Contact::business_phone_number, Slot::Work},
    ElementRow{contacts::Business2PhoneNumber, &Contact::business_2_phone_number, Slot::Work2},
    ElementRow{contacts::BusinessFaxNumber, &Contact::business_fax_number, Slot::WorkFax},
    ElementRow{contacts2::CompanyMainPhone, &Contact::company_main_phone, Slot::Company},
    ElementRow{contacts::AssistantPhoneNumber, &Contact::assistant_phone_number, Slot::AssistantPhone},
    ElementRow{contacts::PagerNumber, &Contact::pager_number, Slot::Pager},
    ElementRow{contacts::CarPhoneNumber, &Contact::car_phone_number, Slot::Car},
    ElementRow{contacts::RadioPhoneNumber, &Contact::radio_phone_number, Slot::Radio},
    ElementRow{contacts2::MMS, &Contact::mms, Slot::Mms},
    ElementRow{contacts::HomeAddressStreet, &Contact::home_address_street, Slot::HomeAddress, 2},
    ElementRow{contacts::HomeAddressCity, &Contact::home_address_city, Slot::HomeAddress, 3},
    ElementRow{contacts::HomeAddressState, &Contact::home_address_state, Slot::HomeAddress, 4},
    ElementRow{contacts::HomeAddressPostalCode, &Contact::home_address_postal_code, Slot::HomeAddress, 5},
    ElementRow{contacts::HomeAddressCountry, &Contact::home_address_country, Slot::HomeAddress, 6},
    ElementRow{contacts::BusinessAddressStreet, &Contact::business_address_street, Slot::WorkAddress, 2},
    ElementRow{contacts::BusinessAddressCity, &Contact::business_address_city, Slot::WorkAddress, 3},
    ElementRow{contacts::BusinessAddressState, &Contact::business_address_state, Slot::WorkAddress, 4},
    ElementRow{contacts::BusinessAddressPostalCode, &Contact::business_address_postal_code, Slot::WorkAddress, 5},
    ElementRow{contacts::BusinessAddressCountry, &Contact::business_address_country, Slot::WorkAddress, 6},
    ElementRow{contacts::OtherAddressStreet, &Contact::other_address_street, Slot::OtherAddress, 2},
    ElementRow{contacts::OtherAddressCity, &Contact::other_address_city, Slot::OtherAddress, 3},
    ElementRow{contacts::OtherAddressState, &Contact::other_address_state, Slot::OtherAddress, 4},
    ElementRow{contacts::OtherAddressPostalCode, &Contact::other_address_postal_code, Slot::OtherAddress, 5},
    ElementRow{contacts::OtherAddressCountry, &Contact::other_address_country, Slot::OtherAddress, 6},
    ElementRow{contacts::Spouse, &Contact::spouse, Slot::Spouse},
    ElementRow{contacts2::CustomerId, &Contact::customer_id, Slot::Customer},
    ElementRow{contacts2::GovernmentId, &Contact::government_id, Slot::Government},
    ElementRow{contacts2::AccountName, &Contact::account_name, Slot::Account}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < slots; ++i)
        if (rows[i].slot != Slot(i)) return false;
    return true;
}
static_assert(in_order());

// Apple's label of a property: that of the same group.
std::string label_of(Card const& card, vcard::Property const& property) {
    if (property.group.empty()) return {};
    for (auto const& other : card.properties)
        if (other.name == "X-ABLABEL" && other.group == property.group) return mime::lower(other.value);
    return {};
}

struct Kind {
    std::string_view name, types; // as in a SlotRow
};

Kind kind_of_number(Card const& card, vcard::Property const& p) {
    auto is = [&](std::string_view type) { return p.has_type(type); };
    if (is("pager")) return {"TEL", "pager"};
    if (is("fax")) return {"TEL", is("home") ? "home,fax" : "work,fax"};
    for (std::string_view own : {"x-company", "x-assistant", "x-car", "x-radio"})
        if (is(own)) return {"TEL", own};
    if (is("car")) return {"TEL", "x-car"};
    if (label_of(card, p).contains("assistant")) return {"TEL", "x-assistant"};
    if (is("cell")) return {"TEL", "cell"};
    return {"TEL", is("work") ? "work" : is("home") ? "home" : ""};
}

Kind kind_of(Card const& card, vcard::Property const& p) {
    if (p.name == "TEL") return kind_of_number(card, p);
    if (p.name == "ADR") return {"ADR", p.has_type("work") ? "work" : p.has_type("home") ? "home" : ""};
    if (p.name == "RELATED") return {"RELATED", p.has_type("spouse") ? "spouse" : ""};
    if (p.name == "X-ABRELATEDNAMES") {
        auto label = label_of(card, p);
        if (label.contains("spouse")) return {"RELATED", "spouse"};
        if (label.contains("assistant")) return {"X-ASSISTANT", ""};
        return {label.contains("manager") ? "X-MANAGER" : "", ""};
    }
    if (p.name == "X-ABDATE") return {label_of(card, p).contains("anniversary") ? "ANNIVERSARY" : "", ""};
    for (auto const& row : rows)
        for (auto rest = row.also; !rest.empty();) {
            auto const end = std::min(rest.find(' '), rest.size());
            if (rest.substr(0, end) == p.name) return {row.name, row.types};
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    return {p.name, ""};
}

int preference(vcard::Property const& p) {
    auto const* pref = p.parameter("PREF");
    int n = 101;
    if (pref && !pref->values.empty())
        std::from_chars(pref->values[0].data(), pref->values[0].data() + pref->values[0].size(), n);
    return n;
}

// The places for what has no type of its own.
std::span<Slot const> spare(Kind const& kind) {
    static constexpr Slot numbers[] = {Slot::Home, Slot::Home2, Slot::Work, Slot::Work2};
    static constexpr Slot addresses[] = {Slot::OtherAddress};
    bool number = kind.name == "TEL" && !kind.types.contains("fax") && kind.types != "pager";
    if (number) return numbers;
    return kind.name == "ADR" ? std::span<Slot const>(addresses) : std::span<Slot const>();
}

} // namespace

SlotRow const& row_of(Slot slot) { return rows[std::size_t(slot)]; }
std::span<ElementRow const> element_rows() { return elements; }

std::vector<Slot> filed(Card const& card) {
    std::vector<Slot> out(card.properties.size(), Slot::None);
    std::array<bool, slots> taken{};
    std::vector<std::size_t> rest;
    auto put = [&](std::size_t i, Slot slot) {
        if (taken[std::size_t(slot)]) return false;
        out[i] = slot;
        return taken[std::size_t(slot)] = true;
    };
    for (std::size_t i = 0; i < card.properties.size(); ++i) {
        auto const* mark = card.properties[i].parameter(mark_name);
        if (!mark) {
            rest.push_back(i);
            continue;
        }
        for (auto const& row : rows)
            if (!mark->values.empty() && mark->values[0] == row.mark) put(i, row.slot);
    }
    std::ranges::sort(rest, {}, [&](std::size_t i) { return std::pair(preference(card.properties[i]), i); });
    std::erase_if(rest, [&](std::size_t i) {
        auto const kind = kind_of(card, card.properties[i]);
        for (auto const& row : rows)
            if (row.name == kind.name && row.types == kind.types && put(i, row.slot)) return true;
        return false;
    });
    for (auto const i : rest)
        for (auto const slot : spare(kind_of(card, card.properties[i])))
            if (put(i, slot)) break;
    return out;
}

std::string describe_contacts() {
    std::string out = "| element | property | also read |\n|---|---|---|\n";
    for (auto const& element : elements) {
        auto const& row = row_of(element.slot);
        out += "| " + std::string(element.tag.name) + " | `" + std::string(row.name);
        if (!row.types.empty()) out += ";TYPE=" + std::string(row.types);
        out += "`";
        if (element.part >= 0) out += ", component " + std::to_string(element.part + 1);
        out += " | " + std::string(row.also) + " |\n";
    }
    for (auto const slot : {Slot::Birthday, Slot::Anniversary})
        out += "| " + std::string(row_of(slot).mark) + " | `" + std::string(row_of(slot).name) + "` | " +
               std::string(row_of(slot).also) + " |\n";
    return out + "| Children, Child | `RELATED;TYPE=child` | X-MS-CHILD |\n| Categories, Category | `CATEGORIES` |  |\n"
                 "| Picture | `PHOTO` |  |\n| airsyncbase:Body | `NOTE` |  |\n";
}

} // namespace godwit::convert
