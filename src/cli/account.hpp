// `godwit account add|list|show|set|remove`.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace godwit::cli {

void register_account(CLI::App& app, std::function<int()>& chosen);
void register_account_list(CLI::App& account, std::function<int()>& chosen);
void register_account_show(CLI::App& account, std::function<int()>& chosen);

} // namespace godwit::cli
