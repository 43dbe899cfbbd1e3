// From the text of a configuration file to a Config. Everything that is wrong is listed at once, each with its line, so
// that the administrator mends a file in one go; an unknown key is an error that names the nearest known one.
#pragma once
#include "config/config.hpp"
#include <compare>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::config {

struct Mistake {
    unsigned line = 0; // 0: none in particular
    std::string text;  // one sentence that says what to do
    auto operator<=>(Mistake const&) const = default;
};

std::expected<Config, std::vector<Mistake>> parse(std::string_view text);

// What must hold between settings, wherever they came from (file or command line).
std::vector<Mistake> check(Config const&);

struct HostPort {
    std::string host; // an IPv4 or IPv6 address or a name, without brackets
    std::uint16_t port = 0;
};
std::expected<HostPort, std::string>
split_address(std::string_view text); // 127.0.0.1:80, [::1]:80; the error is a sentence

// The known word nearest to what was written; empty if nothing is near.
std::string nearest(std::string_view written, std::vector<std::string> const& known);

} // namespace godwit::config
