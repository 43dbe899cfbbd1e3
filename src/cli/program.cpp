#include "cli/program.hpp"
#include "cli/account.hpp"
#include "cli/bench.hpp"
#include "cli/config_pages.hpp"
#include "cli/mail_transfer.hpp"
#include "cli/outcome.hpp"
#include "cli/probe.hpp"
#include "cli/serve.hpp"
#include "cli/wbxml_view.hpp"
#include "config/parse.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace godwit::cli {
namespace {

constexpr auto about = "Godwit serves mail to phones by Exchange ActiveSync.";
constexpr auto teaching = "First steps:\n"
                          "  godwit account add anna@example.org     makes the account, prints its password\n"
                          "  godwit import anna@example.org ~/Mail   takes in .eml files, mbox, Maildir\n"
                          "  godwit serve                            serves on 127.0.0.1:8080, LMTP on 127.0.0.1:8024\n"
                          "`godwit help COMMAND` shows the options and examples of each.\n\n"
                          "Exit codes: 0 done; 1 failed; 2 wrong command line or configuration; 3 not found;\n"
                          "4 exists already; 5 another server or the port is in the way; 6 done in part.";

// `godwit help account add` is `godwit account add --help`.
void register_help(CLI::App& app, std::function<int()>& chosen) {
    auto const words = std::make_shared<std::vector<std::string>>();
    auto& command = *app.add_subcommand("help", "Show the options and examples of a command");
    command.add_option("COMMAND", *words, "The command; nothing: all of them")->type_name("");
    command.footer("Example:\n  godwit help account add");
    command.final_callback([&app, words, &chosen] {
        chosen = [&app, words] {
            auto const* named = &app;
            std::string path = "godwit";
            for (auto const& word : *words) {
                auto const below = named->get_subcommands([&](CLI::App const* one) { return one->check_name(word); });
                if (below.empty()) throw Stop{Exit::Usage, fmt::format("there is no command {} {}", path, word)};
                named = below.front();
                path += ' ' + word;
            }
            fmt::print("{}", named->get_formatter()->make_help(named, path, CLI::AppFormatMode::Normal));
            return code(Exit::Ok);
        };
    });
}

int refused(CLI::App const& app, CLI::ParseError const& error, std::string const& first) {
    int const status = app.exit(error);
    if (status == 0) return 0; // --help, --version
    std::vector<std::string> names;
    for (auto const* command : app.get_subcommands({})) names.push_back(command->get_name());
    auto const known = std::ranges::find(names, first) != names.end();
    auto const near = known || first.empty() ? std::string() : config::nearest(first, names);
    if (!near.empty()) fmt::print(stderr, "There is no command {}. Did you mean {}?\n", first, near);
    return code(Exit::Usage);
}

int parse_and_run(int argc, char const* const* argv) {
    CLI::App app(about, "godwit");
    std::function<int()> chosen;
    app.set_version_flag("--version", "godwit " GODWIT_VERSION);
    app.require_subcommand(1);
    register_serve(app, chosen);
    register_account(app, chosen);
    register_import(app, chosen);
    register_export(app, chosen);
    register_config(app, chosen);
    register_probe(app, chosen);
    register_bench(app, chosen);
    register_wbxml(app, chosen);
    register_help(app, chosen);
    app.footer(teaching); // last, or every subcommand would inherit it
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        return refused(app, error, argc > 1 ? argv[1] : "");
    }
    return chosen ? chosen() : code(Exit::Usage);
}

} // namespace

int run(int argc, char const* const* argv) {
    try {
        return parse_and_run(argc, argv);
    } catch (Stop const& stop) {
        fmt::print(stderr, "godwit: {}\n", stop.text);
        return code(stop.exit);
    } catch (std::exception const& error) {
        fmt::print(stderr, "godwit: {}\n", error.what());
    }
    return code(Exit::Failure);
}

} // namespace godwit::cli
