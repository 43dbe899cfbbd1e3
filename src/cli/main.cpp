#include "cli/program.hpp"
#include <csignal>

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a reader that leaves is an error of the write
    return godwit::cli::run(argc, argv);
}
