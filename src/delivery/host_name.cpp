#include "delivery/host_name.hpp"
#include <array>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <stdexcept>
#include <unistd.h>

namespace godwit::delivery {

std::string host_name(config::Delivery const& config) {
    if (!config.hostname.empty()) return config.hostname;
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] ? std::string(name.data()) : "localhost";
}

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error("no random bytes");
    std::string text;
    for (auto const byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

} // namespace godwit::delivery
