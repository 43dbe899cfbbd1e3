// `godwit probe URL --login L --password-stdin`: what a phone does, step by step, each with its time and a plain
// verdict.
#pragma once
#include <functional>

namespace CLI {
class App;
}

namespace godwit::cli {

// Adds the subcommand. When the user asks for it, parsing sets `chosen` to what main then runs; its result is the exit
// code.
void register_probe(CLI::App& app, std::function<int()>& chosen);

} // namespace godwit::cli
