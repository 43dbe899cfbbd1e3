// MS-ASPROV 3.2.5.1 Provision: the policy, its acknowledgement, the remote wipe. The policy is empty: nothing is
// demanded.
#include "eas/provision.hpp"
#include "command/handlers.hpp"
#include "command/phones.hpp"
#include "device/description.hpp"
#include "device/partnership.hpp"
#include "eas/leaf.hpp"

namespace godwit::command {
namespace {

using device::Provisioning, device::Wipe;
using eas::PolicyStatus, eas::ProvisionResponse, eas::ProvisionStatus;

ProvisionResponse refusal(unsigned status) { return {.status = ProvisionStatus(status)}; }

ProvisionResponse policy_refusal(std::string const& type, PolicyStatus status) {
    ProvisionResponse response;
    response.policy.emplace(eas::PolicyResponse{.policy_type = type, .status = status});
    return response;
}

// MS-ASPROV 3.2.5.1.1: the policy and the temporary key that only its acknowledgement may use.
ProvisionResponse offer_policy(Provisioning& state, eas::ProvisionRequest const& request) {
    ProvisionResponse response;
    if (request.device_information) response.device_information.emplace();
    auto& policy = response.policy.emplace();
    policy.policy_type = eas::policy_type;
    policy.policy_key = std::to_string(std::to_underlying(device::offer(state)));
    policy.doc.emplace();
    return response;
}

// MS-ASPROV 3.2.5.1.2.1: the acknowledgement gets the key for every command from now on.
ProvisionResponse acknowledge_policy(Provisioning& state, eas::PolicyRequest const& policy, eas::Version version) {
    std::uint32_t key = 0;
    if (policy.policy_key && !eas::parse(*policy.policy_key, key)) key = 0;
    auto said =
        device::Compliance(std::to_underlying(policy.acknowledged.value_or(eas::AcknowledgementStatus::Applied)));
    bool allow_partial = version < eas::v14_0; // status 139 exists from 14.0
    switch (device::acknowledge(state, key, said, allow_partial)) {
    case device::Outcome::WrongKey: return policy_refusal(policy.policy_type, PolicyStatus::WrongKey);
    case device::Outcome::NotFullyProvisionable: return refusal(139);
    case device::Outcome::ExternallyManaged: return refusal(145);
    case device::Outcome::Accepted: break;
    }
    ProvisionResponse response;
    response.policy.emplace(eas::PolicyResponse{.policy_type = policy.policy_type,
                                                .policy_key = std::to_string(std::to_underlying(state.current))});
    return response;
}

// MS-ASPROV 3.2.5.1.2.2 and .3; iOS puts the Status beside the element (clients.md 4.1). A phone that reports a failure
// gets status 2 and the directive again (R665, R701).
ProvisionResponse acknowledge_wipe(Provisioning& state, eas::ProvisionRequest const& request) {
    auto const& wipe = request.remote_wipe ? *request.remote_wipe : *request.account_only_remote_wipe;
    auto status = wipe.status ? wipe.status : request.status;
    bool done = status != eas::WipeStatus::Failed;
    device::acknowledge_wipe(state, done);
    if (done || !device::wipe_pending(state)) return {};
    return {.status = ProvisionStatus::ProtocolError, .remote_wipe = true};
}

ProvisionResponse answer(Provisioning& state, eas::ProvisionRequest const& request, eas::Version version) {
    if (request.remote_wipe || request.account_only_remote_wipe) return acknowledge_wipe(state, request);
    if (device::wipe_pending(state)) {
        state.wipe = Wipe::Delivered; // trap 53: delivered is not acknowledged
        return {.remote_wipe = true};
    }
    if (!request.policy) return refusal(std::to_underlying(ProvisionStatus::ProtocolError));
    if (request.policy->policy_type != eas::policy_type)
        return policy_refusal(request.policy->policy_type, PolicyStatus::UnknownType);
    if (request.policy->policy_key || request.policy->acknowledged)
        return acknowledge_policy(state, *request.policy, version);
    if (version >= eas::v14_1 && !request.device_information)
        return refusal(std::to_underlying(eas::CommonStatus::DeviceInformationRequired));
    return offer_policy(state, request);
}

} // namespace

awaitable<ProvisionResponse> provision(Session& s, eas::ProvisionRequest request) {
    if (!device::makes_partnership(s.device)) { // a trial: the state lives as long as the server
        auto response = answer(standing(s).provisioning, request, s.version);
        co_return response;
    }
    auto work = s.rooms.accounts.write(
        s.user.id, [device = s.device, version = s.version, request = std::move(request)](index::Transaction& tx) {
            auto before = device::load_provisioning(tx, device);
            auto state = before;
            auto response = answer(state, request, version);
            if (state != before) device::save(tx, device, state);
            if (request.device_information) store_description(tx, device, request.device_information->set);
            return std::pair(std::move(response), state);
        });
    auto [response, state] = co_await std::move(work);
    standing(s).provisioning = state;
    co_return std::move(response);
}

} // namespace godwit::command
