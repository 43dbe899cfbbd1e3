// `godwit config check|example|manual`.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace godwit::cli {

void register_config(CLI::App& app, std::function<int()>& chosen);

} // namespace godwit::cli
