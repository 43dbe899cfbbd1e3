#include "cli/logging.hpp"
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <optional>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace godwit::cli {
namespace {

std::string json_text(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }

// The time is the message's own, taken by spdlog when it was logged.
std::string stamp(spdlog::log_clock::time_point time) {
    auto const whole = std::chrono::time_point_cast<std::chrono::seconds>(time);
    auto const millis = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(spdlog::log_clock::to_time_t(whole)), millis);
}

class Line final : public spdlog::formatter {
public:
    explicit Line(bool json) : json_(json) {}
    std::unique_ptr<formatter> clone() const override { return std::make_unique<Line>(json_); }
    void format(spdlog::details::log_msg const& message, spdlog::memory_buf_t& to) override {
        auto const level = spdlog::level::to_string_view(message.level);
        std::string_view const level_name(level.data(), level.size());
        std::string_view const event(message.payload.data(), message.payload.size());
        auto const out = fmt::appender(to);
        if (!json_)
            fmt::format_to(out, "{} {} {}\n", stamp(message.time), level_name, one_line(event));
        else
            fmt::format_to(out, "{{\"time\":\"{}\",\"level\":\"{}\",{}}}\n", stamp(message.time), level_name,
                           json_members(event));
    }

private:
    bool json_;
};

// Takes one word off the front; a space within double quotes belongs to it.
std::string_view take_word(std::string_view& text) {
    bool within = false;
    std::size_t end = 0;
    for (; end < text.size() && (within || text[end] != ' '); ++end) {
        if (text[end] == '\\' && within && end + 1 < text.size())
            ++end;
        else if (text[end] == '"')
            within = !within;
    }
    auto const word = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    return word;
}

bool is_key(std::string_view text) {
    auto const letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-';
    };
    return !text.empty() && std::ranges::all_of(text, letter);
}

// \u001b: what stood there was a control character, or a byte that is no UTF-8.
std::optional<unsigned> escaped_code(std::string_view text) {
    unsigned code = 0;
    if (text.size() < 6 || !text.starts_with("\\u00")) return std::nullopt;
    auto const [end, error] = std::from_chars(text.data() + 2, text.data() + 6, code, 16);
    return error == std::errc() && end == text.data() + 6 ? std::optional(code) : std::nullopt;
}

void put_utf8(std::string& out, unsigned code) { // below U+0100
    if (code >= 0x80) out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(code < 0x80 ? code : 0x80 | (code & 0x3F));
}

std::string unquoted(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
    std::string out;
    for (auto rest = value.substr(1, value.size() - 2); !rest.empty(); rest.remove_prefix(1)) {
        if (auto const code = escaped_code(rest)) {
            put_utf8(out, *code);
            rest.remove_prefix(5);
            continue;
        }
        if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
        out += rest.front();
    }
    return out;
}

} // namespace

std::string json_members(std::string_view event) {
    std::string words, members;
    while (!event.empty()) {
        auto const word = take_word(event);
        auto const equals = word.find('=');
        if (equals != word.npos && is_key(word.substr(0, equals)))
            members +=
                fmt::format(",{}:{}", json_text(word.substr(0, equals)), json_text(unquoted(word.substr(equals + 1))));
        else if (!word.empty())
            words += fmt::format("{}{}", words.empty() ? "" : " ", word);
    }
    if (words.ends_with(':')) words.pop_back();
    return fmt::format("\"event\":{}{}", json_text(words), members);
}

std::string one_line(std::string_view event) {
    std::string out;
    out.reserve(event.size());
    for (char const c : event) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (byte < 0x20 || byte == 0x7f)
            out += fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
        else
            out += c;
    }
    return out;
}

void start_logging(config::Log const& config) {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_formatter(std::make_unique<Line>(config.json));
    auto logger = std::make_shared<spdlog::logger>("godwit", std::move(sink));
    logger->set_level(spdlog::level::from_str(config.level));
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger)); // registers it under its name, too
}

} // namespace godwit::cli
