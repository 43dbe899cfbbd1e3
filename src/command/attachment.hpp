// A stored item with its bytes, and one file of it: what Fetch and GetAttachment read.
#pragma once
#include "command/session.hpp"
#include "eas/item_operations.hpp"

namespace godwit::command {

struct Stored {
    index::Item item;
    std::string bytes = {};
    bool draft = false;
    bool lost = false;                    // its content cannot be read
    std::optional<std::string> zone = {}; // of the account
};
// In `folder`, if it is given; wherever the item lies otherwise.
net::awaitable<std::optional<Stored>> find_stored(Session& session, index::ItemId id,
                                                  std::optional<index::CollectionId> folder);

enum class Form : std::uint8_t { Bytes, Base64 };
struct File {
    eas::ItemOperationsStatus status = eas::ItemOperationsStatus::InvalidAttachment;
    eas::FileProperties properties = {}; // with its bytes as base64, if they were asked for so
    std::string bytes = {};              // else
};
// By its FileReference (MS-ASAIRS 2.2.2.24), which is good wherever the item lies; a range is "first-last".
net::awaitable<File> read_file(Session& session, std::string reference, std::optional<std::string> range, Form form);

// The same for a large message, of which no more than a piece and what is wanted of the file is held. Nothing: it has
// to be read as a whole.
std::optional<File> file_range(index::Transaction& tx, index::Item const& item, std::string const& part,
                               std::optional<std::string> const& range, Form form = Form::Bytes);

} // namespace godwit::command
