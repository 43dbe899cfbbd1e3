// Events that leave the calendars by a command that has no sync key: MoveItems to Deleted Items, EmptyFolderContents,
// FolderDelete. For who was invited they have gone like those that Sync deletes (command/organizer.hpp): the mails go
// into the outbox in the transaction that takes them away, and only if it does, so that what is repeated mails nothing.
#pragma once
#include "command/drafts.hpp"
#include "command/session.hpp"

namespace godwit::command {

class Leaving {
public:
    explicit Leaving(Session const& s) : s_(s), box_{s.user, s.rooms.config.delivery, s.rooms.directory} {}

    // Before it is done. Of a folder those that are not over, 1000 at most; and of the folders below it.
    void item(index::Transaction& tx, index::ItemId id);
    void folder(index::Transaction& tx, index::CollectionId id);
    // Behind it.
    void done(index::Transaction& tx);
    // After the commit.
    void announce() const;

private:
    struct Noted {
        index::ItemId id;
        std::string bytes;
    };
    void note(index::Transaction& tx, index::Item const& item);

    Session const& s_;
    Postbox box_;
    std::vector<Noted> noted_;
};

} // namespace godwit::command
