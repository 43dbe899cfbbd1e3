// A partnership is what the server remembers of one phone of one account. It begins with the first real command of a
// device (never with OPTIONS, and not with the DeviceId "validate" that Android sends to try a password), and is
// stamped at most once an hour, so that a request without news writes nothing. Device ids are compared in any letter
// case (trap 37).
#pragma once
#include "index/transaction.hpp"
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace godwit::device {
using index::Time;

// Who calls: from the request line and its headers.
struct Caller {
    std::string id; // folded()
    std::string type;
    std::string user_agent;
    std::string protocol_version;
};

std::string folded(std::string_view device_id);
bool makes_partnership(std::string_view folded_id);

enum class Greeting { Known, Refreshed, Created, TooMany };
inline constexpr std::chrono::hours seen_every{1};

// Whether greet() would write: asked inside a read, so that the usual request needs no write.
bool worth_writing(std::optional<index::DeviceRow> const& row, Caller const& caller, Time now);
Greeting greet(index::Transaction& tx, Caller const& caller, Time now, std::size_t max_devices);

} // namespace godwit::device
