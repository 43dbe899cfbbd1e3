// SMTP submission, one message at a time, blocking: runs on the outbox's own threads. Where the relay knows RFC 3461,
// it is asked to report as the sender wishes.
#pragma once
#include "config/config.hpp"
#include "mime/rope.hpp"
#include <atomic>
#include <string>
#include <vector>

namespace godwit::delivery {

struct RelayEnvelope {
    std::string sender; // empty: the null sender
    std::vector<std::string> recipients;
    std::string id;       // ENVID: comes back in the relay's reports (RFC 3461 4.4)
    bool receipt = false; // the sender wants to hear of success too (RFC 3461 4.1)
};

enum class Fate { Accepted, TryLater, Refused };
struct RelayReply {
    Fate fate = Fate::TryLater;
    std::string reply = {}; // the server's last line, or what went wrong
    bool reports = false;   // it was accepted together with the wish for a receipt
};

// One reply for each recipient, in order. `stop` set by another thread ends it: TryLater.
std::vector<RelayReply> submit(config::Delivery const& config, RelayEnvelope const& envelope, mime::Rope const& message,
                               std::atomic<bool> const& stop);

} // namespace godwit::delivery
