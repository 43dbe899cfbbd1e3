// `godwit import` and `godwit export`: mail in and out of an account, byte for byte.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace godwit::cli {

void register_import(CLI::App& app, std::function<int()>& chosen);
void register_export(CLI::App& app, std::function<int()>& chosen);

} // namespace godwit::cli
