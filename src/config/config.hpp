// The configuration as one struct; config/table.cpp says of each field its name, range, unit and sentence, and the
// parser, the example file and the manual read that table. The defaults stand here and nowhere else. Other rooms take
// the part that they need by const reference.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace godwit::config {
using std::chrono::seconds;

struct Listen {
    std::string http = "127.0.0.1:8080"; // ADDR:PORT, empty: off
    std::string https;                   // ADDR:PORT, empty: off; needs certificate and key
    std::string lmtp = "127.0.0.1:8024";
    std::string certificate, key; // PEM files, read again on SIGHUP
};
struct Http {
    std::uint32_t max_head_bytes = 32768;
    std::uint64_t max_body_bytes = 64 << 20;
    seconds head_timeout{20}; // from the first byte of a request to the end of its head
    seconds body_timeout{120};
    seconds idle_timeout{120}; // between requests on one connection
    std::uint32_t max_connections = 18000;
    std::uint32_t account_requests = 8; // at work at one time (law 8)
};
struct Sync {
    seconds heartbeat_min{60}, heartbeat_max{3540};
    std::uint32_t max_ping_folders = 300;
    std::uint32_t max_sync_collections = 300;
    std::uint32_t max_sync_commands = 1000; // of one request (trap 75: Gmail sends hundreds at once)
    seconds gather_quiet{20};               // flags and deletes wake a Ping this long after the last one ...
    seconds gather_interval{120};           // ... and at most this often a device
    std::uint32_t max_devices = 100;        // partnerships an account may have (status 177)
    std::uint32_t idle_days = 180;          // a device not seen for so long starts over by status
};
struct Provision {
    bool required = true; // 449 or 142 until a device holds a policy key
};
struct Delivery {
    std::uint64_t max_message_bytes = 50 << 20;
    std::string hostname;   // empty: the machine's name
    std::string relay_host; // empty: mail for others is refused
    std::uint16_t relay_port = 587;
    std::string relay_tls = "starttls"; // none, starttls, tls
    std::string relay_ca;               // PEM file; empty: the system's
    std::string relay_user, relay_password;
    seconds relay_timeout{60};
    seconds retry_for{5 * 24 * 3600};
    seconds delay_notice{4 * 3600};           // RFC 5321 4.5.4.1; 0: none
    std::uint32_t recipients_per_day = 10000; // of all that an account's phones send (status 115); 0: no limit
};
struct Calendar {
    std::string zone;              // IANA name; empty: UTC
    bool last_day_as_rule = false; // incident 1.10: phones that skip months without a 31st
};
struct Signin {
    seconds cache{300};          // a verified secret costs no hash for this long
    seconds refusal_memory{900}; // the same wrong secret from the same device counts once for this long
};
struct Log {
    bool json = false;
    std::string level = "info";
};
struct Config {
    std::string data = "./godwit-data";
    std::string public_url; // what Autodiscover tells phones; empty: https://<Host of the request>
    Listen listen;
    Http http;
    Sync sync;
    Provision provision;
    Delivery delivery;
    Calendar calendar;
    Signin signin;
    Log log;
    std::uint32_t threads = 0; // of the pool; 0: one per core, at least 2
};

} // namespace godwit::config
