// The whole of the command line: the list of subcommands, what is said of a wrong one, and the exit code.
#pragma once

namespace godwit::cli {

int run(int argc, char const* const* argv); // never throws

} // namespace godwit::cli
