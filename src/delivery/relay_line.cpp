#include "delivery/relay_line.hpp"
#include "delivery/host_name.hpp"
#include <algorithm>
#include <poll.h>
#include <sys/socket.h>

namespace godwit::delivery {
namespace {

using namespace std::chrono_literals;
constexpr long slowest_bytes_per_second = 8192; // what the whole transfer may take
constexpr auto glance = 100ms;                  // how long a stop may stay unseen

bool is_refusal(std::string_view line) { return line.starts_with('4') || line.starts_with('5'); }

} // namespace

RelayLine::RelayLine(config::Delivery const& config, std::size_t message_bytes, std::atomic<bool> const& stop)
    : curl_(curl_easy_init()), stop_(stop), host_(config.relay_host), patience_(config.relay_timeout) {
    if (!curl_) throw std::bad_alloc();
    try {
        set_server(config);
    } catch (...) {
        curl_easy_cleanup(curl_);
        throw;
    }
    auto const whole =
        4 * config.relay_timeout + std::chrono::seconds(static_cast<long>(message_bytes) / slowest_bytes_per_second);
    deadline_ = net::Clock::now() + whole;
    auto const code = curl_easy_perform(curl_);
    auto const found = code == CURLE_OK ? curl_easy_getinfo(curl_, CURLINFO_ACTIVESOCKET, &socket_) : CURLE_OK;
    if (code == CURLE_OK && found == CURLE_OK && socket_ != CURL_SOCKET_BAD) return;
    auto const why = is_refusal(last_) ? last_ : host_ + ": " + curl_easy_strerror(code == CURLE_OK ? found : code);
    curl_easy_cleanup(curl_);
    throw RelayLost(why);
}

// libcurl says QUIT, and does not wait for an answer that no one needs.
RelayLine::~RelayLine() {
    ::shutdown(socket_, SHUT_RD);
    curl_easy_cleanup(curl_);
}

template <class T> void RelayLine::set(CURLoption option, T value) {
    auto const code = curl_easy_setopt(curl_, option, value);
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

void RelayLine::set_server(config::Delivery const& config) {
    auto const scheme = config.relay_tls == "tls" ? "smtps" : "smtp";
    auto const host = host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]";
    auto const url =
        std::string(scheme) + "://" + host + ":" + std::to_string(config.relay_port) + "/" + host_name(config);
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_CONNECT_ONLY, 1L);
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_NOPROXY, "*"); // a proxy of the environment is not for mail
    set(CURLOPT_USE_SSL, static_cast<long>(config.relay_tls == "none" ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!config.relay_ca.empty()) {
        set(CURLOPT_CAINFO, config.relay_ca.c_str());
        set(CURLOPT_CAPATH, nullptr); // that one and no other
    }
    if (!config.relay_user.empty()) {
        set(CURLOPT_USERNAME, config.relay_user.c_str());
        set(CURLOPT_PASSWORD, config.relay_password.c_str());
    }
    auto const patience = static_cast<long>(config.relay_timeout.count());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, patience);
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, patience);
    set(CURLOPT_TIMEOUT, 4 * patience);
    set(CURLOPT_VERBOSE, 1L); // to us alone: the only way to what EHLO was answered
    set(CURLOPT_DEBUGFUNCTION, &on_debug);
    set(CURLOPT_DEBUGDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(CURLOPT_XFERINFODATA, this);
}

int RelayLine::on_debug(CURL*, curl_infotype type, char* text, std::size_t size, void* self) {
    auto& line = *static_cast<RelayLine*>(self);
    if (type == CURLINFO_HEADER_OUT) {
        line.in_ehlo_ = std::string_view(text, size).starts_with("EHLO");
        if (line.in_ehlo_) line.offered_.clear(); // what was said before TLS counts no more (RFC 3207 4.2)
    }
    if (type == CURLINFO_HEADER_IN) line.greeted(without_line_end({text, size}));
    return 0;
}

int RelayLine::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<RelayLine*>(self)->stop_ ? 1 : 0;
}

void RelayLine::greeted(std::string_view line) {
    last_ = line.substr(0, max_reply_line);
    if (in_ehlo_) take_keyword(line, offered_);
}

void RelayLine::lose(std::string const& why) const { throw RelayLost(host_ + ": " + why); }

void RelayLine::wait(short events) {
    pollfd waited{.fd = socket_, .events = events, .revents = 0};
    for (net::Clock::duration idle{0}; idle < patience_ && net::Clock::now() < deadline_; idle += glance) {
        if (stop_) lose("the server stops");
        if (::poll(&waited, 1, glance.count()) > 0) return;
    }
    lose("no answer in time");
}

void RelayLine::send(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t taken = 0;
        auto const code = curl_easy_send(curl_, bytes.data(), bytes.size(), &taken);
        if (code != CURLE_OK && code != CURLE_AGAIN) lose(curl_easy_strerror(code));
        bytes.remove_prefix(taken);
        if (code == CURLE_AGAIN) wait(POLLOUT);
    }
}

std::string RelayLine::hear() {
    for (;;) {
        if (auto reply = replies_.next()) return std::move(*reply);
        if (!replies_.failure().empty()) lose(replies_.failure());
        char buffer[4096];
        std::size_t count = 0;
        auto const code = curl_easy_recv(curl_, buffer, sizeof buffer, &count);
        if (code == CURLE_AGAIN)
            wait(POLLIN);
        else if (code != CURLE_OK)
            lose(curl_easy_strerror(code));
        else if (count == 0)
            lose("the connection was closed");
        else
            replies_.feed({buffer, count});
        if (net::Clock::now() >= deadline_) lose("no answer in time");
    }
}

std::string RelayLine::say(std::string_view command) {
    send(std::string(command) + "\r\n");
    return hear();
}

} // namespace godwit::delivery
