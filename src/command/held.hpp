// A request that waits: it ends when the phone is gone, when the server stops, and when the same phone comes with a
// newer one.
#pragma once
#include "command/session.hpp"
#include "sync/hub.hpp"
#include "sync/turnstile.hpp"

namespace godwit::command {

class Held {
public:
    Held(Session& session, sync::Turnstile::Pass& pass, sync::Watch& watch) : hangup_(session.hangup), pass_(pass) {
        hangup_.gone = hangup_.gone || hangup_.flooded;
        hangup_.wake = [&watch] { watch.cancel(); };
        pass_.on_asked([&watch] { watch.cancel(); });
    }
    ~Held() {
        hangup_.wake = nullptr;
        pass_.on_asked({});
    }
    Held(Held const&) = delete;
    bool over() const { return hangup_.gone || hangup_.stopping || pass_.asked(); }

private:
    Hangup& hangup_;
    sync::Turnstile::Pass& pass_;
};

} // namespace godwit::command
