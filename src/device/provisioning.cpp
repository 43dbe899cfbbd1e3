#include "device/provisioning.hpp"
#include <array>
#include <charconv>
#include <random>
#include <utility>

namespace godwit::device {
namespace {

constexpr std::string_view provisioning_name = "provisioning";
constexpr std::uint32_t layout = 1;

PolicyKey fresh_key(Provisioning const& state) {
    thread_local std::mt19937 random{std::random_device{}()};
    std::uniform_int_distribution<std::uint32_t> draw(1);
    for (;;) {
        auto key = PolicyKey(draw(random));
        if (key != state.temporary && key != state.confirmed && key != state.current) return key;
    }
}

} // namespace

std::string to_blob(Provisioning const& state) {
    std::string out;
    for (auto number : {layout, std::to_underlying(state.temporary), std::to_underlying(state.confirmed),
                        std::to_underlying(state.current), std::uint32_t(state.partial), std::uint32_t(state.wipe)})
        out += std::to_string(number) + ' ';
    return out;
}

std::optional<Provisioning> provisioning_of(std::string_view blob) {
    std::array<std::uint32_t, 6> numbers{};
    auto const* at = blob.data();
    auto const* end = at + blob.size();
    for (auto& number : numbers) {
        auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc{} || next == end || *next != ' ') return std::nullopt;
        at = next + 1;
    }
    if (numbers[0] != layout || at != end || numbers[4] > 1 || numbers[5] > std::uint32_t(Wipe::Failed))
        return std::nullopt;
    return Provisioning{PolicyKey(numbers[1]), PolicyKey(numbers[2]), PolicyKey(numbers[3]), numbers[4] == 1,
                        Wipe(numbers[5])};
}

Provisioning load_provisioning(index::Transaction& tx, std::string_view device) {
    auto blob = tx.state(device, provisioning_name);
    return blob ? provisioning_of(*blob).value_or(Provisioning{}) : Provisioning{};
}

void save(index::Transaction& tx, std::string_view device, Provisioning const& state) {
    tx.put_state(device, provisioning_name, to_blob(state));
}

bool wipe_pending(Provisioning const& state) {
    return state.wipe == Wipe::Requested || state.wipe == Wipe::Delivered || state.wipe == Wipe::Failed;
}

void acknowledge_wipe(Provisioning& state, bool done) {
    if (!wipe_pending(state)) return;
    state.wipe = done ? Wipe::Acknowledged : Wipe::Failed;
    if (done) state.temporary = state.confirmed = state.current = PolicyKey::None;
}

Verdict judge(Provisioning const& state, std::uint32_t presented) {
    if (presented == 0 || state.current == PolicyKey::None)
        return presented == 0 ? Verdict::NotProvisioned : Verdict::InvalidKey;
    return PolicyKey(presented) == state.current ? Verdict::Welcome : Verdict::InvalidKey;
}

PolicyKey offer(Provisioning& state) { return state.temporary = fresh_key(state); }

Outcome acknowledge(Provisioning& state, std::uint32_t key, Compliance compliance, bool allow_partial) {
    auto presented = PolicyKey(key);
    if (presented == PolicyKey::None) return Outcome::WrongKey;
    bool repeated = presented == state.confirmed && state.temporary == PolicyKey::None;
    if (!repeated && presented != state.temporary) return Outcome::WrongKey; // MS-ASPROV_R657
    if (compliance == Compliance::ExternallyManaged) return Outcome::ExternallyManaged;
    if (compliance == Compliance::None || (compliance == Compliance::Partial && !allow_partial))
        return Outcome::NotFullyProvisionable;
    if (repeated) return Outcome::Accepted;
    state.current = fresh_key(state);
    state.confirmed = std::exchange(state.temporary, PolicyKey::None);
    state.partial = compliance == Compliance::Partial;
    return Outcome::Accepted;
}

} // namespace godwit::device
