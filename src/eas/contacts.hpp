// The Contact class (MS-ASCNTC 2.2.2) with the Contacts2 elements and the notes of AirSyncBase: the ApplicationData of
// a contact, from the server and from the client.
#pragma once
#include "eas/airsyncbase.hpp"

namespace godwit::eas {

// A Change may hold any of them; an element that is there and empty takes the value away.
struct Contact {
    std::optional<std::string> file_as = {};
    std::optional<std::string> title = {};
    std::optional<std::string> first_name = {};
    std::optional<std::string> middle_name = {};
    std::optional<std::string> last_name = {};
    std::optional<std::string> suffix = {};
    std::optional<std::string> yomi_first_name = {};
    std::optional<std::string> yomi_last_name = {};
    std::optional<std::string> nick_name = {};
    std::optional<std::string> company_name = {};
    std::optional<std::string> yomi_company_name = {};
    std::optional<std::string> department = {};
    std::optional<std::string> job_title = {};
    std::optional<std::string> office_location = {};
    std::optional<std::string> manager_name = {};
    std::optional<std::string> assistant_name = {};
    std::optional<std::string> email_1_address = {};
    std::optional<std::string> email_2_address = {};
    std::optional<std::string> email_3_address = {};
    std::optional<std::string> im_address = {};
    std::optional<std::string> im_address_2 = {};
    std::optional<std::string> im_address_3 = {};
    std::optional<std::string> web_page = {};
    std::optional<std::string> mobile_phone_number = {};
    std::optional<std::string> home_phone_number = {};
    std::optional<std::string> home_2_phone_number = {};
    std::optional<std::string> home_fax_number = {};
    std::optional<std::string> business_phone_number = {};
    std::optional<std::string> business_2_phone_number = {};
    std::optional<std::string> business_fax_number = {};
    std::optional<std::string> company_main_phone = {};
    std::optional<std::string> assistant_phone_number = {};
    std::optional<std::string> pager_number = {};
    std::optional<std::string> car_phone_number = {};
    std::optional<std::string> radio_phone_number = {};
    std::optional<std::string> mms = {};
    std::optional<std::string> home_address_street = {};
    std::optional<std::string> home_address_city = {};
    std::optional<std::string> home_address_state = {};
    std::optional<std::string> home_address_postal_code = {};
    std::optional<std::string> home_address_country = {};
    std::optional<std::string> business_address_street = {};
    std::optional<std::string> business_address_city = {};
    std::optional<std::string> business_address_state = {};
    std::optional<std::string> business_address_postal_code = {};
    std::optional<std::string> business_address_country = {};
    std::optional<std::string> other_address_street = {};
    std::optional<std::string> other_address_city = {};
    std::optional<std::string> other_address_state = {};
    std::optional<std::string> other_address_postal_code = {};
    std::optional<std::string> other_address_country = {};
    std::optional<std::string> spouse = {};
    std::optional<std::string> customer_id = {};
    std::optional<std::string> government_id = {};
    std::optional<std::string> account_name = {};
    std::optional<std::string> picture = {};
    std::optional<DateTimeOrEmpty> birthday = {}; // dates: the time of day means nothing (MS-ASCNTC_R999)
    std::optional<DateTimeOrEmpty> anniversary = {};
    std::optional<std::vector<std::string>> children = {};
    std::optional<std::vector<std::string>> categories = {};
    std::optional<Body> body = {};
    std::optional<std::string> alias = {};          // of a recipient information cache only
    std::optional<std::int32_t> weighted_rank = {}; // likewise
    bool operator==(Contact const&) const = default;
};
template <> inline constexpr auto schema<Contact> = element( //
    airsync::ApplicationData, "MS-ASCNTC 2.2.2", field<&Contact::file_as>(contacts::FileAs),
    field<&Contact::title>(contacts::Title), field<&Contact::first_name>(contacts::FirstName),
    field<&Contact::middle_name>(contacts::MiddleName), field<&Contact::last_name>(contacts::LastName),
    field<&Contact::suffix>(contacts::Suffix), field<&Contact::yomi_first_name>(contacts::YomiFirstName),
    field<&Contact::yomi_last_name>(contacts::YomiLastName), field<&Contact::nick_name>(contacts2::NickName),
    field<&Contact::company_name>(contacts::CompanyName), field<&Contact::yomi_company_name>(contacts::YomiCompanyName),
    field<&Contact::department>(contacts::Department), field<&Contact::job_title>(contacts::JobTitle),
    field<&Contact::office_location>(contacts::OfficeLocation), field<&Contact::manager_name>(contacts2::ManagerName),
    field<&Contact::assistant_name>(contacts::AssistantName), field<&Contact::email_1_address>(contacts::Email1Address),
    field<&Contact::email_2_address>(contacts::Email2Address),
    field<&Contact::email_3_address>(contacts::Email3Address), field<&Contact::im_address>(contacts2::IMAddress),
    field<&Contact::im_address_2>(contacts2::IMAddress2), field<&Contact::im_address_3>(contacts2::IMAddress3),
    field<&Contact::web_page>(contacts::WebPage), field<&Contact::mobile_phone_number>(contacts::MobilePhoneNumber),
    field<&Contact::home_phone_number>(contacts::HomePhoneNumber),
    field<&Contact::home_2_phone_number>(contacts::Home2PhoneNumber),
    field<&Contact::home_fax_number>(contacts::HomeFaxNumber),
    field<&Contact::business_phone_number>(contacts::BusinessPhoneNumber),
    field<&Contact::business_2_phone_number>(contacts::Business2PhoneNumber),
    field<&Contact::business_fax_number>(contacts::BusinessFaxNumber),
    field<&Contact::company_main_phone>(contacts2::CompanyMainPhone),
    field<&Contact::assistant_phone_number>(contacts::AssistantPhoneNumber),
    field<&Contact::pager_number>(contacts::PagerNumber), field<&Contact::car_phone_number>(contacts::CarPhoneNumber),
    field<&Contact::radio_phone_number>(contacts::RadioPhoneNumber), field<&Contact::mms>(contacts2::MMS),
    field<&Contact::home_address_street>(contacts::HomeAddressStreet),
    field<&Contact::home_address_city>(contacts::HomeAddressCity),
    field<&Contact::home_address_state>(contacts::HomeAddressState),
    field<&Contact::home_address_postal_code>(contacts::HomeAddressPostalCode),
    field<&Contact::home_address_country>(contacts::HomeAddressCountry),
    field<&Contact::business_address_street>(contacts::BusinessAddressStreet),
    field<&Contact::business_address_city>(contacts::BusinessAddressCity),
    field<&Contact::business_address_state>(contacts::BusinessAddressState),
    field<&Contact::business_address_postal_code>(contacts::BusinessAddressPostalCode),
    field<&Contact::business_address_country>(contacts::BusinessAddressCountry),
    field<&Contact::other_address_street>(contacts::OtherAddressStreet),
    field<&Contact::other_address_city>(contacts::OtherAddressCity),
    field<&Contact::other_address_state>(contacts::OtherAddressState),
    field<&Contact::other_address_postal_code>(contacts::OtherAddressPostalCode),
    field<&Contact::other_address_country>(contacts::OtherAddressCountry), field<&Contact::spouse>(contacts::Spouse),
    field<&Contact::customer_id>(contacts2::CustomerId), field<&Contact::government_id>(contacts2::GovernmentId),
    field<&Contact::account_name>(contacts2::AccountName), field<&Contact::picture>(contacts::Picture),
    field<&Contact::birthday>(contacts::Birthday), field<&Contact::anniversary>(contacts::Anniversary),
    field<&Contact::children>(contacts::Child, in{contacts::Children}, max_items{300}),        // MS-ASCNTC_R194
    field<&Contact::categories>(contacts::Category, in{contacts::Categories}, max_items{300}), // MS-ASCNTC_R183
    field<&Contact::body>(airsyncbase::Body), field<&Contact::alias>(contacts::Alias, since{v14_0}),
    field<&Contact::weighted_rank>(contacts::WeightedRank, since{v14_0}));

extern template Shape const& document<Contact>();

} // namespace godwit::eas
