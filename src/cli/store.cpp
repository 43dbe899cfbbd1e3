#include "cli/store.hpp"
#include "cli/outcome.hpp"
#include "config/parse.hpp"
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

namespace godwit::cli {
namespace {

std::string existing(std::string const& data, Store::Missing missing) {
    if (missing == Store::Missing::Make) make_directory(data);
    if (std::filesystem::is_directory(data)) return data;
    throw Stop{Exit::NotFound,
               fmt::format("there is no data directory {}: name it with --data DIR, or make the first account with "
                           "`godwit account add ADDRESS --data {}`",
                           data, data)};
}

} // namespace

void add_place_options(CLI::App& command, Place& place) {
    command.add_option("--data", place.data, "Where accounts and mail lie [./godwit-data]")->type_name("DIR");
    command.add_option("--config", place.config_file, "Configuration file; `godwit config example` prints one")
        ->type_name("FILE");
}

void make_directory(std::string const& data) {
    std::error_code error;
    auto const parent = std::filesystem::path(data).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, error);
    if (::mkdir(data.c_str(), 0700) != 0 && errno != EEXIST)
        throw Stop{Exit::Failure, fmt::format("cannot make the data directory {}: {}", data, std::strerror(errno))};
}

config::Config read_config_file(std::string const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw Stop{Exit::NotFound, fmt::format("cannot read the configuration {}: {}", file, std::strerror(errno))};
    std::ostringstream text;
    text << in.rdbuf();
    auto parsed = config::parse(text.str());
    if (parsed) return std::move(*parsed);
    std::string all;
    for (auto const& mistake : parsed.error())
        all += mistake.line == 0 ? fmt::format("\n  {}: {}", file, mistake.text)
                                 : fmt::format("\n  {}:{}: {}", file, mistake.line, mistake.text);
    throw Stop{Exit::Usage, fmt::format("the configuration has {} mistake{}:{}", parsed.error().size(),
                                        parsed.error().size() == 1 ? "" : "s", all)};
}

config::Config load_config(Place const& place) {
    auto config = place.config_file ? read_config_file(*place.config_file) : config::Config{};
    if (place.data) config.data = *place.data;
    if (config.data.empty()) throw Stop{Exit::Usage, "--data names no directory: '' is none"};
    return config;
}

Store::Store(config::Config const& config, Missing missing)
    : pool(2), directory(pool, existing(config.data, missing), {config.signin.cache, config.signin.refusal_memory}),
      accounts(pool, config.data, {}) {}

directory::User Store::user(std::string const& address) {
    if (auto found = directory.find(address)) return *found;
    std::vector<std::string> known;
    for (auto const& user : directory.list()) known.push_back(user.address);
    auto const near = config::nearest(address, known);
    auto const hint =
        near.empty() ? std::string("`godwit account list` shows all") : fmt::format("did you mean {}?", near);
    throw Stop{Exit::NotFound, fmt::format("there is no account {}; {}", address, hint)};
}

} // namespace godwit::cli
