#include "cli/config_pages.hpp"
#include "cli/outcome.hpp"
#include "cli/store.hpp"
#include "config/text.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>
#include <memory>

namespace godwit::cli {

void register_config(CLI::App& app, std::function<int()>& chosen) {
    auto& command = *app.add_subcommand("config", "Check a configuration file; print an example or the manual");
    command.require_subcommand(1);
    auto const file = std::make_shared<std::string>();
    auto& check =
        *command.add_subcommand("check", "Read a file as the server would; list all that is wrong, with lines");
    check.add_option("FILE", *file, "The configuration file")->required()->type_name("");
    check.footer("Example:\n  godwit config check /etc/godwit.toml\n\n"
                 "Exit codes: 0 it is good; 2 it has mistakes, each with its line; 3 there is no such file.");
    check.final_callback([file, &chosen] {
        chosen = [file] {
            read_config_file(*file);
            fmt::print("{} is good\n", *file);
            return code(Exit::Ok);
        };
    });
    auto const page = [&](std::string const& name, std::string const& about, std::string const& file,
                          std::string (*text)()) {
        auto& printing = *command.add_subcommand(name, about);
        printing.footer(fmt::format("Example:\n  godwit config {} > {}", name, file));
        printing.final_callback([text, &chosen] {
            chosen = [text] {
                fmt::print("{}", text());
                return code(Exit::Ok);
            };
        });
    };
    page("example", "Print a file with every setting, its default and its unit", "godwit.toml", config::example_file);
    page("manual", "Print the same as a page of documentation (Markdown)", "configuration.md", config::manual_page);
}

} // namespace godwit::cli
