// What a phone has promised about policy (MS-ASPROV 3.2.5.1), and where a remote wipe stands.
// Two keys: the temporary one is only good for the acknowledgement of the policy that came with it; the one given for
// that acknowledgement is good for every command after it, survives restarts, and stays good while a later Provision is
// under way. A repeated acknowledgement, because its answer was lost, gets the same key again (law 1). Keys are random,
// above 0, never reused in a row. Pure: the blob lies in the index under state(device, "provisioning").
#pragma once
#include "index/transaction.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::device {

enum class PolicyKey : std::uint32_t { None = 0 };

// Trap 53: a directive that was delivered may never be acknowledged, the phone being wiped: two states.
enum class Wipe : std::uint8_t { None = 0, Requested = 1, Delivered = 2, Acknowledged = 3, Failed = 4 };

struct Provisioning {
    PolicyKey temporary = PolicyKey::None; // waits for its acknowledgement
    PolicyKey confirmed = PolicyKey::None; // the temporary key whose acknowledgement gave `current`
    PolicyKey current = PolicyKey::None;
    bool partial = false; // the phone could not apply everything, and was let in all the same
    Wipe wipe = Wipe::None;
    bool operator==(Provisioning const&) const = default;
};

std::string to_blob(Provisioning const& state);
std::optional<Provisioning> provisioning_of(std::string_view blob);
Provisioning load_provisioning(index::Transaction& tx, std::string_view device); // a broken blob starts over
void save(index::Transaction& tx, std::string_view device, Provisioning const& state);

// A wipe that the phone has not reported done comes before everything, whatever the key (status 140, trap 53).
bool wipe_pending(Provisioning const& state);
// What the phone reports of it. One that is done leaves no key: the phone starts anew, as it must.
void acknowledge_wipe(Provisioning& state, bool done);
// May this key work? (MS-ASCMD 2.2.2, statuses 142 and 144)
enum class Verdict { Welcome, NotProvisioned, InvalidKey };
Verdict judge(Provisioning const& state, std::uint32_t presented);

// A new temporary key for the policy that is about to be sent.
PolicyKey offer(Provisioning& state);

// What the phone says about the policy (MS-ASPROV 2.2.2.54.1, Status of Policy in a request).
enum class Compliance : std::uint8_t { Full = 1, Partial = 2, None = 3, ExternallyManaged = 4 };
enum class Outcome { Accepted, WrongKey, NotFullyProvisionable, ExternallyManaged };
Outcome acknowledge(Provisioning& state, std::uint32_t key, Compliance compliance, bool allow_partial);

} // namespace godwit::device
