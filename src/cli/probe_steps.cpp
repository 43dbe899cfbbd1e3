#include "cli/probe_steps.hpp"
#include "client/certificate.hpp"
#include "net/time.hpp"
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace godwit::cli {
namespace {

using client::Failure;

// What the administrator can do about a number that stands where success should.
struct Advice {
    unsigned code;
    ProbeExit exit;
    std::string_view finding, advice;
};
constexpr Advice known_codes[] = {
    {401, ProbeExit::Login, "the login or the password is refused",
     "check both; try user, user@domain and DOMAIN\\user"},
    {403, ProbeExit::Access, "this user may not use ActiveSync", "allow it for the user, or approve the device"},
    {404, ProbeExit::Protocol, "no ActiveSync server at this URL",
     "the path is /Microsoft-Server-ActiveSync; check the proxy"},
    {449, ProbeExit::Access, "the server asks to provision again and again",
     "look at the device's policy on the server"},
    {451, ProbeExit::Access, "the mailbox lives on another server", "probe the URL of the X-MS-Location header"},
    {502, ProbeExit::Unreachable, "a proxy cannot reach the server behind it",
     "is the server running; is the proxy's target right"},
    {503, ProbeExit::Protocol, "the server is overloaded or short of disk",
     "look at its log; phones will come back by themselves"},
    {126, ProbeExit::Access, "this user may not use ActiveSync (status 126)", "allow it for the user"},
    {129, ProbeExit::Access, "this device is blocked (status 129)", "allow the device on the server"},
    {130, ProbeExit::Access, "this device is in quarantine (status 130)", "approve the device on the server"},
    {140, ProbeExit::Access, "the server wants to wipe this device (status 140)", "remove the device on the server"},
    {177, ProbeExit::Access, "the account has too many devices (status 177)", "remove old ones"},
};

void fail(Step& step, std::string finding, std::string advice) {
    step.verdict = Verdict::Bad;
    step.finding = std::move(finding);
    step.advice = std::move(advice);
}

std::string_view advice_for(Failure const& failure) {
    switch (failure.kind) {
    case Failure::Url: return "write it as https://mail.example.org";
    case Failure::Resolve: return "check the name; add it to DNS";
    case Failure::Connect: return "is the server running; is the port open in the firewall";
    case Failure::Tls: return "check the certificate and its chain; --insecure goes on all the same";
    case Failure::TimedOut: return "something between here and the server drops or holds the answer";
    case Failure::Cut: return "the server or a proxy closed the connection; look at both logs";
    case Failure::Http: return "look at the server's log";
    }
    return "";
}

} // namespace

Probe::Probe(Asked asked, std::function<void(Step const&)> told) : asked_(std::move(asked)), told_(std::move(told)) {
    target_ = client::parse_url(asked_.url);
    client::Settings settings{.url = asked_.url, .login = asked_.login, .password = asked_.password};
    settings.device_id = "GODWITPROBE001";
    settings.device_type = "GodwitProbe";
    settings.user_agent = "GodwitProbe/1.0";
    settings.patience = std::chrono::seconds(asked_.patience);
    using net::TlsContext;
    auto verify = asked_.insecure ? TlsContext::Verify::Nothing : TlsContext::Verify::System;
    settings.tls = std::make_shared<TlsContext>(TlsContext::client(verify));
    phone_ = std::make_unique<client::BlockingPhone>(std::move(settings));
}

ProbeExit Probe::run() {
    step("DNS", &Probe::find_host, ProbeExit::Unreachable);
    step("connect", &Probe::connect, ProbeExit::Unreachable);
    step("TLS", &Probe::look_at_certificate, ProbeExit::Tls);
    step("OPTIONS", &Probe::ask_options, ProbeExit::Protocol);
    step("Autodiscover", &Probe::ask_autodiscover, ProbeExit::Protocol);
    step("Provision", &Probe::provision, ProbeExit::Protocol);
    step("FolderSync", &Probe::list_folders, ProbeExit::Protocol);
    step("Sync", &Probe::sync_inbox, ProbeExit::Protocol);
    step("body", &Probe::fetch_body, ProbeExit::Protocol);
    step("GetItemEstimate", &Probe::ask_estimate, ProbeExit::Protocol);
    step("Ping", &Probe::hold_ping, ProbeExit::Protocol);
    return exit_;
}

void Probe::step(std::string name, Work work, ProbeExit otherwise) {
    Step step{.name = std::move(name)};
    auto stopped = std::ranges::find(steps_, Verdict::Bad, &Step::verdict);
    if (stopped != steps_.end()) {
        step.verdict = Verdict::Skipped;
        step.finding = "not tried, because of " + stopped->name;
    } else {
        auto begun = net::Clock::now();
        auto exit = otherwise;
        std::swap(exit, exit_); // refuse() may choose a better one
        try {
            (this->*work)(step);
        } catch (Failure const& failure) {
            fail(step, failure.what(), std::string(advice_for(failure)));
        } catch (client::Breach const& breach) {
            fail(step, std::string("the answer breaks the protocol: ") + breach.what(),
                 "report this to the server's makers");
        } catch (std::exception const& error) { // there is a verdict, whatever happens
            fail(step, fmt::format("the probe itself failed: {}", error.what()), "report this to Godwit's makers");
        }
        bool first = exit == ProbeExit::Good && step.verdict == Verdict::Bad;
        if (!first) exit_ = exit;
        step.milliseconds = std::chrono::duration<double, std::milli>(net::Clock::now() - begun).count();
    }
    told_(step);
    steps_.push_back(std::move(step));
}

void Probe::refuse(Step& step, std::string_view command, unsigned code) {
    step.verdict = Verdict::Bad;
    auto const* known = std::ranges::find(known_codes, code, &Advice::code);
    if (known == std::end(known_codes)) {
        step.finding = fmt::format("{} answered {}{}", command, code >= 200 && code < 600 ? "HTTP " : "status ", code);
        step.advice = "the server's log has the reason, under the request-id of this answer";
        return;
    }
    step.finding = known->finding;
    step.advice = known->advice;
    exit_ = known->exit;
    auto const& home = phone_->phone().moved_to;
    auto const printable = [](char c) { return c > 0x20 && c < 0x7F; };
    if (code == 451 && !home.empty() && std::ranges::all_of(home, printable)) {
        step.finding += ", " + home;
        step.advice = "probe that one";
    }
}

void Probe::find_host(Step& step) {
    auto addresses = client::resolve(target_.host);
    if (!addresses) return fail(step, target_.host + ": " + addresses.error(), "check the name; add it to DNS");
    step.finding = fmt::format("{} is {}", target_.host, fmt::join(*addresses, ", "));
}

void Probe::connect(Step& step) {
    auto patience = std::chrono::seconds(asked_.patience);
    auto plain = phone_->loop().wait_for(net::Stream::connect(target_.host, target_.port, patience));
    auto where = fmt::format("port {}", target_.port);
    if (!plain)
        return fail(step, where + ": " + std::string(name(plain.error())),
                    "is the server running; is the port open in the firewall");
    step.finding = where + " answers";
    plain->close();
}

void Probe::look_at_certificate(Step& step) {
    if (!target_.tls) {
        step.verdict = Verdict::Doubtful;
        step.finding = "the connection is not encrypted";
        step.advice = "phones refuse this outside of tests: serve https, or put a TLS proxy in front";
        return;
    }
    auto seen = client::inspect(target_, std::chrono::seconds(asked_.patience));
    if (!seen) return fail(step, seen.error(), "is this the TLS port; http:// probes the plain one");
    step.finding = fmt::format("{}, {}; certificate of {} for {}, by {}, until {}", seen->tls_version, seen->cipher,
                               seen->subject, fmt::join(seen->names, ", "), seen->issuer, seen->not_after);
    if (!seen->problem.empty()) {
        step.verdict = asked_.insecure ? Verdict::Doubtful : Verdict::Bad;
        step.finding = seen->problem + "; " + step.finding;
        step.advice =
            "phones ask the user or refuse; take a certificate that they trust for this name, with its whole chain";
    } else if (seen->days_left < 21) {
        step.verdict = Verdict::Doubtful;
        step.finding = fmt::format("the certificate expires in {} days; ", seen->days_left) + step.finding;
        step.advice = "renew it; `kill -HUP` makes godwit read the new one";
    }
}

void Probe::choose_version(Step& step, client::Offer const& offer) {
    auto wanted = asked_.version;
    if (wanted.empty())
        for (auto const& v : eas::spoken_versions)
            if (std::ranges::find(offer.versions, name(v)) != offer.versions.end()) wanted = name(v);
    auto version = eas::parse_version(wanted);
    if (!version || std::ranges::find(offer.versions, wanted) == offer.versions.end())
        return fail(step, fmt::format("the server speaks {}, not {}", fmt::join(offer.versions, ", "), wanted),
                    "choose one with --protocol");
    phone_->settings().version = *version;
    step.finding = fmt::format("speaks {}; {} commands; going on with {}", fmt::join(offer.versions, ", "),
                               offer.commands.size(), wanted);
}

void Probe::ask_options(Step& step) {
    auto offer = phone_->options();
    if (offer.http != 200) return refuse(step, "OPTIONS", offer.http);
    if (offer.versions.empty() || offer.commands.empty())
        return fail(step, "no MS-ASProtocolVersions or MS-ASProtocolCommands in the answer",
                    "something that is not ActiveSync answers; check the URL and the proxy");
    choose_version(step, offer);
}

// A phone that was given the server's name does not need it, so its failure stops nothing and is no verdict.
void Probe::ask_autodiscover(Step& step) {
    auto doubt = [&step](std::string finding) {
        step.verdict = Verdict::Doubtful;
        step.finding = std::move(finding);
        step.advice = "phones must then be told the server's name; forward /Autodiscover to godwit as well";
    };
    try {
        auto found = phone_->autodiscover(asked_.login);
        if (found.http != 200) return doubt(fmt::format("HTTP {}", found.http));
        if (found.url.empty()) return doubt("no URL: " + found.error);
        step.finding = found.url;
        auto offered = client::parse_url(found.url);
        if (offered.host == target_.host && offered.port == target_.port && offered.tls == target_.tls) return;
    } catch (Failure const& failure) {
        return doubt(failure.what());
    }
    step.verdict = Verdict::Doubtful;
    step.finding += ", which is not where this probe went";
    step.advice = "set public_url in the configuration to what phones can reach";
}

void Probe::provision(Step& step) {
    auto status = phone_->provision();
    if (status != 1) return refuse(step, "Provision", status);
    step.finding = "policy accepted, key " + phone_->phone().policy_key;
}

std::string Probe::inbox() const {
    auto const* folder = phone_->model().of_type(2);
    return folder ? folder->id : "";
}

void Probe::list_folders(Step& step) {
    auto status = phone_->folder_sync();
    if (status != 1) return refuse(step, "FolderSync", status);
    step.finding = fmt::format("{} folders", phone_->model().collections.size());
    if (inbox().empty()) fail(step, step.finding + ", but no Inbox", "the account is damaged: see the server's log");
}

void Probe::sync_inbox(Step& step) {
    auto id = inbox();
    auto primed = phone_->sync({.collections = {{.collection = id, .key = "0"}}});
    if (primed.http != 200) return refuse(step, "Sync", primed.http);
    auto status = primed.status != 1 ? primed.status : primed.of(id).status;
    if (status != 1) return refuse(step, "Sync", status);
    auto first =
        phone_->sync({.collections = {{.collection = id, .window = 25, .options = client::mail_options(2, 1024)}}});
    if (first.http != 200) return refuse(step, "Sync", first.http);
    if (first.status != 1) return refuse(step, "Sync", first.status);
    auto const& outcome = first.of(id);
    if (outcome.status > 1) return refuse(step, "Sync", outcome.status);
    step.finding =
        fmt::format("the Inbox gave {} messages{}", outcome.added.size(), outcome.more ? ", and holds more" : "");
}

void Probe::fetch_body(Step& step) {
    auto const& items = phone_->model().at(inbox()).items;
    if (items.empty()) {
        step.verdict = Verdict::Skipped;
        step.finding = "the Inbox is empty";
        return;
    }
    auto const& [server_id, properties] = *items.rbegin();
    auto answer =
        phone_->fetch({.collection = inbox(), .server_id = server_id, .body_type = 2, .truncation = 512 << 10});
    if (answer.http != 200) return refuse(step, "ItemOperations", answer.http);
    if (answer.status != 1) return refuse(step, "ItemOperations", answer.status);
    if (!answer.body()) return fail(step, "the message came without a body", "report this to the server's makers");
    step.finding = fmt::format("message {}: {} bytes", server_id, answer.data.size());
}

void Probe::ask_estimate(Step& step) {
    auto answer = phone_->estimate(inbox());
    if (answer.http != 200) return refuse(step, "GetItemEstimate", answer.http);
    if (answer.status != 1 || !answer.estimate) return refuse(step, "GetItemEstimate", answer.status);
    step.finding = fmt::format("{} more to come", *answer.estimate);
}

// A Ping that asks for a second learns the server's bounds at once; one that asks for the shortest must then be held.
void Probe::hold_ping(Step& step) {
    std::vector<std::pair<std::string, std::string>> folders{{inbox(), "Email"}};
    auto bound = phone_->ping({.heartbeat = 1, .folders = folders});
    if (bound.http != 200) return refuse(step, "Ping", bound.http);
    auto shortest = bound.status == 5 ? bound.heartbeat.value_or(60) : 60;
    phone_->hold({.heartbeat = shortest, .folders = folders});
    auto held = phone_->held(std::chrono::seconds(asked_.hold));
    if (!held) {
        step.finding = fmt::format("held for {} s; the shortest heartbeat is {} s", asked_.hold, shortest);
    } else if (held->http != 200) {
        refuse(step, "Ping", held->http);
    } else if (held->status == 2) {
        step.finding = "answered at once: there is new mail";
    } else if (held->status == 1 && asked_.hold >= shortest) {
        step.finding = fmt::format("held for {} s and answered on time", shortest);
    } else if (held->status == 1) {
        fail(step, "answered \"no change\" before its time",
             "the server is stopping, or something on the way cuts long polls");
    } else {
        refuse(step, "Ping", held->status);
    }
}

} // namespace godwit::cli
