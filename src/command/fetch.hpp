// ItemOperations Fetch: an item by ServerId or LongId, an attachment by FileReference.
#pragma once
#include "command/fetch_budget.hpp"
#include "command/session.hpp"
#include "eas/item_operations.hpp"

namespace godwit::command {

// With MS-ASAcceptMultiPart what is big goes to `parts` instead of the document (MS-ASCMD 2.2.1.10.1).
// What the budget has no room for is status 11.
net::awaitable<eas::ItemFetchResponse> fetch_item(Session& session, eas::ItemFetch wanted,
                                                  std::vector<std::string>& parts, FetchBudget& budget);

// "first-last", both counted from 0 and included.
struct ByteRange {
    std::uint64_t first = 0, last = 0;
    bool operator==(ByteRange const&) const = default;
};
std::optional<ByteRange> parse_range(std::string_view text);
// Only the named elements of a document's top level (MS-ASCMD 2.2.3.165 Schema).
eas::Fragment only(eas::Fragment const& properties, eas::ElementNames const& wanted);

} // namespace godwit::command
