#include "directory/secret.hpp"
#include <argon2.h>
#include <array>
#include <openssl/rand.h>
#include <stdexcept>

namespace godwit::directory {
namespace {
constexpr std::uint32_t passes = 2, memory_kib = 19456, lanes = 1;
constexpr std::size_t hash_bytes = 32, salt_bytes = 16;
} // namespace

std::string hash_secret(std::string_view secret) {
    std::array<unsigned char, salt_bytes> salt;
    if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) throw std::runtime_error("no random bytes");
    std::string text(argon2_encodedlen(passes, memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
    auto const code = argon2id_hash_encoded(passes, memory_kib, lanes, secret.data(), secret.size(), salt.data(),
                                            salt.size(), hash_bytes, text.data(), text.size());
    if (code != ARGON2_OK) throw std::runtime_error(argon2_error_message(code));
    text.resize(text.find('\0'));
    return text;
}

bool fits(std::string_view secret, std::string const& hash) {
    auto const code = argon2id_verify(hash.c_str(), secret.data(), secret.size());
    if (code == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
    return code == ARGON2_OK;
}

void waste_as_much_time(std::string_view secret) {
    std::array<unsigned char, salt_bytes> salt{};
    std::array<unsigned char, hash_bytes> out;
    argon2id_hash_raw(passes, memory_kib, lanes, secret.data(), secret.size(), salt.data(), salt.size(), out.data(),
                      out.size());
}

} // namespace godwit::directory
