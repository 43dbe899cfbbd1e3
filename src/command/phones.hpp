// What the server keeps in memory about the phones it serves: their standing, and who of them is being served right
// now.
#pragma once
#include "command/session.hpp"
#include "device/standing.hpp"
#include "sync/hub.hpp"
#include "sync/turnstile.hpp"
#include <optional>

namespace godwit::command {

struct Phones {
    device::Standings standings;
    std::optional<sync::Turnstile> turnstile;
};

sync::Turnstile& turnstile(Rooms const& rooms);
device::Standing& standing(Session const& session); // good until the next call, or the next wait

// In the turnstile a device's Ping stands beside its collections: a new Ping ends the held one, a Sync does not.
inline constexpr index::CollectionId ping_place{0xFFFFFFFF};

} // namespace godwit::command
