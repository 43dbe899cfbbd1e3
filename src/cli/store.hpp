// Where a subcommand works: the configuration and the data directory, given the same way everywhere, and the rooms that
// open it. All may work beside a running server: SQLite keeps them apart, and the server notices what they change.
#pragma once
#include "config/config.hpp"
#include "directory/directory.hpp"
#include "index/accounts.hpp"
#include "net/pool.hpp"
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace godwit::cli {

struct Place {
    std::optional<std::string> config_file, data; // --config, --data
};
void add_place_options(CLI::App& command, Place& place);

// Stops with Usage and the list of all mistakes when the file is wrong.
config::Config load_config(Place const& place);
config::Config read_config_file(std::string const& file);

struct Store {
    enum class Missing { Refuse, Make }; // a data directory that is not there

    explicit Store(config::Config const& config, Missing missing = Missing::Refuse);
    directory::User user(std::string const& address); // Stops with NotFound, naming the nearest

    net::Pool pool;
    directory::Directory directory;
    index::Accounts accounts;
};

// DIR with mode 0700, as what lies in it is mail.
void make_directory(std::string const& data);

} // namespace godwit::cli
