// `godwit import`: .eml files, mbox and Maildir, contacts of .vcf files, events, tasks and notes of .ics files, into an
// account. Resumable and idempotent: the n-th copy of a message in a folder is added once, however often the same
// import runs; of objects a UID is one item of its folder, and what is there stays. One message is held at a time;
// `batch` of them make a transaction.
#pragma once
#include "index/accounts.hpp"
#include "source/found.hpp"
#include "source/mbox.hpp"
#include <filesystem>
#include <functional>
#include <span>

namespace godwit::source {

struct ImportOptions {
    std::optional<FolderPath> folder = {}; // everything below this folder; absent: Inbox and the folders that are found
    std::size_t batch = 200;               // messages, and ...
    std::uint64_t batch_bytes = 32 << 20;  // ... bytes after which a transaction commits
    std::uint64_t max_message_bytes = 256 << 20;
    Quoting quoting = Quoting::rd;
    bool again = false; // take in what an earlier import brought, too
    // The place of an object that is no mail (sync/tell.hpp); may be empty: now.
    std::function<std::optional<index::Time>(index::ItemClass, std::string_view bytes)> place = {};
};
struct ImportCount {
    std::uint64_t added = 0, known = 0, failed = 0;
    std::uint64_t bytes = 0, read = 0; // of what was added; of all messages that were looked at
    std::string current = {};          // the file that is being read
};
struct ImportReport {
    ImportCount count;
    std::vector<Unread> failures; // the first hundred
};
using ImportProgress = std::function<void(ImportCount const&)>; // after each batch; may throw to stop

// On the calling thread. Failures of the store (StoreFull ...) are exceptions; what was committed stays and is known
// next time.
ImportReport import_paths(index::Accounts& accounts, index::AccountId account,
                          std::span<std::filesystem::path const> paths, ImportOptions const& options,
                          ImportProgress const& progress);

} // namespace godwit::source
