// The copy of one mailbox: from where the last run came to, to its end. go_on() is called again after a Failure, on a
// new connection, until done().
#pragma once
#include "source/imap_folders.hpp"
#include "source/imap_import.hpp"
#include "source/imap_ledger.hpp"
#include "source/imap_state.hpp"
#include <map>
#include <set>
#include <unordered_map>

namespace godwit::source::imap {

// Another import has written the same mailbox's state meanwhile: nothing of ours may follow.
struct Overtaken : std::runtime_error {
    using runtime_error::runtime_error;
};

struct CopyTold {                            // what the copy says while it works
    std::function<void()> settled;           // after each transaction
    std::function<void(Unread&&)> complaint; // a message that could not be taken in
};

class MailboxCopy {
public:
    MailboxCopy(index::Accounts& accounts, index::AccountId account, ImapOptions const& options, Planned planned,
                std::string state_name, MailboxCount& count, CopyTold told);

    awaitable<void> go_on(Client& client);
    void broke(std::string const& why); // keeps what came before the connection ended
    bool done() const { return done_; }
    bool has_all(Counts const& counts) const; // neither messages nor flags to look at: need not be opened

private:
    enum class Fate : std::uint8_t { Waiting, Here, Deleted, Gone, Failed };
    struct Slot {
        std::uint32_t uid = 0;
        Fate fate = Fate::Waiting;
        std::uint64_t size = 0;
        bool headed = false; // flags, date and size have come
        FlagsRead flags = {};
        std::optional<index::Time> received = {};
        std::string bytes = {}, reason = {};
    };
    struct Added {
        std::uint64_t added = 0, known = 0, bytes = 0;
        std::vector<Entry> entries = {};
    };
    using FlagsByUid = std::unordered_map<std::uint32_t, FlagsRead>;

    void begin(Counts const& counts);
    void finish(std::string const& trouble);
    awaitable<std::vector<std::uint32_t>> uids_to_copy(Client& client);
    awaitable<void> copy_all(Client& client, std::vector<std::uint32_t> uids);
    awaitable<void> copy_chunk(Client& client, std::vector<std::uint32_t> uids);
    awaitable<void> fetch_heads(Client& client);
    awaitable<void> fetch_bodies(Client& client);
    awaitable<void> fetch_set(Client& client, std::size_t first, std::size_t end);
    awaitable<void> look_for_missing(Client& client, std::size_t first, std::size_t end, std::string why);
    awaitable<std::optional<std::string>> fetch_into(Client& client, std::size_t first, std::size_t end, bool bodies);
    std::vector<std::uint32_t> lacking(std::size_t first, std::size_t end, bool bodies) const;
    void take_head(Fetched&& fetched);
    void take_body(Fetched&& fetched);
    Slot* slot_of(std::optional<std::uint32_t> uid);
    void give_up(Slot& slot, std::string reason);

    awaitable<void> refresh_flags(Client& client);
    std::uint64_t write_flags(index::Transaction& tx, std::size_t block, FlagsByUid const& now);
    void put_where_drafts_belong(index::Transaction& tx, index::Item const& item, bool draft);

    void commit();
    void commit_slots(std::size_t first, std::size_t end);
    void commit_or_give_up(std::size_t slot);
    void store(index::Transaction& tx, CopyState& next, Slot const& slot, Added& added);
    bool is_new(index::Transaction& tx, CopyState const& state, Slot const& slot);

    index::Accounts& accounts_;
    index::AccountId account_;
    ImapOptions const& options_;
    Planned planned_;
    std::string name_;
    MailboxCount& count_;
    CopyTold told_;

    CopyState state_ = {};
    std::string stored_ = {};               // what the index holds of it
    std::vector<Slot> slots_ = {};          // of the chunk at work, by UID
    std::size_t committed_ = 0;             // of them
    std::size_t at_once_;                   // messages of a chunk: 1 after a break, so that the culprit shows
    std::set<std::uint32_t> given_up_ = {}; // in this run
    std::map<std::uint32_t, unsigned> strikes_ = {};
    std::unordered_map<std::string, unsigned> copies_ = {};
    std::size_t old_blocks_ = 0; // of the ledger, from before this run
    unsigned breaks_ = 0;        // before the first chunk
    bool done_ = false, begun_ = false;
};

} // namespace godwit::source::imap
