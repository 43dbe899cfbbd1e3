#include "index/database.hpp"
#include "index/transaction.hpp"

// Which conversation an item belongs to. Every Message-ID that an item bears or names is kept as a hash beside the
// thread, so that it does not matter who came first: a parent that comes late finds its own name, written by its child.
// The names of a conversation live as long as it has an item: who loses one is `loose`, and the sweep looks whether it
// was the last. An item's thread is told to phones as ConversationId and therefore never changes: when a message shows
// that two conversations are one, it joins the one that it names first, and both go on side by side.
namespace godwit::index {

std::optional<std::string> Transaction::thread_of(std::string_view name) {
    auto row = db_.select(Query::ThreadOfName, Blob{name});
    return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

std::string Transaction::join_thread(NewItem const& item) {
    std::optional<std::string> joined;
    std::vector<std::string_view> unknown;
    for (auto const& name : item.names) {
        auto known = thread_of(name);
        if (!known) unknown.push_back(name);
        if (!joined) joined = std::move(known);
    }
    auto thread = joined.value_or(item.thread);
    for (auto const name : unknown) db_.execute(Query::ThreadNameAdd, Blob{name}, Blob{thread});
    return thread;
}

std::size_t Transaction::sweep_threads(std::size_t at_most) {
    std::vector<std::string> loose;
    for (auto rows = db_.select(Query::ThreadLooseSome, Blob{}, at_most); rows.step();) loose.push_back(rows.text(0));
    for (auto const& thread : loose) {
        if (!db_.number(Query::ThreadHasItem, Blob{thread})) db_.execute(Query::ThreadNamesDelete, Blob{thread});
        db_.execute(Query::ThreadLooseDelete, Blob{thread});
    }
    return loose.size();
}

} // namespace godwit::index
