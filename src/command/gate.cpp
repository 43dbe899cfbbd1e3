#include "command/gate.hpp"
#include "command/phones.hpp"
#include "command/reply.hpp"
#include "device/partnership.hpp"
#include "eas/status.hpp"
#include <utility>

namespace godwit::command {
namespace {

using device::Standing;
using eas::CommonStatus;

constexpr device::Breaker::Limits breaker_limits{};
constexpr device::Repetition::Limits repetition_limits{};
// Incident 2.12: phones that answer a policy status with the same request again and again understand 449 better.
constexpr unsigned patience = 3;

device::Caller caller(Session const& session) {
    return {session.device, session.line.device_type, session.user_agent, std::string(eas::name(session.version))};
}

// Incident 2.8: a Sync that is said again and again brings no one forward.
std::optional<Reply> repetition(Session& session, std::string_view body) {
    auto& sync = standing(session).sync_repetition;
    auto wait = sync.refuse(std::hash<std::string_view>{}(body), net::Clock::now(), repetition_limits);
    if (!wait) return std::nullopt;
    note(session, "breaker", "the same Sync again and again, trip " + std::to_string(sync.trips()));
    return retry_later(*wait);
}

std::optional<Reply> breaker(Session& session, Row const& row) {
    auto now = net::Clock::now();
    auto& phone = standing(session);
    if (auto wait = phone.breaker.refuse(now)) {
        note(session, "breaker", "open, trip " + std::to_string(phone.breaker.trips()));
        return retry_later(*wait);
    }
    if (row.command == eas::Command::Provision) {
        phone.refusals = 0;
        phone.breaker.provisioned(now, breaker_limits);
    }
    return std::nullopt;
}

struct Met {
    device::Greeting greeting = device::Greeting::Known;
    std::optional<index::DeviceRow> row;
    device::Provisioning provisioning;
};

// Reads, and writes only what is news; then the copy in memory is good again.
net::awaitable<device::Greeting> meet(Session& session) {
    auto now = net::Clock::utc();
    auto max_devices = session.rooms.config.sync.max_devices;
    auto work = session.rooms.accounts.write(session.user.id, [who = caller(session), now, max_devices](auto& tx) {
        Met met;
        met.greeting = device::greet(tx, who, now, max_devices);
        met.row = tx.device(who.id);
        met.provisioning = device::load_provisioning(tx, who.id);
        return met;
    });
    auto met = co_await std::move(work);
    auto& phone = standing(session);
    phone.row = std::move(met.row);
    phone.provisioning = met.provisioning;
    if (met.greeting == device::Greeting::Created) note(session, "partnership", "new");
    co_return met.greeting;
}

// Trap 53: every command but Provision, which brings the directive. Up to 12.1 a phone without a policy key header gets
// 403 (MS-ASCMD_R7561).
std::optional<Reply> wipe(Session& session, Row const& row) {
    if (row.command == eas::Command::Provision || !device::wipe_pending(standing(session).provisioning))
        return std::nullopt;
    note(session, "policy", eas::name(CommonStatus::RemoteWipeRequested));
    if (session.version < eas::v14_0 && !session.line.policy_key) return http_reply(403);
    return status_reply(session, row, std::to_underlying(CommonStatus::RemoteWipeRequested));
}

std::optional<Reply> policy(Session& session, Row const& row) {
    if (!row.needs_policy_key || !session.rooms.config.provision.required) return std::nullopt;
    auto& phone = standing(session);
    auto status = CommonStatus::DeviceNotProvisioned;
    switch (device::judge(phone.provisioning, session.line.policy_key.value_or(0))) {
    case device::Verdict::Welcome:
        phone.refusals = 0;
        phone.breaker.welcomed();
        return std::nullopt;
    case device::Verdict::NotProvisioned: break;
    case device::Verdict::InvalidKey: status = CommonStatus::InvalidPolicyKey; break;
    }
    note(session, "policy", eas::name(status));
    if (++phone.refusals > patience) {
        note(session, "policy", "the phone does not provision");
        return http_reply(449);
    }
    return status_reply(session, row, std::to_underlying(status));
}

// Android tries a password under the DeviceId "validate": it gets what a trial needs, and leaves nothing behind.
std::optional<Reply> trial(Session& session, Row const& row) {
    using eas::Command;
    note(session, "partnership", "none");
    if (row.command == Command::FolderSync || row.command == Command::Settings || row.command == Command::Provision)
        return std::nullopt;
    return status_reply(session, row, std::to_underlying(CommonStatus::DeviceIdMissingOrInvalid));
}

} // namespace

net::awaitable<std::optional<Reply>> pass_gates(Session& session, Row const& row, std::string_view body) {
    if (auto refused = breaker(session, row)) co_return refused;
    if (row.command == eas::Command::Sync)
        if (auto refused = repetition(session, body)) co_return refused;
    if (!device::makes_partnership(session.device)) co_return trial(session, row);
    bool known = !device::worth_writing(standing(session).row, caller(session), net::Clock::utc());
    if (!known) {
        auto greeting = co_await meet(session);
        if (greeting == device::Greeting::TooMany) {
            note(session, "partnership", "too many");
            co_return status_reply(session, row, std::to_underlying(CommonStatus::MaximumDevicesReached));
        }
    }
    if (auto wiped = wipe(session, row)) co_return wiped;
    co_return policy(session, row);
}

void count_failure(Session& session) { standing(session).breaker.failed(net::Clock::now(), breaker_limits); }

} // namespace godwit::command
