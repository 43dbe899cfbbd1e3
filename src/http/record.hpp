// What the log says: one line a request when it ends, one a refused sign-in: an event and key=value pairs. Whether they
// are shown so or as JSON is the program's affair (cli/logging).
// Nothing of a body, a secret or an address's display part is ever in it (law 10).
#pragma once
#include "net/time.hpp"
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spdlog {
class logger;
}

namespace godwit::http {

struct Record {
    net::Clock::time_point began = {};
    std::string request_id = {};
    std::string command = {}; // or method and path, when it is none
    std::string user = {};
    std::string device = {};
    std::string version = {};
    unsigned status = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;
    std::vector<std::pair<std::string, std::string>> notes = {};
};

class Log {
public:
    // To the logger "godwit", or spdlog's own when there is none.
    void request(Record const& record, std::string_view peer) const;
    // fail2ban: failregex = sign-in failed: peer=<HOST>
    void refused_sign_in(std::string_view peer, std::string_view login, std::string_view device,
                         std::string_view why) const;
    void failure(std::string_view request_id, std::string_view what) const;
    void event(std::string_view text, std::string_view peer) const; // of a connection; level debug

private:
    using Pairs = std::vector<std::pair<std::string_view, std::string>>;
    static void write(int level, std::string_view event, Pairs const& pairs);
};

std::string text_line(std::string_view event, std::vector<std::pair<std::string_view, std::string>> const& pairs);

} // namespace godwit::http
