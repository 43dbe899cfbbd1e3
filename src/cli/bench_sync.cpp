// The rows that sync one folder: how much CPU the server takes for nothing, for a message, and how soon it begins.
#include "cli/bench_measure.hpp"
#include "cli/bench_plan.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "eas/pages.hpp"
#include "net/time.hpp"
#include <fmt/format.h>
#include <fstream>

namespace godwit::cli {
namespace {

using net::awaitable;

double microseconds_of(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1000; }

client::SyncAsk one(std::string collection, unsigned window, std::optional<client::Properties> options = {}) {
    client::Ask ask{.collection = std::move(collection), .window = window, .options = std::move(options)};
    return {.collections = {std::move(ask)}};
}

// Downloads a folder as a phone does; how many items came.
awaitable<std::size_t> download(client::Phone& phone, Plan const& plan, std::string inbox, unsigned window,
                                client::Properties options) {
    Progress progress("downloading", plan.count);
    auto primed = co_await phone.sync({.collections = {{.collection = inbox, .key = "0"}}});
    must(primed.status, "priming the folder");
    std::size_t items = 0;
    for (bool more = true; more;) {
        auto ask = one(inbox, window, options);
        auto answer = co_await phone.sync(std::move(ask));
        must(answer.http == 200 ? answer.status : answer.http, "Sync");
        more = !answer.empty && answer.of(inbox).more;
        items += answer.of(inbox).told();
        progress.at(items, "");
    }
    progress.finish();
    co_return items;
}

awaitable<void> empty_sync(Plan const& plan, client::Phone& phone) {
    auto device = co_await enrol(phone);
    auto without_bodies = client::mail_options(1, 0); // only the requests that follow are measured
    auto items = co_await download(phone, plan, device.inbox, 512, without_bodies);
    phone.settings().judge = false;
    // Never twice the same in a row: that is what a runaway phone says, and it is sent away (device/repetition.hpp).
    for (unsigned warm = 0; warm < 200; ++warm) {
        auto ask = one(device.inbox, 100 + warm % 2);
        co_await phone.sync(std::move(ask));
    }
    constexpr unsigned rounds = 5000;
    auto cpu = cpu_time(plan.pid);
    auto begun = net::Clock::now();
    for (unsigned i = 0; i < rounds; ++i) {
        auto ask = one(device.inbox, 100 + i % 2);
        auto answer = co_await phone.sync(std::move(ask));
        if (!answer.empty) throw Stop{Exit::Failure, "a Sync without news was answered with a body"};
    }
    auto wall = std::chrono::duration<double, std::micro>(net::Clock::now() - begun).count() / rounds;
    auto each = microseconds_of(cpu_time(plan.pid) - cpu) / rounds;
    report({.row = "empty-sync",
            .what = fmt::format("an empty Sync of a folder of {} messages, server CPU", items),
            .unit = "µs",
            .value = each,
            .target = 150,
            .note = fmt::format("{:.0f} µs until the client has it", wall)});
}

awaitable<void> initial_sync(Plan const& plan, client::Phone& phone) {
    auto device = co_await enrol(phone);
    phone.settings().judge = false;
    phone.settings().gzip = false;
    auto cpu = cpu_time(plan.pid);
    auto begun = net::Clock::now();
    auto html = client::mail_options(2, plan.truncation);
    auto items = co_await download(phone, plan, device.inbox, plan.window, html);
    auto wall = std::chrono::duration<double>(net::Clock::now() - begun).count();
    auto each = microseconds_of(cpu_time(plan.pid) - cpu) / 1000 / static_cast<double>(items);
    report({.row = "initial-sync",
            .what = fmt::format("initial Sync of {} messages, HTML cut at {}, window {}, server CPU a message", items,
                                plan.truncation, plan.window),
            .unit = "ms",
            .value = each,
            .target = 0.25,
            .note = fmt::format("{:.1f} s in all", wall)});
}

// A person selects many messages and flags them all: one Sync with as many Changes.
awaitable<void> flags(Plan const& plan, client::Phone& phone) {
    constexpr unsigned at_once = 200, rounds = 20;
    auto device = co_await enrol(phone);
    auto without_bodies = client::mail_options(1, 0);
    co_await download(phone, plan, device.inbox, 512, without_bodies);
    std::vector<client::Edit> edits;
    for (auto const& [id, properties] : phone.model().at(device.inbox).items)
        if (edits.size() < at_once) edits.push_back({.kind = client::Edit::Change, .id = id});
    if (edits.size() < at_once) throw Stop{Exit::Usage, fmt::format("the Inbox needs {} messages", at_once)};
    phone.settings().judge = false;
    std::chrono::nanoseconds spent{};
    for (unsigned round = 0; round < rounds; ++round) {
        client::Properties active{client::element(eas::email::Status, "2"),
                                  client::element(eas::email::FlagType, "for Follow Up")};
        auto flag = round % 2 == 0 ? active : client::Properties{};
        for (auto& edit : edits) edit.data = {client::element(eas::email::Flag, flag)};
        client::SyncAsk ask{.collections = {{.collection = device.inbox, .edits = edits}}};
        auto cpu = cpu_time(plan.pid);
        auto answer = co_await phone.sync(std::move(ask));
        spent += cpu_time(plan.pid) - cpu;
        must(answer.http == 200 ? answer.of(device.inbox).status : answer.http, "Sync");
    }
    report({.row = "flags",
            .what = fmt::format("{} flags in one Sync, server CPU", at_once),
            .unit = "ms",
            .value = microseconds_of(spent) / 1000 / rounds,
            .target = 5,
            .note = fmt::format("mean of {}; {} messages in the folder", rounds, plan.count)});
}

awaitable<void> first_byte(Plan const& plan, client::Phone& phone) {
    auto device = co_await enrol(phone);
    auto primed = co_await phone.sync({.collections = {{.collection = device.inbox, .key = "0"}}});
    must(primed.status, "priming the folder");
    auto prime = phone.connection().first_byte();
    auto ask = one(device.inbox, plan.window, client::mail_options(2, plan.truncation));
    auto answer = co_await phone.sync(std::move(ask));
    must(answer.http == 200 ? answer.status : answer.http, "Sync");
    auto page = phone.connection().first_byte();
    report({.row = "first-byte",
            .what = "first byte of an initial Sync (the slower of key 0 and the first page)",
            .unit = "ms",
            .value = static_cast<double>(std::max(prime, page).count()) / 1000,
            .target = 100,
            .note = fmt::format("key 0: {:.1f} ms; {} items of window {}", static_cast<double>(prime.count()) / 1000,
                                answer.of(device.inbox).told(), plan.window)});
}

awaitable<void> fill_state(Plan const& plan, std::string device, unsigned& folders) {
    client::Phone phone(settings_of(plan, plan.login, std::move(device)));
    auto enrolled = co_await enrol(phone);
    phone.settings().judge = false;
    auto quick = client::mail_options(1, 0);
    co_await download(phone, plan, enrolled.inbox, 512, quick);
    folders = 1;
    for (unsigned type : {3u, 4u, 5u}) { // Drafts, Trash, Sent: empty, but they have a state too
        auto const* folder = phone.model().of_type(type);
        if (!folder || (type == 3 && phone.settings().version < eas::v16_0)) continue;
        auto status = co_await phone.sync_all(folder->id);
        must(status, "Sync");
        ++folders;
    }
}

template <class Work> int with_phone(Plan const& plan, char const* device, Work work) {
    net::Loop loop;
    client::Phone phone(settings_of(plan, plan.login, device));
    loop.wait_for(work(plan, phone));
    return code(Exit::Ok);
}

} // namespace

int bench_empty_sync(Plan const& plan) { return with_phone(plan, "BENCHEMPTY", empty_sync); }
int bench_initial_sync(Plan const& plan) { return with_phone(plan, "BENCHINITIAL", initial_sync); }
int bench_flags(Plan const& plan) { return with_phone(plan, "BENCHFLAGS", flags); }
int bench_first_byte(Plan const& plan) { return with_phone(plan, "BENCHFIRST", first_byte); }

// Only fills: bench/run stops the server before and after, and looks at the files.
int bench_fill_state(Plan const& plan) {
    net::Loop loop;
    unsigned folders = 0;
    for (unsigned i = 0; i < plan.processes; ++i)
        loop.wait_for(fill_state(plan, fmt::format("BENCHSTATE{}", i), folders));
    fmt::print("{}\n", folders * plan.processes);
    return code(Exit::Ok);
}

// An mbox of made-up messages on stdout, for `godwit import`.
int bench_mailbox(Plan const& plan) {
    for (unsigned i = 0; i < plan.count; ++i) {
        auto message = client::sample_message(i, plan.bytes);
        std::string out = "From max@sample.invalid Sat Nov 21 12:00:00 2026\n";
        std::erase(message, '\r');
        fmt::print("{}{}\n", out, message);
    }
    return code(Exit::Ok);
}

} // namespace godwit::cli
