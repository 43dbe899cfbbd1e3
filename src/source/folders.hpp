// Folders by name: where an import puts what it reads.
#pragma once
#include "index/transaction.hpp"
#include "source/found.hpp"
#include <optional>
#include <string_view>

namespace godwit::source {

enum class Special { Inbox, Drafts, Sent, Trash, Junk, Outbox };

// By the names that mail programs give them, in any case: "Sent Items", "Gesendet", "Deleted Messages", "Spam" ...
std::optional<Special> special_by_name(std::string_view name);
// The folder of that path with its parents, made where missing; special folders are recognised at the top (also below
// INBOX and [Gmail]). Names longer than 256 characters are cut.
index::CollectionId ensure_folder(index::Transaction& tx, FolderPath const& path);
index::CollectionId ensure_below(index::Transaction& tx, index::CollectionId at, FolderPath const& path);
// A folder for items of a class that is no mail: the account's own for an empty path, else the one of that path, made
// with its parents where missing.
index::CollectionId folder_of_class(index::Transaction& tx, index::ItemClass item, FolderPath const& path);
index::CollectionId special_folder(index::Transaction& tx, Special special);
std::string_view english_name(Special special);
// "Archive/2024" as a path.
FolderPath parse_path(std::string_view text);

} // namespace godwit::source
