// `godwit import --imap`: an account of a live IMAP server, with folders, flags and dates. Mailboxes are opened read
// only; what is marked \Deleted stays behind. A set of messages is one transaction together with the note of how far
// the mailbox has come, so that a copy may be killed at any point and goes on without a message twice; a complete copy
// run again brings what is new. One set is held at a time, a large message alone and once. What cannot be had is named,
// the rest goes on, and the next run tries it again. A connection that breaks is made again, with growing pauses. Each
// run brings over the flags that have changed on the server since the last one, and lets all else be as it has become.
#pragma once
#include "index/accounts.hpp"
#include "source/found.hpp"
#include "source/imap_client.hpp"
#include <functional>

namespace godwit::source {

struct ImapOptions {
    std::vector<std::string> only = {};   // mailboxes as the report shows them; empty: all that are the account's
    std::optional<FolderPath> under = {}; // everything below this folder, under the server's names
    std::size_t batch = 500;              // messages, and ...
    std::uint64_t batch_bytes = 16 << 20; // ... bytes of a set; a larger message is a set of its own
    std::uint64_t max_message_bytes = 256 << 20;
    std::chrono::milliseconds pause = std::chrono::seconds(1); // before a broken connection is made again; doubles
    unsigned tries = 20;                                       // one after the other without a message in between
};

struct MailboxCount {
    std::string name = {}, folder = {}; // the server's, decoded; where it goes
    std::string left_out = {};          // why it was not copied; empty: it was
    std::string trouble = {};           // why it could not be copied to its end
    std::uint64_t messages = 0;         // on the server; 0 when it did not say
    std::uint64_t added = 0, known = 0, failed = 0, bytes = 0;
    std::uint64_t deleted = 0, gone = 0; // marked \Deleted; expunged while we looked
    std::uint64_t updated = 0;           // known ones whose flags have changed there
};
struct ImapReport {
    std::vector<MailboxCount> mailboxes;
    std::vector<Unread> failures; // the first hundred
    std::string current;          // the mailbox that is being copied
    std::string note;             // "connection lost; again in 4 s"; empty while all is well
    std::string stopped;          // why the copy ended before its end; empty: it did not
    bool over_quota = false;      // that is why: the account holds what it may

    MailboxCount total() const;
};
using ImapProgress = std::function<void(ImapReport const&)>; // after each set and each pause; may throw to stop

// Throws imap::Failure when the server cannot be reached, or does not take the login, at the very beginning.
net::awaitable<ImapReport> import_imap(index::Accounts& accounts, index::AccountId account, imap::Account server,
                                       ImapOptions options, ImapProgress progress);
// The mailboxes, where they would go and how many messages they hold: nothing is changed on either side.
net::awaitable<ImapReport> survey_imap(imap::Account server, ImapOptions options);

} // namespace godwit::source
