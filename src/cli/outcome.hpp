// How a subcommand ends. The numbers are part of the command line's contract (docs/command-line.md, `godwit --help`).
#pragma once
#include <string>
#include <utility>

namespace godwit::cli {

enum class Exit : int {
    Ok = 0,
    Failure = 1,  // it was tried and did not work; the text says why
    Usage = 2,    // the command line or the configuration file is wrong
    NotFound = 3, // no such account, file or data directory
    Exists = 4,   // the account, or one of its addresses, is there already
    Busy = 5,     // another server holds the data directory, or the port is taken
    Partial = 6,  // done, but some messages could not be taken in or out; they are listed
};
inline int code(Exit exit) { return static_cast<int>(exit); }

// Thrown to end the subcommand; `text` says what went wrong and what to do next. main prints it.
struct Stop {
    Exit exit;
    std::string text;
};

} // namespace godwit::cli
