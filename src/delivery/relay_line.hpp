// The connection to the relay. libcurl resolves, connects, greets, protects and signs in; the mail transaction is said
// here, over its connection (CURLOPT_CONNECT_ONLY), because libcurl 7.88 cannot say the parameters of RFC 3461: it
// takes the > from an address and puts it back behind whatever it was given, "RCPT TO:<a@b> NOTIFY=SUCCESS>".
#pragma once
#include "config/config.hpp"
#include "delivery/smtp_reply.hpp"
#include "net/time.hpp"
#include <atomic>
#include <curl/curl.h>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace godwit::delivery {

struct RelayLost : std::runtime_error { // what() is the relay's last word if that was a refusal
    using runtime_error::runtime_error;
};

// Every member throws RelayLost. Blocks for at most relay_timeout a step, and for a bounded time altogether.
class RelayLine {
public:
    RelayLine(config::Delivery const& config, std::size_t message_bytes, std::atomic<bool> const& stop);
    ~RelayLine();
    RelayLine(RelayLine const&) = delete;

    bool offers(std::string const& keyword) const { return offered_.contains(keyword); } // of EHLO, in capitals
    std::string say(std::string_view command); // the last line of the reply: three digits, then text
    std::string hear();
    void send(std::string_view bytes);

private:
    static int on_debug(CURL*, curl_infotype type, char* text, std::size_t size, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
    template <class T> void set(CURLoption option, T value);
    void set_server(config::Delivery const& config);
    void greeted(std::string_view line);
    void wait(short events);
    [[noreturn]] void lose(std::string const& why) const;

    CURL* curl_;
    std::atomic<bool> const& stop_;
    std::string host_, last_;
    SmtpReplies replies_;
    std::set<std::string> offered_;
    bool in_ehlo_ = false;
    curl_socket_t socket_ = CURL_SOCKET_BAD;
    net::Clock::duration patience_;
    net::Clock::time_point deadline_ = {};
};

} // namespace godwit::delivery
