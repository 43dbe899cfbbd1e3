// The tables of one account's file and how they came to be: migration n takes version n to n + 1 (PRAGMA user_version).
#pragma once
#include <span>

namespace godwit::index {

// Append only: a file that was written by any earlier version is brought up to date when it is opened.
std::span<char const* const> migrations();

} // namespace godwit::index
