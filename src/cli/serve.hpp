// `godwit serve`: the server, from configuration to the last answer.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace godwit::cli {

void register_serve(CLI::App& app, std::function<int()>& chosen);

} // namespace godwit::cli
