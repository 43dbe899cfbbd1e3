#include "dovecot.hpp"
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace godwit::e2e {
namespace fs = std::filesystem;
namespace {

constexpr char const *token_key = "this key is 32 bytes of a test!!",
                     *token_key_base64 = "dGhpcyBrZXkgaXMgMzIgYnl0ZXMgb2YgYSB0ZXN0ISE=";

constexpr char const* program = "/usr/sbin/dovecot";

// A port that nobody has: Dovecot takes no port 0.
std::uint16_t free_port() {
    int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(socket);
    return ntohs(address.sin_port);
}

bool listens(std::uint16_t port) {
    int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    bool const open = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return open;
}

std::string user_name(unsigned id) {
    auto const* found = ::getpwuid(id);
    return found ? found->pw_name : "nobody";
}

} // namespace

// As root Dovecot reads mail as nobody, since it refuses to as root; else as whoever runs the test.
Dovecot::Dovecot()
    : plain_port_(free_port()), tls_port_(free_port()), user_(::getuid() == 0 ? 65534 : ::getuid()),
      group_(::getuid() == 0 ? 65534 : ::getgid()) {
    ::chmod(directory_.path.c_str(), 0755);
    folder("");
}

Dovecot::~Dovecot() { stop(); }

void Dovecot::own(std::string const& path) const {
    if (::getuid() == 0 && ::chown(path.c_str(), user_, group_) != 0) throw std::runtime_error("chown " + path);
}

void Dovecot::folder(std::string const& name) {
    auto const at = directory_ / "mail" + (name.empty() ? "" : "/" + name);
    for (auto const& part : {at, at + "/cur", at + "/new", at + "/tmp"}) {
        fs::create_directories(part);
        own(part);
    }
}

void Dovecot::keywords(std::string const& folder, std::string const& lines) {
    auto const file = directory_ / "mail" + (folder.empty() ? "" : "/" + folder) + "/dovecot-keywords";
    write_file(file, lines);
    own(file);
}

void Dovecot::put(std::string const& folder, std::string const& message, std::string const& flags,
                  std::time_t arrived) {
    auto const number = std::to_string(++count_);
    auto const file = directory_ / "mail" + (folder.empty() ? "" : "/" + folder) + "/cur/" +
                      std::to_string(1600000000 + count_) + ".M1P" + number +
                      ".here,S=" + std::to_string(message.size()) + ":2," + flags;
    write_file(file, message);
    timeval const times[2] = {{arrived, 0}, {arrived, 0}};
    ::utimes(file.c_str(), times);
    own(file);
}

void Dovecot::mark(std::string const& folder, unsigned number, std::string const& flags) {
    auto const start = std::to_string(1600000000 + number) + ".M1P";
    for (auto const& entry :
         fs::directory_iterator(directory_ / "mail" + (folder.empty() ? "" : "/" + folder) + "/cur")) {
        auto const name = entry.path().string();
        if (!entry.path().filename().string().starts_with(start)) continue;
        fs::rename(name, name.substr(0, name.rfind(',') + 1) + flags);
        return;
    }
    throw std::runtime_error("no message " + start);
}

std::string Dovecot::token(std::string const& login, std::chrono::seconds lasts, bool forged) const {
    auto base64url = [](std::string const& bytes) {
        std::string out(4 * (bytes.size() / 3 + 1) + 1, '\0');
        auto const* from = reinterpret_cast<unsigned char const*>(bytes.data());
        auto const size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), from, int(bytes.size()));
        out.resize(std::size_t(size));
        while (out.ends_with('=')) out.pop_back();
        std::ranges::replace(out, '+', '-');
        std::ranges::replace(out, '/', '_');
        return out;
    };
    auto const now = std::time(nullptr);
    auto const said = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." +
                      base64url(R"({"sub":")" + login + R"(","iat":)" + std::to_string(now - 10) + R"(,"exp":)" +
                                std::to_string(now + lasts.count()) + "}");
    std::string const key = forged ? std::string(32, 'f') : std::string(token_key);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), int(key.size()), reinterpret_cast<unsigned char const*>(said.data()), said.size(),
         digest, &size);
    return said + "." + base64url({reinterpret_cast<char const*>(digest), size});
}

void Dovecot::write_configuration() {
    bool const root = ::getuid() == 0;
    auto const self = user_name(::getuid());
    auto const ids = "uid=" + std::to_string(user_) + " gid=" + std::to_string(group_);
    std::string text = "base_dir = " + directory_.path + "/run\nstate_dir = " + directory_.path +
                       "/run\nlog_path = " + directory_.path +
                       "/log\nprotocols = imap\nlisten = 127.0.0.1\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\n"
                       "first_valid_gid = 0\nmaildir_stat_dirs = no\nmail_fsync = never\nauth_failure_delay = 0\n";
    if (!root) text += "default_internal_user = " + self + "\ndefault_login_user = " + self + "\n";
    text += "mail_location = maildir:" + directory_.path + "/mail\nssl = yes\nssl_cert = <" + certificate() +
            "\nssl_key = <" + directory_.path +
            "/key.pem\nauth_mechanisms = plain xoauth2 oauthbearer\npassdb {\n  driver = oauth2\n" +
            "  mechanisms = xoauth2 oauthbearer\n  args = " + directory_.path +
            "/oauth.conf\n}\npassdb {\n  driver = static\n  args = password=secret\n}\n" +
            "userdb {\n  driver = static\n  args = " + ids + " home=" + directory_.path + "/mail\n}\n" +
            "namespace inbox {\n  inbox = yes\n  prefix = INBOX.\n  separator = .\n";
    for (auto const* use : {"Gesendetes {\n    special_use = \\Sent", "Papierkorb {\n    special_use = \\Trash",
                            "Werbung {\n    special_use = \\Junk", "Entw&APw-rfe {\n    special_use = \\Drafts"})
        text += std::string("  mailbox ") + use + "\n  }\n";
    text += "}\nservice imap-login {\n  chroot =\n  inet_listener imap {\n    port = " + std::to_string(plain_port_) +
            "\n  }\n  inet_listener imaps {\n    port = " + std::to_string(tls_port_) +
            "\n    ssl = yes\n  }\n}\nservice anvil {\n  chroot =\n}\n";
    write_file(directory_ / "dovecot.conf", text);
    write_file(directory_ / "oauth.conf",
               "introspection_mode = local\nusername_attribute = sub\nlocal_validation_key_dict = fs:posix:prefix=" +
                   directory_.path + "/keys/\n");
    fs::create_directories(directory_ / "keys/default/HS256");
    write_file(directory_ / "keys/default/HS256/default", token_key_base64);
}

std::string Dovecot::start() {
    if (::access(program, X_OK) != 0) return "no Dovecot here (Debian: dovecot-imapd)";
    make_certificate(certificate(), directory_ / "key.pem", "imap.example.org");
    write_configuration();
    std::vector<std::string> words{"setpriv", "--pdeathsig", "TERM", program, "-F", "-c", directory_ / "dovecot.conf"};
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::posix_spawnp(&pid_, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0) return "cannot start it";
    if (eventually([&] { return listens(plain_port_) && listens(tls_port_); }, 60s)) return "";
    throw std::runtime_error("Dovecot is here and does not start: " +
                             log()); // our configuration's fault: no reason to skip
}

void Dovecot::stop() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
}

} // namespace godwit::e2e
