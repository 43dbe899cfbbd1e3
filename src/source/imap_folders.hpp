// Which of a server's mailboxes an import copies, and where to: pure, from what LIST and NAMESPACE said.
#pragma once
#include "source/folders.hpp"
#include "source/imap_client.hpp"

namespace godwit::source::imap {

struct Planned {
    std::string name = {}; // as the server writes it
    FolderPath path = {};  // decoded, without the prefix of the own namespace ("INBOX." of Courier and Cyrus)
    // The account's own folder for that use (RFC 6154), of the mailbox itself or of the nearest one above it; `below`
    // is what lies between. Absent: `path` decides, by its names.
    std::optional<Special> special = {};
    FolderPath below = {};
    bool everything = false;   // \All: brings only what stands nowhere else
    std::string left_out = {}; // why it is not copied; empty: it is

    std::string shown() const; // "Archive/2024"
};

// INBOX first, \All last, each name once. `only` names mailboxes as shown() does, with what lies below them; empty: all
// but other people's, shared ones and views (\Flagged, \Important).
std::vector<Planned> plan(std::vector<Mailbox> const& mailboxes, Namespaces const& spaces,
                          std::vector<std::string> const& only);

// The folder of the plan, made where missing. `under`: everything below this folder, with the names of the server.
index::CollectionId place_of(index::Transaction& tx, Planned const& planned, std::optional<FolderPath> const& under);
std::string shown_place(Planned const& planned, std::optional<FolderPath> const& under);

} // namespace godwit::source::imap
