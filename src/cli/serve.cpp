#include "cli/serve.hpp"
#include "cli/host.hpp"
#include "cli/logging.hpp"
#include "cli/outcome.hpp"
#include "cli/store.hpp"
#include "cli/upkeep.hpp"
#include "command/session.hpp"
#include "command/table.hpp"
#include "config/parse.hpp"
#include "delivery/lmtp_server.hpp"
#include "delivery/local_delivery.hpp"
#include "delivery/outbox.hpp"
#include "http/server.hpp"
#include "net/loop.hpp"
#include "net/signals.hpp"
#include "net/tls.hpp"
#include "sync/hub.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <spdlog/spdlog.h>
#include <thread>

namespace godwit::cli {
namespace {

using namespace std::chrono_literals;

// How long answers under way may take once the server is told to stop.
constexpr std::chrono::milliseconds grace = 5s;

struct Serving {
    Place place;
    std::optional<std::string> listen, tls_listen, certificate, key, lmtp, log_level;
    bool log_json = false;
};

// The command line wins over the file.
config::Config settled(Serving const& choice) {
    auto config = load_config(choice.place);
    auto const take = [](std::optional<std::string> const& given, std::string& into) {
        if (given) into = *given;
    };
    take(choice.listen, config.listen.http);
    take(choice.tls_listen, config.listen.https);
    take(choice.certificate, config.listen.certificate);
    take(choice.key, config.listen.key);
    take(choice.lmtp, config.listen.lmtp);
    take(choice.log_level, config.log.level);
    config.log.json = config.log.json || choice.log_json;
    std::string mistakes;
    for (auto const& mistake : config::check(config)) mistakes += "\n  " + mistake.text;
    if (!mistakes.empty()) throw Stop{Exit::Usage, "this cannot be served:" + mistakes};
    return config;
}

unsigned pool_threads(config::Config const& config) {
    return config.threads != 0 ? config.threads : std::max(2u, std::thread::hardware_concurrency());
}

std::unique_ptr<net::TlsContext> certificate(config::Listen const& listen) {
    if (listen.https.empty()) return nullptr;
    for (auto const& [what, file] : {std::pair("certificate", listen.certificate), std::pair("key", listen.key)})
        if (!std::ifstream(file))
            throw Stop{Exit::NotFound, fmt::format("cannot read the {} {}: {}", what, file, std::strerror(errno))};
    auto context = net::TlsContext::server(listen.certificate, listen.key);
    if (!context) throw Stop{Exit::Failure, context.error()};
    return std::make_unique<net::TlsContext>(std::move(*context));
}

void reload(net::TlsContext* tls) {
    if (tls == nullptr) return;
    auto const outcome = tls->reload();
    if (outcome)
        spdlog::info("certificate read again");
    else
        spdlog::error("certificate kept reason=\"{}\"", outcome.error());
}

// The parts that accept and work, in the order in which they are told to stop.
struct Doors {
    http::Server& http;
    std::unique_ptr<delivery::LmtpServer>& lmtp;
    delivery::Outbox& outbox;
    bool stopping = false;
    unsigned tasks = 0; // background coroutines that have not ended
};

// Phones that wait are answered "no change" and come back after the restart; mail whose DATA has ended is still stored.
net::awaitable<void> stop_all(Doors& doors, net::Loop& loop) {
    if (doors.lmtp) doors.lmtp->close();
    doors.outbox.stop();
    co_await doors.http.stop(grace);
    for (auto waited = 0ms; waited < grace; waited += 10ms) {
        if (doors.tasks == 0 && (!doors.lmtp || doors.lmtp->open() == 0)) break;
        co_await net::sleep_for(10ms);
    }
    loop.stop();
}

void on_stop_signal(Doors& doors, net::Loop& loop) {
    if (doors.stopping) return loop.stop(); // asked twice: at once
    doors.stopping = true;
    notify_systemd("STOPPING=1");
    spdlog::info("stopping connections={} requests={}", doors.http.connections(), doors.http.requests_in_flight());
    loop.spawn(stop_all(doors, loop));
}

// A background task of main's list; an exception that ends one is told, the others go on.
void run_task(net::Loop& loop, Doors& doors, std::string name, net::awaitable<void> task) {
    ++doors.tasks;
    loop.spawn(std::move(task), [&doors, name = std::move(name)](std::exception_ptr const& failure) {
        --doors.tasks;
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (std::exception const& error) {
            spdlog::critical("task ended until the next start task={} reason=\"{}\"", name, error.what());
        }
    });
}

// Binds every door, then says where they are in one line, so that whoever started us with port 0 learns the ports.
void open_doors(config::Config const& config, Doors& doors, net::TlsContext* tls, auto make_lmtp) {
    std::string event = "listening";
    try {
        auto const& listen = config.listen;
        if (!listen.http.empty()) event += " http=" + doors.http.listen(listen.http);
        if (!listen.https.empty()) event += " https=" + doors.http.listen(listen.https, tls);
        if (!listen.lmtp.empty()) {
            doors.lmtp = make_lmtp();
            auto const host = listen.lmtp.substr(0, listen.lmtp.rfind(':'));
            event += fmt::format(" lmtp={}:{}", host, doors.lmtp->port());
            doors.lmtp->start();
        }
    } catch (std::runtime_error const& error) {
        throw Stop{Exit::Busy,
                   fmt::format("{}; another address: --listen, --tls-listen, --lmtp ADDR:PORT", error.what())};
    }
    spdlog::info("{}", event);
}

// What a sign-in's Argon2 took (19 MB) goes back to the system when it ends; left to itself malloc learns from the
// first one to keep such blocks, in an arena for each thread of the pool, where they outweigh ten thousand held polls.
void keep_memory_small() {
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
    ::mallopt(M_ARENA_MAX, 1);
}

int serve(Serving const& choice) {
    keep_memory_small();
    auto const config = settled(choice);
    start_logging(config.log);
    make_directory(config.data);
    DirectoryLock const lock(config.data);
    auto const descriptors = raise_descriptor_limit();
    auto const tls = certificate(config.listen);

    net::Loop loop;
    sync::Hub hub(loop.executor());
    net::Pool pool(pool_threads(config));
    directory::Directory directory(pool, config.data, {config.signin.cache, config.signin.refusal_memory});
    index::Accounts accounts(pool, config.data, [&hub](index::Commit const& commit) { hub.publish(commit); });
    delivery::LocalDelivery local(accounts, directory);
    delivery::Outbox outbox(config.delivery, pool, accounts, directory, local);
    command::Rooms const rooms{config, pool, accounts, directory, hub, outbox};
    http::Server http(loop, rooms, command::protocol_commands(), command::dispatch);
    std::unique_ptr<delivery::LmtpServer> lmtp;

    Doors doors{http, lmtp, outbox};
    run_task(loop, doors, "outbox", outbox.run());
    run_task(loop, doors, "foreign", notice_foreign(pool, accounts, doors.stopping));
    auto end_polls = [&http](std::vector<index::AccountId> const& accounts) { http.end_polls(accounts); };
    run_task(loop, doors, "revoked", notice_revoked(pool, directory, end_polls, doors.stopping));
    run_task(loop, doors, "sweep",
             sweep(directory, accounts, std::chrono::days(config.sync.idle_days), doors.stopping));
    net::Signals const signals(loop, [&] { on_stop_signal(doors, loop); }, [&] { reload(tls.get()); });
    spdlog::info("starting version={} data={} accounts={} descriptors={}", GODWIT_VERSION, config.data,
                 directory.list().size(), descriptors);
    open_doors(config, doors, tls.get(), [&] {
        return std::make_unique<delivery::LmtpServer>(loop, config.listen.lmtp, config.delivery, directory, local);
    });
    notify_systemd("READY=1");
    loop.run();
    spdlog::info("stopped");
    return code(Exit::Ok);
}

} // namespace

void register_serve(CLI::App& app, std::function<int()>& chosen) {
    auto const choice = std::make_shared<Serving>();
    auto& command = *app.add_subcommand("serve", "Serve phones by HTTP and take mail by LMTP");
    add_place_options(command, choice->place);
    command.add_option("--listen", choice->listen, "Plain HTTP [127.0.0.1:8080]; '' is off; port 0 takes a free one")
        ->type_name("ADDR:PORT");
    command.add_option("--tls-listen", choice->tls_listen, "HTTP over TLS [off]; needs --cert and --key")
        ->type_name("ADDR:PORT");
    command.add_option("--cert", choice->certificate, "Certificate and chain, PEM")->type_name("FILE");
    command.add_option("--key", choice->key, "Private key, PEM")->type_name("FILE");
    command.add_option("--lmtp", choice->lmtp, "Mail delivery [127.0.0.1:8024]; '' is off")->type_name("ADDR:PORT");
    command.add_option("--log-level", choice->log_level, "trace, debug, info, warning or error")
        ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error"}))
        ->type_name("LEVEL");
    command.add_flag("--log-json", choice->log_json, "Log lines as JSON objects");
    command.footer(
        "The addresses taken are logged as one line, `listening http=127.0.0.1:8080 lmtp=127.0.0.1:8024`.\n"
        "SIGTERM stops: phones that wait are told to come back. SIGHUP reads the certificate again.\n\n"
        "Example:\n  godwit serve --data /var/lib/godwit --tls-listen 0.0.0.0:443 --cert chain.pem --key key.pem\n\n"
        "Exit codes: 0 stopped; 1 failed; 2 wrong command line or configuration; 3 a file that it names is not there;\n"
        "5 the data directory or an address is in use.");
    command.final_callback([choice, &chosen] { chosen = [choice] { return serve(*choice); }; });
}

} // namespace godwit::cli
