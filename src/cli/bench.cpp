#include "cli/bench.hpp"
#include "cli/bench_plan.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

namespace godwit::cli {
namespace {

struct Row {
    char const* name;
    char const* about;
    int (*run)(Plan const&);
    unsigned count; // unless told otherwise
};
constexpr Row rows[] = {
    {"enrol", "Provision --count devices, 100 an account, and write them to --state", bench_enrol, 10'000},
    {"held-pings", "Memory of the server for each of --count held Pings", bench_held_pings, 10'000},
    {"push-latency", "From LMTP's 250 to the Ping's answer, 1,000 others held; --count deliveries", bench_push_latency,
     500},
    {"empty-sync", "Server CPU of a Sync without news, after the Inbox of bench0 was downloaded", bench_empty_sync, 0},
    {"initial-sync", "Server CPU for each message of an initial Sync of the Inbox of bench0", bench_initial_sync, 0},
    {"first-byte", "How soon the initial Sync of the Inbox of bench0 begins", bench_first_byte, 0},
    {"initial-items", "Server CPU for each contact and each event of an initial Sync of bench0", bench_initial_items,
     0},
    {"event-push", "From one phone's Change of an event to three others; --count changes", bench_event_push, 200},
    {"flags", "Server CPU of a Sync that flags 200 messages of the Inbox of bench0", bench_flags, 0},
    {"fill-state", "Sync the folders of bench0 with --processes devices; prints how many states that made",
     bench_fill_state, 0},
    {"lmtp", "Durable deliveries a second over 4 connections, beside the disk's fsync/s", bench_lmtp, 0},
    {"mailbox", "Write an mbox of --count made-up messages of --bytes to stdout", bench_mailbox, 1000},
};

void add_options(CLI::App& row, Plan& plan) {
    row.add_option("--url", plan.url, "The server, on 127.0.0.1 [http://127.0.0.1:8080]")->type_name("URL");
    row.add_option("--lmtp", plan.lmtp, "Its LMTP door [127.0.0.1:8024]")->type_name("ADDR:PORT");
    row.add_option("--login", plan.login, "For rows of one account [bench0@bench.test]")->type_name("LOGIN");
    row.add_option("--password", plan.password, "Of all bench accounts; they live as long as the row [bench]")
        ->type_name("TEXT");
    row.add_option("--pid", plan.pid, "The server's process, whose CPU and memory are read")->type_name("PID");
    row.add_option("--count", plan.count, "How many")->check(CLI::Range(1u, 1'000'000u));
    row.add_option("--processes", plan.processes, "Client processes [4]")->check(CLI::Range(1u, 64u));
    row.add_option("--state", plan.state, "File of enrolled devices")->type_name("FILE");
    row.add_option("--data", plan.data, "Directory on the disk whose fsync/s is measured")->type_name("DIR");
    row.add_option("--window", plan.window, "WindowSize [100]")->check(CLI::Range(1u, 512u));
    row.add_option("--truncation", plan.truncation, "TruncationSize of HTML [32768]");
    row.add_option("--bytes", plan.bytes, "Size of a made-up message [20000]")->check(CLI::Range(1u, 50u << 20));
}

} // namespace

void register_bench(CLI::App& app, std::function<int()>& chosen) {
    auto& command =
        *app.add_subcommand("bench", "The load generator behind `./dev bench`: drives a server on this machine");
    command.require_subcommand(1);
    command.footer("Examples:\n  ./dev bench\n  ./dev bench empty-sync\n\n"
                   "`./dev bench [row]` starts a server, fills it and runs these rows; bench/README.md has the table.\n"
                   "Each figure is a line of JSON on stdout and a line for people on stderr.\n\n"
                   "Exit codes: 0 measured; 1 failed; 2 wrong command line, or a server that is not on 127.0.0.1; 3 no "
                   "such process or file.");
    for (auto const& row : rows) {
        auto plan = std::make_shared<Plan>();
        plan->count = row.count;
        if (row.run == bench_lmtp) plan->bytes = 2000;
        auto& sub = *command.add_subcommand(row.name, row.about);
        add_options(sub, *plan);
        sub.footer(
            row.run == bench_mailbox
                ? "Example:\n  godwit bench mailbox --count 100 > made-up.mbox"
                : fmt::format("Example, with all that it needs, and with a server that runs already:\n"
                              "  ./dev bench {0}\n  godwit bench {0} --pid $(pgrep -x godwit) --data ./godwit-data",
                              row.name));
        sub.final_callback([plan, run = row.run, &chosen] {
            chosen = [plan, run] {
                refuse_other_machines(*plan);
                return run(*plan);
            };
        });
    }
    auto plan = std::make_shared<Plan>();
    auto first = std::make_shared<unsigned>(0);
    auto& worker = *command.add_subcommand("hold-worker", "One process of held-pings")->group("");
    add_options(worker, *plan);
    worker.add_option("--first", *first);
    worker.final_callback([plan, first, &chosen] {
        chosen = [plan, first] {
            refuse_other_machines(*plan);
            return bench_hold_worker(*plan, *first, plan->processes);
        };
    });
}

} // namespace godwit::cli
