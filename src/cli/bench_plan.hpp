// What the rows of `godwit bench` share: the server that they drive, the phones that stand for many, each row's door.
#pragma once
#include "client/lmtp.hpp"
#include "client/phone.hpp"
#include "client/sample.hpp"
#include "net/loop.hpp"
#include <string>
#include <vector>

namespace godwit::cli {

// The server under test; on this machine only, as the generator is no weapon.
struct Plan {
    std::string url = "http://127.0.0.1:8080", lmtp = "127.0.0.1:8024";
    std::string login = "bench0@bench.test", password = "bench";
    int pid = 0;        // of the server, for CPU and memory
    unsigned count = 0; // of the row's own thing
    unsigned processes = 4;
    std::string state; // file of enrolled devices
    std::string data;  // the server's data directory, on whose disk fsync is measured
    unsigned window = 100, truncation = 32768;
    unsigned bytes = 20000;
};

client::Settings settings_of(Plan const& plan, std::string login, std::string device);
client::Lmtp lmtp_of(Plan const& plan);
// Throws Stop when the step did not give 1; `what` names it.
void must(unsigned status, std::string_view what);
// Stops unless both addresses are the loopback's.
void refuse_other_machines(Plan const& plan);

// A device that has provisioned and listed its folders, as remembered in the state file: "device login policy inbox".
struct Enrolled {
    std::string device, login, policy_key, inbox;
};
std::vector<Enrolled> read_state(std::string const& file);
std::string line_of(Enrolled const& device);

// Enrols a phone on an account: OPTIONS is skipped, as phones do once they know the server.
net::awaitable<Enrolled> enrol(client::Phone& phone);

// ---- the rows; each gives its exit code ----
int bench_enrol(Plan const& plan);
int bench_held_pings(Plan const& plan);
int bench_hold_worker(Plan const& plan, unsigned first, unsigned step);
int bench_push_latency(Plan const& plan);
int bench_empty_sync(Plan const& plan);
int bench_initial_sync(Plan const& plan);
int bench_first_byte(Plan const& plan);
int bench_initial_items(Plan const& plan);
int bench_event_push(Plan const& plan);
int bench_flags(Plan const& plan);
int bench_fill_state(Plan const& plan);
int bench_lmtp(Plan const& plan);
int bench_mailbox(Plan const& plan);

} // namespace godwit::cli
