// `godwit export`: an account's mail as a Maildir++, byte for byte what came in, marks as flags in the names. Running
// it again into the same directory adds what is new and renames what changed its flags. Beside it a .vcf for each
// folder with contacts in it and an .ics for each with events, tasks or notes, written anew each time: calendars one
// after the other (RFC 5545 3.4), so that each is what is stored.
#pragma once
#include "index/accounts.hpp"
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace godwit::source {

struct ExportCount {
    std::uint64_t messages = 0, bytes = 0, folders = 0;
    std::uint64_t contacts = 0, objects = 0; // events, tasks, notes
    std::uint64_t skipped = 0;               // items that have no place in it, and those in `lost`
    std::vector<std::string> lost;           // "folder:item" that the store does not give; at most 100
};

// On the calling thread. Throws std::filesystem::filesystem_error, or index::StoreBroken if a list cannot be read.
ExportCount export_maildir(index::Accounts& accounts, index::AccountId account, std::filesystem::path const& directory,
                           std::function<void(ExportCount const&)> const& progress);

} // namespace godwit::source
