#include "cli/secret.hpp"
#include "cli/outcome.hpp"
#include <array>
#include <cstdio>
#include <iostream>
#include <string_view>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

namespace godwit::cli {
namespace {

// Echo off while it lives.
class Silent {
public:
    Silent() {
        ::tcgetattr(STDIN_FILENO, &before_);
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Silent() { ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    Silent(Silent const&) = delete;

private:
    termios before_{};
};

} // namespace

std::string read_secret() {
    std::string secret;
    if (::isatty(STDIN_FILENO) != 0) {
        std::fputs("Password: ", stderr);
        Silent const silent;
        std::getline(std::cin, secret);
        std::fputs("\n", stderr);
    } else {
        std::getline(std::cin, secret);
    }
    if (!secret.empty() && secret.back() == '\r') secret.pop_back();
    if (secret.empty())
        throw Stop{Exit::Usage,
                   "no password came on stdin: printf '%s\\n' 'the password' | godwit ... --password-stdin"};
    return secret;
}

std::string make_secret() {
    constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789"; // 32 of them, none that looks like another
    static_assert(letters.size() == 32);
    std::array<unsigned char, 20> random{};
    if (::getentropy(random.data(), random.size()) != 0) throw Stop{Exit::Failure, "the system gives no random bytes"};
    std::string secret;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i != 0 && i % 5 == 0) secret += '-';
        secret += letters[random.at(i) % letters.size()];
    }
    return secret;
}

} // namespace godwit::cli
