// How long the engine takes, on one thread: what an empty exchange, a download and an insert cost.
#pragma once
#include <cstddef>

namespace godwit::sim {

void measure(std::size_t items);

} // namespace godwit::sim
