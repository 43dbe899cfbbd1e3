// What an import reader finds, one message at a time: readers hold one message, never a folder.
#pragma once
#include "index/types.hpp"
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace godwit::source {

using FolderPath = std::vector<std::string>; // from the top, UTF-8; empty: the Inbox (or where the caller said)

struct Found {
    FolderPath folder = {};
    std::string bytes = {};
    index::Marks marks = {};
    index::ItemClass item_class = index::ItemClass::Email;
    bool trashed = false, draft = false;      // Maildir T and D: such a message belongs to Trash, to Drafts
    std::optional<index::Time> received = {}; // what the container says; the message's own Date comes first
    std::string origin = {};                  // file, and number within it, for complaints
    std::string uid = {};                     // of an object (source/objects.hpp)
};
struct Unread { // a message that could not be taken in
    std::string origin, reason;
};
// What a reader calls; returning false stops the reading.
struct Taker {
    std::function<bool(Found&&)> message;
    std::function<void(Unread&&)> complaint;
};

} // namespace godwit::source
