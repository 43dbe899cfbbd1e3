// The rows of waiting phones: what ten thousand of them cost, and how soon one of a thousand hears of new mail.
#include "cli/bench_measure.hpp"
#include "cli/bench_plan.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "net/time.hpp"
#include <array>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace godwit::cli {
namespace {

using net::awaitable;
using namespace std::chrono_literals;

// Ten accounts' worth of phones is what a server lets one account have (sync.max_devices), so they spread over many.
constexpr unsigned phones_per_account = 100;

std::string login_of(unsigned phone) { return fmt::format("bench{}@bench.test", phone / phones_per_account); }

struct EnrolWork {
    Plan const& plan;
    std::ofstream& out;
    Progress& progress;
    unsigned next = 0, done = 0;
};

awaitable<void> enrol_some(EnrolWork& work) {
    while (work.next < work.plan.count) {
        auto number = work.next++;
        client::Phone phone(settings_of(work.plan, login_of(number), fmt::format("BENCHHELD{}", number)));
        auto device = co_await enrol(phone);
        auto primed = co_await phone.sync({.collections = {{.collection = device.inbox, .key = "0"}}});
        must(primed.status, "priming the Inbox");
        phone.settings().judge = false;
        auto status = co_await phone.sync_all(device.inbox, 100, client::mail_options(1, 0));
        must(status, "Sync of the Inbox");
        work.out << line_of(device);
        work.progress.at(++work.done, "");
    }
}

// One child for each slice of the devices: a process may open 20,000 descriptors, and the server holds the other ends.
class Workers {
public:
    Workers(Plan const& plan, std::string row) : plan_(plan), row_(std::move(row)) {
        for (unsigned i = 0; i < plan.processes; ++i) start(i);
    }
    ~Workers() {
        for (int end : stop_) ::close(end); // a worker ends when its stdin does
        for (auto child : children_) ::waitpid(child, nullptr, 0);
    }
    // Reads "held" lines until each worker has said how many it holds.
    unsigned held() {
        unsigned total = 0;
        for (auto* from : say_) {
            unsigned count = 0;
            if (std::fscanf(from, "held %u", &count) != 1)
                throw Stop{Exit::Failure, "a worker of the load generator failed"};
            total += count;
        }
        return total;
    }

private:
    void start(unsigned index) {
        int to[2], from[2];
        if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0)
            throw Stop{Exit::Failure, "no more descriptors"};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
        std::vector<std::string> words{"godwit",
                                       "bench",
                                       row_,
                                       "--url",
                                       plan_.url,
                                       "--lmtp",
                                       plan_.lmtp,
                                       "--state",
                                       plan_.state,
                                       "--count",
                                       std::to_string(plan_.count),
                                       "--first",
                                       std::to_string(index),
                                       "--processes",
                                       std::to_string(plan_.processes)};
        std::vector<char*> arguments;
        arguments.reserve(words.size() + 1);
        for (auto& w : words) arguments.push_back(w.data());
        arguments.push_back(nullptr);
        pid_t child = 0;
        int failed = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(to[0]);
        ::close(from[1]);
        if (failed) throw Stop{Exit::Failure, "cannot start a worker"};
        children_.push_back(child);
        stop_.push_back(to[1]);
        say_.push_back(::fdopen(from[0], "r"));
    }
    Plan const& plan_;
    std::string row_;
    std::vector<pid_t> children_;
    std::vector<int> stop_;
    std::vector<std::FILE*> say_;
};

struct HeldPings {
    std::vector<std::unique_ptr<client::Phone>> phones = {};
    unsigned waiting = 0, ended = 0;
};

std::unique_ptr<client::Phone> phone_of(Plan const& plan, Enrolled const& device) {
    auto phone = std::make_unique<client::Phone>(settings_of(plan, device.login, device.device));
    phone->policy_key = device.policy_key;
    phone->settings().judge = false;
    return phone;
}

// Counts as waiting from its bytes' leaving to its answer. A server that is busy says 503, and the phone comes back.
awaitable<void> hold(client::Phone& phone, std::string inbox, HeldPings& holding) {
    for (unsigned http = 503; http == 503;) {
        client::PingAsk ask{.heartbeat = 3540, .folders = {{inbox, "Email"}}};
        auto patience = 60s;
        co_await phone.poll_connection().open(patience);
        ++holding.waiting;
        auto answer = co_await phone.ping(std::move(ask));
        --holding.waiting;
        http = answer.http;
        if (http == 503) co_await net::sleep_for(1s);
    }
    fmt::print(stderr, "a held Ping was answered\n");
}

// They arrive at this pace: the row measures waiting, not a storm.
constexpr unsigned arriving_at_once = 16;
constexpr auto pause = 25ms;

awaitable<void> hold_all(net::Loop& loop, Plan const& plan, std::vector<Enrolled> const& devices, HeldPings& holding) {
    for (auto const& device : devices) {
        auto& phone = holding.phones.emplace_back(phone_of(plan, device));
        loop.spawn(hold(*phone, device.inbox, holding), [&holding](std::exception_ptr e) {
            ++holding.ended;
            if (e) fmt::print(stderr, "a phone failed\n");
        });
        if (holding.phones.size() % arriving_at_once == 0) co_await net::sleep_for(pause);
    }
    // Done when nothing has been answered for a while.
    for (int quiet = 0; quiet < 30; ++quiet) {
        if (holding.waiting + holding.ended < devices.size()) quiet = 0;
        co_await net::sleep_for(100ms);
    }
}

awaitable<void> until_stdin_ends() {
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) == 1) {
    }
    co_return;
}

} // namespace

int bench_enrol(Plan const& plan) {
    net::Loop loop;
    std::ofstream out(plan.state);
    Progress progress("enrolling", plan.count);
    EnrolWork work{plan, out, progress};
    std::exception_ptr failure;
    constexpr unsigned at_once = 16;
    unsigned running = at_once;
    for (unsigned i = 0; i < at_once; ++i)
        loop.spawn(enrol_some(work), [&](std::exception_ptr e) {
            if (e) failure = e;
            if (--running == 0 || e) loop.stop();
        });
    loop.run();
    progress.finish();
    if (failure) std::rethrow_exception(failure);
    return code(Exit::Ok);
}

int bench_hold_worker(Plan const& plan, unsigned first, unsigned step) {
    auto all = read_state(plan.state);
    std::vector<Enrolled> mine;
    for (std::size_t i = first; i < std::min<std::size_t>(all.size(), plan.count); i += step) mine.push_back(all[i]);
    net::Loop loop;
    HeldPings holding;
    loop.wait_for(hold_all(loop, plan, mine, holding));
    fmt::print("held {}\n", holding.waiting);
    std::fflush(stdout);
    loop.wait_for(until_stdin_ends());
    std::_Exit(0); // thousands of sockets: the kernel closes them faster than we do
}

int bench_held_pings(Plan const& plan) {
    auto before = pss_bytes(plan.pid);
    auto begun = net::Clock::now();
    Workers workers(plan, "hold-worker");
    auto held = workers.held();
    auto wall = std::chrono::duration<double>(net::Clock::now() - begun).count();
    std::this_thread::sleep_for(1s);
    auto after = pss_bytes(plan.pid);
    auto cpu = cpu_time(plan.pid);
    std::this_thread::sleep_for(5s);
    auto idle = static_cast<double>((cpu_time(plan.pid) - cpu).count()) / 5e9 * 100;
    if (held < plan.count) fmt::print(stderr, "only {} of {} are held\n", held, plan.count);
    bool tls = plan.url.starts_with("https");
    report({.row = tls ? "held-pings-tls" : "held-pings",
            .what = fmt::format("a held Ping{}, PSS each, {} held", tls ? " over TLS" : "", held),
            .unit = "KB",
            .value = (after - before) / 1024 / held,
            .target = tls ? 24.0 : 4.0,
            .note =
                fmt::format("PSS {:.1f} MB to {:.1f} MB, all there after {:.1f} s, {:.2f} % of one CPU while they wait",
                            before / 1048576, after / 1048576, wall, idle)});
    return held == plan.count ? code(Exit::Ok) : code(Exit::Failure);
}

// ---- push -----------------------------------------------------------------------------------------------------------
namespace {

struct Latency {
    std::vector<double> milliseconds = {};
    net::Clock::time_point answered = {};
    bool waiting = false;
};

awaitable<void> one_ping(client::Phone& phone, std::string inbox, Latency& latency) {
    client::PingAsk ask{.heartbeat = 3540, .folders = {{inbox, "Email"}}};
    auto answer = co_await phone.ping(std::move(ask));
    latency.answered = net::Clock::now();
    latency.waiting = false;
    if (answer.status != 2) fmt::print(stderr, "Ping: HTTP {} status {}\n", answer.http, answer.status);
}

awaitable<void> measure_push(net::Loop& loop, Plan const& plan, std::vector<Enrolled> const& devices,
                             unsigned samples) {
    HeldPings others;
    co_await hold_all(loop, plan, std::vector<Enrolled>(devices.begin() + phones_per_account, devices.end()), others);
    auto const& device = devices.front(); // of an account where nobody else waits
    auto phone = phone_of(plan, device);
    auto lmtp = lmtp_of(plan);
    auto status = co_await phone->folder_sync();
    must(status, "FolderSync");
    Latency latency;
    Progress progress("pushing", samples);
    for (unsigned i = 0; i < samples; ++i) {
        auto synced = co_await phone->sync_all(device.inbox, 100, client::mail_options(1, 200));
        must(synced, "Sync");
        latency.waiting = true;
        loop.spawn(one_ping(*phone, device.inbox, latency), [&](std::exception_ptr) { latency.waiting = false; });
        co_await net::sleep_for(20ms); // the server holds it by now
        auto codes = co_await lmtp.deliver("max@sample.invalid", {device.login}, client::sample_message(i, 2000));
        auto accepted = net::Clock::now();
        if (codes != std::vector<unsigned>{250}) throw Stop{Exit::Failure, "LMTP refused the message"};
        while (latency.waiting && net::Clock::now() - accepted < 10s) co_await net::sleep_for(1ms);
        // The answer may be there before the 250 is: that is no latency.
        auto late = std::chrono::duration<double, std::milli>(latency.answered - accepted).count();
        latency.milliseconds.push_back(latency.waiting ? 10'000 : std::max(0.0, late));
        progress.at(i + 1, "");
    }
    progress.finish();
    auto held = others.waiting;
    auto what = [&](char const* p) {
        return fmt::format("LMTP 250 to the Ping's answer, {} others held, {}", held, p);
    };
    report({.row = "push-latency",
            .what = what("p50"),
            .unit = "ms",
            .value = percentile(latency.milliseconds, 0.5),
            .target = 5,
            .note = fmt::format("{} deliveries", samples)});
    report({.row = "push-latency",
            .what = what("p99"),
            .unit = "ms",
            .value = percentile(latency.milliseconds, 0.99),
            .target = 50,
            .note = fmt::format("worst {:.2f} ms", percentile(latency.milliseconds, 1))});
    std::fflush(stdout);
    std::_Exit(0); // the others' coroutines still wait, and nothing is left to do
}

} // namespace

int bench_push_latency(Plan const& plan) {
    auto devices = read_state(plan.state);
    devices.resize(std::min<std::size_t>(devices.size(), 1000 + phones_per_account));
    if (devices.size() <= phones_per_account) throw Stop{Exit::Usage, "enrol more than one account's phones first"};
    net::Loop loop;
    loop.wait_for(measure_push(loop, plan, devices, plan.count));
    return code(Exit::Ok);
}

// ---- LMTP --------------------------------------------------------------------------------------------------------
namespace {

struct Deliveries {
    Plan const& plan;
    net::Clock::time_point end;
    unsigned done = 0, refused = 0, number = 0;
};

awaitable<void> deliver_until(Deliveries& work) {
    auto lmtp = lmtp_of(work.plan);
    while (net::Clock::now() < work.end) {
        auto number = work.number++;
        auto to = fmt::format("bench{}@bench.test", number % 100);
        auto message = client::sample_message(number, work.plan.bytes);
        auto codes = co_await lmtp.deliver("max@sample.invalid", {to}, std::move(message));
        (codes == std::vector<unsigned>{250} ? work.done : work.refused) += 1;
    }
}

} // namespace

int bench_lmtp(Plan const& plan) {
    net::Loop loop;
    constexpr auto time = 10s;
    auto before = fsyncs_per_second(plan.data, 2s);
    Deliveries work{plan, net::Clock::now() + time};
    std::exception_ptr failure;
    auto begun = net::Clock::now();
    constexpr unsigned connections = 4;
    unsigned running = connections;
    auto cpu = cpu_time(plan.pid);
    for (unsigned i = 0; i < connections; ++i)
        loop.spawn(deliver_until(work), [&](std::exception_ptr e) {
            if (e) failure = e;
            if (--running == 0) loop.stop();
        });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    auto seconds = std::chrono::duration<double>(net::Clock::now() - begun).count();
    auto each = static_cast<double>((cpu_time(plan.pid) - cpu).count()) / 1000 / std::max(1u, work.done);
    report({.row = "lmtp",
            .what = fmt::format("LMTP deliveries, durable, {} connections, {} bytes", connections, plan.bytes),
            .unit = "messages/s",
            .value = work.done / seconds,
            .target = 500,
            .at_least = true,
            .note = fmt::format("{} refused; {:.0f} µs server CPU each; the disk does {:.0f} fsync/s", work.refused,
                                each, before)});
    return work.refused ? code(Exit::Failure) : code(Exit::Ok);
}

} // namespace godwit::cli
