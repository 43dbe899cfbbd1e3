// A real Postfix of this test's own: its configuration, queue and log lie in a temporary directory, it listens on a
// free port of the loopback, and nothing of the system's installation is touched. master wants root; without it, or
// without the package, tests skip. Dovecot's auth process stands behind it for AUTH.
#pragma once
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <pwd.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace godwit::delivery {

class Postfix {
public:
    static std::string missing() { // why it cannot run here
        if (::geteuid() != 0) return "Postfix's master needs root";
        if (::access("/usr/sbin/postfix", X_OK) != 0 || !::getpwnam("postfix")) return "postfix is not installed";
        return {};
    }
    static bool has_dovecot() { return ::access("/usr/sbin/dovecot", X_OK) == 0 && ::getpwnam("dovecot"); }

    Postfix() {
        std::string name = "/tmp/godwit-postfix-XXXXXX";
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
        root_ = name;
        for (auto const* sub : {"", "/etc", "/queue", "/state", "/mail"}) {
            std::filesystem::create_directories(name + sub);
            ::chmod((name + sub).c_str(), 0755);
        }
        auto const* const user = ::getpwnam("postfix");
        if (::chown((name + "/state").c_str(), user->pw_uid, user->pw_gid) != 0 ||
            ::chown((name + "/mail").c_str(), nobody, nobody) != 0)
            throw std::runtime_error("cannot give directories to postfix");
        port_ = free_port();
        configure({});
        recipients({});
    }
    ~Postfix() {
        kill();
        if (dovecot_ > 0) {
            ::kill(dovecot_, SIGTERM);
            ::waitpid(dovecot_, nullptr, 0);
        }
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    Postfix(Postfix const&) = delete;

    // `more` are lines of main.cf.
    void configure(std::string const& more) {
        write("/etc/main.cf",
              "compatibility_level = 3.6\nqueue_directory = " + path("/queue") +
                  "\ndata_directory = " + path("/state") + "\ncommand_directory = /usr/sbin\n" +
                  "daemon_directory = /usr/lib/postfix/sbin\nmaillog_file = " + path("/log") +
                  "\nmaillog_file_prefixes = " + root_ +
                  "\nmyhostname = relay.test\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n" +
                  "mynetworks = 127.0.0.0/8\nmydestination =\nalias_maps =\nmessage_size_limit = 0\n" +
                  "mailbox_size_limit = 0\nvirtual_mailbox_limit = 0\nvirtual_mailbox_domains = y.org\n" +
                  "virtual_mailbox_base = " + path("/mail") + "\nvirtual_mailbox_maps = static:all/\n" +
                  "virtual_uid_maps = static:65534\nvirtual_gid_maps = static:65534\n" +
                  "smtpd_recipient_restrictions = check_recipient_access texthash:" + path("/etc/recipients") +
                  "\nsmtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject\n" +
                  "smtpd_error_sleep_time = 0\n" + more);
        std::string master = "127.0.0.1:" + std::to_string(port_) + " inet n - n - - smtpd\n";
        for (auto const* service :
             {"pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup", "qmgr unix n - n 300 1 qmgr",
              "tlsmgr unix - - n 1000? 1 tlsmgr", "rewrite unix - - n - - trivial-rewrite",
              "bounce unix - - n - 0 bounce", "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce",
              "verify unix - - n - 1 verify", "flush unix n - n 1000? 0 flush", "proxymap unix - - n - - proxymap",
              "smtp unix - - n - - smtp", "error unix - - n - - error", "retry unix - - n - - error",
              "discard unix - - n - - discard", "virtual unix - n n - - virtual", "anvil unix - - n - 1 anvil",
              "scache unix - - n - 1 scache", "postlog unix-dgram n - n - 1 postlogd"})
            master += std::string(service) + "\n";
        write("/etc/master.cf", master);
    }
    // What RCPT is answered: "no@y.org 550 5.1.1 who is that"; others are taken.
    void recipients(std::string const& lines) { write("/etc/recipients", lines); }

    void start() {
        run("start");
        for (int i = 0; i < 500 && !listening(); ++i) nap();
        if (!listening()) throw std::runtime_error("postfix does not listen: " + read("/log") + read("/said"));
    }
    void reload() {
        kill(); // `postfix reload` lets old processes finish, with what they have read
        start();
    }
    void kill() { // as a power cut would: master and all that it has started
        auto const pid = master();
        if (pid > 0) ::kill(-pid, SIGKILL);
        for (int i = 0; i < 500 && pid > 0 && ::kill(pid, 0) == 0; ++i) nap();
        for (int i = 0; i < 500 && listening(); ++i) nap();
    }
    void start_dovecot(std::string const& password) {
        std::filesystem::create_directories(path("/queue/private"));
        write("/etc/dovecot.conf",
              "base_dir = " + path("/dovecot") + "\nlog_path = " + path("/dovecot.log") +
                  "\nprotocols =\nssl = no\nauth_mechanisms = plain login\ndisable_plaintext_auth = no\n" +
                  "passdb {\n  driver = static\n  args = password=" + password + "\n}\nuserdb {\n  driver = static\n" +
                  "  args = uid=65534 gid=65534 home=/nonexistent\n}\nservice auth {\n  unix_listener " +
                  path("/queue/private/auth") + " {\n    mode = 0666\n  }\n}\nservice anvil {\n  chroot =\n}\n" +
                  "service stats {\n  chroot =\n}\n");
        auto const config = path("/etc/dovecot.conf");
        dovecot_ = ::fork(); // in the foreground, so that it is ours to end
        if (dovecot_ == 0) {
            ::execl("/usr/sbin/dovecot", "dovecot", "-F", "-c", config.c_str(), nullptr);
            ::_exit(127);
        }
        for (int i = 0; i < 500 && !std::filesystem::exists(path("/queue/private/auth")); ++i) nap();
    }

    std::uint16_t port() const { return port_; }
    std::string path(std::string const& below) const { return root_ + below; }
    std::string log() const { return read("/log"); }
    bool logged(std::string const& text) const { return log().find(text) != std::string::npos; }
    // Messages that it has delivered, once there are that many, or after a while.
    std::vector<std::string> mail(std::size_t expected) const {
        std::vector<std::string> found;
        for (int i = 0; i < 500; ++i, nap()) {
            found.clear();
            std::error_code ignored;
            for (auto const& entry : std::filesystem::directory_iterator(path("/mail/all/new"), ignored))
                found.push_back(contents(entry.path().string()));
            if (found.size() >= expected) break;
        }
        return found;
    }
    void empty_mail() const {
        std::error_code ignored;
        for (auto const& entry : std::filesystem::directory_iterator(path("/mail/all/new"), ignored))
            std::filesystem::remove(entry.path(), ignored);
    }
    static void nap() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

private:
    static constexpr uid_t nobody = 65534;
    static std::string contents(std::string const& file) {
        std::ostringstream text;
        text << std::ifstream(file, std::ios::binary).rdbuf();
        return text.str();
    }
    std::string read(std::string const& below) const { return contents(path(below)); }
    void write(std::string const& below, std::string const& text) const {
        std::ofstream(path(below), std::ios::binary) << text;
    }
    void run(std::string const& what) const { command("/usr/sbin/postfix -c " + path("/etc") + " " + what); }
    void command(std::string const& line) const {
        [[maybe_unused]] auto const status = std::system((line + " >>" + path("/said") + " 2>&1").c_str());
    }
    pid_t master() const {
        pid_t pid = 0;
        std::ifstream(path("/queue/pid/master.pid")) >> pid;
        return pid > 1 && ::kill(pid, 0) == 0 ? pid : 0;
    }
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    static std::uint16_t free_port() {
        int const fd = ::socket(AF_INET, SOCK_STREAM, 0);
        auto address = loopback(0);
        socklen_t size = sizeof address;
        ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
        ::close(fd);
        return ntohs(address.sin_port);
    }
    bool listening() const {
        int const fd = ::socket(AF_INET, SOCK_STREAM, 0);
        auto const address = loopback(port_);
        bool const up = ::connect(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
        ::close(fd);
        return up;
    }

    std::string root_;
    std::uint16_t port_ = 0;
    pid_t dovecot_ = 0;
};

} // namespace godwit::delivery
