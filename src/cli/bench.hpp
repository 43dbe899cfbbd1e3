// `godwit bench ROW`: the load generator of bench/README.md; it drives a running server on 127.0.0.1 with our client.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace godwit::cli {

// Adds the subcommand and its rows. When the user asks for one, parsing sets `chosen` to what main then runs.
void register_bench(CLI::App& app, std::function<int()>& chosen);

} // namespace godwit::cli
