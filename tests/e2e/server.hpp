// The real binary on a temporary data directory: `godwit serve` on ports of its own, and the other subcommands beside it.
#pragma once
#include "client/blocking.hpp"
#include "client/lmtp.hpp"
#include "client/sample.hpp"
#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

namespace godwit::e2e {
using namespace std::chrono_literals;

class Directory { // made under TMPDIR, removed with all that is in it
public:
    Directory();
    ~Directory();
    Directory(Directory const&) = delete;
    std::string operator/(std::string const& name) const { return path + '/' + name; }
    std::string path;
};

struct Ran {
    int status = -1; // the exit code; -1 when a signal ended it
    std::string out, err;
};
Ran run(std::vector<std::string> words, std::string const& input = "");
Ran godwit(std::vector<std::string> words, std::string const& input = ""); // the binary under test

std::string read_file(std::string const& path);
void write_file(std::string const& path, std::string const& content);
// A self-signed certificate for 127.0.0.1 and this name, in place of what was there.
void make_certificate(std::string const& certificate, std::string const& key, std::string const& name);
// "ok" for each database below the directory, or what SQLite says of the first that is not.
std::string integrity(std::string const& directory);

struct Options {
    bool tls = false;
    std::string config = {};            // the TOML file's content
    std::string data = {};              // empty: in the server's own directory
    std::vector<std::string> more = {}; // of the command line
};

class Server {
public:
    explicit Server(Options options = {});
    ~Server(); // kill -9 if it still runs, after a check that it had not died by itself
    Server(Server const&) = delete;

    void start();     // again on the same ports
    void kill_hard(); // SIGKILL, at once
    int stop();       // SIGTERM; the exit code
    void signal(int number);
    bool running();
    pid_t pid() const { return pid_; }
    long rss_kb() const;

    void account(std::string const& address, std::vector<std::string> more = {}); // with the password "secret"
    client::Settings settings(std::string const& login, std::string const& device,
                              eas::Version version = eas::v16_1) const;
    client::Lmtp lmtp() const { return {"127.0.0.1", lmtp_port_}; }
    // The codes of one delivery on a connection of its own.
    std::vector<unsigned> deliver(std::string const& to, std::string message, std::string from = "max@sample.invalid");

    std::string const& data() const { return data_; }
    std::string url(bool tls) const;
    std::uint16_t http_port() const { return http_port_; }
    std::uint16_t https_port() const { return https_port_; }
    std::uint16_t lmtp_port() const { return lmtp_port_; }
    std::string log() const;
    std::size_t log_lines(std::string_view with, std::string_view also = "") const; // that hold these
    std::string certificate() const { return directory_ / "certificate.pem"; }
    std::string key() const { return directory_ / "key.pem"; }

private:
    void wait_until_listening(std::size_t log_offset);
    Options options_;
    Directory directory_;
    std::string data_;
    pid_t pid_ = 0;
    std::uint16_t http_port_ = 0, https_port_ = 0, lmtp_port_ = 0;
};

// A message with this subject, a body of text and HTML, and one attachment.
std::string mail(std::string const& subject, std::string const& attachment = "one,two\n1,2\n");
constexpr std::string_view attachment_name = "Zahlen für Mai.csv";

// Any condition, looked at every 10 ms.
template <class Condition> bool eventually(Condition condition, std::chrono::milliseconds patience = 10s) {
    for (auto waited = 0ms; waited < patience; waited += 10ms) {
        if (condition()) return true;
        usleep(10'000);
    }
    return condition();
}

} // namespace godwit::e2e
