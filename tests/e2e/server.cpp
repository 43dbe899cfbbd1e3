#include "server.hpp"
#include "schemas/published_schemas.hpp"
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace godwit::e2e {
namespace fs = std::filesystem;

namespace {

pid_t start_process(std::vector<std::string> words, int in, int out, int err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    // A test that is cut off leaves no server behind: what it started dies with it (util-linux).
    words.insert(words.begin(), {"setpriv", "--pdeathsig", "KILL"});
    std::vector<char*> arguments;
    for (auto& w : words) arguments.push_back(w.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) throw std::runtime_error("cannot start " + words[0]);
    return child;
}

int wait_for(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::uint16_t port_after(std::string_view line, std::string_view name) {
    auto at = line.find(std::string(name) + '=');
    if (at == std::string_view::npos) return 0;
    auto address = line.substr(at, line.find_first_of(" \n", at) - at);
    return static_cast<std::uint16_t>(std::stoi(std::string(address.substr(address.rfind(':') + 1))));
}

} // namespace

Directory::Directory() {
    auto pattern = (fs::temp_directory_path() / "godwit-e2e-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
    path = pattern;
}
Directory::~Directory() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
}

std::string read_file(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

void write_file(std::string const& path, std::string const& content) {
    std::ofstream(path, std::ios::binary) << content;
}

Ran run(std::vector<std::string> words, std::string const& input) {
    Directory place;
    write_file(place / "in", input);
    int in = ::open((place / "in").c_str(), O_RDONLY | O_CLOEXEC);
    int out = ::open((place / "out").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    int err = ::open((place / "err").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    Ran ran;
    ran.status = wait_for(start_process(std::move(words), in, out, err));
    for (int f : {in, out, err}) ::close(f);
    ran.out = read_file(place / "out");
    ran.err = read_file(place / "err");
    return ran;
}

Ran godwit(std::vector<std::string> words, std::string const& input) {
    words.insert(words.begin(), GODWIT_BINARY);
    return run(std::move(words), input);
}

void make_certificate(std::string const& certificate, std::string const& key, std::string const& name) {
    auto made = run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-days", "30", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name + ",IP:127.0.0.1",
                     "-keyout", key, "-out", certificate});
    if (made.status != 0) throw std::runtime_error("openssl: " + made.err);
}

std::string integrity(std::string const& directory) {
    std::size_t looked_at = 0;
    for (auto const& entry : fs::recursive_directory_iterator(directory)) {
        if (!entry.is_regular_file() || !read_file(entry.path()).starts_with("SQLite format 3")) continue;
        ++looked_at;
        sqlite3* db = nullptr;
        std::string verdict = "cannot be opened";
        if (sqlite3_open_v2(entry.path().c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK) {
            sqlite3_busy_timeout(db, 5000);
            auto note = [](void* into, int, char** values, char**) {
                *static_cast<std::string*>(into) = values[0] ? values[0] : "";
                return 0;
            };
            sqlite3_exec(db, "PRAGMA integrity_check", note, &verdict, nullptr);
        }
        sqlite3_close(db);
        if (verdict != "ok") return entry.path().string() + ": " + verdict;
    }
    return looked_at ? "ok" : "no database below " + directory;
}

Server::Server(Options options) : options_(std::move(options)) {
    data_ = options_.data.empty() ? directory_ / "data" : options_.data;
    if (options_.tls) make_certificate(certificate(), key(), "first.example.org");
    if (!options_.config.empty()) write_file(directory_ / "godwit.toml", options_.config);
    start();
}

Server::~Server() {
    if (pid_ == 0) return;
    EXPECT_TRUE(running()) << "the server died:\n" << log();
    if (pid_ != 0) {
        // ASan reports leaks and the like only at a clean end, which must then be one.
        EXPECT_EQ(stop(), 0) << log().substr(log().size() > 5000 ? log().size() - 5000 : 0);
    }
}

void Server::start() {
    // What ASan keeps of freed memory would otherwise look like the server's own.
    ::setenv("ASAN_OPTIONS", "quarantine_size_mb=8:detect_leaks=1:abort_on_error=0", 0);
    auto at = [](std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); };
    std::vector<std::string> words{GODWIT_BINARY, "serve",        "--data", data_,
                                   "--listen",    at(http_port_), "--lmtp", at(lmtp_port_)};
    if (options_.tls) {
        for (auto const& w : {std::string("--tls-listen"), at(https_port_), std::string("--cert"), certificate(),
                              std::string("--key"), key()})
            words.push_back(w);
    }
    if (!options_.config.empty()) words.insert(words.end(), {"--config", directory_ / "godwit.toml"});
    words.insert(words.end(), options_.more.begin(), options_.more.end());
    auto before = log().size();
    int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    int err = ::open((directory_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    pid_ = start_process(std::move(words), nothing, nothing, err);
    ::close(nothing);
    ::close(err);
    wait_until_listening(before);
}

void Server::wait_until_listening(std::size_t log_offset) {
    std::string line;
    bool there = eventually(
        [&] {
            auto text = log().substr(log_offset);
            auto from = text.find("listening ");
            if (from == std::string::npos || text.find('\n', from) == std::string::npos) return !running();
            line = text.substr(from, text.find('\n', from) - from);
            return true;
        },
        30s);
    if (!there || line.empty()) throw std::runtime_error("the server does not start:\n" + log().substr(log_offset));
    http_port_ = port_after(line, "http");
    https_port_ = port_after(line, "https");
    lmtp_port_ = port_after(line, "lmtp");
}

bool Server::running() {
    if (pid_ == 0) return false;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
    pid_ = 0;
    return false;
}

void Server::kill_hard() {
    ::kill(pid_, SIGKILL);
    wait_for(pid_);
    pid_ = 0;
}

int Server::stop() {
    ::kill(pid_, SIGTERM);
    return wait_for(std::exchange(pid_, 0));
}

void Server::signal(int number) { ::kill(pid_, number); }

long Server::rss_kb() const {
    std::istringstream status(read_file("/proc/" + std::to_string(pid_) + "/status"));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    return 0;
}

void Server::account(std::string const& address, std::vector<std::string> more) {
    std::vector<std::string> words{"account", "add", address, "--password-stdin", "--data", data_};
    words.insert(words.end(), more.begin(), more.end());
    auto added = godwit(words, "secret\n");
    if (added.status != 0) throw std::runtime_error("account add: " + added.err);
}

std::string Server::url(bool tls) const {
    return tls ? "https://127.0.0.1:" + std::to_string(https_port_) : "http://127.0.0.1:" + std::to_string(http_port_);
}

client::Settings Server::settings(std::string const& login, std::string const& device, eas::Version version) const {
    client::Settings settings{.url = url(options_.tls), .login = login, .password = "secret"};
    settings.device_id = device;
    settings.version = version;
    settings.patience = 20s;
    settings.answered = [device](std::string const& xml) { tests::keep_for_schemas(xml, device); };
    if (options_.tls) {
        auto trusted = net::TlsContext::client(certificate());
        if (!trusted) throw std::runtime_error(trusted.error());
        settings.tls = std::make_shared<net::TlsContext>(std::move(*trusted));
    }
    return settings;
}

std::vector<unsigned> Server::deliver(std::string const& to, std::string message, std::string from) {
    net::Loop loop;
    auto sender = lmtp();
    return loop.wait_for(sender.deliver(std::move(from), {to}, std::move(message)));
}

std::string Server::log() const { return read_file(directory_ / "log"); }

std::size_t Server::log_lines(std::string_view with, std::string_view also) const {
    std::istringstream text(log());
    std::size_t count = 0;
    for (std::string line; std::getline(text, line);) count += line.contains(with) && line.contains(also);
    return count;
}

std::string mail(std::string const& subject, std::string const& attachment) {
    return "Message-ID: <" + std::to_string(std::hash<std::string>{}(subject)) +
           "@sample.invalid>\r\n"
           "Date: Fri, 20 Nov 2026 12:00:00 +0000\r\nFrom: \"Max Beispiel\" <max@sample.invalid>\r\n"
           "To: \"Anna\" <anna@example.org>\r\nSubject: " +
           subject +
           "\r\nMIME-Version: 1.0\r\n"
           "Content-Type: multipart/mixed; boundary=mixed\r\n\r\n--mixed\r\n"
           "Content-Type: multipart/alternative; boundary=both\r\n\r\n--both\r\nContent-Type: text/plain; "
           "charset=utf-8\r\n"
           "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße in Textform.\r\n--both\r\nContent-Type: text/html; "
           "charset=utf-8\r\n"
           "Content-Transfer-Encoding: 8bit\r\n\r\n<html><body><b>Grüße</b> in "
           "HTML.</body></html>\r\n--both--\r\n--mixed\r\n"
           "Content-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n"
           "Content-Disposition: attachment; filename*=UTF-8''Zahlen%20f%C3%BCr%20Mai.csv\r\n\r\n" +
           client::base64(attachment) + "\r\n--mixed--\r\n";
}

} // namespace godwit::e2e
