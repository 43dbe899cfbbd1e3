#include "cli/imap_transfer.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "cli/secret.hpp"
#include "net/loop.hpp"
#include "net/stream.hpp"
#include "source/folders.hpp"
#include "source/imap_import.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <fmt/format.h>

namespace godwit::cli {
namespace {

using ImapFailure = source::imap::Failure;
namespace json = boost::json;
using source::ImapReport;
using source::imap::Security;

bool is_loopback(std::string const& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

source::imap::Account server_of(ImapChoice const& choice, std::string const& address) {
    source::imap::Account server;
    server.security = choice.plaintext ? Security::Plain : choice.starttls ? Security::StartTls : Security::Tls;
    server.port = server.security == Security::Tls ? 993 : 143;
    server.host = choice.server;
    if (auto const endpoint = net::parse_endpoint(choice.server)) {
        server.host = endpoint->host;
        server.port = endpoint->port;
    } else if (server.host.starts_with('[') && server.host.ends_with(']')) {
        server.host = server.host.substr(1, server.host.size() - 2);
    } else if (server.host.empty() || std::ranges::count(server.host, ':') == 1 || server.host.contains('/')) {
        throw Stop{Exit::Usage, fmt::format("\"{}\" is no HOST or HOST:PORT", choice.server)};
    }
    if (choice.plaintext && !is_loopback(server.host) && !choice.insecure)
        throw Stop{Exit::Usage,
                   fmt::format("--plaintext would send the password to {} for everybody on the way to read: leave it "
                               "out, or try --starttls, or say --insecure as well",
                               server.host)};
    server.login = choice.login.empty() ? address : choice.login;
    server.patience = std::chrono::seconds(choice.patience);
    return server;
}

std::shared_ptr<net::TlsContext> trust_of(ImapChoice const& choice) {
    using net::TlsContext;
    if (choice.insecure) return std::make_shared<TlsContext>(TlsContext::client(TlsContext::Verify::Nothing));
    if (choice.authority.empty()) return std::make_shared<TlsContext>(TlsContext::client(TlsContext::Verify::System));
    auto trusted = TlsContext::client(choice.authority);
    if (!trusted) throw Stop{Exit::Usage, trusted.error()};
    return std::make_shared<TlsContext>(std::move(*trusted));
}

std::string advice(ImapFailure::Kind kind, source::imap::Account const& server) {
    switch (kind) {
    case ImapFailure::Resolve: return "is the name right?";
    case ImapFailure::Connect:
        return server.security == Security::Tls ? "is there IMAP with TLS? --starttls uses port 143"
                                                : "does the server listen there?";
    case ImapFailure::TimedOut: return "the server does not answer; --timeout gives it longer";
    case ImapFailure::Tls:
        return "--ca FILE trusts its certificate; --insecure trusts anybody who answers; --starttls is the other way "
               "to TLS";
    case ImapFailure::Login:
        if (!server.token.empty())
            return "a token is good for an hour or so: get a new one; --login gives another login";
        return "--login gives another login; large hosts want an application password, made in their settings";
    case ImapFailure::Cut:
    case ImapFailure::Protocol: break;
    }
    return "run the same command again; it goes on where it was";
}

json::object as_json(source::MailboxCount const& one) {
    json::object out{{"mailbox", one.name},  {"folder", one.folder},   {"messages", one.messages}, {"added", one.added},
                     {"known", one.known},   {"updated", one.updated}, {"deleted", one.deleted},   {"gone", one.gone},
                     {"failed", one.failed}, {"bytes", one.bytes}};
    if (!one.left_out.empty()) out["left_out"] = one.left_out;
    if (!one.trouble.empty()) out["trouble"] = one.trouble;
    return out;
}

void print_json(ImapReport const& report, Exit exit, double seconds) {
    auto const sum = report.total();
    json::array mailboxes, failures;
    for (auto const& one : report.mailboxes) mailboxes.push_back(as_json(one));
    for (auto const& one : report.failures) failures.push_back({{"message", one.origin}, {"reason", one.reason}});
    json::object out{{"exit", code(exit)},
                     {"added", sum.added},
                     {"known", sum.known},
                     {"updated", sum.updated},
                     {"deleted", sum.deleted},
                     {"failed", sum.failed},
                     {"bytes", sum.bytes},
                     {"seconds", seconds},
                     {"mailboxes", std::move(mailboxes)},
                     {"failures", std::move(failures)}};
    if (!report.stopped.empty()) out["stopped"] = report.stopped;
    if (report.over_quota) out["over_quota"] = true;
    fmt::print("{}\n", json::serialize(out));
}

void print_plan(ImapReport const& report) {
    for (auto const& one : report.mailboxes) {
        if (one.left_out.empty())
            fmt::print("{:>8}  {} -> {}\n", one.messages, one.name, one.folder);
        else
            fmt::print("{:>8}  {}: left out, {}\n", "-", one.name, one.left_out);
    }
    fmt::print("{:>8}  messages; nothing was copied\n", report.total().messages);
}

void print_stopped(ImapReport const& report, std::string const& address) {
    if (report.over_quota)
        fmt::print(stderr,
                   "stopped: {} is full: {}\n  `godwit account set {} --quota SIZE` gives it more room (0: no limit); "
                   "then run the same command again, it goes on where it was\n",
                   address, report.stopped, address);
    else if (!report.stopped.empty())
        fmt::print(stderr, "stopped: {}; run the same command again, it goes on where it was\n", report.stopped);
}

void print_result(ImapReport const& report, std::string const& address) {
    auto const sum = report.total();
    for (auto const& failure : report.failures)
        fmt::print(stderr, "not taken in: {}: {}\n", failure.origin, failure.reason);
    if (sum.failed > report.failures.size())
        fmt::print(stderr, "... and {} more\n", sum.failed - report.failures.size());
    for (auto const& one : report.mailboxes)
        if (!one.trouble.empty()) fmt::print(stderr, "not copied to its end: {}: {}\n", one.name, one.trouble);
    print_stopped(report, address);
    fmt::print("{} message{} added, {} there already, {} not taken in", sum.added, sum.added == 1 ? "" : "s", sum.known,
               sum.failed);
    if (sum.updated != 0) fmt::print(", {} with other flags", sum.updated);
    if (sum.deleted != 0) fmt::print(", {} marked as deleted left behind", sum.deleted);
    fmt::print("\n");
}

Exit exit_of(ImapReport const& report) {
    if (!report.stopped.empty()) return Exit::Failure;
    bool const trouble = std::ranges::any_of(report.mailboxes, [](auto const& one) { return !one.trouble.empty(); });
    return trouble || report.total().failed != 0 ? Exit::Partial : Exit::Ok;
}

// A name that stands for nothing is a mistake, not an empty copy.
void check_only(ImapReport const& report, std::vector<std::string> const& only) {
    bool const found = std::ranges::any_of(report.mailboxes, [](auto const& one) { return one.left_out.empty(); });
    if (!only.empty() && !found)
        throw Stop{Exit::NotFound, fmt::format("the server has no folder {}: --dry-run lists them", only.front())};
}

class ProgressLine { // what is shown while the copy runs
public:
    void show(ImapReport const& report) {
        auto const sum = report.total();
        if (!progress_ || sum.messages != total_) {
            total_ = sum.messages;
            if (!progress_) progress_.emplace("importing", total_);
        }
        if (!report.note.empty()) {
            fmt::print(stderr, "\n{}\n", report.note);
            return;
        }
        auto const done = sum.added + sum.known + sum.failed + sum.deleted + sum.gone;
        progress_->at(done, fmt::format("{} of {} messages  {}", done, std::max(done, total_), report.current));
    }
    void finish(bool whole) {
        if (progress_ && whole) progress_->done(fmt::format("{} messages", total_));
        if (progress_) progress_->finish();
    }

private:
    std::optional<Progress> progress_;
    std::uint64_t total_ = 0;
};

} // namespace

int run_imap_import(ImapChoice const& choice, ImapTarget const& target) {
    Store store(load_config(target.place));
    auto const user = store.user(target.address);
    auto server = server_of(choice, target.address);
    server.tls = trust_of(choice);
    (choice.oauth_token_stdin ? server.token : server.password) = read_secret();
    if (!std::ranges::all_of(server.token, [](char c) { return c > 0x20 && c < 0x7F; }))
        throw Stop{Exit::Usage, "the first line of stdin is no OAuth token"};
    source::ImapOptions options{.only = choice.only};
    if (!target.folder.empty()) options.under = source::parse_path(target.folder);
    net::Loop loop;
    auto const began = net::Clock::now();
    try {
        if (choice.dry_run || !choice.only.empty()) {
            auto const plan = loop.wait_for(source::survey_imap(server, options));
            if (choice.dry_run && !choice.json) print_plan(plan);
            if (choice.dry_run && choice.json) print_json(plan, Exit::Ok, 0);
            if (choice.dry_run) return code(Exit::Ok);
            check_only(plan, choice.only);
        }
        ProgressLine line;
        auto const report = loop.wait_for(source::import_imap(store.accounts, user.id, server, options,
                                                              [&](ImapReport const& now) { line.show(now); }));
        auto const exit = exit_of(report);
        line.finish(exit == Exit::Ok);
        std::chrono::duration<double> const took = net::Clock::now() - began;
        if (choice.json)
            print_json(report, exit, took.count());
        else
            print_result(report, user.address);
        return code(exit);
    } catch (ImapFailure const& failure) {
        throw Stop{Exit::Failure, fmt::format("{}\n  {}", failure.what(), advice(failure.kind, server))};
    }
}

void add_imap_options(CLI::App& command, ImapChoice& choice) {
    auto* server = command.add_option("--imap", choice.server, "Copy a live IMAP account instead of files")
                       ->type_name("HOST[:PORT]")
                       ->group("From an IMAP server");
    auto flag = [&](char const* name, bool& into, char const* about) {
        return command.add_flag(name, into, about)->needs(server)->group("From an IMAP server");
    };
    auto option = [&](char const* name, auto& into, char const* about, char const* type) {
        return command.add_option(name, into, about)->needs(server)->group("From an IMAP server")->type_name(type);
    };
    option("--login", choice.login, "The login there [ADDRESS]", "LOGIN");
    auto* password = flag("--password-stdin", choice.password_stdin,
                          "The password is the first line of stdin; else it is asked for");
    flag("--oauth-token-stdin", choice.oauth_token_stdin,
         "An OAuth 2.0 access token is the first line of stdin (OAUTHBEARER or XOAUTH2), in place of a password")
        ->excludes(password);
    auto* starttls = flag("--starttls", choice.starttls, "TLS that begins on port 143 [TLS from the start on 993]");
    flag("--plaintext", choice.plaintext, "No TLS, port 143: only to this machine, or with --insecure")
        ->excludes(starttls);
    auto* authority = option("--ca", choice.authority, "Trust this certificate or authority as well (PEM)", "FILE");
    flag("--insecure", choice.insecure, "Trust any certificate: whoever sits in between reads the password")
        ->excludes(authority);
    option("--only", choice.only, "Only this folder and what lies below it; may be repeated", "FOLDER")
        ->allow_extra_args(false);
    option("--timeout", choice.patience, "Seconds for each answer of the server [60]", "SECONDS")
        ->check(CLI::Range(1U, 3600U));
    flag("--dry-run", choice.dry_run, "List the folders, where they would go and how much they hold; copy nothing");
    flag("--json", choice.json, "The result as one JSON object");
}

} // namespace godwit::cli
