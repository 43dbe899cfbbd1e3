// What the two commands that wait, Ping and Sync, have in common: a watch, a place in the turnstile, an end. Such a
// request ends when the phone is gone, when the server stops, when the same phone comes with a newer one, and when its
// time is over.
#pragma once
#include "command/session.hpp"
#include "net/time.hpp"
#include "sync/hub.hpp"
#include "sync/turnstile.hpp"
#include <algorithm>

namespace godwit::command {

class Waiting : public Held {
public:
    Waiting(sync::Turnstile::Pass pass, Session const& s, std::vector<index::CollectionId> folders, bool hierarchy,
            net::Clock::time_point deadline)
        : watch_(s.rooms.hub, s.user.id, std::move(folders), hierarchy), pass_(std::move(pass)), deadline_(deadline) {}

    void wait(std::function<void()> wake) override {
        pass_.on_asked(wake);
        watch_.wait(std::min(deadline_, soonest_), std::move(wake));
    }

protected:
    void rest() {
        pass_.on_asked({});
        watch_.rest();
    }
    bool over(Session const& s) const {
        auto& hangup = s.hangup;
        hangup.gone = hangup.gone || hangup.flooded;
        return hangup.gone || hangup.stopping || pass_.asked();
    }
    bool late() const { return net::Clock::now() >= deadline_; }

    sync::Watch watch_;
    net::Clock::time_point soonest_ = net::Clock::time_point::max(); // look again then, if not before

private:
    sync::Turnstile::Pass pass_;
    net::Clock::time_point deadline_;
};

} // namespace godwit::command
