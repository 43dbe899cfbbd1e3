// What `serve` asks of the machine it runs on: systemd's readiness protocol, the lock of the data directory,
// descriptors.
#pragma once
#include <string>
#include <string_view>

namespace godwit::cli {

// One datagram to $NOTIFY_SOCKET (sd_notify(3)): "READY=1", "STOPPING=1". Nothing where systemd did not ask for it.
void notify_systemd(std::string_view state);

// Holds DIR/serve.lock: one server works on a data directory. The kernel lets go when the process ends, however it
// ends.
class DirectoryLock {
public:
    explicit DirectoryLock(std::string const& data); // Stops with Busy, naming the process that holds it
    ~DirectoryLock();
    DirectoryLock(DirectoryLock const&) = delete;

private:
    int descriptor_;
};

std::size_t raise_descriptor_limit(); // to what the system allows; how many that is

} // namespace godwit::cli
