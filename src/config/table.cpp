#include "config/table.hpp"
#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace godwit::config {
namespace {

constexpr std::uint64_t hour = 3600, day = 24 * hour, kib = 1024, mib = 1024 * kib, gib = 1024 * mib;

template <auto... Path> Slot at(Config& config) { return Slot(&(config.*....*Path)); }

constexpr std::array section_list = {
    Section{"", "The server as a whole."},
    Section{"listen", "Where the server listens. An empty address switches that door off."},
    Section{"http", "Limits of one HTTP connection: what a stranger may cost."},
    Section{"sync", "Long polls, limits of one request, and how changes wake a phone."},
    Section{"provision", "Policies."},
    Section{"delivery", "Mail that comes in by LMTP and leaves by a relay."},
    Section{"calendar", "How events are told."},
    Section{"signin", "Passwords: what is remembered of an attempt, and for how long."},
    Section{"log", "The log on stderr, one line per event."},
};

using enum Form;
constexpr std::array setting_list = {
    Setting{"",
            "data",
            File,
            {},
            0,
            0,
            "Where accounts and their mail lie; `--data` on the command line wins.",
            at<&Config::data>},
    Setting{"",
            "public_url",
            Text,
            {},
            0,
            0,
            "What Autodiscover tells phones, such as https://mail.example.org; empty: https:// and the name that the "
            "phone asked for.",
            at<&Config::public_url>},
    Setting{"", "threads", Number, "threads", 0, 1024,
            "Threads for SQL, password hashes and large conversions; 0: one per core, at least 2.",
            at<&Config::threads>},

    Setting{"listen",
            "http",
            Address,
            {},
            0,
            0,
            "Plain HTTP: for a reverse proxy on the same machine, or for trials.",
            at<&Config::listen, &Listen::http>},
    Setting{"listen",
            "https",
            Address,
            {},
            0,
            0,
            "HTTP over TLS 1.2 and 1.3; needs `certificate` and `key`.",
            at<&Config::listen, &Listen::https>},
    Setting{"listen",
            "lmtp",
            Address,
            {},
            0,
            0,
            "Where the mail server (Postfix, Exim) delivers by LMTP; whoever reaches it can deliver, so keep it local.",
            at<&Config::listen, &Listen::lmtp>},
    Setting{"listen",
            "certificate",
            File,
            {},
            0,
            0,
            "The certificate and its chain in PEM; read again on SIGHUP.",
            at<&Config::listen, &Listen::certificate>},
    Setting{"listen",
            "key",
            File,
            {},
            0,
            0,
            "The certificate's private key in PEM; read again on SIGHUP.",
            at<&Config::listen, &Listen::key>},

    Setting{"http", "max_head_bytes", Number, "bytes", kib, mib, "A request's line and headers; more is answered 431.",
            at<&Config::http, &Http::max_head_bytes>},
    Setting{"http", "max_body_bytes", Number, "bytes", 64 * kib, 2 * gib, "A request's body; more is answered 413.",
            at<&Config::http, &Http::max_body_bytes>},
    Setting{"http", "head_timeout", Number, "seconds", 1, hour,
            "From the first byte of a request to the end of its head.", at<&Config::http, &Http::head_timeout>},
    Setting{"http", "body_timeout", Number, "seconds", 1, hour, "From the end of the head to the end of the body.",
            at<&Config::http, &Http::body_timeout>},
    Setting{"http", "idle_timeout", Number, "seconds", 1, hour, "Between two requests on one connection.",
            at<&Config::http, &Http::idle_timeout>},
    Setting{"http", "max_connections", Number, "connections", 1, 1'000'000,
            "Open at once; each waiting phone holds one, and a file descriptor (see `ulimit -n`).",
            at<&Config::http, &Http::max_connections>},
    Setting{"http", "account_requests", Number, "requests", 1, 64,
            "Of one account at work at one time; its others wait, and beyond 16 times as many are answered 503.",
            at<&Config::http, &Http::account_requests>},

    Setting{"sync", "heartbeat_min", Number, "seconds", 1, 3540, "The shortest long poll that a phone may ask for.",
            at<&Config::sync, &Sync::heartbeat_min>},
    Setting{"sync", "heartbeat_max", Number, "seconds", 60, 3540,
            "The longest; lower it below the idle limit of a proxy or firewall in front.",
            at<&Config::sync, &Sync::heartbeat_max>},
    Setting{"sync", "max_ping_folders", Number, "folders", 1, 1'000, "That one Ping may watch.",
            at<&Config::sync, &Sync::max_ping_folders>},
    Setting{"sync", "max_sync_collections", Number, "folders", 1, 1'000, "That one Sync may name.",
            at<&Config::sync, &Sync::max_sync_collections>},
    Setting{"sync", "max_sync_commands", Number, "commands", 1, 100'000,
            "Changes that one Sync may bring from the phone.", at<&Config::sync, &Sync::max_sync_commands>},
    Setting{"sync", "gather_quiet", Number, "seconds", 0, hour,
            "New mail and changed events wake a phone at once; flags wake it this long after the last ...",
            at<&Config::sync, &Sync::gather_quiet>},
    Setting{"sync", "gather_interval", Number, "seconds", 0, hour, "... and at most this often, to spare its battery.",
            at<&Config::sync, &Sync::gather_interval>},
    Setting{"sync", "max_devices", Number, "devices", 1, 10'000, "Partnerships that one account may have.",
            at<&Config::sync, &Sync::max_devices>},
    Setting{"sync", "idle_days", Number, "days", 7, 3650,
            "A device that has not been seen for so long downloads its folders anew; its partnership stays.",
            at<&Config::sync, &Sync::idle_days>},

    Setting{"provision",
            "required",
            Flag,
            {},
            0,
            0,
            "A phone must fetch and acknowledge the policy before anything else.",
            at<&Config::provision, &Provision::required>},

    Setting{"delivery", "max_message_bytes", Number, "bytes", 64 * kib, gib, "A message, coming in or leaving.",
            at<&Config::delivery, &Delivery::max_message_bytes>},
    Setting{"delivery",
            "hostname",
            Text,
            {},
            0,
            0,
            "How the server names itself to others; empty: the machine's name.",
            at<&Config::delivery, &Delivery::hostname>},
    Setting{"delivery",
            "relay_host",
            Text,
            {},
            0,
            0,
            "The SMTP server that takes mail for others; empty: such mail is refused when a phone sends it.",
            at<&Config::delivery, &Delivery::relay_host>},
    Setting{"delivery", "relay_port", Number, "port", 1, 65535, "Its port.",
            at<&Config::delivery, &Delivery::relay_port>},
    Setting{"delivery", "relay_tls", Choice, "none|starttls|tls", 0, 0, "How the connection to it is protected.",
            at<&Config::delivery, &Delivery::relay_tls>},
    Setting{"delivery",
            "relay_ca",
            Text,
            {},
            0,
            0,
            "PEM file of what its certificate is checked against; empty: the system's authorities.",
            at<&Config::delivery, &Delivery::relay_ca>},
    Setting{"delivery",
            "relay_user",
            Text,
            {},
            0,
            0,
            "Login there; empty: none.",
            at<&Config::delivery, &Delivery::relay_user>},
    Setting{"delivery",
            "relay_password",
            Text,
            {},
            0,
            0,
            "Its password; then keep this file readable by the server alone.",
            at<&Config::delivery, &Delivery::relay_password>},
    Setting{"delivery", "relay_timeout", Number, "seconds", 1, hour, "For one attempt.",
            at<&Config::delivery, &Delivery::relay_timeout>},
    Setting{"delivery", "retry_for", Number, "seconds", 60, 30 * day,
            "A message that cannot leave is tried again for this long, then returned to its sender.",
            at<&Config::delivery, &Delivery::retry_for>},
    Setting{"delivery", "delay_notice", Number, "seconds", 0, 30 * day,
            "The sender of a message that has waited for this long is told so, once; 0: never.",
            at<&Config::delivery, &Delivery::delay_notice>},
    Setting{"delivery", "recipients_per_day", Number, "recipients", 0, 10'000'000,
            "How many recipients the phones of one account may write to in 24 hours; 0: no limit.",
            at<&Config::delivery, &Delivery::recipients_per_day>},

    Setting{
        "calendar",
        "zone",
        Text,
        {},
        0,
        0,
        "The time zone of accounts that have none of their own (`godwit account set --zone`), such as Europe/Berlin; "
        "empty: UTC. All-day events up to 14.1 and times without a zone lie in it.",
        at<&Config::calendar, &Calendar::zone>},
    Setting{"calendar",
            "last_day_as_rule",
            Flag,
            {},
            0,
            0,
            "Tell what happens on the 31st of each month as what happens on its last day: some phones skip the months "
            "that have no 31st, others do not.",
            at<&Config::calendar, &Calendar::last_day_as_rule>},

    Setting{"signin", "cache", Number, "seconds", 0, day,
            "A verified password costs no hash for this long; a changed one counts at once.",
            at<&Config::signin, &Signin::cache>},
    Setting{"signin", "refusal_memory", Number, "seconds", 0, day,
            "The same wrong password from the same device counts once in this time and is refused without hashing.",
            at<&Config::signin, &Signin::refusal_memory>},

    Setting{"log", "json", Flag, {}, 0, 0, "Each line a JSON object.", at<&Config::log, &Log::json>},
    Setting{"log", "level", Choice, "trace|debug|info|warning|error", 0, 0, "The least that is written.",
            at<&Config::log, &Log::level>},
};

// A TOML basic string.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\')
            out += '\\', out += c;
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        else
            out += c;
    }
    return out + '"';
}

struct ValueText {
    std::string operator()(std::string const* v) const { return quoted(*v); }
    std::string operator()(bool const* v) const { return *v ? "true" : "false"; }
    std::string operator()(seconds const* v) const { return std::to_string(v->count()); }
    std::string operator()(auto const* v) const { return std::to_string(*v); }
};

std::string choices_text(std::string_view words) {
    std::string out;
    while (!words.empty()) {
        auto const bar = words.find('|');
        auto const word = words.substr(0, bar);
        words = bar == words.npos ? std::string_view{} : words.substr(bar + 1);
        if (!out.empty()) out += words.empty() ? " or " : ", ";
        out += word;
    }
    return out;
}

} // namespace

std::span<Setting const> settings() { return setting_list; }
std::span<Section const> sections() { return section_list; }

Setting const* find_setting(std::string_view section, std::string_view name) {
    auto const same = [&](Setting const& s) { return s.section == section && s.name == name; };
    auto const found = std::ranges::find_if(setting_list, same);
    return found == setting_list.end() ? nullptr : &*found;
}

std::string value_text(Setting const& setting, Config const& config) {
    return std::visit(ValueText{}, setting.slot(const_cast<Config&>(config))); // ValueText only reads
}

std::string range_text(Setting const& setting) {
    switch (setting.form) {
    case Form::Text: return {};
    case Form::Address: return "ADDR:PORT or empty";
    case Form::File: return "a path";
    case Form::Choice: return choices_text(setting.unit);
    case Form::Flag: return "true or false";
    case Form::Number: return fmt::format("{} to {} {}", setting.min, setting.max, setting.unit);
    }
    return {};
}

} // namespace godwit::config
