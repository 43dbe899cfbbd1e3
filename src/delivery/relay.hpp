// SMTP submission by libcurl, one message at a time, blocking: runs on the outbox's own threads. What each recipient
// was answered is read from the conversation itself.
#pragma once
#include "config/config.hpp"
#include "mime/rope.hpp"
#include <atomic>
#include <string>
#include <vector>

namespace godwit::delivery {

enum class Fate { Accepted, TryLater, Refused };
struct RelayReply {
    Fate fate = Fate::TryLater;
    std::string reply = {}; // the server's last line, or what curl says
};

// One reply for each recipient, in order. An empty sender is the null sender. `stop` set by another thread ends it:
// TryLater.
std::vector<RelayReply> submit(config::Delivery const& config, std::string const& sender,
                               std::vector<std::string> const& recipients, mime::Rope const& message,
                               std::atomic<bool> const& stop);

} // namespace godwit::delivery
