// The server around the accounts of a simulated town; what its people do goes through here.
#pragma once
#include "people.hpp"

namespace godwit::sim {

struct People::Office {
    Office(std::filesystem::path const& directory, bool fresh, std::vector<directory::User> const& users);

    static directory::Directory& directory(); // one for all lives: passwords are slow on purpose
    static net::Pool& pool();
    static config::Config const& config();

    net::Loop loop = {};
    index::Accounts accounts;
    sync::Hub hub;
    delivery::LocalDelivery local;
    delivery::Outbox outbox;
    command::Rooms rooms;
    command::Hangup hangup = {};
};

template <class F> auto People::write(std::size_t person, F f) {
    return office_->accounts.write_now(users_[person].id,
                                       [&](index::Transaction& tx) { return written(dies_, f, tx); });
}
template <class F> auto People::read(std::size_t person, F f) {
    return office_->accounts.read_now(users_[person].id, f);
}

template <class Serve> auto People::deliver(std::uint32_t pick, Serve serve) {
    auto const dies = [&] {
        dies_ = true;
        try {
            serve();
        } catch (Crash const&) {
        }
        dies_ = false;
        reopen();
    };
    return heard(pick, serve, dies, [&] { reopen(); });
}

} // namespace godwit::sim
