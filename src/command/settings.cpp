// MS-ASCMD 2.2.1.18 Settings: each named property is answered for itself.
#include "eas/settings.hpp"
#include "command/handlers.hpp"
#include "command/phones.hpp"
#include "device/description.hpp"
#include "device/partnership.hpp"

namespace godwit::command {
namespace {

using eas::SettingsResponse, eas::SettingsStatus;

eas::EmailAddresses addresses(directory::User const& user) {
    // Whole addresses: iOS cannot send from one without a domain (Z-Push #185).
    eas::EmailAddresses out{.smtp_addresses = {user.address}, .primary_smtp_address = user.address};
    out.smtp_addresses.insert(out.smtp_addresses.end(), user.aliases.begin(), user.aliases.end());
    return out;
}

// MS-ASCMD 2.2.3.189: addresses alone up to 14.0, in Accounts from 14.1; the own account has no AccountId.
eas::UserInformationResponse user_information(Session const& s) {
    eas::UserInformation get;
    get.email_addresses = addresses(s.user);
    eas::UserAccount account{.email_addresses = addresses(s.user)};
    if (!s.user.name.empty()) account.user_display_name = s.user.name;
    get.accounts.push_back(std::move(account));
    return {.get = std::move(get)};
}

// MS-ASCMD 2.2.3.122: automatic replies are always off; who wants them off has what he wants.
eas::OofResponse automatic_reply(eas::OofRequest const& request) {
    if (request.set && request.set->state != eas::OofState::Off) return {.status = SettingsStatus::InvalidArguments};
    if (request.set) return {};
    return {.get = eas::OofSettings{.state = eas::OofState::Off}};
}

} // namespace

void store_description(index::Transaction& tx, std::string_view device, eas::DeviceInformationSet const& set) {
    device::Description out;
    auto add = [&](std::string_view name, std::optional<std::string> const& value) {
        if (value) out.emplace_back(name, *value);
    };
    add("Model", set.model);
    add("IMEI", set.imei);
    add("FriendlyName", set.friendly_name);
    add("OS", set.os);
    add("OSLanguage", set.os_language);
    add("PhoneNumber", set.phone_number);
    add("UserAgent", set.user_agent);
    if (set.enable_outbound_sms) out.emplace_back("EnableOutboundSMS", *set.enable_outbound_sms ? "1" : "0");
    add("MobileOperator", set.mobile_operator);
    device::store(tx, device, out);
}

awaitable<SettingsResponse> settings(Session& s, eas::SettingsRequest request) {
    SettingsResponse response;
    if (request.device_information) {
        response.device_information.emplace();
        if (device::makes_partnership(s.device)) {
            auto work =
                s.rooms.accounts.write(s.user.id, [device = s.device, set = std::move(request.device_information->set)](
                                                      index::Transaction& tx) { store_description(tx, device, set); });
            co_await std::move(work);
        }
    }
    if (request.user_information)
        response.user_information = request.user_information->get.value
                                        ? user_information(s)
                                        : eas::UserInformationResponse{.status = SettingsStatus::ProtocolError};
    // What is not offered here is refused for itself; the command succeeds (MS-ASCMD 2.2.3.177.15).
    if (request.oof) response.oof = automatic_reply(*request.oof);
    if (request.rights_management_information)
        response.rights_management_information.emplace(eas::RightsManagementResponse{
            .status = SettingsStatus(std::to_underlying(eas::CommonStatus::IRMFeatureDisabled))});
    // Status 7: password recovery is switched off in this deployment (R4401).
    if (request.device_password)
        response.device_password.emplace(eas::DevicePasswordResponse{.status = SettingsStatus::DeniedByPolicy});
    co_return response;
}

} // namespace godwit::command
