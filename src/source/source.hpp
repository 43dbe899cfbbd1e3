// The seam where content lives (DESIGN section 1). The index holds identity, order and marks of every item, whatever
// the source; a source brings the bytes when a phone wants them and writes through what a phone makes. Local content
// (source/local.hpp) lies in the account's own store; a remote source caches there what it fetches. Content is always
// the standards' form (RFC 5322 ...).
#pragma once
#include "index/types.hpp"
#include "net/async.hpp"
#include <cstdint>
#include <optional>
#include <string>

namespace godwit::source {

struct NewMessage {
    index::CollectionId folder = {};
    std::string bytes;
    index::Marks marks = {};
    std::optional<index::Time> received = {}; // absent: the message's Date
};

class Source {
public:
    virtual ~Source() = default;
    // The item's bytes; absent when the item is gone. Failures of the store are exceptions.
    virtual net::awaitable<std::optional<std::string>> fetch(index::AccountId account, index::ItemId item) = 0;
    virtual net::awaitable<std::optional<std::string>> fetch_range(index::AccountId account, index::ItemId item,
                                                                   std::uint64_t offset, std::uint64_t length) = 0;
    // A new item in a folder; returns after it is durable.
    virtual net::awaitable<index::ItemId> append(index::AccountId account, NewMessage message) = 0;
};

} // namespace godwit::source
