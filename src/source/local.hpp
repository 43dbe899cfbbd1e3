// Content in the account's own store. The free functions work inside a caller's transaction, so that a delivery, a sent
// copy or an import commits with whatever else it must not be separated from (law 7); Local is the same behind the
// seam.
#pragma once
#include "index/accounts.hpp"
#include "mime/rope.hpp"
#include "source/source.hpp"
#include <string_view>

namespace godwit::source {

// Stores the bytes and the row that names them, and joins the conversation of any message that it names or that names
// it, whichever came first (lineage.hpp). `received` absent: the message's Date, or `now` where that is missing
// or not yet.
index::ItemId append(index::Transaction& tx, index::CollectionId folder, std::string_view bytes,
                     index::Marks const& marks, std::optional<index::Time> received);
index::ItemId append(index::Transaction& tx, index::CollectionId folder, mime::Rope const& message,
                     index::Marks const& marks, std::optional<index::Time> received); // its bytes are not copied
std::string fetch(index::Transaction& tx, index::Item const& item);
std::string fetch_range(index::Transaction& tx, index::Item const& item, std::uint64_t offset, std::uint64_t length);

// Date, else the newest Received field; absent if neither can be read or both lie more than a day after `now`.
std::optional<index::Time> dated(std::string_view message, index::Time now);

class Local final : public Source {
public:
    explicit Local(index::Accounts& accounts) : accounts_(accounts) {}
    net::awaitable<std::optional<std::string>> fetch(index::AccountId account, index::ItemId item) override;
    net::awaitable<std::optional<std::string>> fetch_range(index::AccountId account, index::ItemId item,
                                                           std::uint64_t offset, std::uint64_t length) override;
    net::awaitable<index::ItemId> append(index::AccountId account, NewMessage message) override;

private:
    index::Accounts& accounts_;
};

} // namespace godwit::source
