// Mail into the Inbox of a local account. Messages that wait for the same account share a transaction and its fsync
// (group commit); each caller comes back after the commit that holds its message, or with the reason why there is none.
// What a message says of a meeting goes into the calendar in the same transaction (scheduling.hpp). A message that
// makes the batch fail is retried alone, so that it cannot take others with it. Lives on the loop: call it from one
// executor only.
#pragma once
#include "directory/directory.hpp"
#include "index/accounts.hpp"
#include "mime/rope.hpp"
#include "net/async.hpp"
#include <map>
#include <memory>
#include <string>

namespace godwit::delivery {

enum class Delivered { Stored, Duplicate, NoSpace, Failed };

struct Parcel {
    std::shared_ptr<mime::Rope const> bytes; // shared by the recipients of one message
    std::string trace = {};                  // header fields put in front
    index::Time received = {};
    std::string delivery_id = {}; // not empty: delivered once under this name, however often it is tried
};

class LocalDelivery {
public:
    LocalDelivery(index::Accounts& accounts, directory::Directory const& directory);
    ~LocalDelivery();
    LocalDelivery(LocalDelivery const&) = delete;

    // Never throws. Stored and Duplicate mean durable.
    net::awaitable<Delivered> deliver(index::AccountId account, Parcel parcel);

private:
    struct Waiting;
    struct Queue;
    net::awaitable<void> commit_batch(index::AccountId account, std::shared_ptr<Queue> queue);

    index::Accounts& accounts_;
    directory::Directory const& directory_;
    std::map<index::AccountId, std::shared_ptr<Queue>> queues_;
};

// Return-Path and Received (RFC 5321 4.4) for a message that arrives.
struct Passage {
    std::string sender, from_host, peer, by_host, protocol;
    index::Time when = {};
    std::string id = {};
};
std::string trace_fields(Passage const& passage);

} // namespace godwit::delivery
