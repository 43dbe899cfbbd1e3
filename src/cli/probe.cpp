#include "cli/probe.hpp"
#include "cli/probe_steps.hpp"
#include "cli/secret.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

namespace godwit::cli {
namespace {

struct Look {
    std::string_view word, colour;
};
Look look_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::Good: return {"ok", "\033[32m"};
    case Verdict::Doubtful: return {"check", "\033[33m"};
    case Verdict::Bad: return {"WRONG", "\033[1;31m"};
    case Verdict::Skipped: return {"-", "\033[2m"};
    }
    return {};
}

void show(Step const& step, bool colours) {
    auto look = look_of(step.verdict);
    auto on = colours ? look.colour : "", off = colours ? std::string_view("\033[0m") : "";
    auto time = step.verdict == Verdict::Skipped ? std::string(11, ' ') : fmt::format("{:8.1f} ms", step.milliseconds);
    fmt::print("{}{:<6}{} {:<16}{}  {}\n", on, look.word, off, step.name, time, step.finding);
    if (!step.advice.empty()) fmt::print("{:<6} {:<16}{:>11}  {}\n", "", "", "do:", step.advice);
    std::fflush(stdout);
}

boost::json::object as_json(Step const& step) {
    return {{"step", step.name},
            {"verdict", look_of(step.verdict).word},
            {"milliseconds", step.milliseconds},
            {"finding", step.finding},
            {"advice", step.advice}};
}

int probe(Asked asked, bool json) {
    asked.password = read_secret();
    bool colours = !json && isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
    try {
        Probe probe(asked, [&](Step const& step) {
            if (!json) show(step, colours);
        });
        auto exit = probe.run();
        if (json) {
            boost::json::array steps;
            for (auto const& step : probe.steps()) steps.push_back(as_json(step));
            boost::json::object out{{"url", asked.url},
                                    {"login", asked.login},
                                    {"exit", static_cast<int>(exit)},
                                    {"steps", std::move(steps)}};
            fmt::print("{}\n", boost::json::serialize(out));
        } else {
            fmt::print("\n{}\n", exit == ProbeExit::Good
                                     ? "A phone would work with this server."
                                     : "A phone would not work with this server: see the first WRONG.");
        }
        return static_cast<int>(exit);
    } catch (client::Failure const& failure) { // the URL
        fmt::print(stderr, "godwit: {}\n", failure.what());
        return static_cast<int>(ProbeExit::Usage);
    }
}

} // namespace

void register_probe(CLI::App& app, std::function<int()>& chosen) {
    auto asked = std::make_shared<Asked>();
    auto json = std::make_shared<bool>(false);
    auto& command = *app.add_subcommand("probe", "Do what a phone does, step by step, and say what is wrong");
    command.add_option("url", asked->url, "https://mail.example.org")->required()->type_name("URL");
    command.add_option("--login", asked->login, "As typed into the phone")->required()->type_name("LOGIN");
    command.add_flag("--password-stdin", asked->password_stdin,
                     "The password is the first line of stdin; without this flag too");
    command
        .add_option("--protocol", asked->version, "12.1, 14.0, 14.1, 16.0 or 16.1 [the highest that the server offers]")
        ->type_name("VERSION")
        ->check(CLI::IsMember({"12.1", "14.0", "14.1", "16.0", "16.1"}));
    command.add_option("--hold", asked->hold, "Seconds that a Ping must be held [3]; from 60 on its answer is awaited")
        ->type_name("SECONDS");
    command.add_option("--timeout", asked->patience, "Seconds for each answer [30]")->type_name("SECONDS");
    command.add_flag("--insecure", asked->insecure, "Go on with a certificate that nobody vouches for");
    command.add_flag("--json", *json, "One JSON object instead of lines");
    command.footer(
        "It registers one device, GODWITPROBE001, and changes nothing else.\n\n"
        "Example:\n  godwit probe https://mail.example.org --login anna@example.org --password-stdin < secret\n\n"
        "Exit codes: 0 a phone would work; 1 the protocol is broken somewhere; 2 wrong command line;\n"
        "3 not reachable; 4 TLS or certificate; 5 login refused; 6 the user or the device has no access.");
    command.final_callback([asked, json, &chosen] { chosen = [asked, json] { return probe(*asked, *json); }; });
}

} // namespace godwit::cli
