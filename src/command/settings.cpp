// MS-ASCMD 2.2.1.18 Settings: each named property is answered for itself, in the order of the request.
#include "eas/settings.hpp"
#include "command/handlers.hpp"
#include "command/phones.hpp"
#include "device/description.hpp"
#include "device/partnership.hpp"
#include <bitset>

namespace godwit::command {
namespace {

using eas::CommonStatus, eas::SettingsResponse, eas::SettingsStatus;

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

// What is not offered here is refused for itself; the command succeeds (MS-ASCMD 2.2.3.177.15).
struct PropertyAnswer {
    Session const& session;
    eas::SettingsAnswer operator()(eas::DeviceInformationRequest const&) const {
        return eas::DeviceInformationResponse{};
    }
    eas::SettingsAnswer operator()(eas::UserInformationRequest const& request) const {
        if (request.get.value) return user_information(session);
        return eas::UserInformationResponse{.status = SettingsStatus::ProtocolError};
    }
    eas::SettingsAnswer operator()(eas::OofRequest const& request) const { return automatic_reply(request); }
    eas::SettingsAnswer operator()(eas::RightsManagementRequest const&) const {
        return eas::RightsManagementResponse{.status = eas::common<SettingsStatus>(CommonStatus::IRMFeatureDisabled)};
    }
    // Status 7: password recovery is switched off in this deployment (R4401).
    eas::SettingsAnswer operator()(eas::DevicePasswordRequest const&) const {
        return eas::DevicePasswordResponse{.status = SettingsStatus::DeniedByPolicy};
    }
};

bool names_one_twice(std::vector<eas::SettingsProperty> const& properties) {
    std::bitset<eas::most_properties> seen;
    for (auto const& property : properties) {
        if (seen[property.index()]) return true;
        seen.set(property.index());
    }
    return false;
}

} // namespace

void store_description(index::Transaction& tx, std::string_view device, eas::DeviceInformationSet const& set) {
    device::Description said;
    auto add = [&](std::string_view name, std::optional<std::string> const& value) {
        if (value) said.emplace_back(name, *value);
    };
    add("Model", set.model);
    add("IMEI", set.imei);
    add("FriendlyName", set.friendly_name);
    add("OS", set.os);
    add("OSLanguage", set.os_language);
    add("PhoneNumber", set.phone_number);
    add("UserAgent", set.user_agent);
    if (set.enable_outbound_sms) said.emplace_back("EnableOutboundSMS", *set.enable_outbound_sms ? "1" : "0");
    add("MobileOperator", set.mobile_operator);
    device::store(tx, device, device::merged(device::load_description(tx, device), said));
}

awaitable<SettingsResponse> settings(Session& s, eas::SettingsRequest request) {
    SettingsResponse response;
    if (names_one_twice(request.properties)) { // MS-ASCMD_R477, R483
        note(s, "malformed", "a property twice (MS-ASCMD 2.2.1.18)");
        response.status = SettingsStatus::ProtocolError;
        co_return response;
    }
    for (auto& property : request.properties) {
        auto* information = std::get_if<eas::DeviceInformationRequest>(&property);
        if (information && device::makes_partnership(s.device)) {
            auto work =
                s.rooms.accounts.write(s.user.id, [device = s.device, set = std::move(information->set)](
                                                      index::Transaction& tx) { store_description(tx, device, set); });
            co_await std::move(work);
        }
        response.properties.push_back(std::visit(PropertyAnswer{s}, property));
    }
    co_return response;
}

} // namespace godwit::command
