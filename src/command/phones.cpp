#include "command/phones.hpp"

namespace godwit::command {

std::shared_ptr<Phones> make_phones() { return std::make_shared<Phones>(); }

sync::Turnstile& turnstile(Rooms const& rooms) {
    auto& place = rooms.phones->turnstile;
    if (!place) place.emplace(rooms.hub.loop());
    return *place;
}

device::Standing& standing(Session const& session) {
    return session.rooms.phones->standings.of(session.user.id, session.device, net::Clock::now());
}

} // namespace godwit::command
