#include "cli/host.hpp"
#include "cli/outcome.hpp"
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace godwit::cli {

void notify_systemd(std::string_view state) {
    auto const* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path == nullptr || *path == 0 || std::strlen(path) >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path, std::strlen(path));
    if (*path == '@') address.sun_path[0] = 0; // the abstract namespace
    int const descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return;
    auto const size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
    ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr const*>(&address), size);
    ::close(descriptor);
}

DirectoryLock::DirectoryLock(std::string const& data) {
    auto const file = data + "/serve.lock";
    descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw Stop{Exit::Failure, fmt::format("cannot write in the data directory {}: {}", data, std::strerror(errno))};
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        char holder[24] = {};
        auto const length = ::pread(descriptor_, holder, sizeof holder - 1, 0);
        ::close(descriptor_);
        throw Stop{
            Exit::Busy,
            fmt::format("another godwit serves {} already (process {}): stop it, or give --data another directory",
                        data, length > 0 ? holder : "unknown")};
    }
    auto const own = std::to_string(::getpid());
    if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, own.data(), own.size(), 0) < 0) {
    } // only for the message above
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

} // namespace godwit::cli
