// The rows of contacts and events: what each costs of an initial Sync, and how soon the other phones of an account have
// an event that one of them has changed.
#include "cli/bench_measure.hpp"
#include "cli/bench_plan.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "eas/pages.hpp"
#include "net/time.hpp"
#include <fmt/format.h>

namespace godwit::cli {
namespace {

using net::awaitable;
using namespace std::chrono_literals;
constexpr unsigned contacts_folder = 9, calendar_folder = 8; // MS-ASCMD 2.2.3.186.3

awaitable<std::string> folder_of(client::Phone& phone, unsigned type) {
    co_await enrol(phone);
    phone.settings().judge = false;
    auto const* folder = phone.model().of_type(type);
    if (!folder) throw Stop{Exit::Failure, fmt::format("the account has no folder of type {}", type)};
    co_return folder->id;
}

awaitable<void> initial_items(Plan const& plan, unsigned type, char const* name) {
    client::Phone phone(settings_of(plan, plan.login, fmt::format("BENCHITEMS{}", type)));
    auto folder = co_await folder_of(phone, type);
    phone.settings().gzip = false;
    auto cpu = cpu_time(plan.pid);
    auto begun = net::Clock::now();
    auto status = co_await phone.sync_all(folder, plan.window, client::mail_options(1, plan.truncation));
    must(status, "Sync");
    auto wall = std::chrono::duration<double>(net::Clock::now() - begun).count();
    auto items = phone.model().at(folder).items.size();
    if (items < plan.count) throw Stop{Exit::Failure, fmt::format("only {} {} came", items, name)};
    auto each = static_cast<double>((cpu_time(plan.pid) - cpu).count()) / 1e6 / static_cast<double>(items);
    report({.row = "initial-items",
            .what = fmt::format("initial Sync of {} {}, window {}, server CPU each", items, name, plan.window),
            .unit = "ms",
            .value = each,
            .target = 0.15,
            .note = fmt::format("{:.1f} s in all", wall)});
}

awaitable<void> both(Plan const& plan) {
    co_await initial_items(plan, contacts_folder, "contacts");
    co_await initial_items(plan, calendar_folder, "events");
}

struct Watcher { // a phone that waits, and then gets what it was woken for
    client::Phone phone;
    net::Clock::time_point woken = {}, has = {};
    std::string subject = {};
};

awaitable<void> watch(Watcher& watcher, std::string folder, std::string item, unsigned& busy) {
    client::PingAsk ask{.heartbeat = 3540, .folders = {{folder, "Calendar"}}};
    auto answer = co_await watcher.phone.ping(std::move(ask));
    watcher.woken = net::Clock::now();
    if (answer.status == 2) {
        auto status = co_await watcher.phone.sync_all(folder, 100, client::mail_options(1, 0));
        must(status, "Sync");
    }
    watcher.has = net::Clock::now();
    auto const* properties = watcher.phone.model().at(folder).item(item);
    watcher.subject = properties ? client::text_of(*properties, eas::calendar::Subject) : std::string();
    --busy;
}

double milliseconds(net::Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

awaitable<void> event_push(net::Loop& loop, Plan const& plan) {
    constexpr unsigned watchers = 3;
    client::Phone writer(settings_of(plan, plan.login, "BENCHWRITER"));
    auto folder = co_await folder_of(writer, calendar_folder);
    auto begun = co_await writer.sync_all(folder, 512, client::mail_options(1, 0));
    must(begun, "Sync");
    std::vector<std::unique_ptr<Watcher>> others;
    for (unsigned i = 0; i < watchers; ++i) {
        auto settings = settings_of(plan, plan.login, fmt::format("BENCHWATCHER{}", i));
        others.push_back(std::make_unique<Watcher>(Watcher{client::Phone(std::move(settings))}));
        co_await folder_of(others.back()->phone, calendar_folder);
        auto status = co_await others.back()->phone.sync_all(folder, 512, client::mail_options(1, 0));
        must(status, "Sync");
    }
    std::vector<std::string> ids;
    for (auto const& [id, properties] : writer.model().at(folder).items) ids.push_back(id);
    std::vector<double> pinged, synced;
    Progress progress("changing", plan.count);
    for (unsigned i = 0; i < plan.count; ++i) {
        auto const& id = ids.at(i * 7 % ids.size());
        auto subject = fmt::format("changed {}", i);
        unsigned busy = watchers;
        for (auto& one : others) loop.spawn(watch(*one, folder, id, busy), [](std::exception_ptr) {});
        co_await net::sleep_for(30ms); // the server holds them by now
        client::Edit edit{.id = id, .data = {client::element(eas::calendar::Subject, subject)}};
        client::SyncAsk ask{.collections = {{.collection = folder, .edits = {edit}}}};
        auto said = net::Clock::now();
        auto answer = co_await writer.sync(std::move(ask));
        must(answer.http == 200 ? answer.of(folder).status : answer.http, "Sync");
        for (auto const& [edited, status] : answer.of(folder).edit_status) must(status, "the Change");
        while (busy > 0 && net::Clock::now() - said < 10s) co_await net::sleep_for(1ms);
        if (busy > 0) throw Stop{Exit::Failure, "a phone was not woken"};
        net::Clock::duration woken{}, has{};
        for (auto const& one : others) {
            if (one->subject != subject) throw Stop{Exit::Failure, "a phone has not got the change"};
            woken = std::max(woken, one->woken - said);
            has = std::max(has, one->has - said);
        }
        pinged.push_back(milliseconds(woken));
        synced.push_back(milliseconds(has));
        progress.at(i + 1, "");
    }
    progress.finish();
    auto told = [&](char const* what, std::vector<double> const& times) {
        report({.row = "event-push",
                .what = fmt::format("a Change of an event of {}, sent, to the last of {} phones' {}, p50", ids.size(),
                                    watchers, what),
                .unit = "ms",
                .value = percentile(times, 0.5),
                .target = 10,
                .note = fmt::format("{} changes; p99 {:.1f} ms", plan.count, percentile(times, 0.99))});
    };
    told("Ping answers", pinged);
    told("Syncs that bring it", synced);
}

} // namespace

int bench_initial_items(Plan const& plan) {
    net::Loop loop;
    loop.wait_for(both(plan));
    return code(Exit::Ok);
}

int bench_event_push(Plan const& plan) {
    net::Loop loop;
    loop.wait_for(event_push(loop, plan));
    return code(Exit::Ok);
}

} // namespace godwit::cli
