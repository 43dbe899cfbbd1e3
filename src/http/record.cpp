#include "http/record.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace godwit::http {

namespace {
constexpr std::size_t max_value = 256, max_document = 16'384; // a header can be long, a line must not

// Bytes of the UTF-8 sequence that begins here, 0 when it is none.
std::size_t sequence(std::string_view s) {
    auto const first = static_cast<unsigned char>(s[0]);
    std::size_t const n = first < 0x80                    ? 1
                          : first >= 0xc2 && first < 0xe0 ? 2
                          : first >= 0xe0 && first < 0xf0 ? 3
                          : first >= 0xf0 && first < 0xf5 ? 4
                                                          : 0;
    if (n == 0 || s.size() < n) return 0;
    for (std::size_t i = 1; i < n; ++i)
        if ((static_cast<unsigned char>(s[i]) & 0xc0) != 0x80) return 0;
    auto const second = n > 1 ? static_cast<unsigned char>(s[1]) : 0;
    bool const overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool const beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    return overlong || beyond ? 0 : n;
}

// In quotes; what is not printable becomes \u00XX, which no terminal obeys and cli/logging reads back.
std::string quoted(std::string_view s, std::size_t at_most) {
    std::string out = "\"";
    s = s.substr(0, at_most);
    while (!s.empty()) {
        auto const n = sequence(s);
        auto const c = static_cast<unsigned char>(s[0]);
        // Two bytes C2 80 to C2 9F are the C1 controls.
        bool const control = c < 0x20 || c == 0x7f || (c == 0xc2 && n == 2 && static_cast<unsigned char>(s[1]) < 0xa0);
        if (n == 0 || control)
            out += fmt::format("\\u{:04x}", n == 2 ? static_cast<unsigned char>(s[1]) : c);
        else if (c == '"' || c == '\\')
            out += '\\', out += s[0];
        else
            out += s.substr(0, n);
        s.remove_prefix(std::max<std::size_t>(n, 1));
    }
    return out + '"';
}

// With log.level "debug" (command/dispatch): they are ours, and cut to this by the dispatcher.
bool is_document(std::string_view key) { return key == "asked" || key == "answered"; }

bool plain(std::string_view s) {
    constexpr std::string_view also = "-_.:/@+,;%?&=";
    return !s.empty() && s.size() <= max_value && std::ranges::all_of(s, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || also.find(c) != also.npos;
    });
}
} // namespace

std::string text_line(std::string_view event, std::vector<std::pair<std::string_view, std::string>> const& pairs) {
    std::string line(event);
    line += ':';
    for (auto const& [key, value] : pairs)
        if (!value.empty())
            line += fmt::format(" {}={}", key,
                                plain(value) ? value : quoted(value, is_document(key) ? max_document : max_value));
    return line;
}

void Log::write(int level, std::string_view event, Pairs const& pairs) {
    auto logger = spdlog::get("godwit");
    if (!logger) logger = spdlog::default_logger();
    auto const at = static_cast<spdlog::level::level_enum>(level);
    if (!logger->should_log(at)) return;
    auto const line = text_line(event, pairs);
    logger->log(at, spdlog::string_view_t(line.data(), line.size()));
}

void Log::request(Record const& r, std::string_view peer) const {
    auto const elapsed = std::chrono::duration<double, std::milli>(net::Clock::now() - r.began).count();
    Pairs pairs{{"status", std::to_string(r.status)},
                {"cmd", r.command},
                {"user", r.user},
                {"device", r.device},
                {"v", r.version},
                {"ms", fmt::format("{:.1f}", elapsed)},
                {"in", std::to_string(r.bytes_in)},
                {"out", std::to_string(r.bytes_out)},
                {"peer", std::string(peer)},
                {"id", r.request_id}};
    for (auto const& [key, value] : r.notes) pairs.emplace_back(key, value);
    write(spdlog::level::info, "request", pairs);
}

void Log::refused_sign_in(std::string_view peer, std::string_view login, std::string_view device,
                          std::string_view why) const {
    write(spdlog::level::warn, "sign-in failed",
          {{"peer", std::string(peer)},
           {"login", std::string(login)},
           {"device", std::string(device)},
           {"why", std::string(why)}});
}

void Log::failure(std::string_view request_id, std::string_view what) const {
    write(spdlog::level::err, "request failed", {{"id", std::string(request_id)}, {"what", std::string(what)}});
}

void Log::event(std::string_view text, std::string_view peer) const {
    write(spdlog::level::debug, text, {{"peer", std::string(peer)}});
}

} // namespace godwit::http
