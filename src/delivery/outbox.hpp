// Sending, exactly once (law 1). One transaction on the sender's account remembers the ClientId, stores the copy in
// Sent and the row of the durable outbox; from then on the message is the server's to deliver. Local recipients get it
// at once, under a name that their account remembers, so that a repeat after a crash changes nothing; others leave by
// SMTP submission. What fails for good, or for longer than retry_for, comes back to the sender as a delivery status
// notification (RFC 3464) in the transaction that takes the recipient off the row. Lives on the loop: call it from one
// executor only.
#pragma once
#include "config/config.hpp"
#include "delivery/local_delivery.hpp"
#include "directory/directory.hpp"
#include "mime/compose.hpp"
#include "net/pool.hpp"
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace godwit::delivery {

enum class SendResult {
    Sent,
    PreviouslySent, // 118: this ClientId of this device was sent before
    NoRecipients,   // 119
    BadRecipient,   // a recipient that is no address
    NoRelay,        // mail for others is not configured here: 120
    TooLarge,       // above max_message_bytes
    QuotaExceeded,  // the account has no room for the copy in Sent: 113
    SendQuota,      // more recipients than the account may have in a day: 115
    Failed,         // any other failure of the store: nothing was sent
};

struct Sending {
    directory::User user;
    std::string device;         // DeviceId
    std::string client_id = {}; // empty (before 14.0): a repeat is recognised by the message itself
    std::string mime;           // as the phone composed it
    bool save_in_sent = false;
    std::uint64_t frees = 0; // bytes of the draft that goes for it in the same transaction
    std::string about = {};  // what else makes it this message: the source of a reply
    // Makes the message of `mime`, on a pool thread; absent: it is the message. What the result views, it keeps.
    std::function<mime::Manuscript(std::string_view mime)> compose = {};
    std::function<void(index::Transaction&)> also =
        {}; // more for the same transaction (SmartReply: the verb on the source)
};

class Outbox {
public:
    Outbox(config::Delivery const& config, net::Pool& pool, index::Accounts& accounts, directory::Directory& directory,
           LocalDelivery& local);
    ~Outbox();

    // Whether this ClientId was used: the answer to a repeat is the same whatever has become of the rest since.
    net::awaitable<bool> sent_before(Sending const& sending);

    // Sent is returned after the commit and the attempt at the local recipients. Throws index::StoreFull when the disk
    // has no room: nothing was sent or remembered.
    net::awaitable<SendResult> send(Sending sending);

    // After the commit of what hand_in() put there: the worker looks at it at once.
    void announce(index::AccountId account);

    // The worker: takes up what is in the outboxes of all accounts, then what comes and what falls due. Ends after
    // stop().
    net::awaitable<void> run();
    void stop();
    // One pass over everything that is due now, in all accounts; how many rows were tried.
    net::awaitable<std::size_t> run_once();

    struct Parts; // delivery/outbox_parts.hpp
    Parts& parts() { return *parts_; }

private:
    std::shared_ptr<Parts> parts_;
};

// The same inside a transaction of the caller's on the sender's account, which may make it one with something else (a
// draft that Sync sends): ClientId remembered, copy in Sent, row in the outbox. What is not Sent has changed nothing.
SendResult hand_in(index::Transaction& tx, Sending const& sending, config::Delivery const& config,
                   directory::Directory const& directory);

// Why mail from here can never reach one: BadRecipient, NoRelay. Nothing: it may.
std::optional<SendResult> why_unreachable(mime::Address const& one, config::Delivery const& config,
                                          directory::Directory const& directory);

// Of a mail that the server itself wrote for the user: it comes back to his Inbox as undelivered to those whom it can
// never reach, each with his reason, so that he knows who was not told. The others are not in the report: who writes to
// several splits them before. False: there is nobody to report, or no room for the report.
bool return_unsent(index::Transaction& tx, Sending const& sending, config::Delivery const& config,
                   directory::Directory const& directory);

} // namespace godwit::delivery
